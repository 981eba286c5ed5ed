"""Extracts: who appears in which agency's dataset, under fresh record ids.

A record is first drafted as it should be written, then damaged. Its id is a keyed scramble of what
it is about, and rows stand in order of that id, so neither says anything about the person.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from simulator import randomness
from simulator.carrying import NUMBERS, carried, carried_again
from simulator.consent import opted_out
from simulator.corruption import corrupt
from simulator.coverage import covered_share
from simulator.damages.records import Subjects, arrange, rewrite
from simulator.draft import Draft, Sources
from simulator.last_known import (
    HOME_FIELDS,
    field_of_homes,
    lived_since,
    written_home,
    written_surname,
)
from simulator.proneness import month_factor, provider_factor
from simulator.registering import register
from simulator.schema import FIELDS, Dataset
from simulator.services import SERVICES
from simulator.specs import OF_PEOPLE, OF_VIOLENCE
from simulator.subject import Subject
from simulator.truth import RecordTruth
from simulator.violence.recording import write_down

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.damages.records import Arranged
    from simulator.specs import AgencySpec, ConsentSpec
    from simulator.state import World
    from simulator.violence.specs import RecordingSpec

# No fixed abode (NHS Data Dictionary, "ZZ99 3VZ").
_OF_THE_HOMELESS = {"address": None, "postcode": "ZZ99 3VZ", "uprn": None, "lived_since": None}


def extract(
    world: World,
    name: str,
    agency: AgencySpec,
    recording: RecordingSpec | None = None,
    consent: ConsentSpec | None = None,
) -> tuple[Dataset, RecordTruth]:
    """Writes one agency's records, badly, and keeps the truth about them apart.

    Args:
        world: The world.
        name: Name of the agency; also of the dataset.
        agency: What it knows, writes down, and gets wrong.
        recording: How incidents are written down; for services that record violence only.
        consent: Who keeps their records out; nobody does if left out.

    Returns:
        The dataset, ordered by `record_id`, and the truth about its records.

    Raises:
        ValueError: If the agency records violence, and the world has none, or `recording` is not
            given.
    """
    subject = _subject(world, name, agency, recording)
    subject = _covered(world, name, agency, _consenting(world, consent, subject))
    multiplier = _multiplier(world, name, agency, subject)
    arranged = _arranged(world, name, agency, subject, multiplier)
    if arranged is not None:
        subject = replace(subject.at(arranged.at), ids=arranged.ids)
        multiplier = multiplier[arranged.at]
    record_id = randomness.words(world.seed, f"record of {name}", subject.ids)
    order = np.argsort(record_id)
    subject, multiplier, record_id = subject.at(order), multiplier[order], record_id[order]
    home, log = written_home(world, name, agency, subject, record_id)
    surname, late = written_surname(world, name, agency, subject, record_id)
    log += late
    draft = Draft(
        agency=name,
        seed=world.seed,
        record_id=record_id,
        person=subject.person,
        home=home,
        multiplier=multiplier,
        columns=_asked(
            world,
            name,
            agency,
            record_id,
            _rightly_written(world, name, agency, subject, home, surname),
        ),
        sources=Sources(world.people, world.homes, world.layout.mate, world.spec.end.year),
        date=_dates(world, subject),
        provider=subject.provider,
    )
    if arranged is not None:
        identity = (arranged.copy[order], arranged.second[order], arranged.other[order])
        again = carried_again(world, name, agency, subject, identity[1])
        columns, more = rewrite(draft, *identity, again)
        draft, log = replace(draft, columns=columns), arranged.log + log + more
    columns, more = corrupt(draft, agency.errors)
    log += more
    frame = pl.DataFrame({"record_id": record_id, **{f: columns[f] for f in agency.fields}})
    truth = RecordTruth(
        owners=_owners(world, subject, record_id),
        errors=_error_log(log.frame, _incident_log(subject, record_id)),
        cells=log.frame,
        tallies=log.counts,
    )
    return Dataset(name, frame), truth


def _subject(
    world: World, name: str, agency: AgencySpec, recording: RecordingSpec | None
) -> Subject:
    if agency.service in OF_VIOLENCE:
        if recording is None:
            raise ValueError(f"{name} records violence: say how (recording)")
        return _of_violence(world, agency, recording)
    if SERVICES[agency.service].keeps == "register":
        listed = register(world, agency.service, agency.ghosts.value)
        last_day = np.full(len(listed.ids), world.spec.days - 1)
        practice = world.people["practice"].cast(pl.Int64).to_numpy()
        provider = np.where(listed.person >= 0, practice[listed.person], -1)
        return Subject(
            listed.ids, listed.person, listed.home, last_day, provider, listed.ids, listed.content
        )
    events = world.events[name]
    positions = world.positions[name]
    day = (events["event_time"].dt.date() - world.spec.start).dt.total_days().to_numpy()
    ids = events["event_id"].to_numpy()
    site = events["place"].cast(pl.Int64).fill_null(-1).to_numpy()
    return Subject(ids, positions.person, positions.home, day, site, ids, events)


def _of_violence(world: World, agency: AgencySpec, recording: RecordingSpec) -> Subject:
    written = write_down(world, agency.service, recording)
    about = written.about
    person = about["person"].to_numpy()
    day = (about["time"].dt.date() - world.spec.start).dt.total_days().to_numpy()
    home = world.layout.home_on(person, day)
    ids = about["event_id"].to_numpy()
    none = np.full(len(ids), -1, dtype=np.int64)
    return Subject(ids, person, home, day, none, ids, written.content, written.errors)


def _consenting(world: World, consent: ConsentSpec | None, subject: Subject) -> Subject:
    """Keeps the records of those who do not opt out; records of homes alone all stay."""
    if consent is None or consent.opt_out.value == 0.0:
        return subject
    out = opted_out(world, consent)
    return subject.at(np.flatnonzero((subject.person < 0) | ~out[subject.person]))


def _covered(world: World, name: str, agency: AgencySpec, subject: Subject) -> Subject:
    """Keeps the records that the agency passes on."""
    share = covered_share(world, agency.coverage.value, agency.coverage_ratios, subject.person)
    kept = randomness.happens(world.seed, f"covered by {name}", subject.ids, share)
    return subject.at(np.flatnonzero(kept))


def _dates(world: World, subject: Subject) -> NDArray[np.datetime64]:
    """Gives the date of what each record is about, datetime64[D]."""
    return np.asarray((np.datetime64(world.spec.start) + subject.day).astype("datetime64[D]"))


def _multiplier(
    world: World, name: str, agency: AgencySpec, subject: Subject
) -> NDArray[np.float64]:
    """Gives the multiplier of all rates: of person and groups, of the provider, of its month."""
    known = subject.person >= 0
    found = np.where(known, world.layout.error_multiplier[subject.person], 1.0)
    if agency.provider_variance is not None:
        variance = agency.provider_variance.value
        found = found * provider_factor(world.seed, name, subject.provider, variance)
    if agency.month_variance is not None:
        variance, dates = agency.month_variance.value, _dates(world, subject)
        found = found * month_factor(world.seed, name, subject.provider, dates, variance)
    return found


def _arranged(
    world: World,
    name: str,
    agency: AgencySpec,
    subject: Subject,
    multiplier: NDArray[np.float64],
) -> Arranged | None:
    """Draws which records there are; None if each subject has one, and nobody is left out."""
    about = Subjects(
        seed=world.seed,
        agency=name,
        ids=subject.ids,
        person=subject.person,
        person_id=world.people["person_id"].to_numpy()[np.maximum(subject.person, 0)],
        multiplier=multiplier,
        mate=world.layout.mate,
        one_each=SERVICES[agency.service].keeps == "register",
    )
    return arrange(about, agency.errors)


def _rightly_written(
    world: World,
    agency_name: str,
    agency: AgencySpec,
    subject: Subject,
    home: NDArray[np.int64],
    surname: pl.Series | None,
) -> dict[str, pl.Series]:
    """Returns what the agency knows, rightly written; areas are those of the last known home."""
    columns: dict[str, pl.Series] = {}
    person = subject.named
    for name in agency.fields:
        if name == "surname" and surname is not None:
            values = surname
        elif name == "lived_since":
            values = lived_since(world, subject, home)
        elif name in OF_PEOPLE:
            values = world.people[name].gather(person)
        elif name in HOME_FIELDS:
            values = field_of_homes(world, name).gather(home)
        elif name in NUMBERS:
            values = carried(world, agency_name, agency, name, subject, _dates(world, subject))
        else:
            values = subject.events[name]
        columns[name] = values.cast(FIELDS[name].dtype)
    homeless = (subject.person >= 0) & world.layout.is_homeless(subject.person, subject.day)
    if homeless.any():
        for name, value in _OF_THE_HOMELESS.items():
            if name in columns:
                columns[name] = columns[name].set(pl.Series(homeless), value)
    return columns


def _asked(
    world: World,
    name: str,
    agency: AgencySpec,
    record_id: NDArray[np.uint64],
    columns: dict[str, pl.Series],
) -> dict[str, pl.Series]:
    """Leaves out what was not asked for; who gives one thing tends to give the others."""
    if not agency.completeness:
        return columns
    reluctance = randomness.uniform(world.seed, f"{name}: not asked", record_id)
    frame = pl.DataFrame(columns).with_columns(
        pl.when(pl.lit(pl.Series(reluctance)) < share.value).then(field).alias(field)
        for field, share in agency.completeness.items()
    )
    return frame.to_dict()


def _owners(world: World, subject: Subject, record_id: NDArray[np.uint64]) -> pl.DataFrame:
    person = world.people["person_id"].gather(np.maximum(subject.person, 0))
    return pl.DataFrame(
        {
            "record_id": record_id,
            "person_id": person,
            "home_id": world.homes["home_id"].gather(subject.home),
            "date": pl.Series(_dates(world, subject)).cast(pl.Date),
            "known": subject.person >= 0,
        }
    ).select(
        "record_id",
        pl.when("known").then("person_id"),
        "home_id",
        "date",
    )


def _incident_log(subject: Subject, record_id: NDArray[np.uint64]) -> pl.DataFrame:
    """Gives what is wrong with incidents as written, by record."""
    if not subject.errors.height:
        return pl.DataFrame(schema={"record_id": pl.UInt64, "error": pl.String})
    ids = pl.DataFrame({"event_id": subject.origin, "record_id": record_id})
    return subject.errors.join(ids, on="event_id", how="inner").select("record_id", "error")


def _error_log(cells: pl.DataFrame, of_incidents: pl.DataFrame) -> pl.DataFrame:
    """Gives the errors that changed a record, each once."""
    hits = cells.filter("changed").select("record_id", "error").unique()
    return pl.concat([hits, of_incidents]).sort("record_id", "error")
