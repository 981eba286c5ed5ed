"""Releases: what leaves, how coarse it is, and that nothing else does."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import get_args

import polars as pl
import pytest

from linkage.linked import LinkedData, Provenance
from reidentify.release import Release, make_release, without_people
from reidentify.safeguards import coarsen_people, period_days, truncated_birth, truncated_time
from reidentify.specs import AgePrecision, AreaPrecision, DatePrecision, ReleaseSpec
from simulator.schema import TokenLabel

SHARED = TokenLabel("hmac-sha256/64", "nhs_number", "nhs-number", "aaaaaaaa", "")
OWN = TokenLabel("hmac-sha256/64", "nhs_number", "nhs-number", "bbbbbbbb", "")

PEOPLE = pl.DataFrame(
    {
        "row_id": [3, 5, 7, 9],
        "date_of_birth": [date(1983, 8, 17), date(1979, 12, 31), None, date(2000, 2, 29)],
        "sex": ["F", "M", "F", None],
        "ethnic_group": ["White", "Asian", "Black", "Mixed"],
        "lsoa": [11, 11, 12, None],
        "msoa": [1, 1, 2, None],
        "deprivation_fifth": [1, 1, 5, None],
        "practice": [21, 22, 21, 21],
        "nhs_number": [1001, 1002, None, 1003],
        "nhs_number@analysts": [2001, 2002, None, 2003],
        "home": [71, 71, 72, None],
    },
    schema_overrides={
        "row_id": pl.UInt64(),
        "lsoa": pl.UInt32(),
        "msoa": pl.UInt32(),
        "deprivation_fifth": pl.UInt8(),
        "practice": pl.UInt32(),
        "nhs_number": pl.UInt64(),
        "nhs_number@analysts": pl.UInt64(),
        "home": pl.UInt64(),
    },
)
EVENTS = pl.DataFrame(
    {
        "row_id": [31, 32, 33],
        "person": [3, 3, 9],
        "event_time": [
            datetime(2016, 5, 18, 13, 45),  # a Wednesday
            datetime(2017, 1, 1, 0, 1),  # a Sunday
            datetime(2016, 12, 31, 23, 59),
        ],
        "place": [1, 2, 1],
        "at_home": [True, False, True],
        "cost_pence": [100, 200, 300],
    },
    schema_overrides={"row_id": pl.UInt64(), "person": pl.UInt64(), "place": pl.UInt32()},
)
LINKED = LinkedData(PEOPLE, {"a_and_e": EVENTS}, {"nhs_number": SHARED, "nhs_number@analysts": OWN})
ORIGINS = Provenance(
    "gp_register",
    PEOPLE.select("row_id", record_id=pl.col("row_id") + 100),
    {"a_and_e": EVENTS.select("row_id", record_id=pl.col("row_id") + 200)},
)


def spec(**changes: object) -> ReleaseSpec:
    """A spec that hands everything over as exactly as can be, but for some changes."""
    exact = {"title": "x", "events": ("a_and_e",), "dates": "minute", "age": "birth_date"}
    return ReleaseSpec.model_validate(exact | changes)


def release(name: str = "analysts", seed: int = 1) -> tuple[Release, Provenance]:
    return make_release(LINKED, ORIGINS, name, spec(), seed)


def release_with(**changes: object) -> Release:
    return make_release(LINKED, ORIGINS, "analysts", spec(**changes), 1)[0]


@pytest.mark.parametrize(
    ("precision", "wanted"),
    [
        ("minute", ["2016-05-18T13:45", "2017-01-01T00:01", "2016-12-31T23:59"]),
        ("day", ["2016-05-18", "2017-01-01", "2016-12-31"]),
        ("week", ["2016-05-16", "2016-12-26", "2016-12-26"]),
        ("month", ["2016-05-01", "2017-01-01", "2016-12-01"]),
    ],
)
def test_event_times_are_truncated_by_table(precision: DatePrecision, wanted: list[str]) -> None:
    given = EVENTS.select(truncated_time(pl.col("event_time"), precision)).to_series().to_list()
    assert given == [datetime.fromisoformat(each) for each in wanted]


def test_a_week_begins_on_monday_whatever_the_day() -> None:
    days = [datetime(2015, 12, 20, 12) + timedelta(days=i) for i in range(30)]
    starts = pl.select(truncated_time(pl.lit(pl.Series(days)), "week")).to_series().to_list()
    assert {start.weekday() for start in starts} == {0}
    assert all(
        timedelta(0) <= day - start < timedelta(days=7)
        for day, start in zip(days, starts, strict=True)
    )


@pytest.mark.parametrize(
    ("precision", "wanted"),
    [
        ("birth_date", [date(1983, 8, 17), date(1979, 12, 31), None, date(2000, 2, 29)]),
        ("birth_month", [date(1983, 8, 1), date(1979, 12, 1), None, date(2000, 2, 1)]),
        ("birth_year", [date(1983, 1, 1), date(1979, 1, 1), None, date(2000, 1, 1)]),
        ("five_years", [date(1980, 1, 1), date(1975, 1, 1), None, date(2000, 1, 1)]),
    ],
)
def test_dates_of_birth_are_truncated_by_table(
    precision: AgePrecision, wanted: list[date | None]
) -> None:
    given = PEOPLE.select(truncated_birth(pl.col("date_of_birth"), precision)).to_series()
    assert given.dtype == pl.Date
    assert given.to_list() == wanted


@pytest.mark.parametrize(
    ("precision", "wanted"),
    [("minute", [1, 1]), ("day", [1, 1]), ("week", [7, 7]), ("month", [29, 31])],
)
def test_a_released_time_may_mean_as_many_days_as_its_period_has(
    precision: DatePrecision, wanted: list[int]
) -> None:
    times = pl.DataFrame({"t": [datetime(2016, 2, 10), datetime(2016, 12, 31)]})
    assert times.with_columns(d=period_days(pl.col("t"), precision))["d"].to_list() == wanted


def test_every_precision_has_an_expression() -> None:
    for precision in get_args(DatePrecision):
        EVENTS.select(truncated_time(pl.col("event_time"), precision))
    for age in get_args(AgePrecision):
        given = coarsen_people(PEOPLE, spec(age=age))
        assert ("date_of_birth" in given.columns) == (age != "none")
    areas = {a: coarsen_people(PEOPLE, spec(area=a)).columns for a in get_args(AreaPrecision)}
    wanted = {"lsoa": {"lsoa"}, "msoa": {"msoa"}, "none": set()}
    assert {area: {"lsoa", "msoa"} & set(columns) for area, columns in areas.items()} == wanted


@pytest.mark.parametrize(
    ("change", "gone"),
    [
        ({"sex": False}, "sex"),
        ({"practice": False}, "practice"),
        ({"deprivation": False}, "deprivation_fifth"),
        ({"tokens": False}, "token"),
    ],
)
def test_what_the_spec_leaves_out_of_people_is_not_there(
    change: dict[str, object], gone: str
) -> None:
    assert gone in release()[0].people.columns
    assert gone not in release_with(**change).people.columns


@pytest.mark.parametrize(("change", "gone"), [("places", "place"), ("costs", "cost_pence")])
def test_what_the_spec_leaves_out_of_events_is_not_there(change: str, gone: str) -> None:
    assert gone in release()[0].events["a_and_e"].columns
    assert gone not in release_with(**{change: False}).events["a_and_e"].columns


def test_only_the_columns_of_the_spec_leave() -> None:
    made, _ = release()
    assert made.people.columns == [
        "row_id", "date_of_birth", "sex", "lsoa", "deprivation_fifth", "practice", "home", "token",
    ]  # fmt: skip
    assert made.events["a_and_e"].columns == EVENTS.columns


def test_rows_carry_no_number_of_the_linked_data_or_of_records() -> None:
    made, _ = release()
    inside = set(PEOPLE["row_id"]) | set(ORIGINS.people["record_id"]) | set(PEOPLE["home"])
    inside |= set(EVENTS["row_id"]) | set(ORIGINS.events["a_and_e"]["record_id"])
    events = made.events["a_and_e"]
    numbers = [made.people["row_id"], made.people["home"], events["row_id"], events["person"]]
    outside = set(pl.concat([each.alias("n") for each in numbers]).drop_nulls())
    assert len(outside) == 4 + 2 + 3
    assert not outside & (inside - {None})


def test_provenance_leads_back_to_the_same_records() -> None:
    made, origins = release()
    back = made.people.join(origins.people, on="row_id")
    sexes = dict(zip(back["record_id"], back["sex"], strict=True))
    assert sexes == {103: "F", 105: "M", 107: "F", 109: None}
    events = made.events["a_and_e"].join(origins.events["a_and_e"], on="row_id")
    costs = dict(zip(events["record_id"], events["cost_pence"], strict=True))
    assert costs == {231: 100, 232: 200, 233: 300}
    owners = events.join(origins.people, left_on="person", right_on="row_id", suffix="_person")
    people = dict(zip(owners["record_id"], owners["record_id_person"], strict=True))
    assert people == {231: 103, 232: 103, 233: 109}


def test_households_stay_visible_under_a_fresh_number() -> None:
    made, origins = release()
    back = made.people.join(origins.people, on="row_id").sort("record_id")
    home = back["home"].to_list()
    assert home[0] == home[1] != home[2]
    assert home[3] is None
    assert not {71, 72} & set(home)


def test_rows_are_in_the_order_of_their_numbers() -> None:
    made, origins = release()
    for frame in (made.people, made.events["a_and_e"], origins.people, origins.events["a_and_e"]):
        assert frame["row_id"].is_sorted()
    assert made.people["row_id"].to_list() == origins.people["row_id"].to_list()


def test_two_recipients_and_two_seeds_share_no_row_number() -> None:
    rows = [release(name, seed)[0].people["row_id"] for name in ("a", "b") for seed in (1, 2)]
    assert pl.concat(rows).n_unique() == 16


def test_the_order_of_the_linked_rows_makes_no_difference() -> None:
    turned = LinkedData(PEOPLE[::-1], {"a_and_e": EVENTS[::-1]}, LINKED.labels)
    made, _ = make_release(turned, ORIGINS, "analysts", spec(), 1)
    again, _ = release()
    assert made.people.equals(again.people)
    assert made.events["a_and_e"].equals(again.events["a_and_e"])


def test_a_recipient_gets_tokens_of_its_own_if_there_are_any() -> None:
    own, _ = release("analysts")
    assert own.label == OWN
    assert set(own.people["token"]) == {2001, 2002, None, 2003}
    shared, _ = release("others")
    assert shared.label == SHARED
    assert set(shared.people["token"]) == {1001, 1002, None, 1003}


def test_no_label_means_no_tokens() -> None:
    made, _ = make_release(LinkedData(PEOPLE, {"a_and_e": EVENTS}), ORIGINS, "x", spec(), 1)
    assert made.label is None
    assert "token" not in made.people.columns
    assert release_with(tokens=False).label is None


def test_repr_shows_no_data() -> None:
    text = repr(release()[0])
    assert "analysts" in text
    assert not any(str(number) in text for number in (2001, 1983, 21, 11))


def test_events_of_an_agency_that_was_not_linked_are_refused() -> None:
    with pytest.raises(ValueError, match=r"events of gp, fire were asked for.*hold a_and_e"):
        release_with(events=("a_and_e", "gp", "fire"))


def test_a_control_leaves_out_people_and_their_events_and_nothing_else() -> None:
    made, origins = release()
    gone = origins.people.filter(pl.col("record_id") == 103)["row_id"]
    left = without_people(made, gone)
    assert set(left.people["row_id"]) == set(made.people["row_id"]) - set(gone)
    assert left.events["a_and_e"]["cost_pence"].to_list() == [300]
    assert (left.name, left.spec, left.label) == (made.name, made.spec, made.label)
    assert without_people(made, gone.clear()).people.equals(made.people)
