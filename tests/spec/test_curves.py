"""Threshold curves: exact at every threshold, the same as counting pair by pair."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.curves import recall_at_precision, threshold_curve, thresholds_of
from linkage.decide import best_first, greedy
from linkage.intervals import wilson
from linkage.weights import weight_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Few distinct weights, so that there are ties.
PAIRS = st.lists(st.tuples(st.integers(-3, 6), st.booleans()), max_size=30)


def arrays(pairs: list[tuple[int, bool]]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Weights in falling order, and which pairs are true."""
    ordered = sorted(pairs, key=lambda pair: -pair[0])
    bits = np.array([bits for bits, _ in ordered], dtype=np.float64)
    return bits, np.array([true for _, true in ordered], dtype=np.bool_)


def test_precision_recall_and_f_are_those_counted_by_hand() -> None:
    bits, is_true = arrays([(9, True), (7, True), (7, False), (4, True), (1, False)])
    curve = threshold_curve(bits, is_true, 5, np.array([10.0, 9.0, 7.0, 0.0]))
    assert curve["pairs"].to_list() == [0, 1, 3, 5]
    assert curve["right"].to_list() == [0, 1, 2, 3]
    assert np.isnan(curve["precision"][0])
    assert curve["precision"].to_list()[1:] == pytest.approx([1, 2 / 3, 3 / 5])
    assert curve["recall"].to_list() == pytest.approx([0, 1 / 5, 2 / 5, 3 / 5])
    assert curve["f"].to_list() == pytest.approx([0, 2 / 6, 4 / 8, 6 / 10])
    assert (curve["precision_low"][2], curve["precision_high"][2]) == pytest.approx(wilson(2, 3))
    assert (curve["recall_low"][3], curve["recall_high"][3]) == pytest.approx(wilson(3, 5))


@given(pairs=PAIRS, beyond=st.integers(0, 5), thresholds=st.lists(st.integers(-4, 7), max_size=9))
def test_a_curve_is_the_same_as_counting_pairs_at_each_threshold_and_recall_only_falls(
    pairs: list[tuple[int, bool]], beyond: int, thresholds: list[int]
) -> None:
    bits, is_true = arrays(pairs)
    true_pairs = int(is_true.sum()) + beyond
    asked = np.sort(np.array(thresholds, dtype=np.float64))
    curve = threshold_curve(bits, is_true, true_pairs, asked)
    for row, least in zip(curve.to_dicts(), sorted(thresholds), strict=True):
        above = [true for weight, true in pairs if weight >= least]
        assert (row["pairs"], row["right"]) == (len(above), sum(above))
        if true_pairs:
            assert row["recall"] == sum(above) / true_pairs
    if true_pairs:
        assert (np.diff(curve["recall"].to_numpy()) <= 0).all()
    assert (np.diff(curve["pairs"].to_numpy()) <= 0).all()


@given(pairs=PAIRS, beyond=st.integers(0, 5), least=st.sampled_from([0.0, 0.3, 0.5, 0.9, 1.0]))
def test_recall_at_a_precision_is_the_best_of_all_thresholds(
    pairs: list[tuple[int, bool]], beyond: int, least: float
) -> None:
    bits, is_true = arrays(pairs)
    true_pairs = int(is_true.sum()) + beyond
    row = recall_at_precision(bits, is_true, true_pairs, [least]).to_dicts()[0]
    best = 0
    for threshold in {weight for weight, _ in pairs}:
        above = [true for weight, true in pairs if weight >= threshold]
        if sum(above) / len(above) >= least:
            best = max(best, sum(above))
    assert row["right"] == best
    assert row["at_least"] == least
    # Its own threshold gives it: pairs of one weight are never parted.
    above = [true for weight, true in pairs if weight >= row["threshold"]]
    assert (len(above), sum(above)) == (row["pairs"], row["right"])


CANDIDATES = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(-3, 6)),
    max_size=25,
    unique_by=lambda pair: pair[:2],
)


@given(pairs=CANDIDATES, threshold=st.integers(-3, 7))
def test_pairs_that_stand_at_a_threshold_are_those_that_stand_among_all_and_weigh_as_much(
    pairs: list[tuple[int, int, int]], threshold: int
) -> None:
    left, right = (np.array([pair[side] for pair in pairs], dtype=np.int32) for side in (0, 1))
    bits = np.array([pair[2] for pair in pairs], dtype=np.float64)
    of_all = greedy(left, right, best_first(left, right, bits), itself=False)
    at = np.flatnonzero(bits >= threshold)
    order = best_first(left[at], right[at], bits[at])
    of_these = greedy(left[at], right[at], order, itself=False)
    assert (of_all[at] == of_these).all()


def test_thresholds_are_at_most_200_rising_and_hold_what_was_asked_for() -> None:
    chosen = thresholds_of(np.linspace(-30, 60, 10_000), -10.0, [weight_of(0.97), np.inf])
    assert len(chosen) <= 200
    assert (np.diff(chosen) > 0).all()
    assert (chosen[0], chosen[-1]) == (-10, 60)
    assert {weight_of(each) for each in (0.5, 0.95, 0.97, 0.9999)} <= set(chosen)
    assert len(thresholds_of(np.zeros(0), -10.0)) > 0
