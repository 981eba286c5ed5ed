"""Counts of rules: how many pairs agree on blocking rules, from a sample of both files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from linkage.parts import part_named
from linkage.roles import ROLES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from linkage.column_pairs import ColumnPair
    from linkage.true_pairs import Rule

_SAMPLE: Final = 50_000  # records of each file in which pairs of a rule are counted
_COLUMNS: Final = 7  # columns that rules are made of, the most telling ones


class RuleCounts:
    """Pairs that agree on rules, counted in a sample of both files and scaled to the whole."""

    def __init__(
        self, left: pl.DataFrame, right: pl.DataFrame | None, columns: Sequence[ColumnPair]
    ) -> None:
        """Takes the samples.

        Args:
            left: Records, as `choose_rules` is given them.
            right: The other file, or null.
            columns: Columns of which rules may be made.
        """
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
