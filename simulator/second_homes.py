"""Second homes of children: the other parent's, where they stay over 30 days a year.

The children of one household share one, and it is a home that somebody lives in. It is drawn among
households of lower numbers, so that a larger world leaves it as it is.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from simulator import randomness
from simulator.ages import age_tables
from simulator.household_types import HOUSEHOLD_TYPES, PEOPLE_BY_SIZE, sizes_of_types
from simulator.households import CHILD

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.households import Households

NONE = -1
"""Where there is no second home."""

# Of people under 18, England and Wales (ONS, living arrangements, Census 2021).
_SHARE_UNDER_18 = 0.05
_NEARBY = 3_000  # households before its own among which the other parent's is: assumed
_UNDER_18 = 0.208  # of people, England and Wales (TS007A, three fifths of the band 15-19)
_ADULT = 18.0
_LONE = next(
    i for i, t in enumerate(HOUSEHOLD_TYPES) if t.title == "lone parent, dependent children"
)


@cache
def chance_of_lone_parents() -> float:
    """Returns the share of lone parents' households whose children have a second home.

    Only they have one, so that it is the share among all under 18 times how many they are.
    """
    shares = sizes_of_types()
    children = float(shares[_LONE] @ (PEOPLE_BY_SIZE - 1))
    years = age_tables().child.sum(axis=0)
    young = float(years[:18].sum() / years.sum())
    return _SHARE_UNDER_18 * _UNDER_18 * float((shares @ PEOPLE_BY_SIZE).sum()) / (children * young)


def draw_second_homes(
    seed: int, homes: Households, home: NDArray[np.int64], age: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Draws second homes.

    Args:
        seed: The run's seed.
        homes: The households.
        home: Home number of each household at the start of the window, shape (households,).
        age: Everybody's age in years at the start of the window, shape (people,).

    Returns:
        Home number of each person's second home, or NONE; int64, shape (people,).
    """
    number = np.flatnonzero(homes.kind[: homes.count] == _LONE)
    number = number[number > 0]
    has = randomness.happens(seed, "children have a second home", number, chance_of_lone_parents())
    number = number[has]
    back = randomness.whole(seed, "second home", number, np.minimum(number, _NEARBY))
    of_household = np.full(homes.count, NONE, dtype=np.int64)
    of_household[number] = home[number - 1 - back]
    child = (homes.role == CHILD) & (age < _ADULT)
    return np.where(child, of_household[homes.household], NONE)
