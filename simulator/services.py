"""The services: what each keeps records of, and what its records say; reads as a table.

A service keeps a register (a record of everybody or everything that stands on it), or events (a
record each time that something happens), or it records violence. Its records are about people,
about homes alone, or about households: a home, and the adult in whose name its account is. The
rates are in events/, a file a service.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

Service = Literal[
    "gp_register",
    "a_and_e",
    "admissions",
    "mental_health",
    "community",
    "social_care",
    "fire_visits",
    "own",
    "assaults",
    "crimes",
    "police_contacts",
    "gp_consultations",
    "ambulance",
    "nhs_111",
    "reablement",
    "screening",
    "cancer",
    "deaths",
    "police_incidents",
    "offending",
    "prison",
    "probation",
    "schools",
    "childrens_services",
    "family_support",
    "tax_credits",
    "council_tax",
    "valuation",
    "social_tenancies",
    "housing_works",
    "fuel_poverty",
    "energy_accounts",
    "rough_sleeping",
    "temporary_accommodation",
    "loneliness_survey",
]

Keeps = Literal["register", "events", "violence"]
Unit = Literal["person", "home", "household"]


@dataclass(frozen=True)
class ServiceKind:
    """What a service keeps: a row of the table.

    Attributes:
        keeps: `register`, `events` or `violence`.
        of: What a record is about.
        content: Fields of the vocabulary, of role content, that its records can fill.
    """

    keeps: Keeps
    of: Unit
    content: tuple[str, ...] = ()


_CONTACT = ("event_time", "place", "cost_pence")
_ASSAULT = ("arrival_time", "assault_time", "method", "method_text", "location_type",
            "location_text", "domestic")  # fmt: skip
_POLICE = ("contact_kind", "from_time", "to_time", "location_type", "easting", "northing")

SERVICES: Mapping[Service, ServiceKind] = MappingProxyType(
    {
        "gp_register": ServiceKind("register", "person"),
        "a_and_e": ServiceKind("events", "person", (*_CONTACT, "at_home")),
        "admissions": ServiceKind("events", "person", (*_CONTACT, "at_home")),
        "mental_health": ServiceKind("events", "person", (*_CONTACT, "at_home")),
        "community": ServiceKind("events", "person", (*_CONTACT, "at_home")),
        "social_care": ServiceKind("events", "person", (*_CONTACT, "at_home")),
        "fire_visits": ServiceKind("events", "home", (*_CONTACT, "at_home")),
        "own": ServiceKind("events", "person", (*_CONTACT, "at_home")),
        "assaults": ServiceKind("violence", "person", _ASSAULT),
        "crimes": ServiceKind(
            "violence", "person", (*_POLICE, "reported_time", "weapon", "injury")
        ),
        "police_contacts": ServiceKind("violence", "person", _POLICE),
        "gp_consultations": ServiceKind("events", "person", (*_CONTACT, "blood_tests")),
        "ambulance": ServiceKind("events", "person", (*_CONTACT, "at_home", "call_category")),
        "nhs_111": ServiceKind("events", "person", (*_CONTACT, "disposition")),
        "reablement": ServiceKind("events", "person", (*_CONTACT, "end_time")),
        "screening": ServiceKind("events", "person", (*_CONTACT, "screening_kind", "recalled")),
        "cancer": ServiceKind(
            "events",
            "person",
            (
                *_CONTACT,
                "cancer_site",
                "cancer_stage",
                "referral_route",
                "referral_time",
                "treatment_time",
            ),
        ),
        "deaths": ServiceKind("events", "person", ("event_time",)),
        "police_incidents": ServiceKind("events", "person", ("event_time", "offence_group")),
        "offending": ServiceKind(
            "events", "person", ("event_time", "offence_group", "previous_offences")
        ),
        "prison": ServiceKind("events", "person", ("event_time", "place", "end_time")),
        "probation": ServiceKind("register", "person", ("sentence", "previous_offences")),
        "schools": ServiceKind("register", "person", ("free_school_meals", "absence_percent")),
        "childrens_services": ServiceKind("register", "person", ("childrens_plan",)),
        "family_support": ServiceKind("register", "household", ("needs", "children")),
        "tax_credits": ServiceKind("register", "household", ("children",)),
        "council_tax": ServiceKind(
            "register", "household", ("council_tax_class", "council_tax_band")
        ),
        "valuation": ServiceKind("register", "home", ("council_tax_band", "dwelling_type")),
        "social_tenancies": ServiceKind("register", "household", ("dwelling_type", "children")),
        "housing_works": ServiceKind("events", "home", ("event_time", "work_kind")),
        "fuel_poverty": ServiceKind("register", "household", ("energy_rating",)),
        "energy_accounts": ServiceKind("register", "household", ("tariff", "energy_kwh")),
        "rough_sleeping": ServiceKind("register", "person"),
        "temporary_accommodation": ServiceKind("register", "household", ("children",)),
        "loneliness_survey": ServiceKind(
            "register", "person", ("often_lonely", "health", "widowed", "household_size")
        ),
    }
)


def keeping(keeps: Keeps, *of: Unit) -> tuple[Service, ...]:
    """Returns the services that keep something, of some units if any are named."""
    return tuple(
        name for name, kind in SERVICES.items() if kind.keeps == keeps and (not of or kind.of in of)
    )
