"""Groups of supplied records: columns that somebody names, by which a linkage is judged apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from linkage.record_groups import groups_of
from scenarios.problems import Problem, SuppliedError, nearest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from linkage.record_groups import RecordGroups
    from scenarios.linking_files import SuppliedFile


def read_groups(
    columns: Sequence[str], left: SuppliedFile, right: SuppliedFile | None
) -> tuple[RecordGroups, ...]:
    """Puts records into groups by columns of their files.

    Args:
        columns: Names as in either file; a column of both groups the records of each.
        left: The left file.
        right: The right file; null for duplicates in one.

    Returns:
        The groups, those of the left file first for each column. Groups of up to 7 records go
        together, without their names.

    Raises:
        SuppliedError: If no file has such a column, or it has too many groups; holds all problems,
            and no value.
    """
    sides: list[tuple[Literal["left", "right"], SuppliedFile]] = [("left", left)]
    if right is not None:
        sides.append(("right", right))
    found, problems = [], []
    for column in dict.fromkeys(columns):
        having = [(side, file) for side, file in sides if column in file.frame.columns]
        if not having:
            problems.append(_absent(column, [file for _, file in sides]))
        for side, file in having:
            try:
                found.append(groups_of(column, side, file.frame[column], hide_small=True))
            except ValueError as many:
                problems.append(Problem(str(file.path), None, f"--by {column}", None, str(many)))
    if problems:
        raise SuppliedError(problems)
    return tuple(found)


def _absent(column: str, files: Sequence[SuppliedFile]) -> Problem:
    names = list(dict.fromkeys(name for file in files for name in file.frame.columns))
    rule = f"no file has a column {column}; columns: {', '.join(names)}"
    paths = " and ".join(str(file.path) for file in files)
    return Problem(paths, None, "--by", None, rule, nearest(column, names))
