"""Pairs of records, as the Links of a deterministic step."""

from __future__ import annotations

import polars as pl

from linkage.linked import LINK_COLUMNS, Links


def exact_links(step: str, hub: str, agency: str, pairs: pl.DataFrame) -> Links:
    """Write pairs found by a rule that is either met or not as Links, in their stated order.

    Args:
        step: Name of the link step.
        hub: Dataset of `left_id`.
        agency: Dataset of `right_id`.
        pairs: `left_id`, `right_id` (UInt64, each pair once) and `rule` (String).

    Returns:
        Links without weight or probability: a deterministic rule states neither.
    """
    unweighted = pairs.with_columns(
        pl.lit(None, dtype=pl.Float64).alias("match_weight"),
        pl.lit(None, dtype=pl.Float64).alias("match_probability"),
    )
    frame = unweighted.select(pl.col(name).cast(kind) for name, kind in LINK_COLUMNS.items())
    return Links(step, hub, agency, frame.sort("left_id", "right_id"))
