"""Adult social care: a record a month of each long-term package, with its cost.

1.9 % of adults have long-term support in a year (NHS England, 2022-23: 835,335 people). Shares by
age and deprivation and cost are assumed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulator.events.contacts import OFFICE_HOURS, Clients, ServiceModel, by_age, users_only

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BY_AGE = ((0, 0.0), (18, 0.009), (65, 0.020), (75, 0.045), (85, 0.130))
_BY_FIFTH = np.array([1.45, 1.15, 0.95, 0.80, 0.65])
_PER_USER = 12.0


def rates(seed: int, clients: Clients) -> NDArray[np.float64]:
    """Returns monthly package records per year of those with support, 0 for others."""
    share = by_age(clients.age, _BY_AGE) * _BY_FIFTH[clients.fifth - 1]
    return users_only(seed, "social care", clients, share, _PER_USER)


MODEL = ServiceModel(
    rates, hours=OFFICE_HOURS, site_kind="social care team", mean_cost=1_300.0, cost_spread=0.6
)
