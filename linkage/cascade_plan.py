"""A cascade as a value: steps tried in order, each on the records that no earlier one linked."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, ValidationInfo, field_validator, model_validator

from linkage.forms import FORMS
from linkage.match_plan import MatchPlan
from linkage.normalise import normalisation
from linkage.parts import Kind
from simulator.settings import Evidence, Spec, no_repeats


class Sourced(Spec):
    """A part of a plan that says what it rests on, as a number of a plan does."""

    evidence: Evidence = Field(default="yours", description="yours, published or assumed.")
    source: str = Field(default="", description="Where it is published, or what is assumed.")

    @model_validator(mode="after")
    def _hold_a_source(self) -> Self:
        if self.evidence == "published" and not self.source:
            raise ValueError("published evidence needs a source")
        return self


class ColumnForm(Sourced):
    """How the values of one column are brought to comparable form, and which of them count."""

    column: str = Field(min_length=1, description="Column of both files.")
    kind: Kind = Field(description="Kind of its values: which parts and levels they have.")
    form: str = Field(
        default="",
        description=(
            "Rule of their comparable form, such as nhs-number: a value that breaks it, as by a "
            "wrong check digit, is missing. Left out: the form of the kind."
        ),
    )

    @field_validator("form")
    @classmethod
    def _hold_a_known_form(cls, form: str) -> str:
        if form and form not in FORMS:
            raise ValueError(f"must be one of: {', '.join(FORMS)}")
        return form


class Reached(Sourced):
    """A column that both records must have, and in which they must be alike enough."""

    column: str = Field(min_length=1, description="Column of both files.")
    levels: tuple[str, ...] = Field(
        min_length=1,
        description="Levels of agreement, best first: a pair must reach one of them.",
    )


class CascadeStep(Sourced):
    """One step: pairs that agree exactly, or a plan of its own that weighs what is left."""

    name: str = Field(min_length=1, description="Its name, which is the rule of its links.")
    status: str | None = Field(
        default=None, min_length=1, description="Status code of the records that it links."
    )
    match: MatchPlan | None = Field(
        default=None, description="A plan that weighs pairs of what is left, in place of `agree`."
    )
    agree: Annotated[tuple[str, ...], AfterValidator(no_repeats)] = Field(
        default=(),
        validate_default=True,
        description="Columns, or parts such as `surname:soundex`, that both records must have and "
        "that must be the same.",
    )
    reach: tuple[Reached, ...] = Field(
        default=(), description="Columns that need not be the same, but alike enough."
    )
    unique: Literal["left", "right", "both", "no"] = Field(
        default="both",
        description=(
            "Which side must be singled out. left: only one left record is found for the right "
            "one; right: the other way round; both; no: all pairs are linked."
        ),
    )
    of_several: Literal["none", "best"] = Field(
        default="none",
        validate_default=True,
        description=(
            "What is linked where several are found: none of them, or the one with the best "
            "levels (in the order of `reach`) or weight, if no other is as good."
        ),
    )

    @field_validator("agree")
    @classmethod
    def _hold_one_way(cls, agree: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        if "match" not in info.data:  # it is wrong itself
            return agree
        if info.data["match"] is not None and agree:
            raise ValueError("is for a step without `match`")
        if info.data["match"] is None and not agree:
            raise ValueError("is needed by a step without `match`, with at least one column")
        return agree

    @field_validator("reach")
    @classmethod
    def _hold_levels_beside_agreement(
        cls, reach: tuple[Reached, ...], info: ValidationInfo
    ) -> tuple[Reached, ...]:
        if reach and info.data.get("match") is not None:
            raise ValueError("is for a step without `match`")
        return reach

    @field_validator("of_several")
    @classmethod
    def _hold_a_way_to_choose(cls, of_several: str, info: ValidationInfo) -> str:
        parts = [info.data.get(name) for name in ("match", "reach")]
        if of_several == "best" and not any(parts):
            raise ValueError("needs `reach` or `match`: what agrees on all is equally good")
        return of_several


class Cascade(Spec):
    """How to link in steps: each is tried on the right records that no earlier step linked."""

    columns: tuple[ColumnForm, ...] = Field(
        min_length=1, description="Columns that the steps name, and what counts as a value of them."
    )
    one_to_one: bool = Field(
        default=False,
        strict=True,
        description=(
            "Whether left records that a step linked are set aside too; if not, one of them may "
            "be linked to many right records."
        ),
    )
    largest_block: int = Field(
        default=2_000,
        ge=2,
        description="Records of one value on a side beyond which a step that compares pairs "
        "leaves the value out.",
    )
    status_of_rest: str | None = Field(
        default=None, min_length=1, description="Status code of right records that stay unlinked."
    )
    steps: tuple[CascadeStep, ...] = Field(min_length=1, description="Steps, in order.")

    @field_validator("steps")
    @classmethod
    def _hold_steps_apart(
        cls, steps: tuple[CascadeStep, ...], info: ValidationInfo
    ) -> tuple[CascadeStep, ...]:
        no_repeats([step.name for step in steps])
        once = info.data.get("one_to_one")
        loose = [step.name for step in steps if once and step.unique != "both"]
        if loose:
            raise ValueError(f"must have unique both where one_to_one is true ({', '.join(loose)})")
        return steps

    @property
    def has_status(self) -> bool:
        """Whether it gives records a status code."""
        codes = (self.status_of_rest, *(step.status for step in self.steps))
        return any(code is not None for code in codes)


LinkagePlan = MatchPlan | Cascade
"""How to link two files: by weighing pairs, or in steps."""

MatchKeys = tuple[tuple[str, ...], ...]
"""Match-keys, each a list of fields, in the order in which they are tried."""


def names_of(plan: LinkagePlan) -> tuple[str, ...]:
    """Returns every column that a plan names, each once."""
    if isinstance(plan, Cascade):
        of_steps = [name for step in plan.steps if step.match for name in names_of(step.match)]
        return tuple(dict.fromkeys([*(each.column for each in plan.columns), *of_steps]))
    columns = [each.column for each in plan.comparisons]
    rules = [column for rule in (*plan.blocking, *plan.deterministic) for column in rule]
    of_clusters = plan.clusters.columns if plan.clusters is not None else ()
    blocked = (each.partition(":")[0] for each in rules)
    return tuple(dict.fromkeys([*columns, *blocked, *of_clusters]))


def kinds_of(plan: LinkagePlan) -> dict[str, Kind]:
    """Returns the kind of each column of which a plan says it."""
    if isinstance(plan, Cascade):
        of_steps = [kinds_of(step.match) for step in plan.steps if step.match]
        own = {each.column: each.kind for each in plan.columns}
        return {name: kind for kinds in (*of_steps, own) for name, kind in kinds.items()}
    return {each.column: each.kind for each in plan.comparisons}


def ladder(keys: MatchKeys) -> Cascade:
    """Makes the cascade that tries match-keys in order.

    A record of the agency is linked to the hub's record with the same value of a key, if exactly
    one hub record has it; a hub record may be linked to many. Kent's first rungs are those of
    HESID (NHS Digital, "Methodology for creation of the HES Patient ID"); to try exact keys in
    order and set aside what is linked is also the first stage of the Office for National
    Statistics' "Beyond 2011: Matching Anonymous Data" (2013).

    Args:
        keys: Lists of fields of the vocabulary, compared in the form in which tokens are made.

    Returns:
        The cascade; the rule of a link is such as `1: nhs_number + date_of_birth`.
    """
    fields = dict.fromkeys(field for key in keys for field in key)
    return Cascade(
        columns=tuple(
            ColumnForm(column=field, kind="exact", form=normalisation(field).name)
            for field in fields
        ),
        steps=tuple(
            CascadeStep(
                name=f"{number}: {' + '.join(key)}",
                agree=tuple(dict.fromkeys(key)),
                unique="left",
            )
            for number, key in enumerate(keys, start=1)
        ),
    )
