"""People: sex, age, ethnic group, names and NHS number of everybody in the households.

People are numbered within households, and drawn by that number alone. A larger world therefore
starts with the same people as a smaller one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from simulator import double_names, names, randomness
from simulator.communal import ESTABLISHMENTS
from simulator.ethnicity import draw_groups, draw_heritage
from simulator.household_types import HOUSEHOLD_TYPES
from simulator.households import CHILD, FIRST_ESTABLISHMENT, GROWN, PARTNER, ROLES, SHARER
from simulator.identifiers import VALID_IN_BLOCK, nhs_number
from simulator.schema import ETHNIC_GROUPS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.households import Households
    from simulator.specs import WorldSpec

SEXES = ("M", "F")

NUMBERS_EACH = 8
"""NHS numbers set aside for each person of the first day: their own, and those who come after."""

# Women among children (as at birth), grown children at home and sharers: assumed.
_WOMEN_OF_OTHERS = {CHILD: 0.487, GROWN: 0.43, SHARER: 0.47}
_SAME_SEX = 0.015  # of couples: assumed
_SHARED_SURNAME = 0.72  # couples who share a surname: assumed; 90 % of name changers take one name
_CHILD_OTHER_SURNAME = 0.10  # children with another surname than the reference person: assumed
# Women at the head of a household who changed their surname before: assumed.
_CHANGED_BEFORE, _CHANGED_BEFORE_ALONE_66 = 0.25, 0.80


class Drawn(NamedTuple):
    """People as drawn.

    Attributes:
        frame: In order of household and ordinal: `person_id`, `household_id` (UInt64),
            `date_of_birth`, `sex`, `ethnic_group`, `first_name`, `surname`, `former_surname` (null
            unless changed), `nhs_number` (Int64, valid, from the block that is not issued).
        heritage: Heritage of their names, codes into names.HERITAGES, int64.
    """

    frame: pl.DataFrame
    heritage: NDArray[np.int64]


def person_ids(homes: Households) -> NDArray[np.uint64]:
    """Returns the stable ids of the people of households."""
    return randomness.combine("person", homes.key[homes.household], homes.ordinal)


def nhs_numbers(
    seed: int, position: NDArray[np.int64], ordinal: NDArray[np.int64] | int
) -> NDArray[np.int64]:
    """Returns distinct NHS numbers, int64, shape (n,).

    Args:
        seed: The run's seed.
        position: Position of a person of the first day, shape (n,).
        ordinal: 0 for that person, and below NUMBERS_EACH for those who come after: children, and
            who takes the person's place. A number is therefore the same in a larger world.
    """
    rank = position * NUMBERS_EACH + ordinal
    return nhs_number(randomness.permuted(seed, "nhs number", rank, VALID_IN_BLOCK))


def draw_people(
    seed: int,
    spec: WorldSpec,
    ids: NDArray[np.uint64],
    homes: Households,
    fifth: NDArray[np.int64],
    age: NDArray[np.float64],
    number: NDArray[np.int64],
) -> Drawn:
    """Draws everybody in households: sex, ethnic group, names.

    Args:
        seed: The run's seed.
        spec: The world's spec, for its first day and region.
        ids: Stable ids of the people.
        homes: The households.
        fifth: Deprivation fifth of each household's home, 1 to 5.
        age: Ages on the first day, in years.
        number: Their NHS numbers.

    Returns:
        The people.
    """
    women = _draw_women(seed, ids, homes)
    born = np.datetime64(spec.start) - np.round(age * 365.25).astype(np.int64)
    group = draw_groups(seed, spec.region, ids, homes, fifth)
    heritage = draw_heritage(seed, ids, homes, group)
    year = years_of(born)
    surname, former = _draw_surnames(seed, ids, homes, women, heritage, year)
    first_name = names.draw_first_names(seed, ids, heritage, women, year)
    household = randomness.combine("household", homes.key[: homes.count], 0)
    frame = pl.DataFrame(
        {
            "person_id": ids,
            "household_id": household[homes.household],
            "date_of_birth": pl.Series(born.astype("datetime64[D]")).cast(pl.Date),
            "sex": pl.Series(SEXES).gather(women.astype(np.uint32)),
            "ethnic_group": pl.Series(ETHNIC_GROUPS).gather(group),
            "first_name": names.first_name_book().spell(first_name),
            "surname": names.surname_book().spell(surname),
            "former_surname": names.surname_book().spell(former),
            "nhs_number": number,
        }
    )
    return Drawn(frame, heritage)


def years_of(date: NDArray[np.datetime64]) -> NDArray[np.int64]:
    """Returns the calendar years of dates."""
    return date.astype("datetime64[Y]").astype(np.int64) + 1970


def _draw_women(seed: int, ids: NDArray[np.uint64], homes: Households) -> NDArray[np.bool_]:
    shares = np.array([*(t.women for t in HOUSEHOLD_TYPES), *(e.women for e in ESTABLISHMENTS)])
    kind = homes.kind[homes.household]
    of_kind = (homes.ordinal == 0) | (kind >= FIRST_ESTABLISHMENT)
    of_role = np.zeros(len(ROLES))
    of_role[list(_WOMEN_OF_OTHERS)] = list(_WOMEN_OF_OTHERS.values())
    share = np.where(of_kind, shares[kind], of_role[homes.role])
    women = randomness.happens(seed, "sex", ids, share)
    partner = np.flatnonzero(homes.role == PARTNER)
    same = randomness.happens(seed, "same-sex couple", ids[partner], _SAME_SEX)
    women[partner] = women[partner - 1] == same
    return women


def _draw_surnames(
    seed: int,
    ids: NDArray[np.uint64],
    homes: Households,
    women: NDArray[np.bool_],
    heritage: NDArray[np.int64],
    year: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Draws codes of surnames, and of the former one of those who changed it (-1 for others)."""
    heads, private = homes.heads, homes.kind[homes.household] < FIRST_ESTABLISHMENT
    partner = np.flatnonzero(homes.role == PARTNER)
    partner = partner[
        randomness.happens(seed, "couple shares surname", ids[partner], _SHARED_SURNAME)
    ]
    child = np.flatnonzero((homes.role == CHILD) | (homes.role == GROWN))
    other = randomness.happens(seed, "child of another surname", ids[child], _CHILD_OTHER_SURNAME)
    child = child[~other]
    surname = np.full(len(ids), -1, dtype=np.int64)
    own = np.ones(len(ids), dtype=bool)
    own[child] = False
    at = np.flatnonzero(own)
    drawn = names.draw_surnames(seed, ids[at], heritage[at], "surname")
    surname[at] = double_names.inherited(seed, ids[at], heritage[at], year[at], drawn)
    former = np.full(len(ids), -1, dtype=np.int64)
    # The name that was changed: the partner's own, or that of a woman whose partner has hers.
    former[partner] = surname[partner]
    surname[partner] = surname[partner - 1]
    surname[child] = surname[heads[homes.household[child]]]
    head = heads[women[heads] & private[heads]]
    alone = homes.kind[homes.household[head]] == 0
    chance = np.where(alone, _CHANGED_BEFORE_ALONE_66, _CHANGED_BEFORE)
    changed = np.zeros(len(ids), dtype=bool)
    changed[head[randomness.happens(seed, "changed surname before", ids[head], chance)]] = True
    changed[np.where(women[partner], partner, partner - 1)] = True
    former[~changed] = -1
    maiden = np.flatnonzero(changed & (homes.role != PARTNER))
    former[maiden] = names.draw_surnames(seed, ids[maiden], heritage[maiden], "former surname")
    former[former == surname] = -1
    bearers = double_names.Bearers(ids, homes, women, heritage, year)
    return double_names.of_families(seed, bearers, surname, former, partner, child)
