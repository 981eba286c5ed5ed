"""Beliefs: how records of one assault are thought to agree, in three grades.

*Naive*: the fixed table below. *Self-taught*: learnt from the pairs at hand without knowing which
are right, by expectation and maximisation. *Informed*: learnt from pairs of another trial of the
same world of which the scoring side says which are right.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from reidentify.adversaries.event_patterns import EVENT_UNPLACED, GAPS, SIZES, levels_of
from reidentify.adversaries.event_posterior import posteriors

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from reidentify.adversaries.event_pairs import Comparison

ROUNDS = 40
"""Rounds of expectation and maximisation."""

MOST_PAIRS = 400_000
"""Pairs that the self-taught attacker learns from; of more, those of every n-th query."""

PRIOR_STRENGTH = 10.0
"""How many right pairs the naive table counts as, when a belief is learnt."""


@dataclass(frozen=True)
class Belief:
    """What an attacker believes about the right pairs.

    Attributes:
        present: Chance that the right one is among a query's candidates, 0 to 1.
        agree: By comparison of event_patterns.SIZES: m, the chance of each level in a right pair,
            float64 (levels,); it adds up to 1 within each group of GROUPS.
    """

    present: float
    agree: Mapping[str, NDArray[np.float64]] = field(repr=False)


# Levels that exclude others: a row is at midnight or not, gives a spot or a street or a ward.
GROUPS: Mapping[str, tuple[tuple[int, ...], ...]] = MappingProxyType(
    {
        "time": (tuple(range(GAPS)), tuple(range(GAPS, 3 * GAPS))),
        "arrival": ((0,), tuple(range(1, SIZES["arrival"]))),
        "place": ((0,), (*range(1, 7),), (*range(7, 13),), (13, 14), (EVENT_UNPLACED,)),
        "means": ((0,), (1, 2, 3)),
        "kind": ((0,), (1, 2, 3)),
        "contact": (tuple(range(6)), (6,)),
    }
)

# What somebody who has never seen a right pair may assume: our choice, not fitted to anything.
_NAIVE = {
    "time": (0.30, 0.20, 0.20, 0.15, 0.10, 0.05, *(0.15,) * 6, *(0.10 / 6,) * 6),
    "arrival": (1.0, 0.05, 0.15, 0.20, 0.25, 0.20, 0.10, 0.03, 0.02),
    "place": (1.0, *(0.40, 0.10, 0.20, 0.10, 0.10, 0.10) * 2, 0.90, 0.10, 1.0),
    "means": (1.0, 0.70, 0.20, 0.10),
    "kind": (1.0, 0.80, 0.15, 0.05),
    "contact": (0.55, 0.15, 0.15, 0.05, 0.05, 0.05, 1.0),
}
NAIVE = Belief(
    present=0.25, agree=MappingProxyType({k: np.array(v, np.float64) for k, v in _NAIVE.items()})
)


def learn(comparison: Comparison, right: NDArray[np.bool_]) -> Belief:
    """Learns from pairs of which it is known whether they are right.

    Args:
        comparison: Pairs of another trial.
        right: bool (pairs,): whether each is right.

    Returns:
        Shares among right pairs, each query with right pairs counting once; `present` is the share
        of queries that have one.
    """
    query = comparison.query_of_pairs()
    at = np.flatnonzero(right)
    times = np.bincount(query[at], minlength=comparison.queries)
    weights = 1.0 / times[query[at]]
    counts = _counted(levels_of(comparison.patterns[at]), weights)
    found = int(np.count_nonzero(times))
    return _believe(counts, (found + 0.5) / (comparison.queries + 1))


def teach_itself(comparison: Comparison) -> Belief:
    """Learns from pairs without knowing which are right (expectation and maximisation).

    Each round weighs every pair by the chance that it is right, given the other candidates of its
    query and the belief so far, adds the weights up by distinct pattern, and then takes the shares
    among pairs so weighed (Fellegi and Sunter 1969; Winkler 1988), with the chance of a coincidence
    given and not learnt. It starts from NAIVE and keeps its `present`: where coincidences come in
    clusters, pairs alone do not tell more right ones from more coincidences, and a `present` that
    is learnt drifts to 1.
    """
    some = _every_nth(comparison)
    distinct, which = np.unique(some.patterns, return_inverse=True)
    level = levels_of(distinct)
    belief = NAIVE
    for _ in range(ROUNDS):
        weights = np.prod([belief.agree[name][level[name]] for name in SIZES], axis=0)
        chance = np.bincount(which, posteriors(some, which, weights, belief.present))
        belief = _believe(_counted(level, chance.astype(np.float64)), NAIVE.present)
    return belief


def _counted(
    level: Mapping[str, NDArray[np.int32]], weights: NDArray[np.float64]
) -> dict[str, NDArray[np.float64]]:
    """Adds weights up by the level of each comparison: float64 (levels,) each."""
    return {
        name: np.bincount(level[name], weights, minlength=size).astype(np.float64)
        for name, size in SIZES.items()
    }


def _every_nth(comparison: Comparison) -> Comparison:
    """Keeps every n-th query, so that at most MOST_PAIRS pairs are left, more or less."""
    step = -(-len(comparison.patterns) // MOST_PAIRS)
    if step <= 1:
        return comparison
    kept = np.arange(0, comparison.queries, step)
    sizes = np.diff(comparison.first)
    pairs = np.flatnonzero(np.repeat(np.arange(comparison.queries) % step == 0, sizes))
    return replace(
        comparison,
        query_ids=comparison.query_ids[kept],
        first=np.concatenate([[0], np.cumsum(sizes[kept])]),
        candidate=comparison.candidate[pairs],
        patterns=comparison.patterns[pairs],
        expected=comparison.expected[pairs],
    )


def _believe(counts: Mapping[str, NDArray[np.float64]], present: float) -> Belief:
    """Turns counts of right pairs into shares, mixed with PRIOR_STRENGTH naive pairs."""
    agree = {}
    for name, groups in GROUPS.items():
        share = NAIVE.agree[name].copy()
        for group in groups:
            at = np.array(group)
            prior = share[at] / share[at].sum()
            mixed = counts[name][at] + PRIOR_STRENGTH * prior
            share[at] = mixed / mixed.sum()
        agree[name] = share
    return Belief(present, MappingProxyType(agree))
