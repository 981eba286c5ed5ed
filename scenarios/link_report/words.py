"""Words of a linkage report: weights, chances, counts, levels and rules as a reader meets them."""

from __future__ import annotations

from math import floor, isfinite, log10
from typing import TYPE_CHECKING, Final

from linkage.compare import ELSE, MISSING_LEVEL, SWAPPED
from linkage.levels import MEASURES, parse_level
from linkage.parts import part_named
from scenarios.figures.words import MINUS, SPACE

if TYPE_CHECKING:
    from collections.abc import Iterable

HIDDEN: Final = 7
"""Counts from 1 up to this are not told apart (DESIGN: counts of supplied data)."""
_ROUND_TO: Final = 5
_ALMOST: Final = 1e-5
_MOST_DECIMALS: Final = 6
_PERCENT: Final = 100.0
_LEAST_COUNT: Final = 0.01


_OURS: Final = {
    MISSING_LEVEL: "a value is missing on a side",
    ELSE: "none of the other levels",
    SWAPPED: "each record has the other's values of two columns the other way round",
}


STAGES: Final = {
    "linked": "linked",
    "threshold": "too improbable",
    "review": "left for review",
    "gap": "too little ahead of another pair",
    "one_to_one": "another pair was taken",
    "large_block": "in a block that was left out",
    "blocking": "made by no blocking rule",
}
"""Where a true pair ended (`linkage.losses.STAGES`), in words."""


def bits_words(bits: float | None, *, signed: bool = False) -> str:
    """Writes a match weight: `27.4` or, signed, `+27.4`; `none` where there is no weight."""
    if bits is None:
        return "none"
    if not isfinite(bits):
        return f"{MINUS if bits < 0 else '+' if signed else ''}infinite"
    shown = round(bits, 1)
    sign = MINUS if shown < 0 else "+" if signed and shown > 0 else ""
    return f"{sign}{abs(shown):,.1f}"


def chance_words(chance: float | None) -> str:
    """Writes a probability as a share; one that is all but sure is never called sure."""
    if chance is None:
        return "none"
    return f"under 0.001{SPACE}%" if chance < _ALMOST else share_words(chance)


def share_words(share: float) -> str:
    """Writes a share in per cent to three significant digits, never in powers of ten.

    One that is not quite all is never rounded to all: it gets a digit more, or is `over 99.999 %`.
    """
    percent = _PERCENT * share
    if percent <= 0 or share == 1:
        return f"{percent:.0f}{SPACE}%"
    if share > 1 - _ALMOST:
        return f"over 99.999{SPACE}%"
    decimals = min(max(2 - floor(log10(percent)), 0), _MOST_DECIMALS)
    while round(percent, decimals) == _PERCENT:
        decimals += 1
    least = 10.0**-_MOST_DECIMALS
    if percent < least:
        return f"under {least:.{_MOST_DECIMALS}f}{SPACE}%"
    return f"{percent:.{decimals}f}{SPACE}%"


def few_words(count: float) -> str:
    """Writes an expected count to two significant digits, or whole from 10 on."""
    if count <= 0:
        return "0"
    if count < _LEAST_COUNT:
        return f"under {_LEAST_COUNT:g}"
    return f"{count:,.{max(1 - floor(log10(count)), 0)}f}"


def small_safe(count: float) -> str:
    """Writes a count of a small cell: 1 to 7 as `up to 7`, more rounded to 5."""
    if count <= 0:
        return "0"
    return f"up to {HIDDEN}" if count <= HIDDEN else f"{rounded(count):,}"


def rounded(count: float) -> int:
    """Gives a count as it may be drawn: 1 to 7 as 7, more rounded to 5."""
    if count <= 0:
        return 0
    return HIDDEN if count <= HIDDEN else _ROUND_TO * round(count / _ROUND_TO)


SMALL_COUNTS: Final = (
    f"Counts by pattern, level or weight are written so that no few pairs stand out: 1 to {HIDDEN} "
    f"as \u201cup to {HIDDEN}\u201d, more rounded to {_ROUND_TO}. Totals of whole files are exact."
)


def level_words(level: str) -> str:
    """Writes a level of agreement in words: `Jaro-Winkler similarity, 0 to 1: 0.92 or more`."""
    if level in _OURS:
        return _OURS[level]
    found = parse_level(level)
    measure = MEASURES[found.measure]
    if measure.bound is None:
        return measure.meaning
    end = "or more" if measure.bound.sign == ">=" else "at most"
    return f"{measure.meaning}: {found.bound:g} {end}"


def rule_words(rule: Iterable[str]) -> str:
    """Writes a blocking rule in words: `surname (the Soundex code of all its letters) and sex`."""
    named = [column_words(column) for column in rule]
    if len(named) == 1:
        return named[0]
    return f"{', '.join(named[:-1])} and {named[-1]}"


def column_words(written: str) -> str:
    """Writes a column, or a part of one, in words: `born (the year)`."""
    column, _, part = written.partition(":")
    return f"{column} ({part_named(part).meaning})" if part else column
