"""Curve P-256: points, their encoding, and multiples of them, in plain whole numbers.

Sources: the curve and its formulas, NIST SP 800-186 section 3.2.1.3 and FIPS 186-5; the encoding,
SEC 1 version 2.0 section 2.3; Jacobian coordinates, `dbl-2001-b` and `add-2007-bl` of the
Explicit-Formulas Database (Bernstein and Lange); signed digits, Hankerson, Menezes and Vanstone,
"Guide to Elliptic Curve Cryptography", algorithms 3.35 and 3.36.

A simulation: how long it takes depends on the secret, so it must not guard real data.
"""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

PRIME: Final = 2**256 - 2**224 + 2**192 + 2**96 - 1
"""Coordinates are whole numbers below this prime."""

ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""How many points there are, with the identity: also prime. Scalars are numbers below it."""

A: Final = PRIME - 3
B: Final = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
"""The curve is y^2 = x^3 + A x + B."""

ELEMENT_BYTES: Final = 33
"""Bytes of an encoded point: the sign of y, then x."""

SCALAR_BYTES: Final = 32

_Jacobian = tuple[int, int, int]
_IDENTITY: Final[_Jacobian] = (1, 1, 0)
_DIGIT_BITS: Final = 5
_DIGITS: Final = 1 << _DIGIT_BITS


class BadElement(ValueError):  # noqa: N818 - named for what it says
    """Bytes are no point, or no scalar, that may be used; says nothing about which."""


class Point(NamedTuple):
    """A point of the curve other than the identity."""

    x: int
    y: int


GENERATOR: Final = Point(
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)


def right_side(x: int) -> int:
    """Give x^3 + A x + B, of which y is a square root."""
    return ((x * x + A) * x + B) % PRIME


def square_root(value: int) -> int | None:
    """Give a square root modulo the prime, or None if there is none (the prime is 3 modulo 4)."""
    root = pow(value, (PRIME + 1) // 4, PRIME)
    return root if root * root % PRIME == value % PRIME else None


def encode(point: Point) -> bytes:
    """Write a point in 33 bytes: 2 or 3 for an even or odd y, then x."""
    return bytes([2 + (point.y & 1)]) + point.x.to_bytes(SCALAR_BYTES, "big")


def decode(element: bytes) -> Point:
    """Read a point.

    Raises:
        BadElement: If the bytes are not 33, or x is too large, or of no point of the curve. The
            identity has no encoding of 33 bytes, so it is refused too.
    """
    message = (
        f"an element is not a point of P-256 in {ELEMENT_BYTES} bytes (SEC 1, compressed, not the "
        "identity); send what `encode` writes"
    )
    if len(element) != ELEMENT_BYTES or element[0] not in (2, 3):
        raise BadElement(message)
    x = int.from_bytes(element[1:], "big")
    y = square_root(right_side(x)) if x < PRIME else None
    if y is None:
        raise BadElement(message)
    return Point(x, y if y & 1 == element[0] & 1 else PRIME - y)


def decode_scalar(written: bytes) -> int:
    """Read a scalar from 1 to the order less 1.

    Raises:
        BadElement: If the bytes are not 32, or the number is 0 or too large.
    """
    scalar = int.from_bytes(written, "big")
    if len(written) != SCALAR_BYTES or not 0 < scalar < ORDER:
        raise BadElement(f"a scalar must be {SCALAR_BYTES} bytes, above 0 and below the order")
    return scalar


def encode_scalar(scalar: int) -> bytes:
    """Write a scalar in 32 bytes, the highest first."""
    return scalar.to_bytes(SCALAR_BYTES, "big")


def multiples(scalars: Iterable[int], points: Iterable[Point]) -> list[Point]:
    """Multiply each point by its scalar.

    Args:
        scalars: Numbers that are not 0 modulo the order.
        points: As many points.

    Raises:
        BadElement: If a scalar is 0 modulo the order, and the product the identity.
    """
    pairs = zip(scalars, points, strict=True)
    return _affine([_multiple(scalar, (*point, 1)) for scalar, point in pairs])


def sum_of_multiples(scalars: Iterable[int], points: Iterable[Point]) -> Point:
    """Multiply each point by its scalar, and add all up.

    Raises:
        BadElement: If the sum is the identity.
    """
    total = _IDENTITY
    for scalar, point in zip(scalars, points, strict=True):
        total = _add(total, _multiple(scalar, (*point, 1)))
    return _affine([total])[0]


def _multiple(scalar: int, point: _Jacobian) -> _Jacobian:
    """Multiply by signed odd digits of five bits, from the highest."""
    twice = _double(point)
    odd = list(accumulate([twice] * (_DIGITS // 4 - 1), _add, initial=point))
    total = _IDENTITY
    for digit in reversed(_signed_digits(scalar % ORDER)):
        total = _double(total)
        if digit > 0:
            total = _add(total, odd[digit >> 1])
        elif digit < 0:
            x, y, z = odd[-digit >> 1]
            total = _add(total, (x, PRIME - y, z))
    return total


def _signed_digits(scalar: int) -> list[int]:
    """Write a number in digits that are 0 or odd, between -15 and 15, the lowest first."""
    digits = []
    while scalar:
        digit = 0
        if scalar & 1:
            digit = scalar % _DIGITS
            digit -= _DIGITS if digit >= _DIGITS // 2 else 0
            scalar -= digit
        digits.append(digit)
        scalar >>= 1
    return digits


def _double(point: _Jacobian) -> _Jacobian:
    x, y, z = point
    delta, gamma = z * z % PRIME, y * y % PRIME
    beta = x * gamma % PRIME
    alpha = 3 * (x - delta) * (x + delta) % PRIME
    doubled = (alpha * alpha - 8 * beta) % PRIME
    return (
        doubled,
        (alpha * (4 * beta - doubled) - 8 * gamma * gamma) % PRIME,
        2 * y * z % PRIME,
    )


def _add(one: _Jacobian, other: _Jacobian) -> _Jacobian:
    x1, y1, z1 = one
    x2, y2, z2 = other
    if not z1 or not z2:
        return other if not z1 else one
    square1, square2 = z1 * z1 % PRIME, z2 * z2 % PRIME
    u1, u2 = x1 * square2 % PRIME, x2 * square1 % PRIME
    s1, s2 = y1 * square2 * z2 % PRIME, y2 * square1 * z1 % PRIME
    h, r = u2 - u1, s2 - s1
    if h % PRIME == 0:
        return _double(one) if r % PRIME == 0 else _IDENTITY
    h2 = h * h % PRIME
    h3, v = h * h2 % PRIME, u1 * h2 % PRIME
    x3 = (r * r - h3 - 2 * v) % PRIME
    return x3, (r * (v - x3) - s1 * h3) % PRIME, h * z1 * z2 % PRIME


def _affine(points: Sequence[_Jacobian]) -> list[Point]:
    """Give x and y of several points, with one inversion for all (Montgomery's trick)."""
    if not all(z for _, _, z in points):
        raise BadElement("a product is the identity, which is no element: use another scalar")
    partial = list(accumulate((z for _, _, z in points), lambda a, b: a * b % PRIME, initial=1))
    inverse = pow(partial[-1], -1, PRIME)
    found = []
    for (x, y, z), before in zip(reversed(points), reversed(partial[:-1]), strict=True):
        own = inverse * before % PRIME
        inverse = inverse * z % PRIME
        square = own * own % PRIME
        found.append(Point(x * square % PRIME, y * square * own % PRIME))
    return found[::-1]
