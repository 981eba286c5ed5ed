"""Pairs to explain: those that were asked for by their ids, and an instructive handful."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from linkage.explain import explain
from linkage.instructive import instructive
from scenarios.link_report.reading import ExplainedPair
from scenarios.problems import Problem, SuppliedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from linkage.matched import Matched
    from scenarios.linking import Prepared
    from scenarios.linking_files import SuppliedFile

_BETWEEN = ":"
_EXAMPLE = "give the id of a left and of a right record, as in --pair 17:204"


def asked_pairs(prepared: Prepared, asked: Sequence[str]) -> tuple[tuple[int, int], ...]:
    """Finds the pairs that were asked for.

    Args:
        prepared: The files.
        asked: Each as `LEFT:RIGHT`, two ids; an id may hold a colon.

    Returns:
        Positions of the left and of the right record, in the order asked, each pair once.

    Raises:
        SuppliedError: If a record is not there, or a pair is one record; holds every problem.
    """
    left, right = prepared.left, prepared.right or prepared.left
    is_one_file = prepared.right is None
    found: dict[tuple[int, int], None] = {}
    problems: list[Problem] = []
    for text in asked:
        pair = _pair(text, left, right)
        if pair is None:
            problems.append(Problem("", None, "--pair", text, _missing(text, left, right)))
        elif is_one_file and pair[0] == pair[1]:
            problems.append(Problem("", None, "--pair", text, "both are one record"))
        else:
            found[(min(pair), max(pair)) if is_one_file else pair] = None
    if problems:
        raise SuppliedError(problems)
    return tuple(found)


def explained_pairs(
    prepared: Prepared, matched: Matched, asked: Sequence[tuple[int, int]]
) -> tuple[ExplainedPair, ...]:
    """Explains the pairs that were asked for, then a handful that is instructive.

    Args:
        prepared: The files.
        matched: What was found.
        asked: From `asked_pairs`.
    """
    ours = prepared.left.ids
    theirs = ours if prepared.right is None else prepared.right.ids
    chosen = [("", *pair) for pair in asked]
    chosen += [each for each in instructive(matched) if (each.left, each.right) not in asked]
    return tuple(
        ExplainedPair(part, str(ours[left]), str(theirs[right]), explain(matched, left, right))
        for part, left, right in chosen
    )


def _pair(text: str, left: SuppliedFile, right: SuppliedFile) -> tuple[int, int] | None:
    """Returns the positions of two records that a text names; the first way to part it holds."""
    for one, other in _splits(text):
        positions = (_position(left, one), _position(right, other))
        if positions[0] is not None and positions[1] is not None:
            return positions[0], positions[1]
    return None


def _splits(text: str) -> Iterator[tuple[str, str]]:
    """Yields every way to part a text at a colon."""
    parts = text.split(_BETWEEN)
    for place in range(1, len(parts)):
        yield _BETWEEN.join(parts[:place]).strip(), _BETWEEN.join(parts[place:]).strip()


def _position(file: SuppliedFile, one: str) -> int | None:
    at = (file.ids.cast(pl.String).str.strip_chars() == one).arg_true()
    return int(at[0]) if len(at) else None


def _missing(text: str, left: SuppliedFile, right: SuppliedFile) -> str:
    if _BETWEEN not in text:
        return f"names one record; {_EXAMPLE}"
    one, other = next(_splits(text))
    lacking = [
        f"{file.path} has no record of the id {name}"
        for file, name in ((left, one), (right, other))
        if _position(file, name) is None
    ]
    return f"{'; '.join(dict.fromkeys(lacking)) or 'no such pair'}; {_EXAMPLE}"
