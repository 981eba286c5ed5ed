"""Calibration: whether pairs that a match says are probable are true as often as it says."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import polars as pl

from linkage.proportions import Proportion, proportion

if TYPE_CHECKING:
    from numpy.typing import NDArray

Word = Literal["over-confident", "under-confident", "in agreement", "unknown"]

_EDGES: Final = np.array([
    0.0, 0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999, 0.9999, 1.0,
])  # fmt: skip
"""Ends of the bins. They are narrow where most pairs are, near 0 and 1."""


@dataclass(frozen=True)
class Side:
    """Pairs on one side of a probability of one half.

    Attributes:
        predicted: Their mean probability; not a number where there are none.
        true: How many of them are true.
        word: `over-confident` if the probabilities are nearer to 0 or 1 than they should be, and
            by more than chance; `under-confident` if they are not near enough; `unknown` where
            there are no pairs.
    """

    predicted: float
    true: Proportion
    word: Word


@dataclass(frozen=True)
class Calibration:
    """Predicted probabilities beside shares of true pairs.

    Attributes:
        bins: A row a bin of predicted probability that has pairs: `from`, `to` (Float64), `pairs`,
            `true` (Int64), `predicted` (mean), `share`, `low` and `high` (Float64: of true pairs).
        error: Expected calibration error: the mean over pairs of the difference of the two in
            their bin (Naeini et al. 2015, AAAI).
        pairs: The pairs it is out of.
        above: Pairs that are rather matches than not.
        below: The others.
    """

    bins: pl.DataFrame = field(repr=False)
    error: float
    pairs: int
    above: Side
    below: Side

    @property
    def words(self) -> str:
        """Says in a sentence whether the model is sure of matches with reason."""
        true, word = self.above.true, self.above.word
        if true.value is None:
            return "No pair has a probability of one half or more."
        said = "in agreement with the truth" if word == "in agreement" else f"{word} of matches"
        return (
            f"The model is {said}: it gives {true.out_of:,} pairs a mean probability of "
            f"{self.above.predicted:.4f}, and {true.value:.4f} of them are true "
            f"({true.low:.4f} to {true.high:.4f})."
        )


def calibration(
    probability: NDArray[np.float64],
    is_true: NDArray[np.bool_],
    clusters: NDArray[np.integer],
) -> Calibration:
    """Holds predicted probabilities against the truth, before records are linked only once.

    Args:
        probability: Predicted, shape (pairs,). Give only pairs from a probability up from which all
            are there.
        is_true: Whether each is true.
        clusters: Pairs about one person, as small non-negative whole numbers.

    Returns:
        What was found.
    """
    place = np.clip(np.searchsorted(_EDGES, probability, side="right") - 1, 0, len(_EDGES) - 2)
    order = np.argsort(place.astype(np.int8), kind="stable")
    ends = np.searchsorted(place[order], np.arange(len(_EDGES)))
    rows = []
    for number in np.flatnonzero(np.diff(ends)):
        at = order[ends[number] : ends[number + 1]]
        share = proportion(is_true[at], clusters[at])
        mean = float(probability[at].mean())
        bounds = (float(_EDGES[number]), float(_EDGES[number + 1]))
        shares = (share.value, share.low, share.high)
        rows.append((*bounds, share.out_of, share.count, mean, *shares))
    bins = pl.DataFrame(rows, schema=_SCHEMA, orient="row")
    apart = (bins["pairs"] * (bins["predicted"] - bins["share"]).abs()).sum()
    above = probability >= 1 / 2
    return Calibration(
        bins,
        float(apart / len(probability)) if len(probability) else 0.0,
        len(probability),
        _side(probability[above], is_true[above], clusters[above], is_high=True),
        _side(probability[~above], is_true[~above], clusters[~above], is_high=False),
    )


_SCHEMA: Final = {
    "from": pl.Float64,
    "to": pl.Float64,
    "pairs": pl.Int64,
    "true": pl.Int64,
    "predicted": pl.Float64,
    "share": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
}


def _side(
    probability: NDArray[np.float64],
    is_true: NDArray[np.bool_],
    clusters: NDArray[np.integer],
    *,
    is_high: bool,
) -> Side:
    if not len(probability):
        return Side(float("nan"), proportion(is_true, clusters), "unknown")
    predicted, true = float(probability.mean()), proportion(is_true, clusters)
    word: Word = "in agreement"
    if not true.low <= predicted <= true.high:
        word = "over-confident" if (predicted > true.high) == is_high else "under-confident"
    return Side(predicted, true, word)
