"""Questions: what a linkage is for, in four general forms."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StrictBool, StrictInt

from simulator.settings import Names, Spec
from simulator.specs import FieldName


class RateRatioSpec(Spec):
    """Do people have more or fewer contacts after an exposure than comparable people without it?"""

    kind: Literal["rate_ratio"]
    title: str = Field(min_length=1, description="The question in words.")
    recipient: str = Field(
        default="", description="Answered from this recipient's release; empty: inside the hub."
    )
    exposure: str = Field(description="Agency whose contact is the exposure.")
    outcome: str = Field(description="Agency whose contacts are counted afterwards.")
    exposure_where: dict[FieldName, Names] = Field(
        default_factory=dict,
        description="Only exposures whose records have one of these values in a field, such as "
        '`{ work_kind = ["electrics"] }`; all if left out.',
    )
    among: str = Field(
        default="",
        description="Agency to whose records people must be linked to be counted at all; empty: "
        "everybody of the hub.",
    )
    age_from: StrictInt = Field(
        default=0,
        ge=0,
        le=120,
        description="Youngest age, in years at the start of the window, of those counted.",
    )
    only_at_home: StrictBool = Field(default=False, description="Count only incidents at home.")
    follow_up_days: StrictInt = Field(
        default=365, ge=7, le=3_660, description="Days counted after the exposure."
    )


class RankingSpec(Spec):
    """Which areas or practices cost most per head, allowing for age and sex?"""

    kind: Literal["ranking"]
    title: str = Field(min_length=1, description="The question in words.")
    recipient: str = Field(
        default="", description="Answered from this recipient's release; empty: inside the hub."
    )
    group: Literal["practice", "lsoa", "msoa", "deprivation_fifth"] = Field(
        default="practice", description="What is ranked."
    )
    services: Names = Field(min_length=1, description="Agencies whose costs are added up.")


class CountSpec(Spec):
    """How many people of the hub are known to every one of several agencies?"""

    kind: Literal["count"]
    title: str = Field(min_length=1, description="The question in words.")
    recipient: str = Field(
        default="", description="Answered from this recipient's release; empty: inside the hub."
    )
    services: Names = Field(min_length=1, description="Agencies that must all know the person.")


class AlertSpec(Spec):
    """Who reaches a number of contacts, over all services, within a span of days?"""

    kind: Literal["alert"]
    title: str = Field(min_length=1, description="The question in words.")
    recipient: str = Field(
        default="", description="Answered from this recipient's release; empty: inside the hub."
    )
    services: Names = Field(
        min_length=1, description="Agencies whose contacts are counted together."
    )
    contacts: StrictInt = Field(
        default=3, ge=2, le=1_000, description="Contacts that raise the alert."
    )
    within_days: StrictInt = Field(
        default=90, ge=1, le=3_660, description="Span in which they must fall."
    )
    desk: str = Field(
        default="",
        description="Decode desk through which alerts reach the practice; empty: none is sent.",
    )


class HotSpotsSpec(Spec):
    """Where and when do assaults happen, beyond what police records show?"""

    kind: Literal["hot_spots"]
    title: str = Field(min_length=1, description="The question in words.")
    feed: str = Field(description="Answered from this feed, beside the police's own records.")
    police: str = Field(description="Agency whose records the police hold anyway.")
    patrol_hours: StrictInt = Field(
        default=120, ge=6, le=100_000, description="Patrol hours a week, in shifts of six hours."
    )
    cell_metres: StrictInt = Field(
        default=250, ge=50, le=10_000, description="Side of a square that a patrol covers."
    )


class VenueEvidenceSpec(Spec):
    """Which licensed premises have most assaults, and is there enough to act on?"""

    kind: Literal["venue_evidence"]
    title: str = Field(min_length=1, description="The question in words.")
    feed: str = Field(description="Answered from this feed, beside the police's own records.")
    police: str = Field(description="Agency whose records the police hold anyway.")
    top: StrictInt = Field(
        default=10, ge=1, le=1_000, description="How many of the worst venues are named."
    )


LinkedQuestion = RateRatioSpec | RankingSpec | CountSpec | AlertSpec
"""Questions of linked data, or of rows made from them."""

FeedQuestion = HotSpotsSpec | VenueEvidenceSpec
"""Questions of a feed of assaults."""

QuestionSpec = Annotated[LinkedQuestion | FeedQuestion, Field(discriminator="kind")]
