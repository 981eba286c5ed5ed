"""Specs of the world: what is simulated, who records it, and which effects are planted."""

from __future__ import annotations

from datetime import date, timedelta
from types import MappingProxyType
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from simulator.schema import FIELDS
from simulator.settings import Amount, Ratio, Share, Spec


def _known_field(name: str) -> str:
    if name not in FIELDS:
        raise ValueError(f"must be a field of the vocabulary: {', '.join(sorted(FIELDS))}")
    return name


FieldName = Annotated[str, AfterValidator(_known_field)]

Service = Literal[
    "gp_register",
    "a_and_e",
    "admissions",
    "mental_health",
    "community",
    "social_care",
    "fire_visits",
    "own",
]

# What goes wrong when a record is written, in the order in which it is applied: name -> the field
# that it touches. The damage itself is in corruption.py; rates are each agency's.
ERRORS = MappingProxyType(
    {
        "address_stale": "postcode",
        "nhs_number_missing": "nhs_number",
        "nhs_number_of_household_member": "nhs_number",
        "nhs_number_of_someone_else": "nhs_number",
        "nhs_number_digit": "nhs_number",
        "first_name_typing": "first_name",
        "first_name_initial": "first_name",
        "surname_typing": "surname",
        "surname_former": "surname",
        "birth_date_missing": "date_of_birth",
        "birth_date_day": "date_of_birth",
        "birth_date_month": "date_of_birth",
        "birth_date_year": "date_of_birth",
        "sex_wrong": "sex",
        "postcode_missing": "postcode",
        "postcode_typing": "postcode",
        "uprn_missing": "uprn",
        "uprn_of_neighbour": "uprn",
    }
)


def _known_error(name: str) -> str:
    if name not in ERRORS:
        raise ValueError(f"must be a recording error of the catalogue: {', '.join(ERRORS)}")
    return name


ErrorName = Annotated[str, AfterValidator(_known_error)]


class WorldSpec(Spec):
    """The people, homes and areas to invent, and the window of time that is looked at."""

    people: int = Field(
        default=100_000,
        ge=200,
        le=5_000_000,
        description="How many people to simulate by default; `--people` overrides it.",
    )
    real_population: int = Field(
        ge=200, description="How many people the real system holds; figures are never scaled to it."
    )
    start: date = Field(description="First day of the window in which events happen.")
    days: int = Field(default=730, ge=60, le=3660, description="Length of the window in days.")
    people_per_practice: int = Field(
        default=6_250, ge=100, description="Mean number of people per general practice."
    )
    people_per_hospital: int = Field(
        default=250_000, ge=1_000, description="Mean number of people per hospital with an A&E."
    )
    move_rate: Share = Field(description="Share of people who move home in a year.")
    frailty_variance: Amount = Field(
        default=Amount(value=0.5, evidence="assumed", source="our choice"),
        description=(
            "Variance, around a mean of 1, of each person's proneness to be recorded wrongly; "
            "shared by all agencies, so that errors cluster in people."
        ),
    )
    contact_variance: Amount = Field(
        default=Amount(value=1.0, evidence="assumed", source="our choice"),
        description="Variance, around a mean of 1, of each person's proneness to use services.",
    )

    @property
    def end(self) -> date:
        """The first day after the window."""
        return self.start + timedelta(days=self.days)


class ContactSpec(Spec):
    """How often people have contact with a service that a proposal defines for itself."""

    per_person_year: Amount = Field(
        description="Contacts per person and year, among those eligible."
    )
    age_from: int = Field(
        default=0, ge=0, le=120, description="Youngest age with contacts, in years."
    )
    age_to: int = Field(
        default=120, ge=0, le=120, description="Oldest age with contacts, in years."
    )
    deprivation_ratio: Ratio = Field(
        default=Ratio(value=1.0),
        description="Rate in the most deprived fifth over that in the least deprived.",
    )
    cost_pounds: Amount = Field(
        default=Amount(value=0.0), description="Cost of a contact, in pounds."
    )

    @model_validator(mode="after")
    def _hold_ages_in_order(self) -> Self:
        if self.age_from > self.age_to:
            raise ValueError("age_from must not be above age_to")
        return self


class AgencySpec(Spec):
    """One agency: whom it knows, what it writes down, and how badly."""

    title: str = Field(min_length=1, description="The agency's name in words.")
    service: Service = Field(
        description="What of the world it records; `own` for contacts that the proposal defines."
    )
    fields: tuple[FieldName, ...] = Field(
        description="Fields that it records, from the vocabulary (record_id is always there)."
    )
    coverage: Share = Field(
        default=Share(value=1.0), description="Share of the service's records that it passes on."
    )
    errors: dict[ErrorName, Share] = Field(
        default_factory=dict,
        description="Rate of each recording error per record, before group and person multipliers.",
    )
    contact: ContactSpec | None = Field(
        default=None, description="For service `own`: how often people have contact with it."
    )

    @model_validator(mode="after")
    def _hold_contact_for_own_service(self) -> Self:
        if (self.service == "own") != (self.contact is not None):
            raise ValueError("contact must be given for service `own`, and only for it")
        unrecorded = [e for e in self.errors if ERRORS[e] not in self.fields]
        if unrecorded:
            raise ValueError(f"errors on fields that are not recorded: {', '.join(unrecorded)}")
        return self


class EffectSpec(Spec):
    """An effect put into the world by us, for a question to find."""

    exposure: str = Field(description="Agency whose contact is the exposure.")
    outcome: str = Field(description="Agency whose contacts change afterwards.")
    only_at_home: bool = Field(
        default=False, description="Whether only incidents that begin at home change."
    )
    ratio: Ratio = Field(description="Rate of outcome after exposure over the rate without it.")
