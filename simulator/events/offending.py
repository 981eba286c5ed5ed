"""Proven offences, with reoffending.

28.1 % of those convicted or cautioned reoffend within a year (October to December 2018), by number
of previous offences (see offenders.py), with 2.9 offences each if they do (Ministry of Justice).
How many come before a court in a year is assumed: about 8 in 1,000 people.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulator.events.codes import codes
from simulator.events.contacts import OFFICE_HOURS, Clients, Contacts, ServiceModel, by_age
from simulator.events.offenders import PREVIOUS, are_known, previous_band, previous_offences
from simulator.events.police_incidents import OFFENCE_GROUPS

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

_BY_AGE = ((0, 0.0), (10, 0.06), (15, 0.17), (25, 0.14), (40, 0.08), (60, 0.03))
OFFENCES_PER_REOFFENDER = 2.9


def rates(seed: int, clients: Clients) -> NDArray[np.float64]:
    """Returns first offences of the window per year: of people known to the courts, else 0."""
    return np.where(are_known(seed, clients), by_age(clients.age, _BY_AGE), 0.0)


def sequels(seed: int, clients: Clients) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Returns the chance of reoffending within a year, and offences of those who do."""
    chance = np.array([row[3] for row in PREVIOUS])[previous_band(seed, clients)]
    return chance, np.full(len(chance), OFFENCES_PER_REOFFENDER)


def content(
    seed: int, contacts: Contacts, clients: Clients
) -> dict[str, NDArray[np.int64] | pl.Series]:
    """Gives each offence's group, and how many were proved before it."""
    order = np.lexsort((contacts.minute, contacts.person))
    person = contacts.person[order]
    rank = np.arange(len(person)) - np.searchsorted(person, person, side="left")
    earlier = np.empty(len(person), dtype=np.int64)
    earlier[order] = rank
    return {
        "offence_group": codes(seed, "group of offence", contacts.event_id, OFFENCE_GROUPS),
        "previous_offences": previous_offences(seed, clients)[contacts.person] + earlier,
    }


MODEL = ServiceModel(
    rates,
    hours=OFFICE_HOURS,
    site_kind="community team",
    mean_cost=0.0,
    cost_spread=0.0,
    content=content,
    is_prone=False,
    is_once=True,
    sequels=sequels,
)
