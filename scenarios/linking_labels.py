"""Labels in a linkage: tokens of supplied files meet only where they were made alike.

The same rule as in `linkage.join`, for files that were pseudonymised: pairs of unlike tokens would
agree never, or by chance, and look like a poor linkage.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from linkage.column_pairs import ColumnPair
from linkage.pseudonyms.codes import LABEL_SCHEMES
from scenarios.file_labels import frequency_of
from scenarios.problems import Problem, SuppliedError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scenarios.linking_files import SuppliedFile

_PER_ROW: Final = LABEL_SCHEMES["coded-per-row"]


def with_tokens_exact(
    pairs: Iterable[ColumnPair], left: SuppliedFile, right: SuppliedFile | None
) -> tuple[ColumnPair, ...]:
    """Has tokens and codes compared as equal or not: those of like values are nothing alike.

    Tokens of one name are paired even where each occurs once, as ids of records do. Frequencies
    beside tokens are left out: each file counts its own, so they say nothing in common.
    """
    frequencies = set(map(frequency_of, left.labels))
    found = [each for each in pairs if each.left not in frequencies]
    ours, theirs = left.frame, (right or left).frame
    paired = {name for each in found for name in (each.left, each.right)}
    for name in left.labels:
        if name in ours.columns and name in theirs.columns and name not in paired:
            missing = [frame[name].null_count() / frame.height for frame in (ours, theirs)]
            if max(missing) < 1:
                pair = ColumnPair(name, name, name, "other", "exact", (missing[0], missing[1]))
                found.append(pair)
    return tuple(
        replace(each, kind="exact", role="other") if each.left in left.labels else each
        for each in found
    )


def check_labels(
    columns: Iterable[ColumnPair], left: SuppliedFile, right: SuppliedFile | None
) -> None:
    """Refuses to compare columns of tokens that were not made alike.

    Args:
        columns: Columns that are compared.
        left: The left file.
        right: The right file; null for duplicates in one.

    Raises:
        SuppliedError: If the labels of two columns differ, only one has a label, or both hold codes
            that differ in every row; holds every problem.
    """
    other = right or left
    problems = []
    for each in columns:
        ours, theirs = left.labels.get(each.left), other.labels.get(each.right)
        if ours is not None and ours.scheme == _PER_ROW:
            rule = "holds codes that differ in every row and join nothing; name other columns "
            rule += "in a plan (--plan)"
            problems.append(_problem(left, each.left, rule))
        elif ours != theirs:
            rule = (
                f"tokens that were not made alike never join. Here: {ours or 'no tokens'}. Column "
                f"{each.right} of {other.path}: {theirs or 'no tokens'}. Pseudonymise both files "
                "with the same scheme, length, key and period, or name other columns in a plan "
                "(--plan)"
            )
            problems.append(_problem(left, each.left, rule))
    if problems:
        raise SuppliedError(problems)


def _problem(file: SuppliedFile, column: str, rule: str) -> Problem:
    return Problem(str(file.path), None, f"column {column}", None, rule)
