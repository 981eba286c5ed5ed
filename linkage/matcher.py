"""Matching: block, compare, weigh, decide; the main path, on one page."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from linkage import compare, decide, match_tables, weights
from linkage.blocking import blocks_of, candidates
from linkage.match_plan import MOST_PATTERNS
from linkage.matched import Matched
from linkage.scoring import least_bits, score
from linkage.weighed import GAP, LINKED, ONE_TO_ONE, REVIEW, THRESHOLD, Weighed, bits_of
from linkage.weights import Rule, probability

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from linkage.compare import Compared
    from linkage.dictionary import Dictionary
    from linkage.match_plan import MatchPlan
    from linkage.scoring import Scored
    from linkage.weights import Weights


def match(
    left: pl.DataFrame,
    right: pl.DataFrame | None,
    plan: MatchPlan,
    *,
    seed: int = 1,
    labels: pl.DataFrame | None = None,
    progress: Callable[[str, float], None] | None = None,
) -> Matched:
    """Finds the records of two files, or within one, that are about the same person.

    Args:
        left: A file: the plan's columns, as String; dates as ISO text.
        right: The other; None to find duplicates within the left one.
        plan: How to match.
        seed: From which random pairs are drawn.
        labels: Pairs known to match, `left` and `right` (positions), from which m is then learnt.
        progress: Told each step, and what share of it is done.

    Returns:
        Pairs to link and to review, and the figures that say how they were found. Pairs that weigh
        the same are taken in order of position.

    Raises:
        ValueError: If a level does not fit its column, or there are too many rules or patterns.
    """
    itself = right is None
    clock = _Clock(progress or (lambda _step, _share: None))
    dictionaries = compare.dictionaries_of(left, right, plan)
    comparisons = compare.compared(plan, dictionaries)
    if compare.patterns_possible(comparisons) > MOST_PATTERNS:
        raise ValueError("the plan has too many levels: take fewer comparisons or levels")
    clock.lap("encode")
    blocks = blocks_of(plan.blocking, dictionaries, plan.largest_block, itself=itself)
    clock.lap("block")
    sizes = (left.height, left.height if right is None else right.height)
    u = weights.learn_u(comparisons, sizes, plan.random_pairs, seed, itself=itself)
    prior = _prior(plan, dictionaries, sizes, itself=itself)
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
    found = _learn(plan, comparisons, u, prior, scored.counts, labels, drawn, itself=itself)
    clock.lap("weigh")
    bits = bits_of(comparisons, found, scored.pattern, scored.left)
    fate = _fates(plan, scored, bits, itself=itself)
    pairs = _chosen(plan, scored, bits, fate)
    stays = bits >= least_bits(plan)
    clock.lap("decide")
    summary = {
        "left_records": sizes[0],
        "right_records": 0 if itself else sizes[1],
        "pairs": int(scored.new_pairs.sum()),
        "links": int((pairs["decision"] == "link").sum()),
        "for_review": int((pairs["decision"] == "review").sum()),
        "prior": found.prior,
        "rounds": sum(found.rounds),
        "rules_at_rest": sum(found.converged),
        **{f"seconds_{step.replace(' ', '_')}": taken for step, taken in clock.laps.items()},
    }
    return Matched(
        pairs,
        match_tables.patterns_table(comparisons, found, scored.counts),
        match_tables.levels_table(comparisons, found),
        match_tables.blocks_table(plan, blocks, scored.new_pairs),
        summary,
        Weighed(
            plan,
            dictionaries,
            comparisons,
            blocks,
            found,
            scored.left[stays],
            scored.right[stays],
            scored.pattern[stays],
            bits[stays],
            fate[stays],
            scored.counts,
            sizes,
            itself,
            least_bits(plan),
        ),
    )


class _Clock:
    """Seconds by step, and who is told of progress."""

    def __init__(self, tell: Callable[[str, float], None]) -> None:
        self.tell, self.laps = tell, dict[str, float]()
        self._since = perf_counter()

    def lap(self, step: str) -> None:
        """Ends a step."""
        now = perf_counter()
        self.laps[step] = round(now - self._since, 3)
        self._since = now
        self.tell(step, 1.0)


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


def _lowest(plan: MatchPlan) -> float:
    """Returns the probability from which a pair is linked or for review."""
    return min(plan.review_from.value, plan.threshold.value)


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


def _fates(
    plan: MatchPlan, scored: Scored, bits: NDArray[np.float64], *, itself: bool
) -> NDArray[np.int8]:
    """Says what becomes of each pair: int8, as in `linkage.weighed.FATES`."""
    chance = probability(bits)
    fate = np.full(len(bits), THRESHOLD, dtype=np.int8)
    fate[chance >= _lowest(plan)] = REVIEW
    is_link = chance >= plan.threshold.value
    fate[is_link] = LINKED
    if plan.gap.value > 0:
        behind = decide.lead(scored.left, scored.right, bits, itself=itself) < plan.gap.value
        fate[is_link & behind] = GAP
    if plan.one_to_one != "none" and not itself:
        link = np.flatnonzero(fate == LINKED)
        given = (scored.left[link], scored.right[link])
        order = decide.best_first(*given, bits[link])
        if plan.one_to_one == "optimal":
            stands = decide.optimal(*given, bits[link], order)
        else:
            stands = decide.greedy(*given, order, itself=itself)
        fate[link[~stands]] = ONE_TO_ONE
    return fate


def _chosen(
    plan: MatchPlan, scored: Scored, bits: NDArray[np.float64], fate: NDArray[np.int8]
) -> pl.DataFrame:
    """Lists the pairs to link and to review."""
    at = np.flatnonzero(fate != THRESHOLD)
    names = pl.Series(match_tables.rule_names(plan), dtype=pl.String)
    is_link = fate[at] == LINKED
    return pl.DataFrame(
        {
            "left": scored.left[at].astype(np.uint32),
            "right": scored.right[at].astype(np.uint32),
            "match_weight": bits[at],
            "match_probability": probability(bits[at]),
            "rule": names.gather(scored.first_rule[at]),
            "decision": pl.Series(["review", "link"]).gather(is_link.astype(np.uint32)),
        }
    ).sort("left", "right")
