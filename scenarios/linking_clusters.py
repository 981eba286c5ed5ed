"""Clusters of one supplied file: made from its links, written as ids, and summed up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl

from linkage.cluster_quality import b_cubed, by_cluster, by_pair
from linkage.cluster_rules import ClusterRules
from linkage.clusters import clusters_of

if TYPE_CHECKING:
    from linkage.cluster_quality import Shares
    from linkage.clusters import Clusters
    from linkage.matched import Matched
    from scenarios.linking import Prepared
    from scenarios.linking_truth import TruePairs

_MEASURES: Final = {"pairs": by_pair, "clusters": by_cluster, "records (B-cubed)": b_cubed}


def clusters_of_file(prepared: Prepared, matched: Matched) -> Clusters:
    """Puts the records of one file into clusters, by the rules of the plan or by none.

    Args:
        prepared: The file, in the order of its ids.
        matched: What was found.

    Returns:
        The clusters.
    """
    rules = prepared.match_plan.clusters or ClusterRules()
    return clusters_of(matched.pairs, prepared.aligned.left, rules)


def cluster_rows(prepared: Prepared, clusters: Clusters, provenance: str) -> pl.DataFrame:
    """Gives clusters as they are written: `cluster_id`, `record_id`, `provenance`, a row a record.

    Args:
        prepared: The file.
        clusters: Its clusters.
        provenance: Where the records come from.

    Returns:
        Every record of the file, ordered by cluster, then by its id.
    """
    table = clusters.records.sort("cluster", "record")
    return table.select(
        pl.col("cluster").alias("cluster_id"),
        prepared.left.ids.gather(table["record"]).alias("record_id"),
        pl.lit(provenance).alias("provenance"),
    )


def clusters_summary(clusters: Clusters, truth: TruePairs | None) -> dict[str, Any]:
    """Sums clusters up.

    Args:
        clusters: The clusters of a file.
        truth: The true pairs of the file, where they are known.

    Returns:
        Counts of records, of clusters, of duplicates (records less clusters) and of bridges;
        clusters by size; refused links by reason; and, with truth, precision and recall.
    """
    records, count = clusters.records.height, clusters.records["cluster"].n_unique()
    of_two = clusters.metrics.group_by("size").len("clusters")
    alone = count - clusters.metrics.height
    sizes = [{"size": 1, "clusters": alone}] if alone else []
    refused = clusters.refused.group_by("reason").len("links").sort("reason")
    table: dict[str, Any] = {
        "records": records,
        "clusters": count,
        "duplicates": records - count,
        "sizes": sizes + of_two.sort("size").to_dicts(),
        "bridges": int(clusters.metrics["bridges"].sum()),
        "refused": refused.to_dicts(),
    }
    if truth is not None:
        table["quality"] = _quality(clusters, truth)
    return table


def _quality(clusters: Clusters, truth: TruePairs) -> list[dict[str, Any]]:
    """Judges clusters by those that the true pairs make, whatever weighs them."""
    pairs = truth.pairs.with_columns(match_weight=pl.lit(1.0))
    true = clusters_of(pairs, clusters.records, ClusterRules()).records["cluster"].to_numpy()
    found = np.asarray(clusters.records["cluster"].to_numpy())
    return [_row(of, measure(found, true)) for of, measure in _MEASURES.items()]


def _row(of: str, shares: Shares) -> dict[str, Any]:
    precision, recall = shares.precision_range, shares.recall_range
    return {
        "of": of,
        "found": shares.found,
        "true": shares.true,
        "precision": {"value": shares.precision, "low": precision.low, "high": precision.high},
        "recall": {"value": shares.recall, "low": recall.low, "high": recall.high},
    }
