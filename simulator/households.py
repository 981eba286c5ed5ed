"""Households: of which type and size each is, and who is what in it.

Households are numbered in order and drawn one by one, each by its own number. A larger world
therefore starts with the same households as a smaller one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from simulator import randomness
from simulator.communal import NONE, draw_establishments
from simulator.household_types import HOUSEHOLD_TYPES, MORE_THAN_8, households_of_region

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.regions import RegionName

ROLES = ("reference", "partner", "child", "grown", "sharer", "resident")
"""Roles in a household, in the order of their codes; a resident lives in an establishment."""

REFERENCE, PARTNER, CHILD, GROWN, SHARER, RESIDENT = range(len(ROLES))
FIRST_ESTABLISHMENT = len(HOUSEHOLD_TYPES)
"""Kinds from here on are establishments, in the order of communal.ESTABLISHMENTS."""

ARRIVING = 1 << 50
"""Keys of households that arrive are those of the households whose homes they take, and this."""

_SIZES = 8
_OTHERS = np.array(
    [ROLES.index(t.others) if t.others in ROLES else SHARER for t in HOUSEHOLD_TYPES]
)
_COUPLES = np.array([t.couple for t in HOUSEHOLD_TYPES])


@dataclass(frozen=True)
class Households:
    """Households by number, and the people in them, in order.

    Attributes:
        kind: Position in HOUSEHOLD_TYPES of each household, int64; FIRST_ESTABLISHMENT and more
            for establishments.
        household: Household number of each person, int64, shape (people,), not decreasing.
        ordinal: 0 for the reference person, then 1, 2, ..., int64, shape (people,).
        role: Code into ROLES of each person, int8, shape (people,).
        key: Stable number of each household, of which its draws are made, int64, like `kind`.
    """

    kind: NDArray[np.int64] = field(repr=False)
    household: NDArray[np.int64] = field(repr=False)
    ordinal: NDArray[np.int64] = field(repr=False)
    role: NDArray[np.int8] = field(repr=False)
    key: NDArray[np.int64] = field(repr=False)

    @property
    def count(self) -> int:
        """How many households have people."""
        return int(self.household[-1]) + 1 if len(self.household) else 0

    @property
    def heads(self) -> NDArray[np.int64]:
        """Positions of the first person of each household, shape (count,)."""
        return np.flatnonzero(self.ordinal == 0)

    @property
    def private(self) -> NDArray[np.bool_]:
        """Whether each household that has people is no establishment, shape (count,)."""
        return np.asarray(self.kind[: self.count] < FIRST_ESTABLISHMENT)

    def alike(self, replaced: NDArray[np.int64]) -> Households:
        """Returns households of others with the same kinds and roles, one person for each replaced.

        Args:
            replaced: Positions of people, in order; all of a private household, or some of the
                residents of an establishment.
        """
        of_household, household = np.unique(self.household[replaced], return_inverse=True)
        first = np.searchsorted(household, np.arange(len(of_household)))
        ordinal = np.arange(len(replaced)) - first[household]
        key = self.key[of_household] + ARRIVING
        return Households(self.kind[of_household], household, ordinal, self.role[replaced], key)


def draw_households(
    seed: int, region: RegionName, people: int, fifth: NDArray[np.int64]
) -> Households:
    """Draws households until they hold the number of people asked for.

    Args:
        seed: The run's seed.
        region: The region, for sizes and types.
        people: How many people; the last household is cut short to meet it.
        fifth: Deprivation fifth of each household's home, 1 to 5, long enough.

    Returns:
        The households.
    """
    number = np.arange(len(fifth))
    cell = np.zeros(len(fifth), dtype=np.int64)
    shares = households_of_region(region)
    for value in range(1, 6):
        at = np.flatnonzero(fifth == value)
        weights = shares[value - 1].reshape(-1)
        if at.size:
            cell[at] = randomness.choose(seed, "household type and size", number[at], weights)
    kind, size = np.divmod(cell, _SIZES)
    size += 1
    largest = np.flatnonzero(size == _SIZES)
    size[largest] += randomness.choose(seed, "household of more than 8", largest, MORE_THAN_8)
    communal, residents = draw_establishments(seed, region, number)
    at = np.flatnonzero(communal != NONE)
    kind[at] = FIRST_ESTABLISHMENT + communal[at]
    size[at] = residents[at]
    household = np.repeat(number, size)[:people]
    if len(household) < people:
        raise ValueError(f"{len(fifth):,} homes do not hold {people:,} people")
    first = np.cumsum(size) - size
    ordinal = np.arange(people) - first[household]
    return Households(kind, household, ordinal, _roles(kind, household, ordinal), number)


def _roles(
    kind: NDArray[np.int64], household: NDArray[np.int64], ordinal: NDArray[np.int64]
) -> NDArray[np.int8]:
    count = int(household[-1]) + 1
    kinds = kind[:count]
    private = kinds < FIRST_ESTABLISHMENT
    type_of = np.where(private, kinds, 0)
    others = np.where(private, _OTHERS[type_of], RESIDENT).astype(np.int8)
    second = np.where(private & _COUPLES[type_of], PARTNER, others).astype(np.int8)
    first = np.where(private, REFERENCE, RESIDENT).astype(np.int8)
    role = others[household]
    head = np.flatnonzero(ordinal == 0)
    role[head] = first
    next_one = np.flatnonzero(ordinal == 1)
    role[next_one] = second[household[next_one]]
    return role
