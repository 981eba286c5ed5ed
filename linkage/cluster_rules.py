"""Cluster rules: what no cluster of records may hold, as values of a plan."""

from __future__ import annotations

from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from simulator.settings import Names, Share, Spec, no_repeats

Form = Literal[
    "as_written", "name", "sex", "postcode", "nhs_number", "nino", "upn", "pnc_id",
    "prison_number", "mpan", "uprn",
]  # fmt: skip
"""Comparable forms of a column, as in normalise.py; `as_written` is in capitals."""

MOST_SOURCES: Final = 64
"""Sources that may be declared free of duplicates: a cluster's are bits of one word."""


class Conflict(Spec):
    """Two records cannot be one person's where they differ in all columns of a rule.

    Both must have a value in each. One or two columns: of records that pairwise agree on one of
    two, all agree on the same one, so that a whole cluster is checked as quickly as a record. Of
    three columns that is not so.
    """

    columns: Annotated[
        tuple[str, ...], Field(min_length=1, max_length=2), AfterValidator(no_repeats)
    ] = Field(description="One or two columns; records conflict that differ in all of them.")
    forms: tuple[Form, ...] = Field(
        default=(),
        description="Form of each column's values, in order; what has none, such as an NHS number "
        "with a wrong check digit, is missing and in no conflict. Default: as written, in "
        "capitals.",
    )

    @model_validator(mode="after")
    def _a_form_a_column(self) -> Self:
        if self.forms and len(self.forms) != len(self.columns):
            raise ValueError(
                f"forms must be one for each of {len(self.columns)} columns, or left out"
            )
        return self

    @property
    def name(self) -> str:
        """What the rule is called where a link is refused by it."""
        return " and ".join(self.columns) + (" differ" if len(self.columns) > 1 else " differs")


class ClusterRules(Spec):
    """What links may join: records are put together best link first, unless a rule forbids it."""

    source: str = Field(
        default="", description="Column that says from which source a record is; none if empty."
    )
    free_of_duplicates: Annotated[Names, Field(max_length=MOST_SOURCES)] = Field(
        default=(),
        description="Sources that hold each person once: a cluster has one record of each at most.",
    )
    conflicts: tuple[Conflict, ...] = Field(
        default=(), description="Identifiers that cannot differ within one person's records."
    )
    least_density: Share = Field(
        default=Share(value=0.0, evidence="assumed", source="our choice: any link joins"),
        description="Share of the pairs between two groups of records that must be links for the "
        "groups to be joined; every cluster is then at least as dense.",
    )

    @model_validator(mode="after")
    def _sources_need_a_column(self) -> Self:
        if self.free_of_duplicates and not self.source:
            raise ValueError("free_of_duplicates needs source, the column that names the sources")
        return self

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that the rules read, each once."""
        named = [column for conflict in self.conflicts for column in conflict.columns]
        return tuple(dict.fromkeys([*([self.source] if self.source else []), *named]))
