"""Ethnic groups: a household's, its mixed couples and their children, and the heritage of names.

Couples of two groups have children who are Mixed. Shares of groups among reference persons are
found so that all people of a region have its shares, in each deprivation fifth.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from simulator import randomness
from simulator.fitting import rake
from simulator.household_types import HOUSEHOLD_TYPES, PEOPLE_BY_SIZE, households_of_region
from simulator.households import CHILD, GROWN, PARTNER, RESIDENT, SHARER
from simulator.regions import REGIONS
from simulator.schema import ETHNIC_GROUPS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.households import Households
    from simulator.regions import RegionName

# Partners and sharers who are drawn without regard to the reference person: assumed, so that 10 %
# of couples are of two groups in England and Wales.
ANYBODY = 0.30

# Where each of ETHNIC_GROUPS lives: per cent in each fifth, most deprived first (England, IMD 2025
# with Census 2021).
_FIFTHS_OF_GROUPS = np.array(
    [
        [17.2, 34.0, 37.9, 23.9, 31.4],
        [19.0, 24.8, 30.9, 23.3, 26.9],
        [20.8, 16.3, 15.6, 19.4, 17.6],
        [21.6, 12.6, 9.3, 17.2, 12.9],
        [21.4, 12.4, 6.2, 16.2, 11.2],
    ]
)
# Heritage of names by ethnic group: weights over names.HERITAGES. Assumed.
HERITAGE_WEIGHTS = (
    (0.93, 0.0, 0.0, 0.07),
    (0.04, 0.90, 0.0, 0.06),
    (0.40, 0.02, 0.55, 0.03),
    (0.75, 0.08, 0.12, 0.05),
    (0.15, 0.10, 0.05, 0.70),
)

_MIXED = ETHNIC_GROUPS.index("Mixed")
_ROUNDS, _NEAR = 2_000, 1e-9
_PER_HOUSEHOLD = 8  # keys of draws that a household makes for each group


@cache
def groups_of_region(region: RegionName) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Returns shares of groups by fifth, of all people and of reference persons, each (5, 5)."""
    table = households_of_region(region)
    people = (table @ PEOPLE_BY_SIZE).sum(axis=1)
    shares = np.array(REGIONS[region].ethnic_shares)
    lives = _FIFTHS_OF_GROUPS * np.where(people > 0, 1.0, 0.0)[:, None]
    wanted = rake(lives * shares, people / people.sum(), shares)
    wanted = wanted / np.maximum(wanted.sum(axis=1, keepdims=True), _NEAR)
    family = np.array([t.couple and t.others in {"child", "grown"} for t in HOUSEHOLD_TYPES])
    children = (table[:, family] @ (PEOPLE_BY_SIZE - 2)).sum(axis=1) / np.maximum(people, _NEAR)
    of_heads = np.zeros_like(wanted)
    for fifth in np.flatnonzero(people > 0):
        of_heads[fifth] = _of_heads(wanted[fifth], float(children[fifth]))
    return wanted, of_heads


def _of_heads(wanted: NDArray[np.float64], children: float) -> NDArray[np.float64]:
    """Finds shares among reference persons from those of people and the share of couples' children.

    Partners and sharers have the shares of reference persons; only couples' children do not.
    """
    shares = wanted.copy()
    for _ in range(_ROUNDS):
        of_children = shares * (1 - ANYBODY + ANYBODY * shares)
        of_children[_MIXED] += ANYBODY * (1 - (shares**2).sum())
        found = (1 - children) * shares + children * of_children
        if np.abs(found - wanted).max() < _NEAR:
            return np.asarray(shares.round(9))
        shares = shares * wanted / found
        shares = shares / shares.sum()
    raise ValueError("mixed couples alone have more Mixed children than the region has people")


def draw_groups(
    seed: int,
    region: RegionName,
    ids: NDArray[np.uint64],
    homes: Households,
    fifth: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Draws codes into ETHNIC_GROUPS, int64, shape (people,).

    Args:
        seed: The run's seed.
        region: The region, for its shares.
        ids: People's stable ids.
        homes: The households.
        fifth: Deprivation fifth of each household's home, 1 to 5.
    """
    of_people, of_heads = groups_of_region(region)
    fifth = fifth[: homes.count]
    key = homes.key[: homes.count]
    head = _by_fifth(seed, "ethnic group of household", key, fifth, of_heads)
    group = head[homes.household]
    other = np.flatnonzero((homes.role == PARTNER) | (homes.role == SHARER))
    other = other[randomness.happens(seed, "of any ethnic group", ids[other], ANYBODY)]
    lives = fifth[homes.household[other]]
    group[other] = _by_fifth(seed, "ethnic group", ids[other], lives, of_heads)
    partner = np.flatnonzero(homes.role == PARTNER)
    mixed = np.zeros(homes.count, dtype=bool)
    mixed[homes.household[partner]] = group[partner] != head[homes.household[partner]]
    child = np.flatnonzero((homes.role == CHILD) | (homes.role == GROWN))
    group[child[mixed[homes.household[child]]]] = _MIXED
    resident = np.flatnonzero(homes.role == RESIDENT)
    lives = fifth[homes.household[resident]]
    group[resident] = _by_fifth(seed, "ethnic group", ids[resident], lives, of_people)
    return group


def _by_fifth(
    seed: int,
    decision: str,
    ids: NDArray[np.uint64] | NDArray[np.int64],
    fifth: NDArray[np.int64],
    shares: NDArray[np.float64],
) -> NDArray[np.int64]:
    group = np.zeros(len(ids), dtype=np.int64)
    for value in np.unique(fifth):
        at = np.flatnonzero(fifth == value)
        group[at] = randomness.choose(seed, decision, ids[at], shares[value - 1])
    return group


def draw_heritage(
    seed: int, ids: NDArray[np.uint64], homes: Households, group: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Draws codes into names.HERITAGES: one for all of a group in a household.

    A child of a couple of two groups follows either parent.
    """
    source = group.copy()
    heads = homes.heads
    partner = np.flatnonzero(homes.role == PARTNER)
    partner_group = group[heads].copy()
    partner_group[homes.household[partner]] = group[partner]
    child = np.flatnonzero(((homes.role == CHILD) | (homes.role == GROWN)) & (group == _MIXED))
    house = homes.household[child]
    first = randomness.happens(seed, "names after which parent", ids[child], 0.5)
    source[child] = np.where(first, group[heads[house]], partner_group[house])
    residents = np.where(homes.role == RESIDENT, homes.ordinal, 0)
    keys = (homes.key[homes.household] * _PER_HOUSEHOLD + source) + (residents << 40)
    heritage = np.empty(len(ids), dtype=np.int64)
    for code, weights in enumerate(HERITAGE_WEIGHTS):
        at = np.flatnonzero(source == code)
        heritage[at] = randomness.choose(seed, "heritage of names", keys[at], weights)
    return heritage
