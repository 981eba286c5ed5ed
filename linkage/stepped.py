"""What a cascade yields: pairs, and what each step did."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl


@dataclass(frozen=True)
class Stepped:
    """Pairs of records said to be about the same person or home, found step by step.

    Attributes:
        pairs: `left`, `right` (UInt32, positions), `match_weight` (Float64, bits) and
            `match_probability` (Float64), both null where a step is met or not, `rule` (String, the
            name of the step), `decision` (String, `link` or `review`) and, where the plan has
            status codes, `status` (String, null for pairs for review); ordered by `left`, then
            `right`.
        steps: A row a step, in order: `rule` (String), `pairs` (Int64, of records that were open,
            that agree on its columns, or that its plan compared), `linked` (Int64), `not_unique`
            (Int64, pairs found and not linked, as a record was not singled out), `largest_block`
            and `left_out` (Int64, pairs of values too common to compare).
        levels: Of steps with a plan of their own: `comparison` (String, with the step's name),
            `level` (String), `m`, `u`, `weight` (Float64), as in `Matched.levels`.
        statuses: `status` (String), `records`, `out_of` (Int64, all right records): a row a status
            code; empty where the plan has none.
        summary: Counts of records, pairs tried, links and pairs for review, and seconds by step.
    """

    pairs: pl.DataFrame = field(repr=False)
    steps: pl.DataFrame = field(repr=False)
    levels: pl.DataFrame = field(repr=False)
    statuses: pl.DataFrame = field(repr=False)
    summary: Mapping[str, float]
