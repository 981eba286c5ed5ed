"""Safeguards of a feed: what becomes of its rows before they leave, one step after the other.

Each step is a pure function of rows and of what the spec says; adversaries use the same truncation
on what they know, since how a feed is coarsened is not a secret.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

import polars as pl

from simulator.schema import METHOD_GROUPS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from reidentify.feed_specs import FeedSpec, PlacePrecision, TimePrecision
    from reidentify.gazetteer import Gazetteer
    from simulator.specs import WorldSpec

# Precision of a time -> the period whose first moment is handed over. A shift is six hours.
PERIODS: Mapping[TimePrecision, str] = MappingProxyType(
    {"minute": "1m", "hour": "1h", "shift": "6h", "day": "1d", "month": "1mo"}
)

# Precision of a place -> the column that is handed over.
PLACE_COLUMN: Mapping[PlacePrecision, str | None] = MappingProxyType(
    {
        "text": "location_text",
        "street": "street",
        "map_point": "point",
        "ward": "ward",
        "none": None,
    }
)

HOMES = ("own_home", "other_home")
"""Kinds of place that are somebody's home."""

_POSTCODE = r"(?i)\b[a-z]{1,2}\d[a-z\d]?\s*\d[a-z]{2}\b"
_NUMBER = r"(?i)\b(?:flat\s+\w+\s*,?\s*)?\d+[a-z]?\b"
_PLACES = ("street", "point", "ward")


@dataclass(frozen=True)
class Handing:
    """What the steps read besides the rows.

    Attributes:
        spec: What is handed over, and how exactly.
        gazetteer: Public names of places.
        window: The time that is looked at.
    """

    spec: FeedSpec
    gazetteer: Gazetteer
    window: WorldSpec


def truncated(time: pl.Expr, precision: TimePrecision) -> pl.Expr:
    """Gives the first moment of the minute, hour, shift (of six hours), day or month of a time."""
    return time.dt.truncate(PERIODS[precision])


def number_months(rows: pl.DataFrame, handing: Handing) -> pl.DataFrame:
    """Numbers the calendar month in which a patient arrived, from 0 at the window's start.

    Where arrival was not recorded, the month of the assault stands in.
    """
    start = handing.window.start
    time = pl.coalesce([c for c in ("arrival_time", "assault_time") if c in rows.columns])
    month = (time.dt.year() - start.year) * 12 + time.dt.month().cast(pl.Int32) - start.month
    return rows.with_columns(month.cast(pl.Int32).alias("month"))


def coarsen_time(rows: pl.DataFrame, handing: Handing) -> pl.DataFrame:
    """Truncates the times of assault and arrival to `times`."""
    times = [c for c in ("assault_time", "arrival_time") if c in rows.columns]
    return rows.with_columns(truncated(pl.col(c), handing.spec.times) for c in times)


def coarsen_place(rows: pl.DataFrame, handing: Handing) -> pl.DataFrame:
    """Turns the text into the street, map point or ward that it resolves to; null if to nothing."""
    places = handing.gazetteer.resolve(rows["location_text"])
    found = places.select(pl.col("text").alias("location_text"), *_PLACES)
    return rows.join(found, on="location_text", how="left", maintain_order="left")


def coarsen_method(rows: pl.DataFrame, handing: Handing) -> pl.DataFrame:
    """Gives the means, its group, or nothing."""
    match handing.spec.methods:
        case "exact":
            return rows
        case "group":
            group = pl.col("method").replace_strict(
                METHOD_GROUPS, default=None, return_dtype=pl.String
            )
            return rows.with_columns(group).drop("method_text", strict=False)
    return rows.drop("method", "method_text", strict=False)


def drop_arrival(rows: pl.DataFrame, handing: Handing) -> pl.DataFrame:
    """Leaves out the time of arrival, unless it is handed over."""
    return rows if handing.spec.arrival else rows.drop("arrival_time", strict=False)


def scrub_text(rows: pl.DataFrame, handing: Handing) -> pl.DataFrame:
    """Takes house numbers and postcodes out of free text, or leaves all free text out.

    Without free text, a feed whose place is the text says nothing of the place.
    """
    texts = [c for c in ("location_text", "method_text") if c in rows.columns]
    match handing.spec.text:
        case "as_typed":
            return rows
        case "scrubbed":
            return rows.with_columns(_scrubbed(pl.col(text)) for text in texts)
    gone = rows.with_columns(pl.lit(None, pl.String).alias("location_text"))
    return gone.drop("method_text", strict=False)


def keep_homes_out(rows: pl.DataFrame, handing: Handing) -> pl.DataFrame:
    """Removes the place of assaults in a home, or the rows; by the kind of place as recorded."""
    at_home = pl.col("location_type").is_in(HOMES).fill_null(value=False)
    match handing.spec.homes:
        case "as_recorded":
            return rows
        case "left_out":
            return rows.filter(~at_home)
    return rows.with_columns(pl.when(~at_home).then(c) for c in ("location_text", *_PLACES))


def keep_domestic_out(rows: pl.DataFrame, handing: Handing) -> pl.DataFrame:
    """Leaves out rows recorded as domestic violence, if the spec says so."""
    if handing.spec.domestic == "included":
        return rows
    return rows.filter(~pl.col("domestic").fill_null(value=False))


def hold_back(rows: pl.DataFrame, handing: Handing) -> pl.DataFrame:
    """Leaves out months that are not yet out when the window ends.

    A month's rows are out `delay_days` after it ended; the last month may end with the window.
    """
    window = handing.window
    start = datetime(window.start.year, window.start.month, window.start.day)  # noqa: DTZ001
    end = start + timedelta(days=window.days)
    first = pl.lit(start).dt.truncate("1mo")
    ended = pl.min_horizontal(
        first.dt.offset_by(pl.format("{}mo", pl.col("month") + 1)), pl.lit(end)
    )
    return rows.filter(ended + pl.duration(days=handing.spec.delay_days) <= pl.lit(end))


def reduce_to_table(rows: pl.DataFrame, handing: Handing) -> pl.DataFrame:
    """Leaves time and place only, if a table is handed over."""
    if not handing.spec.as_table:
        return rows
    return rows.drop("arrival_time", "method", "method_text", "location_type", strict=False)


def keep_full_cells(rows: pl.DataFrame, handing: Handing) -> pl.DataFrame:
    """Leaves out rows that fewer than `minimum_cell` share time, place and means with.

    A place or a means that is not given is a value of its own: such rows look alike.
    """
    if handing.spec.minimum_cell <= 1:
        return rows
    place = PLACE_COLUMN[handing.spec.places]
    by = ["assault_time", *((place,) if place else ()), "method"]
    alike = pl.len().over([c for c in by if c in rows.columns])
    return rows.filter(alike >= handing.spec.minimum_cell)


# The safeguards in order. Cells are counted last, among the rows that would else leave.
STEPS: Mapping[str, Callable[[pl.DataFrame, Handing], pl.DataFrame]] = MappingProxyType(
    {
        "month": number_months,
        "time": coarsen_time,
        "place": coarsen_place,
        "methods": coarsen_method,
        "arrival": drop_arrival,
        "text": scrub_text,
        "homes": keep_homes_out,
        "domestic": keep_domestic_out,
        "delay": hold_back,
        "table": reduce_to_table,
        "minimum_cell": keep_full_cells,
    }
)


def _scrubbed(text: pl.Expr) -> pl.Expr:
    plain = text.str.replace_all(_POSTCODE, "").str.replace_all(_NUMBER, "")
    return plain.str.replace_all(r"\s+", " ").str.strip_chars(" ,")
