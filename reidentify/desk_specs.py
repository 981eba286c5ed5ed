"""Specs of a decode desk, and of the attacks on codes that can be turned back."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StrictBool, StrictInt

from simulator.settings import Amount, Names, Share, Spec, at_most

Custody = Literal[
    "vendor",
    "two-party",
    "supplying-agency",
    "trusted-third-party",
    "databank",
    "recipient",
    "oracle",
]
CodedField = Literal["surname", "postcode", "nhs_number"]


class DeskSpec(Spec):
    """A decode desk: turns codes back for those who may ask, and writes down that they did."""

    title: str = Field(min_length=1, description="The desk in words.")
    recipient: str = Field(description="Whose coded rows it can turn back.")
    custody: Custody = Field(
        default="vendor",
        description=(
            "Who can decode alone: the vendor of the platform; two-party: nobody without a second "
            "party; each supplying agency; a trusted third party, who holds no rows; the databank, "
            "which holds the rows too; the recipient of the rows; oracle: nobody holds the key, "
            "and the vendor may ask a device as many codes as `daily_limit` on each day of "
            "`world.days`."
        ),
    )
    roles: Names = Field(min_length=1, description="Roles that may ask.")
    reasons: Names = Field(min_length=1, description="Reasons that are accepted.")
    relationship: StrictBool = Field(
        default=True, description="Whether the person must be on the asker's own list."
    )
    outside_needs_two: StrictBool = Field(
        default=True,
        description="Whether a second person may open somebody outside the asker's list.",
    )
    daily_limit: StrictInt = Field(
        default=50, ge=1, le=1_000_000, description="Most codes that one account may ask in a day."
    )
    alarm_outside: StrictInt = Field(
        default=5,
        ge=1,
        le=1_000_000,
        description="Refused or outside requests of one account in seven days that raise an alarm.",
    )
    alarm_daily: StrictInt = Field(
        default=40,
        ge=1,
        le=1_000_000,
        description="Requests of one account in a day that raise an alarm.",
    )
    evidence: str = Field(
        default="",
        description=(
            "Dated evidence that role check, limits and audit are in use; without it they are "
            "shown, and not counted in the level of risk."
        ),
    )


class CodeFrequencySpec(Spec):
    """An analyst without a key matches codes to names and postcodes by how often they occur."""

    adversary: Literal["code_frequency"]
    panel: str = Field(default="", description="Its place in the panel of the level of risk.")
    recipient: str = Field(description="Whose rows are attacked.")
    fields: tuple[CodedField, ...] = Field(
        default=("surname", "postcode", "nhs_number"), description="Codes that are attacked."
    )
    co_residence: StrictBool = Field(
        default=True, description="Whether it uses which names live together."
    )
    register_share: Share = Field(
        description="Share of people on the list of names and addresses that it holds."
    )
    confidence: Share = Field(
        default=Share(value=0.5, evidence="assumed", source="more likely than not"),
        description="Name a person only if at least so probable.",
    )


class ValidDecoderSpec(Spec):
    """Somebody who may decode asks for people outside their own list."""

    adversary: Literal["valid_decoder"]
    panel: str = Field(default="", description="Its place in the panel of the level of risk.")
    desk: str = Field(description="The desk that is asked.")
    role: str = Field(description="The role that they hold.")
    targets: StrictInt = Field(
        default=1_000, ge=20, le=1_000_000, description="How many people are looked for, in turn."
    )
    practice_lists: StrictInt = Field(
        default=1, ge=1, le=1_000, description="How many practices' lists the account covers."
    )
    accomplice: Share = Field(
        default=Share(value=0.05, low=0.0, high=0.25, evidence="assumed", source="assumed"),
        description="Chance that a second person agrees to open somebody without good reason.",
    )
    requests_a_day: Annotated[Amount, at_most(1_000_000)] = Field(
        default=Amount(value=200.0, evidence="assumed", source="assumed: a script"),
        description="Requests a day of somebody who decodes in bulk.",
    )
    response_days: Annotated[Amount, at_most(365)] = Field(
        default=Amount(value=1.0, low=0.0, high=14.0, evidence="assumed", source="assumed"),
        description="Days from the alarm to the closing of the account.",
    )


class CustodyFailureSpec(Spec):
    """One key, vault or administrator fails: who is opened?"""

    adversary: Literal["custody_failure"]
    panel: str = Field(default="", description="Its place in the panel of the level of risk.")
    desk: str = Field(description="The desk whose custody fails.")


class CoalitionSpec(Spec):
    """Parties put together what they hold: which is the smallest group that opens people?"""

    adversary: Literal["coalition"]
    panel: str = Field(default="", description="Its place in the panel of the level of risk.")
    desk: str = Field(description="The desk whose codes are attacked.")
    opened: Share = Field(
        default=Share(value=0.05, evidence="assumed", source="our choice"),
        description="Share of people that a coalition must open to count.",
    )


DeskAttackSpec = CodeFrequencySpec | ValidDecoderSpec | CustodyFailureSpec | CoalitionSpec
"""Attacks on codes and on the desk that turns them back."""
