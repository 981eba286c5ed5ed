"""Hashing to P-256: bytes as a scalar, or as a point of which nobody knows the multiple.

RFC 9380: expand_message_xmd (section 5.3.1) with SHA-256, hash_to_field (5.2), the simplified SWU
map (6.6.2) and the suite `P256_XMD:SHA-256_SSWU_RO_` (8.2). Not constant-time: a simulation.
"""

from __future__ import annotations

import hashlib
from typing import Final

from linkage.pseudonyms.p256 import (
    ORDER,
    PRIME,
    A,
    B,
    Point,
    right_side,
    square_root,
    sum_of_multiples,
)

_DIGEST_BYTES: Final = 32
_BLOCK_BYTES: Final = 64
_FIELD_BYTES: Final = 48
"""Bytes reduced to one number: 128 bits more than it has, so that it is even to within 2^-128."""

_Z: Final = PRIME - 10
_LONGEST_TAG: Final = 255


def expand_message(message: bytes, tag: bytes, length: int) -> bytes:
    """Stretch a message to `length` uniform bytes, apart for each domain separation tag.

    Raises:
        ValueError: If the tag is empty or longer than 255 bytes.
    """
    if not 0 < len(tag) <= _LONGEST_TAG:
        raise ValueError(f"a domain separation tag must have 1 to {_LONGEST_TAG} bytes")
    suffix = tag + bytes([len(tag)])
    start = bytes(_BLOCK_BYTES) + message + length.to_bytes(2, "big") + b"\x00" + suffix
    first = hashlib.sha256(start).digest()
    block = hashlib.sha256(first + b"\x01" + suffix).digest()
    blocks = [block]
    for i in range(2, -(-length // _DIGEST_BYTES) + 1):
        mixed = bytes(a ^ b for a, b in zip(first, block, strict=True))
        block = hashlib.sha256(mixed + bytes([i]) + suffix).digest()
        blocks.append(block)
    return b"".join(blocks)[:length]


def hash_to_scalar(message: bytes, tag: bytes) -> int:
    """Hash to a number below the order of the curve."""
    return int.from_bytes(expand_message(message, tag, _FIELD_BYTES), "big") % ORDER


def hash_to_curve(message: bytes, tag: bytes) -> Point:
    """Hash to a point, as even as if it were drawn.

    Raises:
        BadElement: If the point is the identity, which nobody can bring about.
    """
    uniform = expand_message(message, tag, 2 * _FIELD_BYTES)
    halves = (uniform[:_FIELD_BYTES], uniform[_FIELD_BYTES:])
    points = [map_to_curve(int.from_bytes(half, "big") % PRIME) for half in halves]
    return sum_of_multiples((1, 1), points)


def map_to_curve(u: int) -> Point:
    """The simplified SWU map: of two x, one of which must be a point's, the first that is.

    Args:
        u: A number below PRIME. Where u is 0, or Z u^2 is -1, a denominator is zero, and the first
            x is B/(Z A) instead.
    """
    zu2 = _Z * u * u % PRIME
    denominator = (zu2 * zu2 + zu2) % PRIME
    if denominator:
        x = -B * pow(A, -1, PRIME) * (1 + pow(denominator, -1, PRIME)) % PRIME
    else:
        x = B * pow(_Z * A, -1, PRIME) % PRIME
    y = square_root(right_side(x))
    if y is None:
        x = zu2 * x % PRIME
        y = square_root(right_side(x)) or 0
    return Point(x, y if u & 1 == y & 1 else (PRIME - y) % PRIME)
