"""Comparison: the pattern of agreement of each pair of records, as a small whole number.

A pattern's digits are the pair's levels, one for each comparison: 0 for missing, 1 for no level,
then the levels from the last up to the first.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from math import prod
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl
from numba import njit

from linkage.dictionary import MISSING, dictionary_of
from linkage.levels import first_level, parse_level
from linkage.parts import of_records, part_named
from linkage.threads import side_by_side

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from linkage.dictionary import Dictionary
    from linkage.levels import Level
    from linkage.match_plan import MatchPlan
    from linkage.parts import Kind

MISSING_LEVEL, ELSE, SWAPPED = "missing", "else", "swapped"
NO_VALUE: Final = 0
"""The digit of a pair of which a side has no value."""


def _as_name(values: pl.Series) -> pl.Series:
    # One way to write an accent, and not two that look alike.
    return (
        values.str.normalize("NFC")
        .str.to_uppercase()
        .str.strip_chars()
        .str.replace_all(r"\s+", " ")
        .replace("", None)
    )


def _as_postcode(values: pl.Series) -> pl.Series:
    return values.str.to_uppercase().str.replace_all("[^A-Z0-9]", "").replace("", None)


# Comparable form by kind, null for no value; names and text keep what stands between their parts.
FORMS_OF_KINDS: Mapping[Kind, Callable[[pl.Series], pl.Series] | None] = {
    "name": _as_name,
    "text": _as_name,
    "exact": _as_name,
    "date": None,
    "postcode": _as_postcode,
    "number": lambda values: values.str.strip_chars().replace("", None),
}


@dataclass(frozen=True)
class Swap:
    """The column with which a column's values are swapped now and then.

    Attributes:
        left: By left record, the code that the value of that other column has in the first one's
            dictionary; -1 where it is missing, or never stands in the first column.
        right: By right record, likewise.
    """

    left: NDArray[np.int32]
    right: NDArray[np.int32]


@dataclass(frozen=True)
class Compared:
    """How one column is compared.

    Attributes:
        column: Its name.
        dictionary: Its values.
        levels: Levels, best first.
        term_frequency: Whether agreement on a rare value counts for more.
        swap: The column with which its values are swapped; None for none.
        known_shares: Share of records that have each value, as learnt before, float64, shape
            (values,); None to take it from these files.
    """

    column: str
    dictionary: Dictionary
    levels: tuple[Level, ...]
    term_frequency: bool
    swap: Swap | None = None
    known_shares: NDArray[np.float64] | None = field(default=None, repr=False)

    @cached_property
    def shares(self) -> NDArray[np.float64]:
        """Share of records that have each value, out of those that have any."""
        if self.known_shares is not None:
            return self.known_shares
        counts = self.dictionary.counts
        return np.asarray(counts / counts.sum())

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the digits of a pattern, from 0."""
        first, *rest = map(str, self.levels)
        best_first = [first, *([SWAPPED] if self.swap else []), *rest]
        return (MISSING_LEVEL, ELSE, *reversed(best_first))

    @property
    def radix(self) -> int:
        """How many digits there are."""
        return len(self.names)

    @property
    def is_exact(self) -> bool:
        """Whether values agree only if they are the same."""
        return self.swap is None and all(level.measure == "exact" for level in self.levels)

    def digits(
        self, left: NDArray[np.int32], right: NDArray[np.int32], *, itself: bool
    ) -> NDArray[np.int8]:
        """Gives the digit of each pair, int8, shape (pairs,), from the records' positions."""
        found: NDArray[np.int8] = Comparer((self,), itself=itself).digits(left, right)[0]
        return found


class Comparer:
    """Compares pairs of records in all columns."""

    def __init__(self, comparisons: Sequence[Compared], *, itself: bool) -> None:
        """Lays out the records' values.

        Args:
            comparisons: How columns are compared.
            itself: Whether a file is compared with itself.
        """
        self._comparisons, self._itself = tuple(comparisons), itself
        dictionaries = [each.dictionary for each in comparisons]
        # A record's values lie side by side, so that one look at memory gives them all.
        self._left = np.stack([each.left for each in dictionaries], axis=1)
        self._right = self._left
        if not itself:
            self._right = np.stack([each.right for each in dictionaries], axis=1)
        self._best = np.array([each.radix - 1 for each in comparisons], dtype=np.int8)
        self._is_open = np.array([not each.is_exact for each in comparisons])
        # What levels need of single values is worked out now, not by each thread.
        none = np.zeros(0, dtype=np.int32)
        for _ in side_by_side(lambda each: _fuzzy(each, none, none), self._comparisons):
            pass

    def digits(self, left: NDArray[np.int32], right: NDArray[np.int32]) -> NDArray[np.int8]:
        """Gives the digits of each pair, int8, shape (comparisons, pairs).

        Args:
            left: Positions of left records, int32, shape (pairs,).
            right: Of right records; of the same file if it is compared with itself.
        """
        columns, pairs = len(self._comparisons), len(left)
        found = np.empty((columns, pairs), dtype=np.int8)
        at = np.empty((columns, pairs), dtype=np.int32)
        a, b = np.empty_like(at), np.empty_like(at)
        counts = _agree(
            left, right, self._left, self._right, self._best, self._is_open, found, at, a, b
        )
        for number, each in enumerate(self._comparisons):
            if self._is_open[number]:
                some = slice(counts[number])
                listed, one, other = at[number, some], a[number, some], b[number, some]
                digits = _fuzzy(each, one, other)
                if each.swap is not None:
                    theirs = each.swap.left if self._itself else each.swap.right
                    is_swapped = theirs[right[listed]] == one
                    is_swapped &= each.swap.left[left[listed]] == other
                    digits[is_swapped] = np.maximum(digits[is_swapped], np.int8(each.radix - 2))
                found[number, listed] = digits
        return found

    def patterns(
        self,
        left: NDArray[np.int32],
        right: NDArray[np.int32],
        *,
        missing_differs: bool = False,
    ) -> NDArray[np.int32]:
        """Gives the pattern of agreement of each pair, int32, shape (pairs,).

        Args:
            left: Positions of left records, int32, shape (pairs,).
            right: Of right records.
            missing_differs: Whether a missing value is one that differs.
        """
        digits = self.digits(left, right)
        if missing_differs:
            digits = np.maximum(digits, np.int8(NO_VALUE + 1))
        found = np.zeros(len(left), dtype=np.int32)
        for each, digit in zip(reversed(self._comparisons), digits[::-1], strict=True):
            found *= np.int32(each.radix)
            found += digit
        return found


def _fuzzy(each: Compared, a: NDArray[np.int32], b: NDArray[np.int32]) -> NDArray[np.int8]:
    """Gives the digit of pairs of two values that are not the same."""
    digits = [each.names.index(str(level)) for level in each.levels]
    by_level = np.array([*digits, NO_VALUE + 1], dtype=np.int8)
    return by_level[first_level(each.levels, each.dictionary, a, b)]


@njit(cache=True, nogil=True)
def _agree(
    left: NDArray[np.int32],
    right: NDArray[np.int32],
    left_values: NDArray[np.int32],
    right_values: NDArray[np.int32],
    best: NDArray[np.int8],
    is_open: NDArray[np.bool_],
    digits: NDArray[np.int8],
    at: NDArray[np.int32],
    a: NDArray[np.int32],
    b: NDArray[np.int32],
) -> NDArray[np.int64]:
    """Writes the digits of pairs, and lists those with two values that are not the same."""
    columns = left_values.shape[1]
    counts = np.zeros(columns, dtype=np.int64)
    for pair in range(len(left)):
        for column in range(columns):
            one = left_values[left[pair], column]
            other = right_values[right[pair], column]
            if one < 0 or other < 0:
                digits[column, pair] = NO_VALUE
            elif one == other:
                # Values that are the same agree at the first level, whatever it is.
                digits[column, pair] = best[column]
            else:
                digits[column, pair] = NO_VALUE + 1
                if is_open[column]:
                    place = counts[column]
                    at[column, place], a[column, place], b[column, place] = pair, one, other
                    counts[column] = place + 1
    return counts


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

    def of_column(column: str) -> Dictionary:
        sides = (left[column], nothing if right is None else right[column])
        return dictionary_of(*sides, FORMS_OF_KINDS[kinds[column]])

    return dict(zip(kinds, side_by_side(of_column, list(kinds)), strict=True))


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
            _swap(dictionaries[each.column], dictionaries[each.swapped_with])
            if each.swapped_with
            else None,
        )
        for each in plan.comparisons
    )


def _swap(first: Dictionary, other: Dictionary) -> Swap:
    """Finds the other column's values among those of the first."""
    codes = dictionary_of(first.values, other.values).right
    codes = np.where(codes < len(first.values), codes, np.int32(MISSING))
    return Swap(of_records(codes, other.left), of_records(codes, other.right))


def patterns(
    comparisons: Sequence[Compared],
    left: NDArray[np.int32],
    right: NDArray[np.int32],
    *,
    itself: bool,
) -> NDArray[np.int32]:
    """Gives the pattern of agreement of each pair, int32, shape (pairs,)."""
    return Comparer(comparisons, itself=itself).patterns(left, right)


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
