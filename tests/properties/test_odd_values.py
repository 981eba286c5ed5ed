"""Missing, empty, very long values and all of Unicode: what tokens and codes make of them."""

from __future__ import annotations

import hashlib
import hmac
import re

import polars as pl
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from hypothesis import given
from hypothesis import strategies as st

from linkage.keys import Key, KeyRing, Purpose, Salt
from linkage.normalise import NORMALISATIONS, comparable
from linkage.plan import Treatment
from linkage.pseudonyms.codes import CodeBook, Domain
from linkage.pseudonyms.tokens import secret_of, tokens
from linkage.pseudonyms.vault import Vault

RING = KeyRing.from_bytes(b"a master only for this test")
PURPOSE = Purpose("surname", "all", "")
BOOK = CodeBook(RING.derive_coding(PURPOSE), Domain("surname"))
VAULT = Vault.of(RING, PURPOSE)

odd = st.text(st.characters(codec="utf-8"), max_size=70) | st.sampled_from(
    (
        "",
        " ",
        "\0",
        "\0\0\0",
        "\x80",
        "a\x80\0",
        "Zo\u00eb",
        "Zoe\u0308",
        "\u0410\u043d\u043d\u0430",
        "\u202eSMITH",
        "SMITH\n",
        "\U0001f600",
        "x" * 55,
        "x" * 56,
        "\u00e9" * 28,
        "y" * 20_000,
    )
)
columns = st.lists(st.none() | odd, max_size=10)


@given(
    columns,
    st.sampled_from(("plain-hash", "salted-hash", "keyed-hash")),
    st.sampled_from((32, 40, 48, 53, 63, 64)),
)
def test_a_token_is_the_hash_of_the_bytes_as_they_are(
    values: list[str | None], scheme: str, bits: int
) -> None:
    treatment = Treatment.model_validate({"scheme": scheme, "bits": bits})
    key = secret_of(RING, PURPOSE, treatment)
    made = tokens(pl.Series("surname", values, dtype=pl.String), treatment, key)
    for value, token in zip(values, made, strict=True):
        if value is None:
            assert token is None
            continue
        text = value.encode()
        if isinstance(key, Key):
            digest = hmac.new(key.material, text, "sha256")
        else:
            digest = hashlib.sha256(text + (key.text.encode() if isinstance(key, Salt) else b""))
        assert token == int.from_bytes(digest.digest()[:8]) >> (64 - bits)


@given(columns)
def test_a_digest_of_openpseudonymiser_is_of_the_value_without_blanks_and_the_salt(
    values: list[str | None],
) -> None:
    treatment = Treatment(scheme="open-pseudonymiser")
    salt = RING.derive_salt(PURPOSE)
    made = tokens(pl.Series("surname", values, dtype=pl.String), treatment, salt)
    assert (made.name, made.dtype) == ("surname", pl.String)
    for value, token in zip(values, made, strict=True):
        if value is None:
            assert token is None
            continue
        text = re.sub("[ \t\r\n]", "", value) + salt.text
        assert token == hashlib.sha256(text.encode()).hexdigest().upper()


@given(columns)
def test_a_code_is_aes_siv_of_the_padded_bytes_as_they_are(values: list[str | None]) -> None:
    codes = BOOK.encode(pl.Series("surname", values, dtype=pl.String))
    for value, code in zip(values, codes, strict=True):
        if value is None:
            assert code is None
            continue
        text = value.encode() + b"\x80"
        text += bytes(-len(text) % 32)
        assert code == AESSIV(BOOK.key.material).encrypt(text, BOOK.domain.associated_data)
    assert BOOK.decode(codes).to_list() == values


@given(columns)
def test_two_texts_are_one_to_a_vault_only_if_their_bytes_are(values: list[str | None]) -> None:
    given_values = pl.Series("surname", values, dtype=pl.String)
    numbers = VAULT.encode(given_values)
    assert numbers.is_null().equals(given_values.is_null())
    assert numbers.drop_nulls().n_unique() == given_values.drop_nulls().n_unique()


TEXT_FIELDS = [*sorted(set(NORMALISATIONS) - {"date_of_birth"}), "local_id"]


@given(columns, st.sampled_from(TEXT_FIELDS))
def test_what_reaches_a_token_is_never_empty_and_missing_stays_missing(
    values: list[str | None], field: str
) -> None:
    frame = pl.DataFrame({field: values}, schema={field: pl.String})
    ready = comparable(frame, field)
    assert len(ready) == len(values)
    for value, form in zip(values, ready, strict=True):
        assert form != ""
        if value is None:
            assert form is None


def test_a_mark_written_apart_is_one_name_in_comparable_form_and_two_texts_before_it() -> None:
    written = pl.DataFrame({"surname": ["Zo\u00eb", "Zoe\u0308", "\u0417\u043e\u044f"]})
    assert BOOK.encode(written["surname"]).n_unique() == 3
    # A name without a letter A to Z has no comparable form, so that it never becomes a token.
    assert comparable(written, "surname").to_list() == ["ZOE", "ZOE", None]
