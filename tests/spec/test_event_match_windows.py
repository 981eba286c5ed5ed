"""Fixed windows: in an even town the only-candidate attack is what its closed form says."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import numpy as np
import polars as pl
import pytest
from hand_feed import NOON, feed_of, hand_gazetteer, knowledge_of, lay
from statistical import assert_share

from reidentify.adversaries.event_windows import (
    DISTANCES,
    MEANS_RULES,
    TIMES,
    WINDOWS,
    Window,
    attack_windows,
    closed_form,
    coincidence_rates,
)
from reidentify.feed import Feed
from reidentify.feed_specs import FeedSpec
from reidentify.knowledge_events import EventKnowledge
from simulator.randomness import happens, uniform, whole

SPACING = 1_001  # minutes between rows: windows of 3 hours never share an event
IN_WINDOW = 361  # minutes at which an event of one minute lies within 3 hours of a row
START = datetime(2000, 1, 1, 0, 30)
EVERYWHERE = Window("3 h", "everywhere", "any")

# The table of the reference: ps by rows, lambda by columns -> precision, correct claims per 100.
TABLE = {
    (0.05, 0.004): (0.93, 4.8),  # printed as 5.0 there, which is ps itself
    (0.05, 0.04): (0.57, 4.8),
    (0.05, 0.3): (0.15, 3.7),
    (0.05, 1.85): (0.03, 0.8),
    (0.14, 0.004): (0.98, 13.9),
    (0.14, 0.04): (0.80, 13.5),
    (0.14, 0.3): (0.35, 10.4),
    (0.14, 1.85): (0.08, 2.2),
    (0.41, 0.004): (0.99, 40.8),
    (0.41, 0.04): (0.95, 39.4),
    (0.41, 0.3): (0.70, 30.4),
    (0.41, 1.85): (0.27, 6.4),
}


def even_town(known: float, rate: float, rows: int, places: str) -> tuple[Feed, EventKnowledge]:
    """Makes rows far apart in time, and events that come evenly over time and a square of 2 km."""
    row = np.arange(rows)
    time = row * SPACING
    time += (time + 30) % 1_440 == 0  # nobody says midnight
    events = round(rate * rows * SPACING / IN_WINDOW)
    ids = np.arange(events)
    other = whole(1, "time of coincidence", ids, rows * SPACING)
    has = np.flatnonzero(happens(1, "right event is known and near", row, known))
    right = time[has] + whole(1, "error of the right one", has, IN_WINDOW) - IN_WINDOW // 2
    minute = np.concatenate([other, right])
    east, north = (
        np.concatenate([10 + 2_000 * uniform(1, axis, ids), np.full(len(has), at)]).astype(np.int32)
        for axis, at in (("east", 1_010.0), ("north", 1_000.0))
    )
    spec = FeedSpec(title="P", agency="a", places=places, arrival=False)  # type: ignore[arg-type]
    frame = pl.DataFrame({"row_id": row, "month": 0, "assault_time": _times(time)})
    frame = frame.with_columns(pl.col("row_id").cast(pl.UInt64))
    if places == "text":
        frame = frame.with_columns(pl.lit("The Red Lion").alias("location_text"))
    target = np.concatenate([rows + ids, has])  # a right event has its row's number
    listed = pl.DataFrame({"target_id": target, "event": target, "easting": east})
    listed = listed.with_columns(
        pl.Series("northing", north), from_time=_times(minute), to_time=_times(minute)
    )
    return Feed("even", spec, frame), EventKnowledge.of(listed)


def _times(minutes: np.ndarray[Any, Any]) -> pl.Series:
    return pl.Series(np.datetime64(START, "us") + minutes.astype("timedelta64[m]"))


def claimed(feed: Feed, knowledge: EventKnowledge, window: Window) -> tuple[int, int]:
    """Counts claims and correct claims."""
    frame = attack_windows(lay(feed, hand_gazetteer(), knowledge))[window].frame
    return frame.height, frame.filter(pl.col("row_id") == pl.col("target_id")).height


@pytest.mark.parametrize(("known", "rate"), TABLE)
def test_an_even_town_gives_the_closed_form_over_the_whole_table(known: float, rate: float) -> None:
    """24 assertions that each raise a false alarm once in a million draws."""
    right = np.exp(-rate) * known
    wrong = np.exp(-rate) * (1 - known) * rate
    rows = int(150 / min(right, wrong))
    claims, correct = claimed(*even_town(known, rate, rows, "none"), EVERYWHERE)
    assert_share(correct, rows, right)
    assert_share(claims - correct, rows, wrong)
    expected, precision = closed_form(known, np.full(rows, rate))
    assert expected == pytest.approx(rows * (right + wrong))
    printed, per_100 = TABLE[known, rate]
    assert precision == pytest.approx(printed, abs=0.01)
    assert 100 * right == pytest.approx(per_100, abs=0.25)


def test_a_window_of_200_metres_thins_coincidences_by_its_area() -> None:
    """Two assertions; each raises a false alarm once in a million draws."""
    known, rate, rows = 0.14, 9.0, 6_000
    # Easting 1,010 and northing 1,000 are 1,000 m from every side of the square: no edge.
    inside = rate * np.pi * 200**2 / 2_000**2
    feed, knowledge = even_town(known, rate, rows, "text")
    claims, correct = claimed(feed, knowledge, Window("3 h", "200 m", "any"))
    assert_share(correct, rows, float(np.exp(-inside) * known))
    assert_share(claims - correct, rows, float(np.exp(-inside) * (1 - known) * inside))


def test_the_rate_of_coincidence_counted_from_the_file_is_the_true_one_in_an_even_town() -> None:
    """The mean over rows is within 3 % of the truth, which 12 weeks more or less would not move."""
    feed, knowledge = even_town(0.0, 2.0, 3_000, "none")
    rates = coincidence_rates(lay(feed, hand_gazetteer(), knowledge), EVERYWHERE)
    assert float(rates.mean()) == pytest.approx(2.0, rel=0.03)


def test_one_candidate_is_claimed_and_two_are_not() -> None:
    feed = feed_of([{}])
    hour = NOON.replace(hour=13)
    one = lay(feed, hand_gazetteer(), knowledge_of([{"from_time": hour}]))
    two = lay(feed, hand_gazetteer(), knowledge_of([{"from_time": hour}, {}]))
    assert attack_windows(one)[Window("1 h", "same place", "exact")].frame.height == 1
    assert attack_windows(one)[Window("15 min", "same place", "exact")].frame.height == 0
    wide, narrow = attack_windows(two)[WINDOWS[-1]], attack_windows(two)[WINDOWS[0]]
    assert wide.frame.height == 0
    assert narrow.frame["target_id"].to_list() == [1_001]


@pytest.mark.parametrize(
    ("metres", "narrowest"), [(0, "same place"), (60, "200 m"), (240, "500 m"), (600, "ward")]
)
def test_distances_are_those_of_the_window(metres: int, narrowest: str) -> None:
    event = {"easting": 1_010, "northing": 1_000 + metres}
    found = attack_windows(lay(feed_of([{}]), hand_gazetteer(), knowledge_of([event])))
    within = [d for d in DISTANCES if found[Window("15 min", d, "any")].frame.height]
    assert within == list(DISTANCES)[list(DISTANCES).index(narrowest) :]


def test_means_are_those_of_the_window_and_missing_means_fit() -> None:
    def allowed(method: str | None, known: str | None) -> list[str]:
        pairs = lay(
            feed_of([{"method": method}]), hand_gazetteer(), knowledge_of([{"method": known}])
        )
        found = attack_windows(pairs)
        return [m for m in MEANS_RULES if found[Window("15 min", "same place", m)].frame.height]

    assert allowed("fist", "fist") == ["exact", "group", "any"]
    assert allowed("fist", "foot") == ["group", "any"]
    assert allowed("fist", "firearm") == ["any"]
    assert allowed(None, "firearm") == allowed("fist", None) == ["exact", "group", "any"]


def test_gaps_are_counted_from_the_nearer_ends_of_the_two_periods() -> None:
    def narrowest(start: datetime, end: datetime) -> str:
        event = {"from_time": start, "to_time": end}
        found = attack_windows(lay(feed_of([{}]), hand_gazetteer(), knowledge_of([event])))
        return next(t for t in TIMES if found[Window(t, "everywhere", "any")].frame.height)

    assert narrowest(datetime(2015, 1, 10, 9), datetime(2015, 1, 10, 11, 45)) == "15 min"
    assert narrowest(datetime(2015, 1, 10, 9), datetime(2015, 1, 10, 11, 44)) == "1 h"
    assert narrowest(datetime(2015, 1, 10, 15), datetime(2015, 1, 10, 20)) == "3 h"
    assert narrowest(datetime(2015, 1, 11, 12), datetime(2015, 1, 11, 13)) == "24 h"
