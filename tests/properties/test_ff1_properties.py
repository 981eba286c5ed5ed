"""FF1 of a column gives what FF1 of one string gives, step by step; it permutes, and it refuses."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from slow_ff1 import slow_ff1

from linkage.pseudonyms.ff1 import _CHUNK, LEAST_STRINGS, decipher, encipher

KEY = bytes(range(32))

keys = st.sampled_from((16, 24, 32)).flatmap(lambda size: st.binary(min_size=size, max_size=size))
radices = st.sampled_from((2, 10, 26, 36, 255, 256, 257, 65_536)) | st.integers(2, 65_536)
tweaks = st.binary(max_size=50)


def least_length(radix: int) -> int:
    return next(n for n in range(2, 21) if radix**n >= LEAST_STRINGS)


@st.composite
def columns(draw: st.DrawFn) -> tuple[int, np.ndarray]:
    """Draws a radix and a few strings of one length: of 64 bits a half, and of more."""
    radix = draw(radices)
    length = least_length(radix) + draw(st.integers(0, 3) | st.integers(4, 60))
    string = st.lists(st.integers(0, radix - 1), min_size=length, max_size=length)
    dtype = draw(st.sampled_from((np.uint8, np.uint16))) if radix <= 256 else np.uint16
    return radix, np.array(draw(st.lists(string, min_size=1, max_size=3)), dtype)


@given(keys, columns(), tweaks)
def test_a_column_is_enciphered_as_each_string_is(
    key: bytes, drawn: tuple[int, np.ndarray], tweak: bytes
) -> None:
    radix, column = drawn
    codes = encipher(key, column, radix, tweak)
    assert codes.dtype == column.dtype
    assert codes.tolist() == [slow_ff1(key, text, radix, tweak) for text in column.tolist()]


@given(keys, columns(), tweaks)
def test_a_column_is_deciphered_as_each_string_is(
    key: bytes, drawn: tuple[int, np.ndarray], tweak: bytes
) -> None:
    radix, column = drawn
    values = decipher(key, column, radix, tweak)
    slow = [slow_ff1(key, text, radix, tweak, backwards=True) for text in column.tolist()]
    assert values.tolist() == slow
    assert (encipher(key, values, radix, tweak) == column).all()


# On either side of the 2^56 halves of which a remainder fits 64 bits, and of 16 bytes of y.
@pytest.mark.parametrize(("radix", "length"), [(2, 112), (2, 114), (256, 14), (256, 15), (10, 57)])
def test_halves_of_just_64_bits_and_of_more_are_enciphered_alike(radix: int, length: int) -> None:
    column = np.array([[radix - 1] * length, [0] * length, [1] * length], np.uint8)
    codes = encipher(KEY, column, radix, b"tweak")
    assert codes.tolist() == [slow_ff1(KEY, text, radix, b"tweak") for text in column.tolist()]
    assert (decipher(KEY, codes, radix, b"tweak") == column).all()


def test_all_strings_of_six_digits_are_permuted() -> None:
    strings = np.indices((10,) * 6, np.uint8).reshape(6, -1).T
    codes = encipher(KEY, strings, 10) @ 10 ** np.arange(6)[::-1]
    assert (np.bincount(codes, minlength=10**6) == 1).all()


def test_a_column_longer_than_a_chunk_keeps_its_order() -> None:
    rows = 2 * _CHUNK + 3
    strings = (np.arange(rows)[:, None] // 10 ** np.arange(9)[::-1] % 10).astype(np.uint8)
    codes = encipher(KEY, strings, 10)
    some = [0, 1, _CHUNK - 1, _CHUNK, 2 * _CHUNK, rows - 1]
    assert codes[some].tolist() == [slow_ff1(KEY, text, 10, b"") for text in strings[some].tolist()]
    assert (decipher(KEY, codes, 10) == strings).all()


def test_an_empty_column_stays_empty() -> None:
    assert encipher(KEY, np.zeros((0, 9), np.uint8), 10).shape == (0, 9)


@given(tweaks, tweaks)
def test_two_tweaks_and_two_keys_give_unlike_codes(one: bytes, other: bytes) -> None:
    column = np.arange(90, dtype=np.uint8).reshape(10, 9) % 10
    codes = encipher(KEY, column, 10, one)
    assert (one == other) == (codes == encipher(KEY, column, 10, other)).all()
    assert (codes != encipher(KEY[::-1], column, 10, one)).any()


REFUSED = {
    "five digits": (KEY, np.zeros((1, 5), np.uint8), 10, "1,000,000"),
    "one numeral": (KEY, np.zeros((1, 1), np.uint16), 65_536, "two numerals"),
    "no numeral": (KEY, np.zeros((1, 0), np.uint8), 10, "two numerals"),
    "radix one": (KEY, np.zeros((1, 9), np.uint8), 1, "from 2 to 65,536"),
    "radix too large": (KEY, np.zeros((1, 9), np.uint16), 65_537, "from 2 to 65,536"),
    "a numeral as large as the radix": (KEY, np.full((1, 9), 10, np.uint8), 10, "0 to 9"),
    "a key of another length": (KEY[:20], np.zeros((1, 9), np.uint8), 10, "16, 24 or 32"),
    "signed numerals": (KEY, np.zeros((1, 9), np.int64), 10, "uint8 or uint16"),
    "one row without its axis": (KEY, np.zeros(9, np.uint8), 10, "uint8 or uint16"),
}


@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED)
@pytest.mark.parametrize("carry", [encipher, decipher])
def test_what_the_standard_does_not_allow_is_refused(case: tuple, carry: object) -> None:
    key, column, radix, said = case
    assert callable(carry)
    with pytest.raises(ValueError, match=said) as caught:
        carry(key, column, radix)
    assert key.hex() not in str(caught.value)


def test_six_digits_are_enough() -> None:
    assert encipher(KEY, np.zeros((1, 6), np.uint8), 10).shape == (1, 6)
