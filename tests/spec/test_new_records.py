"""New records: weighed as was learnt, put into the clusters that there are, or into new ones."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.cluster_rules import ClusterRules, Conflict
from linkage.clusters import Clusters, clusters_of
from linkage.many_files import match_many
from linkage.match_plan import MatchPlan
from linkage.matcher import match
from linkage.new_records import match_new
from simulator import randomness
from simulator.settings import Amount

COUNT = 400
PLAN = MatchPlan.model_validate(
    {
        "blocking": [["surname", "born"], ["first_name", "postcode"]],
        "comparisons": [
            {"column": "first_name", "kind": "name", "levels": ["exact", "jaro_winkler>=0.9"],
             "term_frequency": True},
            {"column": "surname", "kind": "name", "levels": ["exact", "jaro_winkler>=0.9"],
             "term_frequency": True},
            {"column": "born", "kind": "date", "levels": ["exact", "two_parts_of_date"]},
            {"column": "postcode", "kind": "postcode", "levels": ["exact", "district"]},
        ],
        "deterministic": [["first_name", "surname", "born"]],
        "one_to_one": "none",
        "random_pairs": 20_000,
    }
)  # fmt: skip


def town() -> pl.DataFrame:
    """People of whom each has three records, in any order, some with slips."""
    who = randomness.order(1, "rows", np.arange(3 * COUNT)) % COUNT
    first = np.array([f"Na{chr(97 + i % 26)}{chr(97 + i // 26)}" for i in range(60)])
    last = np.array([f"{chr(65 + i % 26)}urn{chr(97 + i // 26)}ey" for i in range(90)])
    record = np.arange(len(who))
    days = np.datetime64("1940-01-01") + randomness.whole(1, "born", who, 25_000)
    moved = randomness.happens(1, "moves", record, 0.2)
    slips = randomness.happens(1, "slips", record, 0.1)
    surname = last[randomness.whole(1, "last", who, len(last))]
    return pl.DataFrame(
        {
            "first_name": first[randomness.whole(1, "first", who, len(first))],
            "surname": np.where(slips, np.char.add(surname, "s"), surname),
            "born": np.datetime_as_string(days),
            "postcode": np.where(moved, "ME9 9ZZ", [f"CT{i % 30 + 1} {i % 9}AB" for i in who]),
        }
    )


TOWN = town()
LEARNT = match(TOWN, None, PLAN)


def groups(clusters: Clusters) -> set[frozenset[int]]:
    lists = clusters.records.group_by("cluster").agg("record")["record"].to_list()
    return {frozenset(each) for each in lists}


def clustered(records: pl.DataFrame, plan: MatchPlan = PLAN) -> Clusters:
    found = match(records, None, plan, learnt=LEARNT.learnt)
    return clusters_of(found.pairs, records, plan.clusters or ClusterRules())


def test_matching_with_what_was_learnt_gives_the_same_match() -> None:
    again = match(TOWN, None, PLAN, learnt=LEARNT.learnt, seed=99)
    assert again.pairs.equals(LEARNT.pairs)
    assert again.levels.equals(LEARNT.levels)
    assert again.patterns.equals(LEARNT.patterns)
    assert again.summary["prior"] == LEARNT.summary["prior"]
    assert all(
        again.frequencies[name].equals(LEARNT.frequencies[name])
        for name in ("surname", "first_name")
    )


def test_a_pair_weighs_the_same_whatever_records_are_beside_it() -> None:
    part = match(TOWN.head(300), None, PLAN, learnt=LEARNT.learnt).pairs
    assert part.height > 20
    of_whole = LEARNT.pairs.filter((pl.col("left") < 300) & (pl.col("right") < 300))
    assert part.equals(of_whole)
    across = match(TOWN.head(300), TOWN.slice(300), PLAN, learnt=LEARNT.learnt).pairs
    whole = LEARNT.pairs.filter((pl.col("left") < 300) & (pl.col("right") >= 300))
    assert across.with_columns(pl.col("right") + 300).equals(whole)


@settings(deadline=None, max_examples=10)
@given(cuts=st.tuples(st.integers(0, 3 * COUNT), st.integers(0, 3 * COUNT)).map(sorted))
def test_records_added_in_two_batches_give_the_clusters_of_records_added_at_once(
    cuts: list[int],
) -> None:
    first, second = cuts
    before = clustered(TOWN.head(first))
    once = match_new(TOWN.slice(first), before, TOWN.head(first), PLAN, LEARNT.learnt)
    part = match_new(
        TOWN.slice(first, second - first), before, TOWN.head(first), PLAN, LEARNT.learnt
    )
    twice = match_new(TOWN.slice(second), part.clusters, part.records, PLAN, LEARNT.learnt)
    assert groups(twice.clusters) == groups(once.clusters) == groups(clustered(TOWN))
    assert twice.records.equals(TOWN)
    for added, old in ((once, before), (part, before), (twice, part.clusters)):
        # No cluster of before has come apart: each record has its old number or the joined one.
        now = dict(added.joined.iter_rows())
        expected = [now.get(number, number) for number in old.records["cluster"]]
        assert added.clusters.records["cluster"].head(len(expected)).to_list() == expected


def test_a_new_record_joins_the_best_cluster_it_does_not_conflict_with_or_founds_one() -> None:
    person = {"first_name": "Naaa", "surname": "Aurnaey", "born": "1950-05-05",
              "postcode": "CT1 1AB"}  # fmt: skip
    other = person | {"surname": "Aurnaeys"}
    old = pl.DataFrame([person | {"nhs": "1"}, other | {"nhs": "2"}])
    rules = ClusterRules(conflicts=(Conflict(columns=("nhs",)),))
    plan = PLAN.model_copy(update={"clusters": rules})
    before = clustered(old, plan)
    assert before.refused.height == 1
    new = pl.DataFrame(
        [person | {"nhs": "2"}, person | {"nhs": None}, person | {"nhs": "3"},
         person | {"first_name": "Zoe", "born": "1911-01-01", "nhs": None}]
    )  # fmt: skip
    found = match_new(new, before, old, plan, LEARNT.learnt)
    # Exactly like the first, but with the number of the second: it goes to the second.
    assert found.clusters.records["cluster"].to_list() == [0, 1, 1, 0, 2, 3]
    assert found.joined.is_empty()
    assert set(found.clusters.refused["reason"]) == {"nhs differs"}
    assert (found.pairs["right"] >= 2).all()


def test_a_new_record_that_is_linked_to_two_clusters_brings_them_together() -> None:
    person = {"first_name": "Naaa", "surname": "Aurnaey", "born": "1950-05-05",
              "postcode": "CT1 1AB"}  # fmt: skip
    old = pl.DataFrame([person | {"born": None}, person | {"first_name": None, "postcode": None}])
    before = clustered(old)
    assert before.records["cluster"].to_list() == [0, 1]
    found = match_new(pl.DataFrame([person]), before, old, PLAN, LEARNT.learnt)
    assert found.clusters.records["cluster"].to_list() == [0, 0, 0]
    assert found.joined.rows() == [(1, 0)]


def test_records_are_added_to_clusters_of_many_files_with_their_source() -> None:
    many = match_many({"gp": TOWN.head(COUNT), "police": TOWN.slice(COUNT, COUNT)}, PLAN)
    new = TOWN.tail(COUNT).with_columns(source=pl.lit("fire"))
    found = match_new(new, many.clusters, many.records, PLAN, many.matched.learnt)
    assert set(found.clusters.by_source["source"]) == {"gp", "police", "fire"}
    assert found.records["row"].null_count() == COUNT
    assert found.clusters.records.height == 3 * COUNT
    with pytest.raises(ValueError, match="lack columns of the plan: source"):
        match_new(TOWN.tail(9), many.clusters, many.records, PLAN, many.matched.learnt)


def test_what_does_not_fit_together_is_refused() -> None:
    old, new = TOWN.head(10), TOWN.tail(10)
    before = clustered(old)
    with pytest.raises(ValueError, match="the clusters are of 10 records, and 9 were given"):
        match_new(new, before, old.head(9), PLAN, LEARNT.learnt)
    with pytest.raises(ValueError, match="lack columns of the plan: born"):
        match_new(new.drop("born"), before, old, PLAN, LEARNT.learnt)
    gap = PLAN.model_copy(update={"gap": Amount(value=1.0)})
    with pytest.raises(ValueError, match="gap is 0"):
        match_new(new, before, old, gap, LEARNT.learnt)
    fewer = PLAN.model_copy(
        update={"comparisons": (PLAN.comparisons[0].model_copy(update={"levels": ("exact",)}),)}
    )
    with pytest.raises(ValueError, match="have other levels of first_name"):
        match(old, None, fewer, learnt=LEARNT.learnt)
    rare = PLAN.model_copy(
        update={"comparisons": (PLAN.comparisons[2].model_copy(update={"term_frequency": True}),)}
    )
    with pytest.raises(ValueError, match="frequencies of born were not learnt"):
        match(old, None, rare, learnt=LEARNT.learnt)
    labels = pl.DataFrame({"left": [0], "right": [1]})
    with pytest.raises(ValueError, match="give one of them"):
        match(old, None, PLAN, learnt=LEARNT.learnt, labels=labels)
