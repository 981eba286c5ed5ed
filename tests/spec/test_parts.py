"""Parts of values: what each gives, which columns have it, and that Soundex equals jellyfish's."""

from __future__ import annotations

import jellyfish
import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.dictionary import dictionary_of
from linkage.parts import PARTS, Kind, letters, of_records, part_codes, part_named
from linkage.soundex import soundex

NONE = pl.Series([], dtype=pl.String)

# Part, values of which the parts are the same, and one of which it is another; empty for none.
ALIKE = [
    ("soundex", ["Robert", "RUPERT"], "Rubin"),
    ("soundex", ["Ashcraft", "Ashcroft"], "Tymczak"),
    ("soundex", ["O'Neill", "ONEIL", "Ó Néill"], "123"),
    ("initial", ["Zoë", "zed", " Z"], "Ann"),
    ("initial", ["Ébert", "EVANS", " 'E"], "-"),
    ("first_two", ["SMITH", "Smythe", "S-M"], "S"),
    ("first_three", ["SMITH", "SMIT"], "SMYTHE"),
    ("first_four", ["SMITH", "SMIT"], "SMI"),
    ("metaphone", ["Kline", "CLINE", "kl\u00edne"], "Klein-Horst"),
    ("first_part", ["Smith-Jones", "SMITH JONES", "Smith"], "Jones"),
    ("last_part", ["Smith-Jones", "VAN JONES", "Jones '"], "Smith"),
    ("year", ["1948-07-05", "1948-12-31"], "1949-07-05"),
    ("month", ["1948-07-05", "2000-07-31"], "1948-02-30"),
    ("day", ["1948-07-05", "2000-12-05"], "1948-07-06"),
    ("month_day", ["1948-07-05", "2000-07-05"], "2000-05-07"),
    ("sector", ["CT12AB", "CT12XY"], "CT13AB"),
    ("sector", ["SW1A1AA", "SW1A1ZZ"], "SW1A2AA"),
    ("district", ["CT12AB", "CT19AB"], "CT112AB"),
    ("area", ["CT12AB", "CT949XY"], "C12AB"),
    ("area", ["M11AA", "M609ZZ"], "CT1"),
]


@pytest.mark.parametrize(("part", "alike", "other"), ALIKE)
def test_values_of_one_part_have_one_number(part: str, alike: list[str], other: str) -> None:
    codes = part_codes(dictionary_of(pl.Series([*alike, other]), NONE), part)
    assert codes.dtype == np.int32
    assert len(set(codes[:-1].tolist())) == 1
    assert codes[0] != -1
    assert codes[-1] != codes[0]


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("soundex", "123"),
        ("initial", ""),
        ("metaphone", "Gh"),
        ("first_part", " -"),
        ("last_part", "''"),
        ("year", "1948-02-30"),
        ("month_day", "05/07/1948"),
        ("sector", "CT1"),
        ("area", "12AB"),
    ],
)
def test_a_value_without_the_part_has_none(part: str, value: str) -> None:
    assert part_codes(dictionary_of(pl.Series([value]), NONE), part).tolist() == [-1]


def test_parts_of_dates_are_their_numbers() -> None:
    dictionary = dictionary_of(pl.Series(["1948-07-05"]), NONE)
    found = {
        part: part_codes(dictionary, part).item() for part in ("year", "month", "day", "month_day")
    }
    assert found == {"year": 1948, "month": 7, "day": 5, "month_day": 705}


def test_records_have_the_part_of_their_value() -> None:
    left = pl.Series(["1948-07-05", None, "x"])
    dictionary = dictionary_of(left, pl.Series([None, "1950-01-01"]))
    codes = part_codes(dictionary, "year")
    assert of_records(codes, dictionary.left).tolist() == [1948, -1, -1]
    assert of_records(codes, dictionary.right).tolist() == [-1, 1950]
    nobody = dictionary_of(pl.Series([None], dtype=pl.String), NONE)
    assert of_records(part_codes(nobody, "year"), nobody.left).tolist() == [-1]


@given(st.lists(st.text("ABEHWSTRLMNCKaéñ '-", max_size=12), max_size=20))
def test_soundex_is_that_of_jellyfish(names: list[str]) -> None:
    dictionary = dictionary_of(pl.Series(names, dtype=pl.String), NONE)
    plain = letters(dictionary.values)
    expected = [None if name is None else jellyfish.soundex(name) for name in plain]
    found = [
        None if code == -1 else f"{chr(ord('A') + code // 1000)}{code % 1000:03}"
        for code in soundex(plain).tolist()
    ]
    assert found == expected


def test_a_part_is_worked_out_once() -> None:
    dictionary = dictionary_of(pl.Series(["Ann"]), NONE)
    assert part_codes(dictionary, "soundex") is part_codes(dictionary, "soundex")


@pytest.mark.parametrize("part", PARTS)
def test_every_part_is_of_some_kind_and_of_no_values_gives_none(part: str) -> None:
    assert PARTS[part].kinds
    assert PARTS[part].meaning
    assert part_codes(dictionary_of(NONE, NONE), part).tolist() == []


@pytest.mark.parametrize(
    ("part", "kind", "message"),
    [
        (
            "soundx",
            None,
            "there is no part 'soundx'; choose from soundex, .* Did you mean soundex?",
        ),
        ("year", "name", "a column of kind name has no part 'year'; choose from soundex, initial"),
        ("year", "exact", "a column of kind exact has no part 'year'; use the whole column"),
    ],
)
def test_a_part_that_is_not_there_is_named(part: str, kind: Kind | None, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        part_named(part, kind)
