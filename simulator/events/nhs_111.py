"""Calls to NHS 111: all figures are assumed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulator.events.codes import codes
from simulator.events.contacts import ROUND_THE_CLOCK, Clients, Contacts, ServiceModel, by_age

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

_BY_AGE = ((0, 0.75), (5, 0.27), (15, 0.26), (30, 0.22), (50, 0.17), (65, 0.18), (80, 0.34))
_BY_FIFTH = np.array([1.25, 1.10, 0.97, 0.88, 0.80])
DISPOSITIONS = {
    "ambulance": 0.12, "a_and_e": 0.10, "primary_care": 0.55, "self_care": 0.15, "other": 0.08,
}  # fmt: skip


def rates(_seed: int, clients: Clients) -> NDArray[np.float64]:
    """Returns calls per year by age and deprivation."""
    return np.asarray(by_age(clients.age, _BY_AGE) * _BY_FIFTH[clients.fifth - 1])


def content(seed: int, contacts: Contacts, _clients: Clients) -> dict[str, pl.Series]:
    """Gives what each caller was told to do."""
    return {"disposition": codes(seed, "disposition", contacts.event_id, DISPOSITIONS)}


MODEL = ServiceModel(
    rates,
    hours=ROUND_THE_CLOCK,
    site_kind="hospital",
    mean_cost=14.0,
    cost_spread=0.3,
    content=content,
)
