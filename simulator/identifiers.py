"""NHS numbers: ten digits of the right shape, from a block that is never issued.

The tenth digit of an NHS number is a check digit: weigh the first nine digits by 10, 9, ..., 2,
take the sum modulo 11, subtract it from 11, and write 0 for 11. Where that gives 10 the nine
digits have no number (NHS Data Dictionary, "NHS NUMBER"). Invented people get numbers from 900
000 0000 - 999 999 9999 alone, which is not issued to anybody.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

FIRST_BODY: Final = 900_000_000
"""The first nine digits of the first number of the unissued block."""

LAST_BODY: Final = 999_999_999
"""The first nine digits of the last number of the unissued block."""

VALID_IN_BLOCK: Final = 90_909_091
"""How many of the block's 100,000,000 nine-digit bodies have a check digit."""

NO_CHECK_DIGIT: Final = 10
"""What `check_digit` returns for a body that has no valid number."""

_BODY_DIGITS: Final = 9
_LOW_DIGITS: Final = 4
_LOW_BODIES: Final = 10**_LOW_DIGITS
_FIRST_HIGH: Final = FIRST_BODY // _LOW_BODIES
_LAST_HIGH: Final = LAST_BODY // _LOW_BODIES


def check_digit(bodies: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give the check digit of each nine-digit body.

    Args:
        bodies: Whole numbers 0 to 999,999,999, any shape; leading zeros count as digits.

    Returns:
        Same shape, int64: 0 to 9, or `NO_CHECK_DIGIT` (10) where the body has no valid number.

    Raises:
        ValueError: If a body has more than nine digits or is negative.
    """
    _require_range(bodies, 10**_BODY_DIGITS, "a body (the first nine digits)")
    # 11 - 0 would be 11, written 0: the outer modulus does both.
    return (11 - _weighted_sum(bodies, lowest_weight=2) % 11) % 11


def is_valid_nhs_number(numbers: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Say which numbers are ten digits whose last is the right check digit, in any block.

    Valid means well formed: it does not mean issued. Leading zeros count as digits, as they do
    in a Scottish CHI number, which has the same check.

    Args:
        numbers: Whole numbers, any shape.

    Returns:
        Same shape: False for a negative number, more than ten digits, or a wrong check digit.
    """
    ten_digits = (numbers >= 0) & (numbers < 10 ** (_BODY_DIGITS + 1))
    bodies, last_digits = np.divmod(np.where(ten_digits, numbers, 0), 10)
    return np.asarray(ten_digits & (check_digit(bodies) == last_digits))


def nhs_number(ranks: NDArray[np.uint64] | NDArray[np.int64]) -> NDArray[np.int64]:
    """Give the rank-th valid number of the unissued block, in ascending order from rank 0.

    A bijection between 0 .. `VALID_IN_BLOCK` - 1 and the block's valid numbers, so distinct ranks
    give distinct people distinct numbers.

    The arithmetic: split a body into its first five and its last four digits. The five contribute
    a residue r modulo 11, and the four make a valid body exactly when their own weighted sum is
    not 1 - r modulo 11. So the valid endings depend on r alone: eleven lists of about 9,091 endings
    serve all 10,000 beginnings, and a running count of their lengths says where a rank begins.

    Args:
        ranks: Whole numbers 0 to `VALID_IN_BLOCK` - 1, any shape, repeats allowed.

    Returns:
        Same shape, int64: ten-digit numbers from 9,000,000,000 to 9,999,999,999.

    Raises:
        ValueError: If a rank is negative or not below `VALID_IN_BLOCK`.
    """
    _require_range(ranks, VALID_IN_BLOCK, "a rank in the unissued block")
    wanted = ranks.astype(np.int64)
    starts, residues, endings = _tables()
    beginning = np.searchsorted(starts, wanted, side="right") - 1
    ending = endings[residues[beginning], wanted - starts[beginning]]
    bodies = (_FIRST_HIGH + beginning) * _LOW_BODIES + ending
    return np.asarray(bodies * 10 + check_digit(bodies))


@cache
def _tables() -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Give first rank and residue of every five-digit beginning, and valid endings by residue."""
    low_sums = _weighted_sum(np.arange(_LOW_BODIES), lowest_weight=2) % 11
    by_residue = [np.flatnonzero((r + low_sums) % 11 != 1) for r in range(11)]
    lengths = np.array([len(endings) for endings in by_residue])
    endings = np.zeros((11, lengths.max()), dtype=np.int64)
    for row, valid in zip(endings, by_residue, strict=True):
        row[: len(valid)] = valid
    high = np.arange(_FIRST_HIGH, _LAST_HIGH + 1)
    residues = _weighted_sum(high, lowest_weight=2 + _LOW_DIGITS) % 11
    counts = lengths[residues]
    return np.cumsum(counts) - counts, residues, endings


def _weighted_sum(values: NDArray[np.int64], lowest_weight: int) -> NDArray[np.int64]:
    """Sum digits times weights, which rise from the last digit to 10."""
    total = np.zeros_like(values, dtype=np.int64)
    rest = values
    for weight in range(lowest_weight, 11):
        rest, digit = np.divmod(rest, 10)
        total += weight * digit
    return total


def _require_range(values: NDArray[Any], end: int, noun: str) -> None:
    """Raise ValueError unless every value is in 0 .. end - 1."""
    if values.size and (int(values.min()) < 0 or int(values.max()) >= end):
        message = (
            f"{noun} must be a whole number from 0 to {end - 1:,}; "
            f"the values given run from {int(values.min()):,} to {int(values.max()):,}"
        )
        raise ValueError(message)
