"""Extracts: who appears in which agency's dataset, under fresh record ids.

A record is first drafted as it should be written, then damaged. Its id is a keyed scramble of what
it is about, and rows stand in order of that id, so neither says anything about the person.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
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
from simulator.error_log import Log, cells_of
from simulator.proneness import (
    STALE_HALF_LIFE_DAYS,
    month_factor,
    provider_factor,
    stale_chance,
)
from simulator.registering import register
from simulator.schema import FIELDS, Dataset
from simulator.services import SERVICES
from simulator.specs import OF_PEOPLE, OF_VIOLENCE
from simulator.truth import RecordTruth
from simulator.violence.recording import write_down

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.damages.records import Arranged
    from simulator.specs import AgencySpec, ConsentSpec
    from simulator.state import World
    from simulator.violence.specs import RecordingSpec

_HOME_FIELDS = ("lsoa", "msoa", "deprivation_fifth", "postcode", "uprn")


@dataclass(frozen=True)
class _Subject:
    """What records of one agency are about, in the order of the world's events or people.

    Attributes:
        ids: Stable id of each record, uint64; that of what it is about, but for further records.
        person: Position of the person, int64; -1 for a home alone.
        home: Position of the home lived in at the time, int64.
        day: Day of the window, int64.
        provider: Number of the site or practice, int64; -1 for none.
        origin: Stable id of what each record is about, uint64.
        events: What else is written down of each, in the same order; may have no column.
        errors: What is wrong with an incident as written: `event_id`, `error`; in no order of rows.
    """

    ids: NDArray[np.uint64] = field(repr=False)
    person: NDArray[np.int64] = field(repr=False)
    home: NDArray[np.int64] = field(repr=False)
    day: NDArray[np.int64] = field(repr=False)
    provider: NDArray[np.int64] = field(repr=False)
    origin: NDArray[np.uint64] = field(repr=False)
    events: pl.DataFrame = field(repr=False)
    errors: pl.DataFrame = field(default_factory=pl.DataFrame, repr=False)


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
        subject = replace(_reorder(subject, arranged.at), ids=arranged.ids)
        multiplier = multiplier[arranged.at]
    record_id = randomness.words(world.seed, f"record of {name}", subject.ids)
    order = np.argsort(record_id)
    subject, multiplier, record_id = _reorder(subject, order), multiplier[order], record_id[order]
    written_home, log = _written_home(world, name, agency, subject, record_id)
    draft = Draft(
        agency=name,
        seed=world.seed,
        record_id=record_id,
        person=subject.person,
        home=written_home,
        multiplier=multiplier,
        columns=_asked(
            world,
            name,
            agency,
            record_id,
            _rightly_written(world, name, agency, subject, written_home),
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
) -> _Subject:
    if agency.service in OF_VIOLENCE:
        if recording is None:
            raise ValueError(f"{name} records violence: say how (recording)")
        return _of_violence(world, agency, recording)
    if SERVICES[agency.service].keeps == "register":
        listed = register(world, agency.service)
        last_day = np.full(len(listed.ids), world.spec.days - 1)
        practice = world.people["practice"].cast(pl.Int64).to_numpy()
        provider = np.where(listed.person >= 0, practice[listed.person], -1)
        return _Subject(
            listed.ids, listed.person, listed.home, last_day, provider, listed.ids, listed.content
        )
    events = world.events[name]
    positions = world.positions[name]
    day = (events["event_time"].dt.date() - world.spec.start).dt.total_days().to_numpy()
    ids = events["event_id"].to_numpy()
    site = events["place"].cast(pl.Int64).fill_null(-1).to_numpy()
    return _Subject(ids, positions.person, positions.home, day, site, ids, events)


def _of_violence(world: World, agency: AgencySpec, recording: RecordingSpec) -> _Subject:
    written = write_down(world, agency.service, recording)
    about = written.about
    person = about["person"].to_numpy()
    day = (about["time"].dt.date() - world.spec.start).dt.total_days().to_numpy()
    moved = world.layout.moved_day[person]
    gone = (moved >= 0) & (day >= moved)
    home = np.where(gone, world.layout.home_last[person], world.layout.home_first[person])
    ids = about["event_id"].to_numpy()
    none = np.full(len(ids), -1, dtype=np.int64)
    return _Subject(ids, person, home, day, none, ids, written.content, written.errors)


def _consenting(world: World, consent: ConsentSpec | None, subject: _Subject) -> _Subject:
    """Keeps the records of those who do not opt out; records of homes alone all stay."""
    if consent is None or consent.opt_out.value == 0.0:
        return subject
    out = opted_out(world, consent)
    return _reorder(subject, np.flatnonzero((subject.person < 0) | ~out[subject.person]))


def _covered(world: World, name: str, agency: AgencySpec, subject: _Subject) -> _Subject:
    """Keeps the records that the agency passes on."""
    share = covered_share(world, agency.coverage.value, agency.coverage_ratios, subject.person)
    kept = randomness.happens(world.seed, f"covered by {name}", subject.ids, share)
    return _reorder(subject, np.flatnonzero(kept))


def _reorder(subject: _Subject, at: NDArray[np.int64]) -> _Subject:
    events = subject.events[at] if subject.events.width else subject.events
    return replace(
        subject,
        ids=subject.ids[at],
        person=subject.person[at],
        home=subject.home[at],
        day=subject.day[at],
        provider=subject.provider[at],
        origin=subject.origin[at],
        events=events,
    )


def _written_home(
    world: World,
    name: str,
    agency: AgencySpec,
    subject: _Subject,
    record_id: NDArray[np.uint64],
) -> tuple[NDArray[np.int64], Log]:
    """Returns the home whose address each record carries, and the log of stale addresses."""
    rate = agency.errors.get("address_stale")
    if rate is None or rate.value == 0.0:
        return subject.home, Log()
    moved = world.layout.moved_day[subject.person]
    since = np.where(moved >= 0, subject.day - moved, -1).astype(np.float64)
    half_life = agency.address_half_life_days
    chance = stale_chance(
        rate.value, since, STALE_HALF_LIFE_DAYS if half_life is None else half_life.value
    )
    stale = randomness.happens(world.seed, f"{name}: address_stale", record_id, chance)
    written = np.where(stale, world.layout.home_first[subject.person], subject.home)
    at = np.flatnonzero(stale)
    cells, hits = [], np.zeros(len(at), dtype=np.bool_)
    for field_name in (f for f in _HOME_FIELDS if f in agency.fields):
        homes = world.homes[field_name]
        # Few moves keep a postcode, but many keep an area.
        changed = homes.gather(written[at]).ne_missing(homes.gather(subject.home[at])).to_numpy()
        hits |= changed
        cells.append(cells_of(record_id[at], "address_stale", field_name, changed))
    movers = int((chance > 0).sum())
    counts = ("address_stale", movers, float(chance.sum()), len(at), int(hits.sum()))
    return written, Log(tuple(cells), (counts,))


def _dates(world: World, subject: _Subject) -> NDArray[np.datetime64]:
    """Gives the date of what each record is about, datetime64[D]."""
    return np.asarray((np.datetime64(world.spec.start) + subject.day).astype("datetime64[D]"))


def _multiplier(
    world: World, name: str, agency: AgencySpec, subject: _Subject
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
    subject: _Subject,
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
    world: World, agency_name: str, agency: AgencySpec, subject: _Subject, home: NDArray[np.int64]
) -> dict[str, pl.Series]:
    columns: dict[str, pl.Series] = {}
    # Of a home where nobody lives, nobody is named.
    person = pl.Series(np.where(subject.person < 0, 0, subject.person))
    person = person.set(pl.Series(subject.person < 0), None)
    for name in agency.fields:
        if name in OF_PEOPLE:
            values = world.people[name].gather(person)
        elif name in _HOME_FIELDS:
            values = world.homes[name].gather(home)
        elif name in NUMBERS:
            values = carried(world, agency_name, agency, name, subject, _dates(world, subject))
        else:
            values = subject.events[name]
        columns[name] = values.cast(FIELDS[name].dtype)
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


def _owners(world: World, subject: _Subject, record_id: NDArray[np.uint64]) -> pl.DataFrame:
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


def _incident_log(subject: _Subject, record_id: NDArray[np.uint64]) -> pl.DataFrame:
    """Gives what is wrong with incidents as written, by record."""
    if not subject.errors.height:
        return pl.DataFrame(schema={"record_id": pl.UInt64, "error": pl.String})
    ids = pl.DataFrame({"event_id": subject.origin, "record_id": record_id})
    return subject.errors.join(ids, on="event_id", how="inner").select("record_id", "error")


def _error_log(cells: pl.DataFrame, of_incidents: pl.DataFrame) -> pl.DataFrame:
    """Gives the errors that changed a record, each once."""
    hits = cells.filter("changed").select("record_id", "error").unique()
    return pl.concat([hits, of_incidents]).sort("record_id", "error")
