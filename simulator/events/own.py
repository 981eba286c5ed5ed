"""Contacts with a service that a proposal defines for itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulator.events.contacts import OFFICE_HOURS, Clients, ServiceModel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.specs import ContactSpec


def model(contact: ContactSpec) -> ServiceModel:
    """Returns the model of a service from its settings.

    The deprivation ratio is spread over the fifths in equal steps of the logarithm, with the middle
    fifth at the stated rate.
    """
    steps = np.linspace(0.5, -0.5, 5)
    by_fifth = contact.deprivation_ratio.value**steps

    def rates(_seed: int, clients: Clients) -> NDArray[np.float64]:
        eligible = (clients.age >= contact.age_from) & (clients.age < contact.age_to + 1)
        yearly = contact.per_person_year.value * by_fifth[clients.fifth - 1]
        return np.where(eligible, yearly, 0.0)

    return ServiceModel(
        rates,
        hours=OFFICE_HOURS,
        site_kind="community team",
        mean_cost=contact.cost_pounds.value,
        cost_spread=0.4,
    )
