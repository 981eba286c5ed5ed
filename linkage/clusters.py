"""Clusters: records that links say are one person's, with what was refused and why.

Connected components are the base; but one weak link must not join what is well founded, so links
are taken best first and refused where a rule of the plan forbids the join.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from linkage import normalise
from linkage.cluster_kernels import (
    BY_CONFLICT,
    BY_DENSITY,
    BY_SOURCE,
    MIXED,
    NO_VALUE,
    bridges,
    join,
)
from linkage.dictionary import MISSING, codes_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from linkage.cluster_rules import ClusterRules, Conflict

_PAIR: Final = {"left": pl.UInt32, "right": pl.UInt32, "match_weight": pl.Float64}
_NEW: Final = -1


@dataclass(frozen=True)
class Clusters:
    """Which records belong together.

    Attributes:
        records: `record`, `cluster` (UInt32), a row a record, ordered by `record`; `source`
            (String) between them where the rules name one. Records without a link are clusters of
            one. Clusters are numbered from 0 by their first record.
        links: `left`, `right` (UInt32, positions), `match_weight` (Float64, bits), `cluster`
            (UInt32) and `is_bridge` (Boolean): links within clusters, best first.
        refused: `left`, `right`, `match_weight` and `reason` (String): links between clusters,
            best first.
        metrics: A row a cluster of two records or more, by number: `cluster`, `size`, `links`
            (UInt32), `density` (Float64, links out of all pairs of its records), `weakest_link`
            (Float64, bits; null without a link), `bridges` (UInt32, links whose removal splits it).
        by_source: `cluster` (UInt32), `source` (String) and `records` (UInt32), of those clusters.
    """

    records: pl.DataFrame = field(repr=False)
    links: pl.DataFrame = field(repr=False)
    refused: pl.DataFrame = field(repr=False)
    metrics: pl.DataFrame = field(repr=False)
    by_source: pl.DataFrame = field(repr=False)


def clusters_of(
    pairs: pl.DataFrame,
    records: pl.DataFrame,
    rules: ClusterRules,
    *,
    ids: pl.Series | None = None,
    before: NDArray[np.int64] | None = None,
) -> Clusters:
    """Puts records into clusters by their links, best first.

    Links that weigh the same are taken in order of their records' ids, and clusters are numbered
    in that order: with ids, the order of rows changes nothing.

    Args:
        pairs: `left`, `right` (positions) and `match_weight`, such as `Matched.pairs` within one
            file; only those whose `decision` is `link`, where there is such a column. A pair has no
            direction, and of one that stands twice the higher weight counts.
        records: The records; holds the columns that the rules name.
        rules: What no cluster may hold.
        ids: Of the records, each once; their positions if not given.
        before: Number of the cluster that each record is in already, -1 for none; int64, shape
            (records,). These clusters never come apart and keep their numbers (of clusters that
            are joined, the lowest).

    Returns:
        The clusters.

    Raises:
        ValueError: If the records lack a column, or ids are not unique.
    """
    _check(records, rules, ids)
    number = records.height
    rank = _ranks(number, ids)
    left, right, bits = _links(pairs, rank)
    graph = _graph(left, right, number)
    given = np.arange(number, dtype=np.int32) if before is None else _firsts(before)
    needs_rules = rules.conflicts or rules.free_of_duplicates or rules.least_density.value > 0
    if needs_rules or before is not None:
        root, reason = join(
            left, right, given, _source_bits(records, rules), _agreed(records, rules),
            rules.least_density.value, graph.indptr.astype(np.int64), graph.indices,
        )  # fmt: skip
    else:
        root = connected_components(graph, directed=False)[1]
        reason = np.zeros(len(left), dtype=np.int32)
    cluster = _numbered(root, rank, before)
    links = pl.DataFrame(
        {"left": left, "right": right, "match_weight": bits}, schema_overrides=_PAIR
    )
    kept = _kept(links.filter(pl.Series(reason == 0)), cluster)
    refused = links.filter(pl.Series(reason != 0)).with_columns(
        _reasons(rules).gather(reason[reason != 0]).alias("reason")
    )
    table = pl.DataFrame({"record": np.arange(number, dtype=np.uint32), "cluster": cluster})
    if rules.source:
        source = records[rules.source].cast(pl.String).alias("source")
        table = table.insert_column(1, source)
    metrics = _metrics(table, kept)
    return Clusters(table, kept, refused, metrics, _by_source(table, metrics))


def _check(records: pl.DataFrame, rules: ClusterRules, ids: pl.Series | None) -> None:
    lacking = [column for column in rules.columns if column not in records.columns]
    if lacking:
        here = ", ".join(records.columns)
        raise ValueError(
            f"the rules of clusters name {', '.join(lacking)}, which the records do not have; "
            f"columns here: {here}"
        )
    if ids is not None and (len(ids) != records.height or ids.is_duplicated().any()):
        raise ValueError("ids must be one a record, and no two the same")


def _ranks(number: int, ids: pl.Series | None) -> NDArray[np.int64]:
    """Gives each record's place in the order of ids."""
    if ids is None:
        return np.arange(number)
    rank = np.empty(number, dtype=np.int64)
    rank[ids.arg_sort().to_numpy()] = np.arange(number)
    return rank


def _links(
    pairs: pl.DataFrame, rank: NDArray[np.int64]
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float64]]:
    """Gives links best first, each once; the record with the lower id to the left."""
    if "decision" in pairs.columns:
        pairs = pairs.filter(pl.col("decision") == "link")
    one, other = (pairs[side].cast(pl.Int32).to_numpy() for side in ("left", "right"))
    bits = pairs["match_weight"].cast(pl.Float64).to_numpy()
    apart = one != other
    one, other, bits = one[apart], other[apart], bits[apart]
    is_turned = rank[one] > rank[other]
    left, right = np.where(is_turned, other, one), np.where(is_turned, one, other)
    order = np.lexsort((rank[right], rank[left], -bits))
    left, right, bits = left[order], right[order], bits[order]
    pair = left.astype(np.int64) << 32 | right
    # np.unique is stable: of a pair that stands twice, the better one is first.
    first = np.sort(np.unique(pair, return_index=True)[1])
    return left[first], right[first], bits[first]


def _graph(left: NDArray[np.int32], right: NDArray[np.int32], records: int) -> sparse.csr_array:
    """Gives both ends of all links as a sparse matrix of the links' numbers, from 1."""
    link = np.arange(1, len(left) + 1, dtype=np.int32)
    ends = (np.concatenate([left, right]), np.concatenate([right, left]))
    graph = sparse.coo_array((np.tile(link, 2), ends), shape=(records, records)).tocsr()
    return graph.astype(np.int32)


def _source_bits(records: pl.DataFrame, rules: ClusterRules) -> NDArray[np.uint64]:
    """Gives each record the bit of its source, 0 where that may hold duplicates."""
    bits = np.zeros(records.height, dtype=np.uint64)
    if rules.free_of_duplicates:
        source = records[rules.source].cast(pl.String)
        for place, name in enumerate(rules.free_of_duplicates):
            bits[(source == name).fill_null(value=False).to_numpy()] = np.uint64(1) << np.uint64(
                place
            )
    return bits


def _agreed(records: pl.DataFrame, rules: ClusterRules) -> NDArray[np.int32]:
    """Gives the values that rules of conflict look at, as `join` takes them."""
    agreed = np.full((len(rules.conflicts), 2, records.height), NO_VALUE, dtype=np.int32)
    for number, conflict in enumerate(rules.conflicts):
        codes = [codes_of(values) for values in _compared(records, conflict)]
        there = np.all([code != MISSING for code in codes], axis=0)
        agreed[number, 0, there] = codes[0][there]
        agreed[number, 1, there] = codes[1][there] if len(codes) > 1 else MIXED
    return agreed


def _compared(records: pl.DataFrame, conflict: Conflict) -> list[pl.Series]:
    """Gives a rule's columns in comparable form."""
    forms = conflict.forms or ("as_written",) * len(conflict.columns)
    return [
        normalise.NORMALISATIONS["surname" if form == "name" else form].function(values)
        if form != "as_written"
        else normalise.as_written(values).str.to_uppercase()
        for form, values in zip(forms, records.select(conflict.columns), strict=True)
    ]


def _firsts(before: NDArray[np.int64]) -> NDArray[np.int32]:
    """Gives each record the first of its cluster, itself where it is in none."""
    firsts = np.arange(len(before), dtype=np.int32)
    inside = np.flatnonzero(before != _NEW)
    _, first, which = np.unique(before[inside], return_index=True, return_inverse=True)
    firsts[inside] = inside[first[which]]
    return firsts


def _numbered(
    root: NDArray[np.int32], rank: NDArray[np.int64], before: NDArray[np.int64] | None
) -> NDArray[np.uint32]:
    """Numbers clusters: those from before as they were, and others after them, by first record."""
    which = np.unique(root, return_inverse=True)[1]
    clusters = int(which.max(initial=-1)) + 1
    first = np.full(clusters, len(root), dtype=np.int64)
    np.minimum.at(first, which, rank)
    known = np.full(clusters, np.iinfo(np.int64).max)
    highest = _NEW
    if before is not None and len(before):
        inside = before != _NEW
        np.minimum.at(known, which[inside], before[inside])
        highest = int(before.max())
    is_new = known == np.iinfo(np.int64).max
    order = np.argsort(first[is_new])
    known[np.flatnonzero(is_new)[order]] = highest + 1 + np.arange(len(order))
    return known[which].astype(np.uint32)


def _reasons(rules: ClusterRules) -> pl.Series:
    """Gives the words for why a link was refused, by the kernel's numbers."""
    words = {
        BY_SOURCE: "two records of one source",
        BY_DENSITY: "too few links between the groups",
        **{BY_CONFLICT + place: rule.name for place, rule in enumerate(rules.conflicts)},
    }
    return pl.Series([words.get(number, "") for number in range(max(words) + 1)])


def _kept(links: pl.DataFrame, cluster: NDArray[np.uint32]) -> pl.DataFrame:
    """Gives links within clusters with the cluster, and whether each is a bridge."""
    left, right = (links[side].cast(pl.Int32).to_numpy() for side in ("left", "right"))
    graph = _graph(left, right, len(cluster))
    begins, link_of = graph.indptr.astype(np.int64), graph.data - np.int32(1)
    found = bridges(begins, graph.indices, link_of, len(left))
    return links.with_columns(
        pl.Series("cluster", cluster[left], dtype=pl.UInt32), pl.Series("is_bridge", found)
    )


def _metrics(table: pl.DataFrame, kept: pl.DataFrame) -> pl.DataFrame:
    sizes = table.group_by("cluster").len("size").filter(pl.col("size") > 1)
    graph = kept.group_by("cluster").agg(
        pl.len().alias("links"),
        pl.col("match_weight").min().alias("weakest_link"),
        pl.col("is_bridge").sum().cast(pl.UInt32).alias("bridges"),
    )
    size = pl.col("size").cast(pl.Float64)
    return (
        sizes.join(graph, on="cluster", how="left")
        .with_columns(pl.col("links", "bridges").fill_null(0))
        .with_columns((pl.col("links") / (size * (size - 1) / 2)).alias("density"))
        .select("cluster", "size", "links", "density", "weakest_link", "bridges")
        .sort("cluster")
    )


def _by_source(table: pl.DataFrame, metrics: pl.DataFrame) -> pl.DataFrame:
    if "source" not in table.columns:
        return pl.DataFrame(
            schema={"cluster": pl.UInt32, "source": pl.String, "records": pl.UInt32}
        )
    inside = table.join(metrics.select("cluster"), on="cluster", how="semi")
    return inside.group_by("cluster", "source").len("records").sort("cluster", "source")
