"""Causes of missed and false matches: a row for each column of a pair, and what it came from.

All are frames of `row` (UInt32, the pair's place), `column`, `what` and `side` (String).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from linkage.compare import ELSE, NO_VALUE, digits_of
from linkage.roles import role_by_name

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from linkage.weighed import Weighed

DIFFERS: Final = "differs"
UNLOGGED: Final = "no error logged"
_RECORD: Final = "record_id"
_LONG: Final = {"row": pl.UInt32, "column": pl.String, "what": pl.String, "side": pl.String}


def differences(
    weighed: Weighed,
    pattern: NDArray[np.int32],
    left: NDArray[np.int32],
    right: NDArray[np.int32],
) -> pl.DataFrame:
    """Lists the columns of each pair that do not agree at their first level, with their level.

    Args:
        weighed: The match.
        pattern: Pattern of each pair, int32, shape (pairs,).
        left: Positions of left records.
        right: Positions of right records.

    Returns:
        The causes in order of pair, then of the plan's comparisons; `side` says where a value is
        missing (`left`, `right`, `both`), and is empty otherwise.
    """
    digits = digits_of(weighed.comparisons, pattern.astype(np.int64))
    parts = [pl.DataFrame(schema=_LONG)]
    for each, digit in zip(weighed.comparisons, digits.T, strict=True):
        at = np.flatnonzero(digit != each.radix - 1)
        lacks_left = each.dictionary.left[left[at]] < 0
        others = each.dictionary.left if weighed.itself else each.dictionary.right
        lacks_right = others[right[at]] < 0
        names = pl.Series(each.names).replace(ELSE, DIFFERS)
        side = np.where(digit[at] == NO_VALUE, lacks_left + 2 * lacks_right, 0)
        parts.append(
            pl.DataFrame(
                {
                    "row": at.astype(np.uint32),
                    "column": pl.Series([each.column] * len(at), dtype=pl.String),
                    "what": names.gather(digit[at]),
                    "side": pl.Series(["", "left", "right", "both"]).gather(side),
                }
            )
        )
    return pl.concat(parts).sort("row", maintain_order=True)


def explained(
    causes: pl.DataFrame,
    cells: tuple[pl.DataFrame, pl.DataFrame],
    left: NDArray[np.int32],
    right: NDArray[np.int32],
    *,
    itself: bool,
) -> pl.DataFrame:
    """Puts the errors that hit a column in place of its level, where there are any.

    Args:
        causes: From `differences`.
        cells: The logs of left and right records, as in `linkage.known.Known`.
        left: Positions of the pairs' left records, int32, shape (pairs,).
        right: Positions of their right records.
        itself: Whether both sides are one file.

    Returns:
        The causes: a row for each error that hit a column, with the side that it hit; a column that
        none hit keeps its level. Errors of whole records, such as a merged one, come last.
    """
    hit = _hits(cells, left, right, itself=itself)
    found = (
        causes.with_row_index("order")
        .join(_fields(causes), on="column", how="left", maintain_order="left")
        .join(hit, on=["row", "field"], how="left")
    )
    is_hit = pl.col("error").is_not_null()
    unlogged = pl.col("what") + ", " + pl.lit(UNLOGGED)
    told = found.select(
        "row",
        "order",
        "column",
        pl.when(is_hit).then("error").otherwise(unlogged).alias("what"),
        pl.when(is_hit).then("hit").otherwise("side").alias("side"),
    )
    whole = hit.filter(pl.col("field") == _RECORD).select(
        "row",
        pl.lit(2**32 - 1, dtype=pl.UInt32).alias("order"),
        pl.lit("record").alias("column"),
        pl.col("error").alias("what"),
        pl.col("hit").alias("side"),
    )
    return pl.concat([told, whole]).sort("row", "order", "what", "side").drop("order")


def alike_by_error(
    weighed: Weighed,
    pattern: NDArray[np.int32],
    left: NDArray[np.int32],
    right: NDArray[np.int32],
    cells: tuple[pl.DataFrame, pl.DataFrame],
) -> pl.DataFrame:
    """Lists the columns of each pair that agree at their first level though an error hit them.

    Args:
        weighed: The match.
        pattern: Pattern of each pair, int32, shape (pairs,).
        left: Positions of left records.
        right: Positions of right records.
        cells: The logs of left and right records, as in `linkage.known.Known`.

    Returns:
        The causes in order of pair; `side` is that of the error.
    """
    digits = digits_of(weighed.comparisons, pattern.astype(np.int64))
    parts = [pl.DataFrame(schema={"row": pl.UInt32, "column": pl.String})]
    for each, digit in zip(weighed.comparisons, digits.T, strict=True):
        at = np.flatnonzero(digit == each.radix - 1).astype(np.uint32)
        parts.append(pl.DataFrame({"row": at}).with_columns(column=pl.lit(each.column)))
    alike = pl.concat(parts)
    hit = _hits(cells, left, right, itself=weighed.itself)
    found = alike.join(_fields(alike), on="column").join(hit, on=["row", "field"])
    said = pl.lit("alike by ") + pl.col("error")
    return found.select("row", "column", said.alias("what"), pl.col("hit").alias("side")).sort(
        "row", "column", "what", "side"
    )


def _hits(
    cells: tuple[pl.DataFrame, pl.DataFrame],
    left: NDArray[np.int32],
    right: NDArray[np.int32],
    *,
    itself: bool,
) -> pl.DataFrame:
    """Lists the errors that hit the records of each pair: `row`, `field`, `error`, `hit` (side)."""
    hits = []
    for side, records, logged in zip(
        ("left", "right"), (left, right), (cells[0], cells[0] if itself else cells[1]), strict=True
    ):
        rows = pl.DataFrame({"record": records.astype(np.uint32)}).with_row_index("row")
        hits.append(rows.join(logged, on="record").with_columns(pl.lit(side).alias("hit")))
    return pl.concat(hits).select("row", "field", "error", "hit").unique()


def _fields(causes: pl.DataFrame) -> pl.DataFrame:
    """Gives the field, as a log of errors calls it, of each column of some causes."""
    names = causes["column"].unique()
    return pl.DataFrame(
        {"column": names, "field": [role_by_name(name) or name for name in names]},
        schema={"column": pl.String, "field": pl.String},
    )
