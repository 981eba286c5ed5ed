"""First agreement: pairs by the first of several keys, in order, that singles records out."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterable


class Rung(NamedTuple):
    """One key.

    Attributes:
        rule: What it is called in Links.
        left: Its value in each hub record; null where it has none.
        right: Its value in each record of the agency, of the same type.
    """

    rule: str
    left: pl.Series
    right: pl.Series


def first_agreements(
    left_ids: pl.Series, right_ids: pl.Series, rungs: Iterable[Rung], *, one_to_one: bool
) -> pl.DataFrame:
    """Pair records by the first key that agrees uniquely.

    Unique is a value that exactly one record of a file has, whether or not an earlier key linked
    that record: who is linked first never makes somebody else unique. No value agrees with nothing.

    Args:
        left_ids: UInt64: ids of the hub's records.
        right_ids: UInt64: ids of the agency's.
        rungs: Keys in the order in which they are tried.
        one_to_one: Whether a value must be unique in both files, and a hub record is linked once;
            otherwise it must be unique in the hub, whose records may be linked to any number.

    Returns:
        `left_id`, `right_id`, `rule` (String); each `right_id` at most once.
    """
    is_free_left = np.ones(len(left_ids), dtype=np.bool_)
    is_free_right = np.ones(len(right_ids), dtype=np.bool_)
    found = [pl.DataFrame(schema={"left_id": pl.UInt64, "right_id": pl.UInt64, "rule": pl.String})]
    is_unique = pl.col("value").is_unique()
    for rung in rungs:
        hub = _with_value(rung.left, left_ids, "left").filter(is_unique)
        records = _with_value(rung.right, right_ids, "right")
        if one_to_one:
            hub = hub.filter(pl.Series(is_free_left).gather(hub["left_row"]))
            records = records.filter(is_unique)
        free = records.filter(pl.Series(is_free_right).gather(records["right_row"]))
        pairs = hub.join(free, on="value")
        is_free_left[pairs["left_row"].to_numpy()] = False
        is_free_right[pairs["right_row"].to_numpy()] = False
        found.append(pairs.select("left_id", "right_id", rule=pl.lit(rung.rule)))
    return pl.concat(found)


def _with_value(values: pl.Series, ids: pl.Series, side: str) -> pl.DataFrame:
    """Give the records that have a value: `value`, `SIDE_id`, `SIDE_row`."""
    frame = pl.DataFrame({"value": values, f"{side}_id": ids}).with_row_index(f"{side}_row")
    return frame.drop_nulls("value")
