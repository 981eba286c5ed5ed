"""Blocking: which pairs of records are compared, rule by rule, each pair once.

A rule is a list of columns, or parts of columns, on which both records must agree. Records are put
into blocks by one hash table a rule; pairs are made block by block, some millions at a time, so
that memory is bounded by the files and not by the pairs.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

from linkage.dictionary import MISSING
from linkage.parts import of_records, part_codes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from linkage.dictionary import Dictionary

MOST_RULES = 32
PAIRS_AT_ONCE = 4_000_000
_LARGEST_KEY = 2**62


class Candidates(NamedTuple):
    """Pairs to compare.

    Attributes:
        left: Position of the left record, int32, shape (pairs,).
        right: Position of the right record, int32.
        rules: Rules on which the pair agrees, as bits from the first, uint32; the lowest is the
            one that found it.
    """

    left: NDArray[np.int32]
    right: NDArray[np.int32]
    rules: NDArray[np.uint32]


@dataclass(frozen=True)
class Blocks:
    """The blocks of one rule.

    Attributes:
        key: Number of each right record's block, int32, -1 for none, shape (right,).
        left_key: The same of each left record, shape (left,).
        start: Where each block's left records begin in `order`, int64, shape (blocks + 1,).
        order: Positions of left records, block after block, int32.
        pairs: How many pairs the rule makes.
        largest: Pairs of its largest block, whether or not it is left out.
        left_out: Pairs of blocks that are left out, being too large.
    """

    key: NDArray[np.int32] = field(repr=False)
    left_key: NDArray[np.int32] = field(repr=False)
    start: NDArray[np.int64] = field(repr=False)
    order: NDArray[np.int32] = field(repr=False)
    pairs: int
    largest: int
    left_out: int


def blocks_of(
    rules: Sequence[Sequence[str]],
    dictionaries: Mapping[str, Dictionary],
    largest_block: int,
    *,
    itself: bool,
) -> tuple[Blocks, ...]:
    """Puts records into blocks, and counts pairs before any is made.

    Args:
        rules: Rules, each a list of columns or parts such as `surname:soundex`; at most MOST_RULES.
        dictionaries: Dictionary of each column.
        largest_block: Blocks with more records on a side are left out.
        itself: Whether a file is compared with itself; its records are then both sides.

    Returns:
        The blocks of each rule.

    Raises:
        ValueError: If there are too many rules.
    """
    if len(rules) > MOST_RULES:
        raise ValueError(f"a plan may have up to {MOST_RULES} blocking rules, given {len(rules)}")
    found = []
    for rule in rules:
        left, right = _keys(rule, dictionaries, itself=itself)
        left_key, right_key, sizes = _number(left, right)
        left_size, right_size = sizes[0], sizes[1]
        products = left_size * (right_size - 1) // 2 if itself else left_size * right_size
        too_large = np.maximum(left_size, right_size) > largest_block
        for keys in (left_key, right_key):
            there = keys >= 0
            keys[there] = np.where(too_large[keys[there]], MISSING, keys[there])
        start, order = _in_blocks(left_key, len(left_size))
        found.append(
            Blocks(
                right_key,
                left_key,
                start,
                order,
                int(products[~too_large].sum()),
                int(products.max(initial=0)),
                int(products[too_large].sum()),
            )
        )
    return tuple(found)


def candidates(
    blocks: Sequence[Blocks], *, itself: bool, at_once: int = PAIRS_AT_ONCE
) -> Iterator[Candidates]:
    """Makes the pairs of all rules, each pair once, some millions at a time.

    Args:
        blocks: The blocks of each rule.
        itself: Whether a file is compared with itself; then only pairs of a lower and a higher
            position are made.
        at_once: Most pairs in memory at once, but for those of one right record.

    Yields:
        The pairs, in order of rule, then right record, then left record.
    """
    left_keys = np.stack([block.left_key for block in blocks])
    right_keys = np.stack([block.key for block in blocks])
    for number, block in enumerate(blocks):
        size = np.append(np.diff(block.start), 0)[block.key]
        until = np.concatenate([[0], np.cumsum(size)])
        first, rows = 0, len(block.key)
        while first < rows:
            last = int(np.searchsorted(until, until[first] + at_once, side="right")) - 1
            last = min(max(last, first + 1), rows)
            most = int(until[last] - until[first])
            if most:
                found = Candidates(
                    np.empty(most, np.int32), np.empty(most, np.int32), np.empty(most, np.uint32)
                )
                made = _make(
                    first, last, number, itself, block.key, block.start, block.order,
                    left_keys, right_keys, *found,
                )  # fmt: skip
                yield Candidates(found.left[:made], found.right[:made], found.rules[:made])
            first = last


def _keys(
    rule: Sequence[str], dictionaries: Mapping[str, Dictionary], *, itself: bool
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Numbers what each record has in all columns of a rule; -1 where one is missing."""
    combined: NDArray[np.int64] | None = None
    split = 0
    for column in rule:
        name, _, part = column.partition(":")
        found = dictionaries[name]
        codes = part_codes(found, part) if part else None
        sides = [found.left, found.left if itself else found.right]
        split = len(sides[0])
        given = [side if codes is None else of_records(codes, side) for side in sides]
        both = np.concatenate(given).astype(np.int64)
        if combined is None:
            combined = both
            continue
        base = int(both.max(initial=0)) + 1
        if (int(combined.max(initial=0)) + 1) * base > _LARGEST_KEY:
            has_missing = combined.min() < 0
            combined = np.unique(combined, return_inverse=True)[1].astype(np.int64) - has_missing
        missing = (combined < 0) | (both < 0)
        combined = np.where(missing, MISSING, combined * base + both)
    if combined is None:
        raise ValueError("a blocking rule needs a column")
    return combined[:split], combined[split:]


@njit(cache=True, nogil=True)
def _number(
    left: NDArray[np.int64], right: NDArray[np.int64]
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int64]]:
    """Numbers keys that both sides have; returns them, and how many records have each."""
    size = 16
    while size < 2 * len(left):
        size *= 2
    last = size - 1
    slots = np.full(size, -1, dtype=np.int32)
    keys = np.empty(len(left), dtype=np.int64)
    left_number = np.full(len(left), -1, dtype=np.int32)
    right_number = np.full(len(right), -1, dtype=np.int32)
    counts = np.zeros((2, len(left)), dtype=np.int64)
    found = 0
    for row in range(len(left)):
        key = left[row]
        if key < 0:
            continue
        slot = (key ^ (key >> 29)) * 7_046_029_254_386_353_131 >> 20 & last
        while slots[slot] >= 0 and keys[slots[slot]] != key:
            slot = (slot + 1) & last
        if slots[slot] < 0:
            slots[slot] = found
            keys[found] = key
            found += 1
        left_number[row] = slots[slot]
        counts[0, slots[slot]] += 1
    for row in range(len(right)):
        key = right[row]
        if key < 0:
            continue
        slot = (key ^ (key >> 29)) * 7_046_029_254_386_353_131 >> 20 & last
        while slots[slot] >= 0 and keys[slots[slot]] != key:
            slot = (slot + 1) & last
        if slots[slot] >= 0:
            right_number[row] = slots[slot]
            counts[1, slots[slot]] += 1
    return left_number, right_number, counts[:, :found].copy()


@njit(cache=True, nogil=True)
def _in_blocks(key: NDArray[np.int32], blocks: int) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Orders records by block, and by position within a block."""
    start = np.zeros(blocks + 1, dtype=np.int64)
    for row in range(len(key)):
        if key[row] >= 0:
            start[key[row] + 1] += 1
    for block in range(blocks):
        start[block + 1] += start[block]
    place = start[:-1].copy()
    order = np.empty(start[-1], dtype=np.int32)
    for row in range(len(key)):
        if key[row] >= 0:
            order[place[key[row]]] = row
            place[key[row]] += 1
    return start, order


@njit(cache=True, nogil=True)
def _make(
    first: int,
    last: int,
    number: int,
    itself: bool,  # noqa: FBT001 - compiled
    key: NDArray[np.int32],
    start: NDArray[np.int64],
    order: NDArray[np.int32],
    left_keys: NDArray[np.int32],
    right_keys: NDArray[np.int32],
    left: NDArray[np.int32],
    right: NDArray[np.int32],
    rules: NDArray[np.uint32],
) -> int:
    """Writes the pairs of some right records that no earlier rule has; returns how many."""
    made = 0
    count = len(left_keys)
    for row in range(first, last):
        if key[row] < 0:
            continue
        for at in range(start[key[row]], start[key[row] + 1]):
            other = order[at]
            if itself and other >= row:
                break
            agrees = np.uint32(0)
            is_new = True
            for rule in range(count):
                same = left_keys[rule, other] == right_keys[rule, row]
                if same and right_keys[rule, row] >= 0:
                    if rule < number:
                        is_new = False
                        break
                    agrees |= np.uint32(1) << np.uint32(rule)
            if is_new:
                left[made], right[made], rules[made] = other, row, agrees
                made += 1
    return made
