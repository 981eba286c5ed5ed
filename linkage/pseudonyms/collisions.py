"""Collisions of tokens cut short: pairs of different values that share one by chance."""

from __future__ import annotations

import math
from dataclasses import dataclass

LONGEST_TOKEN = 256


@dataclass(frozen=True)
class Collisions:
    """What to expect of one length of tokens.

    Attributes:
        bits: Length of a token.
        values: Distinct values that have one.
        expected_pairs: Pairs of them that share a token, out of n(n - 1)/2 on average.
        at_least_one: Chance that there is such a pair.
    """

    bits: int
    values: int
    expected_pairs: float
    at_least_one: float


def collisions(values: int, bits: int) -> Collisions:
    """Work out the collisions of n distinct values with tokens of b bits.

        expected pairs = n(n - 1)/2 / 2^b        P(at least one) = 1 - exp(-expected pairs)

    The second is the Poisson approximation of the birthday problem, good while n is far below 2^b.

    Args:
        values: n, distinct values, 0 or more.
        bits: b, from 1 to 256.

    Raises:
        ValueError: If either is out of range.
    """
    if values < 0 or not 1 <= bits <= LONGEST_TOKEN:
        message = (
            f"{values} values and {bits} bits were given; there are 0 values or more, and a token "
            f"has 1 to {LONGEST_TOKEN} bits"
        )
        raise ValueError(message)
    expected = values * (values - 1) / 2 / 2**bits
    return Collisions(bits, values, expected, -math.expm1(-expected))
