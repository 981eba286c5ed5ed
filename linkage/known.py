"""Known pairs: which records of two files are about one person, and what else is known of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl
from scipy import sparse
from scipy.sparse.csgraph import connected_components

if TYPE_CHECKING:
    from numpy.typing import NDArray

CELLS: Final = {"record": pl.UInt32, "error": pl.String, "field": pl.String}
"""Columns of the cells that were recorded wrongly."""


@dataclass(frozen=True)
class Known:
    """The truth about the records of two files, or of one.

    Attributes:
        left: Position of the left record of each true pair, int32, shape (true pairs,); every pair
            once, and in one file the smaller position.
        right: Position of the right one.
        homes: Number of the home of each left and each right record, two int64 arrays, -1 where it
            is not known; null where no home is.
        cells: Of the left and of the right file: `record` (UInt32, position), `error` and `field`
            (String), a row for each cell that an error changed; null where no error is known.
    """

    left: NDArray[np.int32] = field(repr=False)
    right: NDArray[np.int32] = field(repr=False)
    homes: tuple[NDArray[np.int64], NDArray[np.int64]] | None = field(default=None, repr=False)
    cells: tuple[pl.DataFrame, pl.DataFrame] | None = field(default=None, repr=False)

    def __len__(self) -> int:
        """How many true pairs there are."""
        return len(self.left)

    def people(self, sizes: tuple[int, int], *, itself: bool) -> NDArray[np.int64]:
        """Numbers the person of each right record, as far as true pairs tell them apart.

        Args:
            sizes: Records on the left and on the right.
            itself: Whether both sides are one file.

        Returns:
            int64, shape (right records,): equal for records that true pairs bring together.
        """
        if not itself and _each_once(self.right, sizes[1]) and _each_once(self.left, sizes[0]):
            return np.arange(sizes[1])
        start = 0 if itself else sizes[0]
        size = start + sizes[1]
        joins = (np.ones(len(self), np.int8), (self.left, self.right + start))
        graph = sparse.coo_array(joins, shape=(size, size))
        person: NDArray[np.int64] = connected_components(graph, directed=False)[1].astype(np.int64)
        return person[start:]

    def place_of(
        self, left: NDArray[np.int32], right: NDArray[np.int32], rights: int
    ) -> NDArray[np.int64]:
        """Gives the place of each pair among the true ones: int64, -1 for a pair that is not true.

        Args:
            left: Positions of left records, shape (pairs,).
            right: Positions of right records.
            rights: Records on the right.
        """
        asked = pl.DataFrame({"pair": left.astype(np.int64) * rights + right})
        known = pl.DataFrame({"pair": self.left.astype(np.int64) * rights + self.right})
        found = asked.join(
            known.with_row_index("place"), on="pair", how="left", maintain_order="left"
        )
        return found["place"].cast(pl.Int64).fill_null(-1).to_numpy()


def known_of(
    owners: tuple[pl.DataFrame, pl.DataFrame],
    cells: tuple[pl.DataFrame, pl.DataFrame],
    *,
    itself: bool,
) -> Known:
    """Brings what is known of the records of two files together.

    Args:
        owners: Of left and right records: `person` and `home`, of any one type, null where there
            is none; a row a record, in order of position.
        cells: Of left and right records: the columns of CELLS.
        itself: Whether both sides are one file.

    Returns:
        Pairs of records about one person, in order of position, with homes and cells.
    """
    placed = [each.with_row_index("record") for each in owners]
    people = [each.select("record", "person").drop_nulls() for each in placed]
    pairs = people[0].join(people[1], on="person", suffix="_right")
    if itself:
        pairs = pairs.filter(pl.col("record") < pl.col("record_right"))
    pairs = pairs.sort("record", "record_right")
    homes = pl.concat([each["home"] for each in owners]).rank("dense").cast(pl.Int64)
    numbers = homes.fill_null(-1).to_numpy()
    apart = owners[0].height
    return Known(
        pairs["record"].cast(pl.Int32).to_numpy(),
        pairs["record_right"].cast(pl.Int32).to_numpy(),
        (numbers[:apart], numbers[apart:]),
        cells,
    )


def _each_once(records: NDArray[np.int32], size: int) -> bool:
    """Whether no record stands twice."""
    return bool((np.bincount(records, minlength=size) <= 1).all())
