"""Row charts: a label, points with their ranges, and the numbers in words, line by line."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, field
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
from scenarios.figures.words import SPACE, range_words, value_words, wider

if TYPE_CHECKING:
    from scenarios.result import Figure, Range

COLOURS = (DARK_BLUE, DARK_PINK, TURQUOISE)
SHAPES = ("circle", "diamond", "square")

_PLOT_WIDTH = 320
_LABEL_LETTERS = 30
_LINE = 19
_GAP = 11
_NAME_LINE = 22
_PERCENT = 100.0


@dataclass(frozen=True)
class Row:
    """One line of a row chart; without figures, a heading.

    Attributes:
        label: What stands on the left.
        figures: One figure for each series; null where the run has none.
    """

    label: str
    figures: tuple[Figure | None, ...] = ()


@dataclass(frozen=True)
class Rows:
    """A row chart.

    Attributes:
        rows: Lines, from top to bottom.
        axis: Title of the horizontal axis.
        series: Names of the series, if there are several.
        unit: Unit of all the figures.
        from_zero: Whether the axis starts at 0.
        marks: Reference lines: (value, label).
        band: Stretch of the axis to shade, if any.
    """

    rows: tuple[Row, ...]
    axis: str
    unit: str
    series: tuple[str, ...] = ("",)
    from_zero: bool = True
    marks: tuple[tuple[float, str], ...] = ()
    band: tuple[float, float] | None = None
    keys: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Names each line so that labels may recur: its number, then its label."""
        keys = tuple(
            f"{number:03}{_wrapped(row.label) if row.figures else ' '}"
            for number, row in enumerate(self.rows)
        )
        object.__setattr__(self, "keys", keys)

    def draw(self) -> Layers:
        """Returns the chart, for `to_svg`."""
        lines = max((key.count("\n") + 1 for key in self.keys), default=1)
        step = max(lines * _LINE, len(self.series) * _LINE) + _GAP
        height = step * len(self.rows)
        layers = [*self._references(height), *self._ranges(), self._dots(), self._texts()]
        layers += self._headings()
        return alt.layer(*layers, *self._names()).properties(
            width=_PLOT_WIDTH,
            height=height,
            padding={"left": 4, "right": 8, "top": 6, "bottom": 4},
        )

    def _points(self) -> list[dict[str, Any]]:
        scale = _PERCENT if self.unit == "share" else 1.0
        return [
            {
                "row": key,
                "series": name,
                "value": (figure.value or 0.0) * scale,
                "text": _numbers(figure),
                **_ends("chance", figure.chance, figure.value, scale),
                **_ends("unknown", figure.unknown, figure.value, scale),
            }
            for key, row in zip(self.keys, self.rows, strict=True)
            for name, figure in zip(self.series, row.figures, strict=False)
            if figure is not None
        ]

    def _y(self) -> alt.Y:
        axis = alt.Axis(
            title=None,
            labelExpr="split(substring(datum.value, 3), '\\n')",
            labelLimit=0,
            labelLineHeight=_LINE,
            ticks=False,
            domain=False,
            grid=False,
            labelPadding=10,
        )
        scale = alt.Scale(domain=list(self.keys), paddingInner=0.15, paddingOuter=0.1)
        return alt.Y("row:N", axis=axis, sort=None, scale=scale)

    def _x(self, name: str) -> alt.X:
        suffix = f" + '{SPACE}%'" if self.unit == "share" else ""
        digits = ",.2f" if self.unit == "ratio" else ","
        before = "'£' + " if self.unit == "pounds" else ""
        axis = alt.Axis(
            title=self.axis,
            titlePadding=10,
            labelExpr=f"{before}format(datum.value, '{digits}'){suffix}",
            tickCount=5,
            labelFlush=False,
        )
        return alt.X(f"{name}:Q", axis=axis, scale=alt.Scale(zero=self.from_zero, nice=True))

    def _offset(self) -> dict[str, Any]:
        if len(self.series) == 1:
            return {}
        scale = alt.Scale(domain=list(self.series), paddingInner=0.2)
        return {"yOffset": alt.YOffset("series:N", sort=None, scale=scale)}

    def _colour(self) -> alt.Color:
        scale = alt.Scale(domain=list(self.series), range=list(COLOURS[: len(self.series)]))
        return alt.Color("series:N", scale=scale, legend=None)

    def _shape(self) -> alt.Shape:
        scale = alt.Scale(domain=list(self.series), range=list(SHAPES[: len(self.series)]))
        return alt.Shape("series:N", scale=scale, legend=None)

    def _names(self) -> list[alt.Chart]:
        """Names each series above the plot, beside its own mark."""
        if len(self.series) == 1:
            return []
        layers = []
        for place, (name, colour, shape) in enumerate(
            zip(self.series, COLOURS, SHAPES, strict=False)
        ):
            rows = alt.Chart(whole([{"text": name}]))
            at = {"x": alt.value(0), "y": alt.value(_NAME_LINE * (place - len(self.series)))}
            mark = rows.mark_point(filled=True, size=110, color=colour, shape=shape, opacity=1.0)
            words = rows.mark_text(align="left", baseline="middle", dx=12, color=DARK_GREY)
            layers += [mark.encode(**at), words.encode(text=alt.Text("text:N"), **at)]
        return layers

    def _ranges(self) -> list[alt.Chart]:
        """Draws a thin line over what we do not know, and a thick one for chance."""
        layers = []
        for name, width, dash in (("unknown", 1.5, [4, 3]), ("chance", 4.0, [1, 0])):
            held = [point for point in self._points() if f"{name}_low" in point]
            if held:
                mark: dict[str, Any] = {"strokeWidth": width, "strokeDash": dash, "opacity": 1.0}
                chart = alt.Chart(whole(held)).mark_rule(**mark)
                ends = {"x": self._x(f"{name}_low"), "x2": alt.X2(f"{name}_high:Q")}
                looks = {"color": self._colour(), **self._offset()}
                layers.append(chart.encode(y=self._y(), **ends, **looks))
        return layers

    def _dots(self) -> alt.Chart:
        chart = alt.Chart(whole(self._points())).mark_point(
            filled=True, size=110, opacity=1.0, stroke="white", strokeWidth=1
        )
        looks = {"color": self._colour(), "shape": self._shape()}
        dots: alt.Chart = chart.encode(y=self._y(), x=self._x("value"), **looks, **self._offset())
        return dots

    def _texts(self) -> alt.Chart:
        chart = alt.Chart(whole(self._points())).mark_text(
            align="left", baseline="middle", fontSize=FONT_SIZE, color=DARK_GREY
        )
        place = {"x": alt.value(_PLOT_WIDTH + 12), "text": alt.Text("text:N")}
        texts: alt.Chart = chart.encode(y=self._y(), **place, **self._offset())
        return texts

    def _headings(self) -> list[alt.Chart]:
        """Writes the headings over the plot, where no label column cuts them short."""
        rows = [
            {"row": key, "text": row.label}
            for key, row in zip(self.keys, self.rows, strict=True)
            if not row.figures
        ]
        if not rows:
            return []
        texts = alt.Chart(whole(rows)).mark_text(
            align="left", baseline="middle", fontWeight="bold", color=DARK_GREY
        )
        halo = texts.copy()
        halo.mark.stroke, halo.mark.strokeWidth = "white", 5
        place = {"y": self._y(), "x": alt.value(6), "text": alt.Text("text:N")}
        return [layer.encode(**place) for layer in (halo, texts)]

    def _references(self, height: int) -> list[alt.Chart]:
        """Shades the band, and draws each reference line with its label above it."""
        layers = []
        scale = _PERCENT if self.unit == "share" else 1.0
        if self.band:
            ends = [{"from": self.band[0] * scale, "to": self.band[1] * scale}]
            shade = alt.Chart(whole(ends)).mark_rect(color="#E4E4E4", opacity=1.0)
            layers.append(shade.encode(x=self._x("from"), x2=alt.X2("to:Q")))
        for value, label in self.marks:
            rows = whole([{"at": value * scale, "label": label}])
            rule = alt.Chart(rows).mark_rule(color=DARK_GREY, strokeDash=[6, 4], strokeWidth=1.5)
            layers.append(rule.encode(x=self._x("at"), y=alt.value(0), y2=alt.value(height)))
            text = alt.Chart(rows).mark_text(baseline="bottom", color=DARK_GREY)
            layers.append(text.encode(x=self._x("at"), y=alt.value(-6), text=alt.Text("label:N")))
        return layers


def _numbers(figure: Figure) -> str:
    spread = range_words(figure, wider(figure))
    return f"{value_words(figure)} ({spread})" if spread else value_words(figure)


def _ends(name: str, held: Range | None, value: float | None, scale: float) -> dict[str, float]:
    """Returns the two ends for drawing; an open end stops at the value."""
    if held is None or value is None:
        return {}
    low = value if held.low is None else held.low
    high = value if held.high is None else held.high
    return {f"{name}_low": low * scale, f"{name}_high": high * scale}


def _wrapped(label: str) -> str:
    return "\n".join(textwrap.wrap(label, _LABEL_LETTERS)) or " "
