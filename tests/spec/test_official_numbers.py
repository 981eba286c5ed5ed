"""Official numbers: shapes, check characters against other reckonings, and blocks nobody has."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.exceptions import InvalidComponent
from stdnum.gb import upn as stdnum_upn

from simulator import official_numbers as numbers

if TYPE_CHECKING:
    from numpy.typing import NDArray

MANY = 1_500_000
LETTERS_WITHOUT_I_O_S = "ABCDEFGHJKLMNPQRTUVWXYZ"


def at(*values: int) -> NDArray[np.int64]:
    """Values as int64."""
    return np.array(values, dtype=np.int64)


def made(scheme: str, ranks: NDArray[np.int64]) -> pl.Series:
    """Numbers of ranks, with last letters and years that run with the ranks."""
    if scheme == "nino":
        return numbers.nino(ranks, ranks % 4)
    if scheme == "upn":
        return numbers.upn(ranks, 1_995 + ranks % 30)
    makers = {
        "pnc_id": numbers.pnc_id,
        "prison_number": numbers.prison_number,
        "mpan": numbers.mpan,
    }
    return makers[scheme](ranks)


SIZES = {
    "nino": numbers.NINOS,
    "upn": numbers.UPNS,
    "pnc_id": numbers.PNC_IDS,
    "prison_number": numbers.PRISON_NUMBERS,
    "mpan": numbers.MPANS,
}
SHAPES = {
    "nino": "Q[ABCEGHJKLMNPRSTWXYZ][0-9]{6}[A-D]",
    "upn": "[A-HJ-NP-RT-Z]099[0-9]{9}",
    "pnc_id": "209[0-9]/9[0-9]{6}[A-HJ-NP-RT-Z]",
    "prison_number": "[XYZ][0-9]{4}[A-Z]{2}",
    "mpan": "99[0-9]{11}",
}
# Letters that no NINO of HMRC has in front, and pairs that it does not allocate (NIM39110).
NEVER_FIRST = set("DFIQUV")


@pytest.mark.parametrize("scheme", SIZES)
def test_a_million_and_a_half_have_distinct_numbers_of_the_shape(scheme: str) -> None:
    found = made(scheme, np.linspace(0, SIZES[scheme] - 1, MANY).astype(np.int64))
    assert found.n_unique() == MANY
    assert found.str.contains(f"^{SHAPES[scheme]}$").all()


@pytest.mark.parametrize("scheme", SIZES)
def test_there_are_more_numbers_than_any_world_has_people(scheme: str) -> None:
    assert SIZES[scheme] >= 2 * 5_000_000


def test_a_nino_is_distinct_without_its_last_letter_and_a_upn_without_its_year() -> None:
    ranks = np.arange(MANY)
    assert made("nino", ranks).str.slice(0, 8).n_unique() == MANY
    school_and_serial = made("upn", ranks).str.replace("^.(.{7})..(...)$", "${1}${2}")
    assert school_and_serial.n_unique() == MANY


def test_a_nino_has_a_first_letter_that_is_never_issued() -> None:
    found = made("nino", np.arange(0, numbers.NINOS, 999))
    assert set(found.str.slice(0, 1)) <= NEVER_FIRST
    assert set(found.str.slice(8, 1)) == set("ABCD")


@given(st.integers(0, numbers.UPNS - 1), st.integers(1990, 2030))
def test_check_letters_of_upns_agree_with_python_stdnum_and_their_authority_is_none(
    rank: int, year: int
) -> None:
    number = numbers.upn(at(rank), at(year)).item()
    assert stdnum_upn.calc_check_digit(number[1:]) == number[0]
    assert number[8:10] == f"{year % 100:02d}"
    with pytest.raises(InvalidComponent):
        stdnum_upn.validate(number)


@given(st.from_regex(r"[A-HJ-NP-RT-Z](801|099)[0-9]{8}[0-9A-HJ-NP-RT-Z]", fullmatch=True))
def test_a_upn_is_valid_where_python_stdnum_finds_its_letter_right(number: str) -> None:
    right = stdnum_upn.calc_check_digit(number[1:]) + number[1:]
    found = numbers.is_valid_upn(pl.Series([number, right])).to_list()
    assert found == [number == right, True]


def slow_pnc_letter(year: int, serial: int) -> str:
    """The letter by subtraction: the rule of the Criminal Justice Hub, without a modulus."""
    rest = int(f"{year % 100:02d}{serial:07d}")
    return "Z" if (left := rest - rest // 23 * 23) == 0 else LETTERS_WITHOUT_I_O_S[left - 1]


@given(st.integers(0, numbers.PNC_IDS - 1))
def test_letters_of_pnc_ids_are_those_of_the_rule(rank: int) -> None:
    number = numbers.pnc_id(at(rank)).item()
    year, serial = int(number[:4]), int(number[5:12])
    assert number[12] == slow_pnc_letter(year, serial)
    assert (year, serial) == (2090 + rank // 10**6, 9_000_000 + rank % 10**6)


def test_pnc_ids_reckoned_by_hand() -> None:
    # 909000000 = 23 x 39521739 + 3: C. 959000002 = 23 x 41695652 + 6: F.
    found = numbers.pnc_id(at(0, 5_000_002)).to_list()
    assert found == ["2090/9000000C", "2095/9000002F"]


def test_mpans_reckoned_by_hand() -> None:
    # 9 x 3 + 9 x 5 = 72 = 6 x 11 + 6. With a last 1: 72 + 43 = 115 = 10 x 11 + 5.
    # With last digits 41: 72 + 4 x 41 + 43 = 279 = 25 x 11 + 4; with 8: 72 + 8 x 43 = 416 = 37 x 11
    # + 9; with 5: 72 + 5 x 43 = 287 = 26 x 11 + 1; with 6: 72 + 6 x 43 = 330 = 30 x 11 + 0.
    found = numbers.mpan(at(0, 1, 41, 8, 5, 6)).to_list()
    assert [n[:12] for n in found] == [f"99{n:010d}" for n in (0, 1, 41, 8, 5, 6)]
    assert [n[12] for n in found] == list("654910")
    # A remainder of 10 is written 0: 72 + 7 x 43 = 373 = 33 x 11 + 10.
    assert numbers.mpan(at(7)).item()[12] == "0"


@given(st.integers(0, numbers.MPANS - 1))
def test_check_digits_of_mpans_are_those_of_the_rule(rank: int) -> None:
    number = numbers.mpan(at(rank)).item()
    primes = (3, 5, 7, 13, 17, 19, 23, 29, 31, 37, 41, 43)
    total = sum(int(digit) * prime for digit, prime in zip(number, primes, strict=False))
    assert number[12] == str(total % 11 % 10)


def test_prison_numbers_count_up_from_the_first_of_the_block() -> None:
    found = numbers.prison_number(at(0, 1, 10_000, numbers.PRISON_NUMBERS - 1)).to_list()
    assert found == ["X0000AA", "X0001AA", "X0000AB", "Z9999ZZ"]


@pytest.mark.parametrize("scheme", ["upn", "pnc_id", "mpan"])
def test_valid_numbers_are_those_with_the_right_shape_and_check_character(scheme: str) -> None:
    valid = getattr(numbers, f"is_valid_{scheme}")
    right = made(scheme, np.arange(0, SIZES[scheme], SIZES[scheme] // 5_000))
    assert valid(right).all()
    place = 6
    wrong = [n[:place] + str((int(n[place]) + 1) % 10) + n[place + 1 :] for n in right.to_list()]
    found = valid(pl.Series(wrong))
    if scheme == "mpan":
        # Its seventh weight is 1 modulo 11: of 11 remainders, 10 and 0 have one check digit.
        assert found.mean() == pytest.approx(1 / 11, abs=0.01)
    else:
        assert not found.any()
    assert valid(pl.Series([None, "", "12", "Ü" * 13], dtype=pl.String)).to_list() == [False] * 4


@pytest.mark.parametrize("scheme", SIZES)
def test_a_rank_outside_the_block_is_refused_with_the_range(scheme: str) -> None:
    for rank in (-1, SIZES[scheme]):
        with pytest.raises(ValueError, match=re.escape(f"from 0 to {SIZES[scheme] - 1:,}")):
            made(scheme, at(0, rank))
    assert made(scheme, at()).to_list() == []
