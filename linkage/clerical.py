"""Clerical review: which pairs to look at to learn precision and recall, and what they then say.

Pairs are put into strata by match weight, links apart from others, and a sample is drawn from each.
How many from each is by Neyman (1934, JRSS 97: 558-625): in proportion to the stratum's pairs and
the standard deviation within it, which the model's probabilities give beforehand. The estimate is
that of Horvitz and Thompson (1952, JASA 47: 663-685): each pair reviewed stands for as many as its
chance to be drawn says. Its range is Wilson's with the effective sample size that its variance
implies, and the variance within a stratum is never taken for zero because no pair differed.

Recall is out of the matches among the pairs that can be drawn: of matches that blocking lost, no
review of compared pairs can tell.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from linkage.intervals import Z_95, wilson
from simulator import randomness

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LINK_CUTS: Final = (10.0, 15.0, 20.0, 30.0)  # bits between strata of links; our choice
_OTHER_CUTS: Final = (-6.0, -3.0, 0.0, 3.0, 6.0, 10.0)
_FEWEST: Final = 10  # pairs of a stratum that are reviewed, if it has as many
_RAREST: Final = 0.01  # share of a stratum's pairs that may always be other than predicted
_MOST_HALVINGS: Final = 40


@dataclass(frozen=True)
class ReviewDesign:
    """Which pairs to review, before any is.

    Attributes:
        strata: `stratum` (Int64, from 0), `is_link` (Boolean), `from`, `to` (Float64, bits),
            `pairs` (Int64), `predicted` (Float64, mean probability), `review` (Int64, how many of
            them to look at).
        stratum: Stratum of each pair, int64, shape (pairs,).
        margin: Half the width asked for of the range of precision and of recall.
        precision: Half the width that precision is expected to have.
        recall: Half the width that recall is expected to have.
    """

    strata: pl.DataFrame = field(repr=False)
    stratum: NDArray[np.int64] = field(repr=False)
    margin: float
    precision: float
    recall: float


@dataclass(frozen=True)
class Reviewed:
    """A share as a reviewed sample tells it.

    Attributes:
        value: The share; not a number where nothing was found to divide by.
        low: Lower end of its 95 % range.
        high: Upper end.
        reviewed: Pairs looked at for it.
        pairs: Pairs that they stand for.
    """

    value: float
    low: float
    high: float
    reviewed: int
    pairs: int


def review_design(
    bits: NDArray[np.float64],
    probability: NDArray[np.float64],
    is_link: NDArray[np.bool_],
    margin: float = 0.01,
) -> ReviewDesign:
    """Says how many pairs to review, and of which weight, to know precision and recall.

    The least number of pairs is taken with which the range of either is expected to be within the
    margin; at least ten of each stratum, or all.

    Args:
        bits: Match weights, shape (pairs,).
        probability: Predicted probabilities.
        is_link: Whether each pair is linked.
        margin: Half the width of the 95 % range that precision and recall are to have, above 0.

    Returns:
        The design.

    Raises:
        ValueError: If the margin is not a share above 0.
    """
    if not 0 < margin < 1:
        raise ValueError(f"margin: given {margin}; a share above 0 and below 1 is allowed: try .01")
    cuts = np.searchsorted(_OTHER_CUTS, bits, side="right")
    of_links = len(_OTHER_CUTS) + 1 + np.searchsorted(_LINK_CUTS, bits, side="right")
    cell = np.where(is_link, of_links, cuts)
    most = len(_OTHER_CUTS) + len(_LINK_CUTS) + 2
    counts = np.bincount(cell, minlength=most)
    there = np.flatnonzero(counts)
    predicted = np.bincount(cell, weights=probability, minlength=most)[there] / counts[there]
    strata = _Strata(counts[there], predicted, there >= len(_OTHER_CUTS) + 1)
    review = _least_review(strata, margin)
    ends = np.concatenate([[-np.inf, *_OTHER_CUTS, np.inf], [-np.inf, *_LINK_CUTS, np.inf]])
    first = there + strata.is_link  # the ends of links follow those of others
    number = np.zeros(most, dtype=np.int64)
    number[there] = np.arange(len(there))
    table = {
        "stratum": np.arange(len(there)),
        "is_link": strata.is_link,
        "from": ends[first],
        "to": ends[first + 1],
        "pairs": strata.pairs,
        "predicted": predicted,
        "review": review,
    }
    expected = strata.half_widths(review)
    return ReviewDesign(pl.DataFrame(table), number[cell], margin, *expected)


def clerical_sample(design: ReviewDesign, pair: NDArray[np.uint64], seed: int) -> pl.DataFrame:
    """Draws the pairs to review.

    Args:
        design: From `review_design`.
        pair: A stable id of each pair, uint64, shape (pairs,), each once: the sample does not
            depend on their order.
        seed: The seed.

    Returns:
        `place` (Int64, of the pair among those given), `stratum` (Int64) and `stands_for` (Float64,
        pairs of the stratum for each one drawn), ordered by stratum, then in random order.
    """
    order = randomness.order(seed, "clerical review", pair)
    order = order[np.argsort(design.stratum[order], kind="stable")]
    stratum = design.stratum[order]
    size = design.strata["pairs"].to_numpy()
    rank = np.arange(len(order)) - (np.cumsum(size) - size)[stratum]
    review = design.strata["review"].to_numpy()
    drawn = rank < review[stratum]
    stands_for = size / np.maximum(review, 1)
    return pl.DataFrame(
        {
            "place": order[drawn],
            "stratum": stratum[drawn],
            "stands_for": stands_for[stratum[drawn]],
        }
    )


def from_review(
    design: ReviewDesign, stratum: NDArray[np.int64], is_match: NDArray[np.bool_]
) -> tuple[Reviewed, Reviewed]:
    """Estimates precision and recall from pairs that were reviewed.

    Args:
        design: What the pairs were drawn by.
        stratum: Stratum of each reviewed pair, shape (reviewed,): drawn at random within each.
        is_match: What the reviewer said of each.

    Returns:
        Precision out of links, and recall out of matches among all pairs of the design.

    Raises:
        ValueError: If no pair of a stratum was reviewed.
    """
    size = design.strata.height
    reviewed = np.bincount(stratum, minlength=size)
    if (reviewed == 0).any():
        none = ", ".join(map(str, np.flatnonzero(reviewed == 0)))
        raise ValueError(f"strata {none}: no pair was reviewed; review at least one of each")
    matches = np.bincount(stratum[is_match], minlength=size)
    is_link = design.strata["is_link"].to_numpy()
    strata = _Strata(design.strata["pairs"].to_numpy(), matches / reviewed, is_link)
    values, errors = strata.shares(), strata.errors(reviewed, matches / reviewed)
    counts = ((is_link, strata.pairs[is_link]), (np.ones(size, np.bool_), strata.pairs))
    precision, recall = (
        _reviewed(value, error, int(reviewed[of].sum()), int(pairs.sum()))
        for value, error, (of, pairs) in zip(values, errors, counts, strict=True)
    )
    return precision, recall


def _reviewed(value: float, error: float, reviewed: int, pairs: int) -> Reviewed:
    """Gives an estimate Wilson's range with as many trials as its error implies."""
    if np.isnan(value):
        return Reviewed(value, 0.0, 1.0, reviewed, pairs)
    spread = value * (1 - value)
    trials = spread / error**2 if spread > 0 and error > 0 else _sure_trials(error)
    low, high = (value, value) if np.isinf(trials) else wilson(value * trials, trials)
    return Reviewed(value, low, high, reviewed, pairs)


def _sure_trials(error: float) -> float:
    """Gives trials so many that Wilson's range of a share of 0 or 1 is two errors wide."""
    if error == 0:
        return float("inf")
    return max(Z_95**2 * (1 - Z_95 * error) / (Z_95 * error), 0.0)


@dataclass(frozen=True)
class _Strata:
    """Strata: their pairs, the share of matches in each (known or predicted), and which are links.

    With A matches among links and B among others, precision is A / links and recall A / (A + B).
    """

    pairs: NDArray[np.int64]
    share: NDArray[np.float64]
    is_link: NDArray[np.bool_]

    def shares(self) -> tuple[float, float]:
        """Precision and recall."""
        matches = self.pairs * self.share
        links, linked = self.pairs[self.is_link].sum(), matches[self.is_link].sum()
        every = matches.sum()
        return (
            float(linked / links) if links else float("nan"),
            float(linked / every) if every > 0 else float("nan"),
        )

    def pulls(self) -> NDArray[np.float64]:
        """How much a stratum's share moves precision and recall: float64, shape (2, strata)."""
        matches = self.pairs * self.share
        links = max(int(self.pairs[self.is_link].sum()), 1)
        linked, other = matches[self.is_link].sum(), matches[~self.is_link].sum()
        every = max(linked + other, 1e-12) ** 2
        on_precision = np.where(self.is_link, self.pairs / links, 0.0)
        on_recall = self.pairs * np.where(self.is_link, other, linked) / every
        return np.stack([on_precision, on_recall])

    def errors(self, review: NDArray[np.int64], share: NDArray[np.float64]) -> NDArray[np.float64]:
        """Standard errors of precision and recall, given how many of each stratum are reviewed.

        The share within a stratum is drawn towards one half by one pair, so that it is never sure.
        """
        drawn = np.maximum(review, 1)
        near = (share * drawn + 0.5) / (drawn + 1)
        left_out = 1 - drawn / np.maximum(self.pairs, 1)
        within = near * (1 - near) / np.maximum(drawn - 1, 1) * np.maximum(left_out, 0.0)
        return np.asarray(np.sqrt(self.pulls() ** 2 @ within))

    def half_widths(self, review: NDArray[np.int64]) -> tuple[float, float]:
        """Half the 95 % ranges that are to be expected."""
        precision, recall = Z_95 * self.errors(review, self.share)
        return float(precision), float(recall)


def _least_review(strata: _Strata, margin: float) -> NDArray[np.int64]:
    """Finds the smallest review of which both ranges are expected to be within the margin."""
    low, high = 0.0, float(strata.pairs.sum())
    for _ in range(_MOST_HALVINGS):
        middle = (low + high) / 2
        if max(strata.half_widths(_allocate(strata, middle))) <= margin:
            high = middle
        else:
            low = middle
        if high - low < 1:
            break
    return _allocate(strata, high)


def _allocate(strata: _Strata, size: float) -> NDArray[np.int64]:
    """Shares a review out to strata, by what tells most of precision and of recall.

    Each stratum gets as many as the more demanding of the two asks for.
    """
    likely = np.clip(strata.share, _RAREST, 1 - _RAREST)
    worth = strata.pulls() * np.sqrt(likely * (1 - likely))
    total = np.maximum(worth.sum(axis=1, keepdims=True), 1e-300)
    asked = np.ceil(size * (worth / total).max(axis=0)).astype(np.int64)
    return np.asarray(np.clip(asked, np.minimum(_FEWEST, strata.pairs), strata.pairs))
