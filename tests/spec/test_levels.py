"""Levels of agreement: how they are written, which columns they fit, and when each holds."""

from __future__ import annotations

from typing import get_args

import numpy as np
import polars as pl
import pytest

from linkage.dictionary import dictionary_of
from linkage.levels import MEASURES, Level, agree, first_level, levels_of, parse_level
from linkage.match_plan import Comparison
from linkage.parts import Kind

KINDS = get_args(Kind)
NONE = pl.Series([], dtype=pl.String)

# Level, pairs that agree, pairs that do not.
CASES = [
    ("exact", [("A", "A"), ("", "")], [("A", "a"), ("A", "")]),
    ("jaro_winkler>=0.96", [("MARTHA", "MARHTA"), ("A", "A")], [("DIXON", "DICKSONX")]),
    ("jaro_winkler>=0.81", [("DIXON", "DICKSONX"), ("DWAYNE", "DUANE")], [("JONES", "SMITH")]),
    ("levenshtein<=1", [("SMITH", "SMYTH"), ("ANN", "ANNE"), ("A", "A")], [("SMITH", "SMIHT")]),
    ("osa<=1", [("SMITH", "SMIHT"), ("CT12AB", "CT21AB")], [("CA", "ABC"), ("ANN", "ANNIE")]),
    ("soundex", [("ROBERT", "RUPERT"), ("ONEILL", "O'NEAL")], [("ANN", "JANE"), ("-", "'")]),
    (
        "nickname",
        [("BOB", "ROBERT"), ("Kate", "KATHERINE"), ("NICK", "NICKY"), ("TED", "EDWARD")],
        [("ALEXANDER", "ALEXANDRA"), ("BOB", "KATE"), ("XQ", "XQ"), ("-", "'")],
    ),
    ("initial", [("JOHN", "J"), ("ÉMILE", "EMMA")], [("JOHN", "SEAN"), ("-", "'")]),
    (
        "parts",
        [
            ("SMITH-JONES", "JONES SMITH"),
            ("VAN DER BERG", "BERG VAN DER"),
            ("O'NEILL", "NEILL O"),
            ("ANN-ANN-MAY", "MAY ANN ANN"),
        ],
        [("SMITH-JONES", "SMITH"), ("ANN ANN MAY", "ANN MAY"), ("AB C", "A BC"), (" -", "'")],
    ),
    (
        "any_part",
        [("SMITH-JONES", "SMITH"), ("JONES SMITH", "BROWN-JONES"), ("ANN", "ann marie")],
        [("SMITH", "SMITHSON"), ("DE VRIES", "DE BOER"), ("LI", "LI WU"), ("-", "'")],
    ),
    (
        "two_parts_of_date",
        [("1948-07-05", "1949-07-05"), ("1948-07-05", "1948-07-06"), ("1948-07-05", "1948-08-05")],
        [("1948-07-05", "1949-08-05"), ("1948-05-07", "1948-07-05"), ("x", "y")],
    ),
    (
        "day_month_swapped",
        [("1948-07-05", "1948-05-07"), ("1948-07-07", "1948-07-07")],
        [("1948-07-05", "1948-07-05"), ("1948-07-05", "1949-05-07"), ("x", "y")],
    ),
    (
        "within_days<=3",
        [("1948-02-28", "1948-03-02"), ("1969-12-31", "1970-01-01")],
        [("1947-02-28", "1947-03-04"), ("x", "1947-03-04"), ("x", "y")],
    ),
    ("same_year", [("1948-07-05", "1948-12-31")], [("1948-12-31", "1949-01-01"), ("x", "y")]),
    ("sector", [("CT12AB", "CT12XY")], [("CT12AB", "CT13AB"), ("CT1", "CT1 "), ("", " ")]),
    ("district", [("CT12AB", "CT19XY")], [("CT12AB", "CT22AB"), ("CT12AB", "CT112AB")]),
    ("area", [("CT12AB", "CT949XY")], [("CT12AB", "C12AB")]),
    ("within<=0.5", [("1.5", "2"), ("-1", "-1.25"), ("1e2", "100")], [("1", "1.75"), ("x", "y")]),
]


@pytest.mark.parametrize(("text", "agreeing", "others"), CASES)
def test_levels_hold_for_the_pairs_for_which_they_should(
    text: str, agreeing: list[tuple[str, str]], others: list[tuple[str, str]]
) -> None:
    level = parse_level(text)
    pairs = agreeing + others
    first = pl.Series([one for one, _ in pairs])
    dictionary = dictionary_of(first, pl.Series([other for _, other in pairs]))
    a, b = dictionary.left, dictionary.right
    expected = [True] * len(agreeing) + [False] * len(others)
    for found in (agree(level, dictionary, a, b), agree(level, dictionary, b, a)):
        assert found.dtype == np.bool_
        assert found.tolist() == expected
    assert first_level([level], dictionary, a, b).tolist() == [not each for each in expected]


def test_every_measure_has_a_case_here() -> None:
    assert {parse_level(text).measure for text, _, _ in CASES} == set(MEASURES)


def test_levels_are_read_and_written_alike() -> None:
    assert parse_level("jaro_winkler>=0.92") == Level("jaro_winkler", 0.92)
    assert parse_level(" osa <= 2 ") == Level("osa", 2.0)
    assert parse_level("within<=1234567.25") == Level("within", 1234567.25)
    for text, _, _ in [*CASES, ("within<=1234567.25", [], [])]:
        assert str(parse_level(text)) == text


@pytest.mark.parametrize("kind", KINDS)
def test_usual_levels_fit_their_kind_and_begin_with_exact(kind: Kind) -> None:
    levels = [parse_level(text, kind) for text in levels_of(kind)]
    assert levels[0] == Level("exact")
    assert len(set(levels)) == len(levels)


def test_kinds_are_those_of_a_plan() -> None:
    assert get_args(Comparison.model_fields["kind"].annotation) == KINDS


@pytest.mark.parametrize(
    ("text", "kind", "message"),
    [
        ("jaro_winklr>=0.9", None, "no measure 'jaro_winklr'; choose .* mean jaro_winkler?"),
        ("", None, "there is no measure ''; choose from exact, jaro_winkler>=0.92, levenshtein<=1"),
        ("exact or so", None, "there is no measure 'exact or so'"),
        ("soundex", "date", "does not fit a column of kind date, only name; choose .* two_parts"),
        ("osa<=1", "exact", "only name, date, postcode or text; choose from exact$"),
        ("distrikt", "postcode", "from exact, .* area. Did you mean district?"),
        ("jaro_winkler", None, "jaro_winkler needs >= and a number 0 to 1, as in jaro_winkler>=0."),
        ("jaro_winkler<=0.9", None, "jaro_winkler needs >="),
        ("jaro_winkler>=92", None, "a number 0 to 1"),
        ("jaro_winkler>=high", None, "a number 0 to 1"),
        ("jaro_winkler>=nan", None, "a number 0 to 1"),
        ("osa<=1.5", None, "osa needs <= and a whole number 1 to 100, as in osa<=1"),
        ("osa<=0", None, "a whole number 1 to 100"),
        ("within<=inf", None, r"a number 0 to 1e\+15"),
        ("within_days<=-1", None, "a whole number 1 to"),
        ("soundex>=1", None, "soundex holds or does not; write 'soundex' alone"),
    ],
)
def test_what_is_not_a_level_is_refused_with_what_is(
    text: str, kind: Kind | None, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        parse_level(text, kind)


def test_the_first_level_that_holds_is_given() -> None:
    texts = ("exact", "jaro_winkler>=0.96", "any_part", "jaro_winkler>=0.8", "initial")
    levels = [parse_level(text, "name") for text in texts]
    others = ["MARTHA", "MARHTA", "ANN-MARTHA", "MARTA X", "MIKE", "BOB"]
    dictionary = dictionary_of(pl.Series(["MARTHA"] * 6), pl.Series(others))
    found = first_level(levels, dictionary, dictionary.left, dictionary.right)
    assert found.dtype == np.int8
    assert found.tolist() == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize("measure", MEASURES)
def test_no_pairs_agree_nowhere(measure: str) -> None:
    dictionary = dictionary_of(NONE, NONE)
    assert agree(Level(measure, 1), dictionary, dictionary.left, dictionary.right).tolist() == []
    assert MEASURES[measure].meaning
