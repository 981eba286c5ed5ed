"""The SHA-256 compression function over columns: many independent blocks at once.

FIPS 180-4, sections 4.1.2, 4.2.2 and 6.2.2. Words are held in column order: word j of every block
of a batch stands together, so that one pass over the blocks is straight-line code on neighbouring
values, which the compiler turns into vector instructions (up to 16 blocks a step).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

BATCH: Final = 4080
"""Blocks compressed together: 255 cache lines a word, an odd number, so that the words of one
block fall in different sets of the cache; and few enough to stay in a core's own cache."""

BLOCK_WORDS: Final = 16
"""32-bit words in a block of 64 bytes."""

DIGEST_WORDS: Final = 8
"""32-bit words in a digest of 32 bytes."""


def _words(text: str) -> NDArray[np.uint32]:
    """Read hexadecimal words into a read-only array."""
    words = np.frombuffer(bytes.fromhex(text), dtype=">u4").astype(np.uint32)
    words.flags.writeable = False
    return words


INITIAL_HASH: Final = _words("""
    6a09e667 bb67ae85 3c6ef372 a54ff53a 510e527f 9b05688c 1f83d9ab 5be0cd19
""")
"""The state before the first block: FIPS 180-4, section 5.3.3."""

_ROUND_CONSTANTS: Final = _words("""
    428a2f98 71374491 b5c0fbcf e9b5dba5 3956c25b 59f111f1 923f82a4 ab1c5ed5
    d807aa98 12835b01 243185be 550c7dc3 72be5d74 80deb1fe 9bdc06a7 c19bf174
    e49b69c1 efbe4786 0fc19dc6 240ca1cc 2de92c6f 4a7484aa 5cb0a9dc 76f988da
    983e5152 a831c66d b00327c8 bf597fc7 c6e00bf3 d5a79147 06ca6351 14292967
    27b70a85 2e1b2138 4d2c6dfc 53380d13 650a7354 766a0abb 81c2c92e 92722c85
    a2bfe8a1 a81a664b c24b8b70 c76c51a3 d192e819 d6990624 f40e3585 106aa070
    19a4c116 1e376c08 2748774c 34b0bcb5 391c0cb3 4ed8aa4a 5b9cca4f 682e6ff3
    748f82ee 78a5636f 84c87814 8cc70208 90befffa a4506ceb bef9a3f7 c67178f2
""")

_Words = tuple[Any, ...]
_inlined = njit(forceinline=True)

# Two rules keep the code below quick to compile and to run. Numbers passed to an inlined function
# are typed, because a bare literal would compile it anew for each value; and sums are cut back to
# 32 bits, because numba widens them to 64.


@_inlined
def _rotate(word: np.uint32, places: np.uint32) -> np.uint32:
    """Rotate right."""
    return np.uint32((word >> places) | (word << (np.uint32(32) - places)))


@_inlined
def _round(state: _Words, word_and_constant: np.uint32) -> _Words:
    """One of the 64 rounds, with FIPS 180-4's letters for the state."""
    a, b, c, d, e, f, g, h = state
    sum_1 = _rotate(e, np.uint32(6)) ^ _rotate(e, np.uint32(11)) ^ _rotate(e, np.uint32(25))
    choice = g ^ (e & (f ^ g))
    t_1 = np.uint32(h + sum_1 + choice + word_and_constant)
    sum_0 = _rotate(a, np.uint32(2)) ^ _rotate(a, np.uint32(13)) ^ _rotate(a, np.uint32(22))
    majority = (a & b) | (c & (a | b))
    return np.uint32(t_1 + sum_0 + majority), a, b, c, np.uint32(d + t_1), e, f, g


@_inlined
def _eight_rounds(state: _Words, words: _Words, first: np.int64) -> _Words:
    """Rounds first .. first + 7 on their eight words."""
    k = _ROUND_CONSTANTS
    state = _round(state, np.uint32(k[first] + words[0]))
    state = _round(state, np.uint32(k[first + 1] + words[1]))
    state = _round(state, np.uint32(k[first + 2] + words[2]))
    state = _round(state, np.uint32(k[first + 3] + words[3]))
    state = _round(state, np.uint32(k[first + 4] + words[4]))
    state = _round(state, np.uint32(k[first + 5] + words[5]))
    state = _round(state, np.uint32(k[first + 6] + words[6]))
    return _round(state, np.uint32(k[first + 7] + words[7]))


@_inlined
def _next_word(w_16: np.uint32, w_15: np.uint32, w_7: np.uint32, w_2: np.uint32) -> np.uint32:
    """The next word of the message schedule from those 16, 15, 7 and 2 places back."""
    sigma_0 = _rotate(w_15, np.uint32(7)) ^ _rotate(w_15, np.uint32(18)) ^ (w_15 >> np.uint32(3))
    sigma_1 = _rotate(w_2, np.uint32(17)) ^ _rotate(w_2, np.uint32(19)) ^ (w_2 >> np.uint32(10))
    return np.uint32(w_16 + sigma_0 + w_7 + sigma_1)


@_inlined
def _next_words(old: _Words, new: _Words) -> _Words:
    """The next eight words of the message schedule, from the eight `old` and the eight `new`."""
    w_0 = _next_word(old[0], old[1], new[1], new[6])
    w_1 = _next_word(old[1], old[2], new[2], new[7])
    w_2 = _next_word(old[2], old[3], new[3], w_0)
    w_3 = _next_word(old[3], old[4], new[4], w_1)
    w_4 = _next_word(old[4], old[5], new[5], w_2)
    w_5 = _next_word(old[5], old[6], new[6], w_3)
    w_6 = _next_word(old[6], old[7], new[7], w_4)
    w_7 = _next_word(old[7], new[0], w_0, w_5)
    return w_0, w_1, w_2, w_3, w_4, w_5, w_6, w_7


@_inlined
def _eight_of(columns: NDArray[np.uint32], at: int) -> _Words:
    """Eight successive words of the block whose first of them is at `at`."""
    return (
        columns[at],
        columns[at + BATCH],
        columns[at + 2 * BATCH],
        columns[at + 3 * BATCH],
        columns[at + 4 * BATCH],
        columns[at + 5 * BATCH],
        columns[at + 6 * BATCH],
        columns[at + 7 * BATCH],
    )


@njit(cache=True, nogil=True)
def compress(
    state: NDArray[np.uint32], blocks: NDArray[np.uint32], digests: NDArray[np.uint32]
) -> None:
    """Compress `BATCH` blocks, each from the same state.

    Args:
        state: uint32 (8,), read-only: the state before the block.
        blocks: uint32 (16 * BATCH,): word j of block i at j * BATCH + i.
        digests: uint32, at least (8 * BATCH,), written: word j of the state after block i at
            j * BATCH + i. It may not overlap `blocks`.
    """
    s_0, s_1, s_2, s_3 = state[0], state[1], state[2], state[3]
    s_4, s_5, s_6, s_7 = state[4], state[5], state[6], state[7]
    for i in range(BATCH):
        left = _eight_of(blocks, i)
        right = _eight_of(blocks, i + 8 * BATCH)
        now = _eight_rounds((s_0, s_1, s_2, s_3, s_4, s_5, s_6, s_7), left, np.int64(0))
        now = _eight_rounds(now, right, np.int64(8))
        left = _next_words(left, right)
        now = _eight_rounds(now, left, np.int64(16))
        right = _next_words(right, left)
        now = _eight_rounds(now, right, np.int64(24))
        left = _next_words(left, right)
        now = _eight_rounds(now, left, np.int64(32))
        right = _next_words(right, left)
        now = _eight_rounds(now, right, np.int64(40))
        left = _next_words(left, right)
        now = _eight_rounds(now, left, np.int64(48))
        right = _next_words(right, left)
        now = _eight_rounds(now, right, np.int64(56))
        digests[i] = s_0 + now[0]
        digests[i + BATCH] = s_1 + now[1]
        digests[i + 2 * BATCH] = s_2 + now[2]
        digests[i + 3 * BATCH] = s_3 + now[3]
        digests[i + 4 * BATCH] = s_4 + now[4]
        digests[i + 5 * BATCH] = s_5 + now[5]
        digests[i + 6 * BATCH] = s_6 + now[6]
        digests[i + 7 * BATCH] = s_7 + now[7]
