from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reidentify.level import WORDS, Level, LevelRule, PanelRow, judge, level
from scenarios.levelling import level_rule

RULE = level_rule()
GROUPS = ("all", "sex=F", "quiet=yes", "home=yes", "age=18-39", "domestic=yes", "rare_method=no")


def row(found_high: float = 0.0, **given: Any) -> PanelRow:
    """A row of 1,000 people in a panel, with inputs hard."""
    about: dict[str, Any] = {"panel": "I1", "attack": "analyst", "setting": "hard"}
    about |= {"people": 1_000.0, "found": found_high / 2, "found_high": found_high}
    return PanelRow(**(about | given))


def position(held: Level) -> int:
    return -1 if held.overall is None else WORDS.index(held.overall)


shares = st.floats(0, 1, allow_nan=False)
rows = st.builds(
    PanelRow,
    panel=st.sampled_from(("I1", "I2", "H4")),
    attack=st.sampled_from(("one", "other")),
    setting=st.sampled_from(("central", "hard")),
    group=st.sampled_from(GROUPS),
    people=st.floats(0, 5_000),
    found=shares,
    found_high=shares,
    gain=st.none() | shares,
    gain_high=st.none() | shares,
    wrong_per_1000=st.none() | st.floats(0, 500),
    sure_claims=st.floats(0, 500),
    sure_correct=st.floats(0, 500),
    failures=st.integers(0, 3),
    row_level=st.booleans(),
    yours=st.booleans(),
    not_assessed=st.sampled_from(("", "", "", "nothing to attack")),
)
panels = st.lists(rows, max_size=8)


def test_the_shipped_rule_is_rule_1_with_the_cuts_of_the_design() -> None:
    assert RULE.version == "rule 1"
    assert RULE.seeds == 20
    cuts = RULE.cuts
    assert (cuts.very_low, cuts.low, cuts.moderate, cuts.high) == (0.05, 0.09, 0.20, 0.33)
    assert (RULE.wrong_names.low, RULE.wrong_names.moderate, RULE.wrong_names.high) == (1, 10, 100)
    assert (RULE.sure_names.share, RULE.sure_names.people, RULE.sure_names.precision) == (
        0.01,
        10,
        0.9,
    )
    assert RULE.least_group == 100
    assert RULE.panels["I"] == ("I1", "I2", "I3", "I4", "I5")
    assert RULE.panels["H"] == ("H1", "H2", "H3", "H4", "H5")


def test_every_step_of_the_rule_names_its_source() -> None:
    table = RULE.model_dump()
    sources = [value for name, value in table.items() if name.endswith("_source")]
    sources += [
        part["source"] for part in table.values() if isinstance(part, dict) and "source" in part
    ]
    assert len(sources) >= 9
    assert all(source.strip() for source in sources)


@pytest.mark.parametrize(
    ("share", "word"),
    [
        (0.0, "very low"),
        (0.05, "very low"),
        (0.0501, "low"),
        (0.09, "low"),
        (0.0901, "moderate"),
        (0.20, "moderate"),
        (0.2001, "high"),
        (0.33, "high"),
        (0.3301, "very high"),
        (1.0, "very high"),
    ],
)
def test_a_share_at_a_cut_has_the_lower_level(share: float, word: str) -> None:
    assert judge(RULE, row(share, row_level=False)).level == word


@pytest.mark.parametrize(
    ("wrong", "word"),
    [(0.0, "low"), (0.99, "low"), (1.0, "moderate"), (10.0, "high"), (100.0, "very high")],
)
def test_wrong_names_have_a_level_of_their_own(wrong: float, word: str) -> None:
    held = level(RULE, [row(0.06, wrong_per_1000=wrong)])
    assert (held.wrong_names, held.overall) == (word, "low")


def test_the_larger_of_share_found_and_attribute_gain_is_judged() -> None:
    assert judge(RULE, row(0.06, gain=0.2, gain_high=0.25)).level == "high"
    assert judge(RULE, row(0.25, gain=0.0, gain_high=0.06)).level == "high"


def test_rows_that_are_released_are_never_very_low_and_a_table_may_be() -> None:
    assert judge(RULE, row(0.01)).level == "low"
    assert judge(RULE, row(0.01, row_level=False)).level == "very low"


def test_ten_sure_names_and_a_hundredth_of_people_make_a_level_moderate() -> None:
    few = {"people": 1_000.0, "sure_claims": 10.0}
    assert judge(RULE, row(0.06, **few, sure_correct=9.0)).level == "moderate"
    assert judge(RULE, row(0.06, **few, sure_correct=9.0)).sure
    assert judge(RULE, row(0.06, **few, sure_correct=8.9)).level == "low"
    assert judge(RULE, row(0.06, people=1_000.0, sure_claims=9.0, sure_correct=9.0)).level == "low"
    assert (
        judge(RULE, row(0.06, people=2_000.0, sure_claims=19.0, sure_correct=19.0)).level == "low"
    )
    assert not judge(RULE, row(0.25, **few, sure_correct=10.0)).sure


def test_one_failure_counts_in_full_and_two_one_level_lower_but_not_under_low() -> None:
    assert judge(RULE, row(0.5, failures=1)).level == "very high"
    assert judge(RULE, row(0.5, failures=2)).level == "high"
    assert judge(RULE, row(0.06, failures=2)).level == "low"
    assert judge(RULE, row(0.01, failures=2)).level == "low"
    assert judge(RULE, row(0.01, failures=2, row_level=False)).level == "very low"
    held = level(RULE, [row(0.5, failures=2), row(0.06, panel="I2")])
    assert [judged.row.failures for judged in held.if_it_fails] == [2]
    assert held.overall == "high"


def test_the_level_stands_with_the_central_one_and_says_what_set_it() -> None:
    held = level(
        RULE,
        [
            row(0.06, setting="central", panel="I3", attack="reader"),
            row(0.25, panel="I3", attack="reader", group="home=yes", input="recording.overlap"),
            row(0.10, panel="I1"),
        ],
    )
    assert (held.overall, held.central) == ("high", "low")
    assert held.set_by is not None
    setter = held.set_by.row
    assert (setter.attack, setter.group, setter.input) == (
        "reader",
        "home=yes",
        "recording.overlap",
    )


def test_a_central_level_above_the_hard_one_is_not_hidden() -> None:
    held = level(RULE, [row(0.25, setting="central"), row(0.06)])
    assert (held.overall, held.central) == ("high", "high")


def test_small_groups_and_undeclared_ones_set_no_level() -> None:
    base = row(0.06)
    assert level(RULE, [base, row(1.0, group="sex=F", people=99.9)]).overall == "low"
    assert level(RULE, [base, row(1.0, group="sex=F", people=100.0)]).overall == "very high"
    assert level(RULE, [base, row(1.0, group="reported=yes")]).overall == "low"
    assert level(RULE, [base, row(1.0, group="reported=no")]).overall == "very high"
    assert level(RULE, [base, row(1.0, group="grade=naive")]).overall == "low"
    assert level(RULE, [row(1.0, people=3.0)]).overall == "very high"


def test_what_was_not_assessed_is_never_low() -> None:
    gap = row(0.0, not_assessed="nothing to attack", panel="I3")
    assert judge(RULE, gap).level is None
    alone = level(RULE, [gap])
    assert (alone.overall, alone.central, alone.illustrative) == (None, None, True)
    beside = level(RULE, [gap, row(0.06)])
    assert beside.overall == "low"
    assert [one.panel for one in beside.not_assessed] == ["I3"]


def test_a_level_is_illustrative_until_the_inputs_that_set_it_are_the_teams_own() -> None:
    assert level(RULE, [row(0.5), row(0.1, panel="I2", yours=True)]).illustrative
    assert not level(RULE, [row(0.5, yours=True), row(0.1, panel="I2")]).illustrative


def test_nothing_gives_no_level() -> None:
    held = level(RULE, [])
    assert (held.overall, held.wrong_names, held.rows) == (None, None, ())


@settings(max_examples=40)
@given(panels, st.randoms(use_true_random=False))
def test_the_order_of_rows_makes_no_difference(given_rows: list[PanelRow], chance: Any) -> None:
    mixed = list(given_rows)
    chance.shuffle(mixed)
    assert level(RULE, mixed) == level(RULE, given_rows)


@settings(max_examples=40)
@given(panels, rows)
def test_another_row_never_lowers_any_of_the_levels(more: list[PanelRow], one: PanelRow) -> None:
    before, after = level(RULE, more), level(RULE, [*more, one])
    assert position(after) >= position(before)
    for word in ("central", "wrong_names", "wrong_names_central"):
        held = getattr(before, word)
        assert held is None or WORDS.index(getattr(after, word)) >= WORDS.index(held)


@settings(max_examples=40)
@given(panels, rows, shares)
def test_more_found_never_lowers_the_level(
    more: list[PanelRow], one: PanelRow, share: float
) -> None:
    raised = one.model_copy(update={"found_high": max(one.found_high, share)})
    assert position(level(RULE, [*more, raised])) >= position(level(RULE, [*more, one]))


@settings(max_examples=40)
@given(panels, rows, shares)
def test_more_attribute_gain_never_lowers_the_level(
    more: list[PanelRow], one: PanelRow, share: float
) -> None:
    raised = one.model_copy(update={"gain_high": max(one.gain_high or 0.0, share)})
    assert position(level(RULE, [*more, raised])) >= position(level(RULE, [*more, one]))


@settings(max_examples=40)
@given(panels, rows, st.floats(0, 500))
def test_more_sure_and_right_names_never_lower_the_level(
    more: list[PanelRow], one: PanelRow, names: float
) -> None:
    added = {"sure_claims": one.sure_claims + names, "sure_correct": one.sure_correct + names}
    raised = one.model_copy(update=added)
    assert position(level(RULE, [*more, raised])) >= position(level(RULE, [*more, one]))


@settings(max_examples=40)
@given(panels, st.floats(0, 500))
def test_wrong_names_never_change_the_overall_level(more: list[PanelRow], wrong: float) -> None:
    changed = [one.model_copy(update={"wrong_per_1000": wrong}) for one in more]
    before, after = level(RULE, more), level(RULE, changed)
    assert (before.overall, before.central) == (after.overall, after.central)


@settings(max_examples=40)
@given(panels)
def test_the_names_of_attacks_change_no_word(more: list[PanelRow]) -> None:
    renamed = [
        one.model_copy(update={"attack": {"one": "zebra", "other": "ant"}[one.attack]})
        for one in more
    ]
    before, after = level(RULE, more), level(RULE, renamed)
    words = ("overall", "central", "wrong_names", "wrong_names_central")
    assert [getattr(before, w) for w in words] == [getattr(after, w) for w in words]


@settings(max_examples=40)
@given(panels)
def test_the_overall_level_is_that_of_the_highest_row(more: list[PanelRow]) -> None:
    held = level(RULE, more)
    looked_at = [
        one for one in more
        if one.group == "all"
        or (one.people >= 100 and one.group not in ("domestic=yes", "rare_method=no"))
    ]  # fmt: skip
    words = [judge(RULE, one).level for one in looked_at]
    assert position(held) == max((WORDS.index(word) for word in words if word), default=-1)


def test_the_rule_is_a_value_that_another_may_replace() -> None:
    strict = LevelRule.model_validate(
        RULE.model_dump() | {"version": "rule 1, stricter", "least_group": 1}
    )
    held = level(strict, [row(1.0, group="sex=F", people=2.0)])
    assert (held.version, held.overall) == ("rule 1, stricter", "very high")
