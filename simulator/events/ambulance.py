"""Calls to the ambulance service (999).

0.165 per person and year (9 million in England, 2014-15; EMJ 2014). Most people never call and a
few call all the time: counts are negative binomial with r about 0.1 (assumed), and Yorkshire's
hundred most frequent callers made 78 calls a year each (BMC 2019), about 19 such
people per million. The shapes by age and deprivation and the categories are assumed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulator import randomness
from simulator.events.codes import codes
from simulator.events.contacts import ROUND_THE_CLOCK, Clients, Contacts, ServiceModel, by_age

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

PER_PERSON_YEAR = 0.165
_BY_AGE = ((0, 0.09), (5, 0.04), (15, 0.10), (30, 0.10), (50, 0.13), (65, 0.23), (75, 0.42),
           (85, 0.80))  # fmt: skip
_BY_FIFTH = np.array([1.45, 1.15, 0.95, 0.80, 0.65])
_LEVEL = 1.0835
# Ages and areas vary by a variance of about 1 around the mean, and so does the proneness that
# services share; with this the whole makes (1 + 1) (1 + 1) (1 + 1.75) - 1 = 10, so that r = 0.1.
_OWN_VARIANCE = 1.75
_VERY_FREQUENT, _THEIR_CALLS = 19e-6, 78.0
CATEGORIES = {"C1": 0.08, "C2": 0.55, "C3": 0.25, "C4": 0.04, "C5": 0.08}


def mean_rates(clients: Clients) -> NDArray[np.float64]:
    """Returns calls per year by age and deprivation, over people of all kinds."""
    return np.asarray(_LEVEL * by_age(clients.age, _BY_AGE) * _BY_FIFTH[clients.fifth - 1])


def rates(seed: int, clients: Clients) -> NDArray[np.float64]:
    """Returns each person's own calls per year: those of their kind, spread very unevenly."""
    own = randomness.gamma(seed, "proneness to call 999", clients.ids, 1 / _OWN_VARIANCE)
    often = randomness.happens(seed, "calls 999 all the time", clients.ids, _VERY_FREQUENT)
    return np.where(often, _THEIR_CALLS, mean_rates(clients) * own)


def content(seed: int, contacts: Contacts, _clients: Clients) -> dict[str, pl.Series]:
    """Gives each call's category."""
    return {"call_category": codes(seed, "category of call", contacts.event_id, CATEGORIES)}


MODEL = ServiceModel(
    rates,
    hours=ROUND_THE_CLOCK,
    site_kind="hospital",
    mean_cost=250.0,
    cost_spread=0.4,
    home_share=0.70,
    content=content,
)
