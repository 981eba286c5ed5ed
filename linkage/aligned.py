"""Aligned files: two files' columns under common names, in the form in which they are matched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from linkage.date_forms import iso_dates

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from linkage.column_pairs import ColumnPair


@dataclass(frozen=True)
class Aligned:
    """Two files that can be matched.

    Attributes:
        left: `record` (UInt32, from 0) and the columns under the plan's names, String; dates as
            ISO text.
        right: The same of the right file, under the same names; null for duplicates in one file.
        unread: By column of dates: how many values of left and right were no date, and are missing.
    """

    left: pl.DataFrame
    right: pl.DataFrame | None
    unread: Mapping[str, tuple[int, int]]


def align(left: pl.DataFrame, right: pl.DataFrame | None, columns: Sequence[ColumnPair]) -> Aligned:
    """Bring two files to common names.

    Args:
        left: Records, every column String.
        right: The other file, or null.
        columns: Which columns to keep, and what each is called in either file.

    Returns:
        The files.
    """
    dates = [each.name for each in columns if each.kind == "date"]
    ours, unread_left = _with_dates(
        left.select(pl.col(each.left).alias(each.name) for each in columns), dates
    )
    if right is None:
        return Aligned(ours, None, {name: (unread_left[name], 0) for name in dates})
    named = right.select(pl.col(each.right).alias(each.name) for each in columns)
    theirs, unread_right = _with_dates(named, dates)
    return Aligned(ours, theirs, {name: (unread_left[name], unread_right[name]) for name in dates})


def _with_dates(frame: pl.DataFrame, dates: list[str]) -> tuple[pl.DataFrame, dict[str, int]]:
    read = {name: iso_dates(frame[name]) for name in dates}
    unread = {name: read[name].null_count() - frame[name].null_count() for name in dates}
    records = pl.Series("record", range(frame.height), dtype=pl.UInt32)
    return frame.with_columns(read.values()).insert_column(0, records), unread
