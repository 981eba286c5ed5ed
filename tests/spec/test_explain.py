"""Explanations: the waterfall of a pair, why it was not linked, what to doubt of weights."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

from linkage.explain import explain
from linkage.instructive import could_be_linked, instructive
from linkage.matcher import match
from linkage.soundness import FEW_MATCHES, doubts, expected_matches
from linkage.weights import weight_of
from tests.spec.test_matching import plan, town

if TYPE_CHECKING:
    from linkage.matched import Matched

LEFT, RIGHT = town(1_500)
TWIN = pl.DataFrame(
    {"first_name": ["Zelda"], "surname": ["Quix"], "born": ["1950-02-03"], "postcode": ["CT1 1AA"]}
)


def of_twins(**changes: object) -> Matched:
    """A left record, last of its file, and two right ones of it: as it is, and with a slip."""
    slip = TWIN.with_columns(surname=pl.lit("Quixs"))
    right = pl.concat([RIGHT, TWIN, slip])
    return match(pl.concat([LEFT, TWIN]), right, plan(**changes))


def test_a_waterfall_begins_with_the_prior_and_holds_each_columns_level_once() -> None:
    found = match(LEFT, RIGHT, plan())
    left, right, weight = found.pairs.select("left", "right", "match_weight").row(0)
    steps = explain(found, left, right).steps
    assert [step.kind for step in steps] == ["prior", *["level"] * 4]
    assert [step.column for step in steps[1:]] == ["first_name", "surname", "born", "postcode"]
    prior = found.summary["prior"]
    assert steps[0].bits == pytest.approx(np.log2(prior / (1 - prior)))
    levels = {(row[0], row[1]): row[4] for row in found.levels.iter_rows()}
    for step in steps[1:]:
        assert step.bits == levels[step.column, step.level]
    assert steps[-1].total == weight


def test_rarity_is_a_step_of_its_own_only_where_values_are_the_same() -> None:
    comparisons = [dict(each) for each in plan().model_dump()["comparisons"]]
    for each in comparisons[:2]:
        each["term_frequency"] = True
    found = of_twins(comparisons=comparisons)
    same, slip = (explain(found, 1_500, right) for right in (1_500, 1_501))
    assert [s.column for s in same.steps if s.kind == "rarity"] == ["first_name", "surname"]
    assert [s.column for s in slip.steps if s.kind == "rarity"] == ["first_name"]
    row = found.pairs.filter((found.pairs["left"] == 1_500) & (found.pairs["right"] == 1_500))
    assert same.weight == row["match_weight"][0]
    assert same.probability == pytest.approx(row["match_probability"][0])


def test_a_pair_that_no_rule_found_is_compared_and_every_rule_says_what_keeps_it_apart() -> None:
    apart = TWIN.with_columns(born=pl.lit("1950-02-04"), postcode=pl.lit(None, pl.String))
    found = match(pl.concat([LEFT, TWIN]), pl.concat([RIGHT, apart]), plan())
    told = explain(found, 1_500, 1_500)
    assert told.decision == "none"
    assert told.reasons[0].kind == "not_found"
    assert [(rule.rule, rule.differs) for rule in told.reasons[0].rules] == [
        ("surname + born", ("born",)),
        ("first_name + postcode", ("postcode",)),
    ]
    assert [step.level for step in told.steps[1:]] == [
        "exact", "exact", "two_parts_of_date", "missing",
    ]  # fmt: skip


def test_a_pair_that_lacks_values_on_both_sides_agrees_on_no_rule() -> None:
    bare = TWIN.with_columns(born=pl.lit(None, pl.String), postcode=pl.lit(None, pl.String))
    found = match(pl.concat([LEFT, bare]), pl.concat([RIGHT, bare]), plan())
    assert explain(found, 1_500, 1_500).reasons[0].kind == "not_found"


def test_a_pair_of_a_block_that_was_too_large_says_so_with_its_size() -> None:
    crowd = pl.concat([TWIN] * 7)
    found = match(pl.concat([LEFT, TWIN]), pl.concat([RIGHT, crowd]), plan(largest_block=6))
    told = explain(found, 1_500, 1_503)
    assert told.decision == "none"
    assert [(r.differs, r.records) for r in told.reasons[0].rules] == [((), 7), ((), 7)]
    assert [reason.kind for reason in told.reasons] == ["not_found"]


def test_a_pair_that_is_too_light_says_by_how_much() -> None:
    found = match(LEFT, RIGHT, plan())
    pair = could_be_linked(found).filter(pl.col("decision") == "none").row(0, named=True)
    told = explain(found, pair["left"], pair["right"])
    assert [reason.kind for reason in told.reasons] == ["below"]
    assert told.reasons[0].bits == pytest.approx(told.weight - np.log2(0.95 / 0.05))
    assert told.reasons[0].bits < 0


def test_a_pair_that_lost_one_to_one_names_the_link_that_took_its_record() -> None:
    found = of_twins()
    won, lost = (explain(found, 1_500, right) for right in (1_500, 1_501))
    assert (won.decision, won.reasons) == ("link", ())
    assert lost.decision == "review"
    assert [reason.kind for reason in lost.reasons] == ["lost"]
    rival = lost.reasons[0].rivals
    assert [(each.left, each.right, each.weight) for each in rival] == [(1_500, 1_500, won.weight)]
    assert lost.weight < won.weight


def test_a_pair_that_leads_by_too_little_names_the_next_best() -> None:
    found = of_twins(gap=50.0)
    told = explain(found, 1_500, 1_500)
    assert told.decision == "review"
    assert [reason.kind for reason in told.reasons] == ["lead"]
    other = explain(found, 1_500, 1_501)
    assert told.reasons[0].rivals[0][:2] == (1_500, 1_501)
    assert told.reasons[0].bits == told.weight - other.weight
    assert other.reasons[0].bits == -told.reasons[0].bits


def test_within_one_file_a_pair_has_no_direction_and_a_record_is_no_duplicate_of_itself() -> None:
    found = match(pl.concat([LEFT, TWIN, TWIN]), None, plan())
    one, other = explain(found, 1_500, 1_501), explain(found, 1_501, 1_500)
    assert one == other
    assert one.decision == "link"
    with pytest.raises(ValueError, match="duplicate of itself"):
        explain(found, 7, 7)


def test_instructive_pairs_are_what_they_are_called() -> None:
    found = of_twins()
    chosen = {each.part: (each.left, each.right) for each in instructive(found)}
    assert len(set(chosen.values())) == 4
    every = could_be_linked(found)
    linked = every.filter(pl.col("decision") == "link").sort("match_weight", "left", "right")
    assert chosen["weakest link"] == linked.row(0)[:2]
    assert chosen["typical link"] == linked.row(linked.height // 2)[:2]
    assert chosen["strongest not linked"] == (1_500, 1_501)
    assert every.height == len(found.weighed.left)
    assert every.filter(pl.col("decision") == "link").height == found.summary["links"]


def test_pairs_without_a_weight_are_not_picked_and_their_record_is_still_explained() -> None:
    found = of_twins()
    unweighed = pl.when(pl.col("left") == 1_500).then(None).otherwise("match_weight")
    some = replace(found, pairs=found.pairs.with_columns(match_weight=unweighed))
    assert all(each.left != 1_500 for each in instructive(some))
    lost = explain(some, 1_500, 1_501)
    assert lost.reasons[0].rivals[0].weight is None
    none = replace(found, pairs=found.pairs.with_columns(match_weight=pl.lit(None, pl.Float64)))
    assert "weakest link" not in {each.part for each in instructive(none)}


def test_nothing_is_picked_where_no_pair_is_compared() -> None:
    other = TWIN.with_columns(surname=pl.lit("Elsewhere"), first_name=pl.lit("Nobody"))
    assert instructive(match(TWIN, other, plan())) == ()


def test_the_threshold_in_bits_is_where_the_odds_are_those_of_the_probability() -> None:
    assert weight_of(0.5) == 0
    assert weight_of(0.8) == pytest.approx(2)
    assert weight_of(0) == -np.inf
    assert weight_of(1) == np.inf


def test_levels_of_which_few_pairs_tell_or_that_are_out_of_order_are_doubted() -> None:
    found = match(LEFT, RIGHT, plan())
    told = {(d.kind, d.comparison, d.level): d.value for d in doubts(found, labelled=False)}
    counts = expected_matches(found)
    for name, level, pairs, matches in counts.iter_rows():
        if level != "missing":
            assert (("few", name, level) in told) == (matches < FEW_MATCHES)
        assert matches <= pairs
    assert counts.group_by("comparison").agg(pl.col("pairs").sum())["pairs"].unique().to_list() == [
        found.summary["pairs"]
    ]
    weights = found.levels.filter(pl.col("comparison") == "postcode")["weight"].to_list()
    out_of_order = weights[2] > weights[1]
    assert (("order", "postcode", "else") in told) == out_of_order
    assert out_of_order  # nobody moves within a district in this town


def test_a_column_that_every_rule_fixes_and_rules_with_too_few_pairs_are_doubted() -> None:
    small = match(LEFT.head(40), RIGHT.head(40), plan(blocking=[["surname", "born"], ["surname"]]))
    kinds = {(d.kind, d.comparison) for d in doubts(small, labelled=False)}
    assert ("not_learnt", "surname") in kinds
    assert ("too_few", "") in kinds
    assert not {kind for kind, _ in kinds if kind == "not_at_rest"}
    labelled = {doubt.kind for doubt in doubts(small, labelled=True)}
    assert not labelled & {"too_few", "not_learnt", "not_at_rest"}


def test_em_that_did_not_come_to_rest_is_doubted() -> None:
    found = match(LEFT, RIGHT, plan())
    weights = replace(found.weighed.weights, converged=(True, False))
    restless = replace(found, weighed=replace(found.weighed, weights=weights))
    assert [d.value for d in doubts(restless, labelled=False) if d.kind == "not_at_rest"] == [1]
