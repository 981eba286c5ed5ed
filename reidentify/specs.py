"""Specs of what is handed over, and of the attacks on it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    Field,
    StrictBool,
    StrictInt,
    ValidationInfo,
    field_validator,
)

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
from reidentify.identity_specs import HouseholdSpec, TokenCoalitionSpec
from simulator.settings import Amount, Names, Share, Spec, at_most, no_repeats
from simulator.specs import FieldName

DatePrecision = Literal["minute", "day", "week", "month"]
AgePrecision = Literal[
    "birth_date", "birth_week", "birth_month", "birth_year", "five_years", "none"
]
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
    homes: StrictBool = Field(
        default=True, description="Whether rows say which people share a home."
    )
    moves: StrictBool = Field(
        default=False,
        description="Whether it is told since when people live at their address, as exactly as "
        "times are.",
    )
    tokens: StrictBool = Field(
        default=True, description="Whether the pseudonym itself is handed over, or a row number."
    )
    codes: Annotated[tuple[FieldName, ...], AfterValidator(no_repeats)] = Field(
        default=(),
        description="Identifiers whose codes are handed over (identity.FIELD.scheme makes codes).",
    )


class LeakSpec(Spec):
    """A key or a salt for NHS numbers that became known, for attackers who use one.

    Periods are compared as text, so they are written alike: 2016, 2017, or 2016-04, 2016-10.
    """

    kind: Literal["key", "salt-file"] = Field(
        default="key",
        description=(
            "key: of keyed hashes, of a key server, or of sealed tokens; salt-file: of "
            "open-pseudonymiser, opened with the key in its published source."
        ),
    )
    holder: str = Field(
        description=(
            "Whose key or salt: a recipient's, or `warehouse` for that of the link tokens. Where "
            "all share one (identity.nhs_number.key_scope), it is that."
        )
    )
    since: str = Field(
        default="",
        description="First period whose key is known; empty: as far back as there are periods.",
    )
    until: str = Field(
        default="",
        validate_default=True,
        description="Last period whose key is known; empty: it leaks still.",
    )

    @field_validator("until")
    @classmethod
    def _hold_periods_in_order(cls, until: str, info: ValidationInfo) -> str:
        if until and until < info.data.get("since", ""):
            raise ValueError("must not be before `since`")
        return until

    def knows(self, period: str) -> bool:
        """Say whether the key of a period is known."""
        return self.since <= period and (not self.until or period <= self.until)


class KeyThiefSpec(Spec):
    """Somebody tries every NHS number against the tokens of a release."""

    adversary: Literal["key_thief"]
    panel: str = Field(default="", description="Its place in the panel of the level of risk.")
    recipient: str = Field(description="Whose release is attacked.")
    key: Literal["none", "wrong", "stolen", "account"] = Field(
        description=(
            "none: tries plain hashes, and those with a public salt; wrong: tries a key of its "
            "own; stolen: holds a key, or a salt; "
            "account: holds no key, and asks the key server of blind tokens."
        )
    )
    days: StrictInt = Field(
        default=30, ge=1, le=3_660, description="For `account`: days on which it asks the server."
    )
    leak: str | None = Field(
        default=None, validate_default=True, description="For `stolen`: the leak that it came from."
    )
    second_leak: str | None = Field(
        default=None,
        description=(
            "For `stolen`, and sealed tokens: another leak, since one key opens them and another "
            "made them."
        ),
    )
    list_share: Share = Field(
        description="Share of people whose NHS number and name the thief holds on some list."
    )

    @field_validator("second_leak")
    @classmethod
    def _hold_another_leak(cls, second: str | None, info: ValidationInfo) -> str | None:
        if second is not None and info.data.get("key", "stolen") != "stolen":
            raise ValueError("is for key `stolen`: without one no leaked key is used")
        if second is not None and second == info.data.get("leak"):
            raise ValueError("must be another leak than `leak`")
        return second

    @property
    def leaks(self) -> tuple[str, ...]:
        """Names of the leaks that it uses."""
        return tuple(name for name in (self.leak, self.second_leak) if name is not None)

    @field_validator("leak")
    @classmethod
    def _hold_a_leak_for_a_stolen_key(cls, leak: str | None, info: ValidationInfo) -> str | None:
        key = info.data.get("key")
        if key == "stolen" and leak is None:
            raise ValueError("is needed by key `stolen`: the name of a leak of this proposal")
        if key in ("none", "wrong", "account") and leak is not None:
            raise ValueError("is for key `stolen`: without one no leaked key is used")
        return leak


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
    | CoalitionSpec
    | HouseholdSpec
    | TokenCoalitionSpec,
    Field(discriminator="adversary"),
]
