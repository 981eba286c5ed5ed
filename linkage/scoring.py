"""Scoring: all candidates are compared, every pattern counted, and what may be linked kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from linkage import compare
from linkage.blocking import candidates

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from linkage.blocking import Blocks
    from linkage.compare import Compared

# Pairs that weigh less even if every level weighed the most that it can: one in a thousand matches.
_HOPELESS_BITS = -10.0
_COUNTED = {"pattern": pl.Int32, "rules": pl.UInt32, "pairs": pl.UInt32}


@dataclass(frozen=True)
class Scored:
    """Pairs that may be linked, and the counts of all.

    Attributes:
        left: Positions of left records, int32, shape (pairs,).
        right: Positions of right records, int32.
        pattern: Patterns of agreement, int32.
        first_rule: Number of the first rule that each agrees on, int64.
        counts: `pattern`, `rules` (bits) and `pairs` of all candidates, ordered by the first two.
        new_pairs: Pairs of each rule that no earlier one has, int64, shape (rules,).
    """

    left: NDArray[np.int32] = field(repr=False)
    right: NDArray[np.int32] = field(repr=False)
    pattern: NDArray[np.int32] = field(repr=False)
    first_rule: NDArray[np.int64] = field(repr=False)
    counts: pl.DataFrame = field(repr=False)
    new_pairs: NDArray[np.int64] = field(repr=False)


def score(
    comparisons: Sequence[Compared],
    blocks: Sequence[Blocks],
    u: tuple[NDArray[np.float64], ...],
    prior: float,
    tell: Callable[[float], None],
    *,
    itself: bool,
) -> Scored:
    """Compares all candidates, some millions at a time.

    Args:
        comparisons: How columns are compared.
        blocks: The blocks of each rule.
        u: From weights.learn_u.
        prior: Probability that a random pair matches.
        tell: Told what share of the pairs is done.
        itself: Whether a file is compared with itself.
    """
    most = _most_bits(u, prior)
    kept: list[tuple[NDArray[np.int32], ...]] = []
    first_rule, counted = [], []
    new = np.zeros(len(blocks), dtype=np.int64)
    total = max(sum(block.pairs for block in blocks), 1)
    for part in candidates(blocks, itself=itself):
        pattern = compare.patterns(comparisons, part.left, part.right, itself=itself)
        counts = pl.DataFrame({"pattern": pattern, "rules": part.rules})
        counted.append(counts.group_by("pattern", "rules").len("pairs"))
        number = first_of(part.rules)
        new += np.bincount(number, minlength=len(blocks))
        stays = _may_match(comparisons, most, pattern)
        kept.append((part.left[stays], part.right[stays], pattern[stays]))
        first_rule.append(number[stays])
        tell(float(new.sum()) / total)
    none = np.zeros(0, dtype=np.int32)
    left, right, pattern = (
        np.concatenate([none, *(part[number] for part in kept)]) for number in range(3)
    )
    counts = pl.concat([pl.DataFrame(schema=_COUNTED), *counted])
    return Scored(
        left,
        right,
        pattern,
        np.concatenate([none.astype(np.int64), *first_rule]),
        counts.group_by("pattern", "rules").agg(pl.col("pairs").sum()).sort("pattern", "rules"),
        new,
    )


def first_of(rules: NDArray[np.uint32]) -> NDArray[np.int64]:
    """Returns the number of the lowest bit of each."""
    bits = rules.astype(np.int64)
    return np.log2((bits & -bits).astype(np.float64)).astype(np.int64)


def _most_bits(u: tuple[NDArray[np.float64], ...], prior: float) -> tuple[NDArray[np.float64], ...]:
    """Returns the most that each digit can weigh, with an m of 1; the first with the prior's odds."""
    found = []
    for values in u:
        bits = -np.log2(values)
        bits[: compare.NO_VALUE + 2] = 0.0
        found.append(bits)
    found[0] = found[0] + np.log2(prior / (1 - prior))
    return tuple(found)


def _may_match(
    comparisons: Sequence[Compared],
    most: tuple[NDArray[np.float64], ...],
    pattern: NDArray[np.int32],
) -> NDArray[np.bool_]:
    """Says which pairs could be linked, whatever m turns out to be."""
    possible = compare.digits_of(comparisons, np.arange(compare.patterns_possible(comparisons)))
    bits = sum((each[digit] for each, digit in zip(most, possible.T, strict=True)), np.zeros(1))
    return np.asarray((bits >= _HOPELESS_BITS)[pattern])
