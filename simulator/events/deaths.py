"""Deaths: invented dates. Rates by age, sex and deprivation are assumed.

They are raised to the 577,160 deaths of 2022 per 60.2 million people (England and Wales, ONS): 9.59
per 1,000.

Deaths are part of people's lives (see simulator/lifecourse.py): after theirs, people have no
contact with any service. This one reads who died.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulator import randomness
from simulator.events.contacts import NEVER, Clients, Contacts, ServiceModel, by_age

if TYPE_CHECKING:
    from numpy.typing import NDArray

SERVICE = "deaths"
_BY_AGE = ((0, 0.0010), (1, 0.0001), (15, 0.0004), (30, 0.0009), (45, 0.0027), (55, 0.0065),
           (65, 0.0155), (75, 0.0450), (85, 0.1450))  # fmt: skip
_WOMEN, _MEN = 0.86, 1.16
_BY_FIFTH = np.array([1.40, 1.15, 0.97, 0.85, 0.75])
PER_1000 = 9.59
_LEVEL = 0.979  # set so that PER_1000 comes out in England and Wales


def rates(_seed: int, clients: Clients) -> NDArray[np.float64]:
    """Returns deaths per year by age, sex and deprivation."""
    sex = np.where(clients.female, _WOMEN, _MEN)
    return np.asarray(_LEVEL * by_age(clients.age, _BY_AGE) * sex * _BY_FIFTH[clients.fifth - 1])


def contacts(clients: Clients, died: NDArray[np.int64]) -> Contacts:
    """Returns one contact for each who dies.

    Args:
        clients: Everybody.
        died: Minute of the window at which each dies, int64, shape (people,); NEVER for those who
            live.
    """
    person = np.flatnonzero(died < NEVER)
    event_id = randomness.combine(f"contact {SERVICE}", clients.ids[person], 0)
    return Contacts(event_id, person, died[person], np.zeros(len(person), dtype=np.bool_))


MODEL = ServiceModel(
    rates,
    hours=(1.0,) * 24,
    site_kind="hospital",
    mean_cost=0.0,
    cost_spread=0.0,
    is_prone=False,
    is_once=True,
    is_shared=True,
)
