"""Errors of a linkage of supplied files: each missed and each false match, with its reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from linkage.step_quality import StepTruth

if TYPE_CHECKING:
    from linkage.against_truth import AgainstTruth
    from scenarios.linking_files import SuppliedFile


def errors_of(
    truth: AgainstTruth | StepTruth, left: SuppliedFile, right: SuppliedFile | None, provenance: str
) -> pl.DataFrame:
    """Gives missed and false matches as they are written: ids, weight and reason, no other value.

    Args:
        truth: What the truth says of the links.
        left: The left file.
        right: The right file; null for duplicates in one.
        provenance: Whether the records are invented or supplied.

    Returns:
        `error` (`missed` or `false`), `left_id`, `right_id`, `match_weight`, `stage`, `reason`,
        `provenance`; missed matches first, in the order of the ids.
    """
    other = left if right is None else right
    pairs = _pairs(truth).sort("error", "left", "right", descending=[True, False, False])
    return pairs.select(
        "error",
        left.ids.gather(pairs["left"]).alias("left_id"),
        other.ids.gather(pairs["right"]).alias("right_id"),
        "match_weight",
        "stage",
        "reason",
        pl.lit(provenance).alias("provenance"),
    )


def _pairs(truth: AgainstTruth | StepTruth) -> pl.DataFrame:
    if isinstance(truth, StepTruth):
        return truth.errors
    both = [("missed", truth.missed.pairs), ("false", truth.false.pairs)]
    return pl.concat([each.select(pl.lit(error).alias("error"), pl.all()) for error, each in both])
