"""How to link records of incidents: by identifiers, or by place and time, as a value."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from simulator.settings import Amount, Share, Spec, at_most
from simulator.specs import FieldName


class IncidentComparison(Spec):
    """What identifiers would link of two agencies' incidents, beside what place and time link.

    Neither is part of the sharing: both are read off the same records, to see whether the invented
    records behave as published ones did.
    """

    title: str = Field(min_length=1, description="The comparison in words.")
    assaults: str = Field(description="Agency that records assaults treated in A&E.")
    police: str = Field(description="Police agency whose offences they are linked to.")
    keys: tuple[Annotated[tuple[FieldName, ...], Field(min_length=1)], ...] = Field(
        min_length=1, description="Match-keys on the clear text, each a list of fields."
    )
    days: Annotated[Amount, at_most(365)] = Field(
        default=Amount(value=7.0, evidence="assumed", source="our choice"),
        description="Records that agree on a key are one incident if they lie so many days apart.",
    )
    metres: Annotated[Amount, at_most(100_000)] = Field(
        default=Amount(value=200.0, evidence="assumed", source="our choice"),
        description="Widest distance of a match by place and time, in metres.",
    )
    hours: Annotated[Amount, at_most(1_000)] = Field(
        default=Amount(value=3.0, evidence="assumed", source="our choice"),
        description="Widest gap in time of a match by place and time, in hours.",
    )
    overlaps: tuple[Share, ...] = Field(
        default=(), description="Values of recording.overlap at which records are compared."
    )
