"""AES-SIV of a column: messages of one length are sealed or opened together.

The library seals one message a call. Here each step is carried out for all of them: AES in its bare
form (ECB) takes any number of blocks in a call, and the rest is XOR. The bytes are those that the
library gives, which tests hold them to.

Source: RFC 5297, AES-SIV, sections 2.3 (doubling), 2.4 (S2V), 2.5 (counter) and 2.6.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB
from cryptography.hazmat.primitives.cmac import CMAC

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

Bytes: TypeAlias = "NDArray[np.uint8]"

BLOCK: Final = 16
"""Bytes in a block of AES, in a tag, and in a nonce here."""

_CARRY: Final = 0x87
_BELOW_TOP_BIT: Final = 0x7F
_CLEARED: Final = (8, 12)  # bytes of a tag whose top bit is cleared before it counts


def seal(
    material: bytes, messages: Bytes, associated: Sequence[bytes], nonces: Bytes | None = None
) -> Bytes:
    """Seals messages.

    Args:
        material: The key: 32, 48 or 64 bytes.
        messages: uint8 (n, length), a positive multiple of 16 bytes each.
        associated: Parts that are authenticated with every message.
        nonces: uint8 (n, 16): one more part, of each message's own; None where there is none.

    Returns:
        uint8 (n, 16 + length): the tag, then the text in cipher.
    """
    tags = _tags(material, messages, associated, nonces)
    return np.concatenate([tags, messages ^ _stream(material, tags, messages.shape[1])], axis=1)


def unseal(
    material: bytes, sealed: Bytes, associated: Sequence[bytes], nonces: Bytes | None = None
) -> tuple[Bytes, NDArray[np.bool_]]:
    """Opens what `seal` gave.

    Args:
        material: The key.
        sealed: uint8 (n, 16 + length).
        associated: As for `seal`.
        nonces: As for `seal`.

    Returns:
        uint8 (n, length): messages; of no meaning where the second, (n,), says that the tag is not
        right.
    """
    tags, text = sealed[:, :BLOCK], sealed[:, BLOCK:]
    messages = text ^ _stream(material, tags, text.shape[1])
    is_right = (_tags(material, messages, associated, nonces) == tags).all(axis=1)
    return messages, is_right


def _tags(
    material: bytes, messages: Bytes, associated: Sequence[bytes], nonces: Bytes | None
) -> Bytes:
    """Works out S2V of the parts and each message, uint8 (n, 16)."""
    key = material[: len(material) // 2]
    # XORed to the last of whole blocks by CMAC: the first subkey of NIST SP 800-38B.
    subkey = _doubled(encrypted(key, np.zeros((1, BLOCK), np.uint8)))
    parts = _of_parts(key, associated)
    if nonces is not None:
        parts = _doubled(parts) ^ encrypted(key, nonces ^ subkey)
    blocks = messages.reshape(len(messages), -1, BLOCK)
    state = np.zeros((len(messages), BLOCK), np.uint8)
    for at in range(blocks.shape[1] - 1):
        state = encrypted(key, state ^ blocks[:, at])
    return encrypted(key, state ^ blocks[:, -1] ^ parts ^ subkey)


def _of_parts(key: bytes, associated: Sequence[bytes]) -> Bytes:
    """Works out S2V as far as the parts that all messages share, uint8 (1, 16)."""
    found = _authenticated(key, bytes(BLOCK))
    for part in associated:
        found = _doubled(found) ^ _authenticated(key, part)
    return found


def _authenticated(key: bytes, message: bytes) -> Bytes:
    code = CMAC(AES(key))
    code.update(message)
    return np.frombuffer(code.finalize(), np.uint8)[None]


def _doubled(blocks: Bytes) -> Bytes:
    """Doubles each row in the field of 2^128 elements, uint8 (n, 16)."""
    words = np.ascontiguousarray(blocks).view(">u8").astype(np.uint64)
    one, top = np.uint64(1), np.uint64(63)
    carry = (words[:, 0] >> top) * np.uint64(_CARRY)
    high = (words[:, 0] << one) | (words[:, 1] >> top)
    low = (words[:, 1] << one) ^ carry
    return np.stack([high, low], axis=1).astype(">u8").view(np.uint8)


def _stream(material: bytes, tags: Bytes, length: int) -> Bytes:
    """Gives what texts are XORed with, uint8 (n, length): AES of a counter that a tag begins."""
    first = tags.copy()
    first[:, _CLEARED] &= _BELOW_TOP_BIT
    counters = np.repeat(first[:, None], length // BLOCK, axis=1)
    # The top bit of the last word is clear, so adding to that word never carries beyond it.
    counters.view(">u4")[:, :, -1] += np.arange(length // BLOCK, dtype=np.uint32)
    key = material[len(material) // 2 :]
    return encrypted(key, counters.reshape(-1, BLOCK)).reshape(len(tags), length)


def encrypted(key: bytes, blocks: Bytes) -> Bytes:
    """Encrypts each row by itself with bare AES, a part of AES-SIV and of FF1 and no more.

    Args:
        key: 16, 24 or 32 bytes.
        blocks: uint8 (n, 16).

    Returns:
        uint8 (n, 16), read-only.
    """
    cipher = Cipher(AES(key), ECB()).encryptor()  # noqa: S305
    return np.frombuffer(cipher.update(blocks.tobytes()), np.uint8).reshape(-1, BLOCK)
