"""Clerical review: how many pairs, which ones, and what they say of precision and recall."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pytest
from scipy import stats

from linkage.clerical import ReviewDesign, clerical_sample, from_review, review_design
from linkage.weights import probability
from simulator import randomness

if TYPE_CHECKING:
    from numpy.typing import NDArray

SAMPLES = 1_000


class Pairs(NamedTuple):
    """Weighed pairs whose truth is known here."""

    ids: NDArray[np.uint64]
    bits: NDArray[np.float64]
    is_link: NDArray[np.bool_]
    is_match: NDArray[np.bool_]


def pairs(size: int = 12_000, *, overconfident: float = 0.0) -> Pairs:
    """Half the pairs weigh much and half little; the truth is as predicted, or less sure."""
    ids = np.arange(size)
    high = randomness.happens(1, "is high", ids, 0.5)
    bits = np.where(high, 12.0, -5.0) + 4 * randomness.normal(1, "bits", ids)
    chance = probability(bits) * (1 - overconfident)
    is_match = randomness.happens(1, "is match", ids, chance)
    return Pairs(ids.astype(np.uint64), bits, bits >= 4, is_match)


@cache
def design(margin: float = 0.03) -> ReviewDesign:
    """A review of the pairs."""
    given = pairs()
    return review_design(given.bits, probability(given.bits), given.is_link, margin)


def test_strata_part_links_from_others_by_weight_and_each_is_reviewed() -> None:
    given, found = pairs(), design()
    for row in found.strata.to_dicts():
        at = found.stratum == row["stratum"]
        assert at.sum() == row["pairs"]
        assert (given.is_link[at] == row["is_link"]).all()
        assert ((given.bits[at] >= row["from"]) & (given.bits[at] < row["to"])).all()
        assert row["predicted"] == pytest.approx(probability(given.bits[at]).mean())
        assert min(10, row["pairs"]) <= row["review"] <= row["pairs"]


@pytest.mark.parametrize("margin", [0.03, 0.01])
def test_the_ranges_to_be_expected_just_fill_the_margin_and_a_wider_one_asks_for_fewer_pairs(
    margin: float,
) -> None:
    found = design(margin)
    assert 0.97 * margin < max(found.precision, found.recall) <= margin
    assert design(margin * 1.5).strata["review"].sum() < found.strata["review"].sum()


def test_more_is_reviewed_where_more_is_uncertain() -> None:
    rows = {row["from"]: row for row in design(0.01).strata.to_dicts()}
    near, sure = (rows[least]["review"] / rows[least]["pairs"] for least in (-3.0, 15.0))
    assert near > 1.5 * sure


def test_the_sample_is_as_designed_without_repeats_whatever_the_order_of_pairs() -> None:
    given, found = pairs(), design()
    drawn = clerical_sample(found, given.ids, 7)
    counts = np.bincount(drawn["stratum"].to_numpy())
    assert counts.tolist() == found.strata["review"].to_list()
    assert drawn["place"].is_unique().all()
    assert (found.stratum[drawn["place"].to_numpy()] == drawn["stratum"].to_numpy()).all()
    # Those drawn stand for all pairs (Horvitz and Thompson).
    assert drawn["stands_for"].sum() == pytest.approx(len(given.ids))
    back = np.arange(len(given.ids))[::-1]
    turned = review_design(
        given.bits[back], probability(given.bits[back]), given.is_link[back], found.margin
    )
    again = clerical_sample(turned, given.ids[back], 7)
    assert set(given.ids[drawn["place"].to_numpy()]) == set(
        given.ids[back][again["place"].to_numpy()]
    )
    assert set(clerical_sample(found, given.ids, 8)["place"]) != set(drawn["place"])


def test_a_review_of_every_pair_gives_the_truth_itself() -> None:
    given = pairs(300)
    whole = review_design(given.bits, probability(given.bits), given.is_link, 0.0001)
    precision, recall = from_review(whole, whole.stratum, given.is_match)
    right = (given.is_link & given.is_match).sum()
    assert precision.value == pytest.approx(right / given.is_link.sum())
    assert recall.value == pytest.approx(right / given.is_match.sum())
    assert precision.low == pytest.approx(precision.high)
    assert (precision.reviewed, recall.pairs) == (given.is_link.sum(), 300)


@pytest.mark.parametrize("overconfident", [0.0, 0.2])
def test_ranges_hold_the_truth_in_95_of_100_samples_even_if_the_model_is_overconfident(
    overconfident: float,
) -> None:
    given, found = pairs(overconfident=overconfident), design()
    right = (given.is_link & given.is_match).sum()
    truth = (right / given.is_link.sum(), right / given.is_match.sum())
    held, widths, off = np.zeros(2), np.zeros(2), np.zeros(2)
    for seed in range(SAMPLES):
        drawn = clerical_sample(found, given.ids, seed)
        said = given.is_match[drawn["place"].to_numpy()]
        both = from_review(found, drawn["stratum"].to_numpy(), said)
        held += [each.low <= real <= each.high for each, real in zip(both, truth, strict=True)]
        widths += [each.high - each.low for each in both]
        off += [each.value - real for each, real in zip(both, truth, strict=True)]
    # A coverage of 95 % falls below this once in 10,000 times.
    assert (held >= stats.binom.ppf(1e-4, SAMPLES, 0.95)).all()
    assert (np.abs(off / SAMPLES) < 0.003).all()
    if not overconfident:  # and ranges are not wide for nothing
        assert (widths / 2 / SAMPLES <= 1.2 * found.margin).all()


def test_a_stratum_that_nobody_reviewed_and_a_margin_of_nothing_are_refused() -> None:
    with pytest.raises(ValueError, match="strata 0: no pair was reviewed"):
        from_review(design(), np.repeat(np.arange(1, design().strata.height), 2), np.ones(
            2 * (design().strata.height - 1), np.bool_))  # fmt: skip
    with pytest.raises(ValueError, match="margin: given 0"):
        review_design(np.zeros(1), np.zeros(1), np.ones(1, np.bool_), 0)


def test_a_match_without_pairs_needs_no_review() -> None:
    nothing = review_design(np.zeros(0), np.zeros(0), np.zeros(0, np.bool_))
    assert nothing.strata.height == 0
    assert (nothing.precision, nothing.recall) == (0, 0)
