"""What matching yields: pairs, and the figures that say how they were found."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

    from linkage.compare import Compared
    from linkage.dictionary import Dictionary
    from linkage.match_plan import MatchPlan
    from linkage.scoring import Scored
    from linkage.weights import Weights


@dataclass(frozen=True)
class Evidence:
    """What a match rests on, kept so that any pair can be explained; nothing is copied for it.

    Attributes:
        plan: The plan.
        dictionaries: Values of the plan's columns, in comparable form.
        comparisons: How columns were compared.
        weights: The weights of their levels.
        scored: The pairs that could have been linked, with their patterns.
        itself: Whether a file was compared with itself; then the left position is the lower one.
    """

    plan: MatchPlan = field(repr=False)
    dictionaries: Mapping[str, Dictionary] = field(repr=False)
    comparisons: tuple[Compared, ...] = field(repr=False)
    weights: Weights = field(repr=False)
    scored: Scored = field(repr=False)
    itself: bool


@dataclass(frozen=True)
class Matched:
    """Pairs of records said to be about the same person.

    Attributes:
        pairs: `left`, `right` (UInt32, positions), `match_weight` (Float64, bits),
            `match_probability` (Float64), `rule` (String, the first blocking rule that found it)
            and `decision` (String, `link` or `review`), ordered by `left`, then `right`.
        patterns: A row a distinct pattern of agreement: a column a comparison with the name of its
            level (called as match_tables.pattern_columns says), `pairs` (Int64), `match_weight` and
            `match_probability` (Float64, without what rare values add), from the highest weight
            down.
        levels: `comparison`, `level` (String), `m`, `u` (Float64, probabilities among matches and
            among others that have both values), `weight` (Float64, bits).
        blocks: `rule` (String), `pairs`, `new_pairs` (Int64, not found by an earlier rule),
            `largest_block` and `left_out` (Int64, in pairs).
        summary: Counts of records, pairs, links, pairs for review and of EM rounds; the prior
            (probability that a random pair matches), and seconds by step (`seconds_...`).
        evidence: What it rests on, from which linkage.explain says why a pair was linked or not.
    """

    pairs: pl.DataFrame = field(repr=False)
    patterns: pl.DataFrame = field(repr=False)
    levels: pl.DataFrame = field(repr=False)
    blocks: pl.DataFrame = field(repr=False)
    summary: Mapping[str, float]
    evidence: Evidence = field(repr=False)
