"""Weights: how much each level of agreement speaks for a match (Fellegi and Sunter 1969).

u, the chance of a level among pairs that do not match, is learnt from random pairs, and from counts
of values for values that are the same. m, its chance
among matches, is learnt by expectation-maximisation on the distinct patterns of each blocking rule
apart, with u held, over the columns that the rule does not fix; a column's m is then the mean over
rules, weighed by the matches that each expects. With u free, or over the union of all rules, blocks
of relatives end up in the class of matches. The prior comes from deterministic rules and the share
of matches that they find.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from linkage.compare import NO_VALUE, Comparer, digits_of
from linkage.threads import side_by_side
from simulator import randomness

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from linkage.compare import Compared

_LEAST = 1e-7  # no probability is taken to be lower
_ROUNDS, _NEAR = 200, 1e-7
_FIRST_MATCHES = 0.5  # of the pairs of a rule, where EM starts
_FIRST_M_BEST = 0.9
_DRAWN_AT_ONCE = 1 << 17
_FEWEST_PAIRS = 50.0  # of a rule from which m is learnt
RAREST = 1e-5
"""Share below which a value is taken to be no rarer."""


class Rule(NamedTuple):
    """Pairs of one rule, as distinct patterns.

    Attributes:
        pattern: int64, shape (patterns,).
        pairs: How many pairs have each, int64.
        fixed: Whether the rule fixes each comparison's column, bool, shape (comparisons,).
    """

    pattern: NDArray[np.int64]
    pairs: NDArray[np.int64]
    fixed: NDArray[np.bool_]


@dataclass(frozen=True)
class Weights:
    """Probabilities of the levels of each comparison.

    Attributes:
        m: Among matches, a float64 array for each comparison, by digit; 1 where a value is missing.
        u: Among other pairs, likewise.
        prior: Probability that a random pair matches.
        rounds: Rounds of EM, by rule.
        converged: Whether each rule's EM came to rest.
    """

    m: tuple[NDArray[np.float64], ...] = field(repr=False)
    u: tuple[NDArray[np.float64], ...] = field(repr=False)
    prior: float
    rounds: tuple[int, ...] = ()
    converged: tuple[bool, ...] = ()

    def bits(
        self, comparisons: Sequence[Compared], pattern: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """Returns the match weight of patterns: the prior's log odds and each level's, base 2."""
        total = np.full(len(pattern), np.log2(self.prior / (1 - self.prior)))
        for m, u, digit in zip(self.m, self.u, digits_of(comparisons, pattern).T, strict=True):
            total += np.log2(m / u)[digit]
        return total


def probability(bits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Returns the probability of a match from its weight in bits."""
    return np.asarray(1 / (1 + np.exp2(-np.clip(bits, -1_000, 1_000))))


def weight_of(probability: float) -> float:
    """Returns the match weight of a probability, in bits; infinite at 0 and 1."""
    if probability <= 0 or probability >= 1:
        return -np.inf if probability <= 0 else np.inf
    return float(np.log2(probability / (1 - probability)))


def learn_u(
    comparisons: Sequence[Compared], sizes: tuple[int, int], pairs: int, seed: int, *, itself: bool
) -> tuple[NDArray[np.float64], ...]:
    """Learns u from random pairs, of which next to none match.

    How many of all pairs have the same value is counted rather than drawn. Levels that no random
    pair has get half a pair.

    Args:
        comparisons: The comparisons.
        sizes: Records on the left and on the right.
        pairs: How many pairs to draw.
        seed: The seed.
        itself: Whether a file is compared with itself.

    Returns:
        Probabilities by digit, for each comparison; 1 for missing.
    """
    comparer = Comparer(comparisons, itself=itself)
    drawn = min(pairs, sizes[0] * sizes[1])

    def counts(first: int) -> list[NDArray[np.int64]]:
        ids = np.arange(first, min(first + _DRAWN_AT_ONCE, drawn))
        # The left records are spread evenly over the file, in order, and so are read quickly.
        left = (ids * sizes[0] // drawn).astype(np.int32)
        right = randomness.whole(seed, "right of random pair", ids, sizes[1]).astype(np.int32)
        if itself:
            apart = left != right
            left, right = left[apart], right[apart]
        digits = comparer.digits(left, right)
        return [
            np.bincount(digit, minlength=each.radix)
            for each, digit in zip(comparisons, digits, strict=True)
        ]

    totals = [np.zeros(each.radix, dtype=np.int64) for each in comparisons]
    for portion in side_by_side(counts, range(0, drawn, _DRAWN_AT_ONCE)):
        totals = [total + found for total, found in zip(totals, portion, strict=True)]
    return tuple(
        _with_exact(_shares(total.astype(np.float64)), each, itself=itself)
        for each, total in zip(comparisons, totals, strict=True)
    )


def _with_exact(drawn: NDArray[np.float64], each: Compared, *, itself: bool) -> NDArray[np.float64]:
    """Puts the share of pairs with one value, which is counted, in the place of the drawn one."""
    if each.levels[0].measure != "exact":
        return drawn
    values, size = each.dictionary, len(each.dictionary.values)
    left, right = (
        np.bincount(side[side >= 0], minlength=size).astype(np.float64)
        for side in (values.left, values.left if itself else values.right)
    )
    same, every = left @ right, left.sum() * right.sum()
    if itself:
        same, every = same - left.sum(), every - left.sum()
    if every <= 0:
        return drawn
    found = drawn.copy()
    found[-1] = np.clip(same / every, _LEAST, 1 - _LEAST)
    found[NO_VALUE + 1 : -1] *= (1 - found[-1]) / max(drawn[NO_VALUE + 1 : -1].sum(), _LEAST)
    return found


def _shares(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Turns counts by digit into probabilities among pairs that have both values."""
    there = counts.copy()
    there[NO_VALUE] = 0.0
    there[NO_VALUE + 1 :] = np.maximum(there[NO_VALUE + 1 :], 0.5)
    shares = np.maximum(there / there.sum(), _LEAST)
    shares[NO_VALUE] = 1.0
    return np.asarray(shares)


def learn(
    comparisons: Sequence[Compared],
    u: tuple[NDArray[np.float64], ...],
    prior: float,
    rules: Sequence[Rule],
    drawn: int,
) -> Weights:
    """Learns m, rule by rule, with u held.

    In small files random pairs are matches now and then: the share of each level among them less
    what matches give is u, and m is then learnt again.

    Args:
        comparisons: The comparisons.
        u: From `learn_u`.
        prior: Probability that a random pair matches.
        rules: The pairs of each rule.
        drawn: How many random pairs were drawn; u is at least half a pair of them.

    Returns:
        The weights. A comparison of which no rule tells anything, such as one that all rules fix,
        keeps an m of 0.9 for its first level.
    """
    mixed = _learn_m(comparisons, u, prior, rules)
    apart = tuple(
        _without_matches(random, m, prior, 0.5 / drawn)
        for random, m in zip(u, mixed.m, strict=True)
    )
    return _learn_m(comparisons, apart, prior, rules)


def _without_matches(
    random: NDArray[np.float64], m: NDArray[np.float64], prior: float, least: float
) -> NDArray[np.float64]:
    """Takes the levels that matches give out of those of random pairs."""
    u = np.maximum((random - prior * m) / (1 - prior), max(least, _LEAST))
    u[NO_VALUE] = 0.0
    u /= u.sum()
    u[NO_VALUE] = 1.0
    return np.asarray(u)


def _learn_m(
    comparisons: Sequence[Compared],
    u: tuple[NDArray[np.float64], ...],
    prior: float,
    rules: Sequence[Rule],
) -> Weights:
    first = tuple(_first_m(values) for values in u)
    total = [np.zeros_like(values) for values in u]
    rounds, converged = [], []
    for rule in rules:
        if rule.pairs.sum() < _FEWEST_PAIRS or rule.fixed.all():
            continue
        digits = digits_of(comparisons, rule.pattern)
        matches, m, made, rested = _em(rule, digits, first, u)
        rounds.append(made)
        converged.append(rested)
        for number in np.flatnonzero(~rule.fixed):
            total[number] += matches * m[number]
    found = tuple(
        _shares(sums) if sums[NO_VALUE + 1 :].sum() > 0 else start
        for sums, start in zip(total, first, strict=True)
    )
    return Weights(found, u, prior, tuple(rounds), tuple(converged))


def from_labels(
    comparisons: Sequence[Compared],
    u: tuple[NDArray[np.float64], ...],
    prior: float,
    pattern: NDArray[np.int64],
) -> Weights:
    """Learns m from pairs that are known to match, given their patterns, int64."""
    digits = digits_of(comparisons, pattern)
    m = tuple(
        _shares(np.bincount(digits[:, number], minlength=each.radix).astype(np.float64))
        for number, each in enumerate(comparisons)
    )
    return Weights(m, u, prior)


def _first_m(u: NDArray[np.float64]) -> NDArray[np.float64]:
    levels = len(u) - 1
    m = np.ones(len(u))
    m[NO_VALUE + 1 :] = (1 - _FIRST_M_BEST) / max(levels - 1, 1)
    m[-1] = _FIRST_M_BEST
    return m


def _em(
    rule: Rule,
    digits: NDArray[np.int64],
    first: tuple[NDArray[np.float64], ...],
    u: tuple[NDArray[np.float64], ...],
) -> tuple[float, list[NDArray[np.float64]], int, bool]:
    """Runs EM over one rule; returns its matches, m, rounds, and whether it came to rest."""
    free = np.flatnonzero(~rule.fixed)
    m = [values.copy() for values in first]
    pairs = rule.pairs.astype(np.float64)
    share = _FIRST_MATCHES
    for made in range(1, _ROUNDS + 1):
        odds = np.full(len(pairs), np.log(share / (1 - share)))
        for number in free:
            odds += np.log(m[number] / u[number])[digits[:, number]]
        matches = pairs / (1 + np.exp(-np.clip(odds, -700, 700)))
        moved = 0.0
        for number in free:
            counts = np.bincount(digits[:, number], weights=matches, minlength=len(m[number]))
            now = _shares(np.maximum(counts, 1e-9))
            moved = max(moved, float(np.abs(now - m[number]).max()))
            m[number] = now
        share = float(np.clip(matches.sum() / pairs.sum(), _LEAST, 1 - _LEAST))
        if moved < _NEAR:
            return float(matches.sum()), m, made, True
    return float(matches.sum()), m, _ROUNDS, False


def all_frequency_bits(
    comparisons: Sequence[Compared],
    u: tuple[NDArray[np.float64], ...],
    digits: NDArray[np.int64],
    which: NDArray[np.integer],
    left: NDArray[np.int32],
) -> NDArray[np.float64]:
    """Returns what agreement on these very values adds to the weight of each pair, in bits.

    Args:
        comparisons: The comparisons.
        u: Probabilities by digit, for each.
        digits: Digits of patterns, int64, shape (patterns, comparisons).
        which: Which of these each pair has, shape (pairs,).
        left: Positions of left records, int32, shape (pairs,).
    """
    bits = np.zeros(len(left))
    for number, each in enumerate(comparisons):
        if each.term_frequency:
            at = np.flatnonzero((digits[:, number] == each.radix - 1)[which])
            bits[at] += frequency_bits(each, u[number], each.dictionary.left[left[at]])
    return bits


def frequency_bits(
    each: Compared, u: NDArray[np.float64], values: NDArray[np.int32]
) -> NDArray[np.float64]:
    """Returns what agreement on a value adds to the weight of agreement on any, in bits.

    That is log2 of u over the chance that the other record has this very value; a value rarer than
    one in a hundred thousand counts as that.

    Args:
        each: The comparison.
        u: Its probabilities by digit.
        values: Codes of the values agreed on, int32, shape (n,).
    """
    share = np.maximum(each.shares[values], RAREST)
    return np.asarray(np.log2(u[-1] / share))
