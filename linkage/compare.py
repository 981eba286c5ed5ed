"""Comparison: the pattern of agreement of each pair of records, as a small whole number.

A pattern's digits are the pair's levels, one for each comparison: 0 for missing, 1 for no level,
then the levels from the last up to the first.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import prod
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from linkage import normalise
from linkage.dictionary import dictionary_of
from linkage.levels import first_level, parse_level
from linkage.parts import part_named

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from linkage.dictionary import Dictionary
    from linkage.levels import Level
    from linkage.match_plan import MatchPlan
    from linkage.parts import Kind

MISSING_LEVEL, ELSE = "missing", "else"
NO_VALUE: Final = 0
"""The digit of a pair of which a side has no value."""


def _as_name(values: pl.Series) -> pl.Series:
    # One way to write an accent, and not two that look alike.
    return (
        values.str.normalize("NFC")
        .str.to_uppercase()
        .str.strip_chars()
        .str.replace_all(r"\s+", " ")
    )


# Comparable form by kind; names and text keep what stands between their parts.
_FORMS: Mapping[Kind, Callable[[pl.Series], pl.Series]] = {
    "name": _as_name,
    "text": _as_name,
    "exact": _as_name,
    "date": lambda values: values,
    "postcode": lambda values: values.str.to_uppercase().str.replace_all("[^A-Z0-9]", ""),
    "number": lambda values: values.str.strip_chars(),
}


@dataclass(frozen=True)
class Compared:
    """How one column is compared.

    Attributes:
        column: Its name.
        dictionary: Its values.
        levels: Levels, best first.
        term_frequency: Whether agreement on a rare value counts for more.
        known_shares: Share of records that have each value, as learnt before, float64, shape
            (values,); None to take it from these files.
    """

    column: str
    dictionary: Dictionary
    levels: tuple[Level, ...]
    term_frequency: bool
    known_shares: NDArray[np.float64] | None = field(default=None, repr=False)

    @property
    def shares(self) -> NDArray[np.float64]:
        """Share of records that have each value, out of those that have any."""
        if self.known_shares is not None:
            return self.known_shares
        counts = self.dictionary.counts
        return np.asarray(counts / counts.sum())

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the digits of a pattern, from 0."""
        return (MISSING_LEVEL, ELSE, *(str(level) for level in reversed(self.levels)))

    @property
    def radix(self) -> int:
        """How many digits there are."""
        return len(self.levels) + 2

    def digits(
        self, left: NDArray[np.int32], right: NDArray[np.int32], *, itself: bool
    ) -> NDArray[np.int8]:
        """Gives the digit of each pair, int8, shape (pairs,), from the records' positions."""
        a = self.dictionary.left[left]
        b = (self.dictionary.left if itself else self.dictionary.right)[right]
        best = len(self.levels)
        # Values that are the same agree at the first level, whatever it is.
        found = np.where(a == b, np.int8(best + 1), np.int8(1))
        found[(a < 0) | (b < 0)] = NO_VALUE
        open_pairs = np.flatnonzero(found == 1)
        if any(level.measure != "exact" for level in self.levels):
            level = first_level(self.levels, self.dictionary, a[open_pairs], b[open_pairs])
            found[open_pairs] = (best + 1 - level).astype(np.int8)
        return found


def dictionaries_of(
    left: pl.DataFrame, right: pl.DataFrame | None, plan: MatchPlan
) -> dict[str, Dictionary]:
    """Makes the dictionary of each column that a plan names, in comparable form.

    Args:
        left: The left file; columns are String.
        right: The right file; None where the left one is compared with itself.
        plan: The plan.
    """
    kinds: dict[str, Kind] = {each.column: each.kind for each in plan.comparisons}
    named = [each.partition(":") for rule in (*plan.blocking, *plan.deterministic) for each in rule]
    # A column that is not compared is of the kind that has the part, if one is named anywhere.
    for column, _, part in sorted(named, key=lambda each: not each[2]):
        kinds.setdefault(column, part_named(part).kinds[0] if part else "exact")
    nothing = pl.Series([], dtype=pl.String)
    found = {}
    for column, kind in kinds.items():
        sides = (left[column], nothing if right is None else right[column])
        found[column] = dictionary_of(*(_comparable(side, kind) for side in sides))
    return found


def _comparable(values: pl.Series, kind: Kind) -> pl.Series:
    """Brings values to comparable form, each distinct value once; empty text is no value."""
    if kind == "date":
        return values
    form = _FORMS[kind]
    return normalise.on_distinct(values, lambda each: form(each).replace("", None))


def compared(plan: MatchPlan, dictionaries: Mapping[str, Dictionary]) -> tuple[Compared, ...]:
    """Returns how each column of a plan is compared.

    Raises:
        ValueError: If a level is unknown or does not fit its column.
    """
    return tuple(
        Compared(
            each.column,
            dictionaries[each.column],
            tuple(parse_level(level, each.kind) for level in each.levels),
            each.term_frequency,
        )
        for each in plan.comparisons
    )


def patterns(
    comparisons: Sequence[Compared],
    left: NDArray[np.int32],
    right: NDArray[np.int32],
    *,
    itself: bool,
) -> NDArray[np.int32]:
    """Gives the pattern of agreement of each pair, int32, shape (pairs,)."""
    found = np.zeros(len(left), dtype=np.int32)
    for each in reversed(comparisons):
        found *= np.int32(each.radix)
        found += each.digits(left, right, itself=itself)
    return found


def digits_of(comparisons: Sequence[Compared], pattern: NDArray[np.int64]) -> NDArray[np.int64]:
    """Takes patterns apart, int64, shape (patterns, comparisons)."""
    rest, digits = pattern.astype(np.int64), []
    for each in comparisons:
        rest, digit = np.divmod(rest, each.radix)
        digits.append(digit)
    return np.stack(digits, axis=1)


def patterns_possible(comparisons: Sequence[Compared]) -> int:
    """Returns how many patterns there can be."""
    return prod(each.radix for each in comparisons)
