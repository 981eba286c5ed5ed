"""Violence held against slow, obvious versions of itself: nearby, who is at home, points, hours."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.events.contacts import NEVER
from simulator.violence import participants, rhythm
from simulator.violence.incidents import Places
from simulator.violence.nearby import METRES, Rates, with_nearby
from simulator.violence.participants import Clients, shares_of_places, women_by_place
from simulator.violence.state import Town
from simulator.violence.town import make_town
from tests.small_town import violence_spec, world_spec

RHYTHMS = {"away": rhythm.away(0.48), "home": rhythm.at_home()}
SPEC = world_spec()
WEEKS = 52
AXIS = st.integers(0, 600)
SPOTS = st.lists(st.tuples(AXIS, AXIS, st.integers(1, 9)), min_size=1, max_size=8)
WHEN = st.integers(0, SPEC.days * 1_440 - 1)
HAPPENED = st.lists(st.tuples(AXIS, AXIS, WHEN), min_size=1, max_size=8)
SHARES = st.floats(0, 1, allow_nan=False)


def placed(rows: list[tuple[int, ...]]) -> pl.DataFrame:
    """Places at these coordinates, in metres."""
    at = np.array([row[:2] for row in rows], dtype=np.int32)
    return pl.DataFrame({"easting": at[:, 0], "northing": at[:, 1]})


def weighed(rows: list[tuple[int, ...]]) -> Places:
    """Places that share violence by their third number."""
    weight = np.array([row[2] for row in rows], dtype=np.float64)
    ids = np.arange(len(rows))
    return Places(ids.astype(np.uint64), ids, weight / weight.sum())


def reach(week: np.ndarray[Any, Any], hour: int) -> float:
    """Share of a week within three hours either side of a minute of that hour, minute by minute."""
    minutes = np.repeat(week, 60) / 60
    around = hour * 60 + np.arange(60)[:, None] + np.arange(-180, 181)
    reached = minutes[around % len(minutes)]
    reached[:, [0, -1]] /= 2  # three hours from the middle of a minute end in the middle of another
    return float(reached.sum(axis=1).mean())


@given(spots=SPOTS, streets=SPOTS, happened=HAPPENED, share=SHARES)
@settings(max_examples=60)
def test_nearby_is_the_sum_over_places_in_reach_of_their_rate_in_those_hours(
    spots: list[tuple[int, int, int]],
    streets: list[tuple[int, int, int]],
    happened: list[tuple[int, int, int]],
    share: float,
) -> None:
    homes = pl.DataFrame({"street": np.arange(len(streets), dtype=np.uint32)})
    town = Town(placed(streets), placed(spots), pl.DataFrame(), homes)
    places = {"street": weighed(spots), "own_home": weighed(streets)}
    expected, years = 1_000.0, 7 * WEEKS / 365.25
    rates = Rates(expected, {"street": share, "own_home": 1 - share}, places, years)
    incidents = placed(happened).with_columns(minute=pl.Series([row[2] for row in happened]))
    found = with_nearby(SPEC, incidents, town, rates, RHYTHMS)
    for (x, y, minute), nearby in zip(happened, found["nearby"], strict=True):
        hour = (minute // 60 + 24 * SPEC.start.weekday()) % 168
        total = 0.0
        for name, rows, of_all in (("away", spots, share), ("home", streets, 1 - share)):
            weights = sum(row[2] for row in rows)
            for row in rows:
                if (row[0] - x) ** 2 + (row[1] - y) ** 2 <= METRES**2:
                    weekly = expected * of_all * row[2] / weights / WEEKS
                    total += weekly * reach(RHYTHMS[name], hour)
        assert nearby == pytest.approx(total, rel=1e-9, abs=1e-12)
    assert (found["quiet"] == (found["nearby"] < 0.05)).all()


def test_three_hours_either_side_reach_as_far_back_as_ahead() -> None:
    week = np.zeros(168)
    week[80] = 1.0
    near = np.flatnonzero(rhythm.within_reach(week))
    assert near.max() - 80 == 80 - near.min()


@given(SHARES)
def test_a_week_adds_up_to_one_with_the_share_asked_for_on_weekend_nights(share: float) -> None:
    week = rhythm.away(share)
    hours = np.arange(168)
    weekend = (hours >= 4 * 24 + 18) | (hours < 1)
    assert week.sum() == pytest.approx(1)
    assert week[weekend].sum() == pytest.approx(share)
    assert (week >= 0).all()


@given(minute=WHEN, day=st.dates(date(1950, 1, 1), date(2090, 1, 1)))
def test_the_hour_of_the_week_is_that_of_the_calendar(minute: int, day: date) -> None:
    spec = world_spec(start=day)
    time = pl.Series(rhythm.as_times(spec, np.array([minute])))
    by_hand = (time.dt.weekday().cast(pl.Int64)[0] - 1) * 24 + time.dt.hour()[0]
    assert rhythm.hour_of_week(spec, np.array([minute]))[0] == by_hand


@given(women=SHARES, own_home=st.floats(0, 0.3), odds=st.floats(0, 100))
def test_shares_of_places_add_up_to_one_and_women_to_their_share(
    women: float, own_home: float, odds: float
) -> None:
    spec = violence_spec(women=women, own_home=own_home, own_home_odds_women=odds)
    shares, by_place = shares_of_places(spec), women_by_place(spec)
    assert sum(shares.values()) == pytest.approx(1)
    assert sum(shares[name] * by_place[name] for name in shares) == pytest.approx(women)
    # Women fewer than one in a million are lost in rounding.
    if 1e-6 < women < 1 - 1e-6 and own_home > 0 and odds > 0.01:
        at = {"F": women * by_place["own_home"], "M": 0.0}
        at["F"] = shares["own_home"] * by_place["own_home"] / women
        at["M"] = shares["own_home"] * (1 - by_place["own_home"]) / (1 - women)
        if at["M"] > 0.001:
            found = at["F"] / (1 - at["F"]) / (at["M"] / (1 - at["M"]))
            assert found == pytest.approx(odds, rel=1e-3)


MOVES = st.lists(  # of people: first home, last home, day of the move or none, woman, age
    st.tuples(
        st.integers(0, 3),
        st.integers(0, 3),
        st.one_of(st.none(), st.integers(0, 9)),
        st.booleans(),
        st.integers(0, 40),
    ),
    min_size=1,
    max_size=9,
)
ASKED = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 10 * 1_440 - 1)), min_size=1, max_size=6
)


def clients(people: list[tuple[int, int, int | None, bool, int]]) -> Clients:
    """People who stay or move, weighed at home by their age: 0.10 below 14, else 1."""
    first = np.array([row[0] for row in people])
    stays = np.array([row[2] is None for row in people])
    last = np.where(stays, first, np.array([row[1] for row in people]))
    moved = np.array([-1 if row[2] is None else row[2] * 1_440 for row in people])
    movers = np.flatnonzero(~stays)
    same = np.ones(len(people))
    return Clients(
        female=np.array([row[3] for row in people]),
        at_home=np.where(np.array([row[4] for row in people]) < 14, 0.10, 1.0),
        risk=same,
        suspicion=same,
        first=first,
        last=last,
        moved=moved,
        by_first=np.argsort(first, kind="stable"),
        by_last=movers[np.argsort(last[movers], kind="stable")],
        since=np.zeros(len(people), dtype=np.int64),
        until=np.full(len(people), NEVER),
    )


@given(people=MOVES, asked=ASKED, seed=st.integers(0, 99))
def test_who_is_hurt_at_home_is_one_of_those_there_at_that_minute_or_nobody(
    people: list[tuple[int, int, int | None, bool, int]],
    asked: list[tuple[int, int]],
    seed: int,
) -> None:
    incidents = pl.DataFrame(
        {
            "incident_id": np.arange(len(asked), dtype=np.uint64),
            "kind": ["contact"] * len(asked),
            "location_type": ["own_home"] * len(asked),
            "home": [home for home, _ in asked],
            "minute": [minute for _, minute in asked],
        }
    )
    # Elsewhere live a man and a woman: a town has both.
    held = clients([*people, (9, 9, None, False, 30), (9, 9, None, True, 30)])
    found = participants.draw(seed, SPEC, violence_spec(), incidents, held)
    person = dict(found.select("incident_id", "person").iter_rows())
    for number, (home, minute) in enumerate(asked):
        there = {
            i
            for i, (first, last, day, _, _) in enumerate(people)
            if (home == (first if day is None or minute < day * 1_440 else last))
        }
        assert (number in person) == bool(there)
        if there:
            assert person[number] in there


HOMES = st.lists(st.integers(3, 12), min_size=1, max_size=30)  # homes of each postcode


@given(sizes=HOMES, seed=st.integers(0, 99))
@settings(max_examples=40)
def test_each_home_counts_at_its_nearest_point_and_points_have_eight_if_there_are_eight(
    sizes: list[int], seed: int
) -> None:
    postcode = np.repeat(np.arange(len(sizes)), sizes)
    count = len(postcode)
    spread = np.arange(count)
    homes = pl.DataFrame(
        {
            "postcode": postcode.astype(str),
            "easting": (postcode * 40 + spread % 7).astype(np.int32),
            "northing": (spread * 13 % 50).astype(np.int32),
            "msoa": np.zeros(count, dtype=np.uint32),
        }
    )
    town = make_town(seed, homes, violence_spec())
    at = homes.select("easting", "northing").to_numpy().astype(np.float64)
    points = town.points.select("easting", "northing").to_numpy().astype(np.float64)
    away = np.linalg.norm(at[:, None] - points, axis=2)
    chosen = town.homes["point"].to_numpy()
    assert np.allclose(away[np.arange(count), chosen], away.min(axis=1))
    assert np.bincount(chosen, minlength=len(points)).tolist() == town.points["addresses"].to_list()
    if town.points.height > 1:
        assert town.points["addresses"].min() >= 8
