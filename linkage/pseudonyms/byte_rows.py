"""Byte rows: a column of text or bytes as a table of bytes, and back, with no loop over records."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from numpy.typing import NDArray


def rows_of_text(
    values: pl.Series, lengths: NDArray[np.int64], width: int | None = None
) -> NDArray[np.uint8]:
    """Write each value's UTF-8 bytes from the start of a row, with zeros behind.

    Args:
        values: String, no nulls.
        lengths: (n,): bytes of each value.
        width: Bytes in a row; as many as the longest value has if left out.

    Returns:
        uint8 (n, width); possibly read-only.
    """
    text = np.frombuffer(values.str.join("").item().encode("utf-8"), dtype=np.uint8)
    wide = int(lengths.max(initial=0)) if width is None else width
    if len(text) == len(values) * wide:
        return text.reshape(len(values), wide)
    rows = np.zeros((len(values), wide), dtype=np.uint8)
    rows[np.arange(wide) < lengths[:, None]] = text
    return rows


def rows_of_binary(values: pl.Series, width: int) -> NDArray[np.uint8]:
    """Write each value as a row.

    Args:
        values: Binary, no nulls, each of `width` bytes, which is at least 1.
        width: Bytes in a row.

    Returns:
        uint8 (n, width); possibly read-only.
    """
    return values.cast(pl.List(pl.UInt8)).explode().to_numpy().reshape(len(values), width)


def as_binary(rows: NDArray[np.uint8]) -> pl.Series:
    """Give rows of bytes as a column: Binary, as many bytes in each as a row has."""
    if not len(rows):
        return pl.Series([], dtype=pl.Binary)
    return pl.Series(rows).cast(pl.List(pl.UInt8)).cast(pl.Binary)
