"""The catalogue of agencies: what each records, and how well; reads as a table.

A proposal names an agency from here and changes what it knows better, or defines its own.
Presence of the NHS number is the published anchor where one is cited; every other rate is assumed.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from simulator.errors import fits
from simulator.settings import Share
from simulator.specs import AgencySpec, Service

if TYPE_CHECKING:
    from collections.abc import Mapping

_PERSON = ("nhs_number", "first_name", "surname", "date_of_birth", "sex", "postcode")
_CONTACT = ("event_time", "place", "cost_pence")
_ASSUMED = {"evidence": "assumed", "source": "assumed: no published rate for this field"}
_CUREDS = "CUREd, Yorkshire 2011-17: records placed by NHS number, Med Decis Making 2022, table 1"
_CARDINAL = (
    "two NHS systems, same person by NHS number: Cardinal 2023, BMC Med Inform Decis Mak 23:85"
)
_MACRAL = "register match of social services 95.2 %: Lyons 2009, BMC Med Inform Decis Mak 9:3"
_BIRTH_DATE = {
    # 0.49 % of dates of birth disagree between two NHS systems, by part 274 : 172 : 136 of 582;
    # half of it is put down to each side.
    "birth_date_day": Share(value=0.00115, evidence="published", source=_CARDINAL),
    "birth_date_month": Share(value=0.00072, evidence="published", source=_CARDINAL),
    "birth_date_year": Share(value=0.00057, evidence="published", source=_CARDINAL),
}
_NAMES = {
    # 2.4 % of first names, and 2.2 % of men's surnames, disagree: half is put down to each side.
    "first_name_typing": Share(value=0.008, evidence="published", source=_CARDINAL),
    "first_name_initial": Share(value=0.004, evidence="published", source=_CARDINAL),
    "surname_typing": Share(value=0.011, evidence="published", source=_CARDINAL),
    "surname_former": Share(
        value=0.10, evidence="assumed", source="assumed, of those who changed it"
    ),
}


def _rates(**rates: float) -> dict[str, Share]:
    return {name: Share(value=rate, **_ASSUMED) for name, rate in rates.items()}


def _care(title: str, service: Service, missing: Share, *more: str) -> AgencySpec:
    """An agency of care: everything about the person, and dated contacts."""
    return AgencySpec(
        title=title,
        service=service,
        fields=(*_PERSON, *_CONTACT, *more),
        errors={
            "nhs_number_missing": missing,
            **_rates(
                nhs_number_of_household_member=0.0005,
                nhs_number_of_someone_else=0.0015,
                nhs_number_digit=0.001,
                birth_date_missing=0.002,
                sex_wrong=0.003,
                address_stale=0.50,
                postcode_missing=0.02,
                postcode_typing=0.015,
            ),
            **_BIRTH_DATE,
            **_NAMES,
        },
    )


_NAMED_PERSON = ("first_name", "surname", "date_of_birth", "sex", "postcode")


def _violence(
    title: str,
    service: Service,
    person: tuple[str, ...],
    content: tuple[str, ...],
    **more: float,
) -> AgencySpec:
    """An agency that records violence: who is named in it, and what happened."""
    return AgencySpec(
        title=title,
        service=service,
        fields=(*person, *content),
        errors={
            **_rates(
                **more,
                birth_date_missing=0.02,
                sex_wrong=0.003,
                address_stale=0.60,
                postcode_missing=0.08,
                postcode_typing=0.02,
            ),
            **_BIRTH_DATE,
            **_NAMES,
        },
    )


CATALOGUE: Mapping[str, AgencySpec] = MappingProxyType(
    {
        "gp_register": AgencySpec(
            title="GP register",
            service="gp_register",
            fields=(
                *_PERSON,
                "uprn",
                "ethnic_group",
                "lsoa",
                "msoa",
                "deprivation_fifth",
                "practice",
            ),
            coverage=Share(value=0.985, **_ASSUMED),
            errors={
                **_rates(
                    nhs_number_missing=0.002,
                    nhs_number_of_household_member=0.0001,
                    nhs_number_of_someone_else=0.0004,
                    sex_wrong=0.001,
                    address_stale=0.80,
                    postcode_missing=0.005,
                    postcode_typing=0.005,
                    uprn_missing=0.014,
                    uprn_of_neighbour=0.01,
                ),
                **_BIRTH_DATE,
                **_NAMES,
            },
        ),
        "a_and_e": _care(
            "A&E departments",
            "a_and_e",
            Share(value=0.02, low=0.01, high=0.10, evidence="published", source=_CUREDS),
            "at_home",
        ),
        "admissions": _care(
            "Hospital admissions",
            "admissions",
            Share(value=0.003, low=0.002, high=0.02, evidence="published", source=_CUREDS),
        ),
        "mental_health": _care(
            "Mental health trust", "mental_health", Share(value=0.015, **_ASSUMED)
        ),
        "community": _care("Community health trust", "community", Share(value=0.02, **_ASSUMED)),
        "social_care": _care(
            "Adult social care",
            "social_care",
            Share(value=0.048, low=0.048, high=0.20, evidence="published", source=_MACRAL),
        ),
        "fire_visits": AgencySpec(
            title="Fire and rescue service: home safety visits",
            service="fire_visits",
            fields=("uprn", "postcode", "event_time"),
            errors={
                **_rates(uprn_missing=0.03, postcode_typing=0.01),
                "uprn_of_neighbour": Share(
                    value=0.02, low=0.0, high=0.08, evidence="assumed", source="assumed: wrong flat"
                ),
            },
        ),
        "a_and_e_assaults": _violence(
            "A&E department: assaults",
            "assaults",
            ("nhs_number", *_NAMED_PERSON),
            (
                "arrival_time",
                "assault_time",
                "method",
                "method_text",
                "location_type",
                "location_text",
                "domestic",
            ),
            nhs_number_missing=0.10,
        ),
        "police_crimes": _violence(
            "Police: violent offences",
            "crimes",
            _NAMED_PERSON,
            (
                "contact_kind",
                "from_time",
                "to_time",
                "reported_time",
                "weapon",
                "injury",
                "location_type",
                "easting",
                "northing",
            ),
        ),
        "police_contacts": _violence(
            "Police: calls, stops, custody and suspects",
            "police_contacts",
            _NAMED_PERSON,
            ("contact_kind", "from_time", "to_time", "location_type", "easting", "northing"),
        ),
    }
)


def with_catalogue_defaults(name: str, given: Any) -> Any:  # noqa: ANN401 - as read from a file
    """Returns an agency's settings with the catalogue's values where none are given.

    Args:
        name: Name of the agency in the proposal.
        given: Its table in the proposal. `like` may name the catalogue entry to start from.

    Returns:
        A table ready to be validated as an AgencySpec; `given` itself if nothing applies.
    """
    if not isinstance(given, dict):
        return given
    base = CATALOGUE.get(str(given.get("like", name)))
    if base is None:
        return given
    table = base.model_dump() | {key: value for key, value in given.items() if key != "like"}
    own = given.get("errors", {})
    if isinstance(own, dict) and isinstance(table["fields"], list | tuple):
        kept = {e: r for e, r in base.errors.items() if fits(e, tuple(table["fields"]))}
        table["errors"] = {name: rate.model_dump() for name, rate in kept.items()} | own
    return table
