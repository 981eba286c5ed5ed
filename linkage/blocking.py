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
from linkage.threads import side_by_side

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from linkage.dictionary import Dictionary

MOST_RULES = 32
PAIRS_AT_ONCE = 1 << 17
"""Pairs of a portion: few enough that what is worked out of them stays near the processor."""

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
    return tuple(
        side_by_side(lambda rule: _blocks(rule, dictionaries, largest_block, itself=itself), rules)
    )


def _blocks(
    rule: Sequence[str],
    dictionaries: Mapping[str, Dictionary],
    largest_block: int,
    *,
    itself: bool,
) -> Blocks:
    """Puts records into the blocks of one rule."""
    left, right = _keys(rule, dictionaries, itself=itself)
    left_key, right_key, sizes = _number(left, right)
    left_size, right_size = sizes[0], sizes[1]
    products = left_size * (right_size - 1) // 2 if itself else left_size * right_size
    too_large = np.maximum(left_size, right_size) > largest_block
    if too_large.any():
        for keys in (left_key, right_key):
            there = keys >= 0
            keys[there] = np.where(too_large[keys[there]], MISSING, keys[there])
    return Blocks(
        right_key,
        left_key,
        *_in_blocks(left_key, len(left_size)),
        pairs=int(products[~too_large].sum()),
        largest=int(products.max(initial=0)),
        left_out=int(products[too_large].sum()),
    )


class Portion(NamedTuple):
    """Right records whose pairs by one rule are made at once.

    Attributes:
        rule: Number of the rule.
        first: The first right record.
        last: The one after the last.
        pairs: How many pairs the rule makes of them.
    """

    rule: int
    first: int
    last: int
    pairs: int


class Pairing:
    """Makes the pairs of all rules, each pair once, a portion at a time and in any order."""

    def __init__(self, blocks: Sequence[Blocks], *, itself: bool) -> None:
        """Lays out what pairs are made from.

        Args:
            blocks: The blocks of each rule.
            itself: Whether a file is compared with itself; then only pairs of a lower and a higher
                position are made.
        """
        self._blocks, self._itself = blocks, itself
        # A record's blocks lie side by side, so that one look at memory gives them all.
        self._left_keys = np.stack([block.left_key for block in blocks], axis=1)
        self._right_keys = np.stack([block.key for block in blocks], axis=1)

    def portions(self, at_once: int = PAIRS_AT_ONCE) -> list[Portion]:
        """Gives the portions, in order of rule, then right record.

        Args:
            at_once: Most pairs of a portion, but for those of one right record.
        """
        found = []
        for rule, block in enumerate(self._blocks):
            size = np.append(np.diff(block.start), 0)[block.key]
            until = np.concatenate([[0], np.cumsum(size)])
            first, rows = 0, len(block.key)
            while first < rows:
                last = int(np.searchsorted(until, until[first] + at_once, side="right")) - 1
                last = min(max(last, first + 1), rows)
                pairs = int(until[last] - until[first])
                if pairs:
                    found.append(Portion(rule, first, last, pairs))
                first = last
        return found

    def pairs(self, portion: Portion) -> Candidates:
        """Makes the pairs of a portion that no earlier rule has."""
        rule, first, last, most = portion
        block = self._blocks[rule]
        found = Candidates(
            np.empty(most, np.int32), np.empty(most, np.int32), np.empty(most, np.uint32)
        )
        made = _make(
            first, last, rule, self._itself, block.key, block.start, block.order,
            self._left_keys, self._right_keys, *found,
        )  # fmt: skip
        return Candidates(found.left[:made], found.right[:made], found.rules[:made])


def candidates(
    blocks: Sequence[Blocks], *, itself: bool, at_once: int = PAIRS_AT_ONCE
) -> Iterator[Candidates]:
    """Makes the pairs of all rules, each pair once, portion by portion.

    Args:
        blocks: The blocks of each rule.
        itself: Whether a file is compared with itself.
        at_once: Most pairs of a portion, but for those of one right record.

    Yields:
        The pairs, in order of rule, then right record, then left record.
    """
    pairing = Pairing(blocks, itself=itself)
    return side_by_side(pairing.pairs, pairing.portions(at_once))


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
    """Numbers keys that both sides have; returns them, and how many records have each.

    Numbers rise in the order in which right records first have them: pairs are made right record by
    right record, and then find their blocks one after another.
    """
    slots, keys, left_number = _table(left)
    right_number = np.full(len(right), -1, dtype=np.int32)
    in_order = np.full(len(keys), -1, dtype=np.int32)
    counts = np.zeros((2, min(len(keys), len(right))), dtype=np.int64)
    met = 0
    for row in range(len(right)):
        number = slots[_slot(slots, keys, right[row])] if right[row] >= 0 else -1
        if number < 0:
            continue
        if in_order[number] < 0:
            in_order[number] = met
            met += 1
        right_number[row] = in_order[number]
        counts[1, in_order[number]] += 1
    for row in range(len(left)):
        if left_number[row] >= 0:
            left_number[row] = in_order[left_number[row]]
            if left_number[row] >= 0:
                counts[0, left_number[row]] += 1
    return left_number, right_number, counts[:, :met].copy()


@njit(cache=True, nogil=True)
def _table(
    keys: NDArray[np.int64],
) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.int32]]:
    """Numbers keys in order of first appearance: slots of a hash table, distinct keys, numbers."""
    size = 16
    while size < 2 * len(keys):
        size *= 2
    slots = np.full(size, -1, dtype=np.int32)
    distinct = np.empty(len(keys), dtype=np.int64)
    numbers = np.full(len(keys), -1, dtype=np.int32)
    found = 0
    for row in range(len(keys)):
        if keys[row] < 0:
            continue
        slot = _slot(slots, distinct, keys[row])
        if slots[slot] < 0:
            slots[slot] = found
            distinct[found] = keys[row]
            found += 1
        numbers[row] = slots[slot]
    return slots, distinct[:found], numbers


@njit(cache=True, nogil=True)
def _slot(slots: NDArray[np.int32], keys: NDArray[np.int64], key: int) -> int:
    """Finds the slot of a key, or the free one where it belongs; slots are a power of two."""
    last = len(slots) - 1
    slot = (key ^ (key >> 29)) * 7_046_029_254_386_353_131 >> 20 & last
    while slots[slot] >= 0 and keys[slots[slot]] != key:
        slot = (slot + 1) & last
    return slot


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
    count = left_keys.shape[1]
    for row in range(first, last):
        if key[row] < 0:
            continue
        for at in range(start[key[row]], start[key[row] + 1]):
            other = order[at]
            if itself and other >= row:
                break
            agrees = np.uint32(0)
            for rule in range(count):
                same = left_keys[other, rule] == right_keys[row, rule]
                if same and right_keys[row, rule] >= 0:
                    agrees |= np.uint32(1) << np.uint32(rule)
                    if rule < number:
                        break
            if agrees & ((np.uint32(1) << np.uint32(number)) - np.uint32(1)) == 0:
                left[made], right[made], rules[made] = other, row, agrees
                made += 1
    return made
