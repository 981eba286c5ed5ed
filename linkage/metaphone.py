"""Metaphone, a code of how an English word sounds, finer than Soundex.

Consonants by their sound, and a vowel at the front alone: `Kline` and `Cline` are KLN. Lawrence
Philips, "Hanging on the Metaphone", Computer Language 7(12), 1990. Published descriptions and
programs differ from one another; this is that of the library jellyfish.
"""

from __future__ import annotations

import jellyfish
import polars as pl


def metaphone(letters: pl.Series) -> pl.Series:
    """Give the Metaphone code of each name; distinct names are worked out once.

    Args:
        letters: String: letters A to Z only; null where there are none.

    Returns:
        String: null where there are no letters, or none of them sounds (`GH`).
    """
    distinct = letters.drop_nulls().unique()
    codes = pl.Series([jellyfish.metaphone(name) for name in distinct], dtype=pl.String)
    found = letters.replace_strict(distinct, codes, default=None, return_dtype=pl.String)
    return found.replace("", None)
