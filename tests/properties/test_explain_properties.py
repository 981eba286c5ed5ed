"""Properties of explanations: whatever the plan and the files, a waterfall adds up."""

from __future__ import annotations

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.explain import explain
from linkage.match_plan import MatchPlan
from linkage.matcher import match

NAMES = st.sampled_from(["Ann", "Anne", "Bob", "Robert", "Cy", None])
DATES = st.sampled_from(["1950-01-02", "1950-02-01", "1971-12-30", None])
PLACES = st.sampled_from(["CT1 1AA", "CT1 1AB", "ME4 4ZZ", None])
RECORDS = st.lists(st.tuples(NAMES, NAMES, DATES, PLACES), min_size=2, max_size=14)
SCHEMA = {"first": pl.String, "last": pl.String, "born": pl.String, "home": pl.String}
LEVELS = {
    "name": ("exact", "nickname", "jaro_winkler>=0.8", "initial"),
    "date": ("exact", "day_month_swapped", "same_year"),
    "postcode": ("exact", "sector", "district"),
}
OTHER = {"first": "last", "last": "first"}
KINDS = {"first": "name", "last": "name", "born": "date", "home": "postcode"}


@st.composite
def plans(draw: st.DrawFn) -> MatchPlan:
    """Plans over some of the columns, with or without rarity, gap and one-to-one."""
    columns = draw(st.lists(st.sampled_from(sorted(KINDS)), min_size=1, max_size=4, unique=True))
    rules = draw(st.lists(st.sampled_from([["first"], ["last"], ["born:year"], ["home", "last"]]),
                          min_size=1, max_size=3, unique_by=tuple))  # fmt: skip
    return MatchPlan.model_validate(
        {
            "blocking": rules,
            "deterministic": [["first", "last"]],
            "comparisons": [
                {
                    "column": column,
                    "kind": KINDS[column],
                    "levels": LEVELS[KINDS[column]][: draw(st.integers(1, 3))],
                    "term_frequency": draw(st.booleans()),
                    "swapped_with": draw(st.sampled_from(["", other]))
                    if (other := OTHER.get(column, "")) in columns
                    else "",
                }
                for column in columns
            ],
            "threshold": draw(st.sampled_from([0.0, 0.3, 0.95, 1.0])),
            "review_from": 0.0,
            "gap": draw(st.sampled_from([0.0, 2.0])),
            "one_to_one": draw(st.sampled_from(["none", "greedy", "optimal"])),
            "largest_block": draw(st.sampled_from([2, 100])),
            "random_pairs": 1_000,
        }
    )


@given(left=RECORDS, right=st.none() | RECORDS, plan=plans())
@settings(max_examples=60)
def test_a_waterfall_adds_up_to_the_match_weight_and_a_pair_is_linked_or_has_a_reason(
    left: list[tuple[str | None, ...]], right: list[tuple[str | None, ...]] | None, plan: MatchPlan
) -> None:
    ours = pl.DataFrame(left, schema=SCHEMA, orient="row")
    theirs = None if right is None else pl.DataFrame(right, schema=SCHEMA, orient="row")
    found = match(ours, theirs, plan)
    weights = {
        (a, b): (weight, decision)
        for a, b, weight, decision in found.pairs.select(
            "left", "right", "match_weight", "decision"
        ).iter_rows()
    }
    for a in range(len(left)):
        for b in range(len(left if right is None else right)):
            if right is None and a >= b:
                continue
            told = explain(found, a, b)
            total = told.steps[0].bits
            assert told.steps[0].total == total
            for before, step in zip(told.steps, told.steps[1:], strict=False):
                assert abs(step.total - before.total - step.bits) < 1e-9
            if (a, b) in weights:  # all that a rule found, since review begins at nothing
                weight, decision = weights[a, b]
                assert told.weight == weight
                assert told.decision == decision
            else:
                assert told.decision == "none"
                assert told.reasons[0].kind == "not_found"
            assert bool(told.reasons) == (told.decision != "link")
            if told.reasons and told.reasons[0].kind == "lost":
                assert told.reasons[0].rivals
