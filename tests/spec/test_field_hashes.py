"""Hashes of each field alone: what they are, what they do not join, and what they give away."""

from __future__ import annotations

import hashlib
from datetime import date

import polars as pl
import pytest

from linkage.join import UnlikeTokens, join_tokens
from linkage.keys import KeyRing
from linkage.plan import Treatment
from linkage.pseudonyms.field_hashes import FieldHashes
from linkage.pseudonyms.recipes import match_key_tokens, recipe
from linkage.pseudonyms.tokens import label, tokens
from simulator.schema import FIELDS, Dataset

NAMES = ("first_name", "surname", "date_of_birth")
SALTED = FieldHashes("mackerel")

Row = tuple[str | None, str | None, date | None]

JAMES: Row = ("James", "Kelly", date(1948, 7, 5))
KELLY: Row = ("Kelly", "James", date(1984, 7, 5))


def people(*rows: Row, name: str = "hub") -> Dataset:
    schema = {field: FIELDS[field].dtype for field in NAMES}
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    return Dataset(name, frame.with_columns(record_id=pl.int_range(pl.len(), dtype=pl.UInt64)))


def hashed(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


@pytest.mark.parametrize("salt", ["", "mackerel"])
def test_a_token_is_the_hash_of_a_comparable_value_and_the_salt(salt: str) -> None:
    made = FieldHashes(salt).tokens(people(JAMES), NAMES).frame.row(0, named=True)
    assert made == {
        "record_id": 0,
        "first_name": hashed(f"JAMES{salt}"),
        "surname": hashed(f"KELLY{salt}"),
        "date_of_birth": hashed(f"1948-07-05{salt}"),
    }


def test_without_a_salt_tokens_are_those_of_the_treatment_plain_hash_and_join_them() -> None:
    plain = Treatment(scheme="plain-hash")
    made = FieldHashes().tokens(people(JAMES), ["surname"])
    assert made.frame["surname"].equals(tokens(pl.Series("surname", ["KELLY"]), plain, None))
    assert made.labels["surname"] == label("surname", plain, None)


def test_only_record_ids_and_the_named_fields_leave() -> None:
    made = SALTED.tokens(people(JAMES, KELLY), ["surname"])
    assert made.frame.schema == {"record_id": pl.UInt64(), "surname": pl.UInt64()}
    assert list(made.labels) == ["surname"]


@pytest.mark.parametrize("written", [None, "", " -", "漢字", "\0"])
def test_what_comparable_form_leaves_nothing_of_has_no_token_and_joins_nothing(
    written: str | None,
) -> None:
    given = ("Ann", written, None)
    sides = [SALTED.tokens(people(given, name=name), NAMES) for name in ("hub", "care")]
    assert sides[0].frame["surname"].to_list() == [None]
    assert join_tokens(sides[0], sides[1], "surname", "step").frame.is_empty()
    assert join_tokens(sides[0], sides[1], "first_name", "step").frame.height == 1


def test_accents_case_and_long_values_are_hashed_as_their_comparable_form() -> None:
    given = people(("Zoë", "x" * 5_000, None), ("ZOE\u0308", "X" * 5_000, None))
    made = SALTED.tokens(given, ["first_name", "surname"]).frame
    assert made["first_name"].to_list() == [hashed("ZOEmackerel")] * 2
    assert made["surname"].to_list() == [hashed("X" * 5_000 + "mackerel")] * 2


def test_tokens_under_unlike_salts_or_of_a_keyed_scheme_are_never_compared() -> None:
    hub = SALTED.tokens(people(JAMES), ["surname"])
    keyed = match_key_tokens(
        people(JAMES, name="care"),
        [recipe("surname", "surname", "assumed", "this test")],
        KeyRing.from_bytes(b"a master only for this test"),
        "all",
    )
    others = [FieldHashes(salt).tokens(people(JAMES, name="care"), NAMES) for salt in ("", "cod")]
    for other in (keyed, *others):
        assert not set(hub.frame["surname"]) & set(other.frame["surname"])
        with pytest.raises(UnlikeTokens):
            join_tokens(hub, other, "surname", "step")


def test_the_salt_shows_in_no_label() -> None:
    made = SALTED.tokens(people(JAMES), NAMES)
    assert "mackerel" not in " ".join(map(str, made.labels.values()))


def test_whoever_has_the_salt_reads_every_field_off_a_list_of_values() -> None:
    released = SALTED.tokens(people(JAMES, KELLY), ["surname"]).frame["surname"]
    listed = people(*((None, name, None) for name in ("Smith", "Kelly", "James")))
    table = SALTED.tokens(listed, ["surname"]).frame["surname"].to_list()
    assert [table.index(token) for token in released] == [1, 2]


def test_a_first_name_that_is_somebody_s_surname_shows() -> None:
    made = SALTED.tokens(people(JAMES, KELLY), NAMES).frame
    assert made["first_name"].to_list() == made["surname"].reverse().to_list()


def test_nobody_at_all_has_tokens_of_the_right_types() -> None:
    made = SALTED.tokens(people(), NAMES).frame
    assert made.schema == dict.fromkeys(["record_id", *NAMES], pl.UInt64())


def test_fields_that_cannot_be_hashed_are_refused_together() -> None:
    expected = "local_id has no comparable form.*; use nhs_number"
    with pytest.raises(ValueError, match=f"surname is named 2 times.*; {expected}"):
        SALTED.tokens(people(JAMES), ["surname", "surname", "local_id"])
    with pytest.raises(ValueError, match="none was given"):
        SALTED.tokens(people(JAMES), [])


def test_a_field_that_is_not_held_in_the_clear_is_refused_by_name() -> None:
    treated = SALTED.tokens(people(JAMES), ["surname"])
    for fields in (["surname"], ["postcode"]):
        with pytest.raises(ValueError, match=f"needs {fields[0]} in the clear, which dataset hub"):
            SALTED.tokens(treated, fields)
