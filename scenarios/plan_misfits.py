"""What does not fit together in a plan, found in the table that was read."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, get_args

from linkage.levels import parse_level
from linkage.parts import Kind, part_named
from scenarios.problems import NOTHING, Finding, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scenarios.problems import Path

_KINDS: Final[tuple[Kind, ...]] = get_args(Kind)


def match_misfits(table: dict[str, Any]) -> Iterator[Finding]:
    """Yields what does not fit together in a plan that may be wrong in other ways too.

    Args:
        table: The plan as it was read from a file, or as a plan writes itself.
    """
    compared = _tables(table, "comparisons")
    kinds = {str(each.get("column")): each.get("kind") for _, each in compared}
    for place, comparison in compared:
        path = ("comparisons", place)
        yield from _unlike_levels((*path, "levels"), comparison, comparison.get("kind"))
        yield from _unlike_swap(place, comparison, kinds)
    yield from _twice(compared, "comparisons", "column", "is compared already; once is all")
    for setting in ("blocking", "deterministic"):
        for place, rule in enumerate(_list(table.get(setting))):
            yield from _unlike_parts((setting, place), _list(rule), kinds)
    yield from _ends_crossed(table)


def cascade_misfits(table: dict[str, Any]) -> Iterator[Finding]:
    """Yields what does not fit together in a plan in steps that may be wrong in other ways too.

    Args:
        table: As for `match_misfits`.
    """
    columns = _tables(table, "columns")
    kinds = {str(each.get("column")): each.get("kind") for _, each in columns}
    yield from _twice(columns, "columns", "column", "is described already; once is all")
    steps = _tables(table, "steps")
    yield from _twice(steps, "steps", "name", "is the name of a step above; give it its own")
    for place, step in steps:
        agree = [each for each in _list(step.get("agree")) if isinstance(each, str)]
        for number, written in enumerate(agree):
            yield from _undescribed(("steps", place, "agree", number), written, kinds)
        yield from _unlike_parts(("steps", place, "agree"), agree, kinds)
        for number, reached in _tables(step, "reach"):
            path = ("steps", place, "reach", number)
            column = reached.get("column")
            if isinstance(column, str):
                yield from _undescribed((*path, "column"), column, kinds)
            yield from _unlike_levels((*path, "levels"), reached, kinds.get(str(column)))
        if isinstance(step.get("match"), dict):
            for finding in match_misfits(step["match"]):
                yield replace(finding, path=("steps", place, "match", *finding.path))
        if table.get("one_to_one") is True and step.get("unique", "both") != "both":
            rule = 'must be "both" where one_to_one is true'
            yield Finding(("steps", place, "unique"), step["unique"], rule)


def _undescribed(path: Path, written: str, kinds: dict[str, Any]) -> Iterator[Finding]:
    """Yields a column that a step names and [[columns]] does not describe."""
    column = written.partition(":")[0]
    if column not in kinds:
        rule = f"is not described by [[columns]], which has: {', '.join(kinds) or 'none'}"
        yield Finding(path, written, rule, nearest(column, kinds))


def _twice(
    tables: list[tuple[int, dict[str, Any]]], setting: str, name: str, rule: str
) -> Iterator[Finding]:
    """Yields a name that a table above has already."""
    seen: set[object] = set()
    for place, table in tables:
        given = table.get(name)
        if isinstance(given, str) and given in seen:
            yield Finding((setting, place, name), given, rule)
        elif isinstance(given, str):
            seen.add(given)


def _tables(table: dict[str, Any], setting: str) -> list[tuple[int, dict[str, Any]]]:
    """Lists the tables of a list, each with its place."""
    listed = enumerate(_list(table.get(setting)))
    return [(place, each) for place, each in listed if isinstance(each, dict)]


def _list(value: Any) -> list[Any]:  # noqa: ANN401 - as read from a file
    return list(value) if isinstance(value, list | tuple) else []


def _unlike_levels(path: Path, table: dict[str, Any], kind: object) -> Iterator[Finding]:
    """Yields levels that there are not, or that do not fit the kind of their column."""
    known = next((each for each in _KINDS if each == kind), None)
    levels = [each for each in _list(table.get("levels")) if isinstance(each, str)]
    for number, level in enumerate(levels):
        try:
            parse_level(level, known)
        except ValueError as wrong:
            yield Finding((*path, number), NOTHING, str(wrong))
        if level in levels[:number]:
            rule = "stands above already; each level once, best first"
            yield Finding((*path, number), level, rule)


def _unlike_swap(
    place: int, comparison: dict[str, Any], kinds: dict[str, Any]
) -> Iterator[Finding]:
    """Yields a column with which values cannot be swapped."""
    other, column = comparison.get("swapped_with"), comparison.get("column")
    if not isinstance(other, str) or not other:
        return
    path = ("comparisons", place, "swapped_with")
    others = [name for name in kinds if name != column]
    if other not in others:
        near = nearest(other, others)
        rule = f"must be another column that is compared, one of: {', '.join(others) or 'none is'}"
        yield Finding(path, other, rule, near)
    elif kinds[other] != comparison.get("kind") or kinds[other] not in ("name", "text"):
        rule = "is swapped only with a column of its own kind, both names or both texts"
        yield Finding(path, other, rule)


def _unlike_parts(path: Path, rule: list[Any], kinds: dict[str, Any]) -> Iterator[Finding]:
    """Yields parts of columns that there are not, or that a column of that kind has not."""
    for number, written in enumerate(rule):
        column, colon, part = str(written).partition(":")
        if not colon:
            continue
        kind = kinds.get(column)
        try:
            part_named(part, kind if kind in _KINDS else None)
        except ValueError as wrong:
            yield Finding((*path, number), written, str(wrong))


def _ends_crossed(table: dict[str, Any]) -> Iterator[Finding]:
    ends = [table.get(name) for name in ("review_from", "threshold")]
    low, high = (end.get("value") if isinstance(end, dict) else end for end in ends)
    if isinstance(low, int | float) and isinstance(high, int | float) and low > high:
        rule = f"must not be above threshold, which is {high}"
        yield Finding(("review_from",), low, rule)
