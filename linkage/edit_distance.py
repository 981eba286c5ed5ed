"""Edit distances, compiled: Levenshtein's, and the optimal string alignment with swaps.

Source: Hyyrö 2003, "A bit-vector algorithm for computing Levenshtein and Damerau edit distances".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from linkage.jaro_winkler import NO_CODE, WORD, clear, mark

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Buffer = NDArray[np.uint8] | NDArray[np.uint32]


@njit(cache=True, nogil=True)
def fill_distances(
    buffer: Buffer,
    offsets: NDArray[np.int64],
    a: NDArray[np.int32],
    b: NDArray[np.int32],
    most: int,
    swaps: bool,  # noqa: FBT001 - compiled functions take arguments by place
    masks: NDArray[np.uint64],
    room: NDArray[np.int32],
    distance: NDArray[np.int32],
) -> None:
    """Measure each pair; `masks` holds, for each symbol, where the first value has it."""
    kept = NO_CODE
    for i in range(len(a)):
        first = buffer[offsets[a[i]] : offsets[a[i] + 1]]
        second = buffer[offsets[b[i]] : offsets[b[i] + 1]]
        if a[i] == b[i]:
            distance[i] = 0
        elif abs(len(first) - len(second)) > most:
            distance[i] = most + 1
        elif most == 1:
            distance[i] = 1 if _is_one_edit(first, second, swaps) else 2
        elif len(first) == 0:
            distance[i] = len(second)
        elif len(first) <= WORD:
            if a[i] != kept:
                if kept != NO_CODE:
                    clear(buffer[offsets[kept] : offsets[kept + 1]], masks)
                mark(first, masks)
                kept = a[i]
            distance[i] = _distance_of_word(masks, len(first), second, most, swaps)
        else:
            distance[i] = _distance_of_any(first, second, most, swaps, room)


@njit(cache=True, nogil=True)
def _is_one_edit(
    first: Buffer,
    second: Buffer,
    swaps: bool,  # noqa: FBT001 - compiled functions take arguments by place
) -> bool:
    """Whether one edit turns unlike values into each other: what they do not share at their ends.

    Their lengths differ by one at most.
    """
    shorter = min(len(first), len(second))
    start = 0
    while start < shorter and first[start] == second[start]:
        start += 1
    end = 0
    while end < shorter - start and first[len(first) - 1 - end] == second[len(second) - 1 - end]:
        end += 1
    middle, other = len(first) - start - end, len(second) - start - end
    if max(middle, other) <= 1:
        return True
    is_pair = middle == 2 and other == 2  # noqa: PLR2004 - a swap is of two
    return bool(swaps and is_pair and _is_swap(first, second, start + 2, start + 2))


@njit(cache=True, nogil=True)
def _distance_of_word(
    masks: NDArray[np.uint64],
    length: int,
    second: Buffer,
    most: int,
    swaps: bool,  # noqa: FBT001 - compiled functions take arguments by place
) -> int:
    """Hyyrö's bit vectors: a column of the distance table a step, as differences of cells."""
    one = np.uint64(1)
    last = one << np.uint64(length - 1)
    up, down = ~np.uint64(0), np.uint64(0)
    diagonal, before = np.uint64(0), np.uint64(0)
    score = length
    for j in range(len(second)):
        here = masks[second[j]]
        swapped = ((~diagonal & here) << one) & before if swaps else np.uint64(0)
        diagonal = (((here & up) + up) ^ up) | here | down | swapped
        right = down | ~(diagonal | up)
        left = diagonal & up
        if right & last:
            score += 1
        if left & last:
            score -= 1
        # Each symbol still to come takes at most one off.
        if score - (len(second) - 1 - j) > most:
            return most + 1
        right = (right << one) | one
        up = (left << one) | ~(diagonal | right)
        down = right & diagonal
        before = here
    return score


@njit(cache=True, nogil=True)
def _distance_of_any(
    first: Buffer,
    second: Buffer,
    most: int,
    swaps: bool,  # noqa: FBT001 - compiled functions take arguments by place
    room: NDArray[np.int32],
) -> int:
    """The whole table, three rows at a time, for values of any length."""
    two_above, above, row = room[0], room[1], room[2]
    for j in range(len(second) + 1):
        above[j] = j
    least_above = 0
    for k in range(1, len(first) + 1):
        row[0] = k
        least = k
        for j in range(1, len(second) + 1):
            cost = 0 if first[k - 1] == second[j - 1] else 1
            cell = min(row[j - 1] + 1, above[j] + 1, above[j - 1] + cost)
            if swaps and min(k, j) > 1 and _is_swap(first, second, k, j):
                cell = min(cell, two_above[j - 2] + 1)
            row[j] = cell
            least = min(least, cell)
        # A swap reaches back two rows, so both must be beyond.
        if least > most and least_above > most:
            return most + 1
        least_above = least
        two_above, above, row = above, row, two_above
    return int(min(above[len(second)], most + 1))


@njit(cache=True, nogil=True)
def _is_swap(first: Buffer, second: Buffer, k: int, j: int) -> bool:
    """Whether the two symbols before these places are each other's swapped."""
    return bool(first[k - 1] == second[j - 2] and first[k - 2] == second[j - 1])
