"""Each measure equals an obvious function of two values, and levels are asked one after another."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

import jellyfish
import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA, JaroWinkler, Levenshtein

from linkage.dictionary import Dictionary, dictionary_of
from linkage.levels import agree, first_level, parse_level
from simulator.damages.nicknames import NICKNAMES

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Holds = Callable[[str, str], bool]

known = sorted({name for formal, short in NICKNAMES.items() for name in (formal, *short.split())})
some_parts = st.lists(st.sampled_from(["SMITH", "JONES", "LI", "DE", "O", "ANN", "É"]), max_size=3)
separated = st.tuples(some_parts, st.sampled_from(" -'")).map(lambda both: both[1].join(both[0]))
names = separated | st.sampled_from(known) | st.text("ABERTOS -'é", max_size=9)
dates = st.dates(date(1947, 12, 1), date(1949, 2, 1)).map(str) | st.sampled_from(["", "1948-13-01"])
postcodes = st.from_regex("[AB]{1,2}[12][1A]?[12][AB]{2}", fullmatch=True) | st.text(
    "AB1", max_size=5
)
numbers = (
    st.floats(-3, 3).map(str) | st.integers(-3, 3).map(str) | st.sampled_from(["", "x", "nan"])
)


def parts(name: str) -> list[str]:
    """Parts without accents; the names above have none but on É."""
    return sorted(part for part in re.split("[ '-]", name.upper().replace("É", "E")) if part)


def plain(name: str) -> str:
    """Letters A to Z, likewise."""
    return "".join(re.findall("[A-Z]", name.upper().replace("É", "E")))


def same(read: Callable[[str], object]) -> Holds:
    """Makes the function of whether something read from both is there, and the same."""
    return lambda x, y: bool(read(x)) and read(x) == read(y)


def set_of(formal: str) -> set[str]:
    return {formal.upper(), *NICKNAMES[formal].upper().split()}


def nickname(x: str, y: str) -> bool:
    return any({plain(x), plain(y)} <= set_of(formal) for formal in NICKNAMES)


def day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def of_days(holds: Callable[[date, date], bool]) -> Holds:
    """Makes the function of two texts that are both dates."""

    def both(x: str, y: str) -> bool:
        first, second = day(x), day(y)
        return first is not None and second is not None and holds(first, second)

    return both


def two_parts(x: date, y: date) -> bool:
    return (x.year == y.year) + (x.month == y.month) + (x.day == y.day) >= 2


def swapped(x: date, y: date) -> bool:
    return (x.year, x.month, x.day) == (y.year, y.day, y.month)


def piece(pattern: str) -> Callable[[str], str]:
    """Makes the function of what a pattern's group finds in a whole postcode."""

    def read(value: str) -> str:
        found = re.fullmatch(pattern, value)
        return found.group(1) if found else ""

    return read


def within(x: str, y: str) -> bool:
    try:
        return abs(float(x) - float(y)) <= 0.5
    except ValueError:
        return False


# Level, values that it is tried on, and what it should be.
SLOW: dict[str, tuple[st.SearchStrategy[str], Holds]] = {
    "exact": (names, lambda x, y: x == y),
    "jaro_winkler>=0.85": (names, lambda x, y: JaroWinkler.similarity(x, y) >= 0.85),
    "levenshtein<=2": (names, lambda x, y: Levenshtein.distance(x, y) <= 2),
    "osa<=1": (dates, lambda x, y: OSA.distance(x, y) <= 1),
    "soundex": (names, same(lambda name: jellyfish.soundex(plain(name)))),
    "nickname": (names, nickname),
    "initial": (names, same(lambda name: plain(name)[:1])),
    "parts": (names, same(parts)),
    "any_part": (
        names,
        lambda x, y: any(len(part) >= 3 for part in {*parts(x)} & {*parts(y)}),
    ),
    "two_parts_of_date": (dates, of_days(two_parts)),
    "day_month_swapped": (dates, of_days(swapped)),
    "within_days<=40": (dates, of_days(lambda x, y: abs((x - y).days) <= 40)),
    "same_year": (dates, of_days(lambda x, y: x.year == y.year)),
    "sector": (postcodes, same(piece("([A-Z]{1,2}[0-9][A-Z0-9]?[0-9])[A-Z]{2}"))),
    "district": (postcodes, same(piece("([A-Z]{1,2}[0-9][A-Z0-9]?)[0-9][A-Z]{2}"))),
    "area": (postcodes, same(piece("([A-Z]{1,2})[0-9][A-Z0-9]?[0-9][A-Z]{2}"))),
    "within<=0.5": (numbers, within),
}


def all_pairs(values: list[str]) -> tuple[Dictionary, NDArray[np.int32], NDArray[np.int32]]:
    """A dictionary of values, and every pair of their codes."""
    dictionary = dictionary_of(pl.Series(values, dtype=pl.String), pl.Series([], dtype=pl.String))
    codes = np.arange(len(dictionary.values), dtype=np.int32)
    return dictionary, np.repeat(codes, len(codes)), np.tile(codes, len(codes))


@pytest.mark.parametrize("text", SLOW)
@given(data=st.data())
def test_a_level_equals_an_obvious_function(text: str, data: st.DataObject) -> None:
    values, holds = SLOW[text]
    dictionary, a, b = all_pairs(data.draw(st.lists(values, max_size=12)))
    written = dictionary.values.to_list()
    found = agree(parse_level(text), dictionary, a, b).tolist()
    assert found == [holds(written[i], written[j]) for i, j in zip(a, b, strict=True)]


@given(
    st.lists(names, max_size=12),
    st.lists(
        st.sampled_from(
            ["exact", "nickname", "parts", "any_part", "initial", "soundex"]
            + [f"{measure}{bound}" for measure in ("osa<=", "levenshtein<=") for bound in (1, 2, 4)]
            + [f"jaro_winkler>={bound}" for bound in (0.95, 0.85, 0.7)]
        ),
        unique=True,
        max_size=8,
    ),
)
def test_the_first_level_is_that_of_asking_one_after_another(
    values: list[str], texts: list[str]
) -> None:
    dictionary, a, b = all_pairs(values)
    levels = [parse_level(text, "name") for text in texts]
    holds = [agree(level, dictionary, a, b).tolist() for level in levels] + [[True] * len(a)]
    expected = [each.index(True) for each in zip(*holds, strict=True)]
    assert first_level(levels, dictionary, a, b).tolist() == expected
