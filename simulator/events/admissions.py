"""Hospital admissions.

0.31 per person and year, 56 % of them women (NHS Digital: 17.6 million in England, 2023-24). Age
shape and cost are assumed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulator.events.contacts import ROUND_THE_CLOCK, Clients, ServiceModel, by_age

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BY_AGE = ((0, 0.36), (5, 0.09), (15, 0.20), (30, 0.26), (45, 0.30), (65, 0.52), (80, 0.80))
_WOMEN, _MEN = 1.08, 0.91
_BY_FIFTH = np.array([1.15, 1.06, 0.98, 0.93, 0.88])


def rates(_seed: int, clients: Clients) -> NDArray[np.float64]:
    """Returns admissions per year by age, sex and deprivation."""
    sex = np.where(clients.female, _WOMEN, _MEN)
    return np.asarray(by_age(clients.age, _BY_AGE) * sex * _BY_FIFTH[clients.fifth - 1])


MODEL = ServiceModel(
    rates, hours=ROUND_THE_CLOCK, site_kind="hospital", mean_cost=1_900.0, cost_spread=0.9
)
