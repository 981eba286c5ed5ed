"""Births: children born in the window, to whom and when.

Rates by age of mother are those of England and Wales in 2022 (ONS, births by age of mother, told
from memory: 8.9, 35.6, 74.3, 96.8, 60.6 and 15.7 per 1,000 women of 15-19, ..., 40-44); that women
in couples have more is assumed. They are raised to the 605,479 births of 2022 per 60.2 million
people (ONS), 10.06 per 1,000.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from simulator import names, randomness
from simulator.events.contacts import MINUTES_PER_DAY, NEVER, by_age
from simulator.life.lives import NO_DAY, Lives
from simulator.population import SEXES, Drawn, nhs_numbers, years_of
from simulator.schema import ETHNIC_GROUPS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.specs import WorldSpec

PER_1000 = 10.06
"""Births per 1,000 people and year, England and Wales 2022."""

MULTIPLE_BIRTHS = 0.0146
"""Maternities with twins (ONS, 2022)."""

_RATES = ((0, 0.0), (15, 0.0089), (20, 0.0356), (25, 0.0743), (30, 0.0968), (35, 0.0606),
          (40, 0.0157), (45, 0.0))  # fmt: skip
_IN_COUPLE, _OTHERS = 1.45, 0.42
_LEVEL = 1.29  # set so that PER_1000 comes out in England and Wales
_MIXED = ETHNIC_GROUPS.index("Mixed")
_GIRLS = 0.487
_OTHER_SURNAME = 0.10  # children with the mother's surname where the partner's is another: assumed
_MOST = 2  # maternities of a woman in the window
_APART = 280  # days between them, at least
_DAYS_PER_YEAR = 365.25


class Births(NamedTuple):
    """Births, in order of mother.

    Attributes:
        mother: Position of the mother, int64, shape (births,).
        day: Day of the window, from 0, int64, same shape.
        ordinal: 0, 1, ... among the births of one mother, twins apart; int64, same shape.
        twin: Whether a twin of the one before, bool, same shape.
    """

    mother: NDArray[np.int64]
    day: NDArray[np.int64]
    ordinal: NDArray[np.int64]
    twin: NDArray[np.bool_]


def draw_births(
    seed: int,
    spec: WorldSpec,
    ids: NDArray[np.uint64],
    age: NDArray[np.float64],
    female: NDArray[np.bool_],
    in_couple: NDArray[np.bool_],
    lives: Lives,
) -> Births:
    """Draws births to the women who are there.

    Args:
        seed: The run's seed.
        spec: The world's spec: window and level of births.
        ids: Stable ids, uint64, shape (people,).
        age: Ages in the middle of the window, in years, float64, same shape.
        female: Whether a woman, bool, same shape.
        in_couple: Whether in a couple that lives together, bool, same shape.
        lives: When each is there, and alive.

    Returns:
        The births.
    """
    per_year = by_age(age, _RATES) * np.where(in_couple, _IN_COUPLE, _OTHERS) * female * _LEVEL
    mean = per_year * spec.life.births.value * spec.days / _DAYS_PER_YEAR
    count = np.minimum(randomness.poisson(seed, "births", ids, mean), _MOST)
    mother = np.repeat(np.arange(len(ids)), count)
    ordinal = np.arange(len(mother)) - np.repeat(np.cumsum(count) - count, count)
    key = randomness.combine("birth", ids[mother], ordinal)
    day = randomness.whole(seed, "day of birth", key, spec.days)
    order = np.lexsort((day, mother))
    mother, day, key = mother[order], day[order], key[order]
    again = np.diff(mother, prepend=-1) == 0
    there = lives.is_there(mother, day * MINUTES_PER_DAY)
    kept = there & ~(again & (np.diff(day, prepend=0) < _APART))
    mother, day, key = mother[kept], day[kept], key[kept]
    twins = randomness.happens(seed, "twins are born", key, MULTIPLE_BIRTHS)
    children = 1 + twins
    mother, day = np.repeat(mother, children), np.repeat(day, children)
    twin = np.arange(len(mother)) - np.repeat(np.cumsum(children) - children, children) == 1
    first = np.searchsorted(mother, mother, side="left")
    return Births(mother, day, np.arange(len(mother)) - first, twin)


def draw_children(
    seed: int,
    spec: WorldSpec,
    births: Births,
    parents: Drawn,
    partner: NDArray[np.int64],
    lives: Lives,
) -> Drawn:
    """Draws who is born: like the mother, but for what a partner of another group changes.

    Args:
        seed: The run's seed.
        spec: The world's spec, for its first day.
        births: The births.
        parents: Everybody else, at least those whose positions the mothers have.
        partner: Position of each one's partner; -1 for none, int64, shape (people,).
        lives: When each changes surname.

    Returns:
        The children, in the order of births; surnames are those that the parents bear that day.
    """
    frame, mother = parents.frame, births.mother
    ids = randomness.combine("child", frame["person_id"].gather(mother).to_numpy(), births.ordinal)
    born = np.datetime64(spec.start) + births.day
    girl = randomness.happens(seed, "sex", ids, _GIRLS)
    other = np.where(partner[mother] >= 0, partner[mother], mother)
    group, theirs = (frame["ethnic_group"].gather(who) for who in (mother, other))
    mixed = pl.Series(np.full(len(mother), ETHNIC_GROUPS[_MIXED]), dtype=pl.String)
    # Most children have the surname of the reference person, who stands before the partner.
    own = randomness.happens(seed, "child of another surname", ids, _OTHER_SURNAME)
    namesake = np.where(own, mother, np.minimum(mother, other))
    after = randomness.happens(seed, "names after which parent", ids, 0.5)
    later = pl.Series(lives.renamed_day[namesake] > births.day)
    surname = (
        frame["former_surname"].gather(namesake).zip_with(later, frame["surname"].gather(namesake))
    )
    heritage = parents.heritage[np.where(after, mother, other)]
    first_name = names.draw_first_names(seed, ids, heritage, girl, years_of(born))
    return Drawn(
        pl.DataFrame(
            {
                "person_id": ids,
                "household_id": frame["household_id"].gather(mother),
                "date_of_birth": pl.Series(born.astype("datetime64[D]")).cast(pl.Date),
                "sex": pl.Series(SEXES).gather(girl.astype(np.uint32)),
                "ethnic_group": mixed.zip_with(group != theirs, group),
                "first_name": names.first_name_book().spell(first_name),
                "surname": surname,
                "former_surname": pl.Series([None], dtype=pl.String).new_from_index(0, len(ids)),
                "nhs_number": nhs_numbers(seed, mother, births.ordinal + 1),
            }
        ),
        heritage,
    )


def lives_of_children(births: Births, lives: Lives) -> Lives:
    """Returns the lives of the children, who live and leave with their mothers.

    Args:
        births: The births.
        lives: Those of everybody else; the children's positions follow on.

    Returns:
        Their lives, in the order of births.
    """
    mother, start = births.mother, len(lives.mate)
    own = start + np.arange(len(mother))
    # Twins are each other's mates, next to each other; the second's is the mother.
    twin_next = np.append(births.twin[1:], np.zeros(min(len(mother), 1), np.bool_))
    mate = np.where(twin_next, own + 1, mother)
    since = births.day * MINUTES_PER_DAY
    home = lives.home_on(mother, births.day)
    calm = Lives.calm(home, lives.household[mother], mate, since)
    # They move later if the mother does, and leave with her; not if she dies.
    moves = lives.moved_day[mother] > births.day
    return replace(
        calm,
        home_last=lives.home_last[mother],
        moved_day=np.where(moves, lives.moved_day[mother], NO_DAY),
        until=np.where(lives.died[mother] == NEVER, lives.until[mother], NEVER),
    )
