"""Collusion: parties put together what they hold, and see whom that opens.

A planner holds coded rows, and so does a databank that takes part. A practice or a hospital holds
its own people in the clear and lays them beside the rows by what rows and its own records share:
year of birth, sex, small area, and for a hospital the days of its own contacts. Whoever holds the
way back from codes opens them. Every coalition is tried, the smallest first.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from reidentify.custody import HOLDERS_OF_ROWS, PLANNER
from reidentify.safeguards import coarsen_people, truncated_time

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reidentify.release import Release
    from reidentify.specs import ReleaseSpec

PRACTICE, HOSPITAL = "practice", "hospital"
MOST_PARTIES = 3


class Opened(NamedTuple):
    """What a coalition opens.

    Attributes:
        parties: Who acts together.
        numbers: `row_id`, `number` (String): NHS numbers read off codes.
        names: `row_id`, `record_id` (UInt64): rows laid beside one record of a party's own.
    """

    parties: tuple[str, ...]
    numbers: pl.DataFrame
    names: pl.DataFrame


def try_coalitions(
    release: Release,
    numbers: Mapping[tuple[str, ...], pl.DataFrame],
    own: Mapping[str, pl.DataFrame],
) -> Iterator[Opened]:
    """Tries every coalition of up to three parties, smaller ones first.

    Without a planner or databank nobody holds the rows, and nothing can be opened.

    Args:
        release: The coded rows.
        numbers: What holders of the way back open, from custody.numbers_opened.
        own: A party's own records in the clear: `record_id` and columns shared with the rows, as
            exactly as the rows give them.
    """
    holders = [party for parties in numbers for party in parties]
    parties = tuple(dict.fromkeys([PLANNER, *holders, *own]))
    laid: dict[str, pl.DataFrame] = {}
    for size in range(1, MOST_PARTIES + 1):
        for chosen in combinations(parties, size):
            if _holds_rows(chosen):
                new = [party for party in chosen if party in own and party not in laid]
                laid |= {party: _laid_beside(release, own[party]) for party in new}
            yield Opened(chosen, *_opened(numbers, laid, chosen))


def _opened(
    numbers: Mapping[tuple[str, ...], pl.DataFrame],
    laid: Mapping[str, pl.DataFrame],
    parties: tuple[str, ...],
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Puts together what parties open, from the rows that each has laid beside its own people."""
    nothing = pl.DataFrame(schema={"row_id": pl.UInt64, "number": pl.String})
    names = pl.DataFrame(schema={"row_id": pl.UInt64, "record_id": pl.UInt64})
    if not _holds_rows(parties):
        return nothing, names
    read = [frame for holders, frame in numbers.items() if set(holders) <= set(parties)]
    beside = [laid[party] for party in parties if party in laid]
    opened = pl.concat([nothing, *read]).unique(maintain_order=True)
    return opened, pl.concat([names, *beside]).unique(maintain_order=True)


def _holds_rows(parties: tuple[str, ...]) -> bool:
    return any(party in HOLDERS_OF_ROWS for party in parties)


def _laid_beside(release: Release, own: pl.DataFrame) -> pl.DataFrame:
    """Names rows by what they share with a party's own records."""
    return fits_alone(shared_rows(release, "days" in own.columns), own)


def fits_alone(rows: pl.DataFrame, own: pl.DataFrame) -> pl.DataFrame:
    """Names rows whose shared columns fit one record alone, and one row alone.

    Args:
        rows: `row_id` and attributes.
        own: `record_id` and attributes, as exactly as rows give them.

    Returns:
        `row_id`, `record_id`, ordered by `row_id`; what is missing fits nothing.
    """
    on = [column for column in own.columns if column != "record_id" and column in rows.columns]
    single_row = rows.filter(pl.len().over(on) == 1)
    single_record = own.filter(pl.len().over(on) == 1)
    pairs = single_row.join(single_record, on=on, how="inner", nulls_equal=False)
    return pairs.select("row_id", "record_id").sort("row_id")


def shared_rows(release: Release, with_days: bool) -> pl.DataFrame:  # noqa: FBT001 - one of two kinds
    """Gives what rows share with a party's own records; for a hospital the days of its contacts."""
    columns = [c for c in _SHARED if c in release.people.columns]
    rows = release.people.select("row_id", *columns)
    if not with_days or HOSPITAL_EVENTS not in release.events:
        return rows
    days = _days(release.events[HOSPITAL_EVENTS], "person")
    return rows.join(days, left_on="row_id", right_on="person", how="inner").sort("row_id")


def own_records(
    people: pl.DataFrame, spec: ReleaseSpec, events: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Writes a party's own people as exactly as rows are given.

    Args:
        people: `record_id` and attributes in the clear.
        spec: How exactly rows are given.
        events: `record_id`, `event_time` of the party's own contacts; None for a practice.
    """
    shared = coarsen_people(people, spec)
    own = people.select("record_id").hstack(
        shared.select([c for c in _SHARED if c in shared.columns])
    )
    if events is None:
        return own
    seen = events.with_columns(truncated_time(pl.col("event_time"), spec.dates))
    return own.join(_days(seen, "record_id"), on="record_id", how="inner").sort("record_id")


def _days(events: pl.DataFrame, whose: str) -> pl.DataFrame:
    """Writes the times of everybody's contacts in order, as one text: `whose`, `days`."""
    # In order beforehand and written afterwards: within groups either would be done anew for each.
    times = events.select(whose, "event_time").sort("event_time").group_by(whose).agg("event_time")
    text = pl.col("event_time").list.eval(pl.element().dt.to_string("%F %R")).list.join(";")
    return times.select(whose, text.alias("days"))


_SHARED = ("date_of_birth", "sex", "lsoa", "msoa", "practice")
HOSPITAL_EVENTS = "a_and_e"
