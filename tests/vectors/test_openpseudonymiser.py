"""OpenPseudonymiser 0.9.7's digests against its published test values."""

from __future__ import annotations

import hashlib

import polars as pl
import pytest

from linkage.pseudonyms.openpseudonymiser import OpenPseudonymiser, in_order, rounded_down

# Source, salt, fields, digest. The FAQ prints small letters.
PUBLISHED = [
    (
        "0.9.7 unit tests, CryptoTest.java and Program.cs",
        "mackerel",
        {"NHSNumber": "943 476 5919", "DOB": "29.11.1973"},
        "ED72F814B7905F3D3958749FA90FE657C101EC657402783DB68CBE3513E76087",
    ),
    (
        "web site, FAQ",
        "hello",
        {"NHSNumber": "123456789"},
        "a4455e6581b78d69e569895c2b615dfa90a6cd56938e40ca91edd26e44deedfe",
    ),
]

# Texts that are hashed as they stand: without a salt (FAQ), and by the hash alone
# (CryptHelperTest.java). The library refuses the first; the text is what is joined.
HASHED = [
    ("123456789", "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225"),
    ("pie", "558211ED72B2D6967037419DFF6F1E7CFD002D178C8FDEEB1239760D4E4C4059"),
]


@pytest.mark.parametrize(("source", "salt", "fields", "digest"), PUBLISHED)
def test_the_published_digests_are_met(
    source: str, salt: str, fields: dict[str, str], digest: str
) -> None:
    assert source
    made = OpenPseudonymiser(salt).digests(pl.DataFrame(fields))
    assert made.to_list() == [digest.upper()]


@pytest.mark.parametrize(("text", "digest"), HASHED)
def test_a_text_cut_anywhere_into_value_and_salt_has_the_published_digest(
    text: str, digest: str
) -> None:
    for cut in range(len(text)):
        scheme = OpenPseudonymiser(text[cut:])
        assert scheme.digests(pl.DataFrame({"a": [text[:cut]]})).to_list() == [digest.upper()]


def test_fields_are_joined_in_the_order_of_their_names_whatever_that_of_the_columns() -> None:
    frame = pl.DataFrame({"b": ["2"], "a": ["1"], "C": ["3"]})
    expected = hashlib.sha256(b"123mackerel").hexdigest().upper()
    for columns in (["b", "a", "C"], ["C", "b", "a"]):
        made = OpenPseudonymiser("mackerel").digests(frame.select(columns))
        assert made.to_list() == [expected]


def test_names_that_the_two_releases_of_the_original_order_differently_are_refused() -> None:
    with pytest.raises(ValueError, match="fields b, A: OpenPseudonymiser's two releases"):
        OpenPseudonymiser("mackerel").digests(pl.DataFrame({"b": ["2"], "A": ["1"]}))


def test_the_order_that_the_original_tests_use_is_that_of_both_releases() -> None:
    assert in_order(["NHSNumber", "DOB"]) == ["DOB", "NHSNumber"]


def test_blanks_are_removed_from_values_and_control_characters_stay() -> None:
    scheme = OpenPseudonymiser(" \t mackerel\r\n\0")
    frame = pl.DataFrame(
        {"a": ["9434 765\t9\r\n19", "9434765919", "9434765919\0", "94347\u00a065919"]}
    )
    digests = scheme.digests(frame).to_list()
    assert digests[0] == digests[1]
    assert digests[1] == hashlib.sha256(b"9434765919mackerel").hexdigest().upper()
    assert len(set(digests)) == 3


@pytest.mark.parametrize("salt", ["", "   ", "\t\r\n\0"])
def test_an_empty_or_blank_salt_is_refused(salt: str) -> None:
    with pytest.raises(ValueError, match="the salt is empty"):
        OpenPseudonymiser(salt)


def test_no_field_at_all_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one field"):
        OpenPseudonymiser("mackerel").digests(pl.DataFrame())


def test_columns_that_are_no_text_and_fields_that_are_not_there_are_refused_together() -> None:
    scheme = OpenPseudonymiser("mackerel", rounded=("DOB",))
    with pytest.raises(ValueError, match=r"nhs is not text.*; DOB is to be rounded, and is no"):
        scheme.digests(pl.DataFrame({"nhs": [1]}))


def test_the_salt_is_in_no_repr() -> None:
    assert "mackerel" not in repr(OpenPseudonymiser("mackerel"))


@pytest.mark.parametrize(
    ("written", "rounded"),
    [
        ("19731129", "19730101"),
        ("29/11/1973", "19730101"),
        ("29.11.1973", "19730101"),
        ("29/11/73", "19730101"),
        ("29.11.29", "20290101"),
        ("29.11.30", "19300101"),
        ("29-11-1973", "29-11-1973"),
        ("31.02.1973", "31.02.1973"),
        ("1973-11-29", "1973-11-29"),
        ("9.1.1973", "9.1.1973"),
        ("", ""),
        (None, None),
    ],
)
def test_dates_are_rounded_down_to_their_year_and_all_else_stays(
    written: str | None, rounded: str | None
) -> None:
    assert rounded_down(pl.Series("d", [written], dtype=pl.String)).to_list() == [rounded]


def test_a_field_that_is_rounded_gives_one_digest_for_a_year() -> None:
    frame = pl.DataFrame({"DOB": ["29.11.1973", "19730101", "01/01/1974"], "NHSNumber": ["1"] * 3})
    plain = OpenPseudonymiser("mackerel").digests(frame)
    rounded = OpenPseudonymiser("mackerel", rounded=("DOB",)).digests(frame)
    assert plain.n_unique() == 3
    assert rounded[0] == rounded[1] != rounded[2]
