"""Choice of blocking rules: those by which most true pairs are reached for the pairs they cost.

A rule reaches a true pair if the pair agrees on all its columns, or parts of columns. What it costs
is counted in a sample of both files; what it reaches follows from the assumed shares of ROLES and
from the values that are missing. Rules are taken one by one, each the one that adds most for its
cost, until the pairs would exceed the budget or too little is added. They are chosen for a file
that is recorded poorly, so that most pairs of a better one are reached by several rules.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, product
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import polars as pl

from linkage.parts import part_named
from linkage.roles import MOVED, ROLES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from linkage.column_pairs import ColumnPair

PAIRS_A_RECORD: Final = 20
"""Pairs that all rules together may give, for each record of the larger file."""

SMALL: Final = 200_000
"""Pairs that cost next to nothing, so that they are allowed however small the files."""

_SAMPLE: Final = 50_000  # records of each file in which pairs of a rule are counted
_COLUMNS: Final = 7  # columns that rules are made of, the most telling ones
_LONGEST: Final = 3  # columns in one rule
_MOST_RULES: Final = 12
_LEAST_ADDED: Final = 5e-4  # share of true pairs that another rule must add
_POORLY: Final = 2.5  # times the usual share of true pairs that differ; our choice
_RARE: Final = 0.5  # pairs a record below which a longer rule would only lose true pairs

Rule = tuple[str, ...]


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


class _States(NamedTuple):
    """Ways in which a true pair may agree: the probability of each, and which parts agree in it."""

    probability: NDArray[np.float64]
    agree: Mapping[str, NDArray[np.bool_]]


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
    counts = _Counts(left, right, columns)
    used = counts.most_telling(columns)
    states = _states(used, _POORLY)
    records = max(left.height, right.height if right is not None else 0)
    budget = max(PAIRS_A_RECORD * records, SMALL)
    rules = list(_candidates(counts, used, budget))
    chosen: dict[Rule, float] = {}
    reached = np.zeros(len(states.probability), dtype=np.bool_)
    while rules and len(chosen) < _MOST_RULES:
        best = _next(rules, states, reached, counts, records, largest_block)
        if best is None:
            break
        rules.remove(best)
        cost = counts.pairs(best)
        if cost + sum(chosen.values()) <= budget:
            chosen[best] = cost
            reached |= _agree(best, states)
    if not chosen:
        least = tuple(each.name for each in used)
        chosen, reached = {least: counts.pairs(least)}, _agree(least, states)
    pairs = tuple(round(each) for each in chosen.values())
    return Choice(tuple(chosen), pairs, float(states.probability @ reached))


def share_agreeing(rules: Sequence[Rule], columns: Sequence[ColumnPair]) -> float:
    """Give the assumed share of true pairs that agree on at least one of some rules."""
    named = {name.partition(":")[0] for rule in rules for name in rule}
    states = _states([each for each in columns if each.name in named])
    reached = np.zeros(len(states.probability), dtype=np.bool_)
    for rule in rules:
        reached |= _agree(rule, states)
    return float(states.probability @ reached)


def _next(
    rules: list[Rule],
    states: _States,
    reached: NDArray[np.bool_],
    counts: _Counts,
    records: int,
    largest_block: int,
) -> Rule | None:
    """Give the rule that adds most for its cost; rules that cost too much or add nothing are cut.

    Costs are estimated first and counted once a rule comes out on top, which is seldom twice.
    """
    while rules:
        missed = states.probability * ~reached
        added = {rule: float(missed @ _agree(rule, states)) for rule in rules}
        rules[:] = [rule for rule in rules if added[rule] >= _LEAST_ADDED]
        if not rules:
            return None
        best = max(rules, key=lambda rule: added[rule] / (counts.known(rule) + records))
        if counts.is_counted(best):
            return best
        if counts.largest(best) > largest_block:
            rules.remove(best)
    return None


def _agree(rule: Rule, states: _States) -> NDArray[np.bool_]:
    agree: NDArray[np.bool_] = np.logical_and.reduce([states.agree[name] for name in rule])
    return agree


def _candidates(counts: _Counts, columns: Sequence[ColumnPair], budget: float) -> Iterator[Rule]:
    """Give rules of one to three columns or parts, neither too wide nor needlessly narrow."""
    names = {each.name: _names(each) for each in columns}
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


def _names(column: ColumnPair) -> tuple[str, ...]:
    """Give a column and its parts, as in a rule."""
    parts = dict.fromkeys(part for _, still in ROLES[column.role].still for part in still)
    fits = [part for part in parts if _has(column, part)]
    return (column.name, *(f"{column.name}:{part}" for part in fits))


def _has(column: ColumnPair, part: str) -> bool:
    try:
        part_named(part, column.kind)
    except ValueError:
        return False
    return True


def _states(columns: Sequence[ColumnPair], times: float = 1.0) -> _States:
    """List every way in which a true pair may agree on some columns, and how probable it is."""
    weights: list[float] = []
    agree: list[set[str]] = []
    is_any_home = any(ROLES[each.role].of_home for each in columns)
    for has_moved in (False, True) if is_any_home else (False,):
        share = (MOVED if has_moved else 1 - MOVED) if is_any_home else 1.0
        for way in product(*(_ways(each, times, has_moved=has_moved) for each in columns)):
            weights.append(share * float(np.prod([each for each, _ in way])))
            agree.append({name for _, names in way for name in names})
    names = [name for each in columns for name in _names(each)]
    flags = {name: np.array([name in each for each in agree]) for name in names}
    return _States(np.array(weights), flags)


def _ways(
    column: ColumnPair, times: float, *, has_moved: bool
) -> list[tuple[float, tuple[str, ...]]]:
    """List how a true pair may agree on one column: probability, and which names agree."""
    role = ROLES[column.role]
    present = (1 - column.missing[0]) * (1 - column.missing[1])
    differs = 1.0 if has_moved and role.of_home else min(times * role.differs, 1.0)
    all_names = _names(column)
    ways = [(present * (1 - differs), all_names)]
    left_over = 1.0
    for share, parts in role.still:
        named = tuple(f"{column.name}:{part}" for part in parts)
        ways.append((present * differs * share, tuple(n for n in named if n in all_names)))
        left_over -= share
    return [*ways, (present * differs * left_over + (1 - present), ())]


class _Counts:
    """Pairs that agree on rules, counted in a sample of both files and scaled to the whole."""

    def __init__(
        self, left: pl.DataFrame, right: pl.DataFrame | None, columns: Sequence[ColumnPair]
    ) -> None:
        self.records = max(left.height, right.height if right is not None else 0)
        self._one_file = right is None
        self._left = _sampled(left)
        self._right = self._left if right is None else _sampled(right)
        whole = left if right is None else right
        self._scale_left = left.height / max(self._left.height, 1)
        self._scale_right = whole.height / max(self._right.height, 1)
        self._all = float(left.height) * whole.height / (2 if right is None else 1)
        self._kinds = {each.name: each.kind for each in columns}
        self._single: dict[str, tuple[pl.Series, pl.Series, float]] = {}
        self._counted: dict[Rule, tuple[float, float]] = {}

    def most_telling(self, columns: Sequence[ColumnPair]) -> list[ColumnPair]:
        """Give the columns on which fewest pairs agree by chance and few values are missing."""

        def tells(each: ColumnPair) -> float:
            return self._share(each.name) + max(each.missing) ** 2 + ROLES[each.role].differs / 2

        kept = sorted(columns, key=tells)[:_COLUMNS]
        return [each for each in columns if each in kept]

    def known(self, rule: Rule) -> float:
        """Give the counted pairs of a rule, or an estimate as if its columns were independent."""
        if rule in self._counted:
            return self._counted[rule][0]
        return self._all * float(np.prod([self._share(name) for name in rule]))

    def is_counted(self, rule: Rule) -> bool:
        """Whether a rule's pairs are counted; counts them for the next time if not."""
        if rule in self._counted:
            return True
        self._counted[rule] = self._count(rule)
        return False

    def pairs(self, rule: Rule) -> float:
        """Count a rule's pairs."""
        self.is_counted(rule)
        return self._counted[rule][0]

    def largest(self, rule: Rule) -> float:
        """Give the most records of one value on a side, estimated from the sample."""
        self.is_counted(rule)
        return self._counted[rule][1]

    def _share(self, name: str) -> float:
        """Give the share of all pairs that agree on one column or part."""
        return self._column(name)[2]

    def _column(self, name: str) -> tuple[pl.Series, pl.Series, float]:
        if name not in self._single:
            ours, theirs = self._part(self._left, name), self._part(self._right, name)
            agreeing, _ = self._blocks(ours, theirs)
            self._single[name] = (ours, theirs, agreeing / max(self._all, 1.0))
        return self._single[name]

    def _part(self, frame: pl.DataFrame, name: str) -> pl.Series:
        column, _, part = name.partition(":")
        values = frame[column]
        if not part:
            return values.hash().zip_with(values.is_not_null(), _nothing(len(values)))
        distinct = values.drop_nulls().unique()
        codes = part_named(part).of(distinct).cast(pl.String)
        found = values.replace_strict(distinct, codes, default=None, return_dtype=pl.String)
        return found.hash().zip_with(found.is_not_null(), _nothing(len(found)))

    def _count(self, rule: Rule) -> tuple[float, float]:
        columns = [self._column(name) for name in rule]
        return self._blocks(
            _joined([each[0] for each in columns]), _joined([each[1] for each in columns])
        )

    def _blocks(self, ours: pl.Series, theirs: pl.Series) -> tuple[float, float]:
        """Give the pairs of one value, and the most records of one value on a side."""
        one = _tally(ours, "ours")
        other = one.rename({"ours": "theirs"}) if self._one_file else _tally(theirs, "theirs")
        both = one.join(other, on="value")
        if both.is_empty():
            return 0.0, 0.0
        n, m = (both[side].cast(pl.Float64).to_numpy() for side in ("ours", "theirs"))
        scale = self._scale_left * self._scale_right
        largest = max(n.max() * self._scale_left, m.max() * self._scale_right)
        pairs = n @ (n - 1) / 2 if self._one_file else n @ m
        return float(pairs * scale), float(largest)


def _nothing(length: int) -> pl.Series:
    return pl.Series([None], dtype=pl.UInt64).new_from_index(0, length)


def _joined(values: list[pl.Series]) -> pl.Series:
    """Give one hash for the values of several columns; null where one of them is."""
    if len(values) == 1:
        return values[0]
    frame = pl.DataFrame([each.rename(str(place)) for place, each in enumerate(values)])
    is_whole = frame.select(pl.all_horizontal(pl.all().is_not_null())).to_series()
    hashes = frame.select(pl.struct(pl.all()).hash()).to_series()
    return hashes.zip_with(is_whole, _nothing(len(hashes)))


def _tally(values: pl.Series, name: str) -> pl.DataFrame:
    present = values.drop_nulls().rename("value").to_frame()
    return present.group_by("value").len(name)


def _sampled(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.gather_every(max(1, -(-frame.height // _SAMPLE)))
