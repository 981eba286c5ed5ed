"""Compiled loops of clusters: joining best link first, and the bridges of a graph.

What is known of a cluster is kept at its root: how many records, which sources, and for each rule
of conflict what all its records agree on. So a join is tried in the same time whatever the sizes;
only the density of links between two clusters is counted anew, over the smaller one's links.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

JOINED: Final = 0
BY_SOURCE: Final = 1
BY_DENSITY: Final = 2
BY_CONFLICT: Final = 3
"""Why a link was refused; rule number n of conflicts is BY_CONFLICT + n."""

NO_VALUE: Final = -1
MIXED: Final = -2
"""Marks of a cluster without a value in a column, and of one whose values are not all the same."""


class _Groups(NamedTuple):
    """Groups of records as a forest; what is known of a group stands at its root.

    Attributes:
        parent: A record of the same group, nearer to the root; int32, shape (records,), as are
            `size` (records), `following` (the next record of the group, -1 after the last) and
            `last` (of the group's records).
        size: See there.
        following: See there.
        last: See there.
        volume: Ends of links at the group's records, int64.
        sources: Bits of the sources of which a group can have one record, uint64.
        agreed: By rule of conflict and column (two), the value that all records have, int32.
        tried_with: The root with which a join was last refused for want of density, int32.
        tried_size: Records of both groups then, int64.
    """

    parent: NDArray[np.int32]
    size: NDArray[np.int32]
    following: NDArray[np.int32]
    last: NDArray[np.int32]
    volume: NDArray[np.int64]
    sources: NDArray[np.uint64]
    agreed: NDArray[np.int32]
    tried_with: NDArray[np.int32]
    tried_size: NDArray[np.int64]


@njit(cache=True, nogil=True)
def _root(parent: NDArray[np.int32], record: int) -> int:
    while parent[record] != record:
        parent[record] = parent[parent[record]]
        record = parent[record]
    return record


@njit(cache=True, nogil=True)
def _unite(groups: _Groups, one: int, other: int) -> None:
    """Puts one root under another, and what is known of both together."""
    if groups.size[one] < groups.size[other]:
        one, other = other, one
    groups.parent[other] = one
    groups.size[one] += groups.size[other]
    groups.volume[one] += groups.volume[other]
    groups.sources[one] |= groups.sources[other]
    groups.following[groups.last[one]] = other
    groups.last[one] = groups.last[other]
    agreed = groups.agreed
    for rule in range(agreed.shape[0]):
        if agreed[rule, 0, other] == NO_VALUE:
            continue
        is_first = agreed[rule, 0, one] == NO_VALUE
        for column in range(2):
            if is_first:
                agreed[rule, column, one] = agreed[rule, column, other]
            elif agreed[rule, column, one] != agreed[rule, column, other]:
                agreed[rule, column, one] = MIXED


@njit(cache=True, nogil=True)
def _conflict(agreed: NDArray[np.int32], one: int, other: int) -> int:
    """Returns the first rule by which two roots conflict, or -1."""
    for rule in range(agreed.shape[0]):
        if agreed[rule, 0, one] == NO_VALUE or agreed[rule, 0, other] == NO_VALUE:
            continue
        agrees = False
        for column in range(2):
            value = agreed[rule, column, one]
            agrees |= value >= 0 and value == agreed[rule, column, other]
        if not agrees:
            return rule
    return -1


@njit(cache=True, nogil=True)
def _links_between(
    groups: _Groups,
    one: int,
    other: int,
    begins: NDArray[np.int64],
    neighbours: NDArray[np.int32],
) -> int:
    """Counts links between two roots' records, over those of the root that has fewer."""
    if groups.volume[one] > groups.volume[other]:
        one, other = other, one
    found = 0
    record = one
    while record >= 0:
        for at in range(begins[record], begins[record + 1]):
            if _root(groups.parent, neighbours[at]) == other:
                found += 1
        record = groups.following[record]
    return found


@njit(cache=True, nogil=True)
def _is_sparse(
    groups: _Groups,
    one: int,
    other: int,
    least_density: float,
    begins: NDArray[np.int64],
    neighbours: NDArray[np.int32],
) -> bool:
    """Whether too few of the pairs between two roots' records are links; the lower root first."""
    if least_density <= 0:
        return False
    size = np.int64(groups.size[one]), np.int64(groups.size[other])
    # Many links may ask the same of two groups that have not changed since.
    if groups.tried_with[one] == other and groups.tried_size[one] == size[0] + size[1]:
        return True
    found = _links_between(groups, one, other, begins, neighbours)
    if found >= least_density * size[0] * size[1]:
        return False
    groups.tried_with[one] = other
    groups.tried_size[one] = size[0] + size[1]
    return True


@njit(cache=True, nogil=True)
def _refusal(
    groups: _Groups,
    one: int,
    other: int,
    least_density: float,
    begins: NDArray[np.int64],
    neighbours: NDArray[np.int32],
) -> int:
    """Returns why two roots must not be united; JOINED if they may be."""
    if groups.sources[one] & groups.sources[other]:
        return BY_SOURCE
    conflict = _conflict(groups.agreed, one, other)
    if conflict >= 0:
        return BY_CONFLICT + conflict
    if _is_sparse(groups, min(one, other), max(one, other), least_density, begins, neighbours):
        return BY_DENSITY
    return JOINED


@njit(cache=True, nogil=True)
def join(
    left: NDArray[np.int32],
    right: NDArray[np.int32],
    given: NDArray[np.int32],
    sources: NDArray[np.uint64],
    agreed: NDArray[np.int32],
    least_density: float,
    begins: NDArray[np.int64],
    neighbours: NDArray[np.int32],
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Joins records by links, best first, unless a rule forbids it.

    One pass is enough: a link that was refused could not be joined at the end either. Groups never
    come apart, so a conflict stays; and the density between a group and two that were joined is a
    mean of those with either, so that it cannot rise above the least where neither was.

    Args:
        left: Position of one record of each link, best link first, shape (links,).
        right: Of the other.
        given: A record of the cluster that each record has from before, itself where it has none,
            int32, shape (records,).
        sources: Bit of each record's source if that is free of duplicates, else 0; overwritten.
        agreed: Values by rule, column (two) and record; NO_VALUE in the first column where the
            rule does not concern the record; MIXED in the second of a rule of one column;
            overwritten.
        least_density: Share of pairs between two groups that must be links; 0 asks for nothing.
        begins: Where each record's links begin in `neighbours`, shape (records + 1,).
        neighbours: The other record of each link, for both its ends.

    Returns:
        A record that stands for each record's cluster, and why each link was refused, both int32.
    """
    records = len(given)
    parent = np.arange(records).astype(np.int32)
    groups = _Groups(
        parent,
        np.ones(records, dtype=np.int32),
        np.full(records, -1, dtype=np.int32),
        np.arange(records).astype(np.int32),
        begins[1:] - begins[:-1],
        sources,
        agreed,
        np.full(records, -1, dtype=np.int32),
        np.zeros(records, dtype=np.int64),
    )
    for record in range(records):
        one, other = _root(parent, given[record]), _root(parent, record)
        if one != other:
            _unite(groups, one, other)
    reason = np.full(len(left), JOINED, dtype=np.int32)
    for link in range(len(left)):
        one, other = _root(parent, left[link]), _root(parent, right[link])
        if one != other:
            reason[link] = _refusal(groups, one, other, least_density, begins, neighbours)
            if reason[link] == JOINED:
                _unite(groups, one, other)
    roots = np.empty(records, dtype=np.int32)
    for record in range(records):
        roots[record] = _root(parent, record)
    return roots, np.where(roots[left] == roots[right], JOINED, reason).astype(np.int32)


@njit(cache=True, nogil=True)
def bridges(
    begins: NDArray[np.int64],
    neighbours: NDArray[np.int32],
    link_of: NDArray[np.int32],
    links: int,
) -> NDArray[np.bool_]:
    """Says which links are bridges: without one, its records come apart (Tarjan 1974).

    A depth-first walk without recursion; a link is a bridge if nothing below it reaches as high as
    its upper end by another link.

    Args:
        begins: Where each record's links begin in `neighbours`, shape (records + 1,).
        neighbours: The other record of each link, for both its ends.
        link_of: Number of the link, likewise.
        links: How many there are.

    Returns:
        bool, shape (links,).
    """
    records = len(begins) - 1
    is_bridge = np.zeros(links, dtype=np.bool_)
    entered = np.full(records, -1, dtype=np.int64)
    lowest = np.zeros(records, dtype=np.int64)
    came_by = np.full(records, -1, dtype=np.int32)
    place = begins[:-1].copy()
    stack = np.empty(records, dtype=np.int32)
    clock = 0
    for first in range(records):
        if entered[first] >= 0 or begins[first] == begins[first + 1]:
            continue
        stack[0] = first
        depth = 1
        entered[first] = lowest[first] = clock
        clock += 1
        while depth:
            record = stack[depth - 1]
            if place[record] < begins[record + 1]:
                at = place[record]
                place[record] += 1
                other = neighbours[at]
                if link_of[at] == came_by[record]:
                    continue
                if entered[other] >= 0:
                    lowest[record] = min(lowest[record], entered[other])
                    continue
                entered[other] = lowest[other] = clock
                clock += 1
                came_by[other] = link_of[at]
                stack[depth] = other
                depth += 1
                continue
            depth -= 1
            if depth:
                above = stack[depth - 1]
                lowest[above] = min(lowest[above], lowest[record])
                if lowest[record] > entered[above]:
                    is_bridge[came_by[record]] = True
    return is_bridge
