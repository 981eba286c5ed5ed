"""Small hand-made worlds and releases for the tests of attacks."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import NamedTuple

import numpy as np
import polars as pl

from reidentify.release import Release
from reidentify.safeguards import coarsen_events, coarsen_people
from reidentify.specs import DatedEventsSpec, ReleaseSpec
from simulator.life.lives import Lives
from simulator.specs import WorldSpec
from simulator.state import Layout, World

START = date(2016, 4, 1)
SERVICES = ("a_and_e", "admissions")


class Person(NamedTuple):
    """Somebody; the position in a list is the person."""

    sex: str | None = "F"
    born: date | None = date(1980, 6, 15)
    area: int | None = 1
    number: int = 9_000_000_000


class Contact(NamedTuple):
    """A contact of the person at a position."""

    person: int
    day: date
    service: str = "a_and_e"
    place: int = 1


PEOPLE_TYPES = {
    "date_of_birth": pl.Date(),
    "sex": pl.String(),
    "lsoa": pl.UInt32(),
    "msoa": pl.UInt32(),
    "deprivation_fifth": pl.UInt8(),
}


def attributes(people: list[Person]) -> pl.DataFrame:
    """What may be known of people: areas 1 to 9 of a middle area, fifths by area."""
    return pl.DataFrame(
        {
            "date_of_birth": [person.born for person in people],
            "sex": [person.sex for person in people],
            "lsoa": [person.area for person in people],
            "msoa": [None if person.area is None else person.area // 10 for person in people],
            "deprivation_fifth": [
                None if person.area is None else person.area % 5 + 1 for person in people
            ],
        },
        schema=PEOPLE_TYPES,
    )


def person_ids(count: int) -> pl.Series:
    """Person ids 501, 502, ... as no release has them."""
    return pl.Series("person_id", np.arange(501, 501 + count), dtype=pl.UInt64())


def row_ids(count: int) -> pl.Series:
    """Row ids 7,000,010, 7,000,020, ... of a release."""
    return pl.Series("row_id", 7_000_000 + 10 * np.arange(1, count + 1), dtype=pl.UInt64())


def events_of(contacts: list[Contact], service: str, owner: str, ids: pl.Series) -> pl.DataFrame:
    """Events of one service, a column `owner` saying whose they are, in the order of contacts."""
    chosen = [contact for contact in contacts if contact.service == service]
    return pl.DataFrame(
        {
            "number": np.arange(1, len(chosen) + 1, dtype=np.uint64) + 1000 * len(service),
            owner: pl.Series([ids[contact.person] for contact in chosen], dtype=pl.UInt64()),
            "event_time": pl.Series(
                [datetime.combine(contact.day, time(9, 30)) for contact in chosen],
                dtype=pl.Datetime("us"),
            ),
            "place": pl.Series([contact.place for contact in chosen], dtype=pl.UInt32()),
            "cost_pence": np.zeros(len(chosen), dtype=np.int64),
        }
    )


def small_world(people: list[Person], contacts: list[Contact], seed: int = 1) -> World:
    """A world of these people and contacts, 730 days long."""
    ids = person_ids(len(people))
    frame = attributes(people).with_columns(
        ids, pl.Series("nhs_number", [person.number for person in people], dtype=pl.Int64())
    )
    none = np.zeros(0, dtype=np.int64)
    return World(
        spec=WorldSpec.model_validate(
            {"real_population": 1_000, "start": START, "days": 730, "move_rate": 0.1}
        ),
        seed=seed,
        people=frame,
        homes=pl.DataFrame(),
        places=pl.DataFrame(),
        events={
            service: events_of(contacts, service, "person_id", ids).rename({"number": "event_id"})
            for service in SERVICES
        },
        positions={},
        layout=Layout(**vars(Lives.calm(none, none, none)), error_multiplier=none.astype(float)),
    )


def release_spec(**changes: object) -> ReleaseSpec:
    """Rows to the day, the date of birth and the small area, but for some changes."""
    given = {"title": "x", "events": SERVICES, "age": "birth_date", "practice": False}
    return ReleaseSpec.model_validate(given | changes)


def small_release(
    people: list[Person], contacts: list[Contact], spec: ReleaseSpec | None = None
) -> Release:
    """A release with one row a person, as if everybody had been linked perfectly."""
    spec = spec or release_spec()
    ids = row_ids(len(people))
    events = {
        service: coarsen_events(
            events_of(contacts, service, "person", ids).rename({"number": "row_id"}), spec
        )
        for service in spec.events
    }
    return Release(
        "analysts",
        spec,
        pl.DataFrame([ids]).hstack(coarsen_people(attributes(people), spec)),
        events,
    )


def attack_spec(**changes: object) -> DatedEventsSpec:
    """An attack with exact memory, one to three contacts, and a lead of ten to one."""
    given: dict[str, object] = {
        "adversary": "dated_events",
        "recipient": "analysts",
        "services": SERVICES,
        "contacts": (1, 2, 3),
        "date_error_days": 0,
        "misremembered": 0,
        "gap": 2.3,
    }
    return DatedEventsSpec.model_validate(given | changes)
