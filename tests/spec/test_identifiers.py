"""NHS numbers: the check digit, the unissued block, and the bijection from ranks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nhs_number.constants import REGION_ENGLAND_WALES_IOM
from nhs_number.validate import calculate_checksum, is_valid

from simulator.identifiers import (
    FIRST_BODY,
    LAST_BODY,
    NO_CHECK_DIGIT,
    VALID_IN_BLOCK,
    check_digit,
    is_valid_nhs_number,
    nhs_number,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

ranks = st.integers(0, VALID_IN_BLOCK - 1)
bodies = st.integers(0, 999_999_999)


def column(*values: int) -> NDArray[np.int64]:
    """Values as int64."""
    return np.array(values, dtype=np.int64)


def valid_bodies(prefix: str) -> int:
    """Count nine-digit bodies that begin so and have a check digit, residue by residue."""
    ways = [0] * 11
    ways[sum((10 - place) * int(digit) for place, digit in enumerate(prefix)) % 11] = 1
    for place in range(len(prefix), 9):
        ways = [
            sum(ways[(residue - (10 - place) * digit) % 11] for digit in range(10))
            for residue in range(11)
        ]
    return sum(ways) - ways[1]


def test_the_unissued_block_holds_90_909_091_valid_numbers() -> None:
    assert valid_bodies("9") == VALID_IN_BLOCK == 90_909_091


def test_the_reserved_block_999_holds_909_091_valid_numbers() -> None:
    assert valid_bodies("999") == 909_091
    in_999 = check_digit(np.arange(999_000_000, 1_000_000_000)) != NO_CHECK_DIGIT
    assert np.count_nonzero(in_999) == 909_091


@given(body=bodies)
def test_check_digits_agree_with_the_nhs_number_package(body: int) -> None:
    assert check_digit(column(body)).tolist() == [calculate_checksum(f"{body:09d}")]


@given(number=st.integers(4_000_000_000, 9_999_999_999))
def test_validity_agrees_with_the_nhs_number_package(number: int) -> None:
    # Below 400 000 0000 the package also asks that a CHI number begin with a date.
    nearby = np.arange(number - number % 10, number - number % 10 + 10)
    assert is_valid_nhs_number(nearby).tolist() == [is_valid(str(n)) for n in nearby]


@given(rank=ranks)
def test_numbers_of_ranks_are_valid_and_in_a_block_that_is_not_issued(rank: int) -> None:
    number = str(nhs_number(column(rank))[0])
    assert is_valid(number)
    assert number[0] == "9"
    assert not is_valid(number, for_region=REGION_ENGLAND_WALES_IOM)


def test_ranks_count_the_valid_numbers_of_the_block_in_order() -> None:
    starts = np.arange(FIRST_BODY, FIRST_BODY + 25_000)
    checks = check_digit(starts)
    slow = (starts * 10 + checks)[checks != NO_CHECK_DIGIT]
    assert nhs_number(np.arange(len(slow))).tolist() == slow.tolist()


def test_the_last_ranks_end_at_the_end_of_the_block() -> None:
    ends = np.arange(LAST_BODY - 25_000, LAST_BODY + 1)
    checks = check_digit(ends)
    slow = (ends * 10 + checks)[checks != NO_CHECK_DIGIT]
    fast = nhs_number(np.arange(VALID_IN_BLOCK - len(slow), VALID_IN_BLOCK))
    assert fast.tolist() == slow.tolist()


@given(rank=st.integers(0, VALID_IN_BLOCK - 2))
def test_no_valid_number_lies_between_those_of_successive_ranks(rank: int) -> None:
    one, next_one = nhs_number(column(rank, rank + 1))
    assert one < next_one
    assert not is_valid_nhs_number(np.arange(one + 1, next_one)).any()


def test_ranks_of_either_sign_of_integer_and_any_shape_give_the_same_numbers() -> None:
    table = np.array([[0, 5], [VALID_IN_BLOCK - 1, 7]], dtype=np.uint64)
    assert nhs_number(table).tolist() == nhs_number(table.astype(np.int64)).tolist()
    assert nhs_number(table).shape == (2, 2)
    assert nhs_number(table[:0]).shape == (0, 2)


@pytest.mark.long
def test_ranks_reach_every_valid_number_of_the_block_once() -> None:
    rank = 0
    for start in range(FIRST_BODY, LAST_BODY + 1, 5_000_000):
        some = np.arange(start, start + 5_000_000)
        checks = check_digit(some)
        slow = (some * 10 + checks)[checks != NO_CHECK_DIGIT]
        assert np.array_equal(nhs_number(np.arange(rank, rank + len(slow))), slow)
        rank += len(slow)
    assert rank == VALID_IN_BLOCK


@pytest.mark.parametrize("rank", [-1, VALID_IN_BLOCK])
def test_a_rank_outside_the_block_is_refused_with_the_range(rank: int) -> None:
    with pytest.raises(ValueError, match="from 0 to 90,909,090"):
        nhs_number(column(0, rank))


@pytest.mark.parametrize("body", [-1, 1_000_000_000])
def test_a_body_that_is_not_nine_digits_is_refused(body: int) -> None:
    with pytest.raises(ValueError, match="from 0 to 999,999,999"):
        check_digit(column(body))
