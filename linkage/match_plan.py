"""How to match two files, or find duplicates in one: blocking rules, comparisons, decision."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StrictBool

from linkage.cluster_rules import ClusterRules
from linkage.parts import Kind
from simulator.settings import Amount, Share, Spec, no_repeats

Columns = Annotated[tuple[str, ...], Field(min_length=1), AfterValidator(no_repeats)]
"""Names of columns, or parts of columns such as `surname:soundex` or `date_of_birth:year`."""


MOST_PATTERNS = 1_000_000
"""Patterns of agreement that a plan may have: the product of its comparisons' levels, with two."""


MOST_LEVELS = 126
"""Levels that a comparison may have: with `missing` and `else`, a level's number fits a byte."""


class Comparison(Spec):
    """How one column is compared: levels of agreement, best first.

    A pair gets the first level that holds; `else` where none does, and `missing` where a side has
    no value. Both are always there.
    """

    column: str = Field(min_length=1, description="Column of both files.")
    kind: Kind = Field(
        description="How its values are brought to comparable form, and which levels it may have."
    )
    levels: tuple[str, ...] = Field(
        min_length=1,
        max_length=MOST_LEVELS,
        description="Levels of agreement, best first, such as `jaro_winkler>=0.92`.",
    )
    swapped_with: str = Field(
        default="",
        description="Column compared too, with which values are swapped now and then, as first "
        "name and surname: after the first level comes `swapped`, where each record has the "
        "other's two values the other way round.",
    )
    term_frequency: StrictBool = Field(
        default=False,
        description="Whether agreement on a rare value counts for more than on a common one.",
    )

    @property
    def outcomes(self) -> int:
        """How many levels a pair may get, with `swapped`, `else` and `missing`."""
        return len(self.levels) + 2 + bool(self.swapped_with)


class MatchPlan(Spec):
    """How to match: everything that decides which pairs are linked."""

    blocking: tuple[Columns, ...] = Field(
        min_length=1,
        description="Rules: pairs that agree on all columns of one of them are compared.",
    )
    comparisons: tuple[Comparison, ...] = Field(
        min_length=1, description="Columns that are compared, and how."
    )
    deterministic: tuple[Columns, ...] = Field(
        min_length=1,
        description="Rules whose pairs are taken for matches when the share of matches is "
        "estimated beforehand.",
    )
    deterministic_recall: Share = Field(
        default=Share(value=0.85, evidence="assumed", source="our choice"),
        description="Share of all matches that the deterministic rules find.",
    )
    threshold: Share = Field(
        default=Share(value=0.95, evidence="assumed", source="our choice"),
        description="Probability from which a pair is linked.",
    )
    review_from: Share = Field(
        default=Share(value=0.50, evidence="assumed", source="our choice"),
        description="Probability from which a pair below the threshold is for clerical review.",
    )
    gap: Amount = Field(
        default=Amount(value=0.0),
        description="Match weight, in bits, by which a pair must lead its second-best candidate.",
    )
    one_to_one: Literal["none", "greedy", "optimal"] = Field(
        default="greedy",
        description="Whether a record may be linked more than once, in two files. Within one file "
        "it means nothing, as somebody may have three records: clusters say who belongs together.",
    )
    largest_block: int = Field(
        default=2_000,
        ge=2,
        description="Records of one value on a side beyond which a block is split or left out.",
    )
    random_pairs: int = Field(
        default=1_000_000, ge=1_000, description="Random pairs from which u is learnt."
    )
    engine: Literal["linkassay", "recordlinkage"] = Field(
        default="linkassay",
        description="What matches: this program, or the package recordlinkage, for comparison.",
    )
    clusters: ClusterRules | None = Field(
        default=None, description="What no cluster of one file's, or many files', records may hold."
    )
