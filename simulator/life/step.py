"""Steps: something that happens to some people, once, on a day of the window."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from simulator import randomness

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.specs import WorldSpec

_MOST_YEARLY = 0.95
_DAYS_PER_YEAR = 365.25


class Step(NamedTuple):
    """Something that happens to some people on a day.

    Attributes:
        person: Positions, int64, shape (n,).
        day: Day of the window, from 0, int64, same shape.
        other: Position of the other person concerned, int64, same shape; -1 for none.
    """

    person: NDArray[np.int64]
    day: NDArray[np.int64]
    other: NDArray[np.int64]

    @classmethod
    def of(cls, person: NDArray[np.int64], day: NDArray[np.int64]) -> Step:
        """Returns a step that concerns nobody else."""
        return cls(person, day, np.full(len(person), -1))


def once(
    seed: int, spec: WorldSpec, what: str, ids: NDArray[np.uint64], yearly: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Draws for whom something happens in the window, and when.

    Args:
        seed: The run's seed.
        spec: The world's spec: the window.
        what: What happens, in words.
        ids: Stable ids, uint64, shape (n,).
        yearly: Chance in a year of each, float64, same shape; at most 0.95 is used.

    Returns:
        Positions among the ids, and days of the window from 0, both int64, shape (those to whom it
        happens,).
    """
    chance = 1 - (1 - np.minimum(yearly, _MOST_YEARLY)) ** (spec.days / _DAYS_PER_YEAR)
    at = np.flatnonzero(randomness.happens(seed, what, ids, chance))
    return at, randomness.whole(seed, f"day: {what}", ids[at], spec.days)
