"""Life course: what happens to people in the window, one event of life after the other.

Whole households move or leave first, then students, young adults and couples; then people die, and
children are born. Whoever has moved or left does not move again.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from simulator import population, randomness
from simulator.communal import ESTABLISHMENTS
from simulator.events import deaths
from simulator.events.contacts import MINUTES_PER_DAY, NEVER, Clients, draw_contacts, mean_contacts
from simulator.events.homelessness import rough_chances
from simulator.household_types import HOUSEHOLD_TYPES
from simulator.households import CHILD, FIRST_ESTABLISHMENT, GROWN, PARTNER
from simulator.life import births, couples, leaving_home
from simulator.life.homelessness import draw_spells
from simulator.life.lives import Lives
from simulator.life.moves import draw_moves
from simulator.population import Drawn

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.households import Households
    from simulator.life.step import Step
    from simulator.specs import WorldSpec

_DAYS_PER_YEAR = 365.25
_ADULT = 18.0
_AGES_APART = 1.0  # years between somebody who leaves and who arrives instead, at most: assumed
_ALONE = next(i for i, t in enumerate(HOUSEHOLD_TYPES) if t.title == "one person, under 66")
_SHARING = next(i for i, t in enumerate(HOUSEHOLD_TYPES) if t.title == "other")
_YOUNG_SHARER = 40.0
_HALL = FIRST_ESTABLISHMENT + next(
    i for i, e in enumerate(ESTABLISHMENTS) if e.title == "hall of residence"
)


class Start(NamedTuple):
    """The first day.

    Attributes:
        households: The households.
        age: Everybody's age in years, float64.
        people: Everybody, in order of household.
        home: Home number of each household, int64, shape (households,).
        empty: Home numbers of the homes where nobody lives.
        fifth: Deprivation fifth of all homes, int64.
    """

    households: Households
    age: NDArray[np.float64]
    people: Drawn
    home: NDArray[np.int64]
    empty: NDArray[np.int64]
    fifth: NDArray[np.int64]


def live(seed: int, spec: WorldSpec, start: Start) -> tuple[pl.DataFrame, Lives]:
    """Draws what happens to people in the window.

    Args:
        seed: The run's seed.
        spec: The world's spec.
        start: The first day.

    Returns:
        The people (see population.Drawn): those of the first day, who arrives, and who is born; and
        their lives, in the same order.
    """
    lives, gone = _moving(seed, spec, start)
    lives = _parting_and_joining(seed, spec, start, lives)
    arrived, theirs = _arriving(seed, spec, start, gone, lives)
    lives = lives.then(theirs)
    people = _with(start.people, arrived)
    seen = _seen(spec, start, people, lives)
    lives = _dying(seed, spec, seen, lives)
    lives = _losing_homes(seed, spec, seen, lives)
    partner = _partners(start.households)
    lives, people = _renaming(seed, spec, start, people, lives, partner)
    born = births.draw_births(
        seed,
        spec,
        seen.ids[: len(partner)],
        seen.age[: len(partner)],
        seen.female[: len(partner)],
        partner >= 0,
        lives,
    )
    children = births.draw_children(seed, spec, born, people, partner, lives)
    first_child = len(lives.mate)
    lives = lives.then(births.lives_of_children(born, lives))
    people = _with(people, children)
    infants = _seen(spec, start, people, lives).at(np.arange(first_child, len(lives.mate)))
    lives = _dying(seed, spec, infants, lives, first_child).settled()
    position = np.arange(len(lives.since))
    arrives = (position >= len(start.age)) & (position < first_child)
    return _dated(spec, people.frame, lives, arrives), lives


def _moving(seed: int, spec: WorldSpec, start: Start) -> tuple[Lives, NDArray[np.int64]]:
    """Moves households, lets some and students leave; returns who leaves and is replaced."""
    households = start.households
    of = households.household
    size = np.bincount(of)
    first = np.cumsum(size) - size
    mate = first[of] + (households.ordinal + 1) % size[of]
    lives = Lives.calm(start.home[of], of, mate)
    moves = draw_moves(
        seed, spec, start.home, start.age[households.heads], households.private,
        start.fifth[start.home],
    )  # fmt: skip
    day, leaves = moves.day[of], moves.leaves[of]
    moved = np.flatnonzero((day >= 0) & ~leaves)
    lives = lives.moving(moved, day[moved], moves.last[of][moved])
    left = np.flatnonzero(leaves)
    lives = lives.leaving(left, day[left])
    kind = households.kind[of]
    at_home = lives.stays & ((households.role == GROWN) | (households.role == CHILD))
    ids = start.people.frame["person_id"].to_numpy()
    students = leaving_home.draw_students(
        seed, spec, ids, np.flatnonzero(at_home), np.flatnonzero(kind == _HALL), start.age
    )
    lives = lives.leaving(students.person, students.day)
    of_halls = students.person[kind[students.person] == _HALL]
    return lives, np.sort(np.concatenate([left, of_halls]))


def _parting_and_joining(seed: int, spec: WorldSpec, start: Start, lives: Lives) -> Lives:
    """Moves people who form a couple, part, or leave their parents."""
    households, frame = start.households, start.people.frame
    ids, female = frame["person_id"].to_numpy(), (frame["sex"] == "F").to_numpy()
    age = start.age + spec.days / 2 / _DAYS_PER_YEAR
    alone = np.flatnonzero(lives.stays & (households.kind[households.household] == _ALONE))
    forming = couples.draw_forming(seed, spec, ids, alone, age, female)
    lives = lives.moving(forming.person, forming.day, lives.home_first[forming.other])
    partner = np.flatnonzero(lives.stays & (households.role == PARTNER))
    grown = np.flatnonzero(
        lives.stays & ((households.role == GROWN) | (households.role == CHILD)) & (age >= _ADULT)
    )
    parting = couples.draw_parting(seed, spec, ids, partner, age)
    sharing = np.flatnonzero(
        lives.stays
        & (households.ordinal == 0)
        & (households.kind[households.household] == _SHARING)
        & (age < _YOUNG_SHARER)
    )
    own, joining = leaving_home.draw_leaving(seed, spec, ids, grown, age, sharing)
    lives = lives.moving(joining.person, joining.day, lives.home_first[joining.other])
    return _to_empty_homes(seed, ids, lives, (parting, own), start.empty)


def _to_empty_homes(
    seed: int,
    ids: NDArray[np.uint64],
    lives: Lives,
    steps: tuple[Step, ...],
    empty: NDArray[np.int64],
) -> Lives:
    """Gives each mover an empty home, while there are any; the rest stay where they are."""
    person = np.concatenate([step.person for step in steps])
    day = np.concatenate([step.day for step in steps])
    turn = randomness.order(seed, "who finds an empty home", ids[person])[: len(empty)]
    free = empty[randomness.order(seed, "empty homes", empty)]
    return lives.moving(person[turn], day[turn], free[: len(turn)])


def _partners(households: Households) -> NDArray[np.int64]:
    """Returns the position of each one's partner in the household; -1 for none."""
    second = np.flatnonzero(households.role == PARTNER)
    found = np.full(len(households.role), -1)
    found[second], found[second - 1] = second - 1, second
    return found


def _renaming(
    seed: int,
    spec: WorldSpec,
    start: Start,
    people: Drawn,
    lives: Lives,
    partner: NDArray[np.int64],
) -> tuple[Lives, Drawn]:
    """Lets people take the surname of a partner with whom they then live."""
    female = (people.frame["sex"] == "F").to_numpy()
    surname, former = people.frame["surname"], people.frame["former_surname"]
    second = np.flatnonzero(start.households.role == PARTNER)
    second = second[(surname.gather(second) != surname.gather(second - 1)).to_numpy()]
    # The woman changes, or the partner where both or neither are.
    changes = np.where(female[second - 1] & ~female[second], second - 1, second)
    ids = people.frame["person_id"].to_numpy()
    age = start.age + spec.days / 2 / _DAYS_PER_YEAR
    step = couples.draw_marrying(seed, spec, ids, changes, partner[changes], age)
    minute = step.day * MINUTES_PER_DAY
    there = lives.is_there(step.person, minute) & lives.is_there(step.other, minute)
    there &= lives.home_on(step.person, step.day) == lives.home_on(step.other, step.day)
    person, other = step.person[there], step.other[there]
    renamed = lives.renamed_day.copy()
    renamed[person] = step.day[there]
    former = former.clone().scatter(person, surname.gather(person))
    surname = surname.clone().scatter(person, surname.gather(other))
    renamed_people = people._replace(frame=people.frame.with_columns(surname, former))
    return replace(lives, renamed_day=renamed), renamed_people


def _arriving(
    seed: int, spec: WorldSpec, start: Start, gone: NDArray[np.int64], lives: Lives
) -> tuple[Drawn, Lives]:
    """Draws who arrives in the place of whom: households of the same kind and about the same ages.

    Their positions and households follow on those of the first day.
    """
    homes = start.households.alike(gone)
    ids = randomness.combine("arrival", start.people.frame["person_id"].gather(gone).to_numpy(), 0)
    apart = _AGES_APART * (2 * randomness.uniform(seed, "age of who arrives", ids) - 1)
    # Whoever would not be born yet is as old as that is ahead.
    age = np.maximum(np.abs(start.age[gone] + apart), 1 / _DAYS_PER_YEAR)
    fifth = start.fifth[lives.home_first[gone]]
    number = population.nhs_numbers(seed, gone, population.NUMBERS_EACH - 1)
    first = np.searchsorted(homes.household, np.arange(homes.count))
    drawn = population.draw_people(seed, spec, ids, homes, fifth[first], age, number)
    size = np.bincount(homes.household, minlength=homes.count)
    mate = first[homes.household] + (homes.ordinal + 1) % np.maximum(size[homes.household], 1)
    return drawn, Lives.calm(
        lives.home_first[gone],
        start.households.count + homes.household,
        len(start.age) + mate,
        since=lives.until[gone],
    )


def _dying(seed: int, spec: WorldSpec, seen: Clients, lives: Lives, position: int = 0) -> Lives:
    """Lets people die at the rates of events/deaths.py; `position` is that of the first seen."""
    mean = mean_contacts(seed, deaths.MODEL, seen, spec.days) * spec.life.deaths.value
    died = draw_contacts(seed, deaths.SERVICE, deaths.MODEL, seen, mean, spec.days)
    return lives.dying(position + died.person, died.minute)


def _losing_homes(seed: int, spec: WorldSpec, seen: Clients, lives: Lives) -> Lives:
    on_a_night = rough_chances(seed, seen) * spec.life.homelessness.value
    first, after = draw_spells(seed, seen.ids, on_a_night, spec.days)
    return replace(lives, homeless_from=first, homeless_until=after)


def _seen(spec: WorldSpec, start: Start, people: Drawn, lives: Lives) -> Clients:
    """Returns everybody in the middle of the window, or of what is left of it on arrival."""
    frame = people.frame
    born = frame["date_of_birth"].to_numpy().astype("datetime64[D]")
    day = np.datetime64(spec.start) + lives.middle_day(spec.days)
    ones = np.ones(frame.height)
    return Clients(
        ids=frame["person_id"].to_numpy(),
        age=np.maximum((day - born).astype(np.int64) / _DAYS_PER_YEAR, 0.0),
        female=(frame["sex"] == "F").to_numpy(),
        fifth=start.fifth[lives.home_first],
        household_size=ones.astype(np.int64),
        proneness=ones,
        homeless=np.zeros(frame.height, dtype=np.bool_),
    )


def _with(people: Drawn, others: Drawn) -> Drawn:
    return Drawn(
        pl.concat([people.frame, others.frame]),
        np.concatenate([people.heritage, others.heritage]),
    )


def _dated(
    spec: WorldSpec, frame: pl.DataFrame, lives: Lives, arrives: NDArray[np.bool_]
) -> pl.DataFrame:
    """Adds the dates of what happens, null where it does not; names are those at the end."""
    start = np.datetime64(spec.start)
    gone_day = np.where(lives.leaves, lives.until // MINUTES_PER_DAY, -1)
    dead = lives.died < NEVER
    days = {
        "moved_on": lives.moved_day,
        "renamed_on": lives.renamed_day,
        "arrived_on": np.where(arrives, lives.since // MINUTES_PER_DAY, -1),
        "left_on": np.where(dead, -1, gone_day),
        "died_on": np.where(dead, gone_day, -1),
    }
    days["registered_on"] = np.where(lives.since > 0, lives.since // MINUTES_PER_DAY, -1)
    return frame.with_columns(
        pl.Series(
            name, np.where(day >= 0, start + day, np.datetime64("NaT")).astype("datetime64[D]")
        ).cast(pl.Date)
        for name, day in days.items()
    )


def residences(people: pl.DataFrame, spec: WorldSpec) -> pl.DataFrame:
    """Lists where people lived and when: one row, or two for those who moved.

    Args:
        people: The world's people.
        spec: The world's spec: the window.

    Returns:
        Frame `person_id`, `home_id` (UInt64), `since`, `until` (Date; up to the day before
        `until`), ordered by person and home. The dead live there up to the day of their death.
    """
    born = pl.max_horizontal("date_of_birth", pl.lit(spec.start))
    start = pl.coalesce("arrived_on", born)
    end = pl.coalesce("left_on", pl.col("died_on") + pl.duration(days=1), pl.lit(spec.end))
    before = people.select(
        "person_id", home_id="home_first", since=start, until=pl.coalesce("moved_on", end)
    )
    after = people.filter(pl.col("moved_on").is_not_null()).select(
        "person_id", home_id="home_last", since="moved_on", until=end
    )
    return pl.concat([before, after]).sort("person_id", "home_id")
