"""Reasons: why each missed and each false match came about, and how often each reason is given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import polars as pl

from linkage.causes import alike_by_error, differences, explained
from linkage.compare import digits_of
from linkage.decide import LINKED
from linkage.losses import STAGES, is_lost
from linkage.proportions import share_columns
from linkage.roles import role_by_name

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from linkage.known import Known
    from linkage.losses import Ends
    from linkage.weighed import Weighed

ALL_AGREE: Final = "all that is compared agrees"


class Wrong(NamedTuple):
    """Missed or false matches, with their reasons.

    Attributes:
        pairs: The listing, a row a pair: `left`, `right` (UInt32, positions), `match_weight`
            (Float64), `stage` (String: where a true pair was lost, as in `linkage.losses.STAGES`;
            for a false match, how the two are related), `reason` (String).
        causes: `row` (UInt32, in `pairs`), `column`, `what`, `side` (String): a row for each cause
            of a pair. Its reason is its causes put together.
    """

    pairs: pl.DataFrame
    causes: pl.DataFrame


def missed_matches(known: Known, weighed: Weighed, ends: Ends) -> Wrong:
    """Lists missed matches.

    The causes of one are its compared columns that do not agree at their first level. Where the log
    of errors is known, `what` is the error that hit the column, and `side` in which file: one row
    for each; a column that no error hit, as people do move and marry, has its level and "no error
    logged". Otherwise `what` is the level, or that it differs, and `side` says where a value is
    missing.

    Args:
        known: The true pairs.
        weighed: The match.
        ends: Where each true pair ended.

    Returns:
        The listing, in the order of the true pairs.
    """
    at = np.flatnonzero(is_lost(ends))
    left, right = known.left[at], known.right[at]
    causes = differences(weighed, ends.pattern[at], left, right)
    if known.cells is not None:
        causes = explained(causes, known.cells, left, right, itself=weighed.itself)
    stages = pl.Series(STAGES).gather(ends.stage[at].astype(np.uint32))
    return _wrong(left, right, ends.bits[at], stages, causes)


def false_matches(known: Known, weighed: Weighed, place: NDArray[np.int64]) -> Wrong:
    """Lists false matches: how the two are related, and what differs between them.

    Where the log of errors is known, columns that agree though an error hit one of them are causes
    too, as a number that is another person's.

    Args:
        known: The true pairs, and homes where they are known; otherwise the column that is taken
            for a postcode says who lives together.
        weighed: The match.
        place: Of each weighed pair, its place among the true ones.

    Returns:
        The listing, in order of positions.
    """
    at = np.flatnonzero((weighed.fate == LINKED) & (place < 0))
    at = at[np.lexsort((weighed.right[at], weighed.left[at]))]
    left, right = weighed.left[at], weighed.right[at]
    causes = differences(weighed, weighed.pattern[at], left, right)
    if known.cells is not None:
        alike = alike_by_error(weighed, weighed.pattern[at], left, right, known.cells)
        causes = pl.concat([causes, alike]).sort("row", maintain_order=True)
    relation = _relation(known, weighed, weighed.pattern[at], left, right)
    partners = (known.right, known.left) if weighed.itself else (known.right,)
    has_partner = np.isin(right, np.concatenate(partners))
    partner = pl.Series(["; the right one has no match", "; the right one has another match"])
    stages = relation + partner.gather(has_partner.astype(np.uint32))
    return _wrong(left, right, weighed.bits[at], stages, causes)


def reasons_table(wrong: Wrong) -> pl.DataFrame:
    """Counts the reasons: each pair has one, so that shares add up to 1.

    Args:
        wrong: Missed or false matches.

    Returns:
        `stage`, `reason` (String), `pairs`, `out_of` (Int64: all pairs listed), `share`,
        `share_low`, `share_high` (Float64), from the most frequent down.
    """
    counted = wrong.pairs.group_by("stage", "reason").agg(pl.len().cast(pl.Int64).alias("pairs"))
    return _with_shares(counted, wrong.pairs.height, ("stage", "reason"))


def causes_table(wrong: Wrong) -> pl.DataFrame:
    """Counts the causes: a pair may have several, so that shares add up to more than 1.

    Args:
        wrong: Missed or false matches.

    Returns:
        `stage`, `column`, `what`, `side` (String), `pairs`, `out_of` (Int64: all pairs listed),
        `share`, `share_low`, `share_high` (Float64), from the most frequent down.
    """
    stages = wrong.pairs.select("stage").with_row_index("row")
    keys = ("stage", "column", "what", "side")
    counted = (
        wrong.causes.join(stages, on="row")
        .group_by(keys)
        .agg(pl.col("row").n_unique().cast(pl.Int64).alias("pairs"))
    )
    return _with_shares(counted, wrong.pairs.height, keys)


def _with_shares(counted: pl.DataFrame, out_of: int, keys: tuple[str, ...]) -> pl.DataFrame:
    ordered = counted.sort("pairs", *keys, descending=[True, *(False for _ in keys)])
    shares = share_columns("share", ordered["pairs"].to_numpy(), out_of)
    return ordered.select(*keys, "pairs", pl.lit(out_of, dtype=pl.Int64).alias("out_of")).hstack(
        pl.DataFrame(shares)
    )


def _wrong(
    left: NDArray[np.int32],
    right: NDArray[np.int32],
    bits: NDArray[np.float64],
    stages: pl.Series,
    causes: pl.DataFrame,
) -> Wrong:
    side = pl.when(pl.col("side") == "").then(pl.lit("")).otherwise(" (" + pl.col("side") + ")")
    said = causes.select("row", (pl.col("column") + ": " + pl.col("what") + side).alias("reason"))
    by_pair = said.group_by("row", maintain_order=True).agg(pl.col("reason").str.join("; "))
    pairs = pl.DataFrame(
        {
            "left": left.astype(np.uint32),
            "right": right.astype(np.uint32),
            "match_weight": bits,
            "stage": stages,
        }
    )
    told = pairs.with_row_index("row").join(by_pair, on="row", how="left", maintain_order="left")
    return Wrong(told.drop("row").with_columns(pl.col("reason").fill_null(ALL_AGREE)), causes)


def _relation(
    known: Known,
    weighed: Weighed,
    pattern: NDArray[np.int32],
    left: NDArray[np.int32],
    right: NDArray[np.int32],
) -> pl.Series:
    """Says what two people have in common who were taken for one."""
    digits = digits_of(weighed.comparisons, pattern.astype(np.int64))
    same = {
        role_by_name(each.column) or each.column: digit == each.radix - 1
        for each, digit in zip(weighed.comparisons, digits.T, strict=True)
    }
    nobody = np.zeros(len(left), dtype=np.bool_)
    surname, born = (same.get(name, nobody) for name in ("surname", "date_of_birth"))
    together, word = same.get("postcode", nobody), "postcode"
    if known.homes is not None:
        homes = (known.homes[0], known.homes[0] if weighed.itself else known.homes[1])
        together = (homes[0][left] == homes[1][right]) & (homes[0][left] >= 0)
        word = "home"
    words = (
        "two people",
        "two people of one date of birth",
        "two people of one surname",
        "two people of one surname and date of birth",
        f"two people of one {word}",
        f"two people of one {word} and date of birth",
        f"two people of one {word} and surname",
        f"two people of one {word}, surname and date of birth, as twins are",
    )
    return pl.Series(words).gather(together * 4 + surname * 2 + born * 1)
