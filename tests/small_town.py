"""A town with violence, small enough to be made in a test, and busy enough to count in."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from simulator.agencies import CATALOGUE
from simulator.extracts import extract
from simulator.specs import WorldSpec
from simulator.violence.incidents import with_trial, with_violence
from simulator.violence.recording import write_down
from simulator.violence.specs import RecordingSpec, ViolenceSpec
from simulator.world import make_world
from tests.statistical import assert_count

if TYPE_CHECKING:
    from simulator.schema import Dataset
    from simulator.specs import Service
    from simulator.state import World
    from simulator.truth import RecordTruth
    from simulator.violence.recording import Written
    from simulator.violence.state import Violence

PEOPLE = 20_000
DAYS = 364  # whole weeks, so that shares of the week are exact
THOUSAND_YEARS = PEOPLE / 1_000 * DAYS / 365.25
START = date(2016, 4, 1)
ASSAULTS, CRIMES, CONTACTS = "a_and_e_assaults", "police_crimes", "police_contacts"
FILES = (ASSAULTS, CRIMES, CONTACTS)

# Many times more than anywhere, so that a small town has enough to count.
BUSY = {
    "a_and_e_per_1000": 100.0,
    "police_per_1000": 300.0,
    "contacts_per_1000": 300.0,
    "repeat_variance": 0.0,
}


def world_spec(people: int = PEOPLE, **changes: Any) -> WorldSpec:
    """A borough with much moving, but for some changes."""
    given = {
        "people": people,
        "real_population": 260_000,
        "start": START,
        "days": DAYS,
        "region": "inner_borough",
        "move_rate": 0.2,
    }
    return WorldSpec.model_validate(given | changes)


def violence_spec(**changes: Any) -> ViolenceSpec:
    """Much violence, and nobody more prone to it than others of their kind, but for changes."""
    return ViolenceSpec.model_validate(BUSY | changes)


def recording_spec(**changes: Any) -> RecordingSpec:
    """Recording as by default, but for some changes."""
    return RecordingSpec.model_validate(changes)


@cache
def peaceful(people: int = PEOPLE, seed: int = 1) -> World:
    """A borough before anything happens in it."""
    return make_world(world_spec(people), {}, {}, seed)


@cache
def town(people: int = PEOPLE, seed: int = 1) -> World:
    """The same borough with violence."""
    return with_violence(peaceful(people, seed), violence_spec())


@cache
def other_nights() -> World:
    """The same town and people, and other nights."""
    return with_trial(town(), 1)


def violence(world: World) -> Violence:
    """What happened in a world that has violence."""
    assert world.violence is not None
    return world.violence


def participants(world: World, kind: str, role: str = "victim") -> pl.DataFrame:
    """Incidents of a kind with those in a role, and their sex, ordered as Violence.people."""
    held = violence(world)
    found = held.people.filter(pl.col("role") == role).join(
        held.incidents.filter(pl.col("kind") == kind),
        on="incident_id",
        how="inner",
        maintain_order="left",
    )
    return found.with_columns(sex=world.people["sex"].gather(found["person"]))


def incidents(world: World, kind: str) -> pl.DataFrame:
    """Incidents of a kind."""
    return violence(world).incidents.filter(pl.col("kind") == kind)


@cache
def written(service: Service, **changes: Any) -> Written:
    """What a service of the town writes down, before names are damaged."""
    return write_down(town(), service, recording_spec(**changes))


@cache
def file(name: str, **changes: Any) -> tuple[Dataset, RecordTruth]:
    """One of the town's three files and the truth about it."""
    return extract(town(), name, CATALOGUE[name], recording_spec(**changes))


def flagged(found: Written, *errors: str) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Says which records have any of these errors in the log, in order of `event_id`."""
    wrong = found.errors.filter(pl.col("error").is_in(errors))["event_id"]
    return found.about["event_id"].is_in(wrong.implode()).to_numpy()


def assert_poisson(observed: int, expected: float, fault: float = 0.25) -> None:
    """Asserts that a count of events at random fits an expected number (see assert_count)."""
    slices = 10_000_000
    assert_count(observed, np.full(slices, expected / slices), fault=fault)
