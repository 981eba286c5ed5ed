"""The frontier: found, wrongly named and benefit of every option on one picture."""

from __future__ import annotations

import textwrap
from itertools import combinations
from math import ceil
from typing import TYPE_CHECKING, Any

import altair as alt

from scenarios.figures.chart import DARK_BLUE, DARK_GREY, DARK_PINK, Chart, Layers, to_svg, whole
from scenarios.figures.headlines import answer_label
from scenarios.figures.measures import measure_words
from scenarios.figures.trade import Point, benefit_question, points
from scenarios.figures.words import plain, told, value_words
from scenarios.figures.worst import worst_attacker
from scenarios.questions.specs import RankingSpec, RateRatioSpec

if TYPE_CHECKING:
    from scenarios.figures.reading import Reading
    from scenarios.result import Figure

_SERIES = {"Correctly found": (DARK_BLUE, "circle"), "Wrongly named": (DARK_PINK, "square")}
_TITLE_LETTERS = 50
_LETTER, _LABEL_HEIGHT = 8.0, 17.0
"""Pixels that a letter of a label is wide, and a label high."""

_WIDTH, _HEIGHT, _LINE, _PERCENT = 420, 320, 21, 100.0


def frontier(reading: Reading) -> Chart | None:
    """Draws found and wrongly named against benefit, option by option; None without options."""
    held, worst, question = points(reading), worst_attacker(reading), benefit_question(reading)
    if len(held) < 2 or worst is None or question is None:  # noqa: PLR2004 - one point compares nothing
        return None
    spec = reading.proposal.question[question]
    label = answer_label(reading, spec)
    if isinstance(spec, RateRatioSpec | RankingSpec):
        label = f"{label}: {measure_words('benefit_error')}"
    least = min(held, key=lambda point: point.found.value or 0.0)
    first = held[0]
    title = (
        f"{plain(least.option)}: {value_words(least.found)} found, "
        f"as proposed {value_words(first.found)}"
    )
    rows = tuple(_row(reading, point) for point in held)
    words = "; ".join(
        f"{number} {name}: benefit {gained}, found {found}, wrongly named {wrong}"
        for number, name, gained, found, wrong in rows
    )
    stem = "frontier"
    return Chart(
        stem=stem,
        title=title,
        alternative=f"By {worst.words}. {words}.",
        columns=("Number", "Option", label, *_SERIES),
        rows=rows,
        svg=to_svg(_draw(held, label), stem, title, f"By {worst.words}. {words}."),
        note=f"Found and wrongly named by {worst.words}, who finds most as proposed. Lines are "
        "ranges of chance alone. Numbers are those of the table; 0 is as proposed."
        f"{_left(reading)}",
    )


def _left(reading: Reading) -> str:
    """Names options that are not on the picture."""
    drawn = {point.option for point in points(reading)}
    left = [plain(option) for option in reading.options if option not in drawn]
    return (
        f" Without an answer or a share found, and so not drawn: {'; '.join(left)}." if left else ""
    )


def _row(reading: Reading, point: Point) -> tuple[str, ...]:
    wrong = point.wrong
    return (
        f"{point.number}",
        plain(point.option),
        told(point.benefit, reading.noun(point.benefit)),
        told(point.found, reading.noun(point.found)),
        "none" if wrong is None else told(wrong, reading.noun(wrong)),
    )


def _draw(held: tuple[Point, ...], label: str) -> Layers:
    shares = held[0].benefit.unit == "share"
    scale = _PERCENT if shares else 1.0
    marks = [
        {
            "series": name,
            "number": point.number,
            **_ends("x", point.benefit, scale),
            **_ends("y", figure, _PERCENT),
        }
        for point in held
        for name, figure in zip(_SERIES, (point.found, point.wrong), strict=True)
        if figure is not None
    ]
    unit = "per cent" if shares else held[0].benefit.unit
    domains = {axis: _domain(marks, axis) for axis in ("x", "y")}
    title = textwrap.wrap(f"{label} ({unit})", _TITLE_LETTERS)
    x = _axis("x", domains["x"], alt.Axis(title=title, tickCount=5))
    beside = alt.Axis(
        title="People (per cent)", titleAngle=0, titleAlign="left", titleX=-40, titleY=-14
    )
    y = _axis("y", domains["y"], beside)
    base = alt.Chart(whole(marks))
    rule: dict[str, Any] = {"strokeWidth": 1.5, "opacity": 0.35}
    across = base.mark_rule(**rule).encode(
        x=_axis("x_low", domains["x"]), x2=alt.X2("x_high:Q"), y=y, color=_colour()
    )
    upright = base.mark_rule(**rule).encode(
        x=x, y=_axis("y_low", domains["y"]), y2=alt.Y2("y_high:Q"), color=_colour()
    )
    dots = base.mark_point(filled=True, size=90, opacity=1.0, stroke="white").encode(
        x=x, y=y, color=_colour(), shape=_shape()
    )
    texts = alt.Chart(whole(_labels(marks, domains))).mark_text(
        align="left", dx=7, dy=-9, color=DARK_GREY, fontSize=14, stroke="white", strokeWidth=0
    )
    numbers = texts.encode(x=x, y=y, text=alt.Text("text:N"))
    return alt.layer(across, upright, dots, numbers, *_names()).properties(
        width=_WIDTH, height=_HEIGHT, padding={"left": 6, "right": 60, "top": 6, "bottom": 4}
    )


def _domain(marks: list[dict[str, Any]], axis: str) -> tuple[float, float]:
    """Returns the ends of an axis: whole tens for people, the ends of all ranges for benefit."""
    low = min(mark[f"{axis}_low"] for mark in marks)
    high = max(mark[f"{axis}_high"] for mark in marks)
    if axis == "y":
        return 0.0, max(ceil(high / 10) * 10.0, 10.0)
    margin = 0.03 * (high - low) or 1.0
    return low - margin, high + margin


def _axis(name: str, domain: tuple[float, float], axis: alt.Axis | None = None) -> Any:  # noqa: ANN401
    made: Any = alt.X if name.startswith("x") else alt.Y
    scale = alt.Scale(domain=list(domain), nice=False, zero=False)
    given: dict[str, Any] = {} if axis is None else {"axis": axis}
    return made(f"{name}:Q", scale=scale, **given)


def _labels(
    marks: list[dict[str, Any]], domains: dict[str, tuple[float, float]]
) -> list[dict[str, Any]]:
    """Numbers the options at what is found; labels that would overlap are drawn together."""
    pixels = {
        axis: size / (domains[axis][1] - domains[axis][0])
        for axis, size in (("x", _WIDTH), ("y", _HEIGHT))
    }
    first = next(iter(_SERIES))
    groups = [[mark] for mark in marks if mark["series"] == first]
    groups.sort(key=lambda group: -float(group[0]["y"]))
    merged = True
    while merged:
        merged = False
        for one, other in combinations(groups, 2):
            if _overlap(one, other, pixels):
                one.extend(other)
                groups.remove(other)
                merged = True
                break
    return [
        {"x": max(m["x"] for m in group), "y": group[0]["y"], "text": _text(group)}
        for group in groups
    ]


def _text(group: list[dict[str, Any]]) -> str:
    return runs(sorted(mark["number"] for mark in group))


def _overlap(
    one: list[dict[str, Any]], other: list[dict[str, Any]], pixels: dict[str, float]
) -> bool:
    left, right = sorted((one, other), key=lambda group: max(float(m["x"]) for m in group))
    apart = (max(m["x"] for m in right) - max(m["x"] for m in left)) * pixels["x"]
    above = abs(one[0]["y"] - other[0]["y"]) * pixels["y"]
    return bool(above < _LABEL_HEIGHT and apart < _LETTER * (len(_text(left)) + 2))


def runs(numbers: list[int]) -> str:
    """Writes ascending numbers with their runs drawn together: `0-2, 5, 7-9`."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and parts[-1][-1] == number - 1:
            parts[-1].append(number)
        else:
            parts.append([number])
    return ", ".join(
        f"{part[0]}" if len(part) == 1 else f"{part[0]}\u2013{part[-1]}" for part in parts
    )


def _colour() -> alt.Color:
    colours = [colour for colour, _ in _SERIES.values()]
    return alt.Color("series:N", scale=alt.Scale(domain=list(_SERIES), range=colours), legend=None)


def _shape() -> alt.Shape:
    shapes = [shape for _, shape in _SERIES.values()]
    return alt.Shape("series:N", scale=alt.Scale(domain=list(_SERIES), range=shapes), legend=None)


def _names() -> list[alt.Chart]:
    layers = []
    for place, (name, (colour, shape)) in enumerate(_SERIES.items()):
        rows = alt.Chart(whole([{"text": name}]))
        at = {"x": alt.value(0), "y": alt.value(_LINE * (place - len(_SERIES)) - _LINE)}
        mark = rows.mark_point(filled=True, size=110, color=colour, shape=shape, opacity=1.0)
        text = rows.mark_text(align="left", baseline="middle", dx=12, color=DARK_GREY)
        layers += [mark.encode(**at), text.encode(text=alt.Text("text:N"), **at)]
    return layers


def _ends(axis: str, figure: Figure, scale: float) -> dict[str, float]:
    value = (figure.value or 0.0) * scale
    low = high = value
    if figure.chance is not None:
        low = value if figure.chance.low is None else figure.chance.low * scale
        high = value if figure.chance.high is None else figure.chance.high * scale
    return {axis: value, f"{axis}_low": low, f"{axis}_high": high}
