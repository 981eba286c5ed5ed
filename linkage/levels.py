"""Levels of agreement: the words in which a comparison says how alike two values are.

A level is a measure, such as `exact` or `soundex`, and for some measures a bound, as in
`jaro_winkler>=0.92`. Values are compared in comparable form: names in capitals, in which spaces,
hyphens and apostrophes may still stand between parts; dates as `1948-07-05`; postcodes as `CT12AB`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from linkage import measures
from linkage.parts import Kind, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from linkage.dictionary import Dictionary

    Codes = NDArray[np.int32]


class Bound(NamedTuple):
    """What may be said after a measure.

    Attributes:
        sign: `>=` where more is more alike, `<=` where less is.
        least: Smallest number allowed.
        most: Largest number allowed.
        is_whole: Whether the number must be whole.
    """

    sign: str
    least: float
    most: float
    is_whole: bool


class Measure(NamedTuple):
    """A way to say how alike two values are.

    Attributes:
        kinds: Kinds of columns that it fits.
        bound: What must be said after it; none for a measure that holds or does not.
        meaning: When it holds, in words.
        score: Given dictionary, codes and bound, gives a number or truth for each pair. Beyond the
            bound, the number may be any that is beyond it too.
    """

    kinds: tuple[Kind, ...]
    bound: Bound | None
    meaning: str
    score: Callable[[Dictionary, Codes, Codes, float], NDArray[Any]]


@dataclass(frozen=True)
class Level:
    """A level of agreement.

    Attributes:
        measure: Name of the measure, as in `MEASURES`.
        bound: The number after its sign; 0 for a measure without.
    """

    measure: str
    bound: float = 0.0

    def __str__(self) -> str:
        """Write it as in a plan."""
        bound = MEASURES[self.measure].bound
        number = f"{self.bound}".removesuffix(".0")
        return f"{self.measure}{bound.sign}{number}" if bound else self.measure


_SIMILARITY: Final = Bound(">=", 0.0, 1.0, is_whole=False)
_EDITS: Final = Bound("<=", 1, 100, is_whole=True)
_DAYS: Final = Bound("<=", 1, 100_000, is_whole=True)
_DIFFERENCE: Final = Bound("<=", 0.0, float("inf"), is_whole=False)
_ALL: Final[tuple[Kind, ...]] = ("name", "date", "postcode", "text", "exact", "number")
_WRITTEN: Final[tuple[Kind, ...]] = ("name", "date", "postcode", "text")

# Reads as a table: measure, kinds of columns that it fits, bound, when it holds, function.
MEASURES: Final[Mapping[str, Measure]] = MappingProxyType(
    {
        "exact": Measure(_ALL, None, "the values are the same", measures.same),
        "jaro_winkler": Measure(
            ("name", "text"), _SIMILARITY, "Jaro-Winkler similarity, 0 to 1", measures.similarity
        ),
        "levenshtein": Measure(
            _WRITTEN, _EDITS, "characters put in, left out or changed", measures.edits
        ),
        "osa": Measure(
            _WRITTEN,
            _EDITS,
            "characters put in, left out, changed or swapped with the next",
            measures.edits_and_swaps,
        ),
        "soundex": Measure(("name",), None, "they have one Soundex code", measures.part("soundex")),
        "nickname": Measure(
            ("name",),
            None,
            "both are in one set of nicknames, as Bob and Robert",
            measures.nickname,
        ),
        "initial": Measure(("name",), None, "they begin with one letter", measures.part("initial")),
        "parts": Measure(
            ("name",), None, "they have the same parts, in any order", measures.same_parts
        ),
        "any_part": Measure(
            ("name",), None, "they share a part of three letters or more", measures.any_part
        ),
        "two_parts_of_date": Measure(
            ("date",), None, "two of year, month and day are the same", measures.two_parts_of_date
        ),
        "day_month_swapped": Measure(
            ("date",), None, "one has the other's day as month", measures.day_month_swapped
        ),
        "within_days": Measure(("date",), _DAYS, "days between them", measures.days_between),
        "same_year": Measure(("date",), None, "the year is the same", measures.part("year")),
        "sector": Measure(
            ("postcode",),
            None,
            "the sector is the same, as CT12 of CT12AB",
            measures.part("sector"),
        ),
        "district": Measure(
            ("postcode",),
            None,
            "the district is the same, as CT1 of CT12AB",
            measures.part("district"),
        ),
        "area": Measure(
            ("postcode",), None, "the area is the same, as CT of CT12AB", measures.part("area")
        ),
        "within": Measure(
            ("number",), _DIFFERENCE, "difference of the numbers", measures.difference
        ),
    }
)

_DEFAULTS: Final[Mapping[Kind, tuple[str, ...]]] = MappingProxyType({
    "name": (
        "exact", "nickname", "parts", "jaro_winkler>=0.92", "any_part", "jaro_winkler>=0.8",
        "initial",
    ),
    "date": ("exact", "day_month_swapped", "osa<=1", "two_parts_of_date", "same_year"),
    "postcode": ("exact", "osa<=1", "sector", "district", "area"),
    "text": ("exact", "jaro_winkler>=0.95", "jaro_winkler>=0.88"),
    "exact": ("exact",),
    "number": ("exact", "within<=1"),
})  # fmt: skip

_FORM: Final = re.compile(r"\s*(\w+)\s*(?:(>=|<=|[<>=]+)\s*(\S+))?\s*")


def levels_of(kind: Kind) -> tuple[str, ...]:
    """Give the usual levels of a comparison, best first; our choice.

    Args:
        kind: Kind of its column.

    Returns:
        The levels, each of which `parse_level` reads.
    """
    return _DEFAULTS[kind]


def parse_level(text: str, kind: Kind | None = None) -> Level:
    """Read a level as it is written in a plan.

    Args:
        text: Such as `soundex` or `jaro_winkler>=0.92`; blanks do not matter.
        kind: Kind of the column, where it is to be checked that the level fits it.

    Returns:
        The level.

    Raises:
        ValueError: If there is no such measure, it does not fit the kind, or its bound is missing,
            out of range or one too many.
    """
    match = _FORM.fullmatch(text)
    name, sign, number = match.groups() if match else (text.strip(), None, None)
    fitting = [each for each, found in MEASURES.items() if kind is None or kind in found.kinds]
    if name not in fitting:
        message = f"level {text!r}: " + (
            f"{name} does not fit a column of kind {kind}, only {_listed(MEASURES[name].kinds)}"
            if name in MEASURES
            else f"there is no measure {name!r}"
        )
        choice = ", ".join(f"{each}{_example(each)}" for each in fitting)
        raise ValueError(f"{message}; choose from {choice}{did_you_mean(name, fitting)}")
    return Level(name, _bound(text, name, sign, number))


def agree(level: Level, dictionary: Dictionary, a: Codes, b: Codes) -> NDArray[np.bool_]:
    """Say which pairs of values agree at a level.

    Args:
        level: The level, which fits the kind of the values.
        dictionary: The values, in comparable form.
        a: int32 (pairs,): code of the first value of each pair, none missing. Pairs in order of
            this code are quickest.
        b: int32 (pairs,): code of the second.

    Returns:
        bool (pairs,).
    """
    return _holds(level, MEASURES[level.measure].score(dictionary, a, b, level.bound))


def first_level(
    levels: Sequence[Level], dictionary: Dictionary, a: Codes, b: Codes
) -> NDArray[np.int8]:
    """Give the first level at which each pair of values agrees.

    The same as asking `agree` for one level after the other, except that levels of one measure
    share its work, and that pairs already decided are left alone.

    Args:
        levels: Levels, best first; at most 127.
        dictionary: The values, in comparable form.
        a: int32 (pairs,): code of the first value of each pair, none missing. Pairs in order of
            this code are quickest.
        b: int32 (pairs,): code of the second.

    Returns:
        int8 (pairs,): position of the level; as many as there are levels where none holds.
    """
    found = np.full(len(a), len(levels), dtype=np.int8)
    open_pairs = np.arange(len(a))
    scores: dict[str, NDArray[Any]] = {}
    for position, level in enumerate(levels):
        if level.measure not in scores:
            loosest = _loosest(level.measure, levels)
            score = MEASURES[level.measure].score
            scores[level.measure] = score(dictionary, a[open_pairs], b[open_pairs], loosest)
        holds = _holds(level, scores[level.measure])
        if not holds.any():
            continue
        found[open_pairs[holds]] = position
        open_pairs = open_pairs[~holds]
        scores = {measure: score[~holds] for measure, score in scores.items()}
    return found


def _holds(level: Level, score: NDArray[Any]) -> NDArray[np.bool_]:
    """Say where a score is within the level's bound."""
    bound = MEASURES[level.measure].bound
    if bound is None:
        return score.astype(np.bool_, copy=False)
    return np.asarray(score >= level.bound if bound.sign == ">=" else score <= level.bound)


def _loosest(measure: str, levels: Sequence[Level]) -> float:
    """Give the bound that the most pairs are within, of all levels of a measure."""
    bound = MEASURES[measure].bound
    loosest = min if bound and bound.sign == ">=" else max
    return loosest(level.bound for level in levels if level.measure == measure)


def _bound(text: str, name: str, sign: str | None, number: str | None) -> float:
    """Read the number of a level; 0 where its measure has none."""
    bound = MEASURES[name].bound
    if bound is None:
        if sign is None:
            return 0.0
        raise ValueError(f"level {text!r}: {name} holds or does not; write {name!r} alone")
    try:
        value = float(number or "") if sign == bound.sign else float("nan")
    except ValueError:
        value = float("nan")
    if not bound.least <= value <= bound.most or (bound.is_whole and value != int(value)):
        most = "" if bound.most == float("inf") else f" and at most {bound.most:g}"
        raise ValueError(
            f"level {text!r}: {name} needs {bound.sign} and a {'whole ' * bound.is_whole}number of "
            f"at least {bound.least:g}{most}, as in {name}{_example(name)}"
        )
    return value


def _example(name: str) -> str:
    """Give an example of what is said after a measure; empty for nothing."""
    bound = MEASURES[name].bound
    if bound is None:
        return ""
    return f"{bound.sign}{0.92 if bound.sign == '>=' else 1}"


def _listed(names: Sequence[str]) -> str:
    """Write names with commas, and `or` before the last."""
    return " or ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
