"""Fixed windows: an attacker who names the only candidate within so much time and so many metres.

If a right event is known and lies in the window with chance ps (p that it is known, s that time and
place are written well enough), and coincidences come at random with mean lambda, then exactly one
candidate is there with chance

    claim rate = e^-lambda (ps + (1 - ps) lambda),   precision = ps / (ps + (1 - ps) lambda)

(reference: ISTV event matching, checked by simulation in tests). Averaged over rows, each with its
own lambda, it is the form that crowded nights ask for.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
import polars as pl
from numba import njit

from reidentify.adversaries.event_background import WEEK, sum_over_gap
from reidentify.adversaries.event_patterns import CONTACTS, GAPS, HOURS, KINDS, LAGS, MEANS, PLACES
from reidentify.claims import CLAIM_COLUMNS, Claims

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from reidentify.adversaries.event_background import Background
    from reidentify.adversaries.event_pairs import Comparison

Within = Literal["same place", "50 m", "200 m", "500 m", "ward", "everywhere"]
Means = Literal["exact", "group", "any"]

# Longest gap in time -> last level of gap within it.
TIMES: Mapping[str, int] = MappingProxyType({"15 min": 1, "1 h": 2, "3 h": 3, "6 h": 4, "24 h": 5})

# Widest distance -> its order, from narrow to wide.
DISTANCES: Mapping[Within, int] = MappingProxyType(
    {"same place": 0, "50 m": 1, "200 m": 2, "500 m": 3, "ward": 4, "everywhere": 5}
)

# What the means must be -> its order, from narrow to wide; missing means fit everywhere.
MEANS_RULES: Mapping[Means, int] = MappingProxyType({"exact": 0, "group": 1, "any": 2})

REACH = np.array([5, 0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5, 4, 5, 5])
"""By level of place: the order in DISTANCES of the narrowest that holds it."""

_RULE = np.array([0, 0, 1, 2])
_OF_WINDOWS = {"window": pl.Int64(), **CLAIM_COLUMNS}


class Window(NamedTuple):
    """A fixed window: longest gap in time, widest distance, and what the means must be."""

    time: str
    within: Within
    means: Means

    def __str__(self) -> str:
        """Writes the window in words, for the group of a figure."""
        return f"{self.time}, {self.within}, means {self.means}"


WINDOWS = tuple(Window(t, d, m) for t in TIMES for d in DISTANCES for m in MEANS_RULES)
"""Every fixed window, from narrow to wide."""


def attack_windows(comparison: Comparison) -> dict[Window, Claims]:
    """Claims, for each window, the candidate of every query that has exactly one within it.

    Where the feed gives the group of the means only, "exact" asks for the group. The stated
    confidence is 1: such an attacker has no doubt.
    """
    shape = (comparison.queries, len(TIMES), len(DISTANCES), len(MEANS_RULES))
    count, total = np.zeros(shape, np.int32), np.zeros(shape, np.int64)
    grouped = not bool(np.any(comparison.rows.method >= 0))
    rule = np.minimum(_RULE, [2, 0 if grouped else 2, 0 if grouped else 2, 2])
    _count(comparison.first, comparison.candidate, comparison.patterns, REACH, rule, count, total)
    for axis in (1, 2, 3):
        np.cumsum(count, axis=axis, out=count)
        np.cumsum(total, axis=axis, out=total)
    asked, *cells = np.nonzero(count == 1)
    window = np.ravel_multi_index(tuple(cells), shape[1:])
    row, target = comparison.row_and_target(asked, total[asked, *cells])
    columns = {"window": window, "row_id": row, "target_id": target}
    frame = pl.DataFrame({**columns, "confidence": np.ones(len(asked))}, schema=_OF_WINDOWS)
    claims = frame.sort("window", "row_id", "target_id").drop("window")
    sizes = np.bincount(window, minlength=len(WINDOWS))
    starts = np.cumsum(sizes) - sizes
    return {
        one: Claims(claims.slice(start, size))
        for one, start, size in zip(WINDOWS, starts, sizes, strict=True)
    }


def describe(holds: str, window: Window) -> str:
    """Says what the attacker holds and does, for the method of a figure."""
    return (
        f"fixed window, {window}: holds {holds}; names the candidate of every row that has exactly "
        "one within the window"
    )


def coincidence_rates(comparison: Comparison, window: Window) -> NDArray[np.float64]:
    """Gives lambda of each query: how many coincidences are expected within a window.

    Counted from the file in other weeks at the same hours and as near the place, whatever the
    means; see event_background.

    Returns:
        float64 (queries,).
    """
    cell = _cell(window)
    asks = comparison.rows if comparison.by_rows else comparison.events
    seen = _seen(comparison.first, comparison.patterns, REACH, cell[0] + 1, cell[1])
    inside = np.flatnonzero(cell[1] >= REACH)
    return _rates(comparison.background, asks.start, asks.end, inside, cell[0] + 1, seen)


def closed_form(
    known: float | NDArray[np.float64], rates: NDArray[np.float64]
) -> tuple[float, float]:
    """Gives the expected number of claims and their precision for exactly-one-candidate claims.

    Args:
        known: ps: the chance that a right candidate lies in the window, one number or one a query.
        rates: lambda of each query, float64 (queries,).

    Returns:
        How many queries are expected to be claimed, and the share of them that is right (nan if
        none is expected).
    """
    right = float(np.sum(np.exp(-rates) * known))
    wrong = float(np.sum(np.exp(-rates) * (1 - known) * rates))
    total = right + wrong
    return total, right / total if total else float("nan")


def _cell(window: Window) -> tuple[int, int, int]:
    return (TIMES[window.time] - 1, DISTANCES[window.within], MEANS_RULES[window.means])


@njit(cache=True, nogil=True)
def _count(
    first: NDArray[np.int64],
    candidate: NDArray[np.int32],
    patterns: NDArray[np.int32],
    reach: NDArray[np.int64],
    rule: NDArray[np.int64],
    count: NDArray[np.int32],
    total: NDArray[np.int64],
) -> None:
    """Counts candidates of each query in the narrowest window that holds them, and sums them."""
    below = MEANS * KINDS * CONTACTS
    for query in range(first.shape[0] - 1):
        for pair in range(first[query], first[query + 1]):
            time = max(patterns[pair] // (LAGS * PLACES * below) % GAPS - 1, 0)
            place = reach[patterns[pair] // below % PLACES]
            means = rule[patterns[pair] // (KINDS * CONTACTS) % MEANS]
            count[query, time, place, means] += 1
            total[query, time, place, means] += candidate[pair]


@njit(cache=True, nogil=True)
def _seen(
    first: NDArray[np.int64],
    patterns: NDArray[np.int32],
    reach: NDArray[np.int64],
    gap: int,
    widest: int,
) -> NDArray[np.int64]:
    """Counts each query's candidates within a window."""
    below = MEANS * KINDS * CONTACTS
    seen = np.zeros(first.shape[0] - 1, dtype=np.int64)
    for query in range(seen.shape[0]):
        for pair in range(first[query], first[query + 1]):
            level = patterns[pair] // (LAGS * PLACES * below) % GAPS
            place = reach[patterns[pair] // below % PLACES]
            seen[query] += level <= gap and place <= widest
    return seen


@njit(cache=True, nogil=True)
def _rates(
    background: Background,
    start: NDArray[np.int64],
    end: NDArray[np.int64],
    inside: NDArray[np.int64],
    widest_gap: int,
    seen: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Sums the file's own rate of other weeks over a window of each query."""
    rates = np.zeros(start.shape[0])
    for query in range(start.shape[0]):
        summed = np.zeros(HOURS + 1, dtype=np.float32)
        for place in inside:
            for part in range(2):
                summed += background.around[background.place_of[query], part, place]
        here, share = 0.0, 0.0
        for gap in range(widest_gap + 1):
            length = background.length[0]
            here += sum_over_gap(summed, start[query], end[query], length, gap, 0)
            share += sum_over_gap(background.rhythm[0], start[query], end[query], length, gap, 0)
        visits = max(1.0, (end[query] - start[query]) / WEEK)
        others = max(summed[HOURS] - seen[query], 0.0) + 0.5
        borrowed = background.borrowed * others / background.weeks * share
        weeks = max(background.weeks - visits, 0.0) + background.borrowed
        rates[query] = (max(here - visits * seen[query], 0.0) + borrowed) / weeks
    return rates
