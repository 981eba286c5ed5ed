"""Addresses: the first line of each home's, with its street, house number and flat.

Streets and their numbers are those of the town (`simulator.violence.town`): homes are numbered
along a street. The flats of a block have the number of its first, and what tells them apart is the
number of the flat; numbers of the other flats are left out, as where a block stands in place of
houses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from simulator import randomness
from simulator.streets import postcode_runs, street_names, streets_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Flats of a block, one size to a postcode, and how likely each is: assumed.
_FLATS_OF_BLOCK = ((2, 3, 4, 6, 9, 12), (0.25, 0.15, 0.20, 0.20, 0.10, 0.10))


def first_lines(seed: int, homes: pl.DataFrame) -> pl.Series:
    """Writes the first line of each home's address, such as `Flat 3, 12 Alderham Road`.

    Two homes of a world have the same line only if they are the same home. A larger world starts
    with the same lines as a smaller one.

    Args:
        seed: The run's seed.
        homes: The world's homes, with `postcode` and `dwelling_type`, in their order.

    Returns:
        String, shape (homes,).
    """
    runs = postcode_runs(homes["postcode"])
    street = streets_of(runs)
    is_flat = (homes["dwelling_type"] == "flat").to_numpy()
    number, flat = _numbers(seed, runs, street, is_flat)
    names = pl.Series(street_names(seed, np.arange(int(street[-1]) + 1)), dtype=pl.String)
    frame = pl.DataFrame({"flat": flat, "number": number, "street": names.gather(street)})
    line = pl.format("{} {}", "number", "street")
    of_flat = pl.format("Flat {}, {}", "flat", line)
    return frame.select(
        pl.when(pl.col("flat") > 0).then(of_flat).otherwise(line).alias("address")
    ).to_series()


def _numbers(
    seed: int,
    runs: NDArray[np.int64],
    street: NDArray[np.int64],
    is_flat: NDArray[np.bool_],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Returns the house number of each home, from 1, and the number of the flat, 0 for none."""
    row = np.arange(len(runs))
    number = row - np.searchsorted(street, street) + 1
    before: NDArray[np.int64] = np.cumsum(is_flat) - is_flat
    rank: NDArray[np.int64] = before - before[np.searchsorted(runs, runs)]
    sizes, weights = _FLATS_OF_BLOCK
    size = np.array(sizes)[randomness.choose(seed, "flats of block", runs, weights)]
    first = np.maximum.accumulate(np.where(is_flat & (rank % size == 0), row, 0))
    return np.where(is_flat, number[first], number), np.where(is_flat, rank % size + 1, 0)
