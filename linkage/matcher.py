"""Matching: block, compare, weigh, decide; the main path, on one page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from linkage import compare, weights
from linkage.blocking import blocks_of, candidates
from linkage.clock import Clock
from linkage.learnt import frequencies_of, known_weights, with_known_shares
from linkage.match_plan import MOST_PATTERNS
from linkage.scoring import least_bits, score
from linkage.weighed import matched_of, weighed_of
from linkage.weights import Rule

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from linkage.compare import Compared
    from linkage.dictionary import Dictionary
    from linkage.learnt import Learnt
    from linkage.match_plan import MatchPlan
    from linkage.matched import Matched
    from linkage.weights import Weights


def match(
    left: pl.DataFrame,
    right: pl.DataFrame | None,
    plan: MatchPlan,
    *,
    seed: int = 1,
    labels: pl.DataFrame | None = None,
    learnt: Learnt | None = None,
    progress: Callable[[str, float], None] | None = None,
) -> Matched:
    """Finds the records of two files, or within one, that are about the same person.

    Args:
        left: A file: the plan's columns, as String; dates as ISO text.
        right: The other; None to find duplicates within the left one.
        plan: How to match.
        seed: From which random pairs are drawn.
        labels: Pairs known to match, `left` and `right` (positions), from which m is then learnt.
        learnt: Weights, prior and frequencies learnt before (`Matched.learnt`): nothing is then
            learnt from these files, and a pair weighs the same whatever records are beside it.
        progress: Told each step, and what share of it is done.

    Returns:
        Pairs to link and to review, and the figures that say how they were found. Pairs that weigh
        the same are taken in order of position.

    Raises:
        ValueError: If a level does not fit its column, there are too many rules or patterns, what
            was learnt is of another plan, or the plan's engine cannot do what the plan asks.
    """
    if plan.engine == "recordlinkage":
        from linkage.reference_engine import match_by_recordlinkage

        return match_by_recordlinkage(
            left, right, plan, labels=labels, learnt=learnt, progress=progress
        )
    if labels is not None and learnt is not None:
        raise ValueError("weights are learnt from labels or were learnt before: give one of them")
    itself = right is None
    clock = Clock(progress)
    dictionaries = compare.dictionaries_of(left, right, plan)
    comparisons = compare.compared(plan, dictionaries)
    known = None
    if learnt is not None:
        comparisons = with_known_shares(comparisons, learnt)
        known = known_weights(comparisons, learnt)
    if compare.patterns_possible(comparisons) > MOST_PATTERNS:
        raise ValueError("the plan has too many levels: take fewer comparisons or levels")
    clock.lap("encode")
    blocks = blocks_of(plan.blocking, dictionaries, plan.largest_block, itself=itself)
    clock.lap("block")
    sizes = (left.height, left.height if right is None else right.height)
    if known is None:
        u = weights.learn_u(comparisons, sizes, plan.random_pairs, seed, itself=itself)
        prior = _prior(plan, dictionaries, sizes, itself=itself)
    else:
        u, prior = known.u, known.prior
    clock.lap("random pairs")
    scored = score(
        comparisons,
        blocks,
        u,
        prior,
        lambda done: clock.tell("compare", done),
        itself=itself,
        least=least_bits(plan),
    )
    clock.lap("compare")
    drawn = min(plan.random_pairs, sizes[0] * sizes[1])
    found = known or _learn(
        plan, comparisons, u, prior, scored.counts, labels, drawn, itself=itself
    )
    clock.lap("weigh")
    weighed = weighed_of(
        plan, dictionaries, comparisons, blocks, found, scored, sizes,
        itself=itself, least=least_bits(plan),
    )  # fmt: skip
    clock.lap("decide")
    frequencies = frequencies_of(comparisons) if learnt is None else learnt.frequencies
    return matched_of(weighed, scored.new_pairs, clock, frequencies)


def _prior(
    plan: MatchPlan,
    dictionaries: dict[str, Dictionary],
    sizes: tuple[int, int],
    *,
    itself: bool,
) -> float:
    """Takes the pairs of deterministic rules, over the share that they find, out of all pairs."""
    blocks = blocks_of(plan.deterministic, dictionaries, plan.largest_block, itself=itself)
    if len(blocks) == 1:
        found = blocks[0].pairs
    else:
        found = sum(len(each.left) for each in candidates(blocks, itself=itself))
    every = sizes[0] * (sizes[0] - 1) / 2 if itself else sizes[0] * sizes[1]
    recall = max(plan.deterministic_recall.value, 0.01)
    return float(np.clip(found / recall / max(every, 1), 1e-12, 0.5))


def _learn(
    plan: MatchPlan,
    comparisons: Sequence[Compared],
    u: tuple[NDArray[np.float64], ...],
    prior: float,
    counts: pl.DataFrame,
    labels: pl.DataFrame | None,
    drawn: int,
    *,
    itself: bool,
) -> Weights:
    if labels is not None and labels.height:
        left, right = (labels[side].cast(pl.Int32).to_numpy() for side in ("left", "right"))
        known = compare.patterns(comparisons, left, right, itself=itself)
        return weights.from_labels(comparisons, u, prior, known.astype(np.int64))
    rules = []
    for number, columns in enumerate(plan.blocking):
        named = {column.partition(":")[0] for column in columns}
        of_rule = (
            counts.filter((pl.col("rules") // 2**number) % 2 == 1)
            .group_by("pattern")
            .agg(pl.col("pairs").sum())
            .sort("pattern")
        )
        fixed = np.array([each.column in named for each in comparisons])
        pattern = of_rule["pattern"].cast(pl.Int64).to_numpy()
        rules.append(Rule(pattern, of_rule["pairs"].cast(pl.Int64).to_numpy(), fixed))
    return weights.learn(comparisons, u, prior, rules, max(drawn, 1))
