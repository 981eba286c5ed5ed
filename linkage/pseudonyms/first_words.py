"""First words: the leading 64 bits of a token or a code, whatever its column is made of."""

from __future__ import annotations

from typing import Final

import polars as pl

_BYTES: Final = 8


def first_word(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """Give a column of tokens or codes as numbers.

    Args:
        column: The column; null stays null.
        dtype: Its type. UInt64 is given as it is; of Binary the first eight bytes are read, and of
            String the first sixteen hexadecimal digits.

    Returns:
        UInt64.
    """
    if dtype == pl.UInt64:
        return column
    given = column.str.slice(0, 2 * _BYTES).str.decode("hex") if dtype == pl.String else column
    return given.bin.slice(0, _BYTES).bin.reinterpret(dtype=pl.UInt64, endianness="big")
