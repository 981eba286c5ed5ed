"""The truth about supplied files: true pairs in a file, or what `linkassay simulate` wrote."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import polars as pl

from linkage.known import Known, known_of
from scenarios.linking_files import read_table
from scenarios.problems import Problem, SuppliedError, nearest

if TYPE_CHECKING:
    from pathlib import Path

    from scenarios.linking_files import SuppliedFile

_PAIR: Final = ("left", "right")
_COLUMNS: Final = ("left_id", "right_id")


@dataclass(frozen=True)
class TruePairs:
    """Pairs that are true, as somebody says.

    Attributes:
        known: The pairs, by positions of records, and what else is known.
        elsewhere: Pairs of the file of which a record is in neither file; they are not counted.
    """

    known: Known
    elsewhere: int

    @property
    def pairs(self) -> pl.DataFrame:
        """The pairs as a frame: `left`, `right` (UInt32)."""
        columns = {"left": self.known.left, "right": self.known.right}
        return pl.DataFrame(columns).cast(pl.UInt32)


def read_truth(path: Path, left: SuppliedFile, right: SuppliedFile | None) -> TruePairs:
    """Reads which pairs are true.

    Args:
        path: A file of true pairs (`left_id`, `right_id`), CSV or Parquet; or the directory `truth`
            that `linkassay simulate` writes, for files of two of its agencies.
        left: The left file.
        right: The right file; null for duplicates in one.

    Raises:
        SuppliedError: If it cannot be read, a column is missing, or no pair is of these files.
    """
    if path.is_dir():
        return _simulated(path, left, right)
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
    once = _each_once(found, one_file=right is None).sort(_PAIR)
    given, taken = (once[side].cast(pl.Int32).to_numpy() for side in _PAIR)
    return TruePairs(Known(given, taken), elsewhere)


def _simulated(place: Path, left: SuppliedFile, right: SuppliedFile | None) -> TruePairs:
    """Reads the truth that was written when the records were simulated."""
    files = (left, left if right is None else right)
    ours, theirs = (
        _about(place, file, "owners", ("person_id", "home_id")).select(
            pl.col("person_id").alias("person"), pl.col("home_id").alias("home")
        )
        for file in files
    )
    cells = [_about(place, file, "cells", ("error", "field", "changed")) for file in files]
    hits = [
        each.filter(pl.col("changed") == "true").select("record", "error", "field")
        for each in cells
    ]
    return TruePairs(known_of((ours, theirs), (hits[0], hits[1]), itself=right is None), 0)


def _about(place: Path, file: SuppliedFile, what: str, columns: tuple[str, ...]) -> pl.DataFrame:
    """Reads what the truth says of a file's records: `record` (position) and columns as text.

    Of the owners, every record has a row, in order; of cells, those that there are.
    """
    name = f"{file.path.stem}-{what}"
    paths = [place / f"{name}{ending}" for ending in (".parquet", ".csv")]
    path = next((each for each in paths if each.exists()), paths[0])
    _, table = read_table(path)
    asked = ("record_id", *columns)
    lacking = [each for each in asked if each not in table.columns]
    if lacking:
        rule = f"{', '.join(lacking)} must be there, as `linkassay simulate` writes them"
        raise SuppliedError([Problem(str(path), None, "", None, rule)])
    text = table.select(pl.col(asked).cast(pl.String)).rename({"record_id": "id"})
    how: Literal["left", "inner"] = "inner"
    if what == "owners":
        how, text = "left", text.unique("id", keep="first")
    found = _positions(file, "record").join(text, on="id", how=how, maintain_order="left")
    if what == "owners" and found.select(columns).null_count().sum_horizontal()[0] == (
        len(columns) * found.height
    ):
        rule = f"says nothing of the records of {file.path}; give the truth of the same world"
        raise SuppliedError([Problem(str(path), None, "", None, rule)])
    return found


def _positions(file: SuppliedFile, name: str) -> pl.DataFrame:
    ids = file.ids.cast(pl.String).str.strip_chars()
    return pl.DataFrame({"id": ids, name: pl.Series(range(len(ids)), dtype=pl.UInt32)})


def _each_once(pairs: pl.DataFrame, *, one_file: bool) -> pl.DataFrame:
    """Gives each pair once; in one file, the smaller position to the left, and none with itself."""
    if not one_file:
        return pairs.select(_PAIR).unique(_PAIR, keep="first", maintain_order=True)
    ordered = pairs.select(
        pl.min_horizontal(_PAIR).alias("left"), pl.max_horizontal(_PAIR).alias("right")
    )
    apart = ordered.filter(pl.col("left") != pl.col("right"))
    return apart.unique(_PAIR, keep="first", maintain_order=True)
