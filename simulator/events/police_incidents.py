"""Crimes recorded by police, by victim, without place and time of an invented town.

112 per 1,000 people and year (6.7 million in England and Wales, year to March 2023), 31 % of them
violence (2.1 million, year to March 2022; ONS). The shapes by age and deprivation and the other
groups are assumed. For violence with its places see simulator/violence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulator.events.codes import codes
from simulator.events.contacts import ROUND_THE_CLOCK, Clients, Contacts, ServiceModel, by_age

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

PER_PERSON_YEAR = 0.112
_BY_AGE = ((0, 0.012), (10, 0.065), (16, 0.165), (25, 0.175), (35, 0.150), (50, 0.110),
           (65, 0.060), (80, 0.040))  # fmt: skip
_BY_FIFTH = np.array([1.50, 1.15, 0.95, 0.75, 0.65])
_LEVEL = 1.0318
OFFENCE_GROUPS = {"violence": 0.31, "theft": 0.34, "damage": 0.09, "other": 0.26}


def rates(_seed: int, clients: Clients) -> NDArray[np.float64]:
    """Returns crimes per year by age and deprivation of the victim."""
    return np.asarray(_LEVEL * by_age(clients.age, _BY_AGE) * _BY_FIFTH[clients.fifth - 1])


def content(seed: int, contacts: Contacts, _clients: Clients) -> dict[str, pl.Series]:
    """Gives the group of each offence."""
    return {"offence_group": codes(seed, "group of offence", contacts.event_id, OFFENCE_GROUPS)}


MODEL = ServiceModel(
    rates,
    hours=ROUND_THE_CLOCK,
    site_kind="community team",
    mean_cost=0.0,
    cost_spread=0.0,
    content=content,
)
