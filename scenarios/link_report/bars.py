"""Bar charts of a linkage: a label, its numbers, and bars from here to there, row by row."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import altair as alt

from scenarios.figures.chart import (
    DARK_BLUE,
    DARK_GREY,
    DARK_PINK,
    FONT_SIZE,
    TURQUOISE,
    Layers,
    whole,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

COLOURS = (DARK_BLUE, DARK_PINK, TURQUOISE, DARK_GREY)
UP, DOWN, OTHER, SUM = range(4)

_PLOT_WIDTH = 300
_LABEL_LETTERS = 20
_LETTER = 8.2
_SPACE = 10
_LINE = 19
_THICK = 18
_GAP = 10
_NAME_LINE = 22


@dataclass(frozen=True)
class Bar:
    """One bar.

    Attributes:
        start: Where it begins on the axis.
        end: Where it ends.
        text: Its number in words, between the label and the plot.
        look: Its colour, as a position in `COLOURS`.
    """

    start: float
    end: float
    text: str
    look: int = UP


@dataclass(frozen=True)
class BarRow:
    """One row; without bars, a heading."""

    label: str
    bars: tuple[Bar, ...] = ()

    @property
    def height(self) -> int:
        """Its height in pixels."""
        return max(_LINE * (self.lines.count("\n") + 1), _THICK * len(self.bars)) + _GAP

    @property
    def lines(self) -> str:
        """The label, broken between words."""
        return "\n".join(textwrap.wrap(self.label, _LABEL_LETTERS)) or " "


def bars(
    rows: Sequence[BarRow],
    axis: str,
    *,
    series: Sequence[str] = (),
    marks: Sequence[tuple[float, str]] = (),
    after: str = "",
    domain: tuple[float, float] | None = None,
) -> Layers:
    """Draws rows of bars.

    Args:
        rows: From top to bottom.
        axis: Title of the horizontal axis.
        series: Names of the colours, in their order, where they mean something.
        marks: Reference lines: value and label.
        after: What stands after a number of the axis, such as a per cent sign.
        domain: The ends of the axis; null to fit the bars.
    """
    tops = [sum(row.height for row in rows[:place]) for place in range(len(rows))]
    height = sum(row.height for row in rows)
    x = _Axis(axis, after, domain)
    data = [
        {
            "start": bar.start,
            "end": bar.end,
            "text": bar.text,
            "top": top + (row.height - _THICK * len(row.bars)) / 2 + _THICK * place + 1,
            "look": str(bar.look),
        }
        for top, row in zip(tops, rows, strict=True)
        for place, bar in enumerate(row.bars)
    ]
    for each in data:
        each["bottom"] = float(str(each["top"])) + _THICK - 2
        each["middle"] = float(str(each["top"])) + _THICK / 2 - 1
    layers = [
        _shapes(data, x, height),
        _zero(x, height),
        *_references(marks, x, height),
        _text(data, "middle", "text", -_SPACE, height, align="right"),
        *_labels(rows, tops, height, -_SPACE - _width(data) - _SPACE),
        *_names(series),
    ]
    return alt.layer(*layers).properties(
        width=_PLOT_WIDTH,
        height=height,
        padding={"left": 4, "right": 8, "top": 6, "bottom": 4},
    )


@dataclass(frozen=True)
class _Axis:
    """The horizontal axis."""

    title: str
    after: str
    domain: tuple[float, float] | None

    def encode(self, name: str) -> alt.X:
        """Encodes a field along it."""
        axis = alt.Axis(
            title=self.title,
            titlePadding=10,
            tickCount=5,
            labelExpr=f"replace(format(datum.value, ','), '-', '\u2212') + '{self.after}'",
            labelFlush=False,
        )
        scale = alt.Scale(domain=list(self.domain)) if self.domain else alt.Scale(nice=True)
        return alt.X(f"{name}:Q", axis=axis, scale=scale)


def _y(name: str, height: int) -> alt.Y:
    return alt.Y(f"{name}:Q", axis=None, scale=alt.Scale(domain=[height, 0], nice=False))


def _shapes(data: list[dict[str, Any]], x: _Axis, height: int) -> alt.Chart:
    looks = alt.Scale(domain=[str(look) for look in range(len(COLOURS))], range=list(COLOURS))
    drawing: alt.Chart = (
        alt.Chart(whole(data))
        .mark_rect(opacity=1.0, stroke="white", strokeWidth=0.5)
        .encode(
            x=x.encode("start"),
            x2=alt.X2("end:Q"),
            y=_y("top", height),
            y2=alt.Y2("bottom:Q"),
            color=alt.Color("look:N", scale=looks, legend=None),
        )
    )
    return drawing


def _zero(x: _Axis, height: int) -> alt.Chart:
    rule = alt.Chart(whole([{"at": 0.0}])).mark_rule(color=DARK_GREY, strokeWidth=1)
    drawing: alt.Chart = rule.encode(x=x.encode("at"), y=alt.value(0), y2=alt.value(height))
    return drawing


def _references(marks: Sequence[tuple[float, str]], x: _Axis, height: int) -> list[alt.Chart]:
    layers = []
    for value, label in marks:
        rows = whole([{"at": value, "label": label}])
        rule = alt.Chart(rows).mark_rule(color=DARK_GREY, strokeDash=[6, 4], strokeWidth=1.5)
        layers.append(rule.encode(x=x.encode("at"), y=alt.value(0), y2=alt.value(height)))
        text = alt.Chart(rows).mark_text(baseline="bottom", color=DARK_GREY)
        layers.append(text.encode(x=x.encode("at"), y=alt.value(-6), text=alt.Text("label:N")))
    return layers


def _text(
    data: list[dict[str, Any]], y: str, field: str, x: float, height: int, **looks: object
) -> alt.Chart:
    style: dict[str, Any] = {
        "align": "left",
        "baseline": "middle",
        "fontSize": FONT_SIZE,
        "color": DARK_GREY,
        "lineBreak": "\n",
        "lineHeight": _LINE,
    }
    drawing: alt.Chart = (
        alt.Chart(whole(data))
        .mark_text(**(style | looks))
        .encode(x=alt.value(x), y=_y(y, height), text=alt.Text(f"{field}:N"))
    )
    return drawing


def _width(data: list[dict[str, Any]]) -> int:
    """Returns about how many pixels the longest number takes."""
    return round(_LETTER * max((len(each["text"]) for each in data), default=0))


def _labels(rows: Sequence[BarRow], tops: Sequence[int], height: int, end: int) -> list[alt.Chart]:
    """Writes labels that end to the left of the numbers; those of headings are bold."""
    layers = []
    for weight in ("bold", "normal"):
        data = [
            {
                "label": row.lines,
                "top": top + row.height / 2 - _LINE * row.lines.count("\n") / 2,
            }
            for row, top in zip(rows, tops, strict=True)
            if bool(row.bars) == (weight == "normal")
        ]
        if data:
            looks: dict[str, Any] = {"align": "right", "fontWeight": weight}
            layers.append(_text(data, "top", "label", end, height, **looks))
    return layers


def _names(series: Sequence[str]) -> list[alt.Chart]:
    """Names each colour above the plot, beside a mark of it."""
    layers = []
    for place, name in enumerate(series):
        rows = alt.Chart(whole([{"text": name}]))
        at = {"x": alt.value(6), "y": alt.value(_NAME_LINE * (place - len(series)))}
        mark = rows.mark_point(
            filled=True, size=160, color=COLOURS[place], shape="square", opacity=1.0
        )
        words = rows.mark_text(align="left", baseline="middle", dx=14, color=DARK_GREY)
        layers += [mark.encode(**at), words.encode(text=alt.Text("text:N"), **at)]
    return layers
