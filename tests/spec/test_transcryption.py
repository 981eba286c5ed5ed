"""Transcryption: tokens re-keyed from one recipient to another, without clear text."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from hypothesis import given
from hypothesis import strategies as st

from linkage.join import UnlikeTokens, join_tokens
from linkage.keys import KeyRing
from linkage.pseudonyms.codes import CannotDecode
from linkage.pseudonyms.transcryption import SEALED_BYTES, Recipient, transcrypt
from simulator.schema import Dataset, TokenLabel

RING = KeyRing.from_bytes(b"a master only for this test")
MADE_AS = TokenLabel("hmac-sha256/64", "first_name|surname", "name|name", "0a1b2c3d", "2016")
ANNA = Recipient.of(RING, "anna", MADE_AS)
BEN = Recipient.of(RING, "ben", MADE_AS)

TOKENS = st.lists(st.one_of(st.none(), st.integers(0, 2**64 - 1)), max_size=20).map(
    lambda values: pl.Series("token", values, dtype=pl.UInt64)
)


@given(TOKENS)
def test_sealed_tokens_open_to_what_they_were(tokens: pl.Series) -> None:
    sealed = ANNA.seal(tokens)
    assert (sealed.name, sealed.dtype, len(sealed)) == ("token", pl.Binary, len(tokens))
    opened = ANNA.open(sealed)
    assert opened.dtype == pl.UInt64
    assert opened.to_list() == tokens.to_list()


@given(TOKENS)
def test_re_keyed_tokens_are_those_sealed_for_the_other_at_once_and_back(tokens: pl.Series) -> None:
    theirs = transcrypt(ANNA.seal(tokens), ANNA, BEN)
    assert theirs.to_list() == BEN.seal(tokens).to_list()
    assert transcrypt(theirs, BEN, ANNA).to_list() == ANNA.seal(tokens).to_list()


@given(TOKENS)
def test_a_column_is_sealed_as_the_library_seals_each_token(tokens: pl.Series) -> None:
    bound = [b"linkassay/1", b"transcryption", b"hmac-sha256/64", b"first_name|surname"]
    bound += [b"name|name", b"0a1b2c3d", b"2016"]
    cipher = AESSIV(ANNA.key.material)
    expected = [
        None if token is None else cipher.encrypt(token.to_bytes(8, "big") + bytes(8), bound)
        for token in tokens
    ]
    assert ANNA.seal(tokens).to_list() == expected


def test_no_sealed_token_of_one_recipient_is_one_of_another() -> None:
    tokens = pl.Series("t", range(1_000), dtype=pl.UInt64)
    assert not set(ANNA.seal(tokens)) & set(BEN.seal(tokens))
    assert ANNA.seal(tokens).n_unique() == 1_000
    assert set(ANNA.seal(tokens).bin.size()) == {SEALED_BYTES}


def test_a_wrong_key_raises_and_says_nothing_of_the_tokens() -> None:
    tokens = pl.Series("t", [123_456_789_012_345, None, 7], dtype=pl.UInt64)
    for wrong in (BEN, Recipient.of(RING, "anna", MADE_AS, "2017")):
        with pytest.raises(CannotDecode, match="not all of them are opened") as raised:
            wrong.open(ANNA.seal(tokens))
        assert "123456789012345" not in str(raised.value)
        assert raised.value.__context__ is None


def test_a_key_opens_tokens_of_its_own_label_alone() -> None:
    tokens = pl.Series("t", [1], dtype=pl.UInt64)
    other = replace(ANNA, made_as=replace(MADE_AS, period="2017"))
    with pytest.raises(CannotDecode):
        other.open(ANNA.seal(tokens))


@pytest.mark.parametrize("change", ["flip", "cut", "empty", "longer"])
def test_changed_bytes_are_refused_with_all_the_others(change: str) -> None:
    good, bad = ANNA.seal(pl.Series("t", [1, 2], dtype=pl.UInt64)).to_list()
    changed = {
        "flip": bad[:-1] + bytes([bad[-1] ^ 1]),
        "cut": bad[:-1],
        "empty": b"",
        "longer": bad + b"\0",
    }[change]
    with pytest.raises(CannotDecode):
        ANNA.open(pl.Series("t", [good, changed], dtype=pl.Binary))


def test_tokens_stay_what_they_are_when_they_are_re_keyed() -> None:
    other = Recipient.of(RING, "ben", replace(MADE_AS, field="surname"))
    with pytest.raises(ValueError, match="give both one label"):
        transcrypt(ANNA.seal(pl.Series("t", [1], dtype=pl.UInt64)), ANNA, other)


def test_sealed_tokens_join_for_one_recipient_and_are_refused_between_two() -> None:
    tokens = pl.Series("key", [5, 6], dtype=pl.UInt64)

    def held(name: str, by: Recipient) -> Dataset:
        frame = pl.DataFrame({"record_id": pl.Series([1, 2], dtype=pl.UInt64)})
        return Dataset(name, frame.with_columns(by.seal(tokens)), {"key": by.label})

    links = join_tokens(held("hub", ANNA), held("care", ANNA), "key", "step")
    assert links.frame.select("left_id", "right_id").rows() == [(1, 1), (2, 2)]
    with pytest.raises(UnlikeTokens):
        join_tokens(held("hub", ANNA), held("care", BEN), "key", "step")


def test_a_recipient_s_key_is_in_no_repr() -> None:
    assert ANNA.key.material.hex() not in repr(ANNA)
    assert repr(ANNA.key) not in repr(ANNA)
