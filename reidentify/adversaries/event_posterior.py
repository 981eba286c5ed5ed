"""Posterior: how probable each candidate is, among a query's candidates and "none of them".

Let a query (a row of a feed, or a known event) have candidates c = 1..n in a file, and let p be the
chance that the right one is among them. If c is right, its pattern g_c has chance m(g_c), and the
others are coincidences; if none is right, all are. Coincidences of pattern g come at random with
mean L(g), so the likelihoods of these n + 1 cases, over that of "all are coincidences", are

    m(g_c) / L(g_c)    if c is right,        1    if none is,

because taking c out of the coincidences takes out a factor L(g_c) (a Poisson process less one
point). With prior p, spread over the cases by m itself, and 1 - p,

    P(c is right) = p m(g_c) / L(g_c)  /  ( 1 - p + sum over candidates j of p m(g_j) / L(g_j) ).

For one window that keeps a right pair with chance s, with one candidate and L = lambda, this is
ps / (ps + (1 - p) lambda) for an attacker told that a right one cannot lie outside the window, and
with the chance p (1 - s) of a right one outside added to "none", ps / (ps + (1 - ps) lambda): the
precision of the closed form in event_windows.
"""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

from reidentify.adversaries.event_patterns import SIZES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reidentify.adversaries.event_beliefs import Belief
    from reidentify.adversaries.event_pairs import Comparison


class Best(NamedTuple):
    """The best candidate of each query, arrays of shape (queries,).

    Attributes:
        candidate: int64, position in the file; -1 where there is none.
        chance: float64, its posterior probability.
        lead: float64, natural logarithm of its weight over the second best; infinite where there is
            no second, 0 for a tie.
    """

    candidate: NDArray[np.int64]
    chance: NDArray[np.float64]
    lead: NDArray[np.float64]


def pair_posteriors(comparison: Comparison, belief: Belief) -> NDArray[np.float64]:
    """Gives the chance that each pair is right, float64, shape (pairs,)."""
    weights = reduce(np.multiply.outer, [belief.agree[name] for name in SIZES]).reshape(-1)
    return posteriors(comparison, comparison.patterns, weights, belief.present)


def posteriors(
    comparison: Comparison,
    which: NDArray[np.signedinteger],
    weights: NDArray[np.float64],
    present: float,
) -> NDArray[np.float64]:
    """Gives the chance that each pair is right, from m of its pattern.

    Args:
        comparison: The pairs.
        which: int (pairs,): position of each pair's pattern in `weights`.
        weights: float64 (n,): m of each pattern.
        present: Chance that the right one is among a query's candidates, 0 to 1.

    Returns:
        float64 (pairs,).
    """
    chance = np.zeros(len(which))
    _posteriors(comparison.first, which, comparison.expected, weights, present, chance)
    return chance


def best_candidates(comparison: Comparison, belief: Belief) -> Best:
    """Finds the best candidate of each query, how probable it is, and its lead."""
    chance = pair_posteriors(comparison, belief)
    count = comparison.queries
    best = Best(np.full(count, -1), np.zeros(count), np.zeros(count))
    _two_best(comparison.first, comparison.candidate, chance, best)
    return best


@njit(cache=True, nogil=True)
def _posteriors(
    first: NDArray[np.int64],
    which: NDArray[np.signedinteger],
    expected: NDArray[np.float32],
    weights: NDArray[np.float64],
    present: float,
    chance: NDArray[np.float64],
) -> None:
    for query in range(first.shape[0] - 1):
        total = 1.0 - present
        for pair in range(first[query], first[query + 1]):
            weight = present / expected[pair] * weights[which[pair]]
            chance[pair] = weight
            total += weight
        for pair in range(first[query], first[query + 1]):
            chance[pair] /= total


@njit(cache=True, nogil=True)
def _two_best(
    first: NDArray[np.int64], candidate: NDArray[np.int32], chance: NDArray[np.float64], best: Best
) -> None:
    for query in range(first.shape[0] - 1):
        highest, second, at = 0.0, 0.0, -1
        for pair in range(first[query], first[query + 1]):
            if chance[pair] > highest:
                highest, second, at = chance[pair], highest, candidate[pair]
            elif chance[pair] > second:
                second = chance[pair]
        best.candidate[query], best.chance[query] = at, highest
        best.lead[query] = np.log(highest / second) if second > 0 else np.inf
