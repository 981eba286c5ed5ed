"""Inputs of a level: which end is hard, where the level changes, whose they are, and its words."""

from __future__ import annotations

from typing import Any

import pytest

from linkage.intervals import wilson
from scenarios.levelling import find_level, level_rule
from scenarios.loading import load, with_setting
from scenarios.panel import as_fixed, panel_rows
from scenarios.proposal import Proposal
from scenarios.result import AS_PROPOSED, Figure, LevelReport
from scenarios.sensitivity import BISECTIONS, Sensitivity, hardened, rests_on_own, sensitivity
from tests.own_proposal import own, own_table

RULE = level_rule()
PEOPLE = 100_000
FRIEND = "at-K1-1"
ERROR, WRONG, MOVES = (
    f"attack.{FRIEND}.date_error_days",
    f"attack.{FRIEND}.misremembered",
    "world.move_rate",
)


def found(count: int, **given: Any) -> Figure:
    about: dict[str, Any] = {"option": AS_PROPOSED, "seed": 1, "section": "attack", "unit": "share"}
    about |= {"subject": FRIEND, "measure": "found", "group": "contacts=2", "out_of": PEOPLE}
    return Figure(**(about | given), value=count / PEOPLE, count=count)


def fixed(**changes: Any) -> Proposal:
    """A friend in a panel, and four inputs with a range, all assumed."""
    ranged = {"evidence": "assumed", "source": "assumed"}
    table = {
        "attack.friend.panel": "K1",
        "attack.friend.date_error_days": {"value": 1.0, "low": 0.0, "high": 5.0} | ranged,
        "attack.friend.misremembered": {"value": 0.1, "low": 0.0, "high": 0.3} | ranged,
        "world.move_rate": {"value": 0.1, "low": 0.05, "high": 0.2} | ranged,
        "effect.fewer.ratio": {"value": 0.5, "low": 0.2, "high": 0.9} | ranged,
    }
    return as_fixed(own(table | changes))[0]


def by_hand(proposal: Proposal) -> float:
    """Share found: .40, less .04 for each day of error and .06 for each tenth misremembered."""
    friend: Any = proposal.attack[FRIEND]
    return 0.4 - 0.04 * friend.date_error_days.value - 0.6 * friend.misremembered.value


def tried(proposal: Proposal, workers: int = 1) -> Sensitivity:
    def attacked(one: Proposal, *_: object) -> list[Figure]:
        return [found(round(by_hand(one) * PEOPLE))]

    return sensitivity(proposal, RULE, attacked, workers, lambda _: None)


def test_the_end_at_which_most_is_found_is_hard() -> None:
    movers = {mover.setting: mover for mover in tried(fixed()).movers}
    assert (movers[ERROR].hard, movers[WRONG].hard) == (0.0, 0.0)
    assert movers[ERROR].moves == pytest.approx(0.04 * 5)
    assert movers[WRONG].moves == pytest.approx(0.6 * 0.3)


def test_an_input_that_moves_nothing_keeps_its_central_value() -> None:
    movers = {mover.setting: mover for mover in tried(fixed()).movers}
    assert (movers[MOVES].hard, movers[MOVES].moves, movers[MOVES].moves_any) == (0.1, 0.0, 0.0)


def test_inputs_that_move_the_level_most_come_first() -> None:
    assert [mover.setting for mover in tried(fixed()).movers][:2] == [ERROR, WRONG]


def test_what_is_planted_for_questions_is_no_input_of_a_level() -> None:
    assert not [m for m in tried(fixed()).movers if m.setting.startswith("effect.")]


def test_the_value_at_which_the_level_changes_is_where_the_share_crosses_a_cut() -> None:
    learnt = tried(fixed())
    assert learnt.level == "high"  # .30 found, upper bound under .33
    movers = {mover.setting: mover for mover in learnt.movers}
    crossing = next(
        days / 1_000
        for days in range(1_000, -1, -1)
        if float(wilson(round((0.34 - 0.04 * days / 1_000) * PEOPLE), PEOPLE).high) > 0.33
    )
    assert movers[ERROR].changes_to == "very high"
    assert movers[ERROR].changes_at == pytest.approx(crossing, abs=1.0 / 2**BISECTIONS)


def test_an_input_within_whose_range_the_level_stays_says_so() -> None:
    assumed = {"value": 1.0, "low": 0.9, "high": 1.1, "evidence": "assumed", "source": "assumed"}
    learnt = tried(fixed(**{"attack.friend.date_error_days": assumed}))
    (mover,) = [mover for mover in learnt.movers if mover.setting == ERROR]
    assert (mover.changes_at, mover.changes_to) == (None, "")


def test_inputs_tried_side_by_side_give_the_same() -> None:
    assert tried(fixed(), workers=2) == tried(fixed())


def test_the_input_that_moves_an_attack_most_is_named() -> None:
    assert tried(fixed()).most(FRIEND) == ERROR
    assert tried(fixed()).most("nobody") == ""


def test_hard_inputs_leave_the_teams_own_at_their_central_values() -> None:
    mine = {"value": 0.1, "low": 0.0, "high": 0.3, "evidence": "yours", "source": "2026-03-01"}
    proposal = fixed(**{"attack.friend.misremembered": mine})
    hard: Any = hardened(proposal, tried(proposal).movers).attack[FRIEND]
    assert hard.date_error_days.value == 0.0
    assert hard.misremembered.value == 0.1


def all_own() -> Proposal:
    """A proposal whose every number is the team's own."""
    yours = {"evidence": "yours", "source": "our audit, 2026-03-01"}
    held = own({"attack.friend.panel": "K1"})
    agencies = {
        name: agency.model_copy(
            update={
                "errors": {e: rate.model_copy(update=yours) for e, rate in agency.errors.items()},
                "coverage": agency.coverage.model_copy(update=yours),
                "ghosts": agency.ghosts.model_copy(update=yours),
                "coverage_ratios": {
                    g: ratio.model_copy(update=yours) for g, ratio in agency.coverage_ratios.items()
                },
            }
        )
        for name, agency in held.agency.items()
    }
    variances = ("frailty_variance", "contact_variance")
    world = {name: getattr(held.world, name).model_copy(update=yours) for name in variances}
    life = held.world.life
    lived = {name: getattr(life, name).model_copy(update=yours) for name in type(life).model_fields}
    world["life"] = life.model_copy(update=lived)
    return held.model_copy(
        update={"agency": agencies, "world": held.world.model_copy(update=world)}
    )


def test_an_input_that_is_not_the_teams_own_counts_unless_it_was_seen_to_move_nothing() -> None:
    held, setting = all_own(), "attack.friend.misremembered"
    assert rests_on_own(held, "friend", {})
    assert not rests_on_own(own({"attack.friend.panel": "K1"}), "friend", {})
    assumed = {"value": 0.1, "evidence": "assumed"}
    ranged = with_setting(held, setting, assumed | {"low": 0.0, "high": 0.3})
    assert rests_on_own(ranged, "friend", {})
    assert not rests_on_own(ranged, "friend", {setting: 0.2})
    assert not rests_on_own(with_setting(held, setting, assumed), "friend", {})
    assert rests_on_own(with_setting(held, setting, assumed), "another", {})


def test_evidence_of_blanks_is_none() -> None:
    blank = with_setting(load("hertfordshire"), "desk.decode.evidence", "  ")
    assert not as_fixed(blank)[0].desk["decode"].relationship


def test_adding_an_attacker_to_another_place_renames_nobody() -> None:
    proposal = load("istv")
    fewer = {name: spec for name, spec in proposal.attack.items() if spec.panel != "I1"}
    without = as_fixed(proposal.model_copy(update={"attack": fewer}))[0]
    assert set(without.attack) < set(as_fixed(proposal)[0].attack)


def test_a_panel_of_ones_own_has_no_places_that_must_be_filled() -> None:
    rows = panel_rows(fixed(), RULE, "hard", [[found(9)]])
    assert [(row.panel, row.not_assessed) for row in rows] == [("K1", "")]


def without_names(report: LevelReport, names: dict[str, str]) -> str:
    text = report.model_dump_json()
    for name, plain in names.items():
        text = text.replace(f'"{name}"', f'"{plain}"').replace(
            f"attack.{name}.", f"attack.{plain}."
        )
    return text


def test_two_proposals_that_say_the_same_in_other_words_get_the_same_level() -> None:
    settings = {
        "attack.friend.panel": "K1",
        "attack.friend.misremembered": {
            "value": 0.1, "low": 0.0, "high": 0.3, "evidence": "assumed", "source": "assumed",
        },
        "world.real_population": 700,
    }  # fmt: skip
    one = own(settings)
    table = own_table(settings)
    table["attack"] = {"a_neighbour": table["attack"]["friend"]}
    table["about"] |= {"title": "Another title", "handed_over": "Rows.", "name": "other"}
    table["agency"]["refuge"]["title"] = "A house of its own"
    table["recipient"]["county"]["title"] = "They"
    table["question"]["known"]["title"] = "How many?"
    for named in ("agency", "identity", "link", "question"):
        table[named] = dict(reversed(table[named].items()))
    other = Proposal.model_validate(dict(reversed(table.items())))
    first, second = (find_level(proposal, 2, seeds=(1, 2)) for proposal in (one, other))
    assert first.level.overall is not None
    said = without_names(second, {"a_neighbour": "friend"})
    assert said == first.model_dump_json()
