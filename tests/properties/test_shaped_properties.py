"""Shaped codes: what FF1 of one value gives, step by step; they turn back; odd values have none."""

from __future__ import annotations

import math
import re

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from slow_ff1 import num, slow_ff1, string

from linkage.keys import KeyRing, Purpose
from linkage.normalise import normalisation
from linkage.pseudonyms.codes import CannotDecode, Domain
from linkage.pseudonyms.shaped import ShapeBook, with_code
from simulator.identifiers import VALID_IN_BLOCK, is_valid_nhs_number, nhs_number

RING = KeyRing.from_bytes(b"a master only for this test")
POSTCODE = "^[A-Z]{1,2}[0-9][A-Z0-9]?[0-9][A-Z]{2}$"

nhs_numbers = st.integers(0, VALID_IN_BLOCK - 1).map(
    lambda rank: str(nhs_number(np.array([rank]))[0])
)
postcodes = st.from_regex(POSTCODE.encode(), fullmatch=True).map(bytes.decode)
# Letters and digits that are none of ours, marks, blanks, controls, and very long ones.
odd = st.text(st.characters(codec="utf-8"), max_size=30) | st.sampled_from(
    (
        "",
        " ",
        "\0",
        "CT1 2AB",
        "ct12ab",
        "CT12AB\n",
        "CT12AB\0",
        "CT12A\u0301B",
        "\u0391\u03921 2AB",
        "\uff23\uff3412AB",
        "CT1",
        "900000000\u0669",
        "9000000009 ",
        "-900000000",
        "9" * 5_000,
        "A" * 5_000,
        "\u202e9000000009",
    )
)


def book(field: str, holder: str = "all", period: str = "") -> ShapeBook:
    key = RING.derive_coding(Purpose(field, holder, period))
    return ShapeBook(key, Domain(field, period))


def tweak(field: str, shape: str) -> bytes:
    """The documented tweak, spelled out."""
    parts = ("linkassay/1", field, normalisation(field).name, "", shape)
    return b"".join(len(part).to_bytes(4) + part.encode() for part in parts)


def slow_nhs_code(number: str) -> str:
    """Enciphers digits two to nine until they have a check digit."""
    key, digits = book("nhs_number").key._shaping, [int(digit) for digit in number[1:9]]
    while True:
        digits = slow_ff1(key, digits, 10, tweak("nhs_number", "nhs"))
        body = [9, *digits]
        check = 11 - sum(w * digit for w, digit in zip(range(10, 1, -1), body, strict=True)) % 11
        if check % 11 != 10:
            return "".join(map(str, [*body, check % 11]))


def slow_postcode_code(postcode: str) -> str:
    """Enciphers the rank of a postcode among those of its shape."""
    sizes = [26 if character.isalpha() else 10 for character in postcode]
    rank = 0
    for character, size in zip(postcode, sizes, strict=True):
        rank = rank * size + (ord(character) - ord("A") if size == 26 else int(character))
    texts = math.prod(sizes)
    radix = next(r for r in range(1000, 65_537) if r * r >= texts)
    shape = "".join("A" if size == 26 else "9" for size in sizes)
    key, numerals = book("postcode").key._shaping, string(rank, radix, 2)
    while True:
        numerals = slow_ff1(key, numerals, radix, tweak("postcode", shape))
        rank = num(numerals, radix)
        if rank < texts:
            break
    made = ""
    for size in reversed(sizes):
        rank, place = divmod(rank, size)
        made = (chr(ord("A") + place) if size == 26 else str(place)) + made
    return made


@given(st.lists(nhs_numbers, max_size=6))
def test_a_number_is_coded_as_step_by_step(values: list[str]) -> None:
    codes = book("nhs_number").encode(pl.Series("n", values, dtype=pl.String))
    assert codes.to_list() == [slow_nhs_code(value) for value in values]


@given(st.lists(postcodes, max_size=6))
def test_a_postcode_is_coded_as_step_by_step(values: list[str]) -> None:
    codes = book("postcode").encode(pl.Series("p", values, dtype=pl.String))
    assert codes.to_list() == [slow_postcode_code(value) for value in values]


@given(st.lists(st.none() | nhs_numbers | odd))
def test_coded_numbers_are_valid_numbers_of_the_block_and_turn_back(
    values: list[str | None],
) -> None:
    given_values = pl.Series("n", values, dtype=pl.String)
    codes = book("nhs_number").encode(given_values)
    for value, code in zip(values, codes, strict=True):
        whole = value is not None and re.fullmatch("9[0-9]{9}", value) is not None
        is_valid = whole and is_valid_nhs_number(np.array([int(str(value))]))[0]
        assert (code is not None) == is_valid
    made = codes.drop_nulls()
    assert is_valid_nhs_number(made.cast(pl.Int64).to_numpy()).all()
    assert made.str.starts_with("9").all()
    turned = book("nhs_number").decode(codes)
    assert all(back in (None, value) for back, value in zip(turned, values, strict=True))
    assert turned.is_null().equals(codes.is_null())
    assert with_code("nhs_number", given_values).equals(turned)


@given(st.lists(st.none() | postcodes | odd))
def test_coded_postcodes_keep_their_shape_and_turn_back(values: list[str | None]) -> None:
    given_values = pl.Series("p", values, dtype=pl.String)
    codes = book("postcode").encode(given_values)
    for value, code in zip(values, codes, strict=True):
        if value is None or not re.fullmatch("[A-Z0-9]{2,}", value):
            assert code is None
            continue
        texts = math.prod(10 if character.isdigit() else 26 for character in value)
        assert (code is not None) == (10**6 <= texts <= 2**32)
        if code is not None:
            kinds = [(len(text), [c.isdigit() for c in text]) for text in (value, code)]
            assert kinds[0] == kinds[1]
            assert re.fullmatch("[A-Z0-9]+", code)
    turned = book("postcode").decode(codes)
    assert all(back in (None, value) for back, value in zip(turned, values, strict=True))
    assert turned.is_null().equals(codes.is_null())


@pytest.mark.parametrize("shape", ["A99AA", "AA99AA", "A999AA", "AA999AA", "A9A9AA", "AA9A9AA"])
def test_every_shape_of_a_postcode_can_be_coded(shape: str) -> None:
    code = book("postcode").encode(pl.Series([shape.replace("A", "Q")]))[0]
    assert re.sub("[0-9]", "9", re.sub("[A-Z]", "A", code)) == shape


def test_equal_values_have_equal_codes_and_unequal_ones_do_not() -> None:
    ranks = np.arange(0, VALID_IN_BLOCK, 9_001)
    values = pl.Series(nhs_number(ranks)).cast(pl.String)
    codes = book("nhs_number").encode(pl.concat([values, values]))
    assert codes[: len(values)].equals(codes[len(values) :])
    assert codes.n_unique() == len(values)


OTHERS = [("project", ""), ("all", "2016")]


@pytest.mark.parametrize(("holder", "period"), OTHERS)
def test_another_key_or_period_turns_a_code_into_another_value_without_a_sign(
    holder: str, period: str
) -> None:
    values = pl.Series(nhs_number(np.arange(100))).cast(pl.String)
    wrong = book("nhs_number", holder, period).decode(book("nhs_number").encode(values))
    assert wrong.null_count() == 0
    assert (wrong == values).sum() == 0


def test_what_is_no_code_of_any_key_is_not_decoded_and_not_shown() -> None:
    codes = pl.Series(["9000000009", "9000000008", None])
    assert book("nhs_number").open(codes).is_null().to_list() == [False, True, True]
    with pytest.raises(CannotDecode, match="shape of a code") as caught:
        book("nhs_number").decode(codes)
    assert "90000" not in str(caught.value)


def test_a_field_without_shaped_codes_is_refused() -> None:
    with pytest.raises(ValueError, match="nhs_number and postcode"):
        book("surname")


def test_a_book_shows_nothing_of_its_key() -> None:
    shown = repr(book("postcode")) + repr(book("postcode").key)
    assert book("postcode").key._shaping.hex() not in shown
    assert book("postcode").key._shaping not in book("postcode").key.material
