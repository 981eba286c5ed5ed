"""Proposals: the whole declarative description of a linkage, as one frozen value.

A proposal is composed of the packages' own specs, so that no setting is described twice. Checks
here are those that look at several parts at once.
"""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from linkage.plan import LinkStep, Treatment
from reidentify.specs import AttackSpec, DatedEventsSpec, KeyThiefSpec, ReleaseSpec
from scenarios.governance import Governance
from scenarios.questions.specs import QuestionSpec
from simulator.agencies import with_catalogue_defaults
from simulator.settings import Spec
from simulator.specs import AgencySpec, EffectSpec, FieldName, WorldSpec

FORMAT_VERSION = 1


class About(Spec):
    """What the proposal is, in words."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_-]*$", description="Short name, for files.")
    title: str = Field(min_length=1, description="Title of the report.")
    question: str = Field(min_length=1, description="What the linkage is for, as a question.")
    handed_over: str = Field(min_length=1, description="What is handed over, in words.")
    to_whom: str = Field(min_length=1, description="To whom it is handed over, in words.")
    source: str = Field(default="", description="Where the system is described.")


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

    Tables of a proposal file: `about`, `world`, `governance`, and one table per name under
    `agency`, `effect`, `identity`, `link`, `recipient`, `question`, `attack` and `option`.
    """

    version: Literal[1] = Field(description="Version of the file format.")
    about: About
    world: WorldSpec
    governance: Governance = Field(default_factory=Governance)
    agency: dict[str, AgencySpec] = Field(min_length=2)
    effect: dict[str, EffectSpec] = Field(default_factory=dict)
    identity: dict[FieldName, Treatment] = Field(default_factory=dict)
    link: dict[str, LinkStep] = Field(min_length=1)
    recipient: dict[str, ReleaseSpec] = Field(default_factory=dict)
    question: dict[str, QuestionSpec] = Field(min_length=1)
    attack: dict[str, AttackSpec] = Field(default_factory=dict)
    option: dict[str, Option] = Field(default_factory=dict)

    @field_validator("agency", mode="before")
    @classmethod
    def _start_from_the_catalogue(cls, given: Any) -> Any:  # noqa: ANN401 - as read from a file
        if not isinstance(given, dict):
            return given
        return {name: with_catalogue_defaults(name, table) for name, table in given.items()}

    @model_validator(mode="after")
    def _hold_names_together(self) -> Self:
        problems = [*self._unknown_agencies(), *self._unknown_recipients(), *self._unfit_parts()]
        if problems:
            raise PydanticCustomError("proposal", "several parts do not fit", {"parts": problems})
        return self

    @property
    def hub(self) -> str:
        """The agency to whose records the others are linked."""
        return next(iter(self.link.values())).hub

    def _unknown_agencies(self) -> list[tuple[str, str, str, list[str]]]:
        """Lists names that should be agencies: (setting, given, rule, allowed)."""
        named: list[tuple[str, str]] = []
        for name, effect in self.effect.items():
            named += [(f"effect.{name}.exposure", effect.exposure)]
            named += [(f"effect.{name}.outcome", effect.outcome)]
        for name, step in self.link.items():
            named += [(f"link.{name}.hub", step.hub), (f"link.{name}.agency", step.agency)]
        for name, release in self.recipient.items():
            named += [(f"recipient.{name}.events", event) for event in release.events]
        for name, question in self.question.items():
            for part in ("exposure", "outcome"):
                if hasattr(question, part):
                    named.append((f"question.{name}.{part}", getattr(question, part)))
            services = getattr(question, "services", ())
            named += [(f"question.{name}.services", service) for service in services]
        for name, attack in self.attack.items():
            if isinstance(attack, DatedEventsSpec):
                named += [(f"attack.{name}.services", service) for service in attack.services]
        allowed = list(self.agency)
        return [
            (setting, given, "must be an agency of this proposal", allowed)
            for setting, given in named
            if given not in self.agency
        ]

    def _unknown_recipients(self) -> list[tuple[str, str, str, list[str]]]:
        named: list[tuple[str, str]] = []
        for name, attack in self.attack.items():
            named.append((f"attack.{name}.recipient", attack.recipient))
            if isinstance(attack, KeyThiefSpec) and attack.key == "stolen":
                named.append((f"attack.{name}.stolen_from", attack.stolen_from))
        for name, question in self.question.items():
            if question.recipient:
                named.append((f"question.{name}.recipient", question.recipient))
        allowed = list(self.recipient)
        return [
            (setting, given, "must be a recipient of this proposal", allowed)
            for setting, given in named
            if given not in self.recipient
        ]

    def _unfit_parts(self) -> list[tuple[str, str, str, list[str]]]:
        problems: list[tuple[str, str, str, list[str]]] = []
        for name, step in self.link.items():
            if step.hub != self.hub:
                problems.append(
                    (f"link.{name}.hub", step.hub, "must be the same hub in every step", [self.hub])
                )
            problems += self._unrecorded_fields(name, step)
            if step.method == "token" and not self._has_tokens(step.on):
                rule = f"needs a treatment that makes tokens: set identity.{step.on}.scheme"
                problems.append((f"link.{name}.on", str(step.on), rule, []))
        asked = self.governance.benefit_question
        if asked and asked not in self.question:
            rule = "must be a question of this proposal"
            problems.append(("governance.benefit_question", asked, rule, list(self.question)))
        return problems

    def _has_tokens(self, field: str | None) -> bool:
        treatment = self.identity.get(field or "")
        return treatment is not None and treatment.makes_tokens

    def _unrecorded_fields(
        self, name: str, step: LinkStep
    ) -> list[tuple[str, str, str, list[str]]]:
        needed = [step.on] if step.on else [field for key in step.keys for field in key]
        return [
            (f"link.{name}", field, f"is not recorded by {agency}", list(spec.fields))
            for agency in (step.hub, step.agency)
            if (spec := self.agency.get(agency)) is not None
            for field in dict.fromkeys(needed)
            if field not in spec.fields
        ]
