"""Reablement: spells of social care of up to six weeks after illness; all figures are assumed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.events.contacts import (
    OFFICE_HOURS,
    Clients,
    Contacts,
    ServiceModel,
    by_age,
    spell_ends,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_BY_AGE = ((0, 0.0), (18, 0.001), (65, 0.010), (75, 0.028), (85, 0.075))
_MEAN_DAYS, _MOST_DAYS = 32.0, 42.0


def rates(_seed: int, clients: Clients) -> NDArray[np.float64]:
    """Returns spells that begin, per year, by age."""
    return by_age(clients.age, _BY_AGE)


def content(seed: int, contacts: Contacts, _clients: Clients) -> dict[str, NDArray[np.int64]]:
    """Gives when each spell ends."""
    return {"end_time": spell_ends(seed, "reablement", contacts, _MEAN_DAYS, _MOST_DAYS)}


MODEL = ServiceModel(
    rates,
    hours=OFFICE_HOURS,
    site_kind="social care team",
    mean_cost=2_000.0,
    cost_spread=0.4,
    content=content,
)
