"""Background: how often anything of the file happens at a place and an hour of the week.

It is counted from the file itself, so that a match on a Friday night in a busy street is worth less
than one in a quiet street. Nothing here looks at who a row is about.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

from reidentify.adversaries.event_kernels import DAY
from reidentify.adversaries.event_patterns import (
    CONTACTS,
    GAP_EDGES,
    GAPS,
    HOURS,
    KINDS,
    LAGS,
    MEANS,
    PLACES,
    TIMES,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

WEEK = 7 * DAY
_HOUR = 60
_GAP_EDGES = np.array(GAP_EDGES, dtype=np.float64)


class Background(NamedTuple):
    """How often anything of the file happens around each query's place, whoever it is about.

    Attributes:
        around: float32 (places, 2, PLACES, HOURS + 1): see event_around.
        rhythm: float32 (2, HOURS + 1): share of the file in the hours before each of a week.
        place_of: int64 (queries,): position in `around` of each query's place.
        length: float64 (2,): mean length of periods of the file, in minutes.
        weeks: Weeks that the file covers.
        borrowed: Weeks of the town's rhythm that a place's own counts are mixed with.
    """

    around: NDArray[np.float32]
    rhythm: NDArray[np.float32]
    place_of: NDArray[np.int64]
    length: NDArray[np.float64]
    weeks: float
    borrowed: float


@njit(cache=True, nogil=True)
def _up_to(summed: NDArray[np.float32], minute: float) -> float:
    """Sums a weekly rhythm, summed by hour, from 1970 to a minute."""
    weeks = np.floor(minute / WEEK)
    rest = minute - weeks * WEEK
    hour = min(int(rest // _HOUR), HOURS - 1)
    part = (rest - hour * _HOUR) / _HOUR
    inside = summed[hour] + part * (summed[hour + 1] - summed[hour])
    return float(weeks * summed[HOURS] + inside)


@njit(cache=True, nogil=True)
def sum_over_gap(
    summed: NDArray[np.float32], start: int, end: int, length: float, gap: int, side: int
) -> float:
    """Sums a weekly rhythm over the starts of file periods whose gap to a query's is of a level.

    Args:
        summed: float32 (HOURS + 1,): the rhythm, summed over the hours before each.
        start: First minute of the query's period.
        end: The minute after its last.
        length: Mean length of periods of the file, in minutes.
        gap: The level.
        side: 0 for both sides, 1 for those before the query, 2 for those after it. Level 0 has no
            sides.
    """
    if gap == 0:
        return _up_to(summed, end) - _up_to(summed, start - length + 1)
    near, far = _GAP_EDGES[gap - 1], _GAP_EDGES[gap]
    total = 0.0
    if side != 2:  # noqa: PLR2004 - see above
        first = start - length + 1
        total += _up_to(summed, first - near) - _up_to(summed, first - far)
    if side != 1:
        total += _up_to(summed, end + far) - _up_to(summed, end + near)
    return total


@njit(cache=True, nogil=True)
def coincidences(
    background: Background,
    query: int,
    period: tuple[int, int],
    level: tuple[int, int],
    seen: float,
    by_rows: bool,  # noqa: FBT001 - which side asks
) -> float:
    """Gives how many things of the file are expected by coincidence at a level of time and place.

    The rate of other weeks at the same hours of the week and as near the place, mixed with
    `borrowed` weeks of the town's rhythm at the place's own volume (plus half a thing).

    Args:
        background: Counts of the file.
        query: The query.
        period: Its first minute, and the minute after its last.
        level: Level of time, and of place.
        seen: How many candidates of that level there are: they are left out.
        by_rows: Whether rows are the queries.
    """
    time, place = level
    gap, part, side = time % GAPS, 0, 0
    if time >= GAPS:
        part = 0 if by_rows else 1
        after = (time < 2 * GAPS) == by_rows
        side = 2 if after else 1
    summed = background.around[background.place_of[query], part, place]
    length = background.length[part]
    start, end = period
    here = sum_over_gap(summed, start, end, length, gap, side)
    share = sum_over_gap(background.rhythm[part], start, end, length, gap, side)
    visits = max(1.0, (end - start) / WEEK)
    others = max(summed[HOURS] - seen, 0.0) + 0.5
    borrowed = background.borrowed * others / background.weeks * share
    weeks = max(background.weeks - visits, 0.0) + background.borrowed
    return float(max((max(here - visits * seen, 0.0) + borrowed) / weeks, 1e-9))


@njit(cache=True, nogil=True)
def expect(
    first: NDArray[np.int64],
    patterns: NDArray[np.int32],
    start: NDArray[np.int64],
    end: NDArray[np.int64],
    background: Background,
    by_rows: bool,  # noqa: FBT001 - which side asks
    expected: NDArray[np.float32],
) -> None:
    """Writes for each pair how many coincidences are expected at its level of time and place.

    Args:
        first: int64 (queries + 1,): position of each query's first pair.
        patterns: int32 (pairs,).
        start: int64 (queries,): first minute of each query's period.
        end: int64 (queries,): the minute after its last.
        background: Counts of the file.
        by_rows: Whether rows are the queries.
        expected: float32 (pairs,): written.
    """
    seen = np.zeros((TIMES, PLACES), dtype=np.int64)
    rate = np.zeros((TIMES, PLACES), dtype=np.float64)
    below_place = MEANS * KINDS * CONTACTS
    for query in range(start.shape[0]):
        for pair in range(first[query], first[query + 1]):
            time = patterns[pair] // (LAGS * PLACES * below_place)
            seen[time, patterns[pair] // below_place % PLACES] += 1
        for pair in range(first[query], first[query + 1]):
            time = patterns[pair] // (LAGS * PLACES * below_place)
            place = patterns[pair] // below_place % PLACES
            if seen[time, place] > 0:
                period = (start[query], end[query])
                count = float(seen[time, place])
                rate[time, place] = coincidences(
                    background, query, period, (time, place), count, by_rows
                )
                seen[time, place] = 0
            expected[pair] = rate[time, place]
