"""Weighed pairs: all that may be linked, what they weigh, and what became of each."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from linkage import compare, match_tables, weights
from linkage.decide import LINKED, THRESHOLD, fates
from linkage.matched import Matched
from linkage.weights import weight_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from linkage.blocking import Blocks
    from linkage.clock import Clock
    from linkage.compare import Compared
    from linkage.dictionary import Dictionary
    from linkage.match_plan import MatchPlan
    from linkage.scoring import Scored
    from linkage.weights import Weights


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
        first_rule: Number of the first blocking rule that each agrees on, int64.
        bits: Match weights, float64.
        fate: What became of each, int8, as in FATES.
        counts: `pattern` and `pairs` of all candidates, those that weigh less too.
        sizes: Records on the left and on the right; a file compared with itself is both.
        itself: Whether a file is compared with itself.
        least: Weight from which every candidate is here. Of those that weigh less, `counts` alone
            tells.
        missing_differs: Whether a missing value is one that differs, as for recordlinkage.
    """

    plan: MatchPlan = field(repr=False)
    dictionaries: Mapping[str, Dictionary] = field(repr=False)
    comparisons: tuple[Compared, ...] = field(repr=False)
    blocks: tuple[Blocks, ...] = field(repr=False)
    weights: Weights = field(repr=False)
    left: NDArray[np.int32] = field(repr=False)
    right: NDArray[np.int32] = field(repr=False)
    pattern: NDArray[np.int32] = field(repr=False)
    first_rule: NDArray[np.int64] = field(repr=False)
    bits: NDArray[np.float64] = field(repr=False)
    fate: NDArray[np.int8] = field(repr=False)
    counts: pl.DataFrame = field(repr=False)
    sizes: tuple[int, int]
    itself: bool
    least: float
    missing_differs: bool = False

    @cached_property
    def _comparer(self) -> compare.Comparer:
        return compare.Comparer(self.comparisons, itself=self.itself)

    def patterns(self, left: NDArray[np.int32], right: NDArray[np.int32]) -> NDArray[np.int32]:
        """Compares any pairs as candidates are compared: patterns of agreement, int32.

        Args:
            left: Positions of left records, int32, shape (pairs,).
            right: Positions of right records, int32.
        """
        return self._comparer.patterns(left, right, missing_differs=self.missing_differs)

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
        pattern = self.patterns(left, right)
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


def weighed_of(
    plan: MatchPlan,
    dictionaries: Mapping[str, Dictionary],
    comparisons: tuple[Compared, ...],
    blocks: tuple[Blocks, ...],
    found: Weights,
    scored: Scored,
    sizes: tuple[int, int],
    *,
    itself: bool,
    least: float,
    missing_differs: bool = False,
) -> Weighed:
    """Weighs and decides pairs, whatever engine compared them.

    Args:
        plan: How they were matched.
        dictionaries: The values of each column that the plan names.
        comparisons: How columns are compared.
        blocks: The blocks of each rule.
        found: m, u and the prior.
        scored: The pairs.
        sizes: Records on the left and on the right.
        itself: Whether a file is compared with itself.
        least: Weight from which every candidate is among the pairs; lighter ones are dropped.
        missing_differs: As in `Weighed`.
    """
    bits = bits_of(comparisons, found, scored.pattern, scored.left)
    fate = fates(plan, scored.left, scored.right, bits, itself=itself)
    stays = bits >= least
    return Weighed(
        plan,
        dictionaries,
        comparisons,
        blocks,
        found,
        scored.left[stays],
        scored.right[stays],
        scored.pattern[stays],
        scored.first_rule[stays],
        bits[stays],
        fate[stays],
        scored.counts,
        sizes,
        itself,
        least,
        missing_differs,
    )


def matched_of(
    weighed: Weighed,
    new_pairs: NDArray[np.int64],
    clock: Clock,
    frequencies: Mapping[str, pl.DataFrame] | None = None,
) -> Matched:
    """Puts together what a match yields, whatever engine weighed the pairs.

    Args:
        weighed: The pairs, weighed and decided.
        new_pairs: Pairs of each blocking rule that no earlier one has, int64, shape (rules,).
        clock: Seconds by step.
        frequencies: Shares of values, as in `Matched`.
    """
    pairs = _chosen(weighed)
    found = weighed.weights
    summary = {
        "left_records": weighed.sizes[0],
        "right_records": 0 if weighed.itself else weighed.sizes[1],
        "pairs": int(new_pairs.sum()),
        "links": int((pairs["decision"] == "link").sum()),
        "for_review": int((pairs["decision"] == "review").sum()),
        "prior": found.prior,
        "rounds": sum(found.rounds),
        "rules_at_rest": sum(found.converged),
        **clock.summary,
    }
    return Matched(
        pairs,
        match_tables.patterns_table(weighed.comparisons, found, weighed.counts),
        match_tables.levels_table(weighed.comparisons, found),
        match_tables.blocks_table(weighed.plan, weighed.blocks, new_pairs),
        summary,
        weighed,
        frequencies or {},
    )


def _chosen(weighed: Weighed) -> pl.DataFrame:
    """Lists the pairs to link and to review."""
    at = np.flatnonzero(weighed.fate != THRESHOLD)
    names = pl.Series(match_tables.rule_names(weighed.plan), dtype=pl.String)
    is_link = weighed.fate[at] == LINKED
    return pl.DataFrame(
        {
            "left": weighed.left[at].astype(np.uint32),
            "right": weighed.right[at].astype(np.uint32),
            "match_weight": weighed.bits[at],
            "match_probability": weights.probability(weighed.bits[at]),
            "rule": names.gather(weighed.first_rule[at]),
            "decision": pl.Series(["review", "link"]).gather(is_link.astype(np.uint32)),
        }
    ).sort("left", "right")


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
