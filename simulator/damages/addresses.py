"""Addresses: postcodes cut short, the home next door, house numbers and streets in short."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from simulator.streets import SHORT_ENDINGS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.draft import Draft

# What a house number can be mistaken for: a neighbour's on either side of the street, or ten off.
_NEARBY = np.array([-2, 2, -1, 1, -10, 10])
_PARTS = r"^(.*?)(\d+)( \D*)$"  # flat, house number, street


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


def number_wrong(draft: Draft, error: str, at: NDArray[np.int64]) -> pl.Series:
    """Writes the house number of a home nearby; a line without a number stays."""
    text = draft.columns["address"].gather(at)
    number = text.str.extract(_PARTS, 2).cast(pl.Int64)
    step = _NEARBY[draft.chosen(error, at, len(_NEARBY))]
    right = number.fill_null(0).to_numpy()
    wrong = pl.Series(np.where(right + step >= 1, right + step, right - step))
    before, street = text.str.extract(_PARTS, 1), text.str.extract(_PARTS, 3)
    return pl.select(pl.coalesce(before + wrong.cast(pl.String) + street, text)).to_series()


def number_missing(draft: Draft, _error: str, at: NDArray[np.int64]) -> pl.Series:
    """Writes a line without its house number."""
    return draft.columns["address"].gather(at).str.replace(r"\d+ (\D*)$", "${1}")


def flat_dropped(draft: Draft, _error: str, at: NDArray[np.int64]) -> pl.Series:
    """Writes the house number and street of a flat alone; other homes have no more."""
    return draft.columns["address"].gather(at).str.replace(r"^Flat \d+, ", "")


def abbreviated(draft: Draft, _error: str, at: NDArray[np.int64]) -> pl.Series:
    """Writes the last word of the street in short."""
    text = draft.columns["address"].gather(at)
    last = text.str.extract(r"(\w+)$").replace(SHORT_ENDINGS)
    return pl.select(pl.coalesce(text.str.replace(r"\w+$", "") + last, text)).to_series()
