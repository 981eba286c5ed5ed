"""Explanation of a pair: what each column adds to its match weight, and why it was linked or not.

The sum is a waterfall: the prior, then the level of agreement of each column, then what the rarity
of the values agreed on adds. Explanations hold names of columns and levels, and no value.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from linkage.compare import digits_of
from linkage.weights import frequency_bits, probability
from linkage.why import reasons_of

if TYPE_CHECKING:
    from linkage.matched import Matched
    from linkage.weighed import Weighed
    from linkage.why import Reason

Kind = Literal["prior", "level", "rarity"]
"""What a step of a waterfall adds."""


class Step(NamedTuple):
    """One step of a waterfall.

    Attributes:
        kind: `prior`, `level` or `rarity`.
        column: The column that is compared; empty for the prior.
        level: Name of the level that the pair has; empty for the prior.
        bits: What the step adds.
        total: The sum up to and with this step, in bits.
    """

    kind: Kind
    column: str
    level: str
    bits: float
    total: float


@dataclass(frozen=True)
class Explained:
    """Why a pair was linked, or was not.

    Attributes:
        left: Position of the left record.
        right: Position of the right record.
        steps: The waterfall; its last total is the match weight.
        decision: `link`, `review`, or `none` for a pair that is neither.
        reasons: Why it is not linked, the first reason first; empty if it is.
    """

    left: int
    right: int
    steps: tuple[Step, ...]
    decision: Literal["link", "review", "none"]
    reasons: tuple[Reason, ...]

    @property
    def weight(self) -> float:
        """The match weight, in bits."""
        return self.steps[-1].total

    @property
    def probability(self) -> float:
        """The probability of a match, as the model has it."""
        return float(probability(np.array([self.weight]))[0])


def explain(matched: Matched, left: int, right: int) -> Explained:
    """Explains a pair; one that no blocking rule found is compared all the same.

    Args:
        matched: What matching yielded.
        left: Position of a left record.
        right: Position of a right record; within one file, of another record of it.

    Returns:
        The explanation; within one file, the lower position is the left one.

    Raises:
        ValueError: If both are one record of one file.
    """
    if matched.weighed.itself:
        if left == right:
            raise ValueError("a record cannot be a duplicate of itself")
        left, right = sorted((left, right))
    steps = waterfall(matched.weighed, left, right)
    decision = _decision(matched, left, right)
    weight = steps[-1].total
    reasons = () if decision == "link" else reasons_of(matched, left, right, weight)
    return Explained(left, right, steps, decision, reasons)


def waterfall(weighed: Weighed, left: int, right: int) -> tuple[Step, ...]:
    """Takes the match weight of a pair apart.

    The steps are added in the order in which the engine adds them, levels and rarities apart, so
    that the last total is the pair's match weight to the last bit.

    Args:
        weighed: What a match rests on.
        left: Position of the left record.
        right: Position of the right record.
    """
    a, b = np.array([left], dtype=np.int32), np.array([right], dtype=np.int32)
    comparisons, found = weighed.comparisons, weighed.weights
    pattern = weighed.patterns(a, b)
    digits = digits_of(comparisons, pattern.astype(np.int64))[0]
    added: list[tuple[Kind, str, str, float]] = [
        ("prior", "", "", float(np.log2(found.prior / (1 - found.prior))))
    ]
    rare: list[tuple[Kind, str, str, float]] = []
    for each, m, u, digit in zip(comparisons, found.m, found.u, digits, strict=True):
        name = each.names[digit]
        added.append(("level", each.column, name, float(np.log2(m / u)[digit])))
        if each.term_frequency and digit == each.radix - 1:
            bits = float(frequency_bits(each, u, each.dictionary.left[a])[0])
            rare.append(("rarity", each.column, name, bits))
    totals = list(accumulate(step[3] for step in added))
    rarities = accumulate(step[3] for step in rare)
    totals += [totals[-1] + each for each in rarities]
    return tuple(Step(*step, total) for step, total in zip(added + rare, totals, strict=True))


def _decision(matched: Matched, left: int, right: int) -> Literal["link", "review", "none"]:
    pairs = matched.pairs
    at = pairs.filter((pairs["left"] == left) & (pairs["right"] == right))
    if not at.height:
        return "none"
    return "link" if at["decision"][0] == "link" else "review"
