"""The catalogue of agencies: what each records, and how well; reads as a table.

A proposal names an agency from here and changes what it knows better, or defines its own.
Rates that several agencies share are in agency_quality.py.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from simulator.agency_quality import (
    ASSUMED,
    BIRTH_DATE,
    CONTACT,
    CUREDS,
    GHOSTS,
    LESS_REGISTERED,
    MACRAL,
    NAMED_PERSON,
    NAMES,
    OFFENDER,
    OFFENDERS,
    OLDER_YEARS,
    PERSON,
    POLICE,
    PROBATION,
    care,
    kept,
    rates,
    violence,
)
from simulator.errors import fits
from simulator.settings import Share
from simulator.specs import AgencySpec

if TYPE_CHECKING:
    from collections.abc import Mapping

CATALOGUE: Mapping[str, AgencySpec] = MappingProxyType(
    {
        "gp_register": AgencySpec(
            title="GP register",
            service="gp_register",
            fields=(
                *PERSON,
                "uprn",
                "ethnic_group",
                "lsoa",
                "msoa",
                "deprivation_fifth",
                "practice",
                "registered_on",
            ),
            coverage=Share(value=0.988, **ASSUMED),
            coverage_ratios=LESS_REGISTERED,
            ghosts=GHOSTS,
            errors={
                **rates(
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
                **BIRTH_DATE,
                **NAMES,
            },
        ),
        "a_and_e": care(
            "A&E departments",
            "a_and_e",
            Share(value=0.02, low=0.01, high=0.10, evidence="published", source=CUREDS),
            "at_home",
        ),
        "admissions": care(
            "Hospital admissions",
            "admissions",
            Share(value=0.003, low=0.002, high=0.02, evidence="published", source=CUREDS),
        ),
        "mental_health": care(
            "Mental health trust", "mental_health", Share(value=0.015, **ASSUMED)
        ),
        "community": care("Community health trust", "community", Share(value=0.02, **ASSUMED)),
        "social_care": care(
            "Adult social care",
            "social_care",
            Share(value=0.048, low=0.048, high=0.20, evidence="published", source=MACRAL),
        ),
        "fire_visits": AgencySpec(
            title="Fire and rescue service: home safety visits",
            service="fire_visits",
            fields=("uprn", "postcode", "event_time"),
            errors={
                **rates(uprn_missing=0.03, postcode_typing=0.01),
                "uprn_of_neighbour": Share(
                    value=0.02, low=0.0, high=0.08, evidence="assumed", source="assumed: wrong flat"
                ),
            },
        ),
        "a_and_e_assaults": violence(
            "A&E department: assaults",
            "assaults",
            ("nhs_number", *NAMED_PERSON),
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
        "police_crimes": violence(
            "Police: violent offences",
            "crimes",
            NAMED_PERSON,
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
        "police_contacts": violence(
            "Police: calls, stops, custody and suspects",
            "police_contacts",
            NAMED_PERSON,
            ("contact_kind", "from_time", "to_time", "location_type", "easting", "northing"),
        ),
        "gp_consultations": care(
            "General practices: consultations",
            "gp_consultations",
            Share(value=0.002, **ASSUMED),
            "practice",
            "local_id",
            "blood_tests",
        ),
        "ambulance": kept(
            "Ambulance service: 999 calls",
            "ambulance",
            (*PERSON, *CONTACT, "at_home", "call_category"),
            completeness={
                "nhs_number": Share(
                    value=0.144, low=0.10, high=0.30, evidence="published", source=CUREDS
                ),
                **rates(first_name=0.45, surname=0.45, date_of_birth=0.55),
            },
            nhs_number_of_someone_else=0.003,
            postcode_typing=0.02,
        ),
        "nhs_111": kept(
            "NHS 111",
            "nhs_111",
            (*PERSON, "event_time", "disposition"),
            completeness={
                "nhs_number": Share(value=0.963, evidence="published", source=CUREDS),
                **rates(first_name=0.99, surname=0.99, date_of_birth=0.99, postcode=0.95),
            },
            nhs_number_of_someone_else=0.002,
        ),
        "reablement": kept(
            "Adult social care: reablement",
            "reablement",
            (*PERSON, *CONTACT, "end_time"),
            completeness=rates(nhs_number=0.88, date_of_birth=0.99, postcode=0.97),
            nhs_number_of_someone_else=0.003,
        ),
        "screening": kept(
            "Cancer screening",
            "screening",
            (*PERSON, "event_time", "screening_kind", "recalled"),
            completeness=rates(nhs_number=0.998),
            nhs_number_of_someone_else=0.0005,
        ),
        "cancer_registry": kept(
            "Cancer registry, with waiting times",
            "cancer",
            (
                *PERSON,
                "local_id",
                "event_time",
                "cancer_site",
                "cancer_stage",
                "referral_route",
                "referral_time",
                "treatment_time",
            ),
            completeness=rates(nhs_number=0.995, cancer_stage=0.85),
            nhs_number_of_someone_else=0.0005,
        ),
        "deaths": kept(
            "Civil registration: deaths", "deaths", (*NAMED_PERSON, "address", "uprn", "event_time")
        ),
        "police_incidents": kept(
            "Police: recorded crimes, by victim",
            "police_incidents",
            (*NAMED_PERSON, "address", "event_time", "offence_group"),
            completeness=POLICE,
            first_name_nickname=0.08,
        ),
        "courts": kept(
            "Courts and cautions: proven offences",
            "offending",
            (*OFFENDER, "event_time", "offence_group", "previous_offences"),
            completeness=rates(date_of_birth=0.99, postcode=0.87, pnc_id=0.95),
            **OFFENDERS,
        ),
        "prison": kept(
            "Prisons",
            "prison",
            (*OFFENDER, "prison_number", "event_time", "end_time"),
            completeness=rates(date_of_birth=0.99, postcode=0.80, pnc_id=0.95),
            **OFFENDERS,
        ),
        "probation": kept(
            "Probation service",
            "probation",
            (*OFFENDER, "ethnic_group", "sentence", "previous_offences"),
            completeness={
                "postcode": Share(
                    value=0.87, low=0.86, high=0.88, evidence="published", source=PROBATION
                ),
                **rates(date_of_birth=0.99, pnc_id=0.97),
            },
            **OFFENDERS,
        ),
        "schools": kept(
            "Schools",
            "schools",
            (
                *NAMED_PERSON,
                "address",
                "upn",
                "ethnic_group",
                "free_school_meals",
                "absence_percent",
            ),
            coverage=0.93,
            completeness=rates(postcode=0.98, upn=0.99),
        ),
        "childrens_services": kept(
            "Children's services",
            "childrens_services",
            (*PERSON, "address", "upn", "uprn", "childrens_plan"),
            completeness=rates(nhs_number=0.95, upn=0.80, uprn=0.70),
            nhs_number_of_someone_else=0.003,
        ),
        "family_support": kept(
            "Council: family support",
            "family_support",
            (*NAMED_PERSON, "local_id", "address", "uprn", "needs", "children"),
            completeness=rates(date_of_birth=0.97, uprn=0.85),
        ),
        "tax_credits": kept(
            "Tax authority: tax credits",
            "tax_credits",
            (*NAMED_PERSON, "address", "nino", "children"),
            completeness=rates(postcode=0.97, nino=0.999),
        ),
        "council_tax": kept(
            "Council: council tax",
            "council_tax",
            (
                "first_name",
                "surname",
                "date_of_birth",
                "address",
                "postcode",
                "uprn",
                "council_tax_class",
                "council_tax_band",
            ),
            completeness=rates(date_of_birth=0.02, uprn=0.95),
        ),
        "valuation": kept(
            "Valuation office",
            "valuation",
            ("address", "postcode", "uprn", "council_tax_band", "dwelling_type"),
            completeness=rates(uprn=0.95),
        ),
        "social_landlord": kept(
            "Social landlord: tenancies",
            "social_tenancies",
            (*NAMED_PERSON, "address", "uprn", "dwelling_type", "children"),
            completeness=rates(date_of_birth=0.95, uprn=0.95),
        ),
        "housing_works": kept(
            "Council: works on homes",
            "housing_works",
            ("address", "postcode", "uprn", "event_time", "work_kind"),
            completeness=rates(uprn=0.95),
        ),
        "energy_department": kept(
            "Energy department: households in fuel poverty",
            "fuel_poverty",
            (*NAMED_PERSON, "address", "uprn", "mpan", "energy_rating"),
            completeness=rates(uprn=0.95, mpan=0.90),
        ),
        "energy_supplier": kept(
            "Energy supplier",
            "energy_accounts",
            (
                "first_name",
                "surname",
                "date_of_birth",
                "address",
                "postcode",
                "mpan",
                "supplier_account",
                "tariff",
                "energy_kwh",
            ),
            coverage=0.25,
            completeness=rates(date_of_birth=0.05),
        ),
        "rough_sleepers": kept(
            "Outreach: people who sleep rough",
            "rough_sleeping",
            ("nhs_number", "local_id", "first_name", "surname", "date_of_birth", "sex"),
            completeness=rates(nhs_number=0.30, first_name=0.90, surname=0.75, date_of_birth=0.60),
        ),
        "temporary_accommodation": kept(
            "Council: temporary accommodation",
            "temporary_accommodation",
            (*NAMED_PERSON, "address", "children"),
            completeness=rates(date_of_birth=0.97),
        ),
        "loneliness_survey": kept(
            "Survey of people of 65 and over",
            "loneliness_survey",
            (
                "date_of_birth",
                "sex",
                "postcode",
                "lsoa",
                "often_lonely",
                "health",
                "widowed",
                "household_size",
            ),
        ),
    }
)

OLDER: Mapping[str, tuple[int, Mapping[str, Share]]] = MappingProxyType(
    {"a_and_e": (2011, {"nhs_number_missing": Share(value=0.10, **OLDER_YEARS)})}
)
"""Errors of records of earlier years than one given, by agency, where they are known to differ."""


def with_catalogue_defaults(name: str, given: Any) -> Any:  # noqa: ANN401 - as read from a file
    """Returns an agency's settings with the catalogue's values where none are given.

    Args:
        name: Name of the agency in the proposal.
        given: Its table in the proposal. `like` may name the catalogue entry to start from.

    Returns:
        A table ready to be validated as an AgencySpec; `given` itself if nothing applies, as where
        an agency of the same name records another service.
    """
    if not isinstance(given, dict):
        return given
    base = CATALOGUE.get(str(given.get("like", name)))
    # An agency of the same name that records another service is another agency.
    if base is None or ("like" not in given and given.get("service", base.service) != base.service):
        return given
    table = base.model_dump() | {key: value for key, value in given.items() if key != "like"}
    fields = table["fields"]
    if not isinstance(fields, list | tuple):
        return table
    errors = dict(base.errors) | _of_year(str(given.get("like", name)), given.get("year"))
    for setting, usual in (
        ("errors", {e: rate for e, rate in errors.items() if fits(e, tuple(fields))}),
        ("completeness", {f: share for f, share in base.completeness.items() if f in fields}),
    ):
        own = given.get(setting, {})
        if isinstance(own, dict):
            table[setting] = {key: number.model_dump() for key, number in usual.items()} | own
    return table


def _of_year(name: str, year: Any) -> dict[str, Share]:  # noqa: ANN401 - as read from a file
    """Returns the errors of an agency that differ in a year; none if no year is given."""
    before, errors = OLDER.get(name, (0, {}))
    return dict(errors) if isinstance(year, int) and year < before else {}
