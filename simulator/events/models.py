"""The models of all services: a row each, with its rates in a file of this folder."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

from simulator.events import (
    a_and_e,
    admissions,
    ambulance,
    cancer,
    childrens_services,
    community,
    council_tax,
    deaths,
    energy_accounts,
    families,
    fire_visits,
    fuel_poverty,
    gp_consultations,
    gp_register,
    homelessness,
    housing,
    loneliness_survey,
    mental_health,
    nhs_111,
    offending,
    own,
    police_incidents,
    prison,
    probation,
    reablement,
    schools,
    screening,
    social_care,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from simulator.events.contacts import Clients, ServiceModel
    from simulator.events.dwellings import Dwellings
    from simulator.events.registers import RegisterModel
    from simulator.specs import AgencySpec

    HomeEvents = tuple[
        NDArray[np.int64],
        NDArray[np.int64],
        NDArray[np.uint64],
        Mapping[str, NDArray[np.generic]],
    ]


class DrawHomeEvents(Protocol):
    """Draws the events of homes.

    Returns positions of homes, minutes of the window, event ids and other columns by field, each of
    shape (events,).
    """

    def __call__(self, seed: int, homes: Dwellings, days: int, /) -> HomeEvents:
        """Draws the events."""


@dataclass(frozen=True)
class HomeModel:
    """Events of homes; agencies of one service see the same."""

    draw: DrawHomeEvents


CONTACTS: Mapping[str, ServiceModel] = MappingProxyType(
    {
        "a_and_e": a_and_e.MODEL,
        "admissions": admissions.MODEL,
        "mental_health": mental_health.MODEL,
        "community": community.MODEL,
        "social_care": social_care.MODEL,
        "gp_consultations": gp_consultations.MODEL,
        "ambulance": ambulance.MODEL,
        "nhs_111": nhs_111.MODEL,
        "reablement": reablement.MODEL,
        "screening": screening.MODEL,
        "cancer": cancer.MODEL,
        "deaths": deaths.MODEL,
        "police_incidents": police_incidents.MODEL,
        "offending": offending.MODEL,
        "prison": prison.MODEL,
    }
)
"""Services that people have contacts with; `own` has the model that its proposal gives."""

HOME_EVENTS: Mapping[str, HomeModel] = MappingProxyType(
    {
        "fire_visits": HomeModel(fire_visits.draw),
        "housing_works": HomeModel(housing.draw_works),
    }
)
"""Services whose events are of homes."""

OF_PEOPLE: Mapping[str, RegisterModel[Clients]] = MappingProxyType(
    {
        "gp_register": gp_register.MODEL,
        "probation": probation.MODEL,
        "schools": schools.MODEL,
        "childrens_services": childrens_services.MODEL,
        "rough_sleeping": homelessness.ROUGH_SLEEPING,
        "loneliness_survey": loneliness_survey.MODEL,
    }
)
"""Registers of people."""

OF_HOMES: Mapping[str, RegisterModel[Dwellings]] = MappingProxyType(
    {
        "valuation": housing.VALUATION,
        "council_tax": council_tax.MODEL,
        "social_tenancies": housing.TENANCIES,
        "fuel_poverty": fuel_poverty.MODEL,
        "energy_accounts": energy_accounts.MODEL,
        "tax_credits": families.CREDITS,
        "family_support": families.SUPPORT,
        "temporary_accommodation": homelessness.TEMPORARY_ACCOMMODATION,
    }
)
"""Registers of homes and of households."""


def contacts_model(agency: AgencySpec) -> ServiceModel:
    """Returns how people use an agency's service."""
    return own.model(agency.contact) if agency.contact else CONTACTS[agency.service]
