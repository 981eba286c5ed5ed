"""Pairs of columns: which column of one file says the same as which column of the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from linkage.recognise import recognise
from linkage.roles import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import polars as pl

    from linkage.parts import Kind
    from linkage.recognise import Column

NOT_COMPARED: Final = ("record_id", "empty", "constant")
_MOSTLY: Final = 0.5  # the same, where the values of one do not look like those of the other
_NEVER: Final = 2.0
_OVERLAP: Final = 0.1  # share of the fewer distinct values that must be in both, if no name says so


@dataclass(frozen=True)
class ColumnPair:
    """A column of each file that say the same about a person.

    Attributes:
        name: The plan's name for both.
        left: Name in the left file.
        right: Name in the right file.
        role: A name of ROLES.
        kind: How they are compared.
        missing: Share of left and of right records without a value.
    """

    name: str
    left: str
    right: str
    role: str
    kind: Kind
    missing: tuple[float, float]


def pair_columns(left: pl.DataFrame, right: pl.DataFrame | None) -> tuple[ColumnPair, ...]:
    """Pair the columns of two files.

    Columns are paired by name, then by role (`forename` with `first_name`) where only one of each
    file has it, then by kind and common values, those with most in common first.

    Args:
        left: Records, every column String.
        right: The other file; null to pair each column of one file with itself.

    Returns:
        The pairs, in the order of the left file.
    """
    ours = _usable(recognise(left))
    if right is None:
        return tuple(_pair(each, each) for each in ours)
    theirs = _usable(recognise(right))
    found: dict[str, Column] = {}
    for way in (_by_name, _by_role, _by_values):
        free = [each for each in ours if each.name not in found]
        taken = {each.name for each in found.values()}
        for one, other in way(free, [each for each in theirs if each.name not in taken]):
            found[one.name] = other
    return tuple(_pair(each, found[each.name]) for each in ours if each.name in found)


def _usable(columns: tuple[Column, ...]) -> list[Column]:
    return [each for each in columns if each.role not in NOT_COMPARED]


def _pair(one: Column, other: Column) -> ColumnPair:
    """Pair two columns; where their kinds differ, as text of which each says its own."""
    named = one if one.role not in ("other", "a_name") else other
    kind: Kind = "text"
    if one.kind == other.kind or ("other" in (one.role, other.role) and named.kind == "name"):
        kind = named.kind
    return ColumnPair(
        one.name, one.name, other.name, named.role, kind, (one.missing, other.missing)
    )


def _by_name(ours: Sequence[Column], theirs: Sequence[Column]) -> Iterator[tuple[Column, Column]]:
    yield from _unique_by(lambda each: plain(each.name), ours, theirs)


def _by_role(ours: Sequence[Column], theirs: Sequence[Column]) -> Iterator[tuple[Column, Column]]:
    yield from _unique_by(
        lambda each: each.role if each.role not in ("other", "a_name") else "", ours, theirs
    )


def _by_values(ours: Sequence[Column], theirs: Sequence[Column]) -> Iterator[tuple[Column, Column]]:
    """Pair what has most values in common, each column once."""
    shared = [
        (-_overlap(one, other), place, one, other)
        for place, (one, other) in enumerate((one, other) for one in ours for other in theirs)
        if _overlap(one, other) >= _least_overlap(one, other)
    ]
    used: set[int] = set()
    for _, _, one, other in sorted(shared, key=lambda each: each[:2]):
        if not {id(one), id(other)} & used:
            used |= {id(one), id(other)}
            yield one, other


def _least_overlap(one: Column, other: Column) -> float:
    """Give the share of values that must be in both before two columns are taken for one."""
    general = ("other", "a_name")
    if one.role != other.role and one.role not in general and other.role not in general:
        return _NEVER
    return _OVERLAP if one.kind == other.kind else _MOSTLY


def _overlap(one: Column, other: Column) -> float:
    fewer = min(len(one.values), len(other.values))
    return len(one.values & other.values) / fewer if fewer else 0.0


def _unique_by(
    key: Callable[[Column], str], ours: Sequence[Column], theirs: Sequence[Column]
) -> Iterator[tuple[Column, Column]]:
    """Pair columns of one key, where each file has one such column only."""
    for one in ours:
        same = [each for each in theirs if key(each) == key(one)]
        if key(one) and len(same) == 1 and sum(key(each) == key(one) for each in ours) == 1:
            yield one, same[0]
