"""What an agency last knew: addresses before a move, and surnames before they changed.

Both are right when they are written down, and correct themselves with time (see
proneness.stale_chance).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from simulator import randomness
from simulator.addresses import first_lines
from simulator.error_log import Log, cells_of
from simulator.events.contacts import MINUTES_PER_DAY
from simulator.life.lives import NO_DAY
from simulator.proneness import STALE_HALF_LIFE_DAYS, stale_chance

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from simulator.specs import AgencySpec
    from simulator.state import World
    from simulator.subject import Subject

HOME_FIELDS = ("lsoa", "msoa", "deprivation_fifth", "address", "postcode", "uprn")
"""Fields that are those of a home."""


def field_of_homes(world: World, name: str) -> pl.Series:
    """Returns a field of all homes, shape (homes,); addresses are written only where asked for."""
    return first_lines(world.seed, world.homes) if name == "address" else world.homes[name]


def written_home(
    world: World,
    name: str,
    agency: AgencySpec,
    subject: Subject,
    record_id: NDArray[np.uint64],
) -> tuple[NDArray[np.int64], Log]:
    """Returns the home whose address each record carries, and the log of stale addresses.

    Args:
        world: The world.
        name: Name of the agency.
        agency: What it records, how often it lags and for how long.
        subject: What the records are about.
        record_id: Their ids, uint64, shape (records,).

    Returns:
        Positions of homes, int64, shape (records,); and the log.
    """
    moved = world.layout.moved_day[subject.person]
    chance = _stale_chance(agency, "address_stale", subject, moved)
    if chance is None:
        return subject.home, Log()
    # Whoever has no home has no address that could be out of date.
    homeless = world.layout.is_homeless(subject.person, subject.day)
    chance = np.where(homeless, 0.0, chance)
    stale = randomness.happens(world.seed, f"{name}: address_stale", record_id, chance)
    written = np.where(stale, world.layout.home_first[subject.person], subject.home)
    at = np.flatnonzero(stale)
    fields = {f: field_of_homes(world, f) for f in HOME_FIELDS if f in agency.fields}
    right = {f: values.gather(subject.home[at]) for f, values in fields.items()}
    wrong = {f: values.gather(written[at]) for f, values in fields.items()}
    if "lived_since" in agency.fields:
        homes = ((right, subject.home), (wrong, written))
        for values, home in homes:
            values["lived_since"] = lived_since(world, subject, home).gather(at)
    return written, _log_of_stale("address_stale", record_id, chance, at, right, wrong)


def lived_since(world: World, subject: Subject, home: NDArray[np.int64]) -> pl.Series:
    """Gives the day since when each person lives at the home on record; none if before the window.

    An agency that does not know of a move does not know of its day either. Those who were born
    there have no such day: it would be their date of birth.
    """
    person = np.maximum(subject.person, 0)
    days = world.layout.lived_since(person, home)
    born = (world.people["date_of_birth"] >= world.spec.start).to_numpy()[person]
    since_birth = born & (days == world.layout.since[person] // MINUTES_PER_DAY)
    known = (subject.person >= 0) & (days >= 0) & ~since_birth
    first = np.datetime64(world.spec.start)
    return pl.Series(first + np.maximum(days, 0)).set(pl.Series(~known), None)


def written_surname(
    world: World,
    name: str,
    agency: AgencySpec,
    subject: Subject,
    record_id: NDArray[np.uint64],
) -> tuple[pl.Series | None, Log]:
    """Returns the surname of the day or, where the agency lags, the former one; and the log.

    Args:
        world: The world.
        name: Name of the agency.
        agency: What it records, how often it lags and for how long.
        subject: What the records are about.
        record_id: Their ids, uint64, shape (records,).

    Returns:
        String, shape (records,), None where the agency records no surname; and the log.
    """
    if "surname" not in agency.fields:
        return None, Log()
    renamed = np.where(subject.person >= 0, world.layout.renamed_day[subject.person], NO_DAY)
    person = subject.named
    now = world.people["surname"].gather(person)
    former = world.people["former_surname"].gather(person)
    right = now.zip_with(pl.Series(subject.day >= renamed), former)
    chance = _stale_chance(agency, "surname_stale", subject, renamed)
    if chance is None:
        return right, Log()
    stale = randomness.happens(world.seed, f"{name}: surname_stale", record_id, chance)
    written = right.zip_with(pl.Series(~stale), former)
    at = np.flatnonzero(stale)
    cells = ({"surname": right.gather(at)}, {"surname": former.gather(at)})
    return written, _log_of_stale("surname_stale", record_id, chance, at, *cells)


def _stale_chance(
    agency: AgencySpec, error: str, subject: Subject, changed_day: NDArray[np.int64]
) -> NDArray[np.float64] | None:
    """Returns the chance that a record holds what was so before a change; None if it cannot."""
    rate = agency.errors.get(error)
    if rate is None or rate.value == 0.0:
        return None
    changed = (changed_day >= 0) & (subject.person >= 0)
    since = np.where(changed, subject.day - changed_day, -1).astype(np.float64)
    half_life = agency.address_half_life_days
    return stale_chance(
        rate.value, since, STALE_HALF_LIFE_DAYS if half_life is None else half_life.value
    )


def _log_of_stale(
    error: str,
    record_id: NDArray[np.uint64],
    chance: NDArray[np.float64],
    at: NDArray[np.int64],
    right: Mapping[str, pl.Series],
    wrong: Mapping[str, pl.Series],
) -> Log:
    """Logs what is out of date at some records; few moves keep a postcode, but many an area."""
    changed = {name: right[name].ne_missing(wrong[name]).to_numpy() for name in right}
    hits = np.logical_or.reduce([*changed.values(), np.zeros(len(at), dtype=np.bool_)])
    cells = tuple(cells_of(record_id[at], error, name, which) for name, which in changed.items())
    counts = (error, int((chance > 0).sum()), float(chance.sum()), len(at), int(hits.sum()))
    return Log(cells, (counts,))
