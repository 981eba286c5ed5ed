"""Jaro-Winkler similarity, compiled.

Jaro-Winkler has several definitions. This one is that of rapidfuzz, jellyfish and DuckDB: an odd
number of transpositions is halved downwards, and a common prefix counts only above a Jaro
similarity of 0.7. Source: Winkler 1990, "String comparator metrics and enhanced decision rules in
the Fellegi-Sunter model of record linkage".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Buffer = NDArray[np.uint8] | NDArray[np.uint32]

WORD: Final = 64
"""Symbols of a value whose positions fit a machine word."""

NO_CODE: Final = -1

_PREFIX: Final = 4
_PREFIX_WEIGHT: Final = 0.1
_BOOST_ABOVE: Final = 0.7


@njit(cache=True, nogil=True)
def fill_similarities(
    buffer: Buffer,
    offsets: NDArray[np.int64],
    a: NDArray[np.int32],
    b: NDArray[np.int32],
    least: float,
    masks: NDArray[np.uint64],
    room: NDArray[np.int32],
    similarity: NDArray[np.float64],
) -> None:
    """Compare each pair; `masks` holds, for each symbol, where the first value has it.

    Pairs that are below `least` even if no common symbol has moved get what they would have then.
    """
    kept = NO_CODE
    for i in range(len(a)):
        if a[i] == b[i]:
            similarity[i] = 1.0
            continue
        first = buffer[offsets[a[i]] : offsets[a[i] + 1]]
        second = buffer[offsets[b[i]] : offsets[b[i] + 1]]
        if len(first) <= WORD and len(second) <= WORD:
            if a[i] != kept:
                if kept != NO_CODE:
                    clear(buffer[offsets[kept] : offsets[kept + 1]], masks)
                mark(first, masks)
                kept = a[i]
            common, taken, matched = _common_of_words(masks, len(first), second)
            similarity[i] = _winkler(first, second, common, 0)
            if similarity[i] >= least:
                moved = _out_of_order(masks, second, taken, matched)
                similarity[i] = _winkler(first, second, common, moved)
        else:
            common, moved = _common_of_any(first, second, room)
            similarity[i] = _winkler(first, second, common, moved)


@njit(cache=True, nogil=True)
def _winkler(first: Buffer, second: Buffer, common: int, out_of_order: int) -> float:
    """Jaro-Winkler similarity from how many symbols are common, and how many of them moved."""
    if len(first) == 0 and len(second) == 0:
        return 1.0
    if common == 0:
        return 0.0
    jaro = common / len(first)
    jaro += common / len(second)
    jaro += (common - out_of_order // 2) / common
    jaro /= 3.0
    if jaro > _BOOST_ABOVE:
        prefix = 0
        for j in range(min(_PREFIX, len(first), len(second))):
            if first[j] != second[j]:
                break
            prefix += 1
        jaro += prefix * _PREFIX_WEIGHT * (1.0 - jaro)
    return jaro


@njit(cache=True, nogil=True)
def _common_of_words(
    masks: NDArray[np.uint64], length: int, second: Buffer
) -> tuple[int, np.uint64, np.uint64]:
    """Symbols in common within the window: how many, and where each value has them; up to 64."""
    one = np.uint64(1)
    reach = max(max(length, len(second)) // 2 - 1, 0)
    window = (one << np.uint64(reach + 1)) - one
    taken = np.uint64(0)
    matched = np.uint64(0)
    common = 0
    bit = one
    for j in range(len(second)):
        free = masks[second[j]] & window & ~taken
        if free != 0:
            taken |= free & (~free + one)
            matched |= bit
            common += 1
        bit <<= one
        window <<= one
        if j < reach:
            window |= one
    return common, taken, matched


@njit(cache=True, nogil=True)
def _out_of_order(
    masks: NDArray[np.uint64], second: Buffer, taken: np.uint64, matched: np.uint64
) -> int:
    """How many of the symbols in common stand in another order in the second value."""
    one = np.uint64(1)
    out_of_order = 0
    left = taken
    for j in range(len(second)):
        if matched & one:
            lowest = left & (~left + one)
            left ^= lowest
            if masks[second[j]] & lowest == 0:
                out_of_order += 1
        matched >>= one
    return out_of_order


@njit(cache=True, nogil=True)
def _common_of_any(first: Buffer, second: Buffer, room: NDArray[np.int32]) -> tuple[int, int]:
    """The same for values of any length, symbol by symbol."""
    reach = max(max(len(first), len(second)) // 2 - 1, 0)
    is_taken, taker = room[0], room[1]
    is_taken[: len(first)] = 0
    common = 0
    for j in range(len(second)):
        for k in range(max(0, j - reach), min(len(first), j + reach + 1)):
            if is_taken[k] == 0 and first[k] == second[j]:
                is_taken[k] = 1
                taker[common] = second[j]
                common += 1
                break
    out_of_order = 0
    position = 0
    for k in range(len(first)):
        if is_taken[k] == 1:
            if first[k] != taker[position]:
                out_of_order += 1
            position += 1
    return common, out_of_order


@njit(cache=True, nogil=True)
def mark(value: Buffer, masks: NDArray[np.uint64]) -> None:
    """Set the bits of the positions at which a value has each symbol."""
    bit = np.uint64(1)
    for j in range(len(value)):
        masks[value[j]] |= bit
        bit <<= np.uint64(1)


@njit(cache=True, nogil=True)
def clear(value: Buffer, masks: NDArray[np.uint64]) -> None:
    """Unset the bits of a value."""
    for j in range(len(value)):
        masks[value[j]] = 0
