"""Levels of agreement: what each measure says of pairs at its bound and just beyond it."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import TYPE_CHECKING, get_args

import jellyfish
import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA, JaroWinkler, Levenshtein

from linkage.dictionary import dictionary_of
from linkage.levels import MEASURES, Level, agree, first_level, levels_of, parse_level
from linkage.parts import Kind, letters
from simulator.damages.nicknames import NICKNAMES

if TYPE_CHECKING:
    from collections.abc import Callable

KINDS: tuple[Kind, ...] = get_args(Kind)


def holds(level: str, first: str, second: str) -> bool:
    """Whether two values, in comparable form, agree at a level."""
    pair = dictionary_of(pl.Series([first]), pl.Series([second]))
    return bool(agree(parse_level(level), pair, pair.left, pair.right)[0])


# Level, a value, one that agrees with it (at the bound, where there is one), one just beyond.
HOLDS = [
    ("exact", "SMITH", "SMITH", "SMYTH"),
    ("exact", "", "", " "),
    # MARTHA and MARHTA: .9611; DWAYNE and DUANE: .84; by hand .5 for one of four in common.
    ("jaro_winkler>=0.961", "MARTHA", "MARHTA", "MARTINA"),
    ("jaro_winkler>=0.84", "DWAYNE", "DUANE", "DUNE"),
    ("jaro_winkler>=0.5", "ABCD", "AXYZ", "WXYZ"),
    ("jaro_winkler>=1", "ZOË", "ZOË", "ZOE"),
    ("levenshtein<=2", "SMITH", "SMIHT", "SIMHT"),
    ("levenshtein<=3", "KITTEN", "SITTING", "SITTINGS"),
    ("levenshtein<=1", "1948-07-05", "1948-07-06", "1948-07-16"),
    ("osa<=1", "SMITH", "SMIHT", "SIMHT"),
    ("osa<=1", "CT12AB", "CT21AB", "CT21BA"),
    ("osa<=3", "CA", "ABC", "ABCDE"),
    ("soundex", "ROBERT", "RUPERT", "RUBIN"),
    ("soundex", "O'NEILL", "Ó NÉIL", "MACNEIL"),
    ("nickname", "BOB", "ROBERT", "RICHARD"),
    ("nickname", "ROBERT", "BOB", "BEN"),
    ("nickname", "BOB", "ROB", "DICK"),
    ("nickname", "Bób", "robert", "ROBERTA"),
    ("initial", "ÉVA", "EDITH", "ANN"),
    ("parts", "SMITH-JONES", "JONES SMITH", "JONES"),
    ("parts", "O'NEILL", "O NEILL", "ONEILL"),
    ("parts", "JOSÉ LUIS", "LUIS JOSE", "LUIS JOSEPH"),
    ("parts", "ANN MARY ANN", "MARY-ANN ANN", "MARY ANN"),
    ("parts", "李 小龙", "小龙-李", "李"),
    ("any_part", "SMITH-JONES", "JONES", "JONE"),
    ("any_part", "VAN DER BERG", "DER HORST", "VANDER"),
    ("any_part", "ANN LEE", "LEE ROY", "AN LE"),
    ("any_part", "D\u2019ANGELO", "ANGELO-ROSSI", "D'ORSO"),
    ("any_part", "ZOË ANN", "ZOE-MAY", "ZO MAY"),
    ("two_parts_of_date", "1948-07-05", "1949-07-05", "1949-08-05"),
    ("two_parts_of_date", "1948-07-05", "1948-12-05", "1950-07-06"),
    ("two_parts_of_date", "1948-07-05", "1948-07-31", "1947-06-05"),
    ("day_month_swapped", "1948-07-05", "1948-05-07", "1949-05-07"),
    ("day_month_swapped", "1948-05-05", "1948-05-05", "1948-05-06"),
    ("within_days<=1", "1948-02-28", "1948-02-29", "1948-03-01"),
    ("within_days<=31", "1999-12-31", "2000-01-31", "2000-02-01"),
    ("same_year", "1948-01-01", "1948-12-31", "1947-12-31"),
    ("sector", "CT12AB", "CT12XY", "CT13AB"),
    ("district", "CT12AB", "CT19AB", "CT112AB"),
    ("area", "CT12AB", "CT949XY", "C12AB"),
    ("within<=1", "5", "6.0", "6.01"),
    ("within<=0", "5", " 5.00", "5.001"),
    ("within<=0.1", "1.0", "1.1", "1.101"),
    ("within<=0.3", "0.1", "0.4", "0.41"),
    ("within<=0.1", "-1000000", "-999999.9", "-999999.8"),
    ("within<=10", "-5", "5", "5.5"),
]  # fmt: skip


@pytest.mark.parametrize(("level", "value", "alike", "beyond"), HOLDS)
def test_a_level_holds_up_to_its_bound_and_not_beyond(
    level: str, value: str, alike: str, beyond: str
) -> None:
    assert holds(level, value, alike)
    assert not holds(level, value, beyond)
    if not level.startswith("jaro"):  # which is not symmetric for every pair
        assert holds(level, alike, value)
        assert not holds(level, beyond, value)


def test_every_measure_has_such_a_case() -> None:
    assert {parse_level(level).measure for level, *_ in HOLDS} == set(MEASURES)


# Values that have no such part: they agree with nothing, not even with themselves.
NOTHING = [
    ("soundex", "123"), ("initial", "-"), ("parts", "' -"), ("any_part", "AL ED"),
    ("nickname", "ZEBEDEE"), ("two_parts_of_date", "1948-02-30"),
    ("day_month_swapped", "05/05/1948"), ("within_days<=100000", "UNKNOWN"),
    ("same_year", "1948"), ("sector", "CT1"), ("district", "12AB"), ("area", "ZZ999"),
    ("within<=1000000", "NONE"), ("within<=1000000", "INF"), ("within<=1000000", "NAN"),
    ("within<=1000000", "1,000"),
]  # fmt: skip


@pytest.mark.parametrize(("level", "value"), NOTHING)
def test_what_is_missing_in_both_values_does_not_agree(level: str, value: str) -> None:
    assert not holds(level, value, value)
    assert not holds(level, value, value + " ")
    for other in ("SMITH", "1948-07-05", "CT12AB", "5", ""):
        assert not holds(level, value, other)
        assert not holds(level, other, value)


@pytest.mark.parametrize(
    ("level", "kind", "message"),
    [
        ("jaro_winkle>=0.9", None, "no measure 'jaro_winkle'; .* Did you mean jaro_winkler?"),
        ("Soundex", None, "no measure 'Soundex'; .* Did you mean soundex?"),
        ("", None, "level '': there is no measure ''; choose from exact, jaro_winkler>=0.92"),
        ("osa<=1 osa<=2", None, "there is no measure 'osa<=1 osa<=2'"),
        ("soundex", "date", "soundex does not fit a column of kind date, only name; choose from"),
        ("within<=1", "name", "within does not fit a column of kind name, only number"),
        ("osa<=1", "exact", "osa does not fit a column of kind exact, only name, date, .* or text"),
        ("sector", "text", "only postcode; choose from exact, jaro_winkler>=0.92, levenshtein<=1"),
        ("jaro_winkler", "name", "needs >= and a number of at least 0 and at most 1, as in jaro_"),
        ("jaro_winkler>=", "name", "needs >= and a number"),
        ("jaro_winkler<=0.9", "name", "needs >= and a number"),
        ("jaro_winkler>=1.01", "name", "at least 0 and at most 1"),
        ("jaro_winkler>=-0.01", "name", "at least 0 and at most 1"),
        ("jaro_winkler>=nan", "name", "at least 0 and at most 1"),
        ("jaro_winkler>=high", "name", "at least 0 and at most 1"),
        ("osa", "name", "needs <= and a whole number of at least 1 and at most 100, as in osa<=1"),
        ("osa<=0", "name", "whole number of at least 1"),
        ("osa<=101", "name", "at most 100"),
        ("osa<=1.5", "name", "whole number"),
        ("osa<1", "name", "needs <="),
        ("levenshtein>=1", "name", "needs <="),
        ("within_days<=100001", "date", "at most 100000"),
        ("within<=-1", "number", "within needs <= and a number of at least 0, as in within<=1"),
        ("soundex>=1", "name", "soundex holds or does not; write 'soundex' alone"),
        ("exact<=0", "number", "exact holds or does not; write 'exact' alone"),
    ],
)
def test_a_level_that_cannot_be_is_refused(level: str, kind: Kind | None, message: str) -> None:
    with pytest.raises(ValueError, match=message) as refusal:
        parse_level(level, kind)
    assert str(refusal.value).startswith(f"level {level!r}: ")


@pytest.mark.parametrize("kind", KINDS)
def test_usual_levels_fit_their_kind_begin_with_exact_and_are_read_back(kind: Kind) -> None:
    levels = [parse_level(each, kind) for each in levels_of(kind)]
    assert levels[0] == Level("exact")
    assert len(set(levels)) == len(levels)
    assert tuple(map(str, levels)) == levels_of(kind)


@st.composite
def any_level(draw: st.DrawFn, kind: Kind | None = None) -> Level:
    """A level that fits a kind."""
    names = [name for name, each in MEASURES.items() if kind is None or kind in each.kinds]
    name = draw(st.sampled_from(names))
    bound = MEASURES[name].bound
    if bound is None:
        return Level(name)
    most = min(bound.most, 1e12)
    if bound.is_whole:
        return Level(name, float(draw(st.integers(int(bound.least), int(most)))))
    return Level(name, draw(st.floats(bound.least, most)))


@given(any_level())
def test_a_level_is_read_back_as_it_is_written(level: Level) -> None:
    assert parse_level(str(level)) == level


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (" osa <= 2 ", "osa<=2"),
        ("jaro_winkler >=0.9234567", "jaro_winkler>=0.9234567"),
        ("within<=1234567", "within<=1234567"),
        ("within_days<=1e2", "within_days<=100"),
        ("\tsoundex\n", "soundex"),
    ],
)
def test_blanks_do_not_matter_and_no_digit_is_lost(written: str, read: str) -> None:
    assert str(parse_level(written)) == read


# The same measures as anybody would write them for one pair.


def parts(name: str) -> list[str]:
    for separator in "'\u2019-":
        name = name.replace(separator, " ")
    folded = name.replace("É", "E").replace("E\u0301", "E")
    return sorted(folded.split())


def day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def of_dates(compare: Callable[[date, date], bool]) -> Callable[[str, str, float], bool]:
    def both(x: str, y: str, _bound: float) -> bool:
        first, second = day(x), day(y)
        return first is not None and second is not None and compare(first, second)

    return both


def within_days(x: str, y: str, bound: float) -> bool:
    return of_dates(lambda p, q: abs((p - q).days) <= bound)(x, y, bound)


@cache
def plain(name: str) -> str:
    return letters(pl.Series([name]))[0] or ""


def same_soundex(x: str, y: str, _bound: float) -> bool:
    first, second = plain(x), plain(y)
    return bool(first and second) and jellyfish.soundex(first) == jellyfish.soundex(second)


SETS = [f"{formal} {short}".upper().split() for formal, short in NICKNAMES.items()]


def in_one_set(x: str, y: str, _bound: float) -> bool:
    first, second = plain(x), plain(y)
    return any(first in each and second in each for each in SETS)


def cut(letters_off: int) -> Callable[[str, str, float], bool]:
    """All postcodes here have the right shape, or are shorter than five characters."""
    return lambda x, y, _bound: (
        min(len(x), len(y)) >= 5 and x[: len(x) - letters_off] == y[: len(y) - letters_off]
    )


def same_area(x: str, y: str, _bound: float) -> bool:
    areas = ["".join(c for c in each[:2] if c.isalpha()) for each in (x, y)]
    return min(len(x), len(y)) >= 5 and areas[0] == areas[1]


def number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")


REFERENCE: dict[str, Callable[[str, str, float], bool]] = {
    "exact": lambda x, y, _: x == y,
    "jaro_winkler": lambda x, y, bound: JaroWinkler.similarity(x, y) >= bound,
    "levenshtein": lambda x, y, bound: Levenshtein.distance(x, y) <= bound,
    "osa": lambda x, y, bound: OSA.distance(x, y) <= bound,
    "soundex": same_soundex,
    "nickname": in_one_set,
    "initial": lambda x, y, _: plain(x)[:1] == plain(y)[:1] != "",
    "parts": lambda x, y, _: parts(x) == parts(y) != [],
    "any_part": lambda x, y, _: any(len(each) >= 3 and each in parts(y) for each in parts(x)),
    "two_parts_of_date": of_dates(
        lambda p, q: (p.year == q.year) + (p.month == q.month) + (p.day == q.day) >= 2
    ),
    "day_month_swapped": of_dates(
        lambda p, q: (p.year, p.month, p.day) == (q.year, q.day, q.month)
    ),
    "within_days": within_days,
    "same_year": of_dates(lambda p, q: p.year == q.year),
    "sector": cut(2),
    "district": cut(3),
    "area": same_area,
    "within": lambda x, y, bound: abs(number(x) - number(y)) <= bound,
}

NAMES = ["BOB", "ROBERT", "ROB", "RUPERT", "ANN MARY", "MARY-ANN", "O'NEILL", "O NEILL", "ONEILL",
         "JOSÉ LUIS", "LUIS JOSE", "D\u2019ANGELO", "ANGELO", "SMITH-JONES", "JONES", "JONSE", "'-",
         "X", "12"]  # fmt: skip
VALUES: dict[Kind, st.SearchStrategy[str]] = {
    "name": st.sampled_from(NAMES) | st.text("ABEÉLR -'", max_size=9),
    "date": st.dates(date(1999, 12, 1), date(2001, 3, 1)).map(str)
    | st.sampled_from(["2000-02-30", "2000-05-07", "2000-07-05", "UNKNOWN", ""]),
    "postcode": st.sampled_from(["CT12AB", "CT12XY", "CT21AB", "CT112AB", "C12AB", "M11AA",
                                 "SW1A1AA", "SW1A2AA", "CT1", ""]),
    "text": st.text("AB 1", max_size=6),
    "exact": st.sampled_from("ABC"),
    "number": st.integers(-5, 5).map(str) | st.sampled_from(["2.5", "-0.25", "1e1", "NONE", ""]),
}  # fmt: skip


def away_from_rounding(level: Level) -> float:
    """A bound that no similarity or difference is within the last digit of."""
    bound = MEASURES[level.measure].bound
    return level.bound if bound is None or bound.is_whole else round(level.bound, 3) + 0.0003


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_the_first_level_is_the_first_that_agrees_and_both_are_those_of_plain_python(
    kind: Kind, data: st.DataObject
) -> None:
    values = data.draw(st.lists(VALUES[kind], min_size=1, max_size=8, unique=True))
    given_levels = data.draw(st.lists(any_level(kind), min_size=1, max_size=6))
    levels = [Level(each.measure, away_from_rounding(each)) for each in given_levels]
    dictionary = dictionary_of(pl.Series(values), pl.Series([], dtype=pl.String))
    codes = np.arange(len(values), dtype=np.int32)
    a, b = np.repeat(codes, len(codes)), np.tile(codes, len(codes))
    agrees = np.stack([agree(level, dictionary, a, b) for level in levels])
    slow = [
        [REFERENCE[level.measure](values[i], values[j], level.bound) for i, j in zip(a, b)]  # noqa: B905 - as long
        for level in levels
    ]
    assert agrees.tolist() == slow
    first = [
        next((k for k in range(len(levels)) if slow[k][i]), len(levels)) for i in range(len(a))
    ]
    assert first_level(levels, dictionary, a, b).tolist() == first


def test_no_pairs_and_no_values_have_no_level() -> None:
    nobody = pl.Series([], dtype=pl.String)
    none = np.zeros(0, dtype=np.int32)
    for kind in KINDS:
        levels = [parse_level(each, kind) for each in levels_of(kind)]
        assert first_level(levels, dictionary_of(nobody, nobody), none, none).tolist() == []
    for name in MEASURES:
        dictionary = dictionary_of(nobody, nobody)
        assert agree(Level(name, 1.0), dictionary, none, none).tolist() == []
