"""Words: numbers as a reader meets them, with range and denominator, and names in full."""

from __future__ import annotations

from math import floor, isfinite, log10
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from scenarios.result import Figure, Range

SPACE = "\u00a0"
MINUS = "\u2212"
NOT_ESTIMATED = "could not be estimated"

_HUNDRED = 100.0
_MOST_DECIMALS = 6


class _Unit(NamedTuple):
    """How a unit is written: what stands before and after, its scale, and its usual decimals."""

    before: str
    after: str
    scale: float
    decimals: int


_UNITS = {
    "share": _Unit("", f"{SPACE}%", _HUNDRED, 1),
    "count": _Unit("", "", 1.0, 0),
    "ratio": _Unit("", "", 1.0, 2),
    "pounds": _Unit("£", "", 1.0, 0),
    "days": _Unit("", f"{SPACE}days", 1.0, 0),
    "candidates": _Unit("", "", 1.0, 1),
    "correlation": _Unit("", "", 1.0, 2),
    "score": _Unit("", "", 1.0, 2),
    "flag": _Unit("", "", 1.0, 0),
}

MEASURES = {
    "no_identifier": "without the identifier",
    "birth_date_differs": "date of birth differs from the hub's",
    "not_in_hub": "not known to the hub",
    "tokens": "tokens",
    "recall": "true pairs found",
    "precision": "right, of all made",
    "planted": "put in by us (planted)",
    "realised": "with perfect links (realised)",
    "answered": "from the linked data (answered)",
    "linkage_bias": "moved by linkage (answered minus realised)",
    "smallest_detectable_decrease": "smallest fall that could have been detected",
    "smallest_detectable_increase": "smallest rise that could have been detected",
    "smallest_detectable_difference": "smallest difference that could have been detected",
    "exposed_people": "people exposed",
    "exposed_events": "contacts of people exposed",
    "unexposed_people": "people not exposed",
    "unexposed_events": "contacts of people not exposed",
    "rank_agreement": "agreement of ranks, answered with realised (1 is the same order)",
    "top_fifth_in_common": "top fifth in common, answered with realised",
    "mean_error": "mean difference of answered from realised",
    "lead_time": "median time gained",
    "alert_recall": "right alerts raised, of all that should be",
    "alert_precision": "right alerts, of all raised",
    "best_single_service": "found by the best single service alone",
    "valid_number_tokens": "tokens made from a valid number",
    "right_number_among_candidates": "right number among the candidates",
    "only_candidate": "right number the only candidate",
    "people_named": "people correctly named",
    "candidates": "candidates",
    "candidates_tried": "numbers tried",
    "control_wrong_names": "wrong names in the control",
    "control_claims": "claims in the control (all wrong)",
    "baseline": "baseline (a random compatible candidate)",
    "found": "people correctly found",
    "residual_risk": "risk beyond the control",
    "confidence_error": "error of stated confidence (Brier score, 0 is best)",
    "skill": "skill (1: better than the baseline)",
    "benefit_error": "change of the answer",
    "interval_ratio": "width of the answer's range, over that as proposed",
    "coverage": "change in true pairs found",
}

# Figures whose denominator is a number of groups, such as practices, and not of people.
_OVER_GROUPS = ("rank_agreement", "top_fifth_in_common", "mean_error")

# Ratios are read to two decimals at least, and correlations too; large sums to hundreds at most.
_LEAST_DECIMALS = {"ratio": 2, "correlation": 2, "pounds": -2}

_GROUPS = {"sex=F": "Female", "sex=M": "Male", "all": "Everybody"}
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


def count_words(figure: Figure) -> str:
    """Writes numerator and denominator: `84,201 of 87,600`; empty where there is none.

    Where there is only a denominator, it says of what: `over 17 groups`.
    """
    if figure.out_of is None:
        return ""
    if figure.count is None:
        counted = "groups" if figure.measure in _OVER_GROUPS else "people"
        return f"over {figure.out_of:,} {counted}"
    return f"{figure.count:,} of {figure.out_of:,}"


def told(figure: Figure) -> str:
    """Writes a figure with its wider range and denominator, for use in a sentence.

    Example:
        `96.1 % (95.9 to 96.3 %), 84,201 of 87,600`
    """
    value, spread, counts = _parts(figure)
    return ", ".join(part for part in (f"{value} ({spread})" if spread else value, counts) if part)


def stacked(figure: Figure | None) -> str:
    """Writes a figure for a cell of a table: value, range and denominator on lines of their own."""
    if figure is None:
        return "none"
    value, spread, counts = _parts(figure)
    return "\n".join(line for line in (value, spread and f"({spread})", counts) if line)


def _parts(figure: Figure) -> tuple[str, str, str]:
    """Returns value, wider range and denominator; a count is told with its denominator at once."""
    spread = range_words(figure, wider(figure))
    if figure.unit == "count" and figure.count is not None and figure.out_of is not None:
        return count_words(figure), spread, ""
    return value_words(figure), spread, count_words(figure)


def quantity(value: float, unit: str, decimals: int) -> str:
    """Writes a number in its unit, with thousands commas and a true minus sign.

    A share that is not quite none or all is never rounded to `0 %` or `100 %`: it is given the
    digits that this takes.
    """
    style = _UNITS.get(unit, _Unit("", f"{SPACE}{unit}", 1.0, 1))
    scaled = value * style.scale
    if unit == "share" and 0 < abs(value) < 1:
        while decimals < _MOST_DECIMALS and abs(round(scaled, decimals)) in (0.0, _HUNDRED):
            decimals += 1
    shown = round(scaled, decimals)
    exact = scaled == 0 or (unit == "share" and abs(value) == 1)
    digits = f"{abs(shown):,.{0 if exact else max(decimals, 0)}f}"
    return f"{MINUS if shown < 0 else ''}{style.before}{digits}{style.after}"


def decimals_of(figure: Figure) -> int:
    """Returns how many decimals the wider range supports, in the unit as it is written.

    The last place is the largest power of ten within a quarter of the range's width, so that a
    reader sees the range move but no digit that chance has made. Counts are exact.
    """
    style = _UNITS.get(figure.unit, _Unit("", "", 1.0, 1))
    held = wider(figure)
    whole = figure.value is not None and float(figure.value).is_integer()
    if figure.unit in ("count", "flag") or (figure.unit == "candidates" and whole and not held):
        return 0
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


def measure_words(measure: str) -> str:
    """Writes a measure in words."""
    return MEASURES.get(measure, measure.replace("_", " "))


def group_words(group: str) -> str:
    """Writes a group in words: `age=80+` as `Aged 80 and over`."""
    if group in _GROUPS:
        return _GROUPS[group]
    kind, _, name = group.partition("=")
    if kind == "age":
        older = name.endswith("+")
        return f"Aged {name[:-1]} and over" if older else f"Aged {name.replace('-', ' to ')}"
    if kind == "deprivation_fifth":
        return f"Deprivation {_DEPRIVATION.get(name, f'fifth {name}')}"
    return f"{plain(kind)} {name}"


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
