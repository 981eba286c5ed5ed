"""A&E attendances.

0.43 attendances per person and year (NHS Digital: 24.8 million in England, 2018-19). Age shape,
share beginning at home and cost are assumed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulator.events.contacts import ROUND_THE_CLOCK, Clients, ServiceModel, by_age

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BY_AGE = ((0, 0.62), (5, 0.34), (15, 0.47), (30, 0.38), (50, 0.34), (65, 0.42), (80, 0.86))
_BY_FIFTH = np.array([1.28, 1.10, 0.97, 0.87, 0.78])


def rates(_seed: int, clients: Clients) -> NDArray[np.float64]:
    """Returns attendances per year by age and deprivation."""
    return np.asarray(by_age(clients.age, _BY_AGE) * _BY_FIFTH[clients.fifth - 1])


MODEL = ServiceModel(
    rates,
    hours=ROUND_THE_CLOCK,
    site_kind="hospital",
    mean_cost=160.0,
    cost_spread=0.5,
    home_share=0.40,
)
