"""Marked claims: claims beside the truth, as arrays, so that a group of them is a mask."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from linkage.intervals import Interval, brier, clustered_proportion

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray


@dataclass(frozen=True)
class MarkedClaims:
    """Claims about some records or targets, each marked as correct or not.

    Attributes:
        at: int64 (claims,): position of the record or target that each is about.
        correct: bool (claims,).
        confidence: float64 (claims,): stated probability, 0 to 1.
        meant: int64 (claims,): number of the person who is meant; one number stands for nobody.
    """

    at: NDArray[np.int64] = field(repr=False)
    correct: NDArray[np.bool_] = field(repr=False)
    confidence: NDArray[np.float64] = field(repr=False)
    meant: NDArray[np.int64] = field(repr=False)

    def __len__(self) -> int:
        """Gives how many claims there are."""
        return len(self.at)

    def within(self, chosen: NDArray[np.bool_]) -> MarkedClaims:
        """Keeps the claims about chosen records or targets, bool (records or targets,)."""
        return self.which(chosen[self.at])

    def which(self, kept: NDArray[np.bool_]) -> MarkedClaims:
        """Keeps some claims, bool (claims,)."""
        return MarkedClaims(
            self.at[kept], self.correct[kept], self.confidence[kept], self.meant[kept]
        )

    def precision(self) -> Interval[float]:
        """Gives the range of the share that is correct; claims about one person are a cluster."""
        return clustered_proportion(self.correct, self.meant)

    def confidence_error(self) -> float:
        """Gives the Brier score of the stated confidence; 0 is perfect, nan without claims."""
        return brier(self.confidence, self.correct)


def claims_about(marked: pl.DataFrame, queries: pl.DataFrame, key: str) -> MarkedClaims:
    """Makes marked claims of a frame.

    Args:
        marked: `key`, `correct`, `confidence` and `meant`; claims about nothing in `queries` are
            left out.
        queries: `key`, distinct, null where there is no row.
        key: `row_id` or `target_id`.
    """
    positions = queries.select(key).with_row_index("at").drop_nulls(key)
    found = marked.join(positions, on=key, how="inner", maintain_order="left")
    _, meant = np.unique(found["meant"].fill_null(0).to_numpy(), return_inverse=True)
    return MarkedClaims(
        found["at"].to_numpy().astype(np.int64),
        found["correct"].to_numpy(),
        found["confidence"].to_numpy(),
        meant.astype(np.int64),
    )


def distinct(numbers: NDArray[np.int64]) -> int:
    """Counts distinct numbers."""
    return len(np.unique(numbers))
