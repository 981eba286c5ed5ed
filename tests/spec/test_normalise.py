"""Comparable form: what each field's values become, and that tokens are made from it."""

from __future__ import annotations

import hashlib
import hmac
from datetime import date

import numpy as np
import polars as pl
import pytest

from linkage.keys import KeyRing, Purpose
from linkage.normalise import NORMALISATIONS, comparable
from linkage.plan import Treatment
from linkage.pseudonyms.tokens import label, tokens
from simulator.identifiers import nhs_number
from simulator.issuing import OFFICIAL
from tests.hand_draft import hand_draft

KEY = KeyRing.from_bytes(b"a master only for this test").derive(Purpose("surname", "all", ""))
KEYED = Treatment(scheme="keyed-hash")
PLAIN = Treatment(scheme="plain-hash")

# 943 476 5919 is the worked example of the NHS Data Dictionary's check digit rule.
TABLE = [
    ("nhs_number", "9434765919", "9434765919"),
    ("nhs_number", " 943 476-5919 ", "9434765919"),
    ("nhs_number", "9434765918", None),
    ("nhs_number", "943476591", None),
    ("nhs_number", "94347659190", None),
    ("nhs_number", "943476591O", None),
    ("nhs_number", "٩٤٣٤٧٦٥٩١٩", None),
    ("nhs_number", "", None),
    ("nhs_number", None, None),
    ("date_of_birth", date(1948, 7, 5), "1948-07-05"),
    ("date_of_birth", None, None),
    ("address", "Flat 3, 12 Alderham Road", "FLAT312ALDERHAMRD"),
    ("address", " 12 ALDERHAM RD. ", "12ALDERHAMRD"),
    ("address", "12 Upper Larkley Way", "12UPPERLARKLEYWAY"),
    ("address", " ", None),
    ("address", None, None),
    ("postcode", "zx1 2ab", "ZX12AB"),
    ("postcode", " ZX12 AB", "ZX12AB"),
    ("postcode", " ", None),
    ("postcode", None, None),
    ("uprn", "000100023336956", "100023336956"),
    ("uprn", " 42 ", "42"),
    ("uprn", "0000", None),
    ("uprn", "1234567890123", None),
    ("uprn", "12A", None),
    ("uprn", None, None),
    ("nino", "qq 12 34 56 c", "QQ123456"),
    ("nino", "QQ123456", "QQ123456"),
    ("nino", "QQ123456E", None),
    ("nino", "Q1234567C", None),
    ("nino", None, None),
    ("upn", " u099 00000 0000 ", "U099000000000"),
    ("upn", "V099000000000", None),
    ("upn", "099000000000", None),
    ("upn", None, None),
    ("pnc_id", "2090/9000000c", "2090/9000000C"),
    ("pnc_id", "20909000000C", "2090/9000000C"),
    ("pnc_id", "2090/9000000D", None),
    ("pnc_id", "90/9000000C", None),
    ("pnc_id", None, None),
    ("prison_number", "x0000aa", "X0000AA"),
    ("prison_number", "XX0000A", None),
    ("prison_number", None, None),
    ("mpan", "99 0000 0000 006", "9900000000006"),
    ("mpan", "9900000000007", None),
    ("mpan", "990000000000", None),
    ("mpan", None, None),
    ("local_id", " 0042 ", "0042"),
    ("first_name", "Zoë", "ZOE"),
    ("first_name", "anne-marie", "ANNEMARIE"),
    ("surname", "O'Neill", "ONEILL"),
    ("surname", " - ", None),
    ("surname", None, None),
    ("sex", "f", "F"),
    ("sex", " Male", "M"),
    ("sex", "U", None),
    ("sex", None, None),
    ("ethnic_group", " Asian ", "Asian"),
    ("lsoa", 12, "12"),
]


@pytest.mark.parametrize(("field", "given", "expected"), TABLE)
def test_each_value_has_one_comparable_form_or_none(
    field: str, given: object, expected: str | None
) -> None:
    frame = pl.DataFrame({field: [given, None]}, strict=False)
    if field in NORMALISATIONS and frame.schema[field] == pl.Null:
        frame = frame.cast(pl.Date if field == "date_of_birth" else pl.String)
    made = comparable(frame, field)
    assert made.to_list() == [expected, None]
    assert made.dtype == pl.String
    assert made.name == field


def test_every_valid_number_of_the_block_keeps_its_digits() -> None:
    numbers = nhs_number(np.arange(0, 90_909_091, 1_000_003))
    written = pl.DataFrame({"nhs_number": [f"{n:010d}" for n in numbers.tolist()]})
    assert comparable(written, "nhs_number").to_list() == written["nhs_number"].to_list()


@pytest.mark.parametrize("field", list(OFFICIAL))
def test_every_official_number_has_a_comparable_form_of_its_own_and_a_token(field: str) -> None:
    written = hand_draft(2_000).columns[field]
    form = comparable(written.to_frame(field), field)
    assert form.null_count() == 0
    assert form.n_unique() == written.len()
    untidy = (" " + written.str.to_lowercase() + " ").to_frame(field)
    assert comparable(untidy, field).equals(form)
    made = tokens(form, KEYED, KEY)
    assert made.n_unique() == written.len()


@pytest.mark.parametrize("bits", [32, 40, 48, 53, 63, 64])
@pytest.mark.parametrize("text", ["9434765919", "A", "ÉÉÉ", "x" * 55, "x" * 56, "y" * 300])
def test_a_token_is_the_leading_bits_of_the_standard_hash(text: str, bits: int) -> None:
    values = pl.Series("surname", [None, text, "9434765919", text])
    plain = hashlib.sha256(text.encode()).digest()
    keyed = hmac.digest(KEY.material, text.encode(), "sha256")
    for digest, scheme, key in ((plain, "plain-hash", None), (keyed, "keyed-hash", KEY)):
        treatment = Treatment.model_validate({"scheme": scheme, "bits": bits})
        made = tokens(values, treatment, key)
        expected = int.from_bytes(digest, "big") >> (256 - bits)
        assert made[1] == made[3] == expected
        assert made[0] is None
        assert made.dtype == pl.UInt64


def test_no_values_and_only_missing_values_have_no_tokens() -> None:
    assert tokens(pl.Series("surname", [], dtype=pl.String), KEYED, KEY).to_list() == []
    missing = pl.Series("surname", [None, None], dtype=pl.String)
    assert tokens(missing, PLAIN, None).to_list() == [None, None]


def test_tokens_are_the_same_at_any_number_of_threads() -> None:
    values = pl.Series("surname", [f"NAME{i}" for i in range(70_000)])
    assert tokens(values, KEYED, KEY, threads=1).equals(tokens(values, KEYED, KEY, threads=3))


def test_a_label_says_how_tokens_are_made_and_never_the_key() -> None:
    treatment = Treatment(scheme="keyed-hash", bits=40, period="2016")
    keyed = label("nhs_number", treatment, KEY)
    assert (keyed.scheme, keyed.field, keyed.normalisation, keyed.period) == (
        "hmac-sha256/40",
        "nhs_number",
        "nhs-number",
        "2016",
    )
    assert keyed.key_id == KEY.key_id
    assert KEY.material.hex() not in str(keyed)
    plain = label("uprn", Treatment(scheme="plain-hash", period="2016"), None)
    assert (plain.scheme, plain.key_id, plain.period) == ("sha256/64", "none", "")


@pytest.mark.parametrize(
    ("scheme", "key"),
    [("keyed-hash", None), ("plain-hash", KEY), ("clear", None), ("remove", None)],
)
def test_tokens_and_labels_refuse_a_key_that_does_not_fit_the_scheme(
    scheme: str, key: object
) -> None:
    treatment = Treatment.model_validate({"scheme": scheme})
    with pytest.raises(ValueError, match=scheme):
        tokens(pl.Series("surname", ["A"]), treatment, key)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=scheme):
        label("surname", treatment, key)  # type: ignore[arg-type]
