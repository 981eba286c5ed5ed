"""Specs of attacks on who lives with whom, and on linking fields."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StrictInt

from simulator.settings import Share, Spec, no_repeats


class HouseholdSpec(Spec):
    """Somebody who knows who lives together looks for one of them in rows that say the same."""

    adversary: Literal["household"]
    panel: str = Field(default="", description="Its place in the panel of the level of risk.")
    recipient: str = Field(description="Whose release is attacked.")
    targets: StrictInt = Field(
        default=1_000, ge=20, le=1_000_000, description="How many people are looked for."
    )
    co_residents: Annotated[
        tuple[Annotated[StrictInt, Field(ge=0, le=20)], ...], AfterValidator(no_repeats)
    ] = Field(
        default=(0, 1, 2, 3),
        min_length=1,
        description="Up to how many people who live with the target are known too, to try in "
        "order; 0 is an attack on single people.",
    )
    knows: Annotated[
        tuple[Literal["sex", "age", "area", "moved"], ...], AfterValidator(no_repeats)
    ] = Field(
        default=("sex", "age", "area", "moved"),
        min_length=1,
        description="What is known of each of them; `moved`: the month since when they live there.",
    )
    misremembered: Share = Field(
        description="Share of people whose date of birth is remembered wrongly, within a year."
    )


class TokenCoalitionSpec(Spec):
    """Parties of a split file put together what they hold: who sees whom, by really trying."""

    adversary: Literal["token_coalition"]
    panel: str = Field(default="", description="Its place in the panel of the level of risk.")
    recipient: str = Field(description="Whose analyst takes part, with the rows handed over.")
    most_parties: StrictInt = Field(
        default=3, ge=1, le=4, description="How many parties act together at most."
    )


IdentityAttackSpec = HouseholdSpec | TokenCoalitionSpec
"""Attacks on what stands in the place of a person: their household, their linking field."""
