"""People and the households they live in.

Households are numbered in order and drawn one by one, each by its own number; people are numbered
within them. A larger world therefore starts with the same people as a smaller one. Shares are from
the 2021 census of England and Wales (TS003, TS007A, TS017, ethnic group by district) unless a line
says otherwise; ages by role in the household are assumed, set so that those tables come out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from simulator import names, randomness
from simulator.identifiers import VALID_IN_BLOCK, nhs_number
from simulator.regions import REGIONS
from simulator.schema import ETHNIC_GROUPS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.specs import WorldSpec

Bands = tuple[tuple[int, int, float], ...]  # (from age, to age, weight)


@dataclass(frozen=True)
class HouseholdType:
    """A type of household, a row of the table below.

    Attributes:
        share: Share of households, in per cent.
        fifths: Multiplier of the share by deprivation fifth, most deprived first.
        sizes: Weights of 1, 2, 3, ... people.
        reference: Age bands of the reference person.
        couple: Whether person 2 is the partner.
        others: `none`, `children` (under 18), `grown` (18 and over) or `sharers`.
        women: Share of reference persons who are women.
    """

    share: float
    fifths: tuple[float, float, float, float, float]
    sizes: tuple[float, ...]
    reference: Bands
    couple: bool
    others: str
    women: float


_EVEN = (1.0, 1.0, 1.0, 1.0, 1.0)
_OLD = (0.70, 0.88, 1.05, 1.13, 1.20)  # 65 and over: 13.1 % of the most deprived fifth to 22.3 %
_POOR = (1.70, 1.20, 0.85, 0.70, 0.55)
_RETIRED: Bands = ((66, 69, 2.1), (70, 74, 2.7), (75, 79, 2.2), (80, 84, 1.8), (85, 96, 2.0))
_WORKING: Bands = ((18, 24, 1.1), (25, 34, 2.7), (35, 44, 2.3), (45, 54, 3.4), (55, 65, 4.5))
_PARENTS: Bands = ((20, 24, 0.3), (25, 29, 1.3), (30, 34, 2.6), (35, 39, 3.1), (40, 44, 2.9),
                   (45, 54, 3.2))  # fmt: skip

HOUSEHOLD_TYPES: tuple[HouseholdType, ...] = (
    HouseholdType(12.9, _OLD, (1,), _RETIRED, couple=False, others="none", women=0.67),
    HouseholdType(15.5, _POOR, (1,), _WORKING, couple=False, others="none", women=0.44),
    HouseholdType(10.3, _OLD, (0, 1), _RETIRED, couple=True, others="none", women=0.35),
    HouseholdType(
        16.7, _EVEN, (0, 1),
        ((18, 24, 1.2), (25, 34, 3.2), (35, 44, 1.2), (45, 54, 3.2), (55, 65, 6.6)),
        couple=True, others="none", women=0.38,
    ),
    HouseholdType(
        17.3, _EVEN, (0, 0, 39, 43, 13, 3.5, 1, 0.5), _PARENTS,
        couple=True, others="children", women=0.40,
    ),
    HouseholdType(
        8.0, _EVEN, (0, 0, 62, 30, 8), ((45, 54, 3.0), (55, 64, 5.0), (65, 74, 1.6)),
        couple=True, others="grown", women=0.36,
    ),
    HouseholdType(
        6.5, _POOR, (0, 53, 32, 11, 4), _PARENTS, couple=False, others="children", women=0.87
    ),
    HouseholdType(
        4.2, _EVEN, (0, 74, 21, 5), ((45, 59, 5.0), (60, 74, 3.0), (75, 90, 1.4)),
        couple=False, others="grown", women=0.82,
    ),
    HouseholdType(
        7.4, _POOR, (0, 30, 30, 22, 10, 5, 2, 1.5),
        ((18, 24, 3.6), (25, 34, 3.0), (35, 49, 2.4), (50, 80, 2.4)),
        couple=False, others="sharers", women=0.48,
    ),
)  # fmt: skip

# Multipliers of a region's shares of ETHNIC_GROUPS by deprivation fifth (where each group lives).
_ETHNIC_FIFTHS = np.array(
    [
        [0.86, 1.70, 1.90, 1.20, 1.57],
        [0.95, 1.24, 1.55, 1.17, 1.35],
        [1.04, 0.82, 0.78, 0.97, 0.88],
        [1.08, 0.63, 0.47, 0.86, 0.65],
        [1.07, 0.62, 0.31, 0.81, 0.56],
    ]
)
# Heritage of names by ethnic group: weights over names.HERITAGES. Assumed.
_HERITAGE_WEIGHTS = (
    (0.93, 0.0, 0.0, 0.07),
    (0.04, 0.90, 0.0, 0.06),
    (0.40, 0.02, 0.55, 0.03),
    (0.75, 0.08, 0.12, 0.05),
    (0.15, 0.10, 0.05, 0.70),
)

_OTHER_GROUP = 0.05  # partner or sharer of another ethnic group than the reference person: assumed
_SHARED_SURNAME = 0.72  # couples who share a surname: assumed; 90 % of name changers take one name
_CHILD_OTHER_SURNAME = 0.10  # children with another surname than the reference person: assumed
_TWIN = 0.0285  # a further child is the twin of the one before: 2.9 % of babies, 14.6 per 1,000
_CHILD_GAP = (30.0, 5.5)  # years between mother and child, mean and standard deviation: assumed
_SHARERS_UNDER_18 = 0.20  # of further members of other households: assumed
_ADULT, _OLDEST = 18.0, 104
_YOUNGEST_PARENT = 15.0  # years between a child and the reference person, at least


@dataclass(frozen=True)
class Households:
    """Households by number, and the people in them, in order.

    Attributes:
        kind: Position in HOUSEHOLD_TYPES of each household, int64.
        household: Household number of each person, int64, shape (people,), not decreasing.
        ordinal: 0 for the reference person, then 1, 2, ..., int64, shape (people,).
    """

    kind: NDArray[np.int64] = field(repr=False)
    household: NDArray[np.int64] = field(repr=False)
    ordinal: NDArray[np.int64] = field(repr=False)

    @property
    def count(self) -> int:
        """How many households have people."""
        return int(self.household[-1]) + 1


def draw_households(seed: int, people: int, fifth: NDArray[np.int64]) -> Households:
    """Draws households until they hold the number of people asked for.

    Args:
        seed: The run's seed.
        people: How many people; the last household is cut short to meet it.
        fifth: Deprivation fifth of each household's home, 1 to 5, long enough.

    Returns:
        The households.
    """
    number = np.arange(len(fifth))
    kind = np.empty(len(fifth), dtype=np.int64)
    for value in range(1, 6):
        at = np.flatnonzero(fifth == value)
        weights = [t.share * t.fifths[value - 1] for t in HOUSEHOLD_TYPES]
        kind[at] = randomness.choose(seed, "household type", number[at], weights)
    size = np.ones(len(fifth), dtype=np.int64)
    for code, household_type in enumerate(HOUSEHOLD_TYPES):
        at = np.flatnonzero(kind == code)
        drawn = randomness.choose(seed, "household size", number[at], household_type.sizes)
        size[at] = drawn + 1
    household = np.repeat(number, size)[:people]
    first = np.cumsum(size) - size
    return Households(kind, household, np.arange(people) - first[household])


def _ages_in(
    seed: int, decision: str, ids: NDArray[np.uint64], bands: Bands
) -> NDArray[np.float64]:
    chosen = randomness.choose(seed, f"{decision}: band", ids, [band[2] for band in bands])
    low = np.array([band[0] for band in bands], dtype=np.float64)[chosen]
    high = np.array([band[1] + 1 for band in bands], dtype=np.float64)[chosen]
    return low + (high - low) * randomness.uniform(seed, decision, ids)


def draw_ages(seed: int, ids: NDArray[np.uint64], homes: Households) -> NDArray[np.float64]:
    """Draws everybody's age in years at the start of the window, float64, shape (people,)."""
    kind = homes.kind[homes.household]
    reference = np.empty(len(ids))
    heads = np.flatnonzero(homes.ordinal == 0)
    for code, household_type in enumerate(HOUSEHOLD_TYPES):
        at = heads[kind[heads] == code]
        reference[at] = _ages_in(seed, "age of reference person", ids[at], household_type.reference)
    head_of = heads[homes.household]
    head_age = reference[head_of]
    age = reference
    role = role_of(homes)
    partner = role == "partner"
    gap = randomness.normal(seed, "age gap of couple", ids) * 4.0 - 1.0
    age[partner] = np.maximum(_ADULT, (head_age + gap)[partner])
    mean, spread = _CHILD_GAP
    apart = mean + spread * randomness.normal(seed, "age gap of child", ids)
    even = randomness.uniform(seed, "age of others", ids)
    child = head_age - apart
    # A child outside the ages of its role is redrawn evenly within them.
    eldest = np.minimum(_ADULT, head_age - _YOUNGEST_PARENT)
    young = np.where((child >= 0) & (child < eldest), child, eldest * even)
    grown = np.where(child >= _ADULT, child, _ADULT + 10.0 * even)
    grown = np.clip(grown, _ADULT, np.maximum(_ADULT, head_age - _YOUNGEST_PARENT))
    adult = np.maximum(even - _SHARERS_UNDER_18, 0.0) / (1.0 - _SHARERS_UNDER_18)
    minor = _ADULT / _SHARERS_UNDER_18 * even
    sharer = np.where(even < _SHARERS_UNDER_18, minor, _ADULT + 55.0 * adult**1.5)
    for name, drawn in (("children", young), ("grown", grown), ("sharers", sharer)):
        age[role == name] = drawn[role == name]
    twin = (role == "children") & (np.roll(role, 1) == "children") & (homes.ordinal > 0)
    twin &= randomness.happens(seed, "twin of the child before", ids, _TWIN)
    # Twins' ages are copied once: a twin of a twin keeps its own.
    source = np.flatnonzero(twin) - 1
    age[source + 1] = age[source]
    return np.minimum(age, _OLDEST)


def role_of(homes: Households) -> NDArray[np.str_]:
    """Returns each person's role: reference, partner, children, grown or sharers."""
    kind = homes.kind[homes.household]
    couple = np.array([t.couple for t in HOUSEHOLD_TYPES])[kind]
    others = np.array([t.others for t in HOUSEHOLD_TYPES])[kind]
    rest = np.where((homes.ordinal == 1) & couple, "partner", others)
    return np.where(homes.ordinal == 0, "reference", rest)


def _draw_women(
    seed: int, ids: NDArray[np.uint64], homes: Households, role: NDArray[np.str_]
) -> NDArray[np.bool_]:
    kind = homes.kind[homes.household]
    share = np.where(role == "reference", np.array([t.women for t in HOUSEHOLD_TYPES])[kind], 0.487)
    women = randomness.happens(seed, "sex", ids, share)
    heads = np.flatnonzero(homes.ordinal == 0)
    partner = np.flatnonzero(role == "partner")
    head_women = women[heads[homes.household[partner]]]
    same = randomness.happens(seed, "same-sex couple", ids[partner], 0.015)
    women[partner] = head_women == same
    return women


def _draw_ethnic_groups(
    seed: int,
    ids: NDArray[np.uint64],
    homes: Households,
    fifth: NDArray[np.int64],
    shares: tuple[float, ...],
) -> NDArray[np.int64]:
    """Draws codes into ETHNIC_GROUPS: a household's, with some members of another group."""
    number = homes.household.astype(np.uint64)
    group = np.empty(len(ids), dtype=np.int64)
    for value in range(1, 6):
        at = np.flatnonzero(fifth == value)
        weights = np.array(shares) * _ETHNIC_FIFTHS[value - 1]
        group[at] = randomness.choose(seed, "ethnic group of household", number[at], weights)
        other = at[randomness.happens(seed, "another ethnic group", ids[at], _OTHER_GROUP)]
        other = other[homes.ordinal[other] > 0]
        group[other] = randomness.choose(seed, "ethnic group", ids[other], weights)
    return group


def draw_people(
    seed: int, spec: WorldSpec, people: int, homes: Households, fifth: NDArray[np.int64]
) -> pl.DataFrame:
    """Draws everybody: age, sex, ethnic group, names, NHS number.

    Args:
        seed: The run's seed.
        spec: The world's spec, for its first day and region.
        people: How many people.
        homes: The households.
        fifth: Deprivation fifth of each household's home, 1 to 5.

    Returns:
        Frame in order of household and ordinal: `person_id`, `household_id` (UInt64),
        `date_of_birth`, `sex`, `ethnic_group`, `first_name`, `surname`, `former_surname` (null
        unless changed), `nhs_number` (Int64, valid, from the block that is not issued).
    """
    ids = randomness.combine("person", homes.household, homes.ordinal)
    role = role_of(homes)
    women = _draw_women(seed, ids, homes, role)
    born = np.datetime64(spec.start) - np.round(draw_ages(seed, ids, homes) * 365.25).astype(int)
    shares = REGIONS[spec.region].ethnic_shares
    group = _draw_ethnic_groups(seed, ids, homes, fifth[homes.household], shares)
    surname, former = _draw_surnames(seed, ids, homes, role, women, group)
    heritage = _draw_heritage(seed, ids, group)
    year = born.astype("datetime64[Y]").astype(np.int64) + 1970
    return pl.DataFrame(
        {
            "person_id": ids,
            "household_id": randomness.combine("household", homes.household, 0),
            "date_of_birth": pl.Series(born.astype("datetime64[D]")).cast(pl.Date),
            "sex": np.where(women, "F", "M"),
            "ethnic_group": np.array(ETHNIC_GROUPS)[group],
            "first_name": names.draw_first_names(seed, ids, heritage, women, year),
            "surname": surname,
            "former_surname": pl.Series(former).replace("", None),
            "nhs_number": nhs_number(
                randomness.permuted(seed, "nhs number", np.arange(people), VALID_IN_BLOCK)
            ),
        }
    )


def _draw_heritage(
    seed: int, ids: NDArray[np.uint64], group: NDArray[np.int64]
) -> NDArray[np.int64]:
    heritage = np.empty(len(ids), dtype=np.int64)
    for code, weights in enumerate(_HERITAGE_WEIGHTS):
        at = np.flatnonzero(group == code)
        heritage[at] = randomness.choose(seed, "heritage of names", ids[at], weights)
    return heritage


def _draw_surnames(
    seed: int,
    ids: NDArray[np.uint64],
    homes: Households,
    role: NDArray[np.str_],
    women: NDArray[np.bool_],
    group: NDArray[np.int64],
) -> tuple[NDArray[np.str_], NDArray[np.str_]]:
    """Draws surnames, and the former surname of those who changed it (empty for others)."""
    own = names.draw_surnames(seed, ids, _draw_heritage(seed, ids, group), "surname")
    heads = np.flatnonzero(homes.ordinal == 0)
    family = own[heads[homes.household]]
    shares = randomness.happens(seed, "couple shares surname", ids, _SHARED_SURNAME)
    childs = ~randomness.happens(seed, "child of another surname", ids, _CHILD_OTHER_SURNAME)
    takes = ((role == "partner") & shares) | (np.isin(role, ("children", "grown")) & childs)
    surname = np.where(takes, family, own)
    # The name that was changed: the partner's own, or that of a woman whose partner has hers.
    partner = np.flatnonzero((role == "partner") & shares)
    changed = np.zeros(len(ids), dtype=bool)
    changed[np.where(women[partner], partner, partner - 1)] = True
    changed |= (
        (role == "reference")
        & women
        & randomness.happens(
            seed,
            "changed surname before",
            ids,
            np.where(homes.kind[homes.household] == 0, 0.8, 0.25),
        )
    )
    maiden = names.draw_surnames(seed, ids, _draw_heritage(seed, ids, group), "former surname")
    former = np.where(role == "partner", own, maiden)
    return surname, np.where(changed & (former != surname), former, "")
