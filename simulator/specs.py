"""Specs of the world: what is simulated, who records it, and which effects are planted."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    Field,
    StrictBool,
    StrictInt,
    ValidationInfo,
    field_validator,
    model_validator,
)

from simulator.coverage import Group
from simulator.errors import ERROR_TYPES, ERRORS, fits
from simulator.issuing import OFFICIAL
from simulator.life_spec import LifeSpec
from simulator.local_ids import LOCAL
from simulator.regions import RegionName
from simulator.schema import FIELDS
from simulator.services import SERVICES, Service, keeping
from simulator.settings import Amount, Names, Ratio, Share, Spec, at_most, no_repeats

RECORDABLE = tuple(name for name, field in FIELDS.items() if field.role != "id")
"""Fields that an agency may record; the id of a record is always there."""

OF_EVENTS = tuple(name for name, field in FIELDS.items() if field.role == "content")
"""Fields that describe an event."""


def _known_field(name: str) -> str:
    if name not in FIELDS:
        raise ValueError(f"must be a field of the vocabulary: {', '.join(sorted(RECORDABLE))}")
    if name not in RECORDABLE:
        raise ValueError(f"must not be {name}, which every record has and nobody can change")
    return name


FieldName = Annotated[str, AfterValidator(_known_field)]

FIRST_YEAR, LAST_YEAR = 1900, 2100  # of the window's start

OF_VIOLENCE: tuple[Service, ...] = keeping("violence")
"""Services that record violence: assaults treated in A&E, offences, and other police contacts."""

REGISTER: Service = "gp_register"
"""The register of everybody, to which others can be linked."""

REGISTERS: tuple[Service, ...] = keeping("register")
"""Services that hold a record each of people, homes or households, and no events."""

OF_HOMES: tuple[Service, ...] = keeping("events", "home")
"""Services whose events are of homes, and name nobody."""

WITH_HOME_INCIDENTS: tuple[Service, ...] = ("a_and_e", "ambulance")
"""Services some of whose contacts begin with an incident at home (see events/)."""

OF_PEOPLE = (
    "nhs_number",
    "first_name",
    "surname",
    "date_of_birth",
    "sex",
    "ethnic_group",
    "practice",
    "registered_on",
    "lived_since",
)
"""Fields that describe a person, and not a home or an event."""

OF_PEOPLE_ONLY = tuple(
    name
    for name, error in ERROR_TYPES.items()
    if error.unit in ("person", "client") or name == "record_merged"
)
"""Errors that only records of people can have, whatever fields they touch."""


def _known_error(name: str) -> str:
    if name not in ERRORS:
        raise ValueError(f"must be a recording error of the catalogue: {', '.join(ERRORS)}")
    return name


ErrorName = Annotated[str, AfterValidator(_known_error)]


class WorldSpec(Spec):
    """The people, homes and areas to invent, and the window of time that is looked at."""

    people: StrictInt = Field(
        default=100_000,
        ge=200,
        le=5_000_000,
        description="How many people to simulate by default; `--people` overrides it.",
    )
    real_population: StrictInt = Field(
        ge=200,
        le=10_000_000_000,
        description="How many people the real system holds; figures are never scaled to it.",
    )
    start: date = Field(description="First day of the window in which events happen.")
    days: StrictInt = Field(
        default=730, ge=60, le=3660, description="Length of the window in days."
    )
    region: RegionName = Field(
        default="shire_county",
        description="How densely people live, how deprived they are, which ethnic groups they are "
        "of, how large households are and what homes they have.",
    )
    people_per_practice: StrictInt = Field(
        default=6_250,
        ge=100,
        le=5_000_000,
        description="Mean number of people per general practice.",
    )
    people_per_hospital: StrictInt = Field(
        default=250_000,
        ge=1_000,
        le=5_000_000,
        description="Mean number of people per hospital with an A&E.",
    )
    move_rate: Share = Field(description="Share of people who move home in a year.")
    frailty_variance: Annotated[Amount, at_most(10)] = Field(
        default=Amount(value=0.5, evidence="assumed", source="our choice"),
        description=(
            "Variance, around a mean of 1, of each person's proneness to be recorded wrongly; "
            "shared by all agencies, so that errors cluster in people."
        ),
    )
    contact_variance: Annotated[Amount, at_most(10)] = Field(
        default=Amount(value=1.0, evidence="assumed", source="our choice"),
        description="Variance, around a mean of 1, of each person's proneness to use services.",
    )

    life: LifeSpec = Field(
        default_factory=LifeSpec, description="What happens to people in the window."
    )

    @field_validator("start", mode="before")
    @classmethod
    def _hold_a_date(cls, given: Any) -> Any:  # noqa: ANN401 - anything may be in a file
        if isinstance(given, bool | int | float):
            raise ValueError("must be a date, such as 2016-04-01 (no quotes)")  # noqa: TRY004
        return given

    @field_validator("start")
    @classmethod
    def _hold_years(cls, given: date) -> date:
        if not FIRST_YEAR <= given.year <= LAST_YEAR:
            raise ValueError(f"must lie in the years {FIRST_YEAR} to {LAST_YEAR}")
        return given

    @property
    def end(self) -> date:
        """The first day after the window."""
        return self.start + timedelta(days=self.days)


class ConsentSpec(Spec):
    """Who keeps their records out of the linkage, and that they are not like everybody else."""

    opt_out: Share = Field(
        default=Share(value=0.0), description="Share of people whose records stay out."
    )
    frequent_user_ratio: Ratio = Field(
        default=Ratio(value=1.0),
        description="Odds of staying out of people with twice the usual use of services, over "
        "those with the usual use.",
    )
    deprived_ratio: Ratio = Field(
        default=Ratio(value=1.0),
        description="Odds of staying out in the most deprived fifth over those in the least.",
    )


class ContactSpec(Spec):
    """How often people have contact with a service that a proposal defines for itself."""

    per_person_year: Annotated[Amount, at_most(100)] = Field(
        description="Contacts per person and year, among those eligible."
    )
    age_from: StrictInt = Field(
        default=0, ge=0, le=120, description="Youngest age with contacts, in years."
    )
    age_to: StrictInt = Field(
        default=120, ge=0, le=120, description="Oldest age with contacts, in years."
    )
    deprivation_ratio: Ratio = Field(
        default=Ratio(value=1.0),
        description="Rate in the most deprived fifth over that in the least deprived.",
    )
    cost_pounds: Annotated[Amount, at_most(1_000_000)] = Field(
        default=Amount(value=0.0), description="Cost of a contact, in pounds."
    )

    @model_validator(mode="after")
    def _hold_ages_in_order(self) -> Self:
        if self.age_from > self.age_to:
            raise ValueError("age_from must not be above age_to")
        return self


def _refuse(fields: tuple[str, ...], unfit: tuple[str, ...], reason: str) -> None:
    found = [name for name in fields if name in unfit]
    if found:
        raise ValueError(f"must not name {', '.join(found)}: {reason}")


def _refuse_unfit(fields: tuple[str, ...], service: Service) -> None:
    """Refuses fields that no record of a service can fill."""
    kind = SERVICES[service]
    if kind.of == "home":
        what = "a visit is to a home" if kind.keeps == "events" else "a record is of a home"
        _refuse(fields, OF_PEOPLE, f"{what} and names nobody")
    for name, number in OFFICIAL.items():
        if service not in number.carried_by:
            _refuse(fields, (name,), f"it is a number of {number.whose}")
    for name, services in LOCAL.items():
        if service not in services:
            whose = "people" if name == "local_id" else "energy accounts"
            _refuse(fields, (name,), f"it is a number of {whose}")
    unfit = tuple(name for name in OF_EVENTS if name not in kind.content)
    if kind.keeps == "register" and not kind.content:
        _refuse(fields, unfit, "a register holds no events")
    allowed = ", ".join(kind.content)
    _refuse(fields, unfit, f"of what happens, records of {service} hold only {allowed}")


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
    coverage_ratios: dict[Group, Ratio] = Field(
        default_factory=dict,
        description="By group, the odds that a record is passed on over those outside the group.",
    )
    ghosts: Share = Field(
        default=Share(value=0.0),
        description="Of a register of people, the share of those who left or died in the window "
        "who still stand on it.",
    )
    completeness: dict[FieldName, Share] = Field(
        default_factory=dict,
        description="Share of records in which a field was asked for at all; 1 for others. Not "
        "counted among the errors.",
    )
    year: StrictInt | None = Field(
        default=None,
        ge=FIRST_YEAR,
        le=LAST_YEAR,
        description="Year of the records: older ones are worse where the catalogue says so.",
    )
    errors: dict[ErrorName, Share] = Field(
        default_factory=dict,
        description="Rate of each recording error per record, before group and person multipliers.",
    )
    address_half_life_days: Annotated[Amount, at_most(3660)] | None = Field(
        default=None,
        description=(
            "Days in which half of the old addresses on record are corrected after a move; 182 if "
            "left out, and 0 for at once."
        ),
    )
    provider_variance: Annotated[Amount, at_most(10)] | None = Field(
        default=None,
        description=(
            "Variance, around a mean of 1, of the factor that a site or practice has on all errors "
            "of its records; none if left out."
        ),
    )
    month_variance: Annotated[Amount, at_most(10)] | None = Field(
        default=None,
        description=(
            "Variance, around a mean of 1, of the factor of each month at a site or practice (at "
            "the agency, where it has none); none if left out."
        ),
    )
    contact: ContactSpec | None = Field(
        default=None, description="For service `own`: how often people have contact with it."
    )

    @field_validator("fields")
    @classmethod
    def _hold_fields_that_it_can_record(
        cls, fields: tuple[str, ...], info: ValidationInfo
    ) -> tuple[str, ...]:
        service = info.data.get("service")
        if service is not None:
            _refuse_unfit(fields, service)
        return no_repeats(fields)

    @field_validator("completeness")
    @classmethod
    def _hold_shares_of_fields_that_it_records(
        cls, completeness: dict[str, Share], info: ValidationInfo
    ) -> dict[str, Share]:
        fields = info.data.get("fields")
        unrecorded = [f for f in completeness if fields is not None and f not in fields]
        if unrecorded:
            raise ValueError(
                f"completeness of fields that are not recorded: {', '.join(unrecorded)}"
            )
        return completeness

    @field_validator("errors")
    @classmethod
    def _hold_errors_that_it_can_make(
        cls, errors: dict[str, Share], info: ValidationInfo
    ) -> dict[str, Share]:
        fields = info.data.get("fields")
        unrecorded = [e for e in errors if fields is not None and not fits(e, fields)]
        if unrecorded:
            raise ValueError(f"errors on fields that are not recorded: {', '.join(unrecorded)}")
        service = info.data.get("service")
        if "address_stale" in errors and service and SERVICES[service].of != "person":
            raise ValueError("address_stale is for records of people: a home does not move")
        if service in OF_HOMES:
            _refuse(tuple(errors), OF_PEOPLE_ONLY, "a visit is to a home and names nobody")
        return errors

    @model_validator(mode="after")
    def _hold_ghosts_of_registers(self) -> Self:
        kind = SERVICES[self.service]
        if self.ghosts.value > 0 and (kind.keeps, kind.of) != ("register", "person"):
            raise ValueError("ghosts are for registers of people: nobody else is on a list")
        return self

    @model_validator(mode="after")
    def _hold_contact_for_own_service(self) -> Self:
        if (self.service == "own") != (self.contact is not None):
            raise ValueError("contact must be given for service `own`, and only for it")
        return self


class EffectSpec(Spec):
    """An effect put into the world by us, for a question to find."""

    exposure: str = Field(description="Agency whose contact is the exposure.")
    outcome: str = Field(description="Agency whose contacts change afterwards.")
    exposure_where: dict[FieldName, Names] = Field(
        default_factory=dict,
        description="Only exposures whose records have one of these values in a field, such as "
        '`{ work_kind = ["electrics"] }`; all if left out.',
    )
    age_from: StrictInt = Field(
        default=0,
        ge=0,
        le=120,
        description="Youngest age, in years at the start of the window, of those who change.",
    )
    only_at_home: StrictBool = Field(
        default=False, description="Whether only incidents that begin at home change."
    )
    ratio: Ratio = Field(description="Rate of outcome after exposure over the rate without it.")
