"""Measures of how alike two values are, a function each; levels.py tables them.

Each takes the dictionary of a column, the codes of the pairs' values, int32 (pairs,), none of them
missing, and a bound; and gives an array (pairs,) of truths, or of numbers that are right up to the
bound. What has to be known of single values is worked out once a dictionary.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from linkage.dictionary import MISSING, Dictionary
from linkage.members import long_parts, nickname_sets, share_a_list, sorted_parts
from linkage.parts import dates, part_codes
from linkage.text_kernels import jaro_winkler, levenshtein, osa

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Codes = NDArray[np.int32]
    Truths = NDArray[np.bool_]

_ROUNDING: Final = 2 * float(np.finfo(np.float64).eps)


def same(_dictionary: Dictionary, a: Codes, b: Codes, _bound: float) -> Truths:
    """Whether they are one value."""
    return np.asarray(a == b)


def similarity(dictionary: Dictionary, a: Codes, b: Codes, bound: float) -> NDArray[np.float64]:
    """Jaro-Winkler similarity, 0 to 1, down to the bound."""
    return jaro_winkler(*dictionary.symbols, a, b, bound)


def edits(dictionary: Dictionary, a: Codes, b: Codes, bound: float) -> NDArray[np.int32]:
    """Levenshtein distance, up to the bound."""
    return levenshtein(*dictionary.symbols, a, b, int(bound))


def edits_and_swaps(dictionary: Dictionary, a: Codes, b: Codes, bound: float) -> NDArray[np.int32]:
    """Optimal string alignment distance, up to the bound."""
    return osa(*dictionary.symbols, a, b, int(bound))


def part(name: str) -> Callable[[Dictionary, Codes, Codes, float], Truths]:
    """Make the measure of whether both have a part, and it is the same."""
    return lambda dictionary, a, b, _bound: _equal(part_codes(dictionary, name), a, b)


def nickname(dictionary: Dictionary, a: Codes, b: Codes, _bound: float) -> Truths:
    """Whether both are in one set of nicknames."""
    return share_a_list(dictionary.once("nickname sets", nickname_sets), a, b)


def same_parts(dictionary: Dictionary, a: Codes, b: Codes, _bound: float) -> Truths:
    """Whether both have the same parts, in any order."""
    return _equal(dictionary.once("sorted parts", sorted_parts), a, b)


def any_part(dictionary: Dictionary, a: Codes, b: Codes, _bound: float) -> Truths:
    """Whether they share a part of three letters or more."""
    return share_a_list(dictionary.once("long parts", long_parts), a, b)


def two_parts_of_date(dictionary: Dictionary, a: Codes, b: Codes, _bound: float) -> Truths:
    """Whether two or three of year, month and day are the same."""
    equal = [_equal(part_codes(dictionary, name), a, b) for name in ("year", "month", "day")]
    return np.asarray(np.sum(equal, axis=0) >= 2)  # noqa: PLR2004 - two, as the name says


def day_month_swapped(dictionary: Dictionary, a: Codes, b: Codes, _bound: float) -> Truths:
    """Whether one has the year of the other, and its day and month the other way round.

    Dates whose day is their month are then the same, and so hold too.
    """
    month, day = part_codes(dictionary, "month"), part_codes(dictionary, "day")
    is_swapped = (month[a] == day[b]) & (day[a] == month[b])
    return np.asarray(is_swapped & _equal(part_codes(dictionary, "year"), a, b))


def days_between(dictionary: Dictionary, a: Codes, b: Codes, _bound: float) -> NDArray[np.float64]:
    """Days between two dates; NaN if one is no date."""
    days = dictionary.once("days", _days)
    return np.abs(days[a] - days[b])


def difference(dictionary: Dictionary, a: Codes, b: Codes, _bound: float) -> NDArray[np.float64]:
    """Difference of two numbers, without its sign; NaN if one is no finite number."""
    numbers = dictionary.once("numbers", _numbers)
    x, y = numbers[a], numbers[b]
    # 1.1 less 1 is a little more than .1 in binary: what rounding may have added is taken off.
    rounding = _ROUNDING * np.maximum(np.abs(x), np.abs(y))
    return np.maximum(np.abs(x - y) - rounding, 0.0)


def _equal(of_values: NDArray[np.int32], a: Codes, b: Codes) -> Truths:
    """Whether both values have a number, and it is the same."""
    found = of_values[a]
    return np.asarray((found == of_values[b]) & (found != MISSING))


def _days(values: pl.Series) -> NDArray[np.float64]:
    """Days from the beginning of 1970 to each date; NaN for what is none."""
    return dates(values).to_physical().cast(pl.Float64).fill_null(np.nan).to_numpy()


def _numbers(values: pl.Series) -> NDArray[np.float64]:
    """Read numbers; NaN for what is none, or not finite."""
    numbers = values.str.strip_chars().cast(pl.Float64, strict=False).fill_null(np.nan).to_numpy()
    return np.where(np.isfinite(numbers), numbers, np.nan)
