"""Governance: what a proposal declares about purposes, people, law and floors of quality."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from simulator.settings import Amount, Share, Spec


class Floor(Spec):
    """A floor of quality and where it comes from."""

    value: Share = Field(description="The lowest share that is acceptable.")
    source: str = Field(min_length=1, description="Who set it, or where it is published.")


class Governance(Spec):
    """Declarations; nothing here is verified by running the simulation, except the floors."""

    benefit: str = Field(default="", description="The tangible benefit, in a sentence.")
    benefit_question: str = Field(default="", description="The question that would show it.")
    benefit_threshold: Amount | None = Field(
        default=None, description="The answer to that question that would be worth having."
    )
    benefit_direction: Literal["at least", "at most"] = Field(
        default="at least", description="Whether the answer must reach the threshold or stay below."
    )
    purposes: tuple[str, ...] = Field(default=(), description="What the data may be used for.")
    roles: dict[str, str] = Field(
        default_factory=dict, description="Each role that may have access, and who fills it."
    )
    legal_gateway: str = Field(default="", description="The legal basis for sharing.")
    necessity: str = Field(default="", description="Why less, or less identifiable, would not do.")
    consent: str = Field(default="", description="Consent or opt-out that applies.")
    serious_harm: str = Field(default="", description="The direct risk of serious harm, if any.")
    key_holder: str = Field(default="", description="Who holds the keys.")
    retention: str = Field(default="", description="How long the data are kept.")
    audit: str = Field(default="", description="How access is recorded and reviewed.")
    recall_floor: Floor | None = Field(
        default=None, description="Least share of true pairs that each link step must find."
    )
    precision_floor: Floor | None = Field(
        default=None, description="Least share of links that must be right."
    )
    completeness_floor: Floor | None = Field(
        default=None, description="Least share of records that must carry the linking identifier."
    )
