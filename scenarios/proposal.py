"""Proposals: the whole declarative description of a linkage, as one frozen value.

A proposal is composed of the packages' own specs, so that no setting is described twice. Checks
that look at several parts at once are in consistency.py.
"""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from linkage.incident_plan import IncidentComparison
from linkage.plan import LinkStep, Treatment
from linkage.split_file_plan import SplitFile
from reidentify.desk_specs import DeskSpec
from reidentify.feed_specs import FeedSpec
from reidentify.specs import AttackSpec, LeakSpec, ReleaseSpec
from scenarios.consistency import misfits
from scenarios.governance import Governance
from scenarios.questions.specs import QuestionSpec
from simulator.agencies import with_catalogue_defaults
from simulator.settings import Spec
from simulator.specs import (
    REGISTER,
    AgencySpec,
    ConsentSpec,
    EffectSpec,
    FieldName,
    WorldSpec,
)
from simulator.violence.specs import RecordingSpec, ViolenceSpec


class About(Spec):
    """What the proposal is, in words."""

    name: str = Field(
        pattern=r"^[a-z][a-z0-9_-]*$", max_length=60, description="Short name, for files."
    )
    title: str = Field(min_length=1, description="Title of the report.")
    question: str = Field(min_length=1, description="What the linkage is for, as a question.")
    handed_over: str = Field(min_length=1, description="What is handed over, in words.")
    to_whom: str = Field(min_length=1, description="To whom it is handed over, in words.")
    source: str = Field(default="", description="Where the system is described.")


class Published(Spec):
    """A published finding, printed beside the run's own figures and never as one of them."""

    finding: str = Field(min_length=1, description="The finding in a sentence.")
    source: str = Field(min_length=1, description="Where it is published.")


class Option(Spec):
    """A named set of changes to any part of a proposal.

    Attributes:
        title: The option in words.
        changes: New value of each changed setting, by its dotted name, such as
            `identity.nhs_number.bits`.
    """

    title: str = Field(min_length=1, description="The option in words.")
    changes: dict[str, Any] = Field(
        min_length=1, description="New value of each setting, by dotted name."
    )

    @model_validator(mode="before")
    @classmethod
    def _gather_dotted_names(cls, given: Any) -> Any:  # noqa: ANN401 - as read from a file
        if not isinstance(given, dict) or "changes" in given:
            return given
        settings = {key: value for key, value in given.items() if key != "title"}
        return {
            **{key: given[key] for key in ("title",) if key in given},
            "changes": _dotted(settings),
        }


def _dotted(table: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """Flattens nested tables into dotted names; a table with a `value` is a number, a leaf."""
    flat: dict[str, Any] = {}
    for key, value in table.items():
        name = f"{prefix}{key}"
        if isinstance(value, dict) and "value" not in value:
            flat |= _dotted(value, f"{name}.")
        else:
            flat[name] = value
    return flat


class Proposal(Spec):
    """A linkage that somebody proposes.

    Tables of a proposal file: `about`, `world`, `violence`, `recording`, `consent`, `governance`,
    `split_file`, and one table per name under `agency`, `effect`, `identity`, `link`, `recipient`,
    `feed`, `desk`, `question`, `comparison`, `published`, `leak`, `attack` and `option`.
    """

    version: Literal[1] = Field(description="Version of the file format.")
    about: About = Field(description="What the proposal is, in words.")
    world: WorldSpec = Field(description="The people, homes and time that are simulated.")
    violence: ViolenceSpec | None = Field(
        default=None, description="How much violence there is, where agencies record it."
    )
    recording: RecordingSpec | None = Field(
        default=None, description="How badly violence is written down."
    )
    consent: ConsentSpec | None = Field(
        default=None, description="Who keeps their records out; left out: nobody does."
    )
    governance: Governance = Field(
        default_factory=Governance, description="What is declared about purposes, people and law."
    )
    agency: dict[str, AgencySpec] = Field(
        min_length=2, description="Who records what, and how badly; one of them is the hub."
    )
    effect: dict[str, EffectSpec] = Field(
        default_factory=dict, description="Effects put into the world, for questions to find."
    )
    identity: dict[FieldName, Treatment] = Field(
        default_factory=dict,
        description="What is done to a field before records leave their agency.",
    )
    split_file: SplitFile | None = Field(
        default=None,
        description="Names go to a third party and content to a databank, in place of `identity`.",
    )
    link: dict[str, LinkStep] = Field(
        default_factory=dict, description="How each agency's records are linked to the hub's."
    )
    recipient: dict[str, ReleaseSpec] = Field(
        default_factory=dict, description="Who is given rows, and how exactly."
    )
    feed: dict[str, FeedSpec] = Field(
        default_factory=dict, description="Who is given rows about assaults, and how exactly."
    )
    desk: dict[str, DeskSpec] = Field(
        default_factory=dict, description="Who turns codes back, and by which rules."
    )
    question: dict[str, QuestionSpec] = Field(
        min_length=1, description="What the linkage is for, as questions that are answered."
    )
    comparison: dict[str, IncidentComparison] = Field(
        default_factory=dict,
        description="What identifiers would link, beside what place and time link.",
    )
    published: dict[str, Published] = Field(
        default_factory=dict, description="Published findings to print beside the run's own."
    )
    leak: dict[str, LeakSpec] = Field(
        default_factory=dict, description="Keys that became known, for attackers who use one."
    )
    attack: dict[str, AttackSpec] = Field(
        default_factory=dict, description="Who tries to find people in what a recipient is given."
    )
    option: dict[str, Option] = Field(
        default_factory=dict, description="Changed proposals to compare with the one proposed."
    )

    @field_validator("agency", mode="before")
    @classmethod
    def _start_from_the_catalogue(cls, given: Any) -> Any:  # noqa: ANN401 - as read from a file
        if not isinstance(given, dict):
            return given
        return {name: with_catalogue_defaults(name, table) for name, table in given.items()}

    @model_validator(mode="before")
    @classmethod
    def _record_what_violence_there_is(cls, given: Any) -> Any:  # noqa: ANN401 - as read from a file
        if isinstance(given, dict) and given.get("violence") is not None:
            return {**given, "recording": given.get("recording") or {}}
        return given

    @model_validator(mode="after")
    def _hold_parts_together(self, info: ValidationInfo) -> Self:
        found = misfits(self, (info.context or {}).get("aside", ()))
        if found:
            raise PydanticCustomError("proposal", "several parts do not fit", {"misfits": found})
        return self

    @property
    def hub(self) -> str:
        """The register to which records are linked; empty where nothing is linked to one."""
        registers = {name for name, one in self.agency.items() if one.service == REGISTER}
        return next((step.hub for step in self.link.values() if step.hub in registers), "")
