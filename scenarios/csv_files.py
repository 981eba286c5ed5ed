"""CSV files that somebody supplied: read as text, or refused with line and rule, and no value."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from typing import TYPE_CHECKING, Final

import polars as pl

from linkage.date_forms import date_share
from scenarios.problems import Problem, SuppliedError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_SEPARATORS: Final = (",", ";", "\t", "|")
_LISTED: Final = 5  # lines that are named where many are wrong
_LONGEST_FIELD: Final = 10_000_000  # characters; beyond, a quotation mark was left open
_UTF_16: Final = (b"\xff\xfe", b"\xfe\xff")


def read_csv(path: Path, content: bytes) -> pl.DataFrame:
    """Reads a CSV file.

    Args:
        path: How it is called in messages.
        content: Its bytes.

    Returns:
        Its columns as text; null where nothing stands.

    Raises:
        SuppliedError: If it cannot be read; holds every problem.
    """
    text = _decoded(path, content)
    separator = _separator(text)
    names, problems = _header(path, text, separator)
    problems += _ragged(path, text, separator, len(names))
    if problems:
        raise SuppliedError(problems)
    try:
        return pl.read_csv(
            io.BytesIO(text.strip("\r\n").encode()),
            separator=separator,
            infer_schema=False,
            has_header=True,
            new_columns=names,
        )
    except pl.exceptions.PolarsError:
        rule = "not CSV that can be read; open it in a spreadsheet and save it as `CSV UTF-8`"
        raise SuppliedError([_problem(path, None, rule)]) from None


def _decoded(path: Path, content: bytes) -> str:
    if content.startswith(_UTF_16):
        rule = "UTF-16 text, not UTF-8; save it as `CSV UTF-8`"
        raise SuppliedError([_problem(path, 1, rule)])
    if b"\0" in content:
        line = content.count(b"\n", 0, content.index(b"\0")) + 1
        rule = "not text; give a CSV or Parquet file"
        raise SuppliedError([_problem(path, line, rule)])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        rule = "not UTF-8 text; save it as `CSV UTF-8`"
        raise SuppliedError([_problem(path, line, rule)]) from None
    return text if "\n" in text else text.replace("\r", "\n")


def _separator(text: str) -> str:
    """Returns what separates columns: that of the known signs which the first line has most."""
    first = text.lstrip("\r\n").partition("\n")[0]
    return max(_SEPARATORS, key=first.count)


def _header(path: Path, text: str, separator: str) -> tuple[list[str], list[Problem]]:
    """Returns the names of columns, and what is wrong with them; names themselves are not shown.

    A file without a header has values where names should be.
    """
    try:
        names = [name.strip() for name in next(_records(text, separator))]
    except csv.Error:
        return [], [_problem(path, 1, "a quotation mark is not closed")]
    problems = []
    like_values = [str(place) for place, name in enumerate(names, start=1) if _is_value(name)]
    if like_values:
        where = f"column{'s' * (len(like_values) > 1)} {', '.join(like_values[:_LISTED])}"
        rule = f"a header is needed, and {where} of it looks like a value; put names in front"
        return names, [_problem(path, 1, rule)]
    missing = [str(place) for place, name in enumerate(names, start=1) if not name]
    if missing:
        where = f"column{'s' * (len(missing) > 1)} {', '.join(missing[:_LISTED])}"
        problems.append(_problem(path, 1, f"{where}: a name is missing; give one"))
    for name, times in Counter(name for name in names if name).items():
        if times > 1:
            places = [str(place) for place, each in enumerate(names, start=1) if each == name]
            rule = f"columns {', '.join(places)} have the same name; rename all but one"
            problems.append(_problem(path, 1, rule))
    return names, problems


def _is_value(name: str) -> bool:
    """Whether a heading is a number, a date or a postcode rather than a name."""
    is_number = re.fullmatch(r"[-+]?[0-9][0-9 .,]*", name) is not None
    is_postcode = re.fullmatch(r"[A-Za-z]{1,2}[0-9][A-Za-z0-9]? ?[0-9][A-Za-z]{2}", name)
    return is_number or is_postcode is not None or date_share(pl.Series([name])) == 1


def _ragged(path: Path, text: str, separator: str, width: int) -> list[Problem]:
    """Returns a problem where lines do not have as many columns as the header."""
    wrong: list[int] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    csv.field_size_limit(_LONGEST_FIELD)
    began = 1
    try:
        for row in reader:
            if row and len(row) != width:
                wrong.append(began)
            began = reader.line_num + 1
    except csv.Error:
        rule = "cannot be read from here; look for a quotation mark that is not closed"
        return [_problem(path, began, rule)]
    if not wrong:
        return []
    lines = ", ".join(str(line) for line in wrong[:_LISTED])
    more = f" and {len(wrong) - _LISTED:,} more" if len(wrong) > _LISTED else ""
    rule = (
        f"the header has {width} columns, and line{'s' * (len(wrong) > 1)} {lines}{more} more or "
        "fewer; look for a missing quotation mark, or a line cut short"
    )
    return [_problem(path, wrong[0], rule)]


def _records(text: str, separator: str) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    return (row for row in reader if row)


def _problem(path: Path, line: int | None, rule: str) -> Problem:
    return Problem(str(path), line, "", None, rule)
