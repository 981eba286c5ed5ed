"""SHA-256 and HMAC-SHA256 of a column of short messages, shortened to 64 bits.

A token is the first eight bytes of a digest, read as a big-endian number: 64 bits are enough for
60 million people (about one chance in ten thousand of any collision) and fit a column. A message
of up to 55 bytes fits one block with its padding, so a plain digest is one compression; with a
key's inner and outer state worked out beforehand, a keyed one is two. Sources: FIPS 180-4; RFC
2104.
"""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from numba import njit

from linkage.pseudonyms.compression import (
    BATCH,
    BLOCK_WORDS,
    DIGEST_WORDS,
    INITIAL_HASH,
    compress,
)
from linkage.secret import Secret

if TYPE_CHECKING:
    from numpy.typing import NDArray

LONGEST_MESSAGE: Final = 55
"""Bytes: what one block of 64 holds beside its padding byte and its eight length bytes."""

PLAIN: Final = INITIAL_HASH.reshape(1, DIGEST_WORDS)
"""The chain of states of an unkeyed digest, for `hash_batch`."""

_BLOCK_BYTES: Final = 64
_ROWS_AND_BYTES: Final = 2
_CHUNK: Final = 16 * BATCH
_INNER_PAD: Final = 0x36
_OUTER_PAD: Final = 0x5C


@dataclass(frozen=True, eq=False)
class KeyState(Secret):
    """An HMAC-SHA256 key after its inner and outer pads were compressed; as secret as the key.

    Attributes:
        states: uint32 (2, 8), read-only: the inner and the outer state; hidden from `repr`.
    """

    states: NDArray[np.uint32] = field(repr=False)


def key_state(material: bytes) -> KeyState:
    """Work out the inner and outer state of a key (RFC 2104, section 4).

    Args:
        material: The key; hashed first where it is longer than 64 bytes.
    """
    short = hashlib.sha256(material).digest() if len(material) > _BLOCK_BYTES else material
    padded = short.ljust(_BLOCK_BYTES, b"\0")
    states = np.stack([_compress_xored(padded, pad) for pad in (_INNER_PAD, _OUTER_PAD)])
    states.flags.writeable = False
    return KeyState(states)


def plain_digests(
    messages: NDArray[np.uint8], lengths: NDArray[np.integer[Any]], threads: int = 1
) -> NDArray[np.uint64]:
    """Hash each message by SHA-256.

    Args:
        messages: uint8 (n, width): one message a row, from its first byte; the rest is not read.
        lengths: (n,): bytes in each message, 0 to the width and at most 55.
        threads: Threads to use; the result is the same for any number.

    Returns:
        uint64 (n,): the first eight bytes of each digest, big-endian.

    Raises:
        ValueError: If the shapes differ, or a length is out of range.
    """
    return _digests(messages, lengths, PLAIN, threads)


def keyed_digests(
    messages: NDArray[np.uint8],
    lengths: NDArray[np.integer[Any]],
    state: KeyState,
    threads: int = 1,
) -> NDArray[np.uint64]:
    """Hash each message by HMAC-SHA256.

    Args:
        messages: uint8 (n, width): one message a row, from its first byte; the rest is not read.
        lengths: (n,): bytes in each message, 0 to the width and at most 55.
        state: The key's state.
        threads: Threads to use; the result is the same for any number.

    Returns:
        uint64 (n,): the first eight bytes of each code, big-endian.

    Raises:
        ValueError: If the shapes differ, or a length is out of range.
    """
    return _digests(messages, lengths, state.states, threads)


class Buffers(NamedTuple):
    """What a batch is hashed in; one a thread.

    Attributes:
        blocks: uint32 (16, BATCH): the padded messages, one a column; zeros at first.
        outer: uint32 (16, BATCH): room for inner digests, with their padding in place.
        digests: uint32 (8, BATCH): the digests, one a column.
    """

    blocks: NDArray[np.uint32]
    outer: NDArray[np.uint32]
    digests: NDArray[np.uint32]


def new_buffers() -> Buffers:
    """Make buffers for one thread."""
    blocks, outer = np.zeros((2, BLOCK_WORDS, BATCH), dtype=np.uint32)
    outer[DIGEST_WORDS] = 0x80 << 24
    outer[-1] = 8 * (_BLOCK_BYTES + 4 * DIGEST_WORDS)
    return Buffers(blocks, outer, digests=np.zeros((DIGEST_WORDS, BATCH), dtype=np.uint32))


def bits_before(states: NDArray[np.uint32]) -> int:
    """Bits hashed before the message: the inner pad's 512 where the hash is keyed."""
    return 8 * _BLOCK_BYTES * (len(states) - 1)


def hash_batch(states: NDArray[np.uint32], buffers: Buffers) -> NDArray[np.uint64]:
    """Hash the messages in `buffers.blocks`.

    Args:
        states: uint32 (1, 8) for SHA-256 (`PLAIN`), or (2, 8) for HMAC (`KeyState.states`).
        buffers: From `new_buffers`; its digests, and its inner ones, are overwritten.

    Returns:
        uint64 (BATCH,): the first eight bytes of each digest, big-endian.
    """
    blocks, outer, digests = (words.reshape(-1) for words in buffers)
    if len(states) == 1:
        compress(states[0], blocks, digests)
    else:
        compress(states[0], blocks, outer)
        compress(states[1], outer, digests)
    first, second = buffers.digests[:2].astype(np.uint64)
    return np.asarray((first << np.uint64(32)) | second)


def _digests(
    messages: NDArray[np.uint8],
    lengths: NDArray[np.integer[Any]],
    states: NDArray[np.uint32],
    threads: int,
) -> NDArray[np.uint64]:
    """Hash all messages, a fixed chunk of rows at a time."""
    _require_lengths(messages, lengths)
    tokens = np.empty(len(messages), dtype=np.uint64)

    def hash_chunk(start: int) -> None:
        buffers = new_buffers()
        for first in range(start, min(start + _CHUNK, len(tokens)), BATCH):
            rows = slice(first, first + BATCH)
            chunk = _read_only(messages[rows], np.uint8), _read_only(lengths[rows], np.int64)
            _write_blocks(*chunk, bits_before(states), buffers.blocks)
            tokens[rows] = hash_batch(states, buffers)[: len(chunk[0])]

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(hash_chunk, range(0, len(tokens), _CHUNK)))
    return tokens


@njit(cache=True, nogil=True)
def _write_blocks(
    messages: NDArray[np.uint8], lengths: NDArray[np.int64], before: int, blocks: NDArray[np.uint32]
) -> None:
    """Write each message with its padding as a block; `before` bits were hashed before it."""
    for i in range(len(messages)):
        length = lengths[i]
        # Word 14 is the upper half of the length, and always 0.
        for word in range(14):
            blocks[word, i] = 0
        for j in range(length):
            blocks[j >> 2, i] |= np.uint32(messages[i, j]) << (24 - 8 * (j & 3))
        blocks[length >> 2, i] |= np.uint32(0x80) << (24 - 8 * (length & 3))
        blocks[15, i] = before + 8 * length


def _require_lengths(messages: NDArray[np.uint8], lengths: NDArray[np.integer[Any]]) -> None:
    """Raise ValueError unless there is one row and one fitting length a message."""
    if messages.ndim != _ROWS_AND_BYTES or lengths.shape != messages.shape[:1]:
        message = (
            f"messages of shape {messages.shape} and lengths of shape {lengths.shape} were given; "
            "messages must be (n, width) and lengths (n,)"
        )
        raise ValueError(message)
    longest = min(messages.shape[1], LONGEST_MESSAGE)
    if lengths.size and (int(lengths.min()) < 0 or int(lengths.max()) > longest):
        message = (
            f"message lengths run from {int(lengths.min())} to {int(lengths.max())} bytes; each "
            f"must be from 0 to {longest}: at most the width given ({messages.shape[1]}), and at "
            f"most {LONGEST_MESSAGE}, which fit one block. Shorten the value before it is hashed"
        )
        raise ValueError(message)


def _compress_xored(block: bytes, pad: int) -> NDArray[np.uint32]:
    """Compress 64 bytes, each XORed with the pad, from the initial state: uint32 (8,)."""
    words = np.frombuffer(bytes(byte ^ pad for byte in block), dtype=">u4").astype(np.uint32)
    digests = np.empty(DIGEST_WORDS * BATCH, dtype=np.uint32)
    compress(INITIAL_HASH, np.repeat(words, BATCH), digests)
    return digests[::BATCH]


def _read_only(values: NDArray[Any], dtype: type[np.generic]) -> NDArray[Any]:
    """A contiguous, read-only view or copy, so that one compiled kernel serves every caller."""
    view = np.ascontiguousarray(values, dtype=dtype).view()
    view.flags.writeable = False
    return view
