"""Words: numbers as a reader meets them, with range and denominator, and names in full."""

from __future__ import annotations

from functools import partial
from math import floor, isfinite, log10
from typing import TYPE_CHECKING, NamedTuple

from scenarios.figures.measures import counted, noun_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from scenarios.result import Figure, Range

SPACE = "\u00a0"
MINUS = "\u2212"
NOT_ESTIMATED = "could not be estimated"

_HUNDRED = 100.0
_MOST_DECIMALS = 6
_LEAST_DECIMALS = {"ratio": 2, "correlation": 2, "pounds": -2}
_NEVER_ROUNDED_TO_ALL = ("share", "correlation")


class _Unit(NamedTuple):
    """How a unit is written: what stands before and after, its scale, and its usual decimals."""

    before: str
    after: str
    scale: float
    decimals: int


_UNITS = {
    "share": _Unit("", f"{SPACE}%", _HUNDRED, 1),
    "points": _Unit("", f"{SPACE}points", _HUNDRED, 1),
    "count": _Unit("", "", 1.0, 0),
    "ratio": _Unit("", "", 1.0, 2),
    "pounds": _Unit("£", "", 1.0, 0),
    "days": _Unit("", f"{SPACE}days", 1.0, 0),
    "candidates": _Unit("", "", 1.0, 1),
    "correlation": _Unit("", "", 1.0, 2),
    "score": _Unit("", "", 1.0, 2),
    "flag": _Unit("", "", 1.0, 0),
}

_GROUPS = {
    "sex=F": "Female",
    "sex=M": "Male",
    "all": "Everybody",
    "quiet=yes": "Quiet places and hours",
    "quiet=no": "Busy places and hours",
    "home=yes": "Assaults in a home",
    "home=no": "Assaults elsewhere than in a home",
    "under_18=yes": "Under 18",
    "under_18=no": "18 and over",
    "rare_method=yes": "Rare means, such as a gun",
    "reported=no": "Not in the police's crime records",
    "reported=yes": "In the police's crime records",
    "grade=informed": "Informed: the true rates",
    "grade=self-taught": "Self-taught: rates learnt from what it holds",
    "grade=naive": "Naive: rates as guessed",
}
_LETTERS = ("gp", "nhs", "uprn", "nino", "upn", "pnc", "mpan")  # read letter by letter
_DEPRIVATION = {"1": "fifth 1, most deprived", "5": "fifth 5, least deprived"}


def wider(figure: Figure) -> Range | None:
    """Returns the wider of a figure's two ranges; an open end counts as widest.

    A range without width is none: nothing moved the figure.
    """
    ranges = [held for held in (figure.chance, figure.unknown) if held is not None and _width(held)]
    return max(ranges, key=_width) if ranges else None


def shows_unknown(figure: Figure) -> bool:
    """Tells whether the wider range is that over what we do not know."""
    return figure.unknown is not None and wider(figure) is figure.unknown


def value_words(figure: Figure) -> str:
    """Writes the value, with no more digits than its wider range supports: `96.1 %`."""
    if figure.value is None:
        return NOT_ESTIMATED
    return quantity(figure.value, figure.unit, decimals_of(figure))


def range_words(figure: Figure, held: Range | None) -> str:
    """Writes one of the figure's ranges: `95.9 to 96.3 %`; empty where there is none."""
    if held is None or (held.low is None and held.high is None):
        return ""
    decimals = decimals_of(figure)
    if held.high is None:
        return f"{quantity(held.low or 0.0, figure.unit, decimals)} or more"
    if held.low is None:
        return f"up to {quantity(held.high, figure.unit, decimals)}"
    low = quantity(held.low, figure.unit, decimals)
    return f"{_bare(low, figure.unit)} to {quantity(held.high, figure.unit, decimals)}"


def unknown_words(figure: Figure) -> str:
    """Writes the range over what we do not know, or why there is none: unmoved, or not rerun."""
    held = figure.unknown
    if held is not None and held.low == held.high == figure.value:
        return "did not move"
    return range_words(figure, held) or "not rerun"


def count_words(figure: Figure, noun: str | None = None) -> str:
    """Writes numerator and denominator: `84,201 of 87,600 true pairs`, `over 4 practices`.

    Args:
        figure: The figure; without a denominator, nothing is written.
        noun: What the denominator counts, where the figure alone does not tell; empty where the
            heading of a table does.
    """
    if figure.out_of is None:
        return ""
    of = counted(figure.out_of, noun_of(figure) if noun is None else noun)
    return f"over {of}" if figure.count is None else f"{figure.count:,} of {of}"


def told(figure: Figure, noun: str | None = None) -> str:
    """Writes a figure with its wider range and denominator, for use in a sentence.

    Example:
        `96.1 % (95.9 to 96.3 %), 84,201 of 87,600 true pairs`
    """
    value, spread, counts = _parts(figure, noun)
    return ", ".join(part for part in (f"{value} ({spread})" if spread else value, counts) if part)


def stacked(figure: Figure | None, noun: str | None = None) -> str:
    """Writes a figure for a cell of a table: value, range and denominator on lines of their own.

    Ranges, and numerators with their denominators, are not broken over lines.
    """
    if figure is None:
        return "none"
    value, spread, counts = _parts(figure, noun)
    bound = counts.replace(" of ", f"{SPACE}of{SPACE}")
    lines = (value, spread and f"({spread.replace(' ', SPACE)})", bound)
    return "\n".join(line for line in lines if line)


def _parts(figure: Figure, noun: str | None) -> tuple[str, str, str]:
    """Returns value, wider range and denominator; a count is told with its denominator at once."""
    spread = range_words(figure, wider(figure))
    if figure.unit == "count" and figure.count is not None and figure.out_of is not None:
        return count_words(figure, noun), spread, ""
    return value_words(figure), spread, count_words(figure, noun)


def quantity(value: float, unit: str, decimals: int) -> str:
    """Writes a number in its unit, with thousands commas and a true minus sign.

    A share that is not quite none or all is never rounded to `0 %` or `100 %`, nor a correlation to
    `1.00`: it is given the digits that this takes.
    """
    style = _UNITS.get(unit, _Unit("", f"{SPACE}{unit}", 1.0, 1))
    scaled = value * style.scale
    if unit in _NEVER_ROUNDED_TO_ALL and 0 < abs(value) < 1:
        while decimals < _MOST_DECIMALS and abs(round(scaled, decimals)) in (0.0, style.scale):
            decimals += 1
    shown = round(scaled, decimals)
    exact = scaled == 0 or (unit == "share" and abs(value) == 1)
    digits = f"{abs(shown):,.{0 if exact else max(decimals, 0)}f}"
    return f"{MINUS if shown < 0 else ''}{style.before}{digits}{style.after}"


def decimals_of(figure: Figure) -> int:
    """Returns how many decimals the wider range supports, in the unit as it is written.

    The last place is the largest power of ten within a quarter of the range's width, so that a
    reader sees the range move but no digit that chance has made. Counts are exact; ratios and
    correlations have two decimals at least, and the smallest detectable ratio has just two.
    """
    style = _UNITS.get(figure.unit, _Unit("", "", 1.0, 1))
    held = wider(figure)
    whole = figure.value is not None and float(figure.value).is_integer()
    if figure.unit in ("count", "flag") or (figure.unit == "candidates" and whole and not held):
        return 0
    least = _LEAST_DECIMALS.get(figure.unit, 0)
    if figure.unit == "ratio" and figure.measure.startswith("smallest_detectable"):
        return least
    width = None if held is None else _finite_width(held, figure.value) * style.scale
    if not width:
        return style.decimals
    decimals = -floor(log10(width / 4) + 1e-9)
    return min(max(decimals, _LEAST_DECIMALS.get(figure.unit, 0)), _MOST_DECIMALS)


def difference_words(figure: Figure, other: Figure) -> str:
    """Writes how far a figure lies above or below another of the same unit: `+3.1 points`."""
    if figure.value is None or other.value is None:
        return ""
    decimals = min(decimals_of(figure), decimals_of(other))
    style = _UNITS.get(figure.unit, _Unit("", "", 1.0, 1))
    gap = round((figure.value - other.value) * style.scale, decimals)
    if gap == 0:
        return "no difference" if figure.value == other.value else "no difference at these digits"
    unit = f"{SPACE}points" if figure.unit == "share" else ""
    sign = "+" if gap > 0 else MINUS
    return f"{sign}{style.before}{abs(gap):,.{max(decimals, 0)}f}{unit}"


def one_in(value: float | None) -> str:
    """Writes a small share as `1 in 40`, to two significant digits; empty outside 0 to 0.2."""
    if value is None or not 0 < value <= 0.2:  # noqa: PLR2004 - above a fifth, per cent reads better
        return ""
    times = 1 / value
    return f"1{SPACE}in{SPACE}{round(times, 1 - floor(log10(times))):,.0f}"


def group_words(group: str) -> str:
    """Writes a group in words: `age=80+` as `Aged 80 and over`."""
    if group in _GROUPS:
        return _GROUPS[group]
    if "," in group:
        return "; ".join(group_words(part) for part in group.split(","))
    kind, _, name = group.partition("=")
    write = _WRITTEN.get(kind)
    return f"{plain(kind)} {name}" if write is None else write(name)


def _age(name: str) -> str:
    return (
        f"Aged {name[:-1]} and over" if name.endswith("+") else f"Aged {name.replace('-', ' to ')}"
    )


def _known_co_residents(number: str) -> str:
    """Writes how many people who live with somebody are known at most."""
    if number == "0":
        return "Nobody else known"
    return f"Up to {number} co-resident{'' if number == '1' else 's'} known"


def _setting(kind: str, name: str) -> str:
    return f"{kind} {quantity(float(name), 'share', 0)}"


_WRITTEN: dict[str, Callable[[str], str]] = {
    "age": _age,
    "coalition": lambda name: f"{name[:1].upper()}{name[1:]}".replace("_", " "),
    "co_residents": _known_co_residents,
    "field": lambda name: f"Field {lower_first(plain(name))}",
    "month": lambda name: f"After {name} month{'' if name == '1' else 's'}",
    "overlap": partial(_setting, "Overlap"),
    "size": lambda name: f"Of {name.replace('+', ' or more')}",
    "survival": partial(_setting, "Survival"),
    "deprivation_fifth": lambda name: f"Deprivation {_DEPRIVATION.get(name, f'fifth {name}')}",
}


def lower_first(text: str) -> str:
    """Writes a text for the middle of a sentence; abbreviations such as `A&E` stay as they are."""
    return text if text[1:2].isupper() or text[1:2] == "&" else text[:1].lower() + text[1:]


def contacts_words(group: str) -> str:
    """Writes `contacts=3` as `3 known contacts`."""
    number = group.partition("=")[2]
    return f"{number} known contact{'' if number == '1' else 's'}"


def plain(name: str) -> str:
    """Writes a short name from a proposal as words: `thief_with_key` as `Thief with key`."""
    words = name.replace("_", " ").replace("-", " ")
    first, _, rest = words.partition(" ")
    if first in _LETTERS:
        return f"{first.upper()} {rest}".rstrip()
    return words[:1].upper() + words[1:]


def listed(names: list[str] | tuple[str, ...]) -> str:
    """Joins names: `a`, `a and b`, `a, b and c`."""
    if len(names) <= 1:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def _bare(text: str, unit: str) -> str:
    """Takes the unit off the first of two numbers, where it follows the number."""
    return text.removesuffix(_UNITS.get(unit, _Unit("", f"{SPACE}{unit}", 1.0, 1)).after)


def _width(held: Range) -> float:
    if held.low is None or held.high is None:
        return float("inf")
    return held.high - held.low


def _finite_width(held: Range, value: float | None) -> float:
    """Returns the width; for a range open at one end, twice the distance to its other end."""
    if isfinite(_width(held)):
        return _width(held)
    end = held.low if held.high is None else held.high
    return 0.0 if end is None or value is None else 2 * abs(value - end)
