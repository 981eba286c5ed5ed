"""Addresses: postcodes cut short or without their space, and the home next door."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.draft import Draft


def outward(draft: Draft, _error: str, at: NDArray[np.int64]) -> pl.Series:
    """Writes the outward half alone: what stands before the space."""
    return draft.columns["postcode"].gather(at).str.extract("^([^ ]*)")


def without_space(draft: Draft, _error: str, at: NDArray[np.int64]) -> pl.Series:
    """Writes a postcode without its space."""
    return draft.columns["postcode"].gather(at).str.replace_all(" ", "", literal=True)


def uprn_of_neighbour(draft: Draft, error: str, at: NDArray[np.int64]) -> pl.Series:
    """Writes the property number of the home next door, on either side."""
    return draft.sources.homes["uprn"].gather(next_door(draft, error, at)).cast(pl.String)


def next_door(draft: Draft, error: str, at: NDArray[np.int64]) -> NDArray[np.int64]:
    """Returns the position of the home next door to each record's, on either side, int64."""
    side = 2 * draft.chosen(error, at, 2) - 1
    last = draft.sources.homes.height - 1
    neighbour = np.abs(draft.home[at] + side)
    return np.asarray(np.where(neighbour > last, last - 1, neighbour))
