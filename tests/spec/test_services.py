"""Services: contacts come at the rates set, and at those published, with their gradients.

Realised figures lie within four standard errors of the rates set: one sample in 16,000 would not.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, get_args

import numpy as np
import polars as pl
import pytest

from simulator.events import (
    ambulance,
    gp_consultations,
    offenders,
    offending,
    police_incidents,
)
from simulator.events.contacts import mean_contacts
from simulator.events.models import CONTACTS, HOME_EVENTS, OF_HOMES, OF_PEOPLE
from simulator.schema import FIELDS
from simulator.services import SERVICES, Service
from simulator.specs import AgencySpec, EffectSpec
from simulator.world import make_world
from tests.kent_like import world_spec
from tests.statistical import assert_mean, assert_share
from tests.town_of_agencies import PEACEFUL, PEOPLE, YEARS, counts, in_the_middle, town

if TYPE_CHECKING:
    from simulator.state import World

FOUR_STANDARD_ERRORS = 6.3e-5  # two-sided, normal
ONE_YEAR = 365 * 1_440
OF_SERVICE = {agency.service: name for name, agency in PEACEFUL.items()}
NEW = [service for service in CONTACTS if service in OF_SERVICE]


def agency(service: Service, *fields: str) -> AgencySpec:
    """An agency of a service with these fields and no error."""
    return AgencySpec(title="One", service=service, fields=fields)


def test_every_service_of_the_table_has_a_model_and_no_other_has_one() -> None:
    assert tuple(SERVICES) == get_args(Service)
    of = {
        ("events", "person"): {*CONTACTS, "own"},
        ("events", "home"): set(HOME_EVENTS),
        ("register", "person"): set(OF_PEOPLE),
        ("register", "home"): set(OF_HOMES),
        ("register", "household"): set(OF_HOMES),
    }
    for service, kind in SERVICES.items():
        if kind.keeps != "violence":
            assert service in of[kind.keeps, kind.of]
    models = {*CONTACTS, *HOME_EVENTS, *OF_PEOPLE, *OF_HOMES}
    assert models < set(SERVICES)


@pytest.mark.parametrize("service", NEW)
def test_events_have_the_content_that_their_service_says(service: Service) -> None:
    frame = town().events[OF_SERVICE[service]]
    content = SERVICES[service].content
    assert set(content) <= set(frame.columns)
    usual = {"event_id", "person_id", "home_id", "event_time", "place", "at_home", "cost_pence"}
    assert set(frame.columns) - usual <= set(content)
    assert all(frame.schema[name] == FIELDS[name].dtype for name in content)


@pytest.mark.parametrize(
    "service", [s for s in NEW if CONTACTS[s].sequels is None and s != "deaths"]
)
def test_people_have_as_many_contacts_as_the_rates_imply(service: Service) -> None:
    model, clients = CONTACTS[service], in_the_middle()
    expected = mean_contacts(1, model, clients, 730)
    if model.is_once:
        expected = 1 - np.exp(-expected)
    excess = counts(OF_SERVICE[service]) - expected
    # Given each person's own rate, counts are independent.
    assert_mean(excess, 0.0, 0.5 * expected.mean(), FOUR_STANDARD_ERRORS)


@pytest.mark.parametrize(
    ("service", "published"),
    [
        ("gp_consultations", gp_consultations.PER_PERSON_YEAR),
        ("ambulance", ambulance.PER_PERSON_YEAR),
        ("police_incidents", police_incidents.PER_PERSON_YEAR),
    ],
)
def test_rates_a_person_and_year_are_those_published(service: Service, published: float) -> None:
    found = counts(OF_SERVICE[service]) / YEARS
    error = 4 * found.std(ddof=1) / np.sqrt(PEOPLE)
    # A few people with very many calls make that rate hard to tell.
    assert error < 0.12 * published
    # The make-up of a town of this size moves the mean rate by up to 2 %.
    assert abs(found.mean() - published) < error + 0.02 * published


def test_at_50_the_most_deprived_consult_as_the_least_deprived_do_at_70() -> None:
    clients = in_the_middle()
    found = counts("gp_consultations")
    sex = np.where(clients.female, gp_consultations._WOMEN, gp_consultations._MEN)
    young = found[(abs(clients.age - 50) < 6) & (clients.fifth == 1)]
    # At the same age as the young of the least deprived fifth nobody consults as often.
    rate = gp_consultations.rates(1, clients) / sex
    for least, most in ((70.0, 50.0), (60.0, 40.0)):
        old = rate[(abs(clients.age - least) < 0.5) & (clients.fifth == 5)]
        new = rate[(abs(clients.age - most) < 0.5) & (clients.fifth == 1)]
        assert old.mean() == pytest.approx(new.mean(), rel=0.01)
    alike = found[(abs(clients.age - 70) < 6) & (clients.fifth == 5)]
    unlike = found[(abs(clients.age - 50) < 6) & (clients.fifth == 5)]
    error = 4 * np.sqrt(young.var() / young.size + alike.var() / alike.size)
    assert abs(young.mean() - alike.mean()) < error < 0.25 * young.mean()
    assert young.mean() - unlike.mean() > error


@pytest.mark.parametrize("service", sorted({*NEW} - {"community", "reablement", "screening"}))
def test_the_most_deprived_have_more_contacts_than_the_least(service: Service) -> None:
    clients = in_the_middle()
    young = clients.age < 65
    if service in ("cancer", "deaths", "prison"):
        # Too few to tell from their counts: their rates at one age say it.
        rate = CONTACTS[service].rates(1, clients)
        band = (clients.age > 50) & (clients.age < 55)
        most, least = (rate[band & (clients.fifth == fifth)].mean() for fifth in (1, 5))
        assert most > least
        return
    found = counts(OF_SERVICE[service])[young]
    most, least = (found[clients.fifth[young] == fifth] for fifth in (1, 5))
    assert most.mean() > least.mean()


def test_the_least_deprived_come_to_screening_more_often() -> None:
    clients, found = in_the_middle(), counts("screening")
    women = clients.female & (clients.age > 50) & (clients.age < 70)
    assert found[women & (clients.fifth == 5)].mean() > found[women & (clients.fifth == 1)].mean()


def test_most_people_never_call_an_ambulance_and_a_few_call_all_the_time() -> None:
    found = counts("ambulance")
    expected = ambulance.mean_rates(in_the_middle()) * YEARS
    usual = found < 100
    # Variance mean + mean^2 / r. Squares of counts with so long a tail are known to some 30 %.
    spread = (found[usual] - found[usual].mean()) ** 2
    dispersion = found[usual].mean() ** 2 / (spread.mean() - found[usual].mean())
    assert 0.06 < dispersion < 0.15
    assert np.mean(found == 0) > 0.80
    top = np.sort(found)[::-1][: PEOPLE // 100].sum()
    assert 0.25 < top / found.sum() < 0.70
    assert expected.max() < 5
    often = ambulance.rates(1, in_the_middle()) == ambulance._THEIR_CALLS
    assert 0 < often.sum() < 10


def first_offences(world: World) -> pl.DataFrame:
    """First offence of each person in the first year, with how many follow within a year."""
    events = world.events["courts"].sort("person_id", "event_time")
    first = events.group_by("person_id").agg(pl.all().first())
    early = first.filter(pl.col("event_time") < world.spec.start + timedelta(days=364))
    later = events.join(early.select("person_id", first="event_time"), on="person_id").filter(
        pl.col("event_time") > pl.col("first"),
        pl.col("event_time") <= pl.col("first") + timedelta(days=365),
    )
    again = later.group_by("person_id").len("again")
    return early.join(again, on="person_id", how="left").with_columns(pl.col("again").fill_null(0))


def test_as_many_reoffend_within_a_year_as_is_published_by_previous_offences() -> None:
    world = make_world(world_spec(200_000), {"courts": PEACEFUL["courts"]}, {}, seed=3)
    offences = first_offences(world)
    again = offences.filter(pl.col("again") > 0)
    args = (FOUR_STANDARD_ERRORS, 0.5)
    assert_share(again.height, offences.height, 0.281, *args)
    for low, high, share, chance in offenders.PREVIOUS:
        band = pl.col("previous_offences").is_between(low, high)
        among = offences.filter(band)
        assert_share(among.height, offences.height, share, *args)
        assert_share(among.filter(pl.col("again") > 0).height, among.height, chance, args[0], 0.99)
    expected = offending.OFFENCES_PER_REOFFENDER
    assert_mean(again["again"].to_numpy(), expected, 0.4, FOUR_STANDARD_ERRORS)


def test_each_offence_adds_one_to_those_before_it() -> None:
    events = town().events["courts"].sort("person_id", "event_time", "previous_offences")
    steps = events.select(
        pl.col("previous_offences").cast(pl.Int64).diff().over("person_id").drop_nulls()
    )
    assert steps.height > 500
    assert steps.to_series().is_in([1]).all()


def test_offences_prisons_and_probation_see_the_same_people() -> None:
    known = offenders.are_known(1, in_the_middle())
    assert known[counts("courts") > 0].all()
    assert known[counts("prison") > 0].all()
    assert 0.05 < known.mean() < 0.12


@pytest.mark.parametrize(("name", "longest"), [("reablement", 42), ("prison", 7_000)])
def test_spells_end_after_they_begin_or_go_on_at_the_end_of_the_window(
    name: str, longest: int
) -> None:
    world = town()
    events = world.events[name]
    length = events["end_time"] - events["event_time"]
    assert length.min() >= timedelta(days=1)
    assert length.max() <= timedelta(days=longest)
    assert events["end_time"].max() < pl.Series([world.spec.end]).cast(pl.Datetime("us"))[0]
    assert 0 < events["end_time"].null_count() < events.height


def test_cancer_is_diagnosed_once_between_referral_and_treatment() -> None:
    events = town().events["cancer_registry"]
    assert events["person_id"].is_unique().all()
    assert (events["referral_time"] <= events["event_time"]).all()
    treated = events.drop_nulls("treatment_time")
    assert (treated["treatment_time"] >= treated["event_time"]).all()
    assert 0 < treated.height < events.height
    women = events.join(town().people.select("person_id", "sex"), on="person_id")
    assert women.filter(sex="F", cancer_site="prostate").is_empty()
    assert set(events["cancer_stage"]) == {1, 2, 3, 4}


def test_screening_is_of_those_invited() -> None:
    events = (
        town()
        .events["screening"]
        .join(town().people.select("person_id", "sex"), on="person_id", maintain_order="left")
    )
    age = in_the_middle().age[town().positions["screening"].person]
    for kind, low, high in (("breast", 50, 71), ("cervical", 25, 65), ("bowel", 60, 75)):
        at = (events["screening_kind"] == kind).to_numpy()
        assert at.sum() > 500
        assert age[at].min() >= low
        assert age[at].max() < high
        assert kind == "bowel" or set(events.filter(pl.Series(at))["sex"]) == {"F"}


def test_two_agencies_see_the_same_diagnoses_and_deaths_and_not_the_same_consultations() -> None:
    pair = {
        f"{service} {side}": agency(service, "event_time")
        for service in ("cancer", "deaths", "gp_consultations")
        for side in ("east", "west")
    }
    events = make_world(world_spec(3_000), pair, {}, seed=1).events
    assert events["cancer east"].equals(events["cancer west"])
    assert events["deaths east"].equals(events["deaths west"])
    east, west = (events[f"gp_consultations {side}"]["event_id"] for side in ("east", "west"))
    assert not set(east) & set(west)


def test_who_dies_has_no_contact_afterwards_and_nothing_else_changes() -> None:
    few = {name: PEACEFUL[name] for name in ("deaths", "gp_consultations", "courts", "screening")}
    on = make_world(world_spec(20_000, life={"births": 0, "deaths": 0}), few, {}, seed=1)
    off = make_world(world_spec(20_000, life={"births": 0}), few, {}, seed=1)
    died = off.events["deaths"].select("person_id", died="event_time")
    assert not on.events["deaths"].height
    assert died.height == off.people["died_on"].is_not_null().sum()
    assert died["person_id"].is_unique().all()
    for name in ("gp_consultations", "courts", "screening"):
        both = on.events[name].join(died, on="person_id", how="left", maintain_order="left")
        alive = (pl.col("event_time") <= pl.col("died")).fill_null(value=True)
        assert off.events[name].equals(both.filter(alive).drop("died"))
    assert off.events["gp_consultations"].height < on.events["gp_consultations"].height


@pytest.mark.parametrize("ratio", [0.5, 2.0])
def test_an_effect_on_offending_changes_reoffending_too(ratio: float) -> None:
    programme = {
        "title": "Programme",
        "service": "own",
        "fields": ["event_time"],
        "contact": {"per_person_year": 8.0},
    }
    few = {"programme": AgencySpec.model_validate(programme), "courts": PEACEFUL["courts"]}
    effect = EffectSpec.model_validate(
        {"exposure": "programme", "outcome": "courts", "ratio": ratio}
    )
    spec = world_spec(100_000, contact_variance=0.0)
    plain, changed = (
        make_world(spec, few, effects, seed=2).events for effects in ({}, {"planted": effect})
    )
    first = plain["programme"].group_by("person_id").agg(first=pl.col("event_time").min())
    late = [
        frame.join(first, on="person_id").filter(pl.col("event_time") > pl.col("first")).height
        for frame in (plain["courts"], changed["courts"])
    ]
    assert late[0] > 500
    # Offences come in runs, of 1 + 0.281 x 2.9 on average, so that counts spread about twice.
    error = 4 * 2 * np.sqrt(1 / late[0] + 1 / late[1])
    assert abs(np.log(late[1] / late[0] / ratio)) < error < 0.45
