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


@njit(cache=True, nogil=True)
def gap_level(rows: Rows, row: int, events: Events, event: int) -> int:
    """Gives the level of the time between two periods; -1 if it is more than a day."""
    gap = max(rows.start[row] - (events.end[event] - 1), events.start[event] - (rows.end[row] - 1))
    for level in range(GAPS):
        if gap <= _GAP_EDGES[level]:
            return level
    return -1


@njit(cache=True, nogil=True)
def time_level(rows: Rows, row: int, events: Events, event: int, gap: int) -> int:
    """Gives the level of time: the gap's, those of midnight rows by whether the day is the same."""
    if not rows.midnight[row]:
        return gap
    return GAPS + gap if events.end[event] > rows.start[row] else 2 * GAPS + gap


@njit(cache=True, nogil=True)
def place_level(rows: Rows, row: int, events: Events, event: int) -> int:
    """Gives the level of place: how near the event is to the place that the row gives."""
    placed = rows.placed[row]
    if placed == 0:
        return 0
    near_ward = rows.ward[row] == events.ward[event]
    if placed == 3:  # noqa: PLR2004 - a ward
        in_ward = 13 if near_ward else 14
        return in_ward if events.ward[event] >= 0 else EVENT_UNPLACED
    if np.isnan(events.x[event]):
        return EVENT_UNPLACED
    first = 1 if placed == 1 else 7
    code = events.spot[event] if placed == 1 else events.line[event]
    if code >= 0 and code == rows.code[row]:
        return first
    across, up = rows.x[row] - events.x[event], rows.y[row] - events.y[event]
    square = across * across + up * up
    for level in range(_METRE_EDGES.shape[0]):
        if square <= _METRE_EDGES[level] * _METRE_EDGES[level]:
            return first + 1 + level
    return first + 4 if near_ward else first + 5


@njit(cache=True, nogil=True)
def _arrival_level(rows: Rows, row: int, events: Events, event: int) -> int:
    """Gives the level of the time from the event to arrival."""
    if np.isnan(rows.arrival[row]):
        return 0
    lag = rows.arrival[row] - 0.5 * (events.start[event] + events.end[event] - 1)
    level = 1
    for edge in _ARRIVAL_EDGES:
        if lag <= edge:
            return level
        level += 1
    return level


@njit(cache=True, nogil=True)
def _means_level(rows: Rows, row: int, events: Events, event: int) -> int:
    """Gives 0 if either is missing, 1 for the same means, 2 for the same group, 3 otherwise."""
    if rows.group[row] < 0 or events.group[event] < 0:
        return 0
    if rows.method[row] >= 0 and rows.method[row] == events.method[event]:
        return 1
    return 2 if rows.group[row] == events.group[event] else 3


@njit(cache=True, nogil=True)
def _kind_level(rows: Rows, row: int, events: Events, event: int) -> int:
    """Gives 0 if either is missing, 1 for the same kind of place, 2 if both or none are homes."""
    if rows.kind[row] < 0 or events.kind[event] < 0:
        return 0
    if rows.kind[row] == events.kind[event]:
        return 1
    return 2 if (rows.kind[row] < 2) == (events.kind[event] < 2) else 3  # noqa: PLR2004 - homes


@njit(cache=True, nogil=True)
def pattern(rows: Rows, row: int, events: Events, event: int, gap: int) -> int:
    """Gives the pattern of a candidate pair."""
    code = time_level(rows, row, events, event, gap)
    code = code * LAGS + _arrival_level(rows, row, events, event)
    code = code * PLACES + place_level(rows, row, events, event)
    code = code * MEANS + _means_level(rows, row, events, event)
    code = code * KINDS + _kind_level(rows, row, events, event)
    return int(code * CONTACTS + events.contact[event])


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
    writing = candidate.shape[0] > 0
    at = 0
    for query in range(starts.shape[0]):
        low = np.searchsorted(file, starts[query] - DAY - longest)
        high = np.searchsorted(file, ends[query] + DAY, side="right")
        for other in range(low, high):
            row, event = (query, other) if by_rows else (other, query)
            gap = gap_level(rows, row, events, event)
            if gap >= 0:
                if writing:
                    candidate[at] = other
                    patterns[at] = pattern(rows, row, events, event, gap)
                at += 1
        if not writing:
            first[query + 1] = at
