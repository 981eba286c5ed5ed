"""Parts of values, such as the year of a date: what records are blocked on, and levels compare.

A part is worked out once a distinct value, as numbers of which equal ones mean equal parts.
"""

from __future__ import annotations

import difflib
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

import numpy as np
import polars as pl

from linkage.dictionary import MISSING, Dictionary, codes_of
from linkage.metaphone import metaphone
from linkage.soundex import soundex

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from numpy.typing import NDArray

Kind = Literal["name", "date", "postcode", "text", "exact", "number"]
"""Kinds of columns, as in a comparison of a plan."""

SEPARATORS: Final = " '\u2019-"
"""What stands between the parts of a name, as in `Smith-Jones`, `van Dyke` and `O'Neill`."""

_POSTCODE: Final = "^[A-Z]{1,2}[0-9][A-Z0-9]?[0-9][A-Z]{2}$"


class Part(NamedTuple):
    """A part of values and how it is found.

    Attributes:
        kinds: Kinds of columns whose values have it.
        meaning: What it is, in words.
        of: Gives the part of each value, as String or Int32; null where it has none.
    """

    kinds: tuple[Kind, ...]
    meaning: str
    of: Callable[[pl.Series], pl.Series]


def part_codes(dictionary: Dictionary, part: str) -> NDArray[np.int32]:
    """Give the part of every distinct value; worked out once a dictionary.

    Args:
        dictionary: The values, in comparable form.
        part: Its name, as in `PARTS`.

    Returns:
        int32 (values,): equal where the part is equal, -1 where a value has no such part. Years,
        months and days are themselves (`month_day` is 705 for 5 July); other numbers mean nothing.

    Raises:
        ValueError: If there is no such part.
    """
    found = part_named(part)
    return dictionary.once(f"part {part}", lambda values: _numbers(found.of(values)))


def of_records(of_values: NDArray[np.int32], records: NDArray[np.int32]) -> NDArray[np.int32]:
    """Give each record the number of its value.

    Args:
        of_values: int32 (values,): such as from `part_codes`.
        records: int32 (records,): `Dictionary.left` or `Dictionary.right`.

    Returns:
        int32 (records,): -1 where a record has no value, or its value no such part.
    """
    # A missing value's code, -1, leads to the last place.
    return np.append(of_values, np.int32(MISSING))[records]


def part_named(name: str, kind: Kind | None = None) -> Part:
    """Look a part up.

    Args:
        name: Its name.
        kind: Kind of the column, where it is to be checked that its values have such a part.

    Returns:
        The part.

    Raises:
        ValueError: If there is no such part, or a column of that kind does not have it.
    """
    allowed = [each for each, part in PARTS.items() if kind is None or kind in part.kinds]
    if name in allowed:
        return PARTS[name]
    where = f"a column of kind {kind} has" if kind else "there is"
    choice = f"choose from {', '.join(allowed)}" if allowed else "use the whole column"
    raise ValueError(f"{where} no part {name!r}; {choice}{did_you_mean(name, allowed)}")


def did_you_mean(given: str, allowed: Iterable[str]) -> str:
    """Give the end of a message that names the most similar allowed word; empty if none is."""
    close = difflib.get_close_matches(given.lower(), list(allowed), n=1, cutoff=0.6)
    return f". Did you mean {close[0]}?" if close else ""


def letters(values: pl.Series) -> pl.Series:
    """Give the letters A to Z of each value in capitals, accents folded; null where none is."""
    folded = values.str.normalize("NFKD").str.to_uppercase().str.replace_all("[^A-Z]", "")
    return folded.replace("", None)


def dates(values: pl.Series) -> pl.Series:
    """Read dates written as `1948-07-05`; null for anything else."""
    return values.str.to_date("%Y-%m-%d", strict=False)


def _beginning(length: int) -> Callable[[pl.Series], pl.Series]:
    """Make the function of the first letters; a shorter value is its own beginning."""
    return lambda values: letters(values).str.slice(0, length)


def _piece(pattern: str) -> Callable[[pl.Series], pl.Series]:
    """Make the function of what a pattern's group finds in the value in capitals."""
    return lambda values: values.str.to_uppercase().str.extract(pattern)


def _month_day(values: pl.Series) -> pl.Series:
    """Give month and day as one number, such as 705 for 5 July."""
    found = dates(values)
    return found.dt.month().cast(pl.Int32) * 100 + found.dt.day()


def _postcode(pattern: str) -> Callable[[pl.Series], pl.Series]:
    """Make the function of the beginning of whole postcodes."""
    return lambda values: values.str.extract(_POSTCODE, 0).str.extract(pattern)


def _numbers(part: pl.Series) -> NDArray[np.int32]:
    """Give a part as numbers, -1 for none."""
    if part.dtype == pl.String:
        return codes_of(part)
    return part.cast(pl.Int32).fill_null(MISSING).to_numpy()


def _soundex(values: pl.Series) -> pl.Series:
    """Give Soundex codes as numbers."""
    codes = pl.Series(soundex(letters(values)))
    return codes.replace(MISSING, None)


# Reads as a table: part, kinds of columns that have it, meaning, function.
PARTS: Final[Mapping[str, Part]] = MappingProxyType(
    {
        "soundex": Part(("name",), "the Soundex code of all its letters", _soundex),
        "initial": Part(("name", "text"), "its first letter", _beginning(1)),
        "first_two": Part(("name", "text"), "its first two letters", _beginning(2)),
        "first_three": Part(("name", "text"), "its first three letters", _beginning(3)),
        "first_four": Part(("name", "text"), "its first four letters", _beginning(4)),
        "metaphone": Part(
            ("name",), "the Metaphone code of all its letters", lambda v: metaphone(letters(v))
        ),
        "first_part": Part(("name",), "its first part", _piece(f"([^{SEPARATORS}]+)")),
        "last_part": Part(
            ("name",), "its last part", _piece(f"([^{SEPARATORS}]+)[{SEPARATORS}]*$")
        ),
        "year": Part(("date",), "the year", lambda v: dates(v).dt.year()),
        "month": Part(("date",), "the month", lambda v: dates(v).dt.month().cast(pl.Int32)),
        "day": Part(("date",), "the day of the month", lambda v: dates(v).dt.day().cast(pl.Int32)),
        "month_day": Part(("date",), "month and day", _month_day),
        "sector": Part(("postcode",), "CT12 of CT12AB", _postcode("^(.*)..$")),
        "district": Part(("postcode",), "CT1 of CT12AB", _postcode("^(.*)...$")),
        "area": Part(("postcode",), "CT of CT12AB", _postcode("^([A-Z]+)")),
    }
)
