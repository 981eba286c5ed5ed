"""Assaults linked to offences: by identifiers within days, or by place and time within a window."""

from __future__ import annotations

from datetime import datetime, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.incidents import by_identifiers, by_place_and_time
from simulator.schema import Dataset

NOON = datetime(2015, 1, 10, 12)


def crimes(rows: list[tuple[int, str, datetime, datetime]]) -> Dataset:
    ids, names, starts, ends = zip(*rows, strict=True)
    frame = pl.DataFrame(
        {"record_id": ids, "surname": names, "from_time": starts, "to_time": ends},
        schema={
            "record_id": pl.UInt64,
            "surname": pl.String,
            "from_time": pl.Datetime("us"),
            "to_time": pl.Datetime("us"),
        },
    )
    return Dataset("crimes", frame)


def assaults(rows: list[tuple[int, str | None, datetime]]) -> Dataset:
    ids, names, times = zip(*rows, strict=True)
    frame = pl.DataFrame(
        {"record_id": ids, "surname": names, "assault_time": times},
        schema={
            "record_id": pl.UInt64,
            "surname": pl.String,
            "assault_time": pl.Datetime("us"),
        },
    )
    return Dataset("assaults", frame)


def pairs(police: Dataset, treated: Dataset, days: float = 7.0) -> list[tuple[int, int]]:
    links = by_identifiers(police, treated, (("surname",),), days, "test")
    return links.frame.select("left_id", "right_id").rows()


def test_the_offence_nearest_in_time_is_taken_of_those_against_the_same_person() -> None:
    day = timedelta(days=1)
    police = crimes(
        [(1, "Lee", NOON - 3 * day, NOON - 3 * day), (2, "LEE", NOON + day, NOON + day)]
    )
    assert pairs(police, assaults([(9, "Lee", NOON)])) == [(2, 9)]


def test_an_offence_further_away_in_time_than_the_days_is_another_incident() -> None:
    police = crimes([(1, "Lee", NOON - timedelta(days=8), NOON - timedelta(days=8))])
    assert pairs(police, assaults([(9, "Lee", NOON)])) == []
    assert pairs(police, assaults([(9, "Lee", NOON)]), days=8.0) == [(1, 9)]


def test_a_missing_value_links_nothing() -> None:
    police = crimes([(1, "Lee", NOON, NOON)])
    assert pairs(police, assaults([(9, None, NOON), (8, "Lea", NOON)])) == []


def test_a_time_within_the_offences_period_has_no_gap() -> None:
    hour = timedelta(hours=1)
    police = crimes(
        [(1, "Lee", NOON - 9 * hour, NOON + 9 * hour), (2, "Lee", NOON + hour, NOON + hour)]
    )
    assert pairs(police, assaults([(9, "Lee", NOON)])) == [(1, 9)]


def place_pairs(
    police: list[tuple[int, datetime, int, int]],
    treated: list[tuple[int, datetime, int | None, int | None]],
    metres: float = 200.0,
    hours: float = 3.0,
) -> list[tuple[int, int]]:
    schema = {"easting": pl.Int32, "northing": pl.Int32}
    left = pl.DataFrame(
        [(i, t, t, e, n) for i, t, e, n in police],
        schema={
            "left_id": pl.UInt64,
            "from_time": pl.Datetime("us"),
            "to_time": pl.Datetime("us"),
            **schema,
        },
        orient="row",
    )
    right = pl.DataFrame(
        treated,
        schema={"right_id": pl.UInt64, "assault_time": pl.Datetime("us"), **schema},
        orient="row",
    )
    links = by_place_and_time(left, right, metres, hours, "test")
    return links.frame.select("left_id", "right_id").rows()


def test_both_ends_of_the_window_are_within_it() -> None:
    three = timedelta(hours=3)
    assert place_pairs([(1, NOON + three, 0, 200)], [(9, NOON, 0, 0)]) == [(1, 9)]
    assert place_pairs([(1, NOON + three, 0, 201)], [(9, NOON, 0, 0)]) == []
    late = NOON + three + timedelta(minutes=1)
    assert place_pairs([(1, late, 0, 0)], [(9, NOON, 0, 0)]) == []


def test_a_row_without_a_place_matches_nothing() -> None:
    assert place_pairs([(1, NOON, 0, 0)], [(9, NOON, None, None)]) == []


EVENTS = st.lists(
    st.tuples(st.integers(0, 600), st.integers(0, 400), st.integers(0, 400)), max_size=12
)


@pytest.mark.parametrize(("metres", "hours"), [(0.0, 0.0), (150.0, 3.0)])
@given(police=EVENTS, treated=EVENTS)
def test_the_join_equals_looking_at_every_pair(
    police: list[tuple[int, int, int]],
    treated: list[tuple[int, int, int]],
    metres: float,
    hours: float,
) -> None:
    def at(minute: int) -> datetime:
        return NOON + timedelta(minutes=minute)

    left = [(i, at(t), e, n) for i, (t, e, n) in enumerate(police)]
    right = [(i, at(t), e, n) for i, (t, e, n) in enumerate(treated)]
    expected = []
    for j, time, e, n in right:
        near = [
            (abs((time - t).total_seconds()), ((e - x) ** 2 + (n - y) ** 2) ** 0.5, i)
            for i, t, x, y in left
            if abs((time - t).total_seconds()) <= hours * 3600
            and ((e - x) ** 2 + (n - y) ** 2) ** 0.5 <= metres
        ]
        if near:
            expected.append((min(near)[2], j))
    assert sorted(place_pairs(left, right, metres, hours)) == sorted(expected)
