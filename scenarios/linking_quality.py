"""Quality of a linkage of supplied files, where a file says which pairs are true."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from linkage.decide import best_first, greedy
from linkage.intervals import wilson
from scenarios.linking_files import read_table
from scenarios.problems import Problem, SuppliedError, nearest

if TYPE_CHECKING:
    from pathlib import Path

    from scenarios.linking_files import SuppliedFile

THRESHOLDS: Final = (0.5, 0.8, 0.9, 0.95, 0.99, 0.999, 0.9999)
_PAIR: Final = ("left", "right")
_COLUMNS: Final = ("left_id", "right_id")


@dataclass(frozen=True)
class TruePairs:
    """Pairs that are true, as somebody says.

    Attributes:
        pairs: `left`, `right` (UInt32): positions of records, each pair once; in one file the
            smaller position is the left one.
        elsewhere: Pairs of the file of which a record is in neither file; they are not counted.
    """

    pairs: pl.DataFrame
    elsewhere: int


def read_truth(path: Path, left: SuppliedFile, right: SuppliedFile | None) -> TruePairs:
    """Reads a file of true pairs: `left_id`, `right_id`.

    Args:
        path: CSV or Parquet.
        left: The left file.
        right: The right file; null for duplicates in one.

    Raises:
        SuppliedError: If it cannot be read, a column is missing, or no pair is of these files.
    """
    _, table = read_table(path)
    lacking = [name for name in _COLUMNS if name not in table.columns]
    if lacking:
        names = ", ".join(table.columns)
        raise SuppliedError(
            [
                Problem(str(path), None, f"column {name}", None,
                        f"is required; columns here: {names}", nearest(name, table.columns))
                for name in lacking
            ]
        )  # fmt: skip
    asked = table.select(pl.col(_COLUMNS).cast(pl.String).str.strip_chars())
    other = left if right is None else right
    found = asked.join(_positions(left, "left"), left_on="left_id", right_on="id").join(
        _positions(other, "right"), left_on="right_id", right_on="id"
    )
    if not found.height:
        ids = f"`{left.id_column}`" if left.id_column else "the row, from 1, as there is no id"
        rule = f"no pair is of records in these files; ids are {ids}; name another with --id"
        raise SuppliedError([Problem(str(path), None, "", None, rule)])
    elsewhere = asked.height - found.height
    return TruePairs(_each_once(found, one_file=right is None), elsewhere)


def quality(
    pairs: pl.DataFrame, truth: TruePairs, *, one_file: bool, once: bool
) -> list[dict[str, Any]]:
    """Says how many pairs are right and how many were found, for the links and at thresholds.

    Args:
        pairs: `left`, `right`, `match_weight`, `match_probability`, `decision`, as a match gives
            them.
        truth: The true pairs.
        one_file: Whether both sides are one file, so that a pair has no direction.
        once: Whether a record is linked once at most; at a threshold, pairs are then taken best
            first, each record once.

    Returns:
        A row for the links, then one for each threshold: counts, precision, recall and F, each
        with its 95 % interval. Pairs below the threshold for review are not there, so a threshold
        below it says the same as that.
    """
    is_true = truth.pairs.with_columns(is_true=True)
    probability = pl.col("match_probability")
    judged = _each_once(
        pairs, one_file=one_file, keep=("match_probability", "decision", "match_weight")
    )
    judged = judged.join(is_true, on=_PAIR, how="left").with_columns(
        pl.col("is_true").is_not_null()
    )
    rows = [_row("links", judged.filter(pl.col("decision") == "link"), truth)]
    if once:
        left, right = (judged[side].cast(pl.Int32).to_numpy() for side in _PAIR)
        order = best_first(left, right, judged["match_weight"].to_numpy())
        judged = judged.filter(pl.Series(greedy(left, right, order, itself=one_file)))
    return rows + [
        _row(f"probability >= {least}", judged.filter(probability >= least), truth)
        for least in THRESHOLDS
    ]


def _row(at: str, chosen: pl.DataFrame, truth: TruePairs) -> dict[str, Any]:
    right, true = int(chosen["is_true"].sum()), truth.pairs.height
    union = chosen.height + true - right
    shared = wilson(right, union)
    return {
        "at": at,
        "pairs": chosen.height,
        "right": right,
        "true_pairs": true,
        "precision": _share(right, chosen.height),
        "recall": _share(right, true),
        # F is 2J / (1 + J) of J = right / (linked or true), a proportion, and so are its ends.
        "f": {
            "value": 2 * right / (chosen.height + true),
            "low": 2 * shared.low / (1 + shared.low),
            "high": 2 * shared.high / (1 + shared.high),
        },
    }


def _share(part: int, whole: int) -> dict[str, float | None]:
    low, high = wilson(part, whole)
    return {"value": part / whole if whole else None, "low": low, "high": high}


def _positions(file: SuppliedFile, name: str) -> pl.DataFrame:
    ids = file.ids.cast(pl.String).str.strip_chars()
    return pl.DataFrame({"id": ids, name: pl.Series(range(len(ids)), dtype=pl.UInt32)})


def _each_once(pairs: pl.DataFrame, *, one_file: bool, keep: tuple[str, ...] = ()) -> pl.DataFrame:
    """Gives each pair once; in one file, the smaller position to the left, and none with itself."""
    if not one_file:
        return pairs.select(*_PAIR, *keep).unique(_PAIR, keep="first", maintain_order=True)
    ordered = pairs.select(
        pl.min_horizontal(_PAIR).alias("left"), pl.max_horizontal(_PAIR).alias("right"), *keep
    )
    apart = ordered.filter(pl.col("left") != pl.col("right"))
    return apart.unique(_PAIR, keep="first", maintain_order=True)
