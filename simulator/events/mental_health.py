"""Contacts with a mental health trust.

5.8 % of people are in contact in a year (NHS Digital, 2021-22). Shares by age and deprivation,
contacts per user and cost are assumed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulator.events.contacts import OFFICE_HOURS, Clients, ServiceModel, by_age, users_only

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Share who use it at all within the window of about two years.
_BY_AGE = ((0, 0.010), (8, 0.090), (18, 0.100), (30, 0.075), (50, 0.060), (70, 0.060), (80, 0.100))
_BY_FIFTH = np.array([1.45, 1.15, 0.95, 0.78, 0.67])
_PER_USER = 6.0


def rates(seed: int, clients: Clients) -> NDArray[np.float64]:
    """Returns contacts per year of those who use the service, 0 for others."""
    share = by_age(clients.age, _BY_AGE) * _BY_FIFTH[clients.fifth - 1]
    return users_only(seed, "mental health", clients, share, _PER_USER)


MODEL = ServiceModel(
    rates, hours=OFFICE_HOURS, site_kind="mental health team", mean_cost=140.0, cost_spread=0.4
)
