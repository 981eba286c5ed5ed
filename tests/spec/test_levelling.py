"""Levelling: figures of several seeds pooled into the rows of a panel, by hand."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from scenarios import load
from scenarios.levelling import at_real_population, level_rule
from scenarios.panel import as_fixed, panel_of, panel_rows
from scenarios.problems import ProposalError
from scenarios.result import Figure, Range

RULE = level_rule()
ANALYST = "analyst_with_crimes"


@cache
def proposal(name: str) -> Any:
    """A proposal of the catalogue; it is not changed."""
    return load(name)


def only(name: str, *attacks: str, **changes: Any) -> Any:
    """A proposal of the catalogue with some of its attacks alone."""
    held = proposal(name)
    kept = {attack: held.attack[attack] for attack in attacks}
    return held.model_copy(update={"attack": kept, **changes})


def figure(measure: str, subject: str = ANALYST, group: str = "all", **given: Any) -> Figure:
    """A figure of an attack; of a share, count and out_of give the value."""
    if "value" not in given:
        given["value"] = given["count"] / given["out_of"]
    return Figure(
        option="as proposed", seed=1, section="attack", subject=subject, measure=measure,
        group=group, unit="share", **given,
    )  # fmt: skip


def found(count: int, out_of: int, subject: str = ANALYST, group: str = "all") -> Figure:
    return figure("found", subject, group, count=count, out_of=out_of)


def claims(measure: str, count: int, group: str = "all") -> Figure:
    return figure(measure, group=group, value=float(count), count=count)


def rows_of(runs: list[list[Figure]], name: str = "istv", *attacks: str, **changes: Any) -> Any:
    """Rows of the attacks alone, without the places that nobody fills."""
    rows = panel_rows(only(name, *(attacks or (ANALYST,)), **changes), RULE, "hard", runs)
    return [row for row in rows if row.attack]


def test_shares_are_pooled_over_seeds_as_counts_and_not_as_a_mean_of_shares() -> None:
    (row,) = rows_of([[found(10, 100)], [found(90, 300)]])
    assert row.found == 100 / 400
    assert row.people == 200
    assert (row.panel, row.attack, row.setting, row.group) == ("I1", ANALYST, "hard", "all")


def test_seeds_that_agree_have_wilsons_upper_end() -> None:
    (row,) = rows_of([[found(20, 100)], [found(20, 100)]])
    # (.2 + 3.8415/400 + 1.96 sqrt(.16/200 + 3.8415/160000)) / (1 + 3.8415/200)
    assert row.found_high == pytest.approx(0.26085, abs=1e-4)


def test_seeds_that_differ_have_the_upper_end_of_their_spread() -> None:
    runs = [[found(count, 10_000)] for count in (1_000, 2_000, 3_000)]
    (row,) = rows_of(runs)
    # standard deviation .1, error .1 / sqrt 3, Student's t with 2 degrees of freedom 4.3027
    assert row.found_high == pytest.approx(0.2 + 4.3027 * 0.1 / 3**0.5, abs=1e-4)


def test_an_upper_end_is_never_above_one() -> None:
    (row,) = rows_of([[found(0, 10)], [found(10, 10)]])
    assert row.found_high == 1.0


def test_one_seed_shows_no_spread() -> None:
    (row,) = rows_of([[found(20, 100)]])
    assert row.found == 0.2
    assert 0.2 < row.found_high < 0.3


def test_a_seed_that_lacks_a_group_says_nothing_about_its_size_and_its_claims() -> None:
    group = "quiet=yes"
    sure = [claims("sure_claims", 4, group), claims("sure_correct", 3, group)]
    runs = [[found(10, 100), found(5, 10, group=group), *sure], [found(10, 100)]]
    everybody, quiet = rows_of(runs)
    assert (everybody.group, quiet.group) == ("all", group)
    assert (quiet.found, quiet.people) == (0.5, 10)
    assert (quiet.sure_claims, quiet.sure_correct) == (4, 3)


def test_gain_is_the_mean_over_seeds_and_none_where_nothing_is_learnt() -> None:
    gains = (0.1, 0.2, 0.3)
    runs = [[found(1, 100), figure("attribute_gain", value=gain)] for gain in gains]
    (row,) = rows_of(runs)
    assert row.gain == pytest.approx(0.2)
    assert row.gain_high == pytest.approx(0.2 + 4.3027 * 0.1 / 3**0.5, abs=1e-4)
    (bare,) = rows_of([[found(1, 100)]])
    assert bare.gain is None
    assert bare.gain_high is None


def test_the_gain_of_one_seed_keeps_its_own_range_of_chance() -> None:
    gain = figure("attribute_gain", value=0.1, chance=Range(low=0.02, high=0.18))
    (row,) = rows_of([[found(1, 100), gain]])
    assert row.gain_high == pytest.approx(0.18)


def test_wrong_names_per_thousand_are_the_mean_over_seeds() -> None:
    runs = [[found(1, 100), figure("wrong_per_1000", value=per)] for per in (2.0, 6.0)]
    assert rows_of(runs)[0].wrong_per_1000 == 4.0


def test_wrong_names_are_divided_by_people_at_risk_where_no_rate_is_given() -> None:
    (row,) = rows_of([[found(1, 500), claims("wrong_names", 3)]])
    assert row.wrong_per_1000 == 6.0
    assert rows_of([[found(1, 500)]])[0].wrong_per_1000 is None


def test_sure_claims_are_those_stated_as_sure_and_all_claims_where_none_are_stated() -> None:
    stated = [("claims", 50), ("correct_claims", 40), ("sure_claims", 12), ("sure_correct", 11)]
    run = [found(1, 100), *(claims(*one) for one in stated)]
    (row,) = rows_of([run, run])
    assert (row.sure_claims, row.sure_correct) == (12, 11)
    (plain,) = rows_of([run[:3]])
    assert (plain.sure_claims, plain.sure_correct) == (50, 40)


def test_groups_are_apart_and_several_parts_at_once_are_no_group() -> None:
    groups = ("all", "sex=F", "overlap=0.41,survival=0.8", "quiet=no")
    run = [found(1, 100, group=group) for group in groups]
    assert [row.group for row in rows_of([run])] == ["all", "sex=F", "quiet=no"]


def test_of_dated_contacts_two_are_the_panels() -> None:
    run = [found(number, 10, "dated_contacts", f"contacts={number}") for number in (1, 2, 3, 4)]
    (row,) = rows_of([run], "hertfordshire", "dated_contacts")
    assert (row.group, row.found, row.panel) == ("all", 0.2, "H1")


def test_another_attackers_figures_are_not_pooled() -> None:
    run = [found(1, 100), found(99, 100, "acquaintance"), found(99, 100, "news_reader")]
    assert [row.found for row in rows_of([run])] == [0.01]


@pytest.mark.parametrize("run", [[], [figure("found", value=None)], [claims("claims", 3)]])
def test_an_attacker_that_gave_no_share_found_is_not_assessed(run: list[Figure]) -> None:
    (row,) = rows_of([run, run])
    assert row.not_assessed
    assert row.panel == "I1"


def test_places_that_nobody_fills_are_not_assessed() -> None:
    rows = panel_rows(only("istv", ANALYST), RULE, "hard", [[found(1, 100)]])
    missing = [row.panel for row in rows if row.not_assessed]
    assert missing == ["I2", "I3", "I4", "I5"]
    assert all(not row.attack for row in rows if row.not_assessed)


@pytest.mark.parametrize("name", ["istv", "hertfordshire", "housing_health_wales"])
def test_the_catalogue_fills_every_place_of_its_panel(name: str) -> None:
    filled = set(panel_of(proposal(name)).values())
    assert filled in [set(places) for places in RULE.panels.values()]
    rows = panel_rows(proposal(name), RULE, "central", [[]])
    assert all(row.attack for row in rows)


def test_a_proposal_without_a_panel_has_no_rows() -> None:
    assert panel_rows(only("istv"), RULE, "central", [[]]) == []


def test_one_failure_is_needed_where_custody_fails_and_none_by_an_analyst() -> None:
    run = [found(1, 100), found(1, 100, "one_failure")]
    assert rows_of([run])[0].failures == 0
    (row,) = rows_of([run], "hertfordshire", "one_failure")
    assert row.failures == 1


@pytest.mark.parametrize(("size", "failures"), [(None, 1), (1, 1), (2, 2), (3, 3)])
def test_a_coalition_needs_as_many_failures_as_it_has_parties(
    size: int | None, failures: int
) -> None:
    run = [found(1, 100, "coalition")]
    if size is not None:
        run.append(figure("coalition_size", "coalition", value=float(size)))
    (row,) = rows_of([run], "hertfordshire", "coalition")
    assert row.failures == failures


def test_the_smallest_coalition_of_any_seed_counts() -> None:
    runs = [
        [found(1, 100, "coalition"), figure("coalition_size", "coalition", value=float(size))]
        for size in (3, 2, 3)
    ]
    assert rows_of(runs, "hertfordshire", "coalition")[0].failures == 2


def test_a_feed_handed_over_as_a_table_is_no_release_of_rows() -> None:
    (row,) = rows_of([[found(1, 100)]])
    assert row.row_level
    feed = {
        name: spec.model_copy(update={"as_table": True})
        for name, spec in proposal("istv").feed.items()
    }
    (table,) = rows_of([[found(1, 100)]], feed=feed)
    assert not table.row_level


def test_what_an_attack_is_called_makes_no_difference_to_how_it_is_run() -> None:
    held = only("istv", ANALYST, "acquaintance", "news_reader")
    renamed = {f"zz-{name}"[::-1]: spec for name, spec in reversed(held.attack.items())}
    one, names = as_fixed(held)
    other, _ = as_fixed(held.model_copy(update={"attack": renamed}))
    assert list(one.attack.items()) == list(other.attack.items())
    assert set(names.values()) == set(held.attack)
    assert list(one.attack) == ["at-I1-1", "at-I4-1", "at-I4-2"]


def test_rules_of_a_desk_count_only_with_named_evidence() -> None:
    held = proposal("hertfordshire")
    (name,) = held.desk
    for evidence, in_force in (("", False), ("  ", False), ("audit of May", True)):
        desk = held.desk[name].model_copy(update={"evidence": evidence, "relationship": True})
        fixed, _ = as_fixed(held.model_copy(update={"desk": {name: desk}}))
        assert fixed.desk[name].relationship is in_force
        assert (fixed.desk[name].daily_limit == desk.daily_limit) is in_force


def test_a_panel_is_run_without_options_and_comparisons() -> None:
    fixed, _ = as_fixed(proposal("istv"))
    assert not fixed.option
    assert not fixed.comparison


def test_a_level_is_found_at_the_real_population() -> None:
    held = proposal("hertfordshire")
    world = held.world.model_copy(update={"people": 1_000})
    small = held.model_copy(update={"world": world})
    assert at_real_population(small).world.people == held.world.real_population


def test_a_real_population_too_large_to_simulate_has_no_level() -> None:
    held = proposal("istv")
    world = held.world.model_copy(update={"real_population": 56_000_000})
    with pytest.raises(ProposalError, match="people"):
        at_real_population(held.model_copy(update={"world": world}))
