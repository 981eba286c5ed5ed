"""Calibration: predicted probabilities beside shares of true pairs."""

from __future__ import annotations

import numpy as np
import pytest

from linkage.calibration import Calibration, calibration
from simulator import randomness


def drawn(chance: float, predicted: float, pairs: int = 20_000, seed: int = 1) -> Calibration:
    """Pairs of one predicted probability, true with another."""
    ids = np.arange(pairs)
    is_true = randomness.happens(seed, "true", ids, chance)
    return calibration(np.full(pairs, predicted), is_true, ids)


def test_bins_and_the_expected_error_are_those_counted_by_hand() -> None:
    predicted = np.array([0.005, 0.45, 0.42, 0.92, 0.94, 0.94, 0.92, 1.0])
    is_true = np.array([False, True, False, True, True, False, True, True])
    found = calibration(predicted, is_true, np.arange(8))
    rows = [(row["from"], row["pairs"], row["true"]) for row in found.bins.to_dicts()]
    assert rows == [(0.0, 1, 0), (0.4, 2, 1), (0.9, 4, 3), (0.9999, 1, 1)]
    assert found.bins["predicted"].to_list() == pytest.approx([0.005, 0.435, 0.93, 1.0])
    error = (1 * 0.005 + 2 * (0.5 - 0.435) + 4 * (0.93 - 0.75) + 0) / 8
    assert found.error == pytest.approx(error)
    assert found.pairs == 8
    assert (found.above.true.count, found.above.true.out_of) == (4, 5)
    assert found.above.predicted == pytest.approx((0.92 * 2 + 0.94 * 2 + 1) / 5)
    assert (
        (found.bins["low"] <= found.bins["share"]) & (found.bins["share"] <= found.bins["high"])
    ).all()


@pytest.mark.parametrize(
    ("chance", "predicted", "word"),
    [
        (0.90, 0.99, "over-confident"),
        (0.99, 0.90, "under-confident"),
        (0.05, 0.01, "over-confident"),
        (0.01, 0.05, "under-confident"),
    ],
)
def test_a_model_is_over_confident_where_its_probabilities_are_too_near_to_0_or_1(
    chance: float, predicted: float, word: str
) -> None:
    found = drawn(chance, predicted)
    side = found.above if predicted > 0.5 else found.below
    assert side.word == word
    assert found.error == pytest.approx(abs(chance - predicted), abs=0.01)
    if predicted > 0.5:
        assert f"The model is {word} of matches: it gives 20,000 pairs" in found.words


def test_a_model_that_is_right_agrees_with_the_truth_but_for_one_range_in_twenty() -> None:
    words = [drawn(0.8, 0.8, 2_000, seed).above.word for seed in range(200)]
    # Binomial(200, .05) exceeds 25 once in 100,000 times.
    assert words.count("in agreement") >= 175
    assert "in agreement with the truth" in drawn(0.8, 0.8).words


def test_pairs_about_one_person_count_for_less_than_as_many_people() -> None:
    is_true = np.tile(np.repeat([True, False], 10), 20)
    apart = calibration(np.full(400, 0.7), is_true, np.arange(400)).above.true
    together = calibration(np.full(400, 0.7), is_true, np.arange(400) // 10).above.true
    assert together.high - together.low > 2 * (apart.high - apart.low)


def test_no_pairs_give_no_share_and_say_so() -> None:
    found = calibration(np.zeros(0), np.zeros(0, np.bool_), np.zeros(0, np.int64))
    assert (found.pairs, found.bins.height, found.above.word) == (0, 0, "unknown")
    assert found.words == "No pair has a probability of one half or more."
