"""Specs of what is handed over, and of the attacks on it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StrictBool, StrictInt

from reidentify.desk_specs import (
    CoalitionSpec,
    CodeFrequencySpec,
    CustodyFailureSpec,
    ValidDecoderSpec,
)
from reidentify.feed_specs import (
    AcquaintanceSpec,
    LocationReaderSpec,
    OnwardTeamSpec,
    PoliceAnalystSpec,
)
from simulator.settings import Amount, Names, Share, Spec, at_most, no_repeats
from simulator.specs import FieldName

DatePrecision = Literal["minute", "day", "week", "month"]
AgePrecision = Literal["birth_date", "birth_month", "birth_year", "five_years", "none"]
AreaPrecision = Literal["lsoa", "msoa", "none"]


class ReleaseSpec(Spec):
    """Rows handed to one recipient: people of the hub, and their linked events."""

    title: str = Field(min_length=1, description="The recipient in words.")
    events: Names = Field(description="Agencies whose linked events are handed over.")
    dates: DatePrecision = Field(default="day", description="How exactly an event's time is given.")
    age: AgePrecision = Field(default="birth_year", description="How exactly age is given.")
    area: AreaPrecision = Field(default="lsoa", description="How exactly the address is given.")
    sex: StrictBool = Field(default=True, description="Whether sex is given.")
    deprivation: StrictBool = Field(
        default=True, description="Whether the deprivation fifth of the address is given."
    )
    practice: StrictBool = Field(default=True, description="Whether the general practice is given.")
    places: StrictBool = Field(
        default=True, description="Whether an event's place of care is given."
    )
    costs: StrictBool = Field(default=True, description="Whether an event's cost is given.")
    tokens: StrictBool = Field(
        default=True, description="Whether the pseudonym itself is handed over, or a row number."
    )
    codes: Annotated[tuple[FieldName, ...], AfterValidator(no_repeats)] = Field(
        default=(),
        description="Identifiers whose codes are handed over (identity.FIELD.scheme makes codes).",
    )


class KeyThiefSpec(Spec):
    """Somebody tries every NHS number against the tokens of a release."""

    adversary: Literal["key_thief"]
    panel: str = Field(default="", description="Its place in the panel of the level of risk.")
    recipient: str = Field(description="Whose release is attacked.")
    key: Literal["none", "wrong", "stolen"] = Field(
        description="none: tries plain hashes; wrong: tries a key of its own; stolen: holds a key."
    )
    stolen_from: str = Field(
        default="", description="For `stolen`: the recipient whose key was taken."
    )
    list_share: Share = Field(
        description="Share of people whose NHS number and name the thief holds on some list."
    )


class DatedEventsSpec(Spec):
    """Somebody who knows a few dated contacts of a person looks for them in a release."""

    adversary: Literal["dated_events"]
    panel: str = Field(default="", description="Its place in the panel of the level of risk.")
    recipient: str = Field(description="Whose release is attacked.")
    targets: StrictInt = Field(
        default=1_000, ge=20, le=1_000_000, description="How many people are looked for."
    )
    contacts: Annotated[
        tuple[Annotated[StrictInt, Field(ge=1, le=20)], ...], AfterValidator(no_repeats)
    ] = Field(
        default=(1, 2, 3, 4),
        min_length=1,
        description="Numbers of known contacts to try, in order.",
    )
    services: Names = Field(
        min_length=1, description="Agencies whose contacts the attacker may know."
    )
    knows: Annotated[tuple[Literal["sex", "age", "area"], ...], AfterValidator(no_repeats)] = Field(
        default=("sex", "age", "area"), description="What else the attacker knows of a target."
    )
    date_error_days: Annotated[Amount, at_most(3_660)] = Field(
        description="Standard deviation of the error in a remembered date, in days."
    )
    misremembered: Share = Field(
        description="Share of contacts remembered wrongly, as a contact that did not happen."
    )
    gap: Amount = Field(
        description="Claim only if the best score exceeds the second by so many natural-log units."
    )


AttackSpec = Annotated[
    KeyThiefSpec
    | DatedEventsSpec
    | PoliceAnalystSpec
    | LocationReaderSpec
    | AcquaintanceSpec
    | OnwardTeamSpec
    | CodeFrequencySpec
    | ValidDecoderSpec
    | CustodyFailureSpec
    | CoalitionSpec,
    Field(discriminator="adversary"),
]
