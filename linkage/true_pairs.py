"""True pairs: the ways in which they are assumed to agree or differ, and how probable each is."""

from __future__ import annotations

from collections import defaultdict
from itertools import product
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from linkage.parts import part_named
from linkage.roles import MOVED, ROLES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from linkage.column_pairs import ColumnPair

Qualities = tuple[tuple[float, float], ...]
"""Shares of pairs, and how many times as often as usual they differ."""

_USUALLY: Final[Qualities] = ((1.0, 1.0),)
POORLY: Final[Qualities] = ((0.9, 1.5), (0.1, 6.0))
"""A file in which errors come together, as they do; our choice."""

Rule = tuple[str, ...]


class States(NamedTuple):
    """Ways in which a true pair may agree: the probability of each, and which parts agree in it."""

    probability: NDArray[np.float64]
    agree: Mapping[str, NDArray[np.bool_]]


def share_agreeing(rules: Sequence[Rule], columns: Sequence[ColumnPair]) -> float:
    """Give the assumed share of true pairs that agree on at least one of some rules."""
    named = {name.partition(":")[0] for rule in rules for name in rule}
    states = states_of([each for each in columns if each.name in named])
    reached = np.zeros(len(states.probability), dtype=np.bool_)
    for rule in rules:
        reached |= agreeing(rule, states)
    return float(states.probability @ reached)


def states_of(columns: Sequence[ColumnPair], qualities: Qualities = _USUALLY) -> States:
    """List every way in which a true pair may agree on some columns, and how probable it is."""
    weights: list[float] = []
    agree: list[set[str]] = []
    is_any_home = any(ROLES[each.role].of_home for each in columns)
    moves = (False, True) if is_any_home else (False,)
    for (share, times), has_moved in product(qualities, moves):
        if is_any_home:
            share *= MOVED if has_moved else 1 - MOVED  # noqa: PLW2901
        for way in product(*(_ways(each, times, has_moved=has_moved) for each in columns)):
            weights.append(share * float(np.prod([each for each, _ in way])))
            agree.append({name for _, names in way for name in names})
    names = [name for each in columns for name in names_of(each)]
    flags = {name: np.array([name in each for each in agree]) for name in names}
    return States(np.array(weights), flags)


def agreeing(rule: Rule, states: States) -> NDArray[np.bool_]:
    """Say in which states a true pair agrees on all of a rule: bool, shape (states,)."""
    agree: NDArray[np.bool_] = np.logical_and.reduce([states.agree[name] for name in rule])
    return agree


def names_of(column: ColumnPair) -> tuple[str, ...]:
    """Give a column and its parts, as in a rule."""
    parts = dict.fromkeys(part for _, still in ROLES[column.role].still for part in still)
    fits = [part for part in parts if _has(column, part)]
    return (column.name, *(f"{column.name}:{part}" for part in fits))


def _has(column: ColumnPair, part: str) -> bool:
    try:
        part_named(part, column.kind)
    except ValueError:
        return False
    return True


def _ways(
    column: ColumnPair, times: float, *, has_moved: bool
) -> list[tuple[float, tuple[str, ...]]]:
    """List how a true pair may agree on one column: probability, and which names agree."""
    role = ROLES[column.role]
    present = (1 - column.missing[0]) * (1 - column.missing[1])
    differs = 1.0 if has_moved and role.of_home else min(times * role.differs, 1.0)
    all_names = names_of(column)
    ways: defaultdict[tuple[str, ...], float] = defaultdict(float)
    ways[all_names] += present * (1 - differs)
    left_over = 1.0
    for share, parts in role.still:
        named = (f"{column.name}:{part}" for part in parts)
        ways[tuple(name for name in named if name in all_names)] += present * differs * share
        left_over -= share
    ways[()] += present * differs * left_over + (1 - present)
    return [(share, names) for names, share in ways.items() if share > 0]
