"""Contacts with a community health trust: district nursing, therapies, health visiting.

Some 10-12 % of people a year, steep in the old and the very young; all figures are assumed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.events.contacts import OFFICE_HOURS, Clients, ServiceModel, by_age, users_only

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_BY_AGE = ((0, 0.40), (5, 0.06), (18, 0.06), (50, 0.10), (65, 0.18), (75, 0.32), (85, 0.50))
_PER_USER = 5.0


def rates(seed: int, clients: Clients) -> NDArray[np.float64]:
    """Returns contacts per year of those who use the service, 0 for others."""
    share = by_age(clients.age, _BY_AGE)
    return users_only(seed, "community health", clients, share, _PER_USER)


MODEL = ServiceModel(
    rates, hours=OFFICE_HOURS, site_kind="community team", mean_cost=60.0, cost_spread=0.4
)
