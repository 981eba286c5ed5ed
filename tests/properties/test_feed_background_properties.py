"""Properties of event matching: compiled counts and weights equal slow, obvious ones."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hand_feed import feed_of, hand_gazetteer, knowledge_of, lay
from hypothesis import given, settings
from hypothesis import strategies as st

from reidentify.adversaries.event_around import count_around
from reidentify.adversaries.event_background import sum_over_gap
from reidentify.adversaries.event_kernels import event_at, place_level, row_at
from reidentify.adversaries.event_patterns import GAP_EDGES, HOURS, PLACES
from reidentify.adversaries.event_windows import WINDOWS, attack_windows

if TYPE_CHECKING:
    from reidentify.adversaries.event_pairs import Comparison

START = datetime(2015, 1, 5)  # a Monday
moments = st.integers(0, 60 * 24 * 30).map(lambda minutes: START + timedelta(minutes=minutes))
some_rows = st.lists(
    st.fixed_dictionaries(
        {
            "assault_time": moments,
            "location_text": st.sampled_from(["The Red Lion", "Quiet Lane", "Long Road", "pub"]),
        }
    ),
    min_size=1,
    max_size=8,
)
some_events = st.lists(
    st.fixed_dictionaries(
        {
            "from_time": moments,
            "easting": st.sampled_from([1_010, 1_100, 1_400, 2_300, 3_010, None]),
        }
    ),
    min_size=1,
    max_size=15,
)


def compared(rows: list[dict[str, object]], events: list[dict[str, object]]) -> Comparison:
    return lay(feed_of(rows), hand_gazetteer(), knowledge_of(events))


@settings(deadline=None, max_examples=15)
@given(
    st.lists(st.integers(0, 9), min_size=HOURS, max_size=HOURS),
    st.integers(0, 30_000),
    st.integers(1, 2_000),
    st.integers(1, 200),
    st.integers(0, 5),
    st.integers(0, 2),
)
def test_sums_over_a_gap_equal_adding_minute_by_minute(
    counts: list[int], start: int, long: int, length: int, gap: int, side: int
) -> None:
    summed = np.concatenate([[0.0], np.cumsum(counts)]).astype(np.float32)
    end = start + long
    slow = 0.0
    for minute in range(start - 2_000, end + 2_000):
        before, after = start - (minute + length - 1), minute - (end - 1)
        apart = max(before, after, 0)
        level = next((i for i, edge in enumerate(GAP_EDGES) if apart <= edge), -1)
        on_side = gap == 0 or side == 0 or (before > 0) == (side == 1)
        if level == gap and on_side:
            slow += counts[minute // 60 % HOURS] / 60
    fast = sum_over_gap(summed, start, end, float(length), gap, side)
    # A gap is counted between whole minutes, so an edge may move by one minute on either side.
    assert fast == pytest.approx(slow, abs=2 * 9 / 60 + 1e-6)


@settings(deadline=None, max_examples=15)
@given(some_rows, some_events)
def test_the_file_around_a_place_is_all_of_the_file(
    rows: list[dict[str, object]], events: list[dict[str, object]]
) -> None:
    around = compared(rows, events).background.around
    assert around.shape[1:] == (2, PLACES, HOURS + 1)
    assert np.all(around[..., -1].sum(axis=(1, 2)) == len(events))
    assert np.all(np.diff(around, axis=3) >= 0)


@settings(deadline=None, max_examples=30)
@given(some_rows, some_events, st.booleans())
def test_what_is_counted_around_a_place_equals_a_count_pair_by_pair(
    rows: list[dict[str, object]],
    events: list[dict[str, object]],
    by_rows: bool,
) -> None:
    found = lay(feed_of(rows), hand_gazetteer(), knowledge_of(events), by_rows=by_rows)
    asked = np.arange(found.queries)
    fast = count_around(found.rows, found.events, by_rows=by_rows, asked=asked)
    slow = np.zeros_like(fast)
    file = found.events if by_rows else found.rows
    for query in asked:
        for other in range(len(file.start)):
            row, event = (query, other) if by_rows else (other, query)
            level = place_level(row_at(found.rows, row), event_at(found.events, event))
            part = 0 if by_rows else int(found.rows.midnight[row])
            slow[query, part, level, file.start[other] // 60 % HOURS + 1 :] += 1
    assert np.array_equal(fast, slow)


@settings(deadline=None, max_examples=15)
@given(some_rows, some_events)
def test_what_is_expected_is_positive_and_at_most_the_file(
    rows: list[dict[str, object]], events: list[dict[str, object]]
) -> None:
    expected = compared(rows, events).expected
    assert np.all(expected > 0)
    assert np.all(expected <= len(events))


@settings(deadline=None, max_examples=15)
@given(some_rows, some_events)
def test_wider_windows_hold_every_candidate_of_narrower_ones(
    rows: list[dict[str, object]], events: list[dict[str, object]]
) -> None:
    """A row claimed in a wide window has no other candidate in any window within it."""
    found = {w: dict(c.frame.select("row_id", "target_id").rows()) for w, c in
             attack_windows(compared(rows, events)).items()}  # fmt: skip
    widest = found[WINDOWS[-1]]
    for claims in found.values():
        assert all(claims[row] == target for row, target in widest.items() if row in claims)
