"""Around a place: how much of a file lies at each level of place from it, hour by hour.

Nearly all of a file is far from any one place, where only its ward tells its level. What is far is
therefore counted once for all places, and each place corrects for the little that is near.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

from reidentify.adversaries.event_kernels import (
    Events,
    event_at,
    place_level,
    row_at,
)
from reidentify.adversaries.event_patterns import EVENT_UNPLACED, HOURS, METRE_EDGES, PLACES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reidentify.adversaries.event_kernels import Row, Rows

_REACH = float(METRE_EDGES[-1])


class _Sorted(NamedTuple):
    """Events in order of one number: its values in order, and the events' positions."""

    value: NDArray[np.int64]
    event: NDArray[np.int64]


def count_around(
    rows: Rows, events: Events, *, by_rows: bool, asked: NDArray[np.int64]
) -> NDArray[np.float32]:
    """Counts the file around some queries' places, by level of place and hour of the week.

    Args:
        rows: The rows.
        events: The events.
        by_rows: Whether rows are the queries and events the file, or the other way round.
        asked: int64 (n,): positions of queries, one for each distinct place.

    Returns:
        float32 (n, 2, PLACES, HOURS + 1): summed over the hours before each; the second axis parts
        rows at midnight from others where rows are the file.
    """
    around = np.zeros((len(asked), 2, PLACES, HOURS + 1), dtype=np.float32)
    hour = (events if by_rows else rows).start // 60 % HOURS
    if by_rows:
        order = np.argsort(events.x, kind="stable")
        eastward = Events._make(column[order] for column in events)
        by_spot, by_line = _sorted(eastward.spot), _sorted(eastward.line)
        _count_events(rows, eastward, asked, hour[order], by_spot, by_line, around)
    else:
        _count_rows(rows, events, asked, hour, around)
    return np.cumsum(around, axis=3, dtype=np.float32, out=around)


def _sorted(values: NDArray[np.int64]) -> _Sorted:
    order = np.argsort(values, kind="stable")
    return _Sorted(values[order], order)


@njit(cache=True, nogil=True)
def _count_events(
    rows: Rows,
    events: Events,
    asked: NDArray[np.int64],
    hour: NDArray[np.int64],
    by_spot: _Sorted,
    by_line: _Sorted,
    around: NDArray[np.float32],
) -> None:
    """Counts events, in order of x, around the places of rows."""
    unplaced = np.zeros(HOURS, dtype=np.int64)
    placed = np.zeros(HOURS, dtype=np.int64)
    in_ward = np.zeros((max(np.max(rows.ward), np.max(events.ward)) + 2, HOURS), dtype=np.int64)
    for event in range(hour.shape[0]):
        if np.isnan(events.x[event]):
            unplaced[hour[event]] += 1
        else:
            placed[hour[event]] += 1
            in_ward[events.ward[event] + 1, hour[event]] += 1
    for place in range(asked.shape[0]):
        row = row_at(rows, asked[place])
        counts = around[place, 0, :, 1:]
        if row.placed not in (1, 2):
            for event in range(hour.shape[0]):
                counts[place_level(row, event_at(events, event)), hour[event]] += 1
            continue
        own = 1 if row.placed == 1 else 7
        counts[EVENT_UNPLACED] += unplaced
        counts[own + 4] += in_ward[row.ward + 1]
        counts[own + 5] += placed - in_ward[row.ward + 1]
        _correct_near(row, events, hour, own, counts)
        if row.code >= 0:
            by_code = by_spot if row.placed == 1 else by_line
            first = np.searchsorted(by_code.value, row.code)
            last = np.searchsorted(by_code.value, row.code, side="right")
            _correct_same(row, events, hour, own, by_code.event[first:last], counts)


@njit(cache=True, nogil=True)
def _correct_near(
    row: Row, events: Events, hour: NDArray[np.int64], own: int, counts: NDArray[np.float32]
) -> None:
    """Moves events near a row's place from the level of what is far to their own."""
    first = np.searchsorted(events.x, row.x - _REACH)
    last = np.searchsorted(events.x, row.x + _REACH, side="right")
    for event in range(first, last):
        if abs(events.y[event] - row.y) <= _REACH:
            far = own + 4 if events.ward[event] == row.ward else own + 5
            counts[far, hour[event]] -= 1
            counts[place_level(row, event_at(events, event)), hour[event]] += 1


@njit(cache=True, nogil=True)
def _correct_same(
    row: Row,
    events: Events,
    hour: NDArray[np.int64],
    own: int,
    same: NDArray[np.int64],
    counts: NDArray[np.float32],
) -> None:
    """Moves events of a row's own spot or street, however far its middle is."""
    for event in same:
        x, y = events.x[event], events.y[event]
        is_east = row.x - _REACH <= x <= row.x + _REACH
        if not np.isnan(x) and not (is_east and abs(y - row.y) <= _REACH):
            far = own + 4 if events.ward[event] == row.ward else own + 5
            counts[far, hour[event]] -= 1
            counts[own, hour[event]] += 1


@njit(cache=True, nogil=True)
def _count_rows(
    rows: Rows,
    events: Events,
    asked: NDArray[np.int64],
    hour: NDArray[np.int64],
    around: NDArray[np.float32],
) -> None:
    """Counts rows around the places of events."""
    for place in range(asked.shape[0]):
        event = event_at(events, asked[place])
        for row in range(hour.shape[0]):
            part = 1 if rows.midnight[row] else 0
            around[place, part, place_level(row_at(rows, row), event), hour[row] + 1] += 1
