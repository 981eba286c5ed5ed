"""Weighed pairs: all that may be linked, what they weigh, and what became of each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from linkage import compare, weights
from linkage.weights import weight_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl
    from numpy.typing import NDArray

    from linkage.blocking import Blocks
    from linkage.compare import Compared
    from linkage.dictionary import Dictionary
    from linkage.match_plan import MatchPlan
    from linkage.weights import Weights

FATES: Final = ("threshold", "review", "gap", "one_to_one", "linked")
"""What became of a pair, by its code: too improbable; below the threshold, but for review; probable
enough, but too little ahead of its second best; probable enough, but one of its records was linked
to another; linked."""

THRESHOLD, REVIEW, GAP, ONE_TO_ONE, LINKED = range(len(FATES))


@dataclass(frozen=True)
class Weighed:
    """The pairs of a match that weigh `least` bits or more, and all that weighs others alike.

    Attributes:
        plan: How they were matched.
        dictionaries: The values of each column that the plan names.
        comparisons: How columns are compared.
        blocks: The blocks of each rule.
        weights: m, u and the prior.
        left: Positions of left records, int32, shape (pairs,), in no order that means anything.
        right: Positions of right records, int32.
        pattern: Patterns of agreement, int32.
        bits: Match weights, float64.
        fate: What became of each, int8, as in FATES.
        counts: `pattern` and `pairs` of all candidates, those that weigh less too.
        sizes: Records on the left and on the right; a file compared with itself is both.
        itself: Whether a file is compared with itself.
        least: Weight from which every candidate is here. Of those that weigh less, `counts` alone
            tells.
    """

    plan: MatchPlan = field(repr=False)
    dictionaries: Mapping[str, Dictionary] = field(repr=False)
    comparisons: tuple[Compared, ...] = field(repr=False)
    blocks: tuple[Blocks, ...] = field(repr=False)
    weights: Weights = field(repr=False)
    left: NDArray[np.int32] = field(repr=False)
    right: NDArray[np.int32] = field(repr=False)
    pattern: NDArray[np.int32] = field(repr=False)
    bits: NDArray[np.float64] = field(repr=False)
    fate: NDArray[np.int8] = field(repr=False)
    counts: pl.DataFrame = field(repr=False)
    sizes: tuple[int, int]
    itself: bool
    least: float

    def weigh(
        self, left: NDArray[np.int32], right: NDArray[np.int32]
    ) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
        """Weighs any pairs as candidates are weighed, whether or not they are candidates.

        Args:
            left: Positions of left records, int32, shape (pairs,).
            right: Positions of right records, int32.

        Returns:
            The pattern of each (int32) and its match weight (float64, bits).
        """
        pattern = compare.patterns(self.comparisons, left, right, itself=self.itself)
        return pattern, bits_of(self.comparisons, self.weights, pattern, left)

    def own_bits(self, side: str) -> NDArray[np.float64]:
        """Weighs each record of a side compared with itself: the most that it can weigh.

        Args:
            side: `left` or `right`.

        Returns:
            float64, shape (records,).
        """
        prior = self.weights.prior
        total = np.full(self.sizes[side == "right"], np.log2(prior / (1 - prior)))
        for each, m, u in zip(self.comparisons, self.weights.m, self.weights.u, strict=True):
            codes = getattr(each.dictionary, "left" if self.itself else side)
            values = np.arange(len(each.dictionary.values), dtype=np.int32)
            of_values = np.full(len(values), float(np.log2(m[-1] / u[-1])))
            if each.term_frequency:
                of_values += weights.frequency_bits(each, u, values)
            # A missing value's code, -1, leads to the last place.
            total += np.append(of_values, 0.0)[codes]
        return total

    def blocked(self, left: NDArray[np.int32], right: NDArray[np.int32]) -> NDArray[np.bool_]:
        """Says which pairs are in one block of at least one rule: bool, shape (pairs,)."""
        found = np.zeros(len(left), dtype=np.bool_)
        for block in self.blocks:
            key = block.left_key[left]
            found |= (key == block.key[right]) & (key >= 0)
        return found

    @property
    def threshold(self) -> float:
        """Match weight from which a pair may be linked, in bits."""
        return weight_of(self.plan.threshold.value)


def bits_of(
    comparisons: tuple[Compared, ...],
    found: Weights,
    pattern: NDArray[np.int32],
    left: NDArray[np.int32],
) -> NDArray[np.float64]:
    """Returns the match weight of pairs: that of their pattern, and what rare values add.

    Args:
        comparisons: How columns are compared.
        found: m, u and the prior.
        pattern: Patterns of the pairs, int32, shape (pairs,).
        left: Positions of their left records, int32.
    """
    is_there = np.zeros(compare.patterns_possible(comparisons), dtype=np.bool_)
    is_there[pattern] = True
    distinct = np.flatnonzero(is_there)
    which = (np.cumsum(is_there, dtype=np.int32) - 1)[pattern]
    bits = found.bits(comparisons, distinct)[which]
    digits = compare.digits_of(comparisons, distinct)
    bits += weights.all_frequency_bits(comparisons, found.u, digits, which, left)
    return bits
