"""Safeguards: what coarsens people and events before they leave, as pure expressions.

Each precision of a ReleaseSpec has one expression here, documented where it stands. Adversaries use
the same functions on what they know: how a release is coarsened is not a secret.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from reidentify.specs import AgePrecision, AreaPrecision, DatePrecision, ReleaseSpec

YEARS_TO_A_BAND = 5

# Event time -> first moment of the period that is handed over. Weeks begin on Monday (ISO 8601).
TIME_TRUNCATION: Mapping[DatePrecision, str] = MappingProxyType(
    {"minute": "1m", "day": "1d", "week": "1w", "month": "1mo"}
)

# Date of birth -> the first day of the period that is handed over; `none` hands nothing over.
BIRTH_TRUNCATION: Mapping[AgePrecision, Callable[[pl.Expr], pl.Expr]] = MappingProxyType(
    {
        "birth_date": lambda born: born,
        "birth_week": lambda born: born.dt.truncate("1w"),
        "birth_month": lambda born: born.dt.truncate("1mo"),
        "birth_year": lambda born: born.dt.truncate("1y"),
        "five_years": lambda born: pl.date(born.dt.year() - born.dt.year() % YEARS_TO_A_BAND, 1, 1),
    }
)

# Precision of the address -> the column that is handed over.
AREA_COLUMNS: Mapping[AreaPrecision, tuple[str, ...]] = MappingProxyType(
    {"lsoa": ("lsoa",), "msoa": ("msoa",), "none": ()}
)


def truncated_time(time: pl.Expr, precision: DatePrecision) -> pl.Expr:
    """Gives the first moment of the minute, day, ISO week (Monday) or month of a Datetime."""
    return time.dt.truncate(TIME_TRUNCATION[precision])


def truncated_day(day: pl.Expr, precision: DatePrecision) -> pl.Expr:
    """Gives the first day of the day, ISO week (Monday) or month of a Date."""
    return day if precision == "minute" else day.dt.truncate(TIME_TRUNCATION[precision])


def period_days(time: pl.Expr, precision: DatePrecision) -> pl.Expr:
    """Gives how many whole days a handed-over time may mean: 1, 7, or the days of its month."""
    if precision in ("minute", "day"):
        return pl.lit(1, dtype=pl.Int64)
    start = truncated_time(time, precision)
    return (start.dt.offset_by(TIME_TRUNCATION[precision]) - start).dt.total_days()


def truncated_birth(born: pl.Expr, precision: AgePrecision) -> pl.Expr:
    """Gives the first day of the week, month, year or five-year band of a Date; null stays null.

    A five-year band begins in a year that five divides: 1 January 1980 stands for 1980-1984.

    Raises:
        KeyError: If the precision is `none`, which hands nothing over.
    """
    return BIRTH_TRUNCATION[precision](born)


def coarsen_people(people: pl.DataFrame, spec: ReleaseSpec) -> pl.DataFrame:
    """Keeps the attributes that a spec hands over, as exactly as it says, in a fixed order.

    Args:
        people: Attributes of people; those of `date_of_birth` (Date), `sex`, `lsoa`, `msoa`,
            `deprivation_fifth`, `practice` and `lived_since` (Date) that are there are considered,
            no others.
        spec: What is handed over.

    Returns:
        As many rows, in the same order; a column that the spec leaves out is not there.
    """
    kept = (
        *(("date_of_birth",) if spec.age != "none" else ()),
        *(("sex",) if spec.sex else ()),
        *AREA_COLUMNS[spec.area],
        *(("deprivation_fifth",) if spec.deprivation else ()),
        *(("practice",) if spec.practice else ()),
        *(("lived_since",) if spec.moves else ()),
    )
    coarse = {
        "date_of_birth": lambda: truncated_birth(pl.col("date_of_birth"), spec.age),
        "lived_since": lambda: truncated_day(pl.col("lived_since"), spec.dates),
    }
    columns = [
        coarse[name]().alias(name) if name in coarse else pl.col(name)
        for name in kept
        if name in people.columns
    ]
    return people.select(columns)


def coarsen_events(events: pl.DataFrame, spec: ReleaseSpec) -> pl.DataFrame:
    """Truncates event times, where there are any, and drops place or cost; other columns stay."""
    dropped = (
        *(() if spec.places else ("place",)),
        *(() if spec.costs else ("cost_pence",)),
    )
    if "event_time" in events.columns:
        events = events.with_columns(truncated_time(pl.col("event_time"), spec.dates))
    return events.drop(dropped, strict=False)
