"""Proportions: a share with what it is out of, and its range of chance at 95 %."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from linkage.intervals import clustered_proportion, wilson

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Proportion:
    """A share and its range.

    Attributes:
        value: `count / out_of`; null where there is nothing to divide by.
        count: The numerator.
        out_of: The denominator.
        low: Lower end of the 95 % range of chance, at most `value`.
        high: Upper end.
    """

    value: float | None
    count: int
    out_of: int
    low: float
    high: float

    @property
    def rest(self) -> Proportion:
        """The share of those that are not counted."""
        value = None if self.value is None else (self.out_of - self.count) / self.out_of
        return Proportion(value, self.out_of - self.count, self.out_of, 1 - self.high, 1 - self.low)


def proportion(successes: NDArray[np.bool_], clusters: NDArray[np.integer]) -> Proportion:
    """Gives the share of successes; those of one cluster count for less than as many apart.

    Args:
        successes: bool, shape (trials,).
        clusters: Small non-negative whole numbers, shape (trials,): trials that succeed or fail
            together, such as pairs about one person.

    Returns:
        The share, with the range of `linkage.intervals.clustered_proportion`.
    """
    out_of, count = len(successes), int(successes.sum())
    low, high = clustered_proportion(successes, clusters)
    return Proportion(count / out_of if out_of else None, count, out_of, low, high)


def share_of(count: int, out_of: int) -> Proportion:
    """Gives a share of trials that have nothing to do with each other, with Wilson's range."""
    low, high = wilson(count, out_of)
    return Proportion(count / out_of if out_of else None, count, out_of, low, high)


def share_columns(
    name: str, count: NDArray[np.integer], out_of: NDArray[np.integer] | int
) -> dict[str, pl.Series | NDArray[np.float64]]:
    """Gives columns of shares with Wilson's range: `name`, `name_low` and `name_high`, Float64.

    Args:
        name: What the share is called.
        count: Numerators, shape (rows,).
        out_of: Denominators; a share out of nothing is not a number, and its range is 0 to 1.
    """
    whole = np.broadcast_to(np.asarray(out_of, dtype=np.float64), count.shape)
    value = np.divide(count, whole, out=np.full(count.shape, np.nan), where=whole > 0)
    low, high = wilson(count.astype(np.float64), whole)
    return {name: value, f"{name}_low": low, f"{name}_high": high}
