"""Prison: spells, each with its end; all figures are assumed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulator.events.contacts import (
    OFFICE_HOURS,
    Clients,
    Contacts,
    ServiceModel,
    by_age,
    spell_ends,
)
from simulator.events.offenders import are_known

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BY_AGE = ((0, 0.0), (18, 0.016), (25, 0.018), (40, 0.010), (60, 0.003))
_WOMEN = 0.35
_MEAN_DAYS, _MOST_DAYS = 260.0, 7_000.0


def rates(seed: int, clients: Clients) -> NDArray[np.float64]:
    """Returns receptions per year of people known to the courts, 0 for others."""
    sex = np.where(clients.female, _WOMEN, 1.0)
    return np.where(are_known(seed, clients), by_age(clients.age, _BY_AGE) * sex, 0.0)


def content(seed: int, contacts: Contacts, _clients: Clients) -> dict[str, NDArray[np.int64]]:
    """Gives when each spell ends."""
    return {"end_time": spell_ends(seed, "time in prison", contacts, _MEAN_DAYS, _MOST_DAYS)}


MODEL = ServiceModel(
    rates,
    hours=OFFICE_HOURS,
    site_kind="hospital",
    mean_cost=0.0,
    cost_spread=0.0,
    content=content,
    is_prone=False,
)
