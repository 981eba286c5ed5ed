"""Hashes of every part of an identifier, with frequencies in clear, as CRATE hands them over.

    token of a part = first 64 bits of HMAC-SHA256(key of the part, part)
    frequency       = records with this part's value / records that have the part

Parts: each name, its Metaphone code and first two letters; date of birth and what is left of it
without day, month or year; postcode and its sector. Whoever links weighs agreement on each part by
its frequency. Source: Cardinal et al. 2023, of the program CRATE; which parts of a date it hashes
is assumed. Here each part has a key of its own and frequencies are those of the file: choices of
this project, as is how far they are rounded.

What leaks: far more than a key of all parts together. Every part can be aligned with a public list
on its own, and the frequency in clear is its place in that list: of a surname that 1.2 % bear, no
key is needed to say which it is. Parts of one record stand side by side.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from linkage.pseudonyms.recipes import match_key_tokens, recipe

if TYPE_CHECKING:
    from linkage.keys import KeyRing
    from simulator.schema import Dataset

_SOURCE: Final = "Cardinal et al. 2023"

_ASSUMED: Final = "date_of_birth/month_day", "date_of_birth/year_day", "date_of_birth/year_month"

# Reads as a table: name of the column, what it is made of.
_PARTS: Final = (
    ("first_name/name", "first_name"),
    ("first_name/metaphone", "first_name.metaphone"),
    ("first_name/first_two", "first_name.first_two"),
    ("surname/name", "surname"),
    ("surname/metaphone", "surname.metaphone"),
    ("surname/first_two", "surname.first_two"),
    ("date_of_birth/whole", "date_of_birth"),
    ("date_of_birth/month_day", "date_of_birth.month_day"),
    ("date_of_birth/year_day", "date_of_birth.year|date_of_birth.day"),
    ("date_of_birth/year_month", "date_of_birth.year|date_of_birth.month"),
    ("postcode/unit", "postcode"),
    ("postcode/sector", "postcode.sector"),
)

RECIPES: Final = tuple(
    recipe(name, parts, "assumed" if name in _ASSUMED else "published", _SOURCE)
    for name, parts in _PARTS
)


@dataclass(frozen=True)
class CrateHashes:
    """What leaves.

    Attributes:
        tokens: `record_id` and a column of tokens a part, null where a record lacks it.
        frequencies: `record_id` and a column a part, of the same names: Float64, null where there
            is no token.
    """

    tokens: Dataset
    frequencies: pl.DataFrame


@dataclass(frozen=True)
class Crate:
    """The scheme.

    Attributes:
        figures: Significant figures to which a frequency is rounded; assumed.
    """

    figures: int = 3

    def __post_init__(self) -> None:
        """Refuse to round to no figures.

        Raises:
            ValueError: If so.
        """
        if self.figures < 1:
            raise ValueError(f"figures: {self.figures} was given; it must be 1 or more")

    def hashes(
        self, dataset: Dataset, keys: KeyRing, holder: str, period: str = "", threads: int = 1
    ) -> CrateHashes:
        """Hash every part of each record's identifiers, and count its values in this file.

        Args:
            dataset: Records with `first_name`, `surname`, `date_of_birth`, `postcode` in the clear.
            keys: Ring from which each part's key is derived.
            holder: Who holds the keys.
            period: Period of the keys; empty for good.
            threads: Threads to hash with.

        Raises:
            ValueError: If the dataset lacks a field.
        """
        made = match_key_tokens(dataset, RECIPES, keys, holder, period, threads)
        return CrateHashes(made, self.frequencies(made))

    def frequencies(self, tokens: Dataset) -> pl.DataFrame:
        """Count how often each token occurs in its column.

        Args:
            tokens: Columns of tokens, of RECIPES or others.

        Returns:
            `record_id` and a column for each with a label, as in `CrateHashes`.
        """
        return tokens.frame.select("record_id", *map(self._frequency, tokens.labels))

    def _frequency(self, column: str) -> pl.Expr:
        """Give the share of records with the same token, out of those that have one."""
        token = pl.col(column)
        share = (pl.len().over(token) / token.count()).round_sig_figs(self.figures)
        return pl.when(token.is_not_null()).then(share).alias(column)
