"""Supplied files: CSV or Parquet read as columns of text, or refused with everything wrong at once.

No value of a file is ever part of a message: messages name the file, the row or the column, the
rule, and what to try.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import polars as pl

from linkage.roles import RECORD_IDS, plain
from scenarios.csv_files import read_csv
from scenarios.file_labels import labels_of
from scenarios.problems import Problem, SuppliedError, nearest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from simulator.schema import TokenLabel

_PARQUET: Final = b"PAR1"
_EXCEL: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # first bytes of .xlsx and .xls
_PROVENANCE: Final = "provenance"
_LISTED: Final = 5  # rows that are named where many are wrong
_WHOLE: Final = 2.0**53  # beyond this, a Float64 need not be the whole number that was meant


@dataclass(frozen=True)
class SuppliedFile:
    """A file that somebody supplied, in order of its ids: so no link depends on the order of rows.

    Attributes:
        path: Where it was read.
        kind: `CSV` or `Parquet`.
        frame: Its columns as text, without blanks around; null where a value is missing. The column
            of ids is not among them.
        ids: The id of each record: as in the file, or the row, from 1, where it has none.
        id_column: Name of the column of ids; empty where rows are numbered.
        labels: How columns of tokens and codes were made, where the file says so; by column.
    """

    path: Path
    kind: str
    frame: pl.DataFrame
    ids: pl.Series
    id_column: str
    labels: Mapping[str, TokenLabel] = field(default_factory=dict)

    def __repr__(self) -> str:
        """Shows no record."""
        return f"SuppliedFile({self.path}, {self.frame.height} rows, {self.frame.width} columns)"


def read_supplied(path: Path, id_column: str | None) -> SuppliedFile:
    """Reads a file of records.

    Args:
        path: A CSV or Parquet file; told apart by their content.
        id_column: The column of ids that was asked for; null to look for one.

    Returns:
        The file.

    Raises:
        SuppliedError: If it cannot be used; holds every problem.
    """
    kind, table = read_table(path)
    if not table.height:
        raise SuppliedError([_problem(path, "holds no rows; a header alone cannot be linked")])
    found = _id_column(path, table, id_column)
    if found:  # blank lines are no records; where rows are numbered, they keep their numbers
        table = table.filter(~pl.all_horizontal(pl.all().is_null()))
    ids = table[found] if found else pl.Series("row", range(1, table.height + 1))
    _check_ids(path, ids, found)
    rest = table.drop([name for name in (found, _PROVENANCE) if name in table.columns])
    if not rest.width:
        raise SuppliedError([_problem(path, "holds nothing besides ids; nothing can be compared")])
    text = rest.select(as_text(rest[name]) for name in rest.columns)
    if all(text[name].null_count() == text.height for name in text.columns):
        raise SuppliedError([_problem(path, "holds no value in any column besides the id")])
    order = ids.arg_sort()
    labels = labels_of(path, kind)
    return SuppliedFile(path, kind, text[order], ids.gather(order), found, labels)


def read_table(path: Path) -> tuple[str, pl.DataFrame]:
    """Reads a file as it is.

    Returns:
        `CSV` or `Parquet`, and the table; every column of a CSV is text, and blank ones are null.

    Raises:
        SuppliedError: If it cannot be read, or a column cannot be compared.
    """
    content = _content(path)
    if content.startswith(_EXCEL):
        rule = "a spreadsheet; save it as `CSV UTF-8` and give that"
        raise SuppliedError([_problem(path, rule)])
    if content.startswith(_PARQUET) or path.suffix.lower() in (".parquet", ".pq"):
        return "Parquet", _checked(path, _codes_as_text(path, _parquet(path, content)))
    return "CSV", read_csv(path, content)


def _content(path: Path) -> bytes:
    try:
        if path.is_dir():
            inside = sorted(p.name for p in path.iterdir() if p.suffix in (".csv", ".parquet"))
            more = f"; in it: {', '.join(inside[:_LISTED])}" if inside else ""
            raise SuppliedError([_problem(path, f"a directory; give a CSV or Parquet file{more}")])
        content = path.read_bytes()
    except FileNotFoundError:
        beside = [each.name for each in path.parent.glob("*")] if path.parent.is_dir() else []
        near = nearest(path.name, beside)
        meant = str(path.parent / near) if near else None
        raise SuppliedError([_problem(path, "there is no such file", meant)]) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a path"
        raise SuppliedError([_problem(path, f"cannot be read: {reason}")]) from None
    if not content.strip():
        raise SuppliedError([_problem(path, "empty; give a file with a header and rows")])
    return content


def _parquet(path: Path, content: bytes) -> pl.DataFrame:
    if not content.startswith(_PARQUET):
        rule = "its name says Parquet, its content does not; name it .csv if it is one"
        raise SuppliedError([_problem(path, rule)])
    if not content.endswith(_PARQUET) or len(content) < 2 * len(_PARQUET):
        rule = "a Parquet file that is cut short; copy or download it again"
        raise SuppliedError([_problem(path, rule)])
    try:
        return pl.read_parquet(content)
    except pl.exceptions.DuplicateError:
        rule = "two columns have one name; rename one of them"
        raise SuppliedError([_problem(path, rule)]) from None
    except (pl.exceptions.PolarsError, OSError, ValueError, pl.exceptions.PanicException):
        rule = "a Parquet file that is damaged; write or download it again"
        raise SuppliedError([_problem(path, rule)]) from None


def _codes_as_text(path: Path, table: pl.DataFrame) -> pl.DataFrame:
    """Gives the codes that the file says it holds as hexadecimal digits, as a CSV has them."""
    if pl.Binary not in table.dtypes:
        return table
    coded = [name for name in labels_of(path, "Parquet") if table.schema.get(name) == pl.Binary]
    return table.with_columns(pl.col(coded).bin.encode("hex"))


def _checked(path: Path, table: pl.DataFrame) -> pl.DataFrame:
    problems = []
    for place, (name, dtype) in enumerate(table.schema.items(), start=1):
        if not name.strip():
            problems.append(_problem(path, f"column {place} has no name; give it one"))
        elif dtype.is_nested() or dtype in (pl.Binary, pl.Object):
            what = "lists or tables" if dtype.is_nested() else "bytes"
            rule = f"holds {what}, which cannot be compared; leave it out, or write it as text"
            problems.append(_problem(path, rule, column=name))
    if problems:
        raise SuppliedError(problems)
    return table


def _id_column(path: Path, table: pl.DataFrame, asked: str | None) -> str:
    """Returns the column of ids; empty where there is none."""
    if asked is not None:
        if asked not in table.columns:
            names = ", ".join(table.columns)
            near = nearest(asked, table.columns)
            rule = f"has no column {asked}, which --id names; columns: {names}"
            raise SuppliedError([_problem(path, rule, near)])
        return asked
    named = [name for name in table.columns if plain(name) in RECORD_IDS]
    whole = table.filter(~pl.all_horizontal(pl.all().is_null()))
    unique = (n for n in named if not whole[n].null_count() and whole[n].n_unique() == whole.height)
    return next(unique, "")


def _check_ids(path: Path, ids: pl.Series, column: str) -> None:
    """Refuses ids that are missing or given twice: a link could not say which record it means."""
    problems = []
    if ids.null_count():
        rows = _rows(ids.is_null())
        problems.append(_problem(path, f"an id is missing in {rows}", column=column))
    is_repeated = ids.is_duplicated() & ids.is_not_null()
    if is_repeated.any():
        rule = f"the same id stands in {_rows(is_repeated)}; every record needs an id of its own"
        rule += ", or leave the column out and rows are numbered"
        problems.append(_problem(path, rule, column=column))
    if problems:
        raise SuppliedError(problems)


def _rows(chosen: pl.Series) -> str:
    """Names the rows that are chosen, from 1, the first few of them."""
    rows = (chosen.arg_true() + 1).to_list()
    more = f" and {len(rows) - _LISTED:,} more" if len(rows) > _LISTED else ""
    return f"row{'s' * (len(rows) > 1)} {', '.join(map(str, rows[:_LISTED]))}{more}"


def as_text(values: pl.Series) -> pl.Series:
    """Gives values as text: whole numbers without a point, dates as ISO text, blank as missing."""
    if values.dtype.is_float():
        is_whole = (values == values.floor()) & (values.abs() < _WHOLE)
        whole = values.zip_with(is_whole, pl.Series([None] * len(values), dtype=values.dtype))
        text = whole.cast(pl.Int64, strict=False).cast(pl.String)
        other = values.fill_nan(None).cast(pl.String)
        values = text.zip_with(text.is_not_null(), other)
    elif values.dtype != pl.String:
        values = values.cast(pl.String)
    stripped = values.str.strip_chars()
    return stripped.set(stripped == "", None)


def _problem(path: Path, rule: str, suggestion: str | None = None, column: str = "") -> Problem:
    setting = f"column {column}" if column else ""
    return Problem(str(path), None, setting, None, rule, suggestion)
