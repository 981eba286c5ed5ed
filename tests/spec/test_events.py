"""Events: rates, rhythm, cost and place follow the services' tables."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

from simulator.events import (
    a_and_e,
    admissions,
    community,
    fire_visits,
    mental_health,
    social_care,
    timeline,
)
from simulator.events.contacts import OFFICE_HOURS, ROUND_THE_CLOCK, ServiceModel, by_age
from simulator.events.models import CONTACTS
from simulator.places import PEOPLE_PER_TEAM, site_number, site_of_msoa
from simulator.specs import AgencySpec
from simulator.world import make_world
from tests.kent_like import START, STILL, kent, recorded, world_spec
from tests.statistical import assert_count, assert_mean, assert_share

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.state import World

PEOPLE = 60_000
YEARS = 730 / 365.25
CARE = ("a_and_e", "admissions", "mental_health", "community", "social_care")
EVEN = np.ones(5)


def ages(world: World) -> NDArray[np.float64]:
    """Ages in the middle of the window."""
    born = world.people["date_of_birth"].to_numpy().astype("datetime64[D]")
    return (np.datetime64(START) + 365 - born).astype(np.int64) / 365.25


def fifths(world: World) -> NDArray[np.int64]:
    """Deprivation fifth of everybody's home at the start."""
    return world.homes["deprivation_fifth"].to_numpy()[world.layout.home_first].astype(np.int64)


def looked_up(
    world: World, table: tuple[tuple[int, float], ...], by_fifth: NDArray[np.float64]
) -> NDArray[np.float64]:
    """A service's table for everybody, by a slow obvious rule."""
    rows = dict(table)
    value = [rows[max(start for start in rows if start <= age)] for age in ages(world).tolist()]
    return np.array(value) * by_fifth[fifths(world) - 1]


def counts(world: World, agency: str) -> NDArray[np.int64]:
    """Number of events of everybody."""
    return np.bincount(world.positions[agency].person, minlength=world.people.height)


@pytest.mark.parametrize("service", ["a_and_e", "admissions"])
def test_attendances_and_admissions_are_as_many_as_the_tables_imply(service: str) -> None:
    world = kent(PEOPLE)
    if service == "a_and_e":
        expected = looked_up(world, a_and_e._BY_AGE, a_and_e._BY_FIFTH) * YEARS
    else:
        expected = looked_up(world, admissions._BY_AGE, admissions._BY_FIFTH) * YEARS
        women = (world.people["sex"] == "F").to_numpy()
        expected *= np.where(women, admissions._WOMEN, admissions._MEN)
    excess = counts(world, service) - expected
    assert_mean(excess, 0.0, fault=0.04)
    fifth, age = fifths(world), ages(world)
    for value in range(1, 6):
        assert_mean(excess[fifth == value], 0.0, fault=0.12)
    for low, high in ((0, 18), (18, 65), (65, 105)):
        assert_mean(excess[(age >= low) & (age < high)], 0.0, fault=0.12)


@pytest.mark.parametrize(
    ("service", "table", "by_fifth", "per_user"),
    [
        ("mental_health", mental_health._BY_AGE, mental_health._BY_FIFTH, mental_health._PER_USER),
        ("community", community._BY_AGE, EVEN, community._PER_USER),
        ("social_care", social_care._BY_AGE, social_care._BY_FIFTH, social_care._PER_USER),
    ],
)
def test_services_for_some_have_the_users_and_contacts_that_the_tables_imply(
    service: str,
    table: tuple[tuple[int, float], ...],
    by_fifth: NDArray[np.float64],
    per_user: float,
) -> None:
    world = kent(PEOPLE)
    share = looked_up(world, table, by_fifth)
    found = counts(world, service)
    assert_mean(found - share * per_user * YEARS, 0.0, fault=0.3 * share.mean() * per_user * YEARS)
    # With proneness of variance 1 a user has no contact at all with chance 1 / (1 + mean).
    seen = share * (1 - 1 / (1 + per_user * YEARS))
    assert_count(int((found > 0).sum()), seen, fault=0.2)


def test_visits_by_the_fire_service_are_as_many_as_the_table_implies() -> None:
    world = kent(PEOPLE)
    older = np.zeros(world.homes.height, dtype=bool)
    older[world.layout.home_first[ages(world) >= 65]] = True
    fifth = world.homes["deprivation_fifth"].to_numpy().astype(np.int64)
    yearly = fire_visits._PER_HOME_YEAR * np.where(older, fire_visits._OLDER_RATIO, 1.0)
    chance = 1 - np.exp(-yearly * fire_visits._BY_FIFTH[fifth - 1] * YEARS)
    visits = world.events["fire_visits"]
    assert_count(visits.height, chance, fault=0.25)
    assert visits["home_id"].is_unique().all()
    assert visits["person_id"].null_count() == visits.height


def test_contacts_vary_between_people_more_than_chance_alone() -> None:
    # Proneness of mean 1 and variance v gives a variance of mean + v mean^2.
    world = kent(PEOPLE)
    expected = looked_up(world, a_and_e._BY_AGE, a_and_e._BY_FIFTH) * YEARS
    squares = (counts(world, "a_and_e") - expected) ** 2
    assert_mean(squares, float((expected + expected**2).mean()), fault=0.3)
    alike = make_world(
        world_spec(20_000, contact_variance=0.0, life=STILL), {"a_and_e": A_AND_E}, {}, seed=1
    )
    expected = looked_up(alike, a_and_e._BY_AGE, a_and_e._BY_FIFTH) * YEARS
    squares = (counts(alike, "a_and_e") - expected) ** 2
    assert_mean(squares, float(expected.mean()), fault=0.1)


A_AND_E = AgencySpec(title="A&E", service="a_and_e", fields=("event_time",))


def test_proneness_is_shared_by_services() -> None:
    world = kent(PEOPLE)
    emergency, inpatient = counts(world, "a_and_e"), counts(world, "admissions")
    with_both = np.corrcoef(emergency, inpatient)[0, 1]
    # Far above the 0.02 that chance allows at this size.
    assert with_both > 0.1


@pytest.mark.parametrize("agency", [*CARE, "fire_visits"])
def test_events_lie_inside_the_window_and_are_timed_to_the_minute(agency: str) -> None:
    times = kent(PEOPLE).events[agency]["event_time"]
    start = datetime.combine(START, datetime.min.time())
    assert times.min() >= start
    assert times.max() < start + timedelta(days=730)
    assert set(times.dt.second()) == {0}
    assert set(times.dt.microsecond()) == {0}
    # Every part of the window has its share.
    late = int((times >= start + timedelta(days=365)).sum())
    assert_share(late, times.len(), 0.5, fault=0.25)


@pytest.mark.parametrize(
    ("agency", "hours"), [("a_and_e", ROUND_THE_CLOCK), ("community", OFFICE_HOURS)]
)
def test_events_keep_the_hours_of_their_service(agency: str, hours: tuple[float, ...]) -> None:
    found = kent(PEOPLE).events[agency]["event_time"].dt.hour().to_numpy()
    for hour, count in enumerate(np.bincount(found, minlength=24)):
        assert_share(int(count), found.size, hours[hour] / sum(hours))


@pytest.mark.parametrize("agency", CARE)
def test_costs_have_the_mean_and_spread_of_their_service(agency: str) -> None:
    model: ServiceModel = CONTACTS[agency]
    pence = kent(PEOPLE).events[agency]["cost_pence"].to_numpy()
    assert pence.min() > 0
    logs = np.log(pence / 100)
    assert_mean(logs, np.log(model.mean_cost) - model.cost_spread**2 / 2, fault=0.05)
    assert_mean((logs - logs.mean()) ** 2, model.cost_spread**2, fault=0.1 * model.cost_spread)


def test_a_stated_share_of_attendances_begins_at_home_and_none_of_other_contacts() -> None:
    world = kent(PEOPLE)
    at_home = world.events["a_and_e"]["at_home"]
    assert_share(int(at_home.sum()), at_home.len(), a_and_e.MODEL.home_share, fault=0.1)
    assert not world.events["community"]["at_home"].any()


def test_an_event_is_at_the_home_lived_in_on_its_day() -> None:
    world, _, truth = recorded(20_000)
    for agency in CARE:
        events = world.events[agency].with_columns(day=pl.col("event_time").dt.date())
        lived = events.join(
            truth.residences.rename({"home_id": "lived_in"}), on="person_id"
        ).filter(pl.col("day").is_between("since", "until", closed="left"))
        assert lived.height == events.height
        assert (lived["home_id"] == lived["lived_in"]).all()


def test_most_contacts_are_at_the_site_that_serves_the_home() -> None:
    world = kent(PEOPLE)
    events = world.events["community"]
    msoa = world.homes["msoa"].to_numpy().astype(np.int64)[world.positions["community"].home]
    people = PEOPLE_PER_TEAM["community team"]
    own_site = site_number("community team", site_of_msoa(msoa, people))
    elsewhere = int((events["place"].to_numpy() != own_site).sum())
    assert_share(elsewhere, events.height, timeline._OTHER_SITE, fault=0.2)


def test_event_ids_are_unique_over_all_agencies() -> None:
    ids = pl.concat([frame["event_id"] for frame in kent(PEOPLE).events.values()])
    assert ids.is_unique().all()


def test_an_age_is_looked_up_in_the_row_that_it_has_reached() -> None:
    table = ((0, 1.0), (5, 2.0), (80, 3.0))
    found = by_age(np.array([0.0, 4.99, 5.0, 79.9, 80.0, 104.0]), table)
    assert found.tolist() == [1.0, 1.0, 2.0, 2.0, 3.0, 3.0]


def own_agency(**contact: float) -> AgencySpec:
    """An agency with a service of the proposal's own."""
    return AgencySpec.model_validate(
        {"title": "Own", "service": "own", "fields": ["nhs_number"], "contact": contact}
    )


def test_an_own_service_has_its_stated_rate_ages_gradient_and_cost() -> None:
    given = {"per_person_year": 1.5, "age_from": 20, "age_to": 40, "deprivation_ratio": 2.0}
    agency = own_agency(**given, cost_pounds=80.0)
    world = make_world(world_spec(30_000, life=STILL), {"own": agency}, {}, seed=4)
    found, age, fifth = counts(world, "own"), ages(world), fifths(world)
    eligible = (age >= 20) & (age < 41)
    assert found[~eligible].sum() == 0
    # Equal steps of the logarithm around the middle fifth: the square root of 2 at the top.
    for value, factor in ((1, 2**0.5), (2, 2**0.25), (3, 1.0), (4, 2**-0.25), (5, 2**-0.5)):
        among = found[eligible & (fifth == value)]
        assert_mean(among, 1.5 * YEARS * factor, fault=0.2 * among.mean() + 0.5)
    events = world.events["own"]
    assert_mean(events["cost_pence"].to_numpy(), 8_000, fault=200)
    assert set(events["event_time"].dt.hour()) <= {h for h, w in enumerate(OFFICE_HOURS) if w}


def test_two_agencies_of_one_service_have_contacts_of_their_own() -> None:
    agencies = {"east": A_AND_E, "west": A_AND_E}
    world = make_world(world_spec(5_000), agencies, {}, seed=1)
    east, west = world.events["east"]["event_id"], world.events["west"]["event_id"]
    assert not set(east) & set(west)


def test_expected_costs_are_rates_times_mean_costs_and_nothing_for_visits_to_homes() -> None:
    agency = own_agency(per_person_year=2.0, cost_pounds=50.0)
    other = own_agency(per_person_year=1.0, cost_pounds=10.0)
    fire = AgencySpec(title="Fire", service="fire_visits", fields=("uprn",))
    world = make_world(world_spec(2_000, contact_variance=0.0, life=STILL), {"own": agency}, {}, 1)
    args = (world.seed, world.spec, world.people, world.homes, world.layout)
    cost = timeline.expected_costs(*args, [agency, other, fire])
    assert cost == pytest.approx(np.full(2_000, (2.0 * 50.0 + 10.0) * YEARS))
    assert not timeline.expected_costs(*args, [fire]).any()
