"""Specs of a feed of assaults, and of the attacks on it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StrictBool, StrictInt

from simulator.settings import Amount, Names, Share, Spec, at_most

TimePrecision = Literal["minute", "hour", "shift", "day", "month"]
PlacePrecision = Literal["text", "street", "map_point", "ward", "none"]


class FeedSpec(Spec):
    """Rows about assaults, handed over month by month, without a word about the patient."""

    title: str = Field(min_length=1, description="The recipient in words.")
    agency: str = Field(description="Agency whose records of assaults are handed over.")
    times: TimePrecision = Field(
        default="minute",
        description="How exactly times are given; a shift is six hours from midnight.",
    )
    places: PlacePrecision = Field(
        default="text",
        description=(
            "How exactly the place is given: the text as typed, or the street, the nearest map "
            "point with at least 8 addresses, or the ward that the text resolves to."
        ),
    )
    methods: Literal["exact", "group", "none"] = Field(
        default="exact", description="Whether the means is given, its group, or nothing."
    )
    arrival: StrictBool = Field(default=True, description="Whether arrival in A&E is given.")
    text: Literal["as_typed", "scrubbed", "none"] = Field(
        default="as_typed",
        description="What becomes of free text; scrubbed: house numbers and postcodes taken out.",
    )
    homes: Literal["as_recorded", "place_removed", "left_out"] = Field(
        default="as_recorded",
        description="What becomes of assaults in a home.",
    )
    domestic: Literal["included", "left_out"] = Field(
        default="included",
        description="What becomes of assaults recorded as domestic violence.",
    )
    minimum_cell: StrictInt = Field(
        default=1,
        ge=1,
        le=1_000,
        description="Rows stay only if so many share time, place and means as handed over.",
    )
    delay_days: StrictInt = Field(
        default=0, ge=0, le=3_660, description="Days by which a month's rows are held back."
    )
    as_table: StrictBool = Field(
        default=False,
        description="Whether only a table is handed over: how many assaults by time and place.",
    )


class PoliceAnalystSpec(Spec):
    """An analyst matches the feed to police records by time, place and means."""

    adversary: Literal["police_analyst"]
    panel: str = Field(default="", description="Its place in the panel of the level of risk.")
    feed: str = Field(description="Whose feed is attacked.")
    holds: Names = Field(min_length=1, description="Police agencies whose records it holds.")
    overlaps: tuple[Share, ...] = Field(
        default=(), description="Values of recording.overlap to try besides the one set."
    )
    survivals: tuple[Share, ...] = Field(
        default=(), description="Values of recording.survival to try besides the one set."
    )
    confidence: Share = Field(
        default=Share(value=0.5, evidence="assumed", source="more likely than not"),
        description="Claim only if the best candidate is at least so probable.",
    )
    gap: Amount = Field(
        default=Amount(value=1.1, evidence="assumed", source="three to one"),
        description="Claim only if the best exceeds the second by so many natural-log units.",
    )


class LocationReaderSpec(Spec):
    """Somebody reads the place of an assault and looks up who lives there."""

    adversary: Literal["location_reader"]
    panel: str = Field(default="", description="Its place in the panel of the level of risk.")
    feed: str = Field(description="Whose feed is attacked.")
    fewer_than: StrictInt = Field(
        default=8, ge=2, le=1_000, description="Read rows that resolve to fewer addresses."
    )
    register_share: Share = Field(
        description="Share of people on the list of addresses that it holds."
    )


class AcquaintanceSpec(Spec):
    """Somebody who knows of one assault looks for its row: an acquaintance, or a news reader."""

    adversary: Literal["acquaintance"]
    panel: str = Field(default="", description="Its place in the panel of the level of risk.")
    feed: str = Field(description="Whose feed is attacked.")
    source: Literal["acquaintance", "news"] = Field(
        description="Knows the event in person (hour and place), or from a story (day and street)."
    )
    targets: StrictInt = Field(
        default=1_000, ge=20, le=1_000_000, description="How many events are looked for."
    )
    time_error_hours: Annotated[Amount, at_most(1_000)] = Field(
        description="Standard deviation of the error in the remembered time, in hours."
    )
    place_known: Share = Field(description="Share of events whose place it knows rightly.")
    method_known: Share = Field(description="Share of events whose means it knows.")
    attended: Share = Field(
        default=Share(value=0.5, evidence="assumed", source="assumed"),
        description="Share of its targets who did go to A&E; the others have no row.",
    )
    confidence: Share = Field(
        default=Share(value=0.5, evidence="assumed", source="more likely than not"),
        description="Claim only if the best row is at least so probable.",
    )
    gap: Amount = Field(
        default=Amount(value=1.1, evidence="assumed", source="three to one"),
        description="Claim only if the best exceeds the second by so many natural-log units.",
    )


class OnwardTeamSpec(Spec):
    """A team to which the feed is passed on looks for its own clients in it."""

    adversary: Literal["onward_team"]
    panel: str = Field(default="", description="Its place in the panel of the level of risk.")
    feed: str = Field(description="Whose feed is attacked.")
    caseload: StrictInt = Field(
        default=500, ge=20, le=1_000_000, description="How many people are its clients."
    )
    told: Share = Field(description="Share of their assaults of which clients tell it.")
    time_error_hours: Annotated[Amount, at_most(1_000)] = Field(
        description="Standard deviation of the error in the told time, in hours."
    )
    place_known: Share = Field(description="Share of told assaults whose place it knows rightly.")
    confidence: Share = Field(
        default=Share(value=0.5, evidence="assumed", source="more likely than not"),
        description="Claim only if the best row is at least so probable.",
    )
    gap: Amount = Field(
        default=Amount(value=1.1, evidence="assumed", source="three to one"),
        description="Claim only if the best exceeds the second by so many natural-log units.",
    )


FeedAttackSpec = PoliceAnalystSpec | LocationReaderSpec | AcquaintanceSpec | OnwardTeamSpec
"""Attacks on a feed."""
