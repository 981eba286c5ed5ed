"""Feeds: each safeguard by hand; rows keep opaque numbers of their own."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import polars as pl
import pytest
from hand_feed import hand_gazetteer

from reidentify.feed import Feed, FeedOrigins, make_feed
from reidentify.feed_specs import FeedSpec
from simulator.schema import Dataset
from simulator.settings import Share
from simulator.specs import WorldSpec

WINDOW = WorldSpec(
    people=200,
    real_population=200,
    start=date(2015, 1, 1),
    days=90,  # to 31 March
    move_rate=Share(value=0.1),
)
RECORDS = pl.DataFrame(
    {
        "record_id": [11, 12, 13, 14, 15],
        "assault_time": [
            datetime(2015, 1, 10, 22, 47),
            datetime(2015, 1, 10, 23, 5),
            datetime(2015, 1, 31, 23, 50),
            datetime(2015, 2, 14, 0, 0),
            datetime(2015, 3, 2, 3, 0),
        ],
        "arrival_time": [
            datetime(2015, 1, 10, 23, 30),
            datetime(2015, 1, 11, 0, 10),
            datetime(2015, 2, 1, 1, 0),
            datetime(2015, 2, 14, 9, 0),
            datetime(2015, 3, 2, 4, 0),
        ],
        "method": ["fist", "foot", "sharp_object", "fist", "firearm"],
        "method_text": ["punched", None, "knife, at 12 Mare St", None, None],
        "location_type": ["licensed", "licensed", "street", "own_home", "other_home"],
        "location_text": ["Red Lion pub", "the red loin", "Mare St", "12 Mare Street", None],
        "domestic": [False, False, None, True, False],
    },
    schema_overrides={"record_id": pl.UInt64},
)


def handed(**settings: Any) -> tuple[Feed, FeedOrigins]:
    spec = FeedSpec(title="Partnership", agency="a_and_e", **settings)
    dataset = Dataset("a_and_e", RECORDS)
    return make_feed(dataset, hand_gazetteer(), "partnership", spec, WINDOW, 1)


def column(name: str, **settings: Any) -> list[Any]:
    """Gives a column of the feed in order of record."""
    feed, origins = handed(**settings)
    joined = origins.frame.join(feed.rows, on="row_id").sort("record_id")
    return joined[name].to_list()


def records_left(**settings: Any) -> list[int]:
    return sorted(handed(**settings)[1].frame["record_id"].to_list())


def test_as_proposed_every_record_is_a_row_with_its_fields() -> None:
    feed, origins = handed()
    assert feed.rows.columns == [
        "row_id",
        "month",
        "assault_time",
        "arrival_time",
        "method",
        "method_text",
        "location_type",
        "location_text",
    ]
    assert column("location_text") == RECORDS["location_text"].to_list()
    assert feed.cells is None
    assert origins.records.to_list() == [11, 12, 13, 14, 15]


def test_row_numbers_are_fresh_in_each_feed_and_tell_no_order() -> None:
    dataset = Dataset("a_and_e", RECORDS)
    spec = FeedSpec(title="P", agency="a_and_e")
    one, other = (
        make_feed(dataset, hand_gazetteer(), name, spec, WINDOW, 1)[0].rows["row_id"]
        for name in ("partnership", "council")
    )
    assert one.is_sorted()
    assert not set(one) & (set(other) | set(RECORDS["record_id"]))


def test_a_row_keeps_its_number_under_every_safeguard() -> None:
    plain = dict(handed()[1].frame.select("record_id", "row_id").rows())
    coarse = handed(times="day", places="ward", methods="none", homes="left_out")[1]
    assert all(plain[record] == row for row, record in coarse.frame.rows())


def test_months_are_those_of_arrival() -> None:
    assert column("month") == [0, 0, 1, 1, 2]


@pytest.mark.parametrize(
    ("times", "first", "third"),
    [
        ("minute", datetime(2015, 1, 10, 22, 47), datetime(2015, 1, 31, 23, 50)),
        ("hour", datetime(2015, 1, 10, 22), datetime(2015, 1, 31, 23)),
        ("shift", datetime(2015, 1, 10, 18), datetime(2015, 1, 31, 18)),
        ("day", datetime(2015, 1, 10), datetime(2015, 1, 31)),
        ("month", datetime(2015, 1, 1), datetime(2015, 1, 1)),
    ],
)
def test_times_are_those_of_the_start_of_their_period(
    times: str, first: datetime, third: datetime
) -> None:
    given = column("assault_time", times=times)
    assert (given[0], given[2]) == (first, third)


def test_arrival_is_as_exact_as_the_assault_or_left_out() -> None:
    assert column("arrival_time", times="day")[2] == datetime(2015, 2, 1)
    assert "arrival_time" not in handed(arrival=False)[0].rows.columns


@pytest.mark.parametrize(
    ("places", "name", "expected"),
    [
        ("street", "street", [0, 0, 0, 0, None]),
        ("map_point", "point", [0, 0, 0, 0, None]),
        ("ward", "ward", [0, 0, 0, 0, None]),
    ],
)
def test_a_place_is_what_its_text_resolves_to(
    places: str, name: str, expected: list[int | None]
) -> None:
    assert column(name, places=places) == expected
    assert "location_text" not in handed(places=places)[0].rows.columns


def test_no_place_leaves_no_place() -> None:
    assert handed(places="none")[0].rows.columns[-1] == "location_type"


def test_means_are_exact_or_a_group_or_nothing() -> None:
    groups = column("method", methods="group")
    assert groups == ["body", "body", "weapon", "body", "weapon"]
    assert "method_text" not in handed(methods="group")[0].rows.columns
    assert not {"method", "method_text"} & set(handed(methods="none")[0].rows.columns)


def test_scrubbing_takes_out_house_numbers_and_postcodes() -> None:
    assert column("location_text", text="scrubbed")[3] == "Mare Street"
    assert column("method_text", text="scrubbed")[2] == "knife, at Mare St"
    changed = RECORDS.with_columns(
        pl.lit("Flat 3, 12a Mare Street, QB7 4XD").alias("location_text")
    )
    spec = FeedSpec(title="P", agency="a_and_e", text="scrubbed")
    feed, _ = make_feed(Dataset("a", changed), hand_gazetteer(), "p", spec, WINDOW, 1)
    assert set(feed.rows["location_text"]) == {"Mare Street"}


def test_without_text_the_place_is_gone_but_a_street_made_of_it_stays() -> None:
    assert column("location_text", text="none") == [None] * 5
    assert column("street", text="none", places="street") == [0, 0, 0, 0, None]
    assert "method_text" not in handed(text="none")[0].rows.columns


def test_homes_lose_their_place_or_their_row() -> None:
    assert column("location_text", homes="place_removed")[3:] == [None, None]
    assert column("ward", homes="place_removed", places="ward") == [0, 0, 0, None, None]
    assert records_left(homes="left_out") == [11, 12, 13]


def test_rows_recorded_as_domestic_are_left_out_and_unknown_ones_stay() -> None:
    assert records_left(domestic="left_out") == [11, 12, 13, 15]


def test_small_cells_are_left_out_by_time_place_and_means_as_handed_over() -> None:
    assert records_left(minimum_cell=2) == []
    cells = {"times": "shift", "places": "street", "methods": "group", "minimum_cell": 2}
    assert records_left(**cells) == [11, 12]
    assert records_left(**{**cells, "methods": "exact"}) == []
    assert records_left(**{**cells, "minimum_cell": 3}) == []


@pytest.mark.parametrize(("days", "left"), [(0, 5), (30, 4), (31, 4), (32, 2), (59, 2), (60, 0)])
def test_months_not_yet_out_when_the_window_ends_are_not_there(days: int, left: int) -> None:
    """March ends with the window, February's rows are out 31 days before, January's 59."""
    expected = {5: [11, 12, 13, 14, 15], 4: [11, 12, 13, 14], 2: [11, 12], 0: []}
    assert records_left(delay_days=days) == expected[left]


def test_a_table_counts_and_gives_time_and_place_only() -> None:
    feed, _ = handed(as_table=True, times="month", places="ward")
    assert feed.rows.columns == ["row_id", "month", "assault_time", "ward"]
    assert feed.cells is not None
    assert feed.cells.rows() == [
        (datetime(2015, 1, 1), 0, 3),
        (datetime(2015, 2, 1), 0, 1),
        (datetime(2015, 3, 1), None, 1),
    ]
    small, _ = handed(as_table=True, times="month", places="ward", minimum_cell=3)
    assert small.cells is not None
    assert small.cells["assaults"].to_list() == [3]
