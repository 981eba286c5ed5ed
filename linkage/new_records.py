"""New records: weighed as was learnt before, and put into clusters that there are, or new ones."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from linkage.cluster_rules import ClusterRules
from linkage.clusters import clusters_of
from linkage.many_files import columns_of, with_source
from linkage.matcher import match

if TYPE_CHECKING:
    from linkage.clusters import Clusters
    from linkage.learnt import Learnt
    from linkage.match_plan import MatchPlan


@dataclass(frozen=True)
class Added:
    """Records that were added to clusters.

    Attributes:
        clusters: Clusters of all records, those of before first, the new ones after them.
        records: All of them, in this order.
        pairs: Pairs with a new record, as in `Matched`; positions are of `records`.
        joined: `before`, `cluster` (UInt32): clusters of before that a new record has brought
            together, and the number that they have now.
    """

    clusters: Clusters = field(repr=False)
    records: pl.DataFrame = field(repr=False)
    pairs: pl.DataFrame = field(repr=False)
    joined: pl.DataFrame = field(repr=False)


def match_new(
    new: pl.DataFrame,
    clusters: Clusters,
    records: pl.DataFrame,
    plan: MatchPlan,
    learnt: Learnt,
) -> Added:
    """Adds records to clusters, best link first; nothing is learnt and no cluster comes apart.

    A new record joins the best cluster that it does not conflict with, or founds one. One that is
    linked to two clusters brings them together where no rule forbids it; so records added in two
    batches give the clusters of records added at once, as long as no link is refused and no block
    is too large.

    Args:
        new: Records, with the columns that the plan and its rules name; others of `records` are
            null where they lack them.
        clusters: Clusters of `records`.
        records: Records of before: the plan's columns as String, and the column of sources.
        plan: The plan with which the weights were learnt; its `one_to_one` means nothing here.
        learnt: From the match of before, `Matched.learnt`; always the first one's, however many
            batches come.

    Returns:
        Clusters of all records, and what is new.

    Raises:
        ValueError: If clusters are not those of the records, columns are lacking, the plan asks for
            a gap (a record's best candidate may still come), or the weights are of another plan.
    """
    # Clusters of many files have sources even where the plan names none.
    has_source = "source" in clusters.records.columns
    rules = with_source(plan) if has_source else plan.clusters or ClusterRules()
    _check(new, clusters, records, plan, (*columns_of(plan), *rules.columns))
    known_columns = [name for name in records.columns if name in new.columns]
    together = pl.concat([records, new.select(known_columns)], how="diagonal")
    apart = plan.model_copy(update={"one_to_one": "none"})
    height = records.height
    across = match(records, new, apart, learnt=learnt).pairs.with_columns(pl.col("right") + height)
    within = match(new, None, apart, learnt=learnt).pairs.with_columns(
        pl.col("left", "right") + height
    )
    pairs = pl.concat([across, within]).sort("left", "right")
    known = pl.concat(
        [table.select("left", "right", "match_weight")
         for table in (clusters.links, clusters.refused, _links(pairs))]
    )  # fmt: skip
    number = clusters.records["cluster"].cast(pl.Int64).to_numpy()
    before = np.concatenate([number, np.full(new.height, -1)])
    found = clusters_of(known, together, rules, before=before)
    now = found.records["cluster"].head(height)
    moved = pl.DataFrame({"before": clusters.records["cluster"], "cluster": now})
    joined = moved.filter(pl.col("before") != pl.col("cluster")).unique().sort("before")
    return Added(found, together, pairs, joined)


def _links(pairs: pl.DataFrame) -> pl.DataFrame:
    return pairs.filter(pl.col("decision") == "link")


def _check(
    new: pl.DataFrame,
    clusters: Clusters,
    records: pl.DataFrame,
    plan: MatchPlan,
    columns: tuple[str, ...],
) -> None:
    """Refuses what does not fit together."""
    if clusters.records.height != records.height:
        raise ValueError(
            f"the clusters are of {clusters.records.height:,} records, and {records.height:,} were "
            "given; give those from which the clusters were made"
        )
    lacking = [name for name in dict.fromkeys(columns) if name not in new.columns]
    if lacking:
        raise ValueError(f"the new records lack columns of the plan: {', '.join(lacking)}")
    if plan.gap.value > 0:
        raise ValueError(
            "gap: a record's best candidate may come with a later batch; match new records with a "
            "plan whose gap is 0"
        )
