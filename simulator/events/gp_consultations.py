"""Consultations in general practice.

5.16 per person and year (2013-14; Hobbs 2016, by way of BMJ Open). A person of 50 in the most
deprived fifth consults like one of 70 in the least (east London, 2013): each fifth counts for five
years of age among adults. The shape by age, that of children, the ratio of women to men and the
share with blood tests are assumed; the level is set so that Kent comes to 5.16.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulator import randomness
from simulator.events.contacts import OFFICE_HOURS, Clients, Contacts, ServiceModel, by_age

if TYPE_CHECKING:
    from numpy.typing import NDArray

PER_PERSON_YEAR = 5.16
_YEARS_PER_FIFTH = 5.0
_ADULT = 18
_CHILDREN = ((0, 5.8), (2, 4.6), (5, 2.6), (10, 2.1))
_CHILDREN_BY_FIFTH = np.array([1.20, 1.08, 0.98, 0.90, 0.84])
_ADULT_AGES = (18.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0, 90.0, 125.0)
_ADULT_RATES = (3.0, 3.5, 3.9, 4.4, 5.2, 6.6, 8.6, 10.4, 12.0)
_WOMEN, _MEN = 1.15, 0.85
_LEVEL = 0.953
_BLOOD_TESTS_BY_AGE = ((0, 0.01), (18, 0.06), (40, 0.09), (60, 0.13), (75, 0.16))


def adult_age(clients: Clients) -> NDArray[np.float64]:
    """Returns the age in the least deprived fifth at which an adult would consult as often."""
    return np.asarray(clients.age + _YEARS_PER_FIFTH * (5 - clients.fifth))


def rates(_seed: int, clients: Clients) -> NDArray[np.float64]:
    """Returns consultations per year by age, sex and deprivation."""
    adult = np.interp(adult_age(clients), _ADULT_AGES, _ADULT_RATES)
    child = by_age(clients.age, _CHILDREN) * _CHILDREN_BY_FIFTH[clients.fifth - 1]
    grown = clients.age >= _ADULT
    sex = np.where(grown, np.where(clients.female, _WOMEN, _MEN), 1.0)
    return np.asarray(_LEVEL * np.where(grown, adult, child) * sex)


def content(seed: int, contacts: Contacts, clients: Clients) -> dict[str, NDArray[np.bool_]]:
    """Says at which consultations common blood tests were ordered."""
    share = by_age(clients.age, _BLOOD_TESTS_BY_AGE)[contacts.person]
    return {"blood_tests": randomness.happens(seed, "blood tests", contacts.event_id, share)}


MODEL = ServiceModel(
    rates,
    hours=OFFICE_HOURS,
    site_kind="community team",
    mean_cost=39.0,
    cost_spread=0.3,
    content=content,
)
