"""Pairs: every row of a feed beside every known event that it may be, compared once for all.

Grades of belief and fixed windows all read the same comparison. It holds 12 bytes a pair, about 250
MB for the 20 million pairs of five years of months against all police contacts; the pairs are
listed query by query, and no other frame of that length is made.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numba import njit

from reidentify.adversaries.event_around import count_around
from reidentify.adversaries.event_background import WEEK, Background, expect
from reidentify.adversaries.event_kernels import find_pairs
from reidentify.adversaries.event_patterns import CONTACTS, HOURS, KINDS, LAGS, MEANS, PLACES, TIMES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reidentify.adversaries.event_kernels import Events, Rows
    from reidentify.adversaries.event_tables import KnownTable, RowTable

BORROWED_WEEKS = 8.0
"""Weeks of the town's rhythm that a place's own counts are mixed with: our choice."""

_HALF = 0.5  # added to every count, so that nothing unseen is impossible


@dataclass(frozen=True)
class Comparison:
    """Queries (rows, or known events) beside the candidates of a file (events, or rows).

    Attributes:
        by_rows: Whether rows are the queries and events the file, or the other way round.
        query_ids: uint64 (queries,): `row_id` or `target_id`, in order of start, then id.
        file_ids: uint64 (file,): `target_id` or `row_id`, likewise.
        rows: The rows as numbers.
        events: The events as numbers.
        background: How often anything of the file happens, by place and hour.
        first: int64 (queries + 1,): position of each query's first pair.
        candidate: int32 (pairs,): position in the file.
        patterns: int32 (pairs,): see event_patterns.
        expected: float32 (pairs,): how many things of the file are expected to have this pattern by
            coincidence.
    """

    by_rows: bool
    query_ids: NDArray[np.uint64] = field(repr=False)
    file_ids: NDArray[np.uint64] = field(repr=False)
    rows: Rows = field(repr=False)
    events: Events = field(repr=False)
    background: Background = field(repr=False)
    first: NDArray[np.int64] = field(repr=False)
    candidate: NDArray[np.int32] = field(repr=False)
    patterns: NDArray[np.int32] = field(repr=False)
    expected: NDArray[np.float32] = field(repr=False)

    @property
    def queries(self) -> int:
        """How many queries there are, with candidates or without."""
        return len(self.query_ids)

    def query_of_pairs(self) -> NDArray[np.int64]:
        """Gives the position of each pair's query, int64, shape (pairs,)."""
        return np.repeat(np.arange(self.queries), np.diff(self.first))

    def row_and_target(
        self, asked: NDArray[np.int64], found: NDArray[np.int64]
    ) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
        """Gives `row_id` and `target_id` of some queries and their candidates, by position."""
        query, file = self.query_ids[asked], self.file_ids[found]
        return (query, file) if self.by_rows else (file, query)


def compare(table: RowTable, known: KnownTable, *, by_rows: bool = True) -> Comparison:
    """Compares the rows of a feed with known events.

    Args:
        table: The rows, from event_tables.tabulate_rows.
        known: The events, from event_tables.tabulate_events for the same feed's precision.
        by_rows: Whether the event of each row is looked for among the events, or the row of each
            event among the rows.
    """
    rows, events = table.rows, known.events
    file = events if by_rows else rows
    longest = int(np.max(file.end - file.start, initial=1))
    asks = rows if by_rows else events
    first = np.zeros(len(asks.start) + 1, dtype=np.int64)
    nothing = np.zeros(0, dtype=np.int32)
    find_pairs(rows, events, by_rows, longest, first, nothing, nothing)
    candidate = np.zeros(first[-1], dtype=np.int32)
    patterns = np.zeros(first[-1], dtype=np.int32)
    find_pairs(rows, events, by_rows, longest, first, candidate, patterns)
    background = _background(rows, events, by_rows=by_rows)
    expected = np.zeros(first[-1], dtype=np.float32)
    expect(first, patterns, asks.start, asks.end, background, by_rows, expected)
    query_ids, file_ids = (table.ids, known.ids) if by_rows else (known.ids, table.ids)
    found = Comparison(
        by_rows, query_ids, file_ids, rows, events, background, first, candidate, patterns, expected
    )
    _weigh_by_content(found)
    return found


def _background(rows: Rows, events: Events, *, by_rows: bool) -> Background:
    """Counts the file around every distinct place of the queries."""
    places = (
        (rows.placed, rows.code, rows.x, rows.y, rows.ward)
        if by_rows
        else (events.x, events.y, events.spot, events.line, events.ward)
    )
    stacked = np.nan_to_num(np.stack([np.asarray(c, np.float64) for c in places]), nan=-1.0)
    _, asked, place_of = np.unique(stacked, axis=1, return_index=True, return_inverse=True)
    around = count_around(rows, events, by_rows=by_rows, asked=asked.astype(np.int64))
    file = events if by_rows else rows
    parts = np.zeros(len(file.start), dtype=np.bool_) if by_rows else rows.midnight
    span = int(np.ptp(file.start)) if len(file.start) else 0
    return Background(
        around=around,
        rhythm=np.stack([_rhythm(file.start[parts == part]) for part in (False, True)]),
        place_of=place_of.reshape(-1).astype(np.int64),
        length=np.array([_mean_length(file, parts == part) for part in (False, True)]),
        weeks=max(span / WEEK, 1.0),
        borrowed=BORROWED_WEEKS,
    )


def _rhythm(starts: NDArray[np.int64]) -> NDArray[np.float32]:
    """Gives the share of starts in the hours before each of the week, half a one added to each."""
    counts = np.bincount(starts // 60 % HOURS, minlength=HOURS) + _HALF
    return np.concatenate([[0.0], np.cumsum(counts / counts.sum())]).astype(np.float32)


def _mean_length(file: Rows | Events, part: NDArray[np.bool_]) -> float:
    return float(np.mean((file.end - file.start)[part])) if part.any() else 1.0


class _ByContent(NamedTuple):
    """Pairs by what is given (first axis) and the level (second): counts, or shares."""

    arrival: NDArray[Any]
    means: NDArray[Any]
    kind: NDArray[Any]
    contact: NDArray[Any]


def _weigh_by_content(found: Comparison) -> None:
    """Multiplies what is expected by how common the other levels are among coincidences.

    Nearly all pairs are coincidences, so shares are taken over all pairs: arrival within each level
    of time, means and kind of place within each value of the query, what police recorded over all.
    """
    asks: Rows | Events = found.rows if found.by_rows else found.events
    means = (asks.method + 1) * 4 + asks.group + 1  # each value, or only its group, or nothing
    of_query = np.stack([means, asks.kind + 1], axis=1)
    shape = int(means.max(initial=0)) + 1, int(asks.kind.max(initial=0)) + 2
    counts = _ByContent(
        arrival=np.zeros((TIMES, LAGS), np.int64),
        means=np.zeros((shape[0], MEANS), np.int64),
        kind=np.zeros((shape[1], KINDS), np.int64),
        contact=np.zeros((1, CONTACTS), np.int64),
    )
    _count_content(found.first, found.patterns, of_query, counts)
    shares = _ByContent(*(_shares(count) for count in counts))
    _multiply_by_content(found.first, found.patterns, of_query, shares, found.expected)


def _shares(counts: NDArray[np.int64]) -> NDArray[np.float32]:
    """Gives the share of each level, float32 (given, levels), among pairs with the same given."""
    total = np.maximum(counts.sum(axis=1, keepdims=True), 1)
    return np.asarray((counts / total).astype(np.float32), np.float32)


@njit(cache=True, nogil=True)
def _content(code: int) -> tuple[int, int, int, int, int]:
    """Gives the levels of time, arrival, means, kind and contact of a pattern."""
    rest = code // CONTACTS
    kind, rest = rest % KINDS, rest // KINDS
    means, rest = rest % MEANS, rest // (MEANS * PLACES)
    return rest // LAGS, rest % LAGS, means, kind, code % CONTACTS


@njit(cache=True, nogil=True)
def _count_content(
    first: NDArray[np.int64],
    patterns: NDArray[np.int32],
    of_query: NDArray[np.int64],
    counts: _ByContent,
) -> None:
    """Counts pairs by what is given and the level: see _weigh_by_content."""
    for query in range(first.shape[0] - 1):
        for pair in range(first[query], first[query + 1]):
            time, arrival, means, kind, contact = _content(patterns[pair])
            counts.arrival[time, arrival] += 1
            counts.means[of_query[query, 0], means] += 1
            counts.kind[of_query[query, 1], kind] += 1
            counts.contact[0, contact] += 1


@njit(cache=True, nogil=True)
def _multiply_by_content(
    first: NDArray[np.int64],
    patterns: NDArray[np.int32],
    of_query: NDArray[np.int64],
    shares: _ByContent,
    expected: NDArray[np.float32],
) -> None:
    """Multiplies what is expected of each pair by the shares of its levels."""
    for query in range(first.shape[0] - 1):
        for pair in range(first[query], first[query + 1]):
            time, arrival, means, kind, contact = _content(patterns[pair])
            expected[pair] *= shares.arrival[time, arrival]
            expected[pair] *= shares.means[of_query[query, 0], means]
            expected[pair] *= shares.kind[of_query[query, 1], kind]
            expected[pair] *= shares.contact[0, contact]
