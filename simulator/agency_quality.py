"""Quality: how well agencies of each kind write things down, with sources.

Presence of the NHS number is the published anchor where one is cited; every other rate is assumed.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from simulator.errors import ERROR_TYPES, fits
from simulator.services import SERVICES
from simulator.settings import Ratio, Share
from simulator.specs import AgencySpec

if TYPE_CHECKING:
    from collections.abc import Mapping

    from simulator.coverage import Group
    from simulator.services import Service

GHOSTS = Share(
    value=0.50,
    evidence="assumed",
    source="assumed: lists then hold some 4 % more than live there",
)
# Groups fewer of whom were found in the Personal Demographics Service (ONS, Census 2021 to PDS).
_UNDER = {
    "evidence": "assumed",
    "source": "assumed: the direction is that of ONS, Census 2021 linked to the PDS",
}
LESS_REGISTERED: dict[Group, Ratio] = {
    "men": Ratio(value=0.75, **_UNDER),
    "aged_20_29": Ratio(value=0.50, **_UNDER),
    "minority": Ratio(value=0.60, **_UNDER),
}
PERSON = ("nhs_number", "first_name", "surname", "date_of_birth", "sex", "postcode")
CONTACT = ("event_time", "place", "cost_pence")
ASSUMED = {"evidence": "assumed", "source": "assumed: no published rate for this field"}
CUREDS = "CUREd, Yorkshire 2011-17: records placed by NHS number, Med Decis Making 2022, table 1"
CARDINAL = (
    "two NHS systems, same person by NHS number: Cardinal 2023, BMC Med Inform Decis Mak 23:85"
)
OLDER_YEARS = {
    "evidence": "assumed",
    "source": "assumed: of A&E before 2011",
}
PROBATION = (
    "12-14 % with no fixed address or no recorded postcode: written answer, House of Commons 2024"
)
MACRAL = "register match of social services 95.2 %: Lyons 2009, BMC Med Inform Decis Mak 9:3"
BIRTH_DATE = {
    # 0.49 % of dates of birth disagree between two NHS systems, by part 274 : 172 : 136 of 582;
    # half of it is put down to each side.
    "birth_date_day": Share(value=0.00115, evidence="published", source=CARDINAL),
    "birth_date_month": Share(value=0.00072, evidence="published", source=CARDINAL),
    "birth_date_year": Share(value=0.00057, evidence="published", source=CARDINAL),
}
NAMES = {
    # 2.4 % of first names, and 2.2 % of men's surnames, disagree: half is put down to each side.
    "first_name_typing": Share(value=0.008, evidence="published", source=CARDINAL),
    "first_name_initial": Share(value=0.004, evidence="published", source=CARDINAL),
    "surname_typing": Share(value=0.011, evidence="published", source=CARDINAL),
    "surname_former": Share(
        value=0.10, evidence="assumed", source="assumed: of those who changed it"
    ),
    "surname_stale": Share(
        value=0.50, evidence="assumed", source="assumed: on the day that it changes"
    ),
}


def rates(**given: float) -> dict[str, Share]:
    """Returns shares that are assumed, by the name of an error or a field."""
    return {name: Share(value=rate, **ASSUMED) for name, rate in given.items()}


def care(title: str, service: Service, missing: Share, *more: str) -> AgencySpec:
    """An agency of care: everything about the person, and dated contacts."""
    return AgencySpec(
        title=title,
        service=service,
        fields=(*PERSON, *CONTACT, *more),
        errors={
            "nhs_number_missing": missing,
            **rates(
                nhs_number_of_household_member=0.0005,
                nhs_number_of_someone_else=0.0015,
                nhs_number_digit=0.001,
                birth_date_missing=0.002,
                sex_wrong=0.003,
                address_stale=0.50,
                postcode_missing=0.02,
                postcode_typing=0.015,
            ),
            **BIRTH_DATE,
            **NAMES,
        },
    )


NAMED_PERSON = ("first_name", "surname", "date_of_birth", "sex", "postcode")


def violence(
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
            **rates(
                **more,
                birth_date_missing=0.02,
                sex_wrong=0.003,
                address_stale=0.60,
                postcode_missing=0.08,
                postcode_typing=0.02,
            ),
            **BIRTH_DATE,
            **NAMES,
        },
    )


POLICE = rates(first_name=0.97, surname=0.97, date_of_birth=0.90, postcode=0.85)
# Errors that agencies without rates of their own take from the catalogue of errors, at its rates.
_TAKEN = (
    "first_name_nickname", "first_name_middle", "first_name_transliterated", "first_name_phonetic",
    "surname_transliterated", "surname_phonetic", "surname_cut", "surname_parts_reordered",
    "names_swapped", "birth_date_next", "birth_date_swapped", "birth_date_first_of_january",
    "sex_unknown", "postcode_confused", "postcode_outward", "postcode_without_space",
    "address_number_wrong", "address_number_missing", "address_flat_dropped", "address_typing",
    "address_abbreviated", "address_in_capitals",
    "nino_of_household_member", "nino_of_someone_else", "nino_character",
    "upn_of_household_member", "upn_character",
    "pnc_id_of_someone_else", "pnc_id_character",
    "prison_number_of_someone_else", "prison_number_character",
    "mpan_of_neighbour", "mpan_character", "supplier_account_character",
)  # fmt: skip
OFFENDER = (*NAMED_PERSON, "address", "pnc_id")
# What people tell who may have reasons not to be known: assumed.
OFFENDERS = {"names_alias": 0.03, "first_name_nickname": 0.08, "birth_date_false": 0.01}

# Rates of errors of agencies that have none of their own: those of their fields apply.
USUAL = {
    **{name: ERROR_TYPES[name].rate for name in _TAKEN},
    **rates(
        nhs_number_digit=0.001,
        sex_wrong=0.003,
        address_stale=0.50,
        postcode_typing=0.015,
        uprn_of_neighbour=0.01,
    ),
    **BIRTH_DATE,
    **NAMES,
}


def kept(
    title: str,
    service: Service,
    fields: tuple[str, ...],
    completeness: Mapping[str, Share] = MappingProxyType({}),
    coverage: float = 1.0,
    **errors: float,
) -> AgencySpec:
    """An agency with the usual errors on its fields, and some of its own.

    The first line of an address is as complete as the postcode, unless told otherwise.
    """
    if "address" in fields and "postcode" in completeness:
        completeness = {"address": completeness["postcode"], **completeness}
    usual = {error: rate for error, rate in USUAL.items() if fits(error, fields)}
    if SERVICES[service].of != "person":
        usual.pop("address_stale", None)  # a home does not move
    return AgencySpec(
        title=title,
        service=service,
        fields=fields,
        coverage=Share(value=1.0) if coverage == 1.0 else Share(value=coverage, **ASSUMED),
        completeness=dict(completeness),
        errors={**usual, **rates(**errors)},
    )
