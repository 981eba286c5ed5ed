"""Groups of records: for whom a match is good, and whom it leaves out.

Whether those who were linked are like those who were not is asked for by the guidance for studies
of linked data: GUILD (Gilbert et al. 2018, Journal of Public Health 40: 191-198) and RECORD
(Benchimol et al. 2015, PLoS Medicine 12: e1001885).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import polars as pl

from linkage.intervals import Z_95
from linkage.proportions import Proportion, proportion
from linkage.small_counts import MOST_HIDDEN, rounded, with_small_hidden

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

MOST_GROUPS: Final = 50
MISSING: Final = "missing"
SMALL: Final = "small groups together"

_SHARES: Final = {
    "by": pl.String,
    "side": pl.String,
    "group": pl.String,
    "measure": pl.String,
    "count": pl.Int64,
    "out_of": pl.Int64,
    "value": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
}
_BALANCE: Final = {
    "by": pl.String,
    "side": pl.String,
    "group": pl.String,
    "linked": pl.Int64,
    "all_linked": pl.Int64,
    "unlinked": pl.Int64,
    "all_unlinked": pl.Int64,
    "difference": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
}


@dataclass(frozen=True)
class RecordGroups:
    """What group each record of a file is in.

    Attributes:
        name: What they are grouped by, such as a column.
        side: Of which file the records are.
        labels: Names of the groups.
        codes: Place of each record's group in `labels`, int64, shape (records,).
    """

    name: str
    side: Literal["left", "right"]
    labels: tuple[str, ...]
    codes: NDArray[np.int64] = field(repr=False)


def groups_of(
    name: str, side: Literal["left", "right"], values: pl.Series, *, hide_small: bool
) -> RecordGroups:
    """Puts records into groups by a column.

    Args:
        name: What the grouping is called.
        side: Of which file the records are.
        values: The group of each record, String, null where it is missing.
        hide_small: Whether groups of up to 7 records go together, without their names.

    Returns:
        The groups, in alphabetical order; those that are missing and those that are small last.

    Raises:
        ValueError: If there are none, or more than 50. The message holds none of their names.
    """
    counts = values.drop_nulls().value_counts(sort=False, name="records").sort(values.name)
    least = MOST_HIDDEN + 1 if hide_small else 1
    large = counts.filter(pl.col("records") >= least)[values.name]
    if not 0 < len(large) <= MOST_GROUPS:
        raise ValueError(
            f"holds {counts.height:,} different values; up to {MOST_GROUPS} groups are told apart, "
            f"each of {least} records or more, such as of sex, age band or area"
        )
    names = [*large.to_list(), MISSING]
    codes = values.replace_strict(large, np.arange(len(large)), default=-1, return_dtype=pl.Int64)
    placed = codes.to_numpy().copy()
    placed[values.is_null().to_numpy()] = len(large)
    if (placed < 0).any():
        names.append(SMALL)
        placed[placed < 0] = len(large) + 1
    return RecordGroups(name, side, tuple(names), placed)


@dataclass(frozen=True)
class PairsJudged:
    """Pairs, each a success or not.

    Attributes:
        measure: What the share of successes is called.
        left: Positions of left records, int32, shape (pairs,).
        right: Positions of right records.
        successes: bool, shape (pairs,).
        clusters: Pairs about one person, as small non-negative whole numbers.
    """

    measure: str
    left: NDArray[np.int32] = field(repr=False)
    right: NDArray[np.int32] = field(repr=False)
    successes: NDArray[np.bool_] = field(repr=False)
    clusters: NDArray[np.int64] = field(repr=False)


def shares_by_group(
    groupings: Sequence[RecordGroups], judged: Sequence[PairsJudged], *, hide_small: bool
) -> pl.DataFrame:
    """Gives the share of successes by group.

    Args:
        groupings: The groups. A pair is in that of its record on the grouping's side.
        judged: The pairs.
        hide_small: Whether small counts are hidden (see `linkage.small_counts`).

    Returns:
        `by`, `side`, `group`, `measure` (String), `count`, `out_of` (Int64), `value`, `low`, `high`
        (Float64, 95 %), for each group that has pairs.
    """
    rows = []
    for grouping in groupings:
        for pairs in judged:
            codes = grouping.codes[getattr(pairs, grouping.side)]
            for label, share in zip(grouping.labels, _by_code(grouping, pairs, codes), strict=True):
                if share.out_of:
                    numbers = (share.count, share.out_of, share.value, share.low, share.high)
                    rows.append((grouping.name, grouping.side, label, pairs.measure, *numbers))
    table = pl.DataFrame(rows, schema=_SHARES, orient="row")
    shares = ("value", "low", "high")
    return with_small_hidden(table, "count", "out_of", shares) if hide_small else table


def _by_code(
    grouping: RecordGroups, pairs: PairsJudged, codes: NDArray[np.int64]
) -> list[Proportion]:
    order = np.argsort(codes, kind="stable")
    ends = np.searchsorted(codes[order], np.arange(len(grouping.labels) + 1))
    chosen = (order[ends[code] : ends[code + 1]] for code in range(len(grouping.labels)))
    return [proportion(pairs.successes[at], pairs.clusters[at]) for at in chosen]


def linked_against_unlinked(
    groupings: Sequence[RecordGroups],
    linked: tuple[NDArray[np.bool_], NDArray[np.bool_]],
    *,
    hide_small: bool,
) -> pl.DataFrame:
    """Compares records that were linked with those that were not; no truth is needed.

    The standardised difference is (p - q) / sqrt((p (1 - p) + q (1 - q)) / 2) of the shares p and q
    of linked and of unlinked records that are in the group; beyond 0.1 either way is commonly
    called an imbalance (Austin 2009, Communications in Statistics 38: 1228-1234). Its range
    is from the standard error of Hedges and Olkin (1985).

    Args:
        groupings: The groups.
        linked: Whether each left, and each right, record was linked.
        hide_small: Whether small counts are hidden.

    Returns:
        `by`, `side`, `group` (String), `linked` and `unlinked` (Int64, records of the group),
        `all_linked` and `all_unlinked` (Int64, what these are out of), `difference`, `low`, `high`
        (Float64; not there where all or no records are linked).
    """
    rows = []
    for grouping in groupings:
        is_linked = linked[grouping.side == "right"]
        size = len(grouping.labels)
        yes = np.bincount(grouping.codes[is_linked], minlength=size)
        no = np.bincount(grouping.codes[~is_linked], minlength=size)
        for label, ours, theirs in zip(grouping.labels, yes.tolist(), no.tolist(), strict=True):
            if ours + theirs:
                numbers = (ours, int(yes.sum()), theirs, int(no.sum()))
                rows.append((grouping.name, grouping.side, label, *numbers, *_difference(*numbers)))
    table = pl.DataFrame(rows, schema=_BALANCE, orient="row")
    return _balance_hidden(table) if hide_small else table


def _difference(
    linked: int, all_linked: int, unlinked: int, all_unlinked: int
) -> tuple[float | None, float | None, float | None]:
    if not all_linked or not all_unlinked:
        return None, None, None
    p, q = linked / all_linked, unlinked / all_unlinked
    spread = float(np.sqrt((p * (1 - p) + q * (1 - q)) / 2))
    if spread == 0:
        return (0.0, 0.0, 0.0) if p == q else (None, None, None)
    difference = (p - q) / spread
    records = all_linked + all_unlinked
    error = np.sqrt(records / (all_linked * all_unlinked) + difference**2 / (2 * records))
    return difference, float(difference - Z_95 * error), float(difference + Z_95 * error)


def _balance_hidden(table: pl.DataFrame) -> pl.DataFrame:
    counts = ("linked", "unlinked", "all_linked", "all_unlinked")
    few = pl.min_horizontal(
        "linked",
        "unlinked",
        pl.col("all_linked") - pl.col("linked"),
        pl.col("all_unlinked") - pl.col("unlinked"),
    )
    is_told = few > MOST_HIDDEN
    return table.with_columns(
        *(rounded(pl.col(name)).alias(name) for name in counts),
        *(pl.when(is_told).then(pl.col(name).round(2)) for name in ("difference", "low", "high")),
    )
