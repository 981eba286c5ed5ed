"""Summary of a linkage of supplied files, as JSON can write it: names of columns, and no value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scenarios.linking import PROVENANCE
from scenarios.linking_clusters import clusters_summary
from scenarios.linking_quality import quality_tables
from scenarios.record import version
from scenarios.tables import rows_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from linkage.clusters import Clusters
    from linkage.column_pairs import ColumnPair
    from linkage.match_quality import MatchQuality
    from linkage.matched import Matched
    from scenarios.linking import Prepared
    from scenarios.linking_files import SuppliedFile


def summary_of(
    prepared: Prepared,
    matched: Matched,
    quality: MatchQuality,
    seed: int,
    seconds: dict[str, float],
    clusters: Clusters | None = None,
) -> dict[str, Any]:
    """Gives the summary of a linkage: plan, levels, blocks, counts and quality; timings apart.

    Args:
        prepared: The files and the plan.
        matched: What was found.
        quality: How good it is.
        seed: The seed.
        seconds: Seconds of each step.
        clusters: Clusters of one file's records.

    Returns:
        A table that JSON can write; all but `timings` is the same whenever the same is linked.
        It holds names of columns, and no value of them but the names of groups asked for.
    """
    table = {
        **about_linkage(prepared, matched.summary, seed),
        "levels": rows_of(matched.levels),
        "patterns": rows_of(matched.patterns),
        "blocks": rows_of(matched.blocks),
        **quality_tables(quality),
        "timings": timings(prepared, matched.summary, seconds),
    }
    if prepared.truth is not None:
        table["true_pairs_elsewhere"] = prepared.truth.elsewhere
    if clusters is not None:
        table["clusters"] = clusters_summary(clusters, prepared.truth)
    return table


def about_linkage(prepared: Prepared, found: Mapping[str, float], seed: int) -> dict[str, Any]:
    """Gives the beginning of a summary: what was linked, how, and the counts of what was found."""
    files = [each for each in (prepared.left, prepared.right) if each is not None]
    return {
        "format": 1,
        "provenance": PROVENANCE,
        "linkassay": version(),
        "seed": seed,
        "files": [_about(each) for each in files],
        "columns": [_about_column(each, prepared) for each in prepared.columns],
        "plan": prepared.plan.model_dump(mode="json"),
        "plan_was": "suggested" if prepared.suggestion is not None else "given",
        "counts": {name: value for name, value in found.items() if not _is_time(name)},
    }


def timings(
    prepared: Prepared, found: Mapping[str, float], seconds: dict[str, float]
) -> dict[str, float]:
    """Gives the seconds of all steps: of reading and planning, of linking, and given ones."""
    timed = {name: float(value) for name, value in found.items() if _is_time(name)}
    every = prepared.seconds | timed | seconds
    return {name: round(spent, 3) for name, spent in every.items()}


def _is_time(name: str) -> bool:
    return "second" in name


def _about(file: SuppliedFile) -> dict[str, Any]:
    return {
        "file": file.path.name,
        "kind": file.kind,
        "rows": file.frame.height,
        "columns": list(file.frame.columns),
        "id": file.id_column or None,
    }


def _about_column(column: ColumnPair, prepared: Prepared) -> dict[str, Any]:
    dates = prepared.aligned.unread.get(column.name)
    return {
        "name": column.name,
        "left": column.left,
        "right": column.right,
        "taken_for": column.role,
        "kind": column.kind,
        "missing_left": column.missing[0],
        "missing_right": column.missing[1],
        "not_dates_left": dates[0] if dates else None,
        "not_dates_right": dates[1] if dates else None,
    }
