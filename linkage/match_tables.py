"""Tables of a match: patterns, levels and blocks, as `Matched` describes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

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


def rule_names(plan: MatchPlan) -> list[str]:
    """Returns the names of a plan's blocking rules."""
    return [" + ".join(rule) for rule in plan.blocking]


def patterns_table(
    comparisons: Sequence[Compared], found: Weights, counts: pl.DataFrame
) -> pl.DataFrame:
    """Lists distinct patterns with how many pairs have each, from the highest weight down."""
    every = counts.group_by("pattern").agg(pl.col("pairs").sum().cast(pl.Int64)).sort("pattern")
    pattern = every["pattern"].cast(pl.Int64).to_numpy()
    bits = found.bits(comparisons, pattern)
    digits = digits_of(comparisons, pattern)
    table = {
        each.column: pl.Series(each.names).gather(digits[:, number])
        for number, each in enumerate(comparisons)
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
