"""Kernels of event matching: compiled loops over pairs of a row of a feed and a known event.

Times are whole minutes since 1970; a period holds its first minute and not its `end`. A pair is a
candidate if its periods are at most a day apart. Its pattern is one small whole number, the levels
of all comparisons in mixed base (see event_patterns).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

from reidentify.adversaries.event_patterns import (
    ARRIVAL_EDGES,
    CONTACTS,
    EVENT_UNPLACED,
    GAP_EDGES,
    GAPS,
    KINDS,
    LAGS,
    MEANS,
    METRE_EDGES,
    PLACES,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

DAY = 1_440

_GAP_EDGES = np.array(GAP_EDGES, dtype=np.float64)
_ARRIVAL_EDGES = np.array(ARRIVAL_EDGES, dtype=np.float64)
_METRE_EDGES = np.array(METRE_EDGES, dtype=np.float64)


class Rows(NamedTuple):
    """Rows of a feed, in order of start, then id; arrays of shape (rows,).

    Attributes:
        start: int64, first minute of the period that the time of the assault may mean.
        end: int64, the minute after its last.
        midnight: bool, whether the time may be unknown (given as midnight).
        arrival: float64, middle of the period of arrival, in minutes; nan if not given.
        placed: int64, 0 not at all, 1 a spot, 2 a street or map point, 3 a ward.
        code: int64, number of the spot, street or map point; -1 if none.
        x: float64, easting in metres; nan if none.
        y: float64, northing.
        ward: int64; -1 if none.
        method: int64, number in METHODS; -1 if not given so exactly.
        group: int64, number of the group of the means; -1 if not given.
        kind: int64, number in LOCATION_TYPES; -1 if not given.
    """

    start: NDArray[np.int64]
    end: NDArray[np.int64]
    midnight: NDArray[np.bool_]
    arrival: NDArray[np.float64]
    placed: NDArray[np.int64]
    code: NDArray[np.int64]
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    ward: NDArray[np.int64]
    method: NDArray[np.int64]
    group: NDArray[np.int64]
    kind: NDArray[np.int64]


class Events(NamedTuple):
    """Known events, in order of start, then id; arrays of shape (events,).

    Attributes:
        start: int64, first minute of the period in which it is known to have happened.
        end: int64, the minute after its last.
        x: float64, easting in metres; nan if unknown.
        y: float64, northing.
        spot: int64, the named spot that it happened at; -1 if none is near.
        line: int64, its street, or its map point where the feed gives those; -1 if unknown.
        ward: int64; -1 if unknown.
        method: int64, number in METHODS; -1 if unknown.
        group: int64, number of the group of the means; -1 if unknown.
        kind: int64, number in LOCATION_TYPES; -1 if unknown.
        contact: int64, level of what police recorded: see event_patterns.CONTACTS.
    """

    start: NDArray[np.int64]
    end: NDArray[np.int64]
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    spot: NDArray[np.int64]
    line: NDArray[np.int64]
    ward: NDArray[np.int64]
    method: NDArray[np.int64]
    group: NDArray[np.int64]
    kind: NDArray[np.int64]
    contact: NDArray[np.int64]


class Row(NamedTuple):
    """One of Rows."""

    start: int
    end: int
    midnight: bool
    arrival: float
    placed: int
    code: int
    x: float
    y: float
    ward: int
    method: int
    group: int
    kind: int


class Event(NamedTuple):
    """One of Events."""

    start: int
    end: int
    x: float
    y: float
    spot: int
    line: int
    ward: int
    method: int
    group: int
    kind: int
    contact: int


@njit(cache=True, nogil=True)
def row_at(rows: Rows, at: int) -> Row:
    """Gives one row; what the caller does not read is not loaded."""
    return Row(
        rows.start[at],
        rows.end[at],
        rows.midnight[at],
        rows.arrival[at],
        rows.placed[at],
        rows.code[at],
        rows.x[at],
        rows.y[at],
        rows.ward[at],
        rows.method[at],
        rows.group[at],
        rows.kind[at],
    )


@njit(cache=True, nogil=True)
def event_at(events: Events, at: int) -> Event:
    """Gives one event; what the caller does not read is not loaded."""
    return Event(
        events.start[at],
        events.end[at],
        events.x[at],
        events.y[at],
        events.spot[at],
        events.line[at],
        events.ward[at],
        events.method[at],
        events.group[at],
        events.kind[at],
        events.contact[at],
    )


@njit(cache=True, nogil=True)
def gap_level(start: int, end: int, other_start: int, other_end: int) -> int:
    """Gives the level of the time between two periods; -1 if it is more than a day."""
    gap = max(start - (other_end - 1), other_start - (end - 1))
    for level in range(GAPS):
        if gap <= _GAP_EDGES[level]:
            return level
    return -1


@njit(cache=True, nogil=True)
def time_level(row: Row, event: Event, gap: int) -> int:
    """Gives the level of time: the gap's, those of midnight rows by whether the day is the same."""
    if not row.midnight:
        return gap
    return GAPS + gap if event.end > row.start else 2 * GAPS + gap


@njit(cache=True, nogil=True)
def place_level(row: Row, event: Event) -> int:
    """Gives the level of place: how near the event is to the place that the row gives."""
    if row.placed == 0:
        return 0
    near_ward = row.ward == event.ward
    if row.placed == 3:  # noqa: PLR2004 - a ward
        in_ward = 13 if near_ward else 14
        return in_ward if event.ward >= 0 else EVENT_UNPLACED
    if np.isnan(event.x):
        return EVENT_UNPLACED
    first = 1 if row.placed == 1 else 7
    code = event.spot if row.placed == 1 else event.line
    if code >= 0 and code == row.code:
        return first
    across, up = row.x - event.x, row.y - event.y
    square = across * across + up * up
    for level in range(_METRE_EDGES.shape[0]):
        if square <= _METRE_EDGES[level] * _METRE_EDGES[level]:
            return first + 1 + level
    return first + 4 if near_ward else first + 5


@njit(cache=True, nogil=True)
def _arrival_level(row: Row, event: Event) -> int:
    """Gives the level of the time from the event to arrival."""
    if np.isnan(row.arrival):
        return 0
    lag = row.arrival - 0.5 * (event.start + event.end - 1)
    level = 1
    for edge in _ARRIVAL_EDGES:
        level += lag > edge
    return level


@njit(cache=True, nogil=True)
def _means_level(row: Row, event: Event) -> int:
    """Gives 0 if either is missing, 1 for the same means, 2 for the same group, 3 otherwise."""
    if row.group < 0 or event.group < 0:
        return 0
    if row.method >= 0 and row.method == event.method:
        return 1
    return 2 if row.group == event.group else 3


@njit(cache=True, nogil=True)
def _kind_level(row: Row, event: Event) -> int:
    """Gives 0 if either is missing, 1 for the same kind of place, 2 if both or none are homes."""
    if row.kind < 0 or event.kind < 0:
        return 0
    if row.kind == event.kind:
        return 1
    return 2 if (row.kind < 2) == (event.kind < 2) else 3  # noqa: PLR2004 - homes


@njit(cache=True, nogil=True)
def pattern(row: Row, event: Event, gap: int) -> int:
    """Gives the pattern of a candidate pair."""
    code = time_level(row, event, gap)
    code = code * LAGS + _arrival_level(row, event)
    code = code * PLACES + place_level(row, event)
    code = code * MEANS + _means_level(row, event)
    code = code * KINDS + _kind_level(row, event)
    return int(code * CONTACTS + event.contact)


@njit(cache=True, nogil=True)
def find_pairs(
    rows: Rows,
    events: Events,
    by_rows: bool,  # noqa: FBT001 - which side asks
    longest: int,
    first: NDArray[np.int64],
    candidate: NDArray[np.int32],
    patterns: NDArray[np.int32],
) -> None:
    """Lists candidates of every query: counts them first, writes them when called again.

    Args:
        rows: The rows.
        events: The events.
        by_rows: Whether rows are the queries and events the file, or the other way round.
        longest: Longest period of the file, in minutes.
        first: int64 (queries + 1,): written on the first call, with empty `candidate`: position of
            each query's first pair.
        candidate: int32 (pairs,): written on the second call: position in the file.
        patterns: int32 (pairs,): likewise.
    """
    starts = rows.start if by_rows else events.start
    ends = rows.end if by_rows else events.end
    file = events.start if by_rows else rows.start
    file_end = events.end if by_rows else rows.end
    writing = candidate.shape[0] > 0
    at = 0
    for query in range(starts.shape[0]):
        low = np.searchsorted(file, starts[query] - DAY - longest)
        high = np.searchsorted(file, ends[query] + DAY, side="right")
        for other in range(low, high):
            gap = gap_level(starts[query], ends[query], file[other], file_end[other])
            if gap >= 0:
                if writing:
                    candidate[at] = other
                    row, event = (query, other) if by_rows else (other, query)
                    patterns[at] = pattern(row_at(rows, row), event_at(events, event), gap)
                at += 1
        if not writing:
            first[query + 1] = at
