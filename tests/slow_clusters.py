"""Clusters in a slow, obvious way: lists of records, and every rule asked of every two of them."""

from __future__ import annotations

from itertools import combinations, product
from typing import NamedTuple


class Person(NamedTuple):
    """A record: its source, and values that may conflict, of which some may be missing."""

    source: str
    number: str | None
    sex: str | None
    born: str | None


Links = list[tuple[int, int, float]]


def conflict(one: Person, other: Person) -> bool:
    """Whether numbers differ, or both sex and date of birth."""

    def differ(name: str) -> bool:
        a, b = getattr(one, name), getattr(other, name)
        return a is not None and b is not None and a != b

    return differ("number") or (differ("sex") and differ("born"))


def may_join(
    one: list[int],
    other: list[int],
    people: list[Person],
    links: set[frozenset[int]],
    free: set[str],
    least: float,
) -> bool:
    """Whether no rule forbids that two groups become one."""
    for a, b in product(one, other):
        if people[a].source == people[b].source and people[a].source in free:
            return False
        if conflict(people[a], people[b]):
            return False
    between = sum(frozenset(pair) in links for pair in product(one, other))
    return between >= least * len(one) * len(other)


def slow_clusters(
    links: Links, people: list[Person], free: set[str], least: float
) -> set[frozenset[int]]:
    """Joins groups by links, best first, again and again until nothing is joined."""
    groups = {record: [record] for record in range(len(people))}
    linked = {frozenset(link[:2]) for link in links}
    ordered = sorted(links, key=lambda link: (-link[2], link[0], link[1]))
    while True:
        joined = False
        for left, right, _ in ordered:
            one, other = groups[left], groups[right]
            if one is not other and may_join(one, other, people, linked, free, least):
                both = one + other
                groups |= dict.fromkeys(both, both)
                joined = True
        if not joined:
            return {frozenset(group) for group in groups.values()}


def is_connected(group: frozenset[int], links: set[frozenset[int]]) -> bool:
    """Whether every record of a group is reached from any by links within it."""
    reached = {min(group)}
    while True:
        more = {
            b
            for a, b in combinations(sorted(group), 2)
            if frozenset((a, b)) in links and (a in reached) != (b in reached)
        }
        more |= {
            a
            for a, b in combinations(sorted(group), 2)
            if frozenset((a, b)) in links and (a in reached) != (b in reached)
        }
        if more <= reached:
            return reached == set(group)
        reached |= more
