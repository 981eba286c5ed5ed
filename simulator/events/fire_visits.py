"""Home safety visits by the fire and rescue service: events of homes, not of people.

1-2 % of dwellings a year, more often those of older people and in deprived areas; all assumed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulator import randomness
from simulator.events.contacts import MINUTES_PER_DAY, OFFICE_HOURS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.events.dwellings import Dwellings

_PER_HOME_YEAR = 0.010
_OLDER_RATIO, _OLDER = 3.0, 65  # homes with somebody of so many years or more
_BY_FIFTH = np.array([1.40, 1.15, 1.00, 0.80, 0.65])
_DAYS_PER_YEAR = 365.25


def draw(
    seed: int, homes: Dwellings, days: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.uint64], dict[str, NDArray[np.bool_]]]:
    """Draws the first visit of each visited home.

    Args:
        seed: The run's seed.
        homes: All homes.
        days: Length of the window.

    Returns:
        Positions of the visited homes, minutes of the window, and event ids, each shape (visits,);
        no further columns.
    """
    ratio = np.where(homes.oldest >= _OLDER, _OLDER_RATIO, 1.0)
    yearly = _PER_HOME_YEAR * ratio * _BY_FIFTH[homes.fifth - 1]
    chance = 1.0 - np.exp(-yearly * days / _DAYS_PER_YEAR)
    visited = np.flatnonzero(randomness.happens(seed, "fire visit", homes.ids, chance))
    event_id = randomness.combine("fire visit", homes.ids[visited], 0)
    day = randomness.whole(seed, "day of fire visit", event_id, days)
    hour = randomness.choose(seed, "hour of fire visit", event_id, OFFICE_HOURS)
    minute = randomness.whole(seed, "minute of fire visit", event_id, 60)
    return visited, day * MINUTES_PER_DAY + hour * 60 + minute, event_id, {}
