"""Tables of a match: patterns, levels and blocks, as `Matched` describes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from linkage.compare import digits_of
from linkage.weights import probability

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from linkage.blocking import Blocks
    from linkage.compare import Compared
    from linkage.match_plan import MatchPlan
    from linkage.weights import Weights


_OF_PATTERNS: Final = ("pairs", "match_weight", "match_probability")


def rule_names(plan: MatchPlan) -> list[str]:
    """Returns the names of a plan's blocking rules."""
    return [" + ".join(rule) for rule in plan.blocking]


def pattern_columns(comparisons: Sequence[Compared]) -> list[str]:
    """Returns the name of each comparison's column in a table of patterns.

    It is the comparison's own, or `level of NAME` where the table has a column of that name.
    """
    names = (each.column for each in comparisons)
    return [f"level of {name}" if name in _OF_PATTERNS else name for name in names]


def patterns_table(
    comparisons: Sequence[Compared], found: Weights, counts: pl.DataFrame
) -> pl.DataFrame:
    """Lists distinct patterns with how many pairs have each, from the highest weight down."""
    every = counts.group_by("pattern").agg(pl.col("pairs").sum().cast(pl.Int64)).sort("pattern")
    pattern = every["pattern"].cast(pl.Int64).to_numpy()
    bits = found.bits(comparisons, pattern)
    digits = digits_of(comparisons, pattern)
    table = {
        name: pl.Series(each.names).gather(digit)
        for name, each, digit in zip(
            pattern_columns(comparisons), comparisons, digits.T, strict=True
        )
    }
    return pl.DataFrame(
        {
            **table,
            "pairs": every["pairs"],
            "match_weight": bits,
            "match_probability": probability(bits),
        }
    ).sort("match_weight", "pairs", descending=True, maintain_order=True)


def levels_table(comparisons: Sequence[Compared], found: Weights) -> pl.DataFrame:
    """Lists the levels of each comparison, best first."""
    rows = [
        {
            "comparison": each.column,
            "level": name,
            "m": float(m),
            "u": float(u),
            "weight": float(np.log2(m / u)),
        }
        for each, ms, us in zip(comparisons, found.m, found.u, strict=True)
        for name, m, u in reversed(list(zip(each.names[1:], ms[1:], us[1:], strict=True)))
    ]
    return pl.DataFrame(rows)


def blocks_table(
    plan: MatchPlan, blocks: Sequence[Blocks], new_pairs: NDArray[np.int64]
) -> pl.DataFrame:
    """Lists the blocking rules with the pairs of each."""
    return pl.DataFrame(
        {
            "rule": rule_names(plan),
            "pairs": [block.pairs for block in blocks],
            "new_pairs": new_pairs,
            "largest_block": [block.largest for block in blocks],
            "left_out": [block.left_out for block in blocks],
        }
    )
