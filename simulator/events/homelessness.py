"""Homelessness: rough sleepers of one night, and households in temporary accommodation.

6.8 per 100,000 people sleep rough (England, autumn 2023: 3,898); 109,000 households live in
temporary accommodation, 0.44 % of households (DLUHC; Crisis), at the address where they were last
settled. Spells of sleeping rough are in life/homelessness.py. By age, sex and deprivation assumed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulator.events.contacts import by_age
from simulator.events.families import children
from simulator.events.registers import RegisterModel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.events.contacts import Clients
    from simulator.events.dwellings import Dwellings

ROUGH_SLEEPERS, TEMPORARY = 6.8e-5, 0.0044  # of people; of households
_BY_AGE = ((0, 0.0), (18, 1.1), (26, 1.9), (50, 0.9), (65, 0.2))
_WOMEN, _MEN = 0.32, 1.70
_BY_FIFTH = np.array([1.90, 1.20, 0.85, 0.60, 0.45])
# Set so that the shares above come out.
_ROUGH_LEVEL, _PLACED_LEVEL = 1.0645, 0.8087
_WITH_CHILDREN = 1.9  # how much likelier households with children are placed


def rough_chances(_seed: int, clients: Clients) -> NDArray[np.float64]:
    """Returns the chance of sleeping rough on the night of the count."""
    sex = np.where(clients.female, _WOMEN, _MEN)
    share = by_age(clients.age, _BY_AGE) * sex * _BY_FIFTH[clients.fifth - 1]
    return np.asarray(_ROUGH_LEVEL * ROUGH_SLEEPERS * share)


def sleeps_rough(_seed: int, clients: Clients) -> NDArray[np.float64]:
    """Returns 1 for those who are in a spell without a home, 0 for others."""
    return clients.homeless.astype(np.float64)


def placed_chances(_seed: int, homes: Dwellings) -> NDArray[np.float64]:
    """Returns the chance that a household lives in temporary accommodation."""
    ratio = np.where(homes.children > 0, _WITH_CHILDREN, 1.0) * _BY_FIFTH[homes.fifth - 1]
    chance = _PLACED_LEVEL * TEMPORARY * ratio
    return np.where(homes.adults > 0, chance, 0.0)


ROUGH_SLEEPING = RegisterModel(sleeps_rough)
TEMPORARY_ACCOMMODATION = RegisterModel(placed_chances, children)
