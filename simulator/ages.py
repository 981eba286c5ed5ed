"""Ages: drawn by role in the household, from weights fitted to the age bands of a census.

The reference person's age is drawn by type of household, and partners and children follow from it
by gaps in years. The weights of reference persons' and sharers' ages are fitted on a small table,
so that all people together have the age bands of England and Wales. Other regions' ages follow from
their households; their own age bands are not used.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from simulator import communal, randomness
from simulator.fitting import rake, tilt
from simulator.household_types import HOUSEHOLD_TYPES, PEOPLE_BY_SIZE, sizes_of_types
from simulator.households import (
    CHILD,
    FIRST_ESTABLISHMENT,
    GROWN,
    PARTNER,
    RESIDENT,
    SHARER,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.households import Households

# Census 2021 TS007A, England and Wales: 0-4, 5-9, ..., 80-84, 85 and over, in per cent.
EW_AGES = (5.42, 5.91, 6.03, 5.70, 6.04, 6.55, 6.96, 6.68, 6.30, 6.36, 6.92, 6.76, 5.80, 4.94, 5.00,
           3.64, 2.54, 2.44)  # fmt: skip
_EW_COMMUNAL = 0.0175

# Bands in which ages of reference persons and sharers are drawn.
_FROM = np.array([18.0, *range(20, 90, 5)])
_OLD, _OLDEST = 85.0, 104.0
_OLD_YEARS = 5.0  # beyond 85 a third live on for 5 years: 0.9 % of people are 90 and over
_ADULT, _RETIRED = 18.0, 66.0
_COUPLE_GAP = (-1.0, 4.0)  # years from reference person to partner, mean and spread: assumed
_CHILD_GAP = (30.0, 5.5)  # years between mother and child, mean and spread: assumed
_YOUNGEST_PARENT = 15.0  # years between a child and the reference person, at least
_GROWN_YEARS = 10.0
_SHARERS_UNDER_18 = 0.15  # of further members of other households: assumed
_OLDER_CHILDREN = np.array([0.4, 0.3, 0.2, 0.1])  # of those aged 18 to 21: assumed
_SHARERS_AGES = (18, 22, 84)
_FAMILY_66 = next(i for i, t in enumerate(HOUSEHOLD_TYPES) if t.title == "family, all 66 and over")
_MULTIPLE_BIRTHS = 0.0146  # of maternities (ONS, 2022)
_BANDS = len(EW_AGES)
_POINTS = 24  # points at which a band of ages is looked at when weights are fitted
_PARENTS = 60  # ages of reference persons with children under 18 lie below
_COUPLES = np.array([t.couple for t in HOUSEHOLD_TYPES])
_OTHERS = np.array([t.others for t in HOUSEHOLD_TYPES])


def _within(
    low: NDArray[np.float64], high: NDArray[np.float64], level: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Returns ages evenly within bands; beyond 85 they thin out."""
    even = low + (high - low) * level
    reach = 1.0 - np.exp(-(_OLDEST - _OLD) / _OLD_YEARS)
    return np.where(low >= _OLD, _OLD - _OLD_YEARS * np.log1p(-reach * level), even)


def _partner(
    head: NDArray[np.float64], least: NDArray[np.float64], gap: NDArray[np.float64]
) -> NDArray[np.float64]:
    mean, spread = _COUPLE_GAP
    return np.clip(head + mean + spread * gap, least, _OLDEST)


def _grown(
    head: NDArray[np.float64], gap: NDArray[np.float64], even: NDArray[np.float64]
) -> NDArray[np.float64]:
    mean, spread = _CHILD_GAP
    age = head - mean - spread * gap
    age = np.where(age >= _ADULT, age, _ADULT + _GROWN_YEARS * even)
    return np.clip(age, _ADULT, np.maximum(_ADULT, head - _YOUNGEST_PARENT))


def _bands_of(ages: tuple[int, int, int]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Returns lower and upper ends of the bands, cut to the youngest and oldest age."""
    ends = np.array([*_FROM[1:], _OLDEST])
    return np.clip(_FROM, ages[0], None), np.clip(ends, None, ages[2] + 1)


def _prior(ages: tuple[int, int, int]) -> NDArray[np.float64]:
    low, high = _bands_of(ages)
    width = np.clip(high - low, 0.0, None)
    middle, mode = (low + high) / 2, ages[1]
    rise, fall = (middle - ages[0]) / (mode - ages[0] + 1), (ages[2] - middle) / (ages[2] - mode)
    return np.asarray(width * np.clip(np.minimum(rise, fall), 0.05, 1.0))


@dataclass(frozen=True)
class AgeTables:
    """Fitted weights of ages.

    Attributes:
        reference: Of bands of reference persons, shape (types, bands).
        sharer: Of bands of sharers who are 18 and over, shape (bands,).
        child: Of children's ages in whole years, by the reference person's; shape (60, 22).
    """

    reference: NDArray[np.float64] = field(repr=False)
    sharer: NDArray[np.float64] = field(repr=False)
    child: NDArray[np.float64] = field(repr=False)


@cache
def age_tables() -> AgeTables:
    """Fits ages to private households of England and Wales.

    Its age bands are taken less those of the residents of establishments. Adults are fitted
    first, then children given their household's adult; children who are one too many for the
    bands under 18 are 18 to 21, brothers and sisters of younger ones.
    """
    levels = (np.arange(_POINTS) + 0.5) / _POINTS
    shares = sizes_of_types()
    of_types = shares.sum(axis=1)
    others = shares @ PEOPLE_BY_SIZE - of_types * (1 + _COUPLES)
    total = float((of_types * (1 + _COUPLES) + others).sum())
    private = np.array(EW_AGES) / sum(EW_AGES) - _EW_COMMUNAL * _residents(levels)
    wanted = private / private.sum() * total
    # Of the band 15-19 three fifths are children, two fifths adults.
    young = np.append(np.repeat(wanted[:3] / 5, 5), np.repeat(wanted[3] / 5, 3))
    old = np.append(wanted[3] * 2 / 5, wanted[4:])
    children, sharers = others[_OTHERS == "child"].sum(), others[_OTHERS == "sharer"].sum()
    young = young - sharers * _SHARERS_UNDER_18 / 18
    older = (children - young.sum()) * _OLDER_CHILDREN
    old[:2] -= older[:2].sum(), older[2:].sum()
    counts = np.zeros((len(HOUSEHOLD_TYPES) + 1, len(_FROM), len(old)))
    for row, household_type in enumerate(HOUSEHOLD_TYPES):
        grown = others[row] / of_types[row] if household_type.others == "grown" else 0.0
        for band, (low, high) in enumerate(zip(*_bands_of(household_type.ages), strict=True)):
            if low < high:
                counts[row, band] = _adults(row, low, high, grown, levels)
    for band, (low, high) in enumerate(zip(*_bands_of(_SHARERS_AGES), strict=True)):
        counts[-1, band] = _spread(_within(low + 0 * levels, high + 0 * levels, levels))[3:]
    priors = [*(_prior(t.ages) for t in HOUSEHOLD_TYPES), _prior(_SHARERS_AGES)]
    fitted = tilt(
        np.array(priors), counts, np.append(of_types, sharers * (1 - _SHARERS_UNDER_18)), old
    )
    of_children = np.append(young, older)
    return AgeTables(fitted[:-1], fitted[-1], _children(fitted[:-1], others, of_children, levels))


def _children(
    reference: NDArray[np.float64],
    others: NDArray[np.float64],
    wanted: NDArray[np.float64],
    levels: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Fits ages of children by the age of the reference person, both in whole years."""
    of_adults = np.zeros(_PARENTS)
    for row in np.flatnonzero(_OTHERS == "child"):
        for band, (low, high) in enumerate(zip(*_bands_of(HOUSEHOLD_TYPES[row].ages), strict=True)):
            if low < high:
                years = _within(low + 0 * levels, high + 0 * levels, levels).astype(np.int64)
                weight = others[row] * reference[row, band] / len(levels)
                of_adults += weight * np.bincount(years, minlength=_PARENTS)
    adult, child = np.arange(_PARENTS)[:, None], np.arange(len(wanted))[None, :]
    mean, spread = _CHILD_GAP
    kernel = np.exp(-(((adult - child - mean) / spread) ** 2) / 2) + 1e-4
    kernel[adult - child <= _YOUNGEST_PARENT] = 0.0
    kernel[of_adults == 0] = 0.0
    return rake(kernel, of_adults, wanted / wanted.sum() * of_adults.sum())


def _spread(ages: NDArray[np.float64]) -> NDArray[np.float64]:
    """Returns the share of these ages in each band of EW_AGES."""
    codes = np.minimum(ages.reshape(-1) // 5, _BANDS - 1).astype(np.int64)
    return np.asarray(np.bincount(codes, minlength=_BANDS) / codes.size)


def _adults(
    row: int, low: float, high: float, grown: float, levels: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Returns how many of a household are 18-19, 20-24, ..., by the band of its reference person.

    Grown children are a number a household, partners one where the type has one.
    """
    head = _within(low + 0 * levels, high + 0 * levels, levels)
    heads, gaps, evens = np.meshgrid(head, special.ndtri(levels), levels[::3])
    found = _spread(head)
    if HOUSEHOLD_TYPES[row].couple:
        found = found + _spread(_partner(heads, np.full_like(heads, _least(row)), gaps))
    if grown:
        found = found + grown * _spread(_grown(heads, gaps, evens))
    return found[3:]


def _least(row: int) -> float:
    return _RETIRED if row == _FAMILY_66 else _ADULT


def _residents(levels: NDArray[np.float64]) -> NDArray[np.float64]:
    kinds = communal.ESTABLISHMENTS
    return sum(
        (k.share * _spread(communal.triangular(levels, k.ages)) for k in kinds), np.zeros(_BANDS)
    )


def draw_ages(seed: int, ids: NDArray[np.uint64], homes: Households) -> NDArray[np.float64]:
    """Draws everybody's age in years at the start of the window, float64, shape (people,)."""
    age = np.empty(len(ids))
    tables, heads = age_tables(), homes.heads
    for row, household_type in enumerate(HOUSEHOLD_TYPES):
        at = heads[homes.kind[: homes.count] == row]
        age[at] = _banded(
            seed, "age of reference person", ids[at], tables.reference[row], household_type.ages
        )
    at = np.flatnonzero(homes.role == PARTNER)
    least = np.where(homes.kind[homes.household[at]] == _FAMILY_66, _RETIRED, _ADULT)
    gap = randomness.normal(seed, "age gap of couple", ids[at])
    age[at] = _partner(age[heads[homes.household[at]]], least, gap)
    at = np.flatnonzero(homes.role == GROWN)
    gap = randomness.normal(seed, "age gap of child", ids[at])
    even = randomness.uniform(seed, "age of grown child", ids[at])
    age[at] = _grown(age[heads[homes.household[at]]], gap, even)
    at = np.flatnonzero(homes.role == CHILD)
    age[at] = _draw_children(seed, ids[at], age[heads[homes.household[at]]], tables.child)
    at = np.flatnonzero(homes.role == SHARER)
    age[at] = _banded(seed, "age of sharer", ids[at], tables.sharer, _SHARERS_AGES)
    even = randomness.uniform(seed, "sharer under 18", ids[at]) / _SHARERS_UNDER_18
    age[at[even < 1]] = _ADULT * even[even < 1]
    _draw_residents(seed, ids, homes, age)
    _draw_twins(seed, ids, homes, age)
    return age


def _draw_children(
    seed: int,
    ids: NDArray[np.uint64],
    adult: NDArray[np.float64],
    weights: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Draws ages of children by the age of the reference person."""
    cumulative = np.cumsum(weights, axis=1)
    row = adult.astype(np.int64)
    level = randomness.uniform(seed, "age of child in years", ids) * cumulative[row, -1]
    years = np.zeros(len(ids), dtype=np.int64)
    for year in range(cumulative.shape[1] - 1):
        years += level >= cumulative[row, year]
    return np.asarray(years + randomness.uniform(seed, "age of child", ids))


def _banded(
    seed: int,
    decision: str,
    ids: NDArray[np.uint64],
    weights: NDArray[np.float64],
    ages: tuple[int, int, int],
) -> NDArray[np.float64]:
    low, high = _bands_of(ages)
    band = randomness.choose(seed, f"{decision}: band", ids, weights)
    return _within(low[band], high[band], randomness.uniform(seed, decision, ids))


def _draw_residents(
    seed: int, ids: NDArray[np.uint64], homes: Households, age: NDArray[np.float64]
) -> None:
    resident = np.flatnonzero(homes.role == RESIDENT)
    kind = homes.kind[homes.household[resident]] - FIRST_ESTABLISHMENT
    for code, establishment in enumerate(communal.ESTABLISHMENTS):
        at = resident[kind == code]
        level = randomness.uniform(seed, "age of resident", ids[at])
        age[at] = communal.triangular(level, establishment.ages)


@cache
def twin_chance() -> float:
    """Returns how often a further child is the twin of the one before.

    First children cannot be, so that it is more often than births are multiple.
    """
    shares = sizes_of_types()[_OTHERS == "child"]
    couples = _COUPLES[_OTHERS == "child"]
    children = float((shares @ PEOPLE_BY_SIZE).sum())
    children -= float((shares.sum(axis=1) * (1 + couples)).sum())
    further = 1 - float(shares.sum()) / children
    return _MULTIPLE_BIRTHS / (1 + _MULTIPLE_BIRTHS) / further


def _draw_twins(
    seed: int, ids: NDArray[np.uint64], homes: Households, age: NDArray[np.float64]
) -> None:
    child = homes.role == CHILD
    further = np.flatnonzero(child[1:] & child[:-1] & (homes.ordinal[1:] > 0)) + 1
    twin = further[
        randomness.happens(seed, "twin of the child before", ids[further], twin_chance())
    ]
    # Twins' ages are copied once: a twin of a twin keeps its own.
    age[twin] = age[twin - 1]
