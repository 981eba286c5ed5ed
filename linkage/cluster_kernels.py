"""Compiled loops of clusters: joining best link first, and the bridges of a graph.

What is known of a cluster is kept at its root: how many records, which sources, and for each rule
of conflict what all its records agree on. So a join is tried in the same time whatever the sizes;
only the density of links between two clusters is counted anew, over the smaller one's links.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

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


@njit(cache=True, nogil=True)
def _root(parent: NDArray[np.int32], record: int) -> int:
    while parent[record] != record:
        parent[record] = parent[parent[record]]
        record = parent[record]
    return record


@njit(cache=True, nogil=True)
def _unite(
    one: int,
    other: int,
    parent: NDArray[np.int32],
    size: NDArray[np.int32],
    volume: NDArray[np.int64],
    sources: NDArray[np.uint64],
    agreed: NDArray[np.int32],
    following: NDArray[np.int32],
    last: NDArray[np.int32],
) -> None:
    """Puts one root under another, and what is known of both together."""
    if size[one] < size[other]:
        one, other = other, one
    parent[other] = one
    size[one] += size[other]
    volume[one] += volume[other]
    sources[one] |= sources[other]
    following[last[one]] = other
    last[one] = last[other]
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
def _conflict(one: int, other: int, agreed: NDArray[np.int32]) -> int:
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
    one: int,
    other: int,
    parent: NDArray[np.int32],
    volume: NDArray[np.int64],
    following: NDArray[np.int32],
    begins: NDArray[np.int64],
    neighbours: NDArray[np.int32],
) -> int:
    """Counts links between two roots' records, over those of the root that has fewer."""
    if volume[one] > volume[other]:
        one, other = other, one
    found = 0
    record = one
    while record >= 0:
        for at in range(begins[record], begins[record + 1]):
            if _root(parent, neighbours[at]) == other:
                found += 1
        record = following[record]
    return found


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
) -> tuple[NDArray[np.int32], NDArray[np.int8]]:
    """Joins records by links, best first, unless a rule forbids it.

    Links that were refused for want of density are tried again until no join is made, as groups
    have grown meanwhile. The other reasons stay, as groups never come apart.

    Args:
        left: Position of one record of each link, best link first, shape (links,).
        right: Of the other.
        given: First record of the cluster that each record has from before, itself where it has
            none; shape (records,).
        sources: Bit of each record's source if that is free of duplicates, else 0; overwritten.
        agreed: Values by rule, column (two) and record; NO_VALUE in the first column where the
            rule does not concern the record; MIXED in the second of a rule of one column;
            overwritten.
        least_density: Share of pairs between two groups that must be links; 0 asks for nothing.
        begins: Where each record's links begin in `neighbours`, shape (records + 1,).
        neighbours: The other record of each link, for both its ends.

    Returns:
        A record that stands for each record's cluster, and why each link was refused, int8.
    """
    records = len(given)
    parent = np.arange(records).astype(np.int32)
    size = np.ones(records, dtype=np.int32)
    volume = begins[1:] - begins[:-1]
    following = np.full(records, -1, dtype=np.int32)
    last = np.arange(records).astype(np.int32)
    tried_with = np.full(records, -1, dtype=np.int32)
    tried_size = np.zeros(records, dtype=np.int64)
    reason = np.zeros(len(left), dtype=np.int8)
    for record in range(records):
        one, other = _root(parent, given[record]), _root(parent, record)
        if one != other:
            _unite(one, other, parent, size, volume, sources, agreed, following, last)
    is_first = True
    has_joined = True
    while has_joined:
        has_joined = False
        for link in range(len(left)):
            if not is_first and reason[link] != BY_DENSITY:
                continue
            one, other = _root(parent, left[link]), _root(parent, right[link])
            if one > other:
                one, other = other, one
            reason[link] = JOINED
            if one == other:
                continue
            conflict = _conflict(one, other, agreed)
            if sources[one] & sources[other]:
                reason[link] = BY_SOURCE
            elif conflict >= 0:
                reason[link] = BY_CONFLICT + conflict
            elif least_density > 0:
                both = np.int64(size[one]) + size[other]
                if tried_with[one] == other and tried_size[one] == both:
                    reason[link] = BY_DENSITY
                    continue
                found = _links_between(one, other, parent, volume, following, begins, neighbours)
                if found < least_density * np.int64(size[one]) * size[other]:
                    reason[link] = BY_DENSITY
                    tried_with[one] = other
                    tried_size[one] = both
            if reason[link] == JOINED:
                _unite(one, other, parent, size, volume, sources, agreed, following, last)
                has_joined = True
        is_first = False
        if least_density <= 0:
            break
    for record in range(records):
        parent[record] = _root(parent, record)
    for link in range(len(left)):
        if parent[left[link]] == parent[right[link]]:
            reason[link] = JOINED
    return parent, reason


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
