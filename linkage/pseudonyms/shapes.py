"""Shapes: sets of texts that are coded among themselves, each text by its rank in the set.

A shape numbers its texts 0, 1, 2, ... and writes a rank as a string of numerals of one radix, which
is what FF1 takes. Where there are more strings than texts, a code is enciphered again until it is
the rank of a text (cycle walking: Black and Rogaway 2002), which is a permutation too.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final, Protocol

import numpy as np
import polars as pl

from linkage.pseudonyms.byte_rows import as_binary, rows_of_text
from linkage.pseudonyms.ff1 import LEAST_STRINGS
from simulator.identifiers import FIRST_BODY, LAST_BODY, NO_CHECK_DIGIT, check_digit
from simulator.identifiers import is_valid_nhs_number as is_valid

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ranks = NDArray[np.int64]
    Rows = NDArray[np.int64]

MOST_TEXTS: Final = 1 << 32
"""Texts of a written shape at most: two numerals of the largest radix, 65,536."""

_LONGEST: Final = 32
_LETTERS, _DIGITS = 26, 10


class Shape(Protocol):
    """A set of texts with an order.

    Attributes:
        name: Tells the shape from others of its field; a part of the tweak.
        radix: Radix of a rank's numerals.
        numerals: How many of them a rank has.
    """

    @property
    def name(self) -> str: ...  # noqa: D102 - see above
    @property
    def radix(self) -> int: ...  # noqa: D102
    @property
    def numerals(self) -> int: ...  # noqa: D102

    def has(self, ranks: Ranks) -> NDArray[np.bool_]:
        """Says which of the numbers 0 to radix^numerals - 1 are ranks of texts."""

    def ranks(self, texts: pl.Series) -> Ranks:
        """Gives the ranks of texts, all of this shape, int64 (n,)."""

    def texts(self, ranks: Ranks) -> pl.Series:
        """Gives the texts of ranks, String."""


@dataclass(frozen=True)
class NhsNumbers:
    """The valid NHS numbers of the block that is never issued, 900 000 0000 to 999 999 9999.

    A rank is the second to the ninth digit, and has no text where there is no check digit: of
    100,000,000 strings of eight digits 90,909,091 are numbers, so that a code is enciphered 1.1
    times on average.
    """

    name: ClassVar[str] = "nhs"
    radix: ClassVar[int] = 10
    numerals: ClassVar[int] = 8

    def has(self, ranks: Ranks) -> NDArray[np.bool_]:
        """Says which bodies have a check digit."""
        return np.asarray(check_digit(FIRST_BODY + ranks) != NO_CHECK_DIGIT)

    def ranks(self, texts: pl.Series) -> Ranks:
        """Gives the second to the ninth digit as a number."""
        return texts.cast(pl.Int64).to_numpy() // 10 - FIRST_BODY

    def texts(self, ranks: Ranks) -> pl.Series:
        """Writes ten digits."""
        bodies = FIRST_BODY + ranks
        return pl.Series(bodies * 10 + check_digit(bodies)).cast(pl.String)


@dataclass(frozen=True)
class Written:
    """All texts with a letter A to Z where one has a letter, and a digit where it has a digit.

    Places differ in how many characters they may hold, and FF1 has one radix, so a text is ranked
    as a number of mixed radix. The rank has two numerals of the least radix that is enough: hardly
    a code is enciphered twice.

    Attributes:
        name: The shape, such as `AA99AA` for `CT12AB`.
    """

    name: str

    @property
    def sizes(self) -> list[int]:
        """How many characters each place may hold."""
        return [_LETTERS if place == "A" else _DIGITS for place in self.name]

    @property
    def radix(self) -> int:
        """The least whole number whose square is no less than the number of texts."""
        return math.isqrt(math.prod(self.sizes) - 1) + 1

    @property
    def numerals(self) -> int:
        """Two: as near to equal halves as can be."""
        return 2

    @property
    def can_be_coded(self) -> bool:
        """Whether there are texts enough that no table of all is soon made, and not too many."""
        return LEAST_STRINGS <= math.prod(self.sizes) <= MOST_TEXTS

    def has(self, ranks: Ranks) -> NDArray[np.bool_]:
        """Says which numbers are below the number of texts."""
        return np.asarray(ranks < math.prod(self.sizes))

    def ranks(self, texts: pl.Series) -> Ranks:
        """Reads texts as numbers of mixed radix, the first place the most significant."""
        rows = rows_of_text(texts, np.full(len(texts), len(self.name)))
        found = np.zeros(len(texts), np.int64)
        for place, size, characters in zip(self.name, self.sizes, rows.T, strict=True):
            found = found * size + (characters - ord("A" if place == "A" else "0"))
        return found

    def texts(self, ranks: Ranks) -> pl.Series:
        """Writes numbers in mixed radix."""
        rows = np.empty((len(ranks), len(self.name)), np.uint8)
        rest = ranks
        for at in reversed(range(len(self.name))):
            rest, character = np.divmod(rest, self.sizes[at])
            rows[:, at] = character + ord("A" if self.name[at] == "A" else "0")
        return as_binary(rows).cast(pl.String)


def nhs_numbers_in(values: pl.Series) -> list[tuple[NhsNumbers, Rows]]:
    """Finds the rows with a valid number of the block.

    Args:
        values: String.

    Returns:
        One shape and its rows, ascending.
    """
    ten_digits = values.str.contains(r"^[0-9]{10}$").fill_null(value=False)
    numbers = pl.select(pl.when(ten_digits).then(values).cast(pl.Int64).fill_null(-1)).to_series()
    given = numbers.to_numpy()
    in_block = (given // 10 >= FIRST_BODY) & (given // 10 <= LAST_BODY)
    return [(NhsNumbers(), np.flatnonzero(in_block & is_valid(given)))]


def written_in(values: pl.Series) -> list[tuple[Written, Rows]]:
    """Finds the rows of each shape of letters A to Z and digits that can be coded.

    Args:
        values: String.

    Returns:
        Shapes in alphabetical order, each with its rows, ascending.
    """
    fit = values.str.contains(f"^[A-Z0-9]{{2,{_LONGEST}}}$")
    shape = values.str.replace_all("[A-Z]", "A").str.replace_all("[0-9]", "9")
    rows = pl.DataFrame({"shape": shape, "row": np.arange(len(values))}).filter(fit)
    groups = rows.group_by("shape", maintain_order=True).agg("row").sort("shape")
    found = zip(map(Written, groups["shape"]), groups["row"], strict=True)
    return [(one, of.to_numpy()) for one, of in found if one.can_be_coded]
