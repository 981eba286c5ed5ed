"""SLK-581 against the examples of AIHW METEOR 686238, and its rules by hand."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from linkage.keys import KeyRing
from linkage.pseudonyms.slk581 import FIELDS, Slk581
from simulator.schema import FIELDS as VOCABULARY
from simulator.schema import Dataset

BORN = date(1948, 7, 5)
RING = KeyRing.from_bytes(b"a master only for this test")

Row = tuple[str | None, str | None, date | None, str | None]


def people(*rows: Row) -> Dataset:
    schema = {name: VOCABULARY[name].dtype for name in FIELDS}
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    return Dataset("care", frame.with_columns(record_id=pl.int_range(pl.len(), dtype=pl.UInt64)))


def codes(*rows: Row) -> list[str | None]:
    return Slk581().codes(people(*rows)).to_list()


# Source: AIHW METEOR 686238 and 750410 (family names); AHSRI ePPOC wiki (John Smith).
@pytest.mark.parametrize(
    ("family", "letters"), [("Smith", "MIH"), ("Jones", "ONS"), ("Farr", "AR2"), ("Hua", "UA2")]
)
def test_the_published_examples_of_family_names_are_met(family: str, letters: str) -> None:
    assert codes((family, "John", BORN, "M")) == [f"{letters}OH050719481"]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (("Smith", "John", BORN, "M"), "MIHOH050719481"),
        (("smith", "JANE", BORN, "f"), "MIHAN050719482"),
        (("O'Brien", "Jo-Ann", BORN, "X"), "BREOA050719483"),
        (("Li", "Al", BORN, "U"), "I22L2050719489"),
        (("O", "A", BORN, None), "22222050719489"),
        (("Zoë", "Núñez", BORN, "F"), "OE2UN050719482"),
        (("Zoe\u0308", "Nun\u0303ez", BORN, "F"), "OE2UN050719482"),
        ((None, "John", BORN, "M"), "999OH050719481"),
        (("Smith", "", BORN, "M"), "MIH99050719481"),
        (("Иванов", "-", BORN, "M"), "99999050719481"),
        (("Smith\0\n", "Jo\thn", BORN, "M"), "MIHOH050719481"),
        (("S" * 10_000, "John", BORN, "M"), "SSSOH050719481"),
        (("Smith", "John", None, "M"), None),
    ],
)
def test_codes_follow_the_rules(row: Row, code: str | None) -> None:
    assert codes(row) == [code]


def test_only_whole_codes_have_tokens_unless_told_otherwise() -> None:
    given = people(
        ("Smith", "John", BORN, "M"),
        (None, "John", BORN, "M"),
        ("Smith", None, BORN, "M"),
        ("Smith", "John", BORN, "U"),
        ("Smith", "John", None, "M"),
        ("S", "J", BORN, "F"),
    )
    whole = Slk581().tokens(given, RING, "all")
    some = Slk581(whole_only=False).tokens(given, RING, "all")
    assert whole.frame["slk-581"].is_not_null().to_list() == [
        True,
        False,
        False,
        False,
        False,
        True,
    ]
    assert some.frame["slk-581"].is_not_null().to_list() == [True, True, True, True, False, True]
    assert whole.labels["slk-581"] != some.labels["slk-581"]
    assert whole.frame["slk-581"][0] != some.frame["slk-581"][0]


def test_a_dataset_that_lacks_a_field_is_refused_by_name() -> None:
    given = people(("Smith", "John", BORN, "M"))
    with pytest.raises(ValueError, match="SLK-581 needs sex in the clear, which dataset care"):
        Slk581().codes(given.with_frame(given.frame.drop("sex")))
