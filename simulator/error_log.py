"""The log of errors: which cells were hit, and how many hits were to be expected."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CELLS = {"record_id": pl.UInt64, "error": pl.String, "field": pl.String, "changed": pl.Boolean}
"""Columns of the log of cells (see `simulator.truth.RecordTruth`)."""

TALLY = {
    "error": pl.String,
    "cells": pl.Int64,
    "expected": pl.Float64,
    "flagged": pl.Int64,
    "changed": pl.Int64,
}
"""Columns of the counts of an error (see `simulator.truth.RecordTruth`)."""


@dataclass(frozen=True)
class Log:
    """What went wrong, as far as it is known.

    Attributes:
        cells: Frames of cells hit, with the columns of CELLS; in no order.
        tallies: One row an error: its name, the records that it could hit, the hits expected from
            their chances, the hits found, and those that changed anything.
    """

    cells: tuple[pl.DataFrame, ...] = field(default=(), repr=False)
    tallies: tuple[tuple[str, int, float, int, int], ...] = ()

    def __add__(self, other: Log) -> Log:
        """Joins two logs."""
        return Log(self.cells + other.cells, self.tallies + other.tallies)

    @property
    def frame(self) -> pl.DataFrame:
        """Returns all cells, ordered by record, error and field."""
        whole = pl.concat([pl.DataFrame(schema=CELLS), *self.cells])
        return whole.sort("record_id", "error", "field")

    @property
    def counts(self) -> pl.DataFrame:
        """Returns the counts as a frame, in the order of the catalogue."""
        return pl.DataFrame(list(self.tallies), schema=TALLY, orient="row")


def cells_of(
    record_id: NDArray[np.uint64], error: str, name: str, changed: NDArray[np.bool_]
) -> pl.DataFrame:
    """Returns the log of the cells that one error hit in one field."""
    return pl.DataFrame({"record_id": record_id, "changed": changed}).select(
        "record_id", pl.lit(error).alias("error"), pl.lit(name).alias("field"), "changed"
    )
