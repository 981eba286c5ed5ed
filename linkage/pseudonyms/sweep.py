"""A sweep: hash every valid NHS number of a block, and keep those whose token is among the targets.

This is what a leaked key, or a token made without one, allows: the numbers are few enough to try
them all. The product sweeps only the unissued block 900 000 0000 - 999 999 9999, in which every
invented person lives. The range of bodies is a parameter for tests, and for `benchmarks/`, which
times a live range to say what the same attack would cost there; nothing else may pass one.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from numba import njit

from linkage.pseudonyms.compression import BATCH
from linkage.pseudonyms.sha256 import (
    LONGEST_MESSAGE,
    PLAIN,
    KeyState,
    bits_before,
    hash_batch,
    new_buffers,
)
from simulator.identifiers import FIRST_BODY, LAST_BODY, NO_CHECK_DIGIT

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

_PREFIX_BITS: Final = 32
_CHUNK_BODIES: Final = 1 << 20
_LARGEST_BODY: Final = 999_999_999
_DIGITS: Final = 10
_BYTES_BEHIND: Final = 46  # of a block of 64 bytes, whose last eight hold the length

LONGEST_SALT: Final = LONGEST_MESSAGE - _DIGITS
"""Bytes of a salt that fit one block behind a number."""


@dataclass(frozen=True, eq=False)
class SweepHits:
    """Numbers whose token begins like a target, in ascending order of number; never printed.

    A hit is right in its first 32 bits only: compare `digests` with the whole tokens to drop chance
    hits, of which there are about (numbers tried) * (targets) / 2**32.

    Attributes:
        numbers: int64 (hits,): ten-digit NHS numbers.
        digests: uint64 (hits,): the first eight bytes of each number's digest.
    """

    numbers: NDArray[np.int64]
    digests: NDArray[np.uint64]

    def __repr__(self) -> str:
        """Say how many hits there are, and no number."""
        return f"SweepHits({len(self.numbers)} hits)"


class _Targets(NamedTuple):
    """Sorted prefixes, a bitmap that refuses most others, and where each bucket begins."""

    prefixes: NDArray[np.uint32]
    bitmap: NDArray[np.uint8]
    bitmap_shift: int
    bucket_starts: NDArray[np.int64]
    bucket_shift: int


def sweep_block(
    prefixes: NDArray[np.uint32],
    state: KeyState | None,
    threads: int,
    progress: Callable[[float], None] | None = None,
    bodies: tuple[int, int] = (FIRST_BODY, LAST_BODY),
    salt: str = "",
) -> SweepHits:
    """Hash each valid number of a block, as ten ASCII digits, and keep those like a target.

    Args:
        prefixes: uint32 (targets,), strictly ascending: the leading 32 bits of the tokens sought.
        state: The key's state for HMAC-SHA256, or None for plain SHA-256.
        threads: Threads to use; the result is the same for any number.
        progress: Called in the calling thread with the part done, above 0 and up to 1.
        bodies: First and last nine-digit body to try, both included.
        salt: Text that is hashed behind each number, of at most LONGEST_SALT bytes.

    Returns:
        The hits.

    Raises:
        ValueError: If the prefixes are not ascending, the bodies are not a range of nine digits, or
            the salt is too long for one block.
    """
    first, last = bodies
    if not 0 <= first <= last <= _LARGEST_BODY:
        message = f"bodies {bodies} are not a range within 0 .. {_LARGEST_BODY}: give (first, last)"
        raise ValueError(message)
    if len(salt.encode()) > LONGEST_SALT:
        message = (
            f"a salt of {len(salt.encode())} bytes was given; at most {LONGEST_SALT} are swept"
        )
        raise ValueError(message)
    states = PLAIN if state is None else state.states
    targets = _targets(prefixes)

    def sweep_chunk(start: int) -> SweepHits:
        end = min(start + _CHUNK_BODIES - 1, last)
        return _sweep_bodies(start, end, states, targets, salt.encode())

    starts = range(first, last + 1, _CHUNK_BODIES)
    chunks = []
    with ThreadPoolExecutor(threads) as pool:
        for chunk in pool.map(sweep_chunk, starts):
            chunks.append(chunk)
            if progress is not None:
                progress(len(chunks) / len(starts))
    return SweepHits(
        np.concatenate([chunk.numbers for chunk in chunks]),
        np.concatenate([chunk.digests for chunk in chunks]),
    )


def _sweep_bodies(
    first: int, last: int, states: NDArray[np.uint32], targets: _Targets, salt: bytes
) -> SweepHits:
    """Sweep bodies first .. last, a batch of numbers at a time."""
    buffers = new_buffers()
    # Behind the ten digits: the salt, and the padding byte 0x80.
    behind = np.frombuffer((salt + b"\x80").ljust(_BYTES_BEHIND, b"\0"), ">u2").astype(np.uint32)
    buffers.blocks[3:14] = ((behind[1::2] << 16) | behind[2::2])[:, None]
    buffers.blocks[15] = bits_before(states) + 8 * (_DIGITS + len(salt))
    numbers = np.empty(BATCH, dtype=np.int64)
    matches = np.empty(BATCH, dtype=np.int64)
    found_numbers = [numbers[:0]]
    found_digests = [np.empty(0, dtype=np.uint64)]
    body = first
    while body <= last:
        count, body = _write_numbers(body, last, int(behind[0]), buffers.blocks, numbers)
        digests = hash_batch(states, buffers)
        found = _match(digests, count, targets, matches)
        if found:
            found_numbers.append(numbers[matches[:found]])
            found_digests.append(digests[matches[:found]])
    return SweepHits(np.concatenate(found_numbers), np.concatenate(found_digests))


def _targets(prefixes: NDArray[np.uint32]) -> _Targets:
    """Prepare the look-up: about one bucket a target, and 16 bits of bitmap (2**16 to 2**27)."""
    if prefixes.dtype != np.uint32 or prefixes.ndim != 1 or (prefixes[1:] <= prefixes[:-1]).any():
        message = (
            f"prefixes of dtype {prefixes.dtype} and shape {prefixes.shape} were given; they must "
            "be one uint32 column in strictly ascending order: try numpy.unique"
        )
        raise ValueError(message)
    bucket_bits = min(max(len(prefixes).bit_length(), 12), 23)
    bitmap_shift = _PREFIX_BITS - bucket_bits - 4
    bucket_shift = _PREFIX_BITS - bucket_bits
    flags = np.zeros(1 << (bucket_bits + 4), dtype=np.bool_)
    flags[prefixes >> bitmap_shift] = True
    sizes = np.bincount(prefixes >> bucket_shift, minlength=1 << bucket_bits)
    return _Targets(
        prefixes=np.ascontiguousarray(prefixes).copy(),
        bitmap=np.packbits(flags, bitorder="little"),
        bitmap_shift=bitmap_shift,
        bucket_starts=np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(sizes)]),
        bucket_shift=bucket_shift,
    )


@njit(cache=True, nogil=True)
def _write_numbers(
    body: int,
    last: int,
    behind: int,
    blocks: NDArray[np.uint32],
    numbers: NDArray[np.int64],
) -> tuple[int, int]:
    """Write the next valid numbers, and their first three words; give their count and next body."""
    count = 0
    while count < len(numbers) and body <= last:
        tens = body // 10
        word_0, sum_0 = _four_digits(tens // 10_000, 10)
        word_1, sum_1 = _four_digits(tens % 10_000, 6)
        end = min(last, tens * 10 + 9)
        while count < len(numbers) and body <= end:
            digit = body - tens * 10
            check = (11 - (sum_0 + sum_1 + 2 * digit) % 11) % 11
            if check != NO_CHECK_DIGIT:
                blocks[0, count] = word_0
                blocks[1, count] = word_1
                # Digits nine and ten, then the first two bytes behind them.
                blocks[2, count] = 0x30300000 + (digit << 24) + (check << 16) + behind
                numbers[count] = body * 10 + check
                count += 1
            body += 1
    return count, body


@njit(forceinline=True)
def _four_digits(value: int, weight: int) -> tuple[int, int]:
    """Four ASCII digits as a word, and their sum weighted from `weight` downwards."""
    d_0, d_1, d_2, d_3 = value // 1000, value // 100 % 10, value // 10 % 10, value % 10
    word = 0x30303030 + (d_0 << 24) + (d_1 << 16) + (d_2 << 8) + d_3
    return word, weight * (d_0 + d_1 + d_2 + d_3) - d_1 - 2 * d_2 - 3 * d_3


@njit(cache=True, nogil=True)
def _match(
    digests: NDArray[np.uint64],
    count: int,
    targets: _Targets,
    matches: NDArray[np.int64],
) -> int:
    """Write which digests begin like a target, and return how many: bitmap, then bucket."""
    found = 0
    for i in range(count):
        prefix = np.int64(digests[i] >> np.uint64(_PREFIX_BITS))
        bit = prefix >> targets.bitmap_shift
        if (targets.bitmap[bit >> 3] >> (bit & 7)) & 1:
            bucket = prefix >> targets.bucket_shift
            for at in range(targets.bucket_starts[bucket], targets.bucket_starts[bucket + 1]):
                if targets.prefixes[at] == prefix:
                    matches[found] = i
                    found += 1
    return found
