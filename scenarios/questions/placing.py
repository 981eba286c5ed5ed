"""Placing: where and when each row of a feed may have happened, as exactly as the feed says.

A row that names a venue, a street or a map point lies there. A row that gives a ward only may lie
in any street of the ward, in proportion to the addresses there. A row that gives a day only may lie
in any of its four shifts, one that gives a month in any shift of the week. A row whose place cannot
be resolved lies nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from reidentify.feed_specs import FeedSpec, TimePrecision

SHIFT_HOURS = 6
SHIFTS_OF_DAY = 24 // SHIFT_HOURS
SHIFTS = 7 * SHIFTS_OF_DAY
"""Shifts of a week, from Monday 00:00."""

_PERIODS = {"minute": "1m", "hour": "1h", "shift": "6h", "day": "1d", "month": "1mo"}


@dataclass(frozen=True)
class Atlas:
    """What anybody can look up about places, and what each text of a feed was resolved to.

    Attributes:
        streets: `street`, `ward` (UInt32), `easting`, `northing` (Int32), `addresses` (Int64).
        points: `point` (UInt32), `easting`, `northing` (Int32).
        venues: Licensed premises: `spot`, `street`, `point`, `ward` (UInt32), `name` (String),
            `easting`, `northing` (Int32).
        texts: `location_text` (String, distinct), `spot` (UInt32, null if no venue), `easting`,
            `northing` (Int32); texts that resolve to nothing are left out.
    """

    streets: pl.DataFrame = field(repr=False)
    points: pl.DataFrame = field(repr=False)
    venues: pl.DataFrame = field(repr=False)
    texts: pl.DataFrame = field(repr=False)


@dataclass(frozen=True)
class Intelligence:
    """What an analyst of violence holds: a feed, police records and public places.

    Attributes:
        spec: How exactly the feed gives things.
        rows: Rows of the feed.
        police: Content of the police's own records: `record_id`, `from_time`, `to_time`, `injury`,
            `easting`, `northing`, `location_type`.
        atlas: Public places.
    """

    spec: FeedSpec
    rows: pl.DataFrame = field(repr=False)
    police: pl.DataFrame = field(repr=False)
    atlas: Atlas = field(repr=False)


def may_lie(rows: pl.DataFrame, spec: FeedSpec, atlas: Atlas) -> pl.DataFrame:
    """Returns every place where each row may have happened.

    Args:
        rows: Rows of a feed.
        spec: How exactly it gives places.
        atlas: Public places.

    Returns:
        `row_id`, `easting`, `northing` (Int32) and `share` (Float64); shares of a row add up to 1.
        Rows that resolve to nowhere have none. In order of row_id and place.
    """
    match spec.places:
        case "text":
            placed = rows.select("row_id", "location_text").join(atlas.texts, on="location_text")
        case "street":
            placed = rows.select("row_id", "street").join(atlas.streets, on="street")
        case "map_point":
            placed = rows.select("row_id", "point").join(atlas.points, on="point")
        case "ward":
            return _within_wards(rows, atlas)
        case "none":
            placed = atlas.points.clear().with_columns(row_id=pl.lit(0, pl.UInt64))
    return placed.select("row_id", "easting", "northing", share=pl.lit(1.0)).sort("row_id")


def _within_wards(rows: pl.DataFrame, atlas: Atlas) -> pl.DataFrame:
    streets = atlas.streets.filter(pl.col("addresses") > 0)
    share = pl.col("addresses") / pl.col("addresses").sum().over("ward")
    shared = streets.select("ward", "street", "easting", "northing", share=share)
    placed = rows.select("row_id", "ward").join(shared, on="ward").sort("row_id", "street")
    return placed.select("row_id", "easting", "northing", "share")


def shift_shares(times: pl.Series, precision: TimePrecision) -> NDArray[np.float64]:
    """Returns how likely each time lies in each shift of the week.

    Args:
        times: Beginning of the released period of each row; null where it is not given.
        precision: Length of that period. A time of exactly midnight, to the minute, is a day whose
            hour nobody knew.

    Returns:
        float64, shape (rows, 28); rows add up to 1. A row without a time, or with a month only, is
        spread evenly.
    """
    shares = np.full((len(times), SHIFTS), 1 / SHIFTS)
    if precision == "month" or not len(times):
        return shares
    known = times.is_not_null().to_numpy()
    day = (times.dt.weekday().fill_null(1).to_numpy().astype(np.int64) - 1) * SHIFTS_OF_DAY
    hour = times.dt.hour().fill_null(0).to_numpy().astype(np.int64)
    minute = times.dt.minute().fill_null(0).to_numpy()
    shares[known] = 0.0
    day_only = np.full(len(times), precision == "day")
    if precision == "minute":
        day_only |= (hour == 0) & (minute == 0)
    at = np.flatnonzero(known & day_only)
    for shift in range(SHIFTS_OF_DAY):
        shares[at, day[at] + shift] = 1 / SHIFTS_OF_DAY
    at = np.flatnonzero(known & ~day_only)
    shares[at, day[at] + hour[at] // SHIFT_HOURS] = 1.0
    return shares


def available(rows: pl.DataFrame, spec: FeedSpec, start: date, cut: datetime) -> pl.DataFrame:
    """Returns the rows that have arrived, and whose time is past, by a moment of the window.

    Args:
        rows: Rows of a feed.
        spec: How exactly times are given, and for how long a month's rows are held back.
        start: First day of the window; month 0 is its calendar month.
        cut: The moment.
    """
    first = datetime(start.year, start.month, 1)  # noqa: DTZ001 - local time
    months = pl.format("{}mo", pl.col("month") + 1)
    arrives = pl.lit(first, pl.Datetime("us")).dt.offset_by(months)
    arrived = arrives.dt.offset_by(f"{spec.delay_days}d") <= cut
    ends = pl.col("assault_time").dt.offset_by(_PERIODS[spec.times])
    return rows.filter(arrived & (ends.is_null() | (ends <= cut)))
