"""Linking fields: permutations of 64-bit numbers, one a holder, which lead back and never meet."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.join import UnlikeTokens, join_tokens
from linkage.keys import KeyRing
from linkage.linking_names import OF_HOMES, OF_PEOPLE
from linkage.pseudonyms.linking_fields import Cipher
from simulator.schema import Dataset
from tests.slow_ff1 import slow_ff1

RING = KeyRing.from_bytes(b"a master only for this test")
ALF = Cipher.of(RING, OF_PEOPLE, "third party")
ALF_E = Cipher.of(RING, OF_PEOPLE, "databank")

NUMBERS = st.lists(st.one_of(st.none(), st.integers(0, 2**64 - 1)), max_size=20).map(
    lambda values: pl.Series("number", values, dtype=pl.UInt64)
)


@given(NUMBERS)
def test_a_field_is_turned_back_to_the_number_that_it_was(numbers: pl.Series) -> None:
    made = ALF.encipher(numbers)
    assert (made.name, made.dtype, len(made)) == ("number", pl.UInt64, len(numbers))
    assert ALF.decipher(made).to_list() == numbers.to_list()
    assert ALF_E.decipher(ALF_E.encipher(made)).to_list() == made.to_list()


@given(NUMBERS)
def test_a_column_is_enciphered_as_the_standard_enciphers_each_string(numbers: pl.Series) -> None:
    material = ALF.key._shaping
    expected = []
    for number in numbers:
        if number is None:
            expected.append(None)
            continue
        string = [number >> shift & 0xFFFF for shift in (48, 32, 16, 0)]
        made = slow_ff1(material, string, 1 << 16, b"alf")
        expected.append(sum(n << shift for n, shift in zip(made, (48, 32, 16, 0), strict=True)))
    assert ALF.encipher(numbers).to_list() == expected


def test_no_two_numbers_have_one_field() -> None:
    numbers = pl.Series("n", range(100_000), dtype=pl.UInt64)
    assert ALF.encipher(numbers).n_unique() == 100_000


def test_another_holder_period_or_kind_gives_other_fields_and_another_label() -> None:
    numbers = pl.Series("n", range(1_000), dtype=pl.UInt64)
    others = (
        ALF_E,
        Cipher.of(RING, OF_HOMES, "third party"),
        Cipher.of(RING, OF_PEOPLE, "third party", "2017"),
    )
    for other in others:
        assert not set(ALF.encipher(numbers)) & set(other.encipher(numbers))
        assert other.label != ALF.label


def test_fields_of_two_holders_are_refused_a_join() -> None:
    ids = pl.Series("record_id", [1, 2], dtype=pl.UInt64)
    sides = [
        Dataset(name, pl.DataFrame([ids, cipher.encipher(ids).alias("alf")]), {"alf": cipher.label})
        for name, cipher in (("left", ALF), ("right", ALF_E))
    ]
    with pytest.raises(UnlikeTokens, match="are unlike and cannot be compared"):
        join_tokens(*sides, "alf", "step")


def test_no_key_is_shown() -> None:
    assert "material" not in repr(ALF)
    assert repr(ALF.key.material)[2:-1] not in repr(ALF)
    assert repr(ALF.key._shaping)[2:-1] not in repr(ALF)
