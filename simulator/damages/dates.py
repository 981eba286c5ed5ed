"""Dates: dates of birth with wrong parts, of other people, or made coarser.

Days past the 28th are brought to it where a month changes, so that dates exist.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.draft import Draft

# Disagreements between two NHS systems by part: day 274, month 172, year 136 (Cardinal 2023).
_PARTS = (("day", 274), ("month", 172), ("year", 136))
_FALSE_YEARS = np.array([1, 2, 3, 4, 5, -1, -2, -3, -4, -5])


def _written(draft: Draft, at: NDArray[np.int64]) -> pl.Series:
    return draft.columns["date_of_birth"].gather(at)


def _parts(dates: pl.Series) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Gives day, month and year, int64."""
    day, month, year = (
        part.cast(pl.Int64).to_numpy()
        for part in (dates.dt.day(), dates.dt.month(), dates.dt.year())
    )
    return day, month, year


def _dated(day: NDArray[np.int64], month: NDArray[np.int64], year: NDArray[np.int64]) -> pl.Series:
    frame = pl.DataFrame({"year": year, "month": month, "day": day})
    return frame.select(pl.date("year", "month", "day")).to_series()


def wrong_part(draft: Draft, error: str, at: NDArray[np.int64]) -> pl.Series:
    """Writes another day, month or year; a year slips by one, two or ten."""
    day, month, year = _parts(_written(draft, at))
    day = np.clip(day, 1, 28)
    if error == "birth_date_day":
        day = (day - 1 + draft.chosen(error, at, 27) + 1) % 28 + 1
    elif error == "birth_date_month":
        month = (month - 1 + draft.chosen(error, at, 11) + 1) % 12 + 1
    else:
        slip = np.array([1, -1, 1, -1, 2, -2, 10, -10])[draft.chosen(error, at, 8)]
        year = _slipped(draft, year, slip)
    return _dated(day, month, year)


def _slipped(draft: Draft, year: NDArray[np.int64], slip: NDArray[np.int64]) -> NDArray[np.int64]:
    """Moves years, back instead of forward where they would pass the latest year."""
    late = year + slip > draft.sources.last_year
    return np.where(late, year - np.abs(slip), year + slip)


def next_to(draft: Draft, error: str, at: NDArray[np.int64]) -> pl.Series:
    """Writes a day, month or year one off, in the shares in which parts disagree."""
    day, month, year = _parts(_written(draft, at))
    part = draft.chosen(f"{error}: part", at, sum(weight for _, weight in _PARTS))
    edges = np.cumsum([weight for _, weight in _PARTS])
    part = np.searchsorted(edges, part, side="right")
    side = 2 * draft.chosen(error, at, 2) - 1
    day = np.clip(day, 1, 28)
    day = np.where(part == 0, (day - 1 + side) % 28 + 1, day)
    month = np.where(part == 1, (month - 1 + side) % 12 + 1, month)
    return _dated(day, month, np.where(part == 2, _slipped(draft, year, side), year))  # noqa: PLR2004


def swapped(draft: Draft, _error: str, at: NDArray[np.int64]) -> pl.Series:
    """Writes the day for the month and the month for the day; days above 12 stay."""
    dates = _written(draft, at)
    day, month, year = _parts(dates)
    able = day <= 12  # noqa: PLR2004 - months of the year
    return _dated(np.where(able, month, day), np.where(able, day, month), year)


def decade_off(draft: Draft, error: str, at: NDArray[np.int64]) -> pl.Series:
    """Writes a year ten years off."""
    day, month, year = _parts(_written(draft, at))
    side = 2 * draft.chosen(error, at, 2) - 1
    return _dated(np.clip(day, 1, 28), month, _slipped(draft, year, 10 * side))


def century_off(draft: Draft, _error: str, at: NDArray[np.int64]) -> pl.Series:
    """Writes a year a hundred years later, or earlier where that would lie ahead."""
    day, month, year = _parts(_written(draft, at))
    return _dated(np.clip(day, 1, 28), month, _slipped(draft, year, np.full(len(year), 100)))


def false_year(draft: Draft, error: str, at: NDArray[np.int64]) -> pl.Series:
    """Writes a year one to five years off, the same for a person in every agency."""
    day, month, year = _parts(_written(draft, at))
    slip = _FALSE_YEARS[draft.lasting(error, at, len(_FALSE_YEARS))]
    return _dated(np.clip(day, 1, 28), month, _slipped(draft, year, slip))


def of_mate(draft: Draft, _error: str, at: NDArray[np.int64]) -> pl.Series:
    """Writes a household member's date of birth."""
    return draft.sources.people["date_of_birth"].gather(draft.sources.mate[draft.person[at]])


def first_of_january(draft: Draft, _error: str, at: NDArray[np.int64]) -> pl.Series:
    """Writes 1 January of the right year."""
    return _written(draft, at).dt.truncate("1y")


def first_of_month(draft: Draft, _error: str, at: NDArray[np.int64]) -> pl.Series:
    """Writes the first day of the right month."""
    return _written(draft, at).dt.month_start()


def fifteenth_of_month(draft: Draft, _error: str, at: NDArray[np.int64]) -> pl.Series:
    """Writes the fifteenth day of the right month."""
    day, month, year = _parts(_written(draft, at))
    return _dated(np.full_like(day, 15), month, year)


def placeholder(_draft: Draft, _error: str, at: NDArray[np.int64]) -> pl.Series:
    """Writes 1 January 1900, which stands for nothing."""
    one = np.ones(len(at), dtype=np.int64)
    return _dated(one, one, 1900 * one)
