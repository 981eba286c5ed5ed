"""Moves: which households move, when, where to, and which of them leave.

A household moves at most once in the window. Some leave, and other households arrive in their
homes on the same day. The rest change homes among themselves, so that every home stays lived in by
as many households as before. Most stay in the same deprivation fifth.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from simulator import randomness

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.specs import WorldSpec

# Move rate by age of the reference person, relative to the mean: set with life/leaving_home.py so
# that a third of people aged 20-24 move in a year (census 2001), and all together as often as the
# mean says; beyond 30 the shape is assumed. Columns: from age, multiplier.
_MOVE_BY_AGE = ((0, 6.6), (25, 2.1), (30, 0.95), (45, 0.46), (65, 0.25))
_SAME_FIFTH = 0.70  # movers who stay in the same deprivation fifth: assumed
_DAYS_PER_YEAR = 365.25


@dataclass(frozen=True)
class Moves:
    """Where each household lives.

    Attributes:
        first: Home number at the start of the window, int64, shape (households,).
        last: Home number at its end, or when the household leaves; int64, same shape.
        day: Day of the window, from 0, on which it moves or leaves, int64, same shape; -1 for those
            who stay.
        leaves: Whether it leaves, bool, same shape.
    """

    first: NDArray[np.int64] = field(repr=False)
    last: NDArray[np.int64] = field(repr=False)
    day: NDArray[np.int64] = field(repr=False)
    leaves: NDArray[np.bool_] = field(repr=False)


def draw_moves(
    seed: int,
    spec: WorldSpec,
    home: NDArray[np.int64],
    reference_age: NDArray[np.float64],
    private: NDArray[np.bool_],
    fifth: NDArray[np.int64],
) -> Moves:
    """Draws who moves, when, and where to.

    Args:
        seed: The run's seed.
        spec: The world's spec: move rate, share who leave, and window.
        home: Home number of each household at the start, shape (households,).
        reference_age: Age of its reference person in years, same shape.
        private: Whether it is a private household; communal establishments stay.
        fifth: Deprivation fifth of its home at the start, same shape.

    Returns:
        The moves.
    """
    number = np.arange(len(home))
    years = spec.days / _DAYS_PER_YEAR
    starts, multipliers = zip(*_MOVE_BY_AGE, strict=True)
    relative = np.array(multipliers)[np.searchsorted(starts, reference_age, side="right") - 1]
    yearly = np.minimum(0.95, spec.move_rate.value * relative) * private
    movers = np.flatnonzero(
        randomness.happens(seed, "household moves", number, 1 - (1 - yearly) ** years)
    )
    day = np.full(len(home), -1, dtype=np.int64)
    day[movers] = randomness.whole(seed, "day of move", movers, spec.days)
    leaves = np.zeros(len(home), dtype=np.bool_)
    leaves[movers] = randomness.happens(seed, "household leaves", movers, spec.life.leaving.value)
    movers = movers[~leaves[movers]]
    last = home.copy()
    # Random rings, one for each fifth and one for those who leave it: each takes the next's home.
    near = randomness.happens(seed, "moves within the same fifth", movers, _SAME_FIFTH)
    among = np.where(near, fifth[movers], 0)
    among[(np.bincount(among, minlength=6) == 1)[among]] = 0
    shuffled = randomness.order(seed, "where movers go", movers)
    for value in range(6):
        ring = movers[shuffled[among[shuffled] == value]]
        last[ring] = home[np.roll(ring, -1)]
    return Moves(home, last, day, leaves)
