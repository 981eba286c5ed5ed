"""The frontier: found, wrongly named and benefit of every option on one picture."""

from __future__ import annotations

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
        "ranges of chance alone. Numbers are those of the table; 0 is as proposed.",
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
            "number": f"{point.number}",
            **_ends("x", point.benefit, scale),
            **_ends("y", figure, _PERCENT),
        }
        for point in held
        for name, figure in zip(_SERIES, (point.found, point.wrong), strict=True)
        if figure is not None
    ]
    base = alt.Chart(whole(marks))
    looks: dict[str, Any] = {"color": _colour(), "shape": _shape()}
    unit = "per cent" if shares else held[0].benefit.unit
    x = alt.X("x:Q", scale=alt.Scale(zero=False, nice=True),
              axis=alt.Axis(title=f"{label} ({unit})", tickCount=5, titleLimit=_WIDTH))  # fmt: skip
    y = alt.Y("y:Q", scale=alt.Scale(zero=True, nice=True),
              axis=alt.Axis(title="People (per cent)", titleAngle=0, titleAlign="left", titleX=-40,
                            titleY=-14, tickCount=5))  # fmt: skip
    rule: dict[str, Any] = {"strokeWidth": 1.5, "opacity": 0.5}
    across = base.mark_rule(**rule).encode(
        x=alt.X("x_low:Q"), x2=alt.X2("x_high:Q"), y=y, color=_colour()
    )
    upright = base.mark_rule(**rule).encode(
        x=x, y=alt.Y("y_low:Q"), y2=alt.Y2("y_high:Q"), color=_colour()
    )
    dots = base.mark_point(filled=True, size=90, opacity=1.0, stroke="white").encode(
        x=x, y=y, **looks
    )
    numbers = base.mark_text(align="left", dx=7, dy=-8, color=DARK_GREY, fontSize=14).encode(
        x=x, y=y, text=alt.Text("number:N")
    )
    return alt.layer(across, upright, dots, numbers, *_names()).properties(
        width=_WIDTH, height=_HEIGHT, padding={"left": 6, "right": 8, "top": 6, "bottom": 4}
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
