"""Quality of a match as a whole: the same as sets of pairs say, in two files and in one."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.decide import best_first, greedy
from linkage.intervals import clustered_proportion
from linkage.known import Known
from linkage.match_quality import linked_records, match_quality
from linkage.matcher import match
from linkage.quality import known_pairs, record_groups
from linkage.record_groups import groups_of
from linkage.weights import probability
from tests.matched_files import GOOD, files, matched, plan
from tests.spec.test_quality import TRUTH


def test_precision_recall_and_f_are_those_of_the_sets_before_and_after_resolution() -> None:
    found, known = matched(), files().known
    true = set(zip(known.left.tolist(), known.right.tolist(), strict=True))
    truth = match_quality(found.weighed, known).truth
    assert truth is not None
    pairs = found.pairs.filter(pl.col("match_probability") >= 0.95)
    before = set(pairs.select("left", "right").iter_rows())
    after = set(pairs.filter(pl.col("decision") == "link").select("left", "right").iter_rows())
    assert len(before) > len(after)
    for said, links in ((truth.before, before), (truth.after, after)):
        right = len(links & true)
        assert (said.precision.count, said.precision.out_of) == (right, len(links))
        assert (said.recall.count, said.recall.out_of) == (right, len(true))
        assert said.f[0] == pytest.approx(2 * right / (len(links) + len(true)))
        assert said.f[1] < said.f[0] < said.f[2]
        assert said.precision.rest.count == len(links - true)
        assert said.recall.rest.count == len(true - links)


@pytest.mark.parametrize("gap", [0.0, 6.0, 30.0])
def test_a_curve_at_the_plans_threshold_says_what_the_links_are(gap: float) -> None:
    given = files()
    weighed = match(given.left, given.right, plan(gap=gap)).weighed
    truth = match_quality(weighed, given.known).truth
    assert truth is not None
    assert truth.resolved is not None
    curves = [(truth.resolved, truth.after)]
    curves += [(truth.unresolved, truth.before)] if gap == 0 else []
    for curve, said in curves:
        at = curve.curve.filter(pl.col("threshold") == weighed.threshold).row(0, named=True)
        assert (at["pairs"], at["right"]) == (said.precision.out_of, said.precision.count)


def test_the_resolved_curve_is_that_of_resolving_at_each_threshold() -> None:
    weighed, known = matched().weighed, files().known
    truth = match_quality(weighed, known).truth
    assert truth is not None
    assert truth.resolved is not None
    is_true = known.place_of(weighed.left, weighed.right, weighed.sizes[1]) >= 0
    for row in truth.resolved.curve.to_dicts()[::10]:
        at = np.flatnonzero(weighed.bits >= row["threshold"])
        left, right = weighed.left[at], weighed.right[at]
        stands = greedy(left, right, best_first(left, right, weighed.bits[at]), itself=False)
        assert (row["pairs"], row["right"]) == (stands.sum(), (is_true[at] & stands).sum())


def test_pairs_below_the_least_weight_are_not_judged_and_all_above_are_there() -> None:
    found = matched()
    weighed, patterns = found.weighed, found.patterns
    assert weighed.bits.min() >= weighed.least == -10
    # Without rare values a pattern's weight is its pairs': those of the least weight are all there.
    assert len(weighed.bits) == patterns.filter(pl.col("match_weight") >= -10)["pairs"].sum()
    truth = match_quality(weighed, files().known).truth
    assert truth is not None
    assert truth.unresolved.curve["threshold"].min() == truth.least
    assert truth.calibration.pairs == len(weighed.bits)


def test_duplicates_in_one_file_are_judged_without_direction() -> None:
    given = files()
    twice = pl.concat([given.left, given.right.slice(GOOD - 50, 50), given.left.slice(7, 1)])
    many = np.arange(GOOD - 50, GOOD, dtype=np.int32)
    left = np.concatenate([many, [7]]).astype(np.int32)
    right = np.arange(given.left.height, twice.height, dtype=np.int32)
    known = Known(left, right)
    found = match(twice, None, given.plan)
    truth = match_quality(found.weighed, known).truth
    assert truth is not None
    assert truth.resolved is None
    true = set(zip(left.tolist(), right.tolist(), strict=True))
    pairs = found.pairs.filter(pl.col("decision") == "link").select("left", "right")
    links = set(pairs.iter_rows())
    assert (truth.after.recall.count, truth.after.recall.out_of) == (len(links & true), 51)
    assert truth.after.precision.out_of == len(links)
    in_links = {record for pair in links for record in pair}
    assert set(np.flatnonzero(linked_records(found.weighed)[0])) == in_links


def test_pairs_of_one_person_cluster_in_the_ranges() -> None:
    # Three right records of each left one: people, and not pairs, are what chance moves.
    left = np.repeat(np.arange(4), 3).astype(np.int32)
    known = Known(left, np.arange(12, dtype=np.int32))
    people = known.people((4, 12), itself=False)
    assert [len(set(people[at : at + 3])) for at in (0, 3, 6, 9)] == [1, 1, 1, 1]
    assert len(set(people)) == 4
    found = np.repeat([True, True, True, False], 3)
    clustered = clustered_proportion(found, people)
    apart = clustered_proportion(found, np.arange(12))
    assert clustered.high - clustered.low > apart.high - apart.low


PLACES = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=20)


@given(asked=PLACES, true=st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), unique=True))
def test_the_place_of_a_pair_among_the_true_ones_is_found(
    asked: list[tuple[int, int]], true: list[tuple[int, int]]
) -> None:
    sides = [np.array([pair[side] for pair in true], dtype=np.int32) for side in (0, 1)]
    pairs = [np.array([pair[side] for pair in asked], dtype=np.int32) for side in (0, 1)]
    found = Known(sides[0], sides[1]).place_of(pairs[0], pairs[1], 10)
    assert found.tolist() == [true.index(pair) if pair in true else -1 for pair in asked]


def test_without_the_truth_the_rest_is_still_said() -> None:
    values = files().left["postcode"].str.slice(0, 2)
    groups = [groups_of("area", "left", values, hide_small=False)]
    quality = match_quality(matched().weighed, groupings=groups)
    assert quality.truth is None
    assert quality.expected.precision.value > 0.9
    assert set(quality.balance["group"]) == {"CT", "ME"}
    assert quality.review.strata["pairs"].sum() == len(matched().weighed.bits)


def test_groups_are_judged_on_their_side_and_add_up_to_all() -> None:
    given = files()
    values = pl.Series("moved", given.right["postcode"] == "ME9 9ZZ").cast(pl.String)
    groups = [groups_of("moved", "right", values, hide_small=False)]
    truth = match_quality(matched().weighed, given.known, groups).truth
    assert truth is not None
    missed = truth.by_group.filter(pl.col("measure") == "missed")
    assert missed["out_of"].sum() == truth.true_pairs
    assert missed["count"].sum() == truth.after.recall.rest.count
    right = truth.by_group.filter(pl.col("measure") == "precision")
    assert (right["count"].sum(), right["out_of"].sum()) == (
        truth.after.precision.count,
        truth.after.precision.out_of,
    )
    assert missed.filter(pl.col("group") == "true")["value"].item() > 0.02


def test_the_truth_about_simulated_datasets_gives_their_pairs_homes_and_groups() -> None:
    known = known_pairs(TRUTH, "hub", "care")
    # Records in order of id: hub 1, 2, 3; care 91 to 95.
    pairs = list(zip(known.left.tolist(), known.right.tolist(), strict=True))
    assert pairs == [(0, 0), (0, 1), (1, 2), (2, 3)]
    assert known.homes is not None
    one, two = (home.tolist() for home in known.homes)
    assert one == [two[0], two[2], two[2]]
    assert two == [two[0], two[0], two[2], two[2], two[4]]
    assert len(set(two)) == 3
    twice = known_pairs(TRUTH, "care")
    assert list(zip(twice.left.tolist(), twice.right.tolist(), strict=True)) == [(0, 1)]
    groups = {each.name: each for each in record_groups(TRUTH, "care", "right")}
    assert tuple(groups) == ("sex", "age", "ethnic_group", "deprivation_fifth", "agency")
    sex = groups["sex"]
    assert [sex.labels[code] for code in sex.codes] == ["F", "F", "M", "F", "M"]
    visits = {each.name: each for each in record_groups(TRUTH, "visits", "right")}
    assert {visits["age"].labels[code] for code in visits["age"].codes} == {"missing"}
    assert visits["agency"].labels == ("visits",)


def test_a_probability_and_its_weight_say_the_same() -> None:
    weighed = matched().weighed
    assert probability(np.array([weighed.threshold]))[0] == pytest.approx(0.95)
