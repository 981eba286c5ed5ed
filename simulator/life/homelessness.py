"""Spells without a home: who sleeps rough, from when until when.

3,898 people slept rough on one night of 2023 and 7,072 over a month of it (England; DLUHC, Crisis):
6.8 per 100,000 on a night. If spells are exponential, 7,072 / 3,898 = 1 + 30 / mean, so that a
spell lasts 37 days on average. By age, sex and deprivation see events/homelessness.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulator import randomness
from simulator.events.contacts import NEVER

if TYPE_CHECKING:
    from numpy.typing import NDArray

MEAN_DAYS = 37.0
_LONGEST = 5.0  # spells that began up to so many means before the window are looked at


def draw_spells(
    seed: int, ids: NDArray[np.uint64], on_a_night: NDArray[np.float64], days: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Draws at most one spell for each.

    Args:
        seed: The run's seed.
        ids: Stable ids, uint64, shape (people,).
        on_a_night: Chance of being without a home on a given night, float64, same shape.
        days: Length of the window.

    Returns:
        The first day of the spell, and the first after it, int64, shape (people,), from the start
        of the window and below 0 before it; NEVER for those who have none in the window.
    """
    before = int(MEAN_DAYS * _LONGEST)
    # A spell lasts whole days, half a day more on average.
    chance = -np.expm1(-on_a_night * (days + before) / (MEAN_DAYS + 0.5))
    at = np.flatnonzero(randomness.happens(seed, "loses a home", ids, chance))
    first = randomness.whole(seed, "day: loses a home", ids[at], days + before) - before
    length = np.ceil(randomness.exponential(seed, "length of homelessness", ids[at]) * MEAN_DAYS)
    start, end = np.full(len(ids), NEVER), np.full(len(ids), NEVER)
    seen = first + length > 0
    start[at[seen]] = first[seen]
    end[at[seen]] = (first + length.astype(np.int64))[seen]
    return start, end
