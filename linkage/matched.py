"""What matching yields: pairs, and the figures that say how they were found."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from linkage.learnt import Learnt

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

    from linkage.weighed import Weighed


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
        frequencies: By comparison on whose rare values agreement counts for more: `value` (String,
            in comparable form) and `share` (Float64, of the records that have one). Holds values of
            records, and is never written.
        summary: Counts of records, pairs, links, pairs for review and of EM rounds; the prior
            (probability that a random pair matches; with recordlinkage as the engine, that one of
            the pairs compared does), and seconds by step (`seconds_...`).
        weighed: All pairs that may be linked, with what weighs others alike: what the quality of
            the match is judged from, and pairs are explained by.
    """

    pairs: pl.DataFrame = field(repr=False)
    patterns: pl.DataFrame = field(repr=False)
    levels: pl.DataFrame = field(repr=False)
    blocks: pl.DataFrame = field(repr=False)
    summary: Mapping[str, float]
    weighed: Weighed = field(repr=False)
    frequencies: Mapping[str, pl.DataFrame] = field(default_factory=dict, repr=False)

    @property
    def learnt(self) -> Learnt:
        """What was learnt, with which other records can be matched and nothing learnt anew."""
        return Learnt(self.levels, self.summary["prior"], self.frequencies)
