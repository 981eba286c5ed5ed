"""FF1 of a column: numerals of one length are enciphered into numerals of the same length.

FF1 is a permutation of all strings of n numerals in one radix, chosen by a key and a tweak: a
Feistel network of ten rounds over the string's halves A (u = n // 2 numerals) and B (v = n - u).
In round i, with m = u for even i and v for odd,

    y = the leading d bytes of AES-CBC-MAC(P || Q), as a number
    C = (A + y) mod radix^m;  A, B = B, C

where P tells radix, lengths and the tweak's length, and Q the tweak, i and B; b is the number of
bytes that hold B, and d = 4 * ceil(b / 4) + 4. Deciphering runs the rounds backwards and subtracts.
Here a round is carried out for the whole column. Whatever comes before the block with i and B is
the same for all values and is enciphered once, so that a round is mostly one call of AES.

What it leaks: it is deterministic, so equal values have equal codes and frequencies show; a code
has the length of its value. It is not authenticated: another key, or a changed code, gives another
value and no error. Each code must be one of at least a million, or a table of all is soon made.

Source: NIST SP 800-38G Rev. 1 (draft of 2019), algorithms 7 and 8.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np

from linkage.pseudonyms.siv import BLOCK, encrypted

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from linkage.pseudonyms.siv import Bytes

Numerals: TypeAlias = "NDArray[np.uint8] | NDArray[np.uint16]"
Numbers: TypeAlias = "NDArray[Any]"
"""Halves as numbers: uint64 (n,), or Python's integers (object) where 64 bits are too few."""

LEAST_STRINGS: Final = 1_000_000
"""Strings that there must be of a length: radix^length is no less (SP 800-38G Rev. 1)."""

MOST_FAST: Final = 1 << 56
"""Up to so many halves, radix^ceil(n / 2), a column is worked out in 64 bits, else value by value.
A remainder and one more byte must fit 64 bits."""

_ROUNDS: Final = 10
_RADICES: Final = (2, 1 << 16)
_KEY_BYTES: Final = (16, 24, 32)
_CHUNK: Final = 1 << 15
"""Values that are carried through all rounds together, so that they stay in a core's cache."""


def encipher(material: bytes, numerals: Numerals, radix: int, tweak: bytes = b"") -> Numerals:
    """Enciphers each string.

    Args:
        material: The AES key: 16, 24 or 32 bytes.
        numerals: uint8 or uint16 (values, length): a string a row, each numeral below the radix.
        radix: 2 to 65,536.
        tweak: Public bytes that choose the permutation beside the key, any number of them.

    Returns:
        Same shape and dtype.

    Raises:
        ValueError: If radix, length, key or a numeral is not allowed.
    """
    return _carried(material, numerals, radix, tweak, sign=1)


def decipher(material: bytes, numerals: Numerals, radix: int, tweak: bytes = b"") -> Numerals:
    """Turns each string back that `encipher` gave under the same key, radix and tweak.

    Args:
        material: The AES key.
        numerals: uint8 or uint16 (values, length).
        radix: As for `encipher`.
        tweak: As for `encipher`.

    Returns:
        Same shape and dtype; under another key or tweak other strings, without a sign of it.

    Raises:
        ValueError: If radix, length, key or a numeral is not allowed.
    """
    return _carried(material, numerals, radix, tweak, sign=-1)


@dataclass(frozen=True, eq=False)
class _Column:
    """What all strings of a column share.

    Attributes:
        aes: Enciphers each row of blocks under the key.
        radix: The radix.
        lengths: Numerals in the left and in the right half: u and v.
        half_bytes: Bytes that hold a right half: b.
        before: uint8 (1, 16): the state of CBC-MAC before the last blocks, which vary.
        varying: uint8 (1, 16 or 32 ...): those blocks, with zeros for i and B.
    """

    aes: Callable[[Bytes], Bytes] = field(repr=False)
    radix: int
    lengths: tuple[int, int]
    half_bytes: int
    before: Bytes
    varying: Bytes

    @property
    def number_type(self) -> type[Any]:
        """The dtype of halves as numbers."""
        return np.uint64 if self.radix ** self.lengths[1] <= MOST_FAST else np.object_


def _carried(material: bytes, numerals: Numerals, radix: int, tweak: bytes, sign: int) -> Numerals:
    """Carries strings through the rounds, forwards (1) or backwards (-1), a chunk at a time."""
    _require_allowed(material, numerals, radix)
    column = _column(material, radix, numerals.shape[1], tweak)
    made = np.empty_like(numerals)
    for start in range(0, len(numerals), _CHUNK):
        rows = slice(start, start + _CHUNK)
        chunk, middle = numerals[rows], column.lengths[0]
        halves = _number(chunk[:, :middle], column), _number(chunk[:, middle:], column)
        halves = _forwards(column, *halves) if sign > 0 else _backwards(column, *halves)
        texts = [
            _string(half, radix, length)
            for half, length in zip(halves, column.lengths, strict=True)
        ]
        made[rows] = np.concatenate(texts, axis=1)
    return made


def _forwards(column: _Column, a: Numbers, b: Numbers) -> tuple[Numbers, Numbers]:
    for i in range(_ROUNDS):
        modulus = column.radix ** column.lengths[i % 2]
        a, b = b, (a + _pseudorandom(column, i, b, modulus)) % modulus
    return a, b


def _backwards(column: _Column, a: Numbers, b: Numbers) -> tuple[Numbers, Numbers]:
    for i in reversed(range(_ROUNDS)):
        modulus = column.radix ** column.lengths[i % 2]
        # The modulus first: an unsigned number may not fall below 0.
        a, b = (b + modulus - _pseudorandom(column, i, a, modulus)) % modulus, a
    return a, b


def _column(material: bytes, radix: int, length: int, tweak: bytes) -> _Column:
    """Lays out P and Q, and works CBC-MAC as far as all strings and rounds share it."""
    aes = partial(encrypted, material)
    u, v = length // 2, length - length // 2
    half_bytes = -(-(radix**v - 1).bit_length() // 8)
    p = b"\1\2\1" + radix.to_bytes(3, "big") + bytes([_ROUNDS, u % 256])
    p += length.to_bytes(4, "big") + len(tweak).to_bytes(4, "big")
    tail = 1 + half_bytes
    q = tweak + bytes(-(len(tweak) + tail) % BLOCK) + bytes(tail)
    shared = len(q) - -(-tail // BLOCK) * BLOCK
    state = np.zeros((1, BLOCK), np.uint8)
    for block in np.frombuffer(p + q[:shared], np.uint8).reshape(-1, 1, BLOCK):
        state = aes(state ^ block)
    varying = np.frombuffer(q[shared:], np.uint8)[None]
    return _Column(aes, radix, (u, v), half_bytes, state, varying)


def _pseudorandom(column: _Column, i: int, right: Numbers, modulus: int) -> Numbers:
    """Gives y mod the modulus: the pseudorandom number of round i for each right half."""
    blocks = np.repeat(column.varying, len(right), axis=0)
    blocks[:, -1 - column.half_bytes] = i
    blocks[:, -column.half_bytes :] = _bytes_of(right, column.half_bytes)
    state = column.before
    for at in range(0, blocks.shape[1], BLOCK):
        state = column.aes(state ^ blocks[:, at : at + BLOCK])
    wanted = 4 * -(-column.half_bytes // 4) + 4
    parts = [state]
    for j in range(1, -(-wanted // BLOCK)):
        counter = np.frombuffer(j.to_bytes(BLOCK, "big"), np.uint8)
        parts.append(column.aes(state ^ counter))
    return _remainder(np.concatenate(parts, axis=1)[:, :wanted], modulus, column.number_type)


def _remainder(rows: Bytes, modulus: int, number_type: type[Any]) -> Numbers:
    """Reads rows of bytes as big-endian numbers, and gives what the modulus leaves of each."""
    if number_type is np.object_:
        found = np.empty(len(rows), np.object_)
        found[:] = [int.from_bytes(row) % modulus for row in map(bytes, rows)]
        return found
    words = np.ascontiguousarray(rows[:, :8]).view(">u8")[:, 0].astype(np.uint64)
    rest = words % modulus
    for byte in rows[:, 8:].T:
        rest = (rest * 256 + byte) % modulus
    return rest


def _bytes_of(numbers: Numbers, width: int) -> Bytes:
    """Writes numbers as rows of big-endian bytes, uint8 (n, width)."""
    if numbers.dtype == np.object_:
        text = b"".join(number.to_bytes(width, "big") for number in numbers)
        return np.frombuffer(text, np.uint8).reshape(-1, width)
    return numbers.astype(">u8").view(np.uint8).reshape(-1, 8)[:, -width:]


def _number(half: Numerals, column: _Column) -> Numbers:
    """Reads strings as numbers, the first numeral the most significant."""
    number = np.zeros(len(half), column.number_type)
    for numeral in half.T:
        number = number * column.radix + numeral.astype(column.number_type)
    return number


def _string(numbers: Numbers, radix: int, length: int) -> NDArray[np.uint16]:
    """Writes numbers as strings of a length, uint16 (n, length)."""
    text = np.empty((len(numbers), length), np.uint16)
    for at in reversed(range(length)):
        text[:, at] = numbers % radix
        numbers = numbers // radix
    return text


def _require_allowed(material: bytes, numerals: Numerals, radix: int) -> None:
    """Raise ValueError if anything is outside what SP 800-38G Rev. 1 allows."""
    least, most = _RADICES
    if not least <= radix <= most:
        raise ValueError(f"a radix of {radix} was given; it must be from {least} to {most:,}")
    if len(material) not in _KEY_BYTES:
        message = f"a key of {len(material)} bytes was given; AES takes 16, 24 or 32"
        raise ValueError(message)
    if numerals.ndim != 2 or numerals.dtype not in (np.uint8, np.uint16):  # noqa: PLR2004
        message = (
            f"numerals of dtype {numerals.dtype} and shape {numerals.shape} were given; they must "
            "be uint8 or uint16 (values, length)"
        )
        raise ValueError(message)
    length = numerals.shape[1]
    if length < 2 or radix**length < LEAST_STRINGS:  # noqa: PLR2004
        message = (
            f"strings of {length} numerals in radix {radix} were given, of which there are "
            f"{radix**length:,}; there must be two numerals at least and {LEAST_STRINGS:,} "
            "strings, or a table of all codes is soon made: use a longer value, or AES-SIV"
        )
        raise ValueError(message)
    if numerals.size and int(numerals.max()) >= radix:
        raise ValueError(f"a numeral is not below the radix {radix}: each must be 0 to {radix - 1}")
