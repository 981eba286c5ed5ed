"""Codes: they turn back under their own key and domain, and under nothing else."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.assemble import assemble
from linkage.ingest import pseudonymise
from linkage.join import UnlikeTokens, join_tokens
from linkage.keys import KeyRing, Purpose
from linkage.plan import SHARED_HOLDER, Treatment
from linkage.pseudonyms.codes import CannotDecode, CodeBook, Domain, row_nonces
from linkage.pseudonyms.shaped import ShapeBook
from linkage.pseudonyms.vault import Vault
from reidentify.release import make_release
from reidentify.specs import ReleaseSpec
from simulator.schema import FIELDS, Dataset, FrameError, TokenLabel

RING = KeyRing.from_bytes(b"a master only for this test")
KEY = RING.derive_coding(Purpose("surname", SHARED_HOLDER, ""))
BOOK = CodeBook(KEY, Domain("surname"))
ROWS = CodeBook(KEY, Domain("surname"), per_row=True)
VAULT = Vault.of(RING, Purpose("surname", SHARED_HOLDER, ""))
NAMES = pl.Series("surname", ["SMITH", "JONES", None, "SMITH", "FEATHERSTONEHAUGH"])


def nonces(count: int) -> list[bytes]:
    return row_nonces(pl.Series(range(count), dtype=pl.UInt64), "test/surname", seed=1)


texts = st.lists(st.none() | st.text(st.characters(codec="utf-8"), max_size=80), max_size=12)


@given(texts)
def test_what_is_coded_turns_back_to_itself(values: list[str | None]) -> None:
    given_values = pl.Series("surname", values, dtype=pl.String)
    for codes, book in (
        (BOOK.encode(given_values), BOOK),
        (ROWS.encode(given_values, nonces(len(values))), ROWS),
        (VAULT.encode(given_values), VAULT.table(given_values)),
    ):
        assert codes.dtype == pl.Binary
        assert book.decode(codes).to_list() == values


def test_equal_values_have_equal_codes_and_unequal_ones_do_not() -> None:
    for codes in (BOOK.encode(NAMES), VAULT.encode(NAMES)):
        assert codes[0] == codes[3] != codes[1]
        assert codes[2] is None


def test_codes_of_each_row_are_all_different() -> None:
    assert ROWS.encode(NAMES, nonces(5)).drop_nulls().n_unique() == 4


def test_the_length_of_a_name_does_not_show_in_its_code() -> None:
    for codes in (BOOK.encode(NAMES), ROWS.encode(NAMES, nonces(5)), VAULT.encode(NAMES)):
        assert codes.bin.size().drop_nulls().n_unique() == 1


OTHERS = {
    "another key": CodeBook(
        RING.derive_coding(Purpose("surname", "somebody else", "")), Domain("surname")
    ),
    "another field": CodeBook(KEY, Domain("first_name")),
    "another period": CodeBook(KEY, Domain("surname", "2016")),
    "codes of each row": ROWS,
    "the first share": CodeBook(KEY.split()[0], Domain("surname")),
    "the second share": CodeBook(KEY.split()[1], Domain("surname")),
}


@pytest.mark.parametrize("book", OTHERS.values(), ids=OTHERS)
def test_no_other_key_or_domain_opens_a_code(book: CodeBook) -> None:
    codes = BOOK.encode(NAMES)
    assert book.open(codes).null_count() == len(codes)
    with pytest.raises(CannotDecode) as caught:
        book.decode(codes)
    assert "SMITH" not in str(caught.value)


@given(st.integers(0, 4), st.integers(0, 47), st.integers(0, 7))
def test_a_flipped_bit_is_found(row: int, place: int, bit: int) -> None:
    code = BOOK.encode(NAMES)[row] or BOOK.encode(NAMES)[0]
    changed = bytearray(code)
    changed[place] ^= 1 << bit
    with pytest.raises(CannotDecode):
        BOOK.decode(pl.Series([bytes(changed)], dtype=pl.Binary))


def test_a_code_cut_short_is_refused_like_any_other() -> None:
    assert BOOK.open(pl.Series([b"", b"short"], dtype=pl.Binary)).null_count() == 2


def test_both_shares_together_are_the_key_again() -> None:
    first, second = KEY.split()
    assert first.combine(second).key_id == KEY.key_id
    assert (
        CodeBook(first.combine(second), Domain("surname")).decode(BOOK.encode(NAMES)).equals(NAMES)
    )


def test_a_key_shows_nothing_and_is_not_pickled() -> None:
    assert KEY.material.hex() not in repr(BOOK) + repr(KEY)
    assert repr(KEY) == f"CodingKey({KEY.key_id})"
    with pytest.raises(TypeError, match="never pickled"):
        KEY.__reduce__()


def test_keys_for_codes_and_for_tokens_are_unrelated() -> None:
    purpose = Purpose("surname", SHARED_HOLDER, "")
    assert RING.derive(purpose).material not in RING.derive_coding(purpose).material
    assert len(KEY.material) == 64


def test_nonces_are_asked_for_where_they_are_needed_and_nowhere_else() -> None:
    for book, given_nonces in ((BOOK, nonces(5)), (ROWS, None)):
        with pytest.raises(ValueError, match="nonce"):
            book.encode(NAMES, given_nonces)


def test_a_vault_opens_only_what_it_gave_out() -> None:
    table = VAULT.table(NAMES)
    other = Vault.of(RING, Purpose("surname", "somebody else", "")).encode(NAMES)
    assert table.open(other).null_count() == 5
    with pytest.raises(CannotDecode):
        table.decode(other)
    assert "SMITH" not in repr(table)


# Through ingest, join, assembly and release.

ANN, BEN = "9000000009", "9000000017"
BORN = date(1948, 7, 5)


def dataset(name: str, **columns: Any) -> Dataset:
    height = len(next(iter(columns.values())))
    columns = {"record_id": list(range(1, height + 1)), **columns}
    return Dataset(name, pl.DataFrame(columns, schema={f: FIELDS[f].dtype for f in columns}))


HUB = dataset(
    "gp_register",
    nhs_number=[ANN, BEN, None],
    surname=["Smith", "smith", "O'Neill"],
    date_of_birth=[BORN] * 3,
    uprn=["1", "1", "2"],
    lsoa=[7, 7, 8],
)
CARE = dataset(
    "a_and_e",
    nhs_number=[BEN, ANN, "123", ANN],
    surname=["SMITH", "Smyth", "Oneill", "Smith"],
    date_of_birth=[BORN, BORN, BORN, date(2001, 1, 1)],
)


def treatments(surname: str, **others: Any) -> dict[str, Treatment]:
    return {
        "nhs_number": Treatment.model_validate(
            {"scheme": "coded", "verify": ("date_of_birth",)} | others
        ),
        "surname": Treatment.model_validate({"scheme": surname}),
        "uprn": Treatment(scheme="coded"),
    }


def ingest(given_data: Dataset, given_treatments: dict[str, Treatment]) -> Dataset:
    hub = None if given_data is HUB else HUB
    return pseudonymise(given_data, given_treatments, RING, ("planners",), hub, seed=1)[0]


@pytest.mark.parametrize("scheme", ["coded", "coded-shape", "vault"])
def test_codes_of_one_number_join_as_tokens_do(scheme: str) -> None:
    given_treatments = treatments("coded", scheme=scheme)
    hub, care = ingest(HUB, given_treatments), ingest(CARE, given_treatments)
    is_text = scheme == "coded-shape"
    assert hub.frame.schema["nhs_number"] == (pl.String if is_text else pl.Binary)
    assert not set(hub.frame["nhs_number"]) & {ANN, BEN}
    links = join_tokens(hub, care, "nhs_number", "step")
    # The third number is malformed; the fourth is Ann's with another date of birth.
    assert links.frame.select("left_id", "right_id").rows() == [(1, 2), (2, 1)]


def test_codes_that_differ_in_every_row_are_made_of_the_hub_alone_and_never_joined() -> None:
    given_treatments = treatments("coded-per-row")
    hub, care = ingest(HUB, given_treatments), ingest(CARE, given_treatments)
    assert hub.frame["surname"].n_unique() == 3
    assert "surname" not in care.frame.columns
    per_row = treatments("coded", scheme="coded-per-row")
    with pytest.raises(UnlikeTokens, match="differ in every row"):
        join_tokens(ingest(HUB, per_row), ingest(HUB, per_row), "nhs_number", "step")


def test_codes_under_unlike_keys_are_not_joined() -> None:
    hub = ingest(HUB, treatments("coded"))
    care = ingest(CARE, treatments("coded", period="2016"))
    with pytest.raises(UnlikeTokens, match="unlike"):
        join_tokens(hub, care, "nhs_number", "step")


def test_a_number_out_of_the_block_counts_as_none_where_codes_keep_their_shape() -> None:
    care = dataset(
        "a_and_e", nhs_number=[ANN, "4505577104", None], date_of_birth=[BORN, BORN, BORN]
    )
    given_treatments = treatments("coded", scheme="coded-shape")
    treated, counts = pseudonymise(care, given_treatments, RING, (), HUB, seed=1)
    assert treated.frame["nhs_number"].is_null().to_list() == [False, True, True]
    assert (counts.records, counts.no_identifier, counts.tokens) == (3, 2, 1)
    assert treated.labels["nhs_number"].scheme == "ff1"


def test_codes_in_their_own_shape_are_handed_over_and_turn_back_with_the_recipients_key() -> None:
    hub = ingest(HUB, treatments("coded", scheme="coded-shape", key_scope="per-recipient"))
    linked, provenance = assemble(hub, {}, {}, seed=1)
    spec = ReleaseSpec(title="x", events=(), codes=("nhs_number",))
    release, _ = make_release(linked, provenance, "planners", spec, seed=1)
    key = RING.derive_coding(Purpose("nhs_number", "planners", ""))
    codes = release.people["code_nhs_number"]
    assert release.code_labels["nhs_number"].key_id == key.key_id
    assert set(ShapeBook(key, Domain("nhs_number")).decode(codes)) == {ANN, BEN, None}


def test_a_field_without_a_shape_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="surname is neither"):
        ingest(HUB, treatments("coded-shape"))


@pytest.mark.parametrize("scope", ["shared", "per-recipient"])
def test_a_release_hands_over_the_recipients_codes_and_no_name(scope: str) -> None:
    hub = ingest(HUB, treatments("coded", key_scope=scope))
    linked, provenance = assemble(hub, {}, {}, seed=1)
    spec = ReleaseSpec(title="x", events=(), tokens=True, codes=("nhs_number", "surname"))
    release, _ = make_release(linked, provenance, "planners", spec, seed=1)
    assert release.people["code_surname"].n_unique() == 2
    assert release.people["home"].n_unique() == 2
    assert release.people.schema["code_nhs_number"] == pl.Binary
    assert "token" not in release.people.columns
    holder = "planners" if scope == "per-recipient" else SHARED_HOLDER
    key = RING.derive_coding(Purpose("nhs_number", holder, ""))
    assert release.code_labels["nhs_number"].key_id == key.key_id
    opened = CodeBook(key, Domain("nhs_number")).decode(release.people["code_nhs_number"])
    assert set(opened) == {ANN, BEN, None}


def test_a_release_of_codes_that_were_not_made_says_what_to_do() -> None:
    linked, provenance = assemble(ingest(HUB, treatments("remove")), {}, {}, seed=1)
    spec = ReleaseSpec(title="x", events=(), codes=("surname",))
    with pytest.raises(ValueError, match=r"identity\.surname a scheme that makes codes"):
        make_release(linked, provenance, "planners", spec, seed=1)


def test_a_column_of_codes_must_hold_bytes() -> None:
    label = TokenLabel("aes-siv", "surname", "name", "0", "")
    frame = pl.DataFrame(
        {"record_id": [1], "surname": ["Smith"]}, schema_overrides={"record_id": pl.UInt64}
    )
    with pytest.raises(FrameError, match="expected Binary"):
        Dataset("x", frame, {"surname": label})
