"""Reasons why a pair was not linked: not found, too light, too small a lead, or lost to another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
import polars as pl

from linkage.dictionary import MISSING
from linkage.match_tables import rule_names
from linkage.parts import of_records, part_codes
from linkage.weights import probability

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from linkage.matched import Matched
    from linkage.weighed import Weighed


class RuleMissed(NamedTuple):
    """A blocking rule that did not bring a pair together.

    Attributes:
        rule: Its name.
        differs: Columns, or parts of them, on which the pair does not agree or has no value; none
            if its block was left out.
        records: Records of the block on its larger side, where it was left out; 0 otherwise.
    """

    rule: str
    differs: tuple[str, ...]
    records: int


class Rival(NamedTuple):
    """A pair that shares a record with another.

    Attributes:
        left: Position of its left record.
        right: Position of its right record.
        weight: Its match weight, in bits; null where it was linked without one.
    """

    left: int
    right: int
    weight: float | None


@dataclass(frozen=True)
class Reason:
    """Why a pair was not linked.

    Attributes:
        kind: `not_found` (no rule brought it together), `below` (under the threshold), `lead` (it
            leads the next best of its records by too little) or `lost` (a record of it is linked
            to another, and each is linked once).
        rules: Each rule that missed it, for `not_found`.
        bits: Its lead over the next best for `lead` (negative where the other is better), and what
            it has over the threshold for `below` (negative).
        rivals: The next best for `lead`; the links that took its records for `lost`.
    """

    kind: Literal["not_found", "below", "lead", "lost"]
    rules: tuple[RuleMissed, ...] = ()
    bits: float = 0.0
    rivals: tuple[Rival, ...] = ()


def reasons_of(matched: Matched, left: int, right: int, weight: float) -> tuple[Reason, ...]:
    """Says why a pair is not linked.

    Args:
        matched: What matching yielded; the pair is not linked in it.
        left: Position of the left record; within one file, the lower.
        right: Position of the right record.
        weight: The pair's match weight, in bits.
    """
    weighed = matched.weighed
    found: list[Reason] = []
    missed = rules_that_missed(weighed, left, right)
    if len(missed) == len(weighed.plan.blocking):
        found.append(Reason("not_found", rules=missed))
    threshold = weighed.plan.threshold.value
    if probability(np.array([weight]))[0] < threshold:
        found.append(Reason("below", bits=weight - weighed.threshold))
    if found:
        return tuple(found)
    gap = weighed.plan.gap.value
    rival = next_best(weighed, left, right) if gap > 0 else None
    if rival is not None and rival.weight is not None and weight - rival.weight < gap:
        return (Reason("lead", bits=weight - rival.weight, rivals=(rival,)),)
    return (Reason("lost", rivals=_links_of(matched, left, right)),)


def rules_that_missed(weighed: Weighed, left: int, right: int) -> tuple[RuleMissed, ...]:
    """Lists the blocking rules that do not bring a pair together, with what keeps it apart."""
    found = []
    for rule, name in zip(weighed.plan.blocking, rule_names(weighed.plan), strict=True):
        values = [_codes(weighed, column) for column in rule]
        differs = tuple(
            column
            for column, (ours, theirs) in zip(rule, values, strict=True)
            if ours[left] == MISSING or ours[left] != theirs[right]
        )
        if differs:
            found.append(RuleMissed(name, differs, 0))
            continue
        sides = ([(each[side], each[0][left]) for each in values] for side in (0, 1))
        records = max(_having(side) for side in sides)
        if records > weighed.plan.largest_block:
            found.append(RuleMissed(name, (), records))
    return tuple(found)


def next_best(weighed: Weighed, left: int, right: int) -> Rival | None:
    """Returns the best other pair of either record, of all that could be linked; None without."""
    if weighed.itself:
        shares = np.isin(weighed.left, (left, right)) | np.isin(weighed.right, (left, right))
    else:
        shares = (weighed.left == left) | (weighed.right == right)
    at = np.flatnonzero(shares & ~((weighed.left == left) & (weighed.right == right)))
    if not len(at):
        return None
    a, b, bits = weighed.left[at], weighed.right[at], weighed.bits[at]
    best = np.lexsort((b, a, -bits))[0]
    return Rival(int(a[best]), int(b[best]), float(bits[best]))


def _codes(weighed: Weighed, column: str) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Returns the codes of a column, or part of one, of the records of both sides."""
    name, _, part = column.partition(":")
    held = weighed.dictionaries[name]
    sides = (held.left, held.left if weighed.itself else held.right)
    if not part:
        return sides
    codes = part_codes(held, part)
    return of_records(codes, sides[0]), of_records(codes, sides[1])


def _having(columns: Sequence[tuple[NDArray[np.int32], np.int32]]) -> int:
    """Counts the records that have a given value in all columns."""
    return int(np.logical_and.reduce([values == value for values, value in columns]).sum())


def _links_of(matched: Matched, left: int, right: int) -> tuple[Rival, ...]:
    """Lists the links of either record, the best first; those without a weight last."""
    records = (left, right) if matched.weighed.itself else None
    shares = (
        pl.col("left").is_in(records) | pl.col("right").is_in(records)
        if records
        else (pl.col("left") == left) | (pl.col("right") == right)
    )
    linked = matched.pairs.filter((pl.col("decision") == "link") & shares)
    ordered = linked.sort("match_weight", descending=True, nulls_last=True, maintain_order=True)
    return tuple(Rival(*row) for row in ordered.select("left", "right", "match_weight").iter_rows())
