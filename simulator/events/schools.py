"""Schools: pupils of 5 to 16.

23.8 % are eligible for free school meals (DfE, 2023). The gradient by deprivation and the sessions
missed are assumed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulator import randomness
from simulator.events.registers import RegisterModel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.events.contacts import Clients

FREE_MEALS = 0.238
_FROM, _BELOW = 5, 17
_FREE_MEALS_BY_FIFTH = np.array([1.77, 1.23, 0.84, 0.59, 0.39])
_MEAN_ABSENCE = (6.0, 11.0)  # per cent of sessions, by eligibility


def free_meals_chance(clients: Clients) -> NDArray[np.float64]:
    """Returns the chance that a pupil is eligible, by deprivation."""
    return np.asarray(FREE_MEALS * _FREE_MEALS_BY_FIFTH[clients.fifth - 1])


def chances(_seed: int, clients: Clients) -> NDArray[np.float64]:
    """Returns 1 for those of school age, 0 for others."""
    return np.where((clients.age >= _FROM) & (clients.age < _BELOW), 1.0, 0.0)


def content(seed: int, clients: Clients) -> dict[str, NDArray[np.bool_] | NDArray[np.int64]]:
    """Gives who is eligible for free meals, and the sessions that each missed."""
    free = randomness.happens(seed, "free school meals", clients.ids, free_meals_chance(clients))
    mean = np.where(free, _MEAN_ABSENCE[1], _MEAN_ABSENCE[0])
    missed = randomness.exponential(seed, "absence from school", clients.ids) * mean
    return {"free_school_meals": free, "absence_percent": np.minimum(missed, 100).astype(np.int64)}


MODEL = RegisterModel(chances, content)
