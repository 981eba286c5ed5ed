"""FF1 of one string, step by step as NIST SP 800-38G Rev. 1 prints algorithms 6, 7 and 8."""

from __future__ import annotations

import math

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB


def ciph(key: bytes, block: bytes) -> bytes:
    """AES of one block."""
    return Cipher(AES(key), ECB()).encryptor().update(block)  # noqa: S305 - FF1 is made of it


def prf(key: bytes, text: bytes) -> bytes:
    """Algorithm 6: CBC-MAC with a first block of zeros."""
    state = bytes(16)
    for at in range(0, len(text), 16):
        state = ciph(key, bytes(a ^ b for a, b in zip(state, text[at : at + 16], strict=True)))
    return state


def num(text: list[int], radix: int) -> int:
    """Algorithm 1."""
    found = 0
    for numeral in text:
        found = found * radix + numeral
    return found


def string(number: int, radix: int, length: int) -> list[int]:
    """Algorithm 3."""
    made = []
    for _ in range(length):
        number, numeral = divmod(number, radix)
        made.append(numeral)
    return made[::-1]


def slow_ff1(
    key: bytes, text: list[int], radix: int, tweak: bytes, *, backwards: bool = False
) -> list[int]:
    """Algorithm 7, or 8 where it is told to go backwards."""
    n, t = len(text), len(tweak)
    u = n // 2
    v = n - u
    a, b = text[:u], text[u:]
    bits = next(bits for bits in range(1, 16 * v + 1) if 2**bits >= radix**v)
    size = math.ceil(bits / 8)
    d = 4 * math.ceil(size / 4) + 4
    p = bytes([1, 2, 1]) + radix.to_bytes(3) + bytes([10, u % 256]) + n.to_bytes(4) + t.to_bytes(4)
    for i in reversed(range(10)) if backwards else range(10):
        known = num(a if backwards else b, radix)
        q = tweak + bytes((-t - size - 1) % 16) + bytes([i]) + known.to_bytes(size)
        r = s = prf(key, p + q)
        for j in range(1, math.ceil(d / 16)):
            s += ciph(key, (int.from_bytes(r) ^ j).to_bytes(16))
        y = int.from_bytes(s[:d])
        m = u if i % 2 == 0 else v
        if backwards:
            c = (num(b, radix) - y) % radix**m
            a, b = string(c, radix, m), a
        else:
            c = (num(a, radix) + y) % radix**m
            a, b = b, string(c, radix, m)
    return a + b
