"""First words: the leading 64 bits of tokens or codes, whatever their column is made of."""

from __future__ import annotations

from typing import Final

import polars as pl

_BYTES: Final = 8


def first_words(tokens: pl.Series) -> pl.Series:
    """Give tokens or codes as numbers.

    Args:
        tokens: UInt64, which stay as they are; Binary, of which the first eight bytes are read; or
            String, of which the first sixteen hexadecimal digits are. Null stays null.

    Returns:
        UInt64, same name and length.
    """
    if tokens.dtype == pl.UInt64:
        return tokens
    given = (
        tokens.str.slice(0, 2 * _BYTES).str.decode("hex") if tokens.dtype == pl.String else tokens
    )
    return given.bin.slice(0, _BYTES).bin.reinterpret(dtype=pl.UInt64, endianness="big")
