"""Scoring: all candidates are compared, every pattern counted, and what may be linked kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import polars as pl

from linkage import compare, weights
from linkage.blocking import Pairing
from linkage.threads import side_by_side
from linkage.weights import weight_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from linkage.blocking import Blocks, Portion
    from linkage.compare import Compared
    from linkage.match_plan import MatchPlan

# Pairs that weigh less even if every level weighed the most that it can are let go: one in a
# thousand matches. A plan that links or reviews less probable pairs has a lower end.
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
    least: float,
) -> Scored:
    """Compares all candidates, a portion at a time.

    Args:
        comparisons: How columns are compared.
        blocks: The blocks of each rule.
        u: From weights.learn_u.
        prior: Probability that a random pair matches.
        tell: Told what share of the pairs is done.
        itself: Whether a file is compared with itself.
        least: Match weight, in bits, below which pairs are let go where it is sure that they weigh
            less; from `least_bits`.
    """
    hope = _hope(comparisons, u, prior, least)
    comparer = compare.Comparer(comparisons, itself=itself)
    pairing = Pairing(blocks, itself=itself)

    def scored(portion: Portion) -> _Portion:
        made = pairing.pairs(portion)
        pattern = comparer.patterns(made.left, made.right)
        counts = pl.DataFrame({"pattern": pattern, "rules": made.rules})
        stays = np.flatnonzero(_may_match(comparisons, hope, pattern, made.left))
        kept = (made.left[stays], made.right[stays], pattern[stays], first_of(made.rules[stays]))
        return _Portion(counts.group_by("pattern", "rules").len("pairs"), kept)

    portions = pairing.portions()
    total, done = max(sum(portion.pairs for portion in portions), 1), 0
    found = []
    for portion, each in zip(portions, side_by_side(scored, portions), strict=True):
        found.append(each)
        done += portion.pairs
        tell(done / total)
    none = (*(np.zeros(0, dtype=np.int32) for _ in range(3)), np.zeros(0, dtype=np.int64))
    kept = zip(none, *(each.kept for each in found), strict=True)
    left, right, pattern, first_rule = (np.concatenate(parts) for parts in kept)
    counts = pl.concat([pl.DataFrame(schema=_COUNTED), *(each.counts for each in found)])
    counts = counts.group_by("pattern", "rules").agg(pl.col("pairs").sum())
    new = np.bincount(
        first_of(counts["rules"].to_numpy()),
        weights=counts["pairs"].to_numpy(),
        minlength=len(blocks),
    )
    return Scored(
        left, right, pattern, first_rule, counts.sort("pattern", "rules"), new.astype(np.int64)
    )


class _Portion(NamedTuple):
    """What scoring a portion gives.

    Attributes:
        counts: `pattern`, `rules` and `pairs`.
        kept: Left, right, pattern and first rule of pairs that may be linked.
    """

    counts: pl.DataFrame
    kept: tuple[NDArray[Any], ...]


def least_bits(plan: MatchPlan) -> float:
    """Returns the weight below which pairs are let go, in bits.

    All pairs are kept that are linked or for review, that could be the second best of a pair that
    is linked, and that have a chance of one in a thousand.
    """
    lowest = weight_of(min(plan.review_from.value, plan.threshold.value))
    rivals = weight_of(plan.threshold.value) - plan.gap.value if plan.gap.value > 0 else np.inf
    return min(_HOPELESS_BITS, lowest, rivals)


def first_of(rules: NDArray[np.uint32]) -> NDArray[np.int64]:
    """Returns the number of the lowest bit of each."""
    bits = rules.astype(np.int64)
    return np.log2((bits & -bits).astype(np.float64)).astype(np.int64)


class _Hope(NamedTuple):
    """The most that pairs can weigh, whatever m turns out to be.

    Attributes:
        u: From weights.learn_u.
        digits: Digits of every possible pattern, int64, shape (patterns, comparisons).
        bits: The most that each pattern can weigh with an m of 1, shape (patterns,).
        rare: The most that rare values can add to it, shape (patterns,).
        least: Pairs that weigh less are let go.
    """

    u: tuple[NDArray[np.float64], ...]
    digits: NDArray[np.int64]
    bits: NDArray[np.float64]
    rare: NDArray[np.float64]
    least: float


def _hope(
    comparisons: Sequence[Compared], u: tuple[NDArray[np.float64], ...], prior: float, least: float
) -> _Hope:
    """Works out what each possible pattern can weigh."""
    digits = compare.digits_of(comparisons, np.arange(compare.patterns_possible(comparisons)))
    bits = np.full(len(digits), np.log2(prior / (1 - prior)))
    rare = np.zeros(len(digits))
    for each, values, digit in zip(comparisons, u, digits.T, strict=True):
        most = -np.log2(values)
        most[: compare.NO_VALUE + 2] = 0.0
        bits += most[digit]
        if each.term_frequency:
            added = max(np.log2(values[-1] / weights.RAREST), 0.0)
            rare += np.where(digit == each.radix - 1, added, 0.0)
    return _Hope(u, digits, bits, rare, least)


def _may_match(
    comparisons: Sequence[Compared],
    hope: _Hope,
    pattern: NDArray[np.int32],
    left: NDArray[np.int32],
) -> NDArray[np.bool_]:
    """Says which pairs could be linked; values are looked at only where their rarity decides."""
    stays: NDArray[np.bool_] = (hope.bits >= hope.least)[pattern]
    depends = (hope.bits < hope.least) & (hope.bits + hope.rare >= hope.least)
    at = np.flatnonzero(depends[pattern])
    added = weights.all_frequency_bits(comparisons, hope.u, hope.digits, pattern[at], left[at])
    stays[at] = hope.bits[pattern[at]] + added >= hope.least
    return stays
