"""Many files: matched in one pass, all stacked, so that weights are learnt once; then clusters."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from linkage.cluster_rules import ClusterRules
from linkage.clusters import clusters_of
from linkage.matcher import match

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from linkage.clusters import Clusters
    from linkage.match_plan import MatchPlan
    from linkage.matched import Matched

SOURCE = "source"
"""Column that names the file of a record, where a plan names none."""


@dataclass(frozen=True)
class MatchedMany:
    """Records of many files, matched and put into clusters.

    Attributes:
        records: All records, file after file in the order given: the plan's columns, the column
            that names the file, and `row` (UInt32), the position in that file.
        matched: The match of all records with one another; positions are of `records`.
        clusters: Clusters of `records`.
    """

    records: pl.DataFrame = field(repr=False)
    matched: Matched = field(repr=False)
    clusters: Clusters = field(repr=False)


def match_many(
    files: Mapping[str, pl.DataFrame],
    plan: MatchPlan,
    *,
    seed: int = 1,
    progress: Callable[[str, float], None] | None = None,
) -> MatchedMany:
    """Matches every pair of files, and each within itself, in one pass.

    A plan's `gap` is between all candidates of a record, whatever their file: with it, somebody
    with three like records is linked by none of them.

    Args:
        files: Records by name of file: the plan's columns, as String; dates as ISO text. A column
            that a file lacks is missing in all its records.
        plan: How to match, and the rules of clusters; `source` of these is the name of the column
            that is made of the files' names.
        seed: From which random pairs are drawn.
        progress: Told each step, and what share of it is done.

    Returns:
        Records, pairs and clusters.

    Raises:
        ValueError: If no file has a column that the plan names, if a file has the column of
            sources itself, if the rules name a file that is not there, or the plan is more than
            the engine can do.
    """
    rules = with_source(plan)
    _check(files, rules, columns_of(plan))
    records = stacked(files, rules, columns_of(plan))
    matched = match(records, None, plan, seed=seed, progress=progress)
    return MatchedMany(records, matched, clusters_of(matched.pairs, records, rules))


def stacked(
    files: Mapping[str, pl.DataFrame], rules: ClusterRules, columns: tuple[str, ...]
) -> pl.DataFrame:
    """Puts files under one another, as `MatchedMany.records`."""
    nothing = pl.lit(None, dtype=pl.String)
    frames = [
        frame.select(
            *(name if name in frame.columns else nothing.alias(name) for name in columns),
            pl.lit(file).alias(rules.source),
            pl.int_range(pl.len(), dtype=pl.UInt32).alias("row"),
        )
        for file, frame in files.items()
    ]
    return pl.concat(frames)


def with_source(plan: MatchPlan) -> ClusterRules:
    """Gives a plan's rules of clusters, with a name for the column of files where it has none."""
    rules = plan.clusters or ClusterRules()
    return rules if rules.source else rules.model_copy(update={"source": SOURCE})


def columns_of(plan: MatchPlan) -> tuple[str, ...]:
    """Gives every column of files that a plan reads, each once; not that of sources."""
    rules = [each for rule in (*plan.blocking, *plan.deterministic) for each in rule]
    named = [each.column for each in plan.comparisons]
    named += [each.partition(":")[0] for each in rules]
    clusters = plan.clusters or ClusterRules()
    named += [column for column in clusters.columns if column != clusters.source]
    return tuple(dict.fromkeys(named))


def _check(
    files: Mapping[str, pl.DataFrame], rules: ClusterRules, columns: tuple[str, ...]
) -> None:
    """Refuses files and rules that do not fit, with everything that is wrong."""
    if not files:
        raise ValueError("give at least one file")
    there = {column for frame in files.values() for column in frame.columns}
    wrong = [
        f"column {name} is in none of the files {', '.join(files)}"
        for name in columns
        if name not in there
    ]
    made = {rules.source, "row"} & there
    wrong += [f"column {name} is made here; call it otherwise" for name in sorted(made)]
    wrong += [
        f"free_of_duplicates names {name}, and the files are {', '.join(files)}"
        for name in rules.free_of_duplicates
        if name not in files
    ]
    if wrong:
        raise ValueError("; ".join(wrong))
