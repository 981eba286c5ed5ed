"""Estimates: what a question's answer consists of.

A question sees people and their events, as the hub has linked them or as a recipient was given
them, and nothing else. The same code gives the answer and, from perfect links, what it should have
been.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Protocol

import numpy as np
import polars as pl

from reidentify.safeguards import TIME_TRUNCATION, truncated_time

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from reidentify.specs import DatePrecision, ReleaseSpec
    from scenarios.questions.specs import LinkedQuestion

_DAYS_PER_YEAR = 365.25
_STRATUM_YEARS = 10
_MINUTES_PER_DAY = 1_440


class View(Protocol):
    """People and their linked events: LinkedData, or a Release of it."""

    @property
    def people(self) -> pl.DataFrame:
        """One row a person: `row_id`, attributes, `home`."""

    @property
    def events(self) -> Mapping[str, pl.DataFrame]:
        """By agency: `row_id`, `person`, `event_time` and other content."""


@dataclass(frozen=True)
class Seen:
    """What one question looks at of linked data or of a release: a View.

    Attributes:
        spec: How exactly a release gives things; None for linked data.
        people: People without their tokens and codes, which no question uses.
        events: Events of the agencies that the question names.
    """

    spec: ReleaseSpec | None
    people: pl.DataFrame = field(repr=False)
    events: Mapping[str, pl.DataFrame] = field(repr=False)


def see(view: View, question: LinkedQuestion) -> Seen:
    """Returns what a question looks at of a view."""
    named = {*getattr(question, "services", ())}
    named |= {getattr(question, part, "") for part in ("exposure", "outcome", "among")}
    tokens = [name for name in view.people.columns if _is_token(view, name)]
    return Seen(
        getattr(view, "spec", None),
        view.people.drop(tokens),
        {agency: events for agency, events in view.events.items() if agency in named},
    )


def _is_token(view: View, column: str) -> bool:
    coded = column.startswith("code_")
    return column == "token" or coded or column in getattr(view, "labels", {})


@dataclass(frozen=True)
class Window:
    """The window of time that a question looks at.

    Attributes:
        start: First day.
        days: Length in days.
    """

    start: date
    days: int

    @property
    def years(self) -> float:
        """Length in years."""
        return self.days / _DAYS_PER_YEAR

    @property
    def middle(self) -> date:
        """The middle day."""
        return self.start + timedelta(days=self.days // 2)


@dataclass(frozen=True)
class Estimate:
    """One number of an answer.

    Attributes:
        measure: What it is.
        value: The value; NaN where the data cannot give it.
        unit: As in Figure.
        low: Lower end of its 95 % interval, NaN where it has none.
        high: Upper end.
        group: `all`, or such as `practice=12`.
        count: Numerator, where there is one.
        out_of: Denominator, where there is one.
        method: How it was estimated.
    """

    measure: str
    value: float
    unit: str
    low: float = float("nan")
    high: float = float("nan")
    group: str = "all"
    count: int | None = None
    out_of: int | None = None
    method: str = ""


class CannotAnswer(ValueError):  # noqa: N818 - named for what it says
    """The data given do not hold what the question needs."""


def require(
    view: View, agencies: tuple[str, ...], columns: tuple[str, ...], people: tuple[str, ...]
) -> None:
    """Checks that a view holds what a question needs.

    Args:
        view: The people and events.
        agencies: Agencies whose events are needed.
        columns: Columns needed of each of them.
        people: Columns needed of people.

    Raises:
        CannotAnswer: With everything that is missing.
    """
    missing = [f"{column} of people" for column in people if column not in view.people.columns]
    for agency in agencies:
        if agency not in view.events:
            missing.append(f"events of {agency}")
            continue
        held = view.events[agency].columns
        missing += [f"{column} of {agency}" for column in columns if column not in held]
    if missing:
        raise CannotAnswer(f"not handed over: {', '.join(missing)}")


def minutes_since(times: pl.Series, start: date) -> NDArray[np.int64]:
    """Returns minutes of the window, from 0, int64; times must not be null."""
    since = times - datetime(start.year, start.month, start.day)  # noqa: DTZ001 - local time
    return since.dt.total_minutes().to_numpy()


def date_precision(view: View) -> DatePrecision:
    """Returns how exactly the view's times are given: as its release says, else to the minute."""
    spec: ReleaseSpec | None = getattr(view, "spec", None)
    return spec.dates if spec else "minute"


def periods(
    minutes: NDArray[np.int64], precision: DatePrecision, start: date
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Returns the first minute of the period that each minute lies in, and of the next period.

    Args:
        minutes: Minutes of the window, int64.
        precision: Length of a period: a minute, a day, a week from Monday, or a month.
        start: First day of the window.
    """
    first = datetime(start.year, start.month, start.day)  # noqa: DTZ001 - local time
    since = pl.Series("since", minutes * 60_000_000).cast(pl.Duration("us"))
    frame = since.to_frame().select(time=pl.lit(first, pl.Datetime("us")) + pl.col("since"))
    begins = truncated_time(pl.col("time"), precision)
    ends = begins.dt.offset_by(TIME_TRUNCATION[precision])
    bounds = frame.select(begins=begins, ends=ends)
    return minutes_since(bounds["begins"], start), minutes_since(bounds["ends"], start)


def positions(view: View, agency: str) -> NDArray[np.int64]:
    """Returns the position in `view.people` of the person of each event, int64, shape (events,)."""
    ids = view.people["row_id"].to_numpy()
    person = view.events[agency]["person"].to_numpy()
    return np.asarray(np.searchsorted(ids, person), dtype=np.int64)


def first_seen(people: pl.DataFrame, window: Window) -> NDArray[np.int64]:
    """Returns the minute from which each person can have events, int64, shape (people,).

    Args:
        people: The people, with `registered_on`, `date_of_birth` and `lived_since` where they were
            handed over; without them, everybody counts for the whole window.
        window: The window.
    """
    seen = np.zeros(people.height, dtype=np.int64)
    for name in ("registered_on", "date_of_birth", "lived_since"):
        seen = np.maximum(seen, _minute_of(people, name, window))
    return np.minimum(seen, window.days * _MINUTES_PER_DAY)


def lived_since(people: pl.DataFrame, window: Window) -> NDArray[np.int64]:
    """Returns the minute since when each person lives at their address, int64, shape (people,).

    0 for all who have lived there since before the window, and where it was not handed over.
    """
    return _minute_of(people, "lived_since", window)


def _minute_of(people: pl.DataFrame, name: str, window: Window) -> NDArray[np.int64]:
    """Returns the minute of the window at which a day begins; 0 for none, and for days before."""
    if name not in people.columns:
        return np.zeros(people.height, dtype=np.int64)
    days = (people[name] - window.start).dt.total_days().fill_null(0).to_numpy()
    return np.asarray(np.maximum(days.astype(np.int64), 0) * _MINUTES_PER_DAY)


def strata(people: pl.DataFrame, window: Window, *, with_area: bool) -> NDArray[np.int64]:
    """Codes strata of ten years of age x sex, and deprivation fifth where it is held.

    Args:
        people: The people, with `date_of_birth` and `sex` where they were handed over; a person
            with an attribute missing has a stratum of its own kind.
        window: The window; ages are those in its middle.
        with_area: Whether deprivation takes part.

    Returns:
        int64 codes from 0, shape (people,).
    """
    code = np.zeros(people.height, dtype=np.int64)
    if "date_of_birth" in people.columns:
        born = people["date_of_birth"]
        years = (pl.Series([window.middle]) - born).dt.total_days() / _DAYS_PER_YEAR
        band = (years // _STRATUM_YEARS).fill_null(12).cast(pl.Int64).clip(0, 12)
        code = band.to_numpy().astype(np.int64)
    if "sex" in people.columns:
        code = code * 3 + people["sex"].replace_strict({"F": 0, "M": 1}, default=2).to_numpy()
    if with_area and "deprivation_fifth" in people.columns:
        code = code * 6 + people["deprivation_fifth"].fill_null(0).to_numpy().astype(np.int64)
    return code


def home_codes(people: pl.DataFrame) -> NDArray[np.int64]:
    """Codes homes from 0; a person without a home is a cluster of their own."""
    _, codes = np.unique(homes_of(people), return_inverse=True)
    return np.asarray(codes, dtype=np.int64)


def homes_of(people: pl.DataFrame) -> NDArray[np.uint64]:
    """Returns each person's home, or the row's own number where none is told, shape (people,)."""
    home = pl.coalesce("home", "row_id") if "home" in people.columns else pl.col("row_id")
    return people.select(home).to_series().to_numpy()
