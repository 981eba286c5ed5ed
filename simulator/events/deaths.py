"""Deaths: invented dates. Rates by age, sex and deprivation are assumed.

Unless `world.deaths_end_contacts` is set, who dies lives on for all other services.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulator.events.contacts import Clients, ServiceModel, by_age

if TYPE_CHECKING:
    from numpy.typing import NDArray

SERVICE = "deaths"
_BY_AGE = ((0, 0.0010), (1, 0.0001), (15, 0.0004), (30, 0.0009), (45, 0.0027), (55, 0.0065),
           (65, 0.0155), (75, 0.0450), (85, 0.1450))  # fmt: skip
_WOMEN, _MEN = 0.86, 1.16
_BY_FIFTH = np.array([1.40, 1.15, 0.97, 0.85, 0.75])


def rates(_seed: int, clients: Clients) -> NDArray[np.float64]:
    """Returns deaths per year by age, sex and deprivation."""
    sex = np.where(clients.female, _WOMEN, _MEN)
    return np.asarray(by_age(clients.age, _BY_AGE) * sex * _BY_FIFTH[clients.fifth - 1])


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
