"""Effects: a planted ratio is there, and nothing else changes."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

from simulator.agencies import CATALOGUE
from simulator.birthdays import born_by
from simulator.effects import NEVER, EffectCycle, drawing_order, first_exposure
from simulator.events.contacts import OFFICE_HOURS
from simulator.lifecourse import residences
from simulator.specs import AgencySpec, EffectSpec
from simulator.world import make_world, simulate
from tests.kent_like import AGENCIES, world_spec
from tests.statistical import assert_share

if TYPE_CHECKING:
    from collections.abc import Mapping

    from simulator.state import World

PEOPLE = 20_000


def own(per_person_year: float) -> AgencySpec:
    """A service with this many contacts a person and year."""
    return AgencySpec.model_validate(
        {
            "title": "Own",
            "service": "own",
            "fields": ["nhs_number"],
            "contact": {"per_person_year": per_person_year},
        }
    )


CLINIC = {"course": own(0.5), "clinic": own(2.0)}


def effect(ratio: float, exposure: str = "course", outcome: str = "clinic") -> EffectSpec:
    """An effect of this ratio."""
    return EffectSpec.model_validate({"exposure": exposure, "outcome": outcome, "ratio": ratio})


def world_with(ratio: float | None, **changes: object) -> World:
    """A world of courses and clinics with a planted ratio, or with no effect."""
    effects = {} if ratio is None else {"planted": effect(ratio)}
    return make_world(world_spec(PEOPLE, **changes), CLINIC, effects, seed=6)


def split(world: World, outcome: str = "clinic") -> tuple[pl.DataFrame, pl.DataFrame]:
    """Events of the outcome after a first course, and all others."""
    first = world.events["course"].group_by("person_id").agg(first=pl.col("event_time").min())
    events = world.events[outcome].join(first, on="person_id", how="left", maintain_order="left")
    after = (pl.col("event_time") > pl.col("first")).fill_null(value=False)
    return events.filter(after).drop("first"), events.filter(~after).drop("first")


@pytest.mark.parametrize("ratio", [0.5, 2.0])
def test_a_planted_ratio_changes_later_events_of_the_exposed_alone(ratio: float) -> None:
    plain_after, plain_rest = split(world_with(None))
    after, rest = split(world_with(ratio))
    assert rest.equals(plain_rest)
    assert rest.height > 10_000
    if ratio < 1:
        kept = after.join(plain_after, on=plain_after.columns, how="semi", maintain_order="left")
        assert kept.equals(after)
        # Each event stays with chance 0.5: binomial.
        assert_share(after.height, plain_after.height, ratio, fault=0.1)
    else:
        assert after.head(plain_after.height).equals(plain_after)
        # Added and plain events are Poisson with one mean: half of all are added.
        added = after.height - plain_after.height
        assert_share(added, after.height, 0.5, fault=0.1)


@pytest.mark.parametrize("ratio", [0.5, 1.0, 2.0])
def test_the_rate_after_exposure_over_the_rate_without_it_is_the_planted_ratio(
    ratio: float,
) -> None:
    # Everybody equally prone, so that the exposed differ from the others by the effect alone.
    world = world_with(ratio, contact_variance=0.0)
    after, rest = split(world)
    end = pl.lit(world.spec.end).cast(pl.Datetime("us"))
    first = world.events["course"].group_by("person_id").agg(pl.col("event_time").min())
    until = world.people.select("person_id", until=pl.coalesce("left_on", "died_on"))
    there = first.join(until, on="person_id", how="left")
    exposed = pl.coalesce(pl.col("until").cast(pl.Datetime("us")), end) - pl.col("event_time")
    exposed_time = there.select(exposed.dt.total_minutes()).sum().item()
    everybody = world.layout.share_there(world.spec.days).sum()
    other_time = everybody * world.spec.days * 1_440 - exposed_time
    found = (after.height / exposed_time) / (rest.height / other_time)
    # Rates are Poisson over gradients of age and area that both kinds of time share nearly.
    error = np.sqrt(1 / after.height + 1 / rest.height)
    assert 5 * error < 0.06
    assert abs(np.log(found / ratio)) < 5 * error + 0.01


def test_no_effect_leaves_every_event_as_it_was() -> None:
    plain, one = world_with(None), world_with(1.0)
    for agency in CLINIC:
        assert one.events[agency].equals(plain.events[agency])


def test_a_stronger_effect_removes_all_that_a_weaker_one_removes() -> None:
    weak, strong = (set(world_with(ratio).events["clinic"]["event_id"]) for ratio in (0.8, 0.3))
    assert strong < weak


def test_added_events_keep_the_hours_of_the_service_and_reach_the_end_of_the_window() -> None:
    plain, more = world_with(None).events["clinic"], world_with(3.0).events["clinic"]
    added = more.join(plain, on="event_id", how="anti")
    assert added.height > 10_000
    hours = added["event_time"].dt.hour().to_numpy()
    for hour, count in enumerate(np.bincount(hours, minlength=24)):
        assert_share(int(count), hours.size, OFFICE_HOURS[hour] / sum(OFFICE_HOURS), fault=0.5)
    end = datetime.combine(world_with(None).spec.end, time())
    assert end - timedelta(days=2) < added["event_time"].max() < end


def at_home_only(ratio: float) -> Mapping[str, EffectSpec]:
    """An effect of fire visits on attendances that begin at home."""
    given = {"exposure": "fire_visits", "outcome": "a_and_e", "only_at_home": True, "ratio": ratio}
    return {"visits": EffectSpec.model_validate(given)}


def test_a_visit_changes_attendances_at_home_of_those_who_lived_there_and_of_nobody_else() -> None:
    agencies = {name: CATALOGUE[name] for name in ("a_and_e", "fire_visits")}
    spec = world_spec(60_000, move_rate=0.4)
    plain = make_world(spec, agencies, {}, seed=2)
    found = make_world(spec, agencies, at_home_only(0.01), seed=2)
    # Who lived where a visit was made, on its minute; a move counts from midnight.
    visits = found.events["fire_visits"].select("home_id", visit="event_time")
    lived = residences(plain.people, spec).join(visits, on="home_id")
    there = lived.filter(
        pl.col("visit") >= pl.col("since").cast(pl.Datetime("us")),
        pl.col("visit") < pl.col("until").cast(pl.Datetime("us")),
    )
    exposed = there.group_by("person_id", "home_id", "until").agg(pl.col("visit").min())
    # An exposure ends when the person leaves that home.
    events = plain.events["a_and_e"].drop("home_id").join(exposed, on="person_id", how="inner")
    left = pl.col("event_time") >= pl.col("until").cast(pl.Datetime("us"))
    concerned = events.filter("at_home", pl.col("event_time") > pl.col("visit"), ~left)
    assert concerned.height > 200
    removed = plain.events["a_and_e"].join(found.events["a_and_e"], on="event_id", how="anti")
    assert set(removed["event_id"]) <= set(concerned["event_id"])
    assert removed.height > 0.95 * concerned.height


def test_an_effect_of_one_kind_of_work_spares_those_with_other_works_and_the_young() -> None:
    agencies = {name: CATALOGUE[name] for name in ("admissions", "housing_works")}
    given = {
        "exposure": "housing_works",
        "outcome": "admissions",
        "exposure_where": {"work_kind": ["electrics"]},
        "age_from": 60,
        "ratio": 0.01,
    }
    spec = world_spec(20_000, days=1_800)
    plain = make_world(spec, agencies, {}, seed=2)
    found = make_world(spec, agencies, {"x": EffectSpec.model_validate(given)}, seed=2)
    works = plain.events["housing_works"].filter(pl.col("work_kind") == "electrics")
    lived = residences(plain.people, spec).join(
        works.select("home_id", done="event_time"), on="home_id"
    )
    since, until = (pl.col(name).cast(pl.Datetime("us")) for name in ("since", "until"))
    there = lived.filter(pl.col("done") >= since, pl.col("done") < until)
    old = plain.people.filter(pl.Series(born_by(plain.people["date_of_birth"], spec.start, 60)))
    events = plain.events["admissions"].join(old.select("person_id"), on="person_id", how="semi")
    # In that home still, and after the work.
    concerned = events.join(there, on="person_id", how="inner").filter(
        pl.col("event_time") > pl.col("done"), pl.col("event_time") < until
    )
    removed = plain.events["admissions"].join(found.events["admissions"], on="event_id", how="anti")
    assert concerned["event_id"].n_unique() > 150
    assert set(removed["event_id"]) <= set(concerned["event_id"])
    # Each is spared with chance 1 in 100.
    assert removed.height > 0.95 * concerned["event_id"].n_unique()


def test_events_that_an_effect_adds_at_home_begin_at_home() -> None:
    agencies = {name: CATALOGUE[name] for name in ("a_and_e", "fire_visits")}
    spec = world_spec(PEOPLE)
    plain = make_world(spec, agencies, {}, seed=2).events["a_and_e"]
    more = make_world(spec, agencies, at_home_only(4.0), seed=2).events["a_and_e"]
    added = more.join(plain, on="event_id", how="anti")
    assert added.height > 50
    assert added["at_home"].all()
    assert more.head(plain.height).equals(plain)


def test_exposures_are_drawn_before_outcomes_and_other_agencies_keep_their_order() -> None:
    effects = {"one": effect(1.0, "c", "a"), "two": effect(1.0, "d", "c")}
    assert drawing_order(("a", "b", "c", "d"), effects) == ("b", "d", "c", "a")
    assert drawing_order(("a", "b"), {}) == ("a", "b")


def test_effects_in_a_ring_are_refused_with_the_names_in_it() -> None:
    ring = {"one": effect(1.0, "a", "b"), "two": effect(1.0, "b", "a")}
    with pytest.raises(EffectCycle, match="between a, b"):
        drawing_order(("a", "b", "c"), ring)
    with pytest.raises(EffectCycle, match="between a"):
        drawing_order(("a",), {"self": effect(1.0, "a", "a")})


def test_the_first_exposure_counts() -> None:
    first = first_exposure(3, np.array([2, 0, 2]), np.array([50, 7, 20]))
    assert first.tolist() == [7, NEVER, 20]


def test_adding_an_agency_changes_no_other_agencys_events_or_records() -> None:
    few = {name: CATALOGUE[name] for name in ("gp_register", "a_and_e", "fire_visits")}
    more = {"clinic": own(1.0), **AGENCIES}
    spec = world_spec(3_000)
    world, written, truth = simulate(spec, few, {}, seed=9)
    larger, also_written, also_truth = simulate(spec, more, {}, seed=9)
    assert world.people.equals(larger.people)
    for name in few:
        assert written[name].frame.equals(also_written[name].frame)
        assert truth.records[name].errors.equals(also_truth.records[name].errors)
    for name in world.events:
        assert world.events[name].equals(larger.events[name])


def test_adding_an_error_changes_no_other_error() -> None:
    spec, name = world_spec(3_000), "a_and_e"
    agency = CATALOGUE[name]
    fewer = {e: rate for e, rate in agency.errors.items() if e != "nhs_number_digit"}
    less = agency.model_copy(update={"errors": fewer})
    _, one, truth = simulate(spec, {name: agency}, {}, seed=9)
    _, two, other = simulate(spec, {name: less}, {}, seed=9)
    errors = truth.records[name].errors.filter(pl.col("error") != "nhs_number_digit")
    assert errors.equals(other.records[name].errors)
    assert one[name].frame.drop("nhs_number").equals(two[name].frame.drop("nhs_number"))
