"""Hot spots and venue evidence, on towns small enough to count by hand."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from reidentify.feed_specs import FeedSpec
from scenarios import compare_feed
from scenarios.questions import hot_spots, placing, venue_evidence
from scenarios.questions.estimate import CannotAnswer, Estimate, Window
from scenarios.questions.placing import Atlas, Intelligence
from scenarios.questions.specs import HotSpotsSpec, VenueEvidenceSpec
from simulator.randomness import uniform

WINDOW = Window(date(2023, 1, 2), 90)  # 2 January 2023 is a Monday
QUESTION = HotSpotsSpec(
    kind="hot_spots", title="?", feed="csp", police="police", patrol_hours=6, cell_metres=100
)
VENUES = VenueEvidenceSpec(kind="venue_evidence", title="?", feed="csp", police="police", top=1)
FRIDAY, MONDAY = datetime(2023, 1, 6, 23, 30), datetime(2023, 1, 9, 9, 15)


def feed_spec(**changes: object) -> FeedSpec:
    return FeedSpec.model_validate({"title": "CSP", "agency": "a_and_e", **changes})


def whole(values: list[int | None], dtype: type[pl.DataType] = pl.UInt32) -> pl.Series:
    return pl.Series(values, dtype=dtype)


def atlas() -> Atlas:
    """Two streets of 10 and 30 addresses in one ward; a venue in each."""
    return Atlas(
        streets=pl.DataFrame(
            {
                "street": whole([0, 1]),
                "ward": whole([0, 0]),
                "easting": whole([50, 1050], pl.Int32),
                "northing": whole([50, 50], pl.Int32),
                "addresses": whole([10, 30], pl.Int64),
            }
        ),
        points=pl.DataFrame(
            {
                "point": whole([0, 1]),
                "easting": whole([50, 1050], pl.Int32),
                "northing": whole([50, 50], pl.Int32),
            }
        ),
        venues=pl.DataFrame(
            {
                "spot": whole([7, 8]),
                "street": whole([0, 1]),
                "point": whole([0, 1]),
                "ward": whole([0, 0]),
                "name": ["The Crown", "The Swan"],
                "easting": whole([60, 1060], pl.Int32),
                "northing": whole([60, 60], pl.Int32),
            }
        ),
        texts=pl.DataFrame(
            {
                "location_text": ["crown pub", "by the swan"],
                "spot": whole([7, 8]),
                "easting": whole([60, 1060], pl.Int32),
                "northing": whole([60, 60], pl.Int32),
            }
        ),
    )


def feed_rows(*rows: tuple[datetime | None, str | None]) -> pl.DataFrame:
    streets = {"crown pub": 0, "by the swan": 1}
    street = whole([streets.get(text or "") for _, text in rows])
    return pl.DataFrame(
        {
            "row_id": pl.Series(range(1, len(rows) + 1), dtype=pl.UInt64),
            "month": whole([0] * len(rows), pl.Int32),
            "assault_time": pl.Series([when for when, _ in rows], dtype=pl.Datetime("us")),
            "location_type": ["licensed"] * len(rows),
            "location_text": [text for _, text in rows],
            "street": street,
            "point": street,
            "ward": street * 0,
        }
    )


def police(*events: tuple[datetime, int]) -> pl.DataFrame:
    half = timedelta(minutes=10)
    return pl.DataFrame(
        {
            "record_id": pl.Series(range(100, 100 + len(events)), dtype=pl.UInt64),
            "from_time": pl.Series([when - half for when, _ in events], dtype=pl.Datetime("us")),
            "to_time": pl.Series([when + half for when, _ in events], dtype=pl.Datetime("us")),
            "injury": [True] * len(events),
            "location_type": ["licensed"] * len(events),
            "easting": whole([east for _, east in events], pl.Int32),
            "northing": whole([60] * len(events), pl.Int32),
        }
    )


def assaults(*events: tuple[datetime, int]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "incident_id": pl.Series(range(500, 500 + len(events)), dtype=pl.UInt64),
            "time": pl.Series([when for when, _ in events], dtype=pl.Datetime("us")),
            "easting": whole([east for _, east in events], pl.Int32),
            "northing": whole([60] * len(events), pl.Int32),
            "spot": whole([7 if east < 500 else 8 for _, east in events]),
        }
    )


def held(rows: pl.DataFrame, events: pl.DataFrame | None = None, **changes: object) -> Intelligence:
    return Intelligence(feed_spec(**changes), rows, police() if events is None else events, atlas())


def weeks(first: datetime, count: int, start: int = 0) -> list[datetime]:
    return [first + timedelta(weeks=start + week) for week in range(count)]


def value_of(found: list[Estimate], measure: str) -> float:
    (one,) = [estimate for estimate in found if estimate.measure == measure]
    return one.value


def test_a_text_lies_at_its_venue_and_an_unknown_text_lies_nowhere() -> None:
    rows = feed_rows((FRIDAY, "crown pub"), (FRIDAY, "town centre"), (FRIDAY, None))
    placed = placing.may_lie(rows, feed_spec(), atlas())
    assert placed.rows() == [(1, 60, 60, 1.0)]


def test_a_ward_is_shared_among_its_streets_by_addresses() -> None:
    placed = placing.may_lie(feed_rows((FRIDAY, "crown pub")), feed_spec(places="ward"), atlas())
    assert placed.rows() == [(1, 50, 50, 0.25), (1, 1050, 50, 0.75)]


@pytest.mark.parametrize(
    ("precision", "when", "shifts"),
    [
        ("minute", FRIDAY, {19: 1.0}),
        ("hour", FRIDAY.replace(minute=0), {19: 1.0}),
        ("shift", FRIDAY.replace(hour=18, minute=0), {19: 1.0}),
        ("day", FRIDAY.replace(hour=0, minute=0), dict.fromkeys(range(16, 20), 0.25)),
        # Midnight to the minute is how an unknown hour is written.
        ("minute", FRIDAY.replace(hour=0, minute=0), dict.fromkeys(range(16, 20), 0.25)),
        ("month", datetime(2023, 1, 1), dict.fromkeys(range(28), 1 / 28)),
        ("minute", None, dict.fromkeys(range(28), 1 / 28)),
    ],
)
def test_a_time_lies_in_every_shift_that_its_period_holds(
    precision: placing.TimePrecision, when: datetime | None, shifts: dict[int, float]
) -> None:
    times = pl.Series([when], dtype=pl.Datetime("us"))
    (shares,) = placing.shift_shares(times, precision)
    assert {int(at): float(shares[at]) for at in np.flatnonzero(shares)} == pytest.approx(shifts)


def test_rows_held_back_are_not_there_when_patrols_are_chosen() -> None:
    rows = feed_rows((FRIDAY, "crown pub"))  # of January, so out on 1 February
    cut = datetime(2023, 2, 10)
    there = [
        placing.available(rows, feed_spec(delay_days=days), WINDOW.start, cut).height
        for days in (0, 9, 10, 31)
    ]
    assert there == [1, 1, 0, 0]


def test_a_month_that_reaches_beyond_the_cut_teaches_nothing_before_it_is_over() -> None:
    rows = feed_rows((datetime(2023, 2, 1), "crown pub"))
    ends = [datetime(2023, 2, 27), datetime(2023, 3, 1)]
    there = [
        placing.available(rows, feed_spec(times="month"), WINDOW.start, cut).height for cut in ends
    ]
    assert there == [0, 1]


def test_a_busy_square_is_patrolled_at_the_busy_hours_of_the_town() -> None:
    # Square A: three assaults, each in a shift of its own. Square B: two, both on Friday night.
    # Score of A on Friday night: 0 + 3 * 2 / 5 = 1.2; of A in its own shifts: 1 + 3 * 1 / 5 = 1.6;
    # of B on Friday night: 2 + 2 * 2 / 5 = 2.8.
    cell = np.array([0 * 28 + 1, 0 * 28 + 2, 0 * 28 + 3, 1 * 28 + 19, 1 * 28 + 19])
    seen = hot_spots.Sightings(cell, np.ones(5), np.arange(5, dtype=np.uint64))
    assert hot_spots.choose(seen, 1).tolist() == [1 * 28 + 19]
    assert hot_spots.choose(seen, 4).tolist() == [1, 2, 3, 1 * 28 + 19]
    assert hot_spots.choose(seen, 5).tolist() == [1, 2, 3, 19, 1 * 28 + 19]


def test_nothing_seen_sends_no_patrol() -> None:
    nothing = hot_spots.Sightings(np.zeros(0, np.int64), np.zeros(0), np.zeros(0, np.uint64))
    assert hot_spots.choose(nothing, 10).size == 0


def test_a_feed_shows_the_nights_that_police_do_not_hear_of() -> None:
    # Police know Monday mornings at the Swan; A&E knows Friday nights at the Crown.
    early, late = weeks(FRIDAY, 3), weeks(FRIDAY, 4, 9)
    truly = assaults(*((when, 60) for when in early + late))
    sight = held(
        feed_rows(*((when, "crown pub") for when in early)),
        police(*((when, 1060) for when in weeks(MONDAY, 2))),
    )
    found = compare_feed.answer_from_feed(QUESTION, sight, truly, truly, WINDOW)
    got = {one.measure: one.value for one in found}
    assert got == {
        "planted": 1.0,
        "police_only": 0.0,
        "realised": 1.0,
        "answered": 1.0,
        "benefit": 1.0,
        "linkage_bias": 0.0,
    }
    assert {one.out_of for one in found} == {4}


def test_a_feed_without_places_adds_nothing_to_what_police_know() -> None:
    truly = assaults(*((when, 60) for when in weeks(FRIDAY, 12)))
    rows = feed_rows(*((when, None) for when in weeks(FRIDAY, 3)))
    sight = held(rows, police(*((when, 1060) for when in weeks(MONDAY, 2))), places="none")
    found = compare_feed.answer_from_feed(QUESTION, sight, truly, truly, WINDOW)
    (benefit,) = [one for one in found if one.measure == "benefit"]
    assert (benefit.value, benefit.low, benefit.high) == (0.0, 0.0, 0.0)


def test_the_order_of_rows_changes_no_answer() -> None:
    when = [MONDAY + timedelta(hours=37 * i) for i in range(58)]
    truly = assaults(*((one, 60 if i % 3 else 1060) for i, one in enumerate(when)))
    rows = feed_rows(
        *((one, "crown pub" if i % 3 else "by the swan") for i, one in enumerate(when))
    )
    events = police(*((one, 1060) for one in when[::4]))
    ordered = compare_feed.answer_from_feed(QUESTION, held(rows, events), truly, truly, WINDOW)
    turned = held(rows.reverse(), events.reverse())
    backwards = compare_feed.answer_from_feed(QUESTION, turned, truly.reverse(), truly, WINDOW)
    assert backwards == ordered


def test_the_range_of_a_share_within_reach_holds_the_truth_about_as_often_as_it_says() -> None:
    # Two squares, one with 3 in 4 of all assaults: patrols always choose it, so the share judged is
    # binomial. Of 30 towns, 28.5 ranges should hold .75; 24 or fewer happens by chance once in
    # 300 times.
    held_truth = 0
    for town in range(30):
        ids = np.arange(300, dtype=np.uint64) + np.uint64(1_000 * town)
        cell = np.where(uniform(5, "square of an assault", ids) < 0.75, 19, 28 + 19)
        seen = hot_spots.Sightings(cell[:150], np.ones(150), ids[:150])
        judged = hot_spots.Sightings(cell[150:], np.ones(150), ids[150:])
        value = hot_spots.reached(hot_spots.choose(seen, 1), judged, np.ones(150))
        spread = float(np.std(hot_spots.resampled(seen, judged, 1), ddof=1))
        held_truth += abs(value - 0.75) <= 1.96 * spread
    assert held_truth >= 25


def test_venues_are_counted_from_texts_and_shared_within_coarser_places() -> None:
    rows = feed_rows((FRIDAY, "crown pub"), (FRIDAY, "crown pub"), (FRIDAY, "by the swan"))
    counts = {
        places: venue_evidence.feed_counts(held(rows, places=places)).tolist()
        for places in ("text", "street", "map_point", "ward")
    }
    assert counts == {
        "text": [2.0, 1.0],
        "street": [2.0, 1.0],
        "map_point": [2.0, 1.0],
        "ward": [1.5, 1.5],
    }


def test_a_police_event_counts_for_the_nearest_venue_within_reach() -> None:
    events = police((FRIDAY, 60), (FRIDAY, 89), (FRIDAY, 91), (FRIDAY, 1061))
    assert venue_evidence.police_counts(held(feed_rows(), events)).tolist() == [2.0, 1.0]


def test_the_worst_venue_is_found_with_the_feed_and_missed_without() -> None:
    truly = assaults(*((when, 60) for when in weeks(FRIDAY, 5)))
    rows = feed_rows(*((when, "crown pub") for when in weeks(FRIDAY, 5)))
    sight = held(rows, police((MONDAY, 1060)))
    found = compare_feed.answer_from_feed(VENUES, sight, truly, truly, WINDOW)
    assert value_of(found, "police_only") == 0.0
    assert value_of(found, "answered") == value_of(found, "benefit") == 1.0
    (rows_found,) = [one for one in found if one.measure == "worst_venue_rows"]
    assert (rows_found.value, rows_found.out_of) == (5.0, 5)
    assert "The Crown" in rows_found.method


def test_the_interval_of_a_count_is_garwoods() -> None:
    # Published for a count of 5: 1.62 to 11.67; of none: 0 to 3.69.
    assert venue_evidence.poisson_interval(5) == pytest.approx((1.623, 11.668), abs=1e-3)
    assert venue_evidence.poisson_interval(0) == pytest.approx((0.0, 3.689), abs=1e-3)


def test_a_table_without_kinds_of_place_says_why_it_cannot_answer() -> None:
    rows = feed_rows((FRIDAY, "crown pub")).drop("location_type")
    with pytest.raises(CannotAnswer, match="kind and place"):
        venue_evidence.feed_counts(held(rows))
    (found,) = compare_feed.answer_from_feed(VENUES, held(rows), assaults(), assaults(), WINDOW)
    assert np.isnan(found.value)
    assert "not handed over" in found.method
