"""Quality of clusters, against the clusters that are right: by pair, by cluster and by record.

Sources:
    Bagga and Baldwin 1998, LREC workshop on linguistic coreference (B-cubed).
    Menestrina, Whang and Garcia-Molina 2010, PVLDB 3(1): 208-219 (measures of entity resolution).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from linkage.intervals import wilson

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from linkage.intervals import Interval


@dataclass(frozen=True)
class Shares:
    """Precision and recall with what they are out of.

    Attributes:
        right: What is right: pairs, clusters, or records counted by their shares.
        found: Precision is out of these.
        true: Recall is out of these.
    """

    right: tuple[float, float]
    found: int
    true: int

    @property
    def precision(self) -> float | None:
        """Share of what was found that is right; None where nothing was found."""
        return self.right[0] / self.found if self.found else None

    @property
    def recall(self) -> float | None:
        """Share of what is true that was found; None where nothing is true."""
        return self.right[1] / self.true if self.true else None

    @property
    def precision_range(self) -> Interval[float]:
        """Wilson's 95 % interval of precision, as if all that was found were independent."""
        return wilson(self.right[0], self.found)

    @property
    def recall_range(self) -> Interval[float]:
        """Wilson's 95 % interval of recall, likewise."""
        return wilson(self.right[1], self.true)


def by_pair(found: NDArray[np.integer], true: NDArray[np.integer]) -> Shares:
    """Judges pairs of records: both within one cluster, found and true.

    Args:
        found: Cluster of each record, shape (records,).
        true: The cluster that is right.

    Returns:
        Pairs found rightly, of all pairs within clusters found and within true ones.
    """
    both, ours, theirs = _sizes(found, true)
    right = _pairs(both["records"])
    return Shares((right, right), _pairs(ours["records"]), _pairs(theirs["records"]))


def by_cluster(found: NDArray[np.integer], true: NDArray[np.integer]) -> Shares:
    """Judges whole clusters: a cluster is right if it holds the records of a true one, no other.

    Args:
        found: Cluster of each record, shape (records,).
        true: The cluster that is right.

    Returns:
        Clusters found rightly, of those found and of the true ones; clusters of one are among them.
    """
    both, ours, theirs = _sizes(found, true)
    right = both.join(ours, on="found", suffix="_found").join(theirs, on="true", suffix="_true")
    whole = right.filter(
        (pl.col("records") == pl.col("records_found"))
        & (pl.col("records") == pl.col("records_true"))
    ).height
    return Shares((whole, whole), ours.height, theirs.height)


def b_cubed(found: NDArray[np.integer], true: NDArray[np.integer]) -> Shares:
    """Judges records: what share of a record's cluster is rightly with it, and how much of its own.

    Args:
        found: Cluster of each record, shape (records,).
        true: The cluster that is right.

    Returns:
        Sums of each record's precision and recall, out of all records.
    """
    both, ours, theirs = _sizes(found, true)
    right = both.join(ours, on="found", suffix="_found").join(theirs, on="true", suffix="_true")
    right = right.sort("found", "true")
    squared = right["records"].cast(pl.Float64).to_numpy() ** 2
    sums = [float((squared / right[f"records_{side}"].to_numpy()).sum())
            for side in ("found", "true")]  # fmt: skip
    return Shares((sums[0], sums[1]), len(found), len(found))


def _sizes(
    found: NDArray[np.integer], true: NDArray[np.integer]
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Counts records by both clusters, by the found and by the true one."""
    if len(found) != len(true):
        raise ValueError(f"{len(found):,} records were clustered and {len(true):,} are known")
    table = pl.DataFrame({"found": found, "true": true})
    both = table.group_by("found", "true").len("records")
    ours = both.group_by("found").agg(pl.col("records").sum())
    theirs = both.group_by("true").agg(pl.col("records").sum())
    return both, ours, theirs


def _pairs(sizes: pl.Series) -> int:
    """Counts pairs within groups of these sizes."""
    of = sizes.cast(pl.Int64)
    return int((of * (of - 1) // 2).sum())
