"""Choice of blocking rules: those by which most true pairs are reached for the pairs they cost.

A rule reaches a true pair if the pair agrees on all its columns, or parts of columns. What it costs
is counted in a sample of both files; what it reaches follows from the assumed shares of ROLES and
from the values that are missing. Rules are taken one by one, each the one that adds most for its
cost, until the pairs would exceed the budget or too little is added. Errors come together: a tenth
of the pairs is taken to differ much more often than the rest, so that most pairs are reached by
several rules, and pairs with several errors by one at least.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, product
from typing import TYPE_CHECKING, Final

from linkage.rule_counts import RuleCounts
from linkage.true_pairs import POORLY, agreeing, names_of, states_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    from linkage.column_pairs import ColumnPair
    from linkage.true_pairs import Rule, States

PAIRS_A_RECORD: Final = 20
"""Pairs that all rules together may give, for each record of the larger file."""

SMALL: Final = 3_000_000
"""Pairs that cost a second or less, so that they are allowed however small the files."""

_LONGEST: Final = 3  # columns in one rule
_MOST_RULES: Final = 12
_LEAST_ADDED: Final = 2e-4  # share of true pairs that another rule must add
_RARE: Final = 0.5  # pairs a record below which a longer rule would only lose true pairs


@dataclass(frozen=True)
class Choice:
    """Rules, and what they are taken to reach.

    Attributes:
        rules: The rules, the one that was taken first in front.
        pairs: Estimated pairs of each rule.
        reached: Assumed share of true pairs that agree on at least one rule, in a poor file.
    """

    rules: tuple[Rule, ...]
    pairs: tuple[int, ...]
    reached: float


def choose_rules(
    left: pl.DataFrame,
    right: pl.DataFrame | None,
    columns: Sequence[ColumnPair],
    largest_block: int,
) -> Choice:
    """Choose blocking rules.

    Args:
        left: Records: each column of `columns` under the plan's name, String, in comparable form.
        right: The other file, columns named as in the left; null to find duplicates in one.
        columns: Columns of which rules may be made.
        largest_block: Records of one value on a side beyond which a rule is not taken.

    Returns:
        The rules; at least one, however many pairs it may give.
    """
    counts = RuleCounts(left, right, columns)
    used = counts.most_telling(columns)
    states = states_of(used, POORLY)
    budget = max(PAIRS_A_RECORD * counts.records, SMALL)
    waiting = {
        rule: _worth(float(states.probability @ agreeing(rule, states)), rule, counts)
        for rule in _candidates(counts, used, budget)
    }
    chosen: dict[Rule, float] = {}
    missed = states.probability.copy()
    while waiting and len(chosen) < _MOST_RULES:
        best = _next(waiting, states, missed, counts, largest_block)
        if best is None:
            break
        cost = counts.pairs(best)
        if cost + sum(chosen.values()) <= budget:
            chosen[best] = cost
            missed[agreeing(best, states)] = 0
    if not chosen:
        least = tuple(each.name for each in used)
        chosen = {least: counts.pairs(least)}
        missed[agreeing(least, states)] = 0
    pairs = tuple(round(each) for each in chosen.values())
    return Choice(tuple(chosen), pairs, 1 - float(missed.sum()))


def _worth(added: float, rule: Rule, counts: RuleCounts) -> float:
    """Give the share of true pairs that a rule adds, for each pair and record that it costs."""
    return added / (counts.known(rule) + counts.records)


def _next(
    waiting: dict[Rule, float],
    states: States,
    missed: NDArray[np.float64],
    counts: RuleCounts,
    largest_block: int,
) -> Rule | None:
    """Take out the rule that adds most for its cost; null if none adds enough.

    What a rule adds only falls as others are taken, so what it was worth earlier is an upper bound:
    a rule is looked at again when it comes out on top. So are its pairs, which are counted only
    then. Rules with too large blocks are dropped.
    """
    while waiting:
        best = max(waiting, key=lambda rule: waiting[rule])
        del waiting[best]
        added = float(missed @ agreeing(best, states))
        is_counted = counts.is_counted(best)
        if added < _LEAST_ADDED or (not is_counted and counts.largest(best) > largest_block):
            continue
        worth = _worth(added, best, counts)
        if worth >= max(waiting.values(), default=0.0):
            return best
        waiting[best] = worth
    return None


def _candidates(counts: RuleCounts, columns: Sequence[ColumnPair], budget: float) -> Iterator[Rule]:
    """Give rules of one to three columns or parts, neither too wide nor needlessly narrow."""
    names = {each.name: names_of(each) for each in columns}
    narrow: list[set[str]] = []
    rare = _RARE * counts.records
    for length in range(1, _LONGEST + 1):
        for group in combinations(names, length):
            for rule in product(*(names[column] for column in group)):
                if any(each <= set(rule) for each in narrow):
                    continue
                estimate = counts.known(rule)
                if estimate <= rare:
                    narrow.append(set(rule))
                if estimate <= budget:
                    yield rule
