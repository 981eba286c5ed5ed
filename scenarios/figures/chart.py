"""Charts: a drawing with its finding, its text alternative and its table."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

import altair as alt
import vl_convert

# Analysis Function (UK Government Statistical Service) categorical palette. All reach 3:1 on white,
# for shapes; only those of TEXT_COLOURS reach the 4.5:1 that text needs.
DARK_BLUE, TURQUOISE, DARK_PINK = "#12436D", "#28A197", "#801650"
ORANGE, DARK_GREY, LIGHT_PURPLE = "#F46A25", "#3D3D3D", "#A285D1"
PALETTE = (DARK_BLUE, TURQUOISE, DARK_PINK, ORANGE, DARK_GREY, LIGHT_PURPLE)
TEXT_COLOURS = (DARK_BLUE, DARK_PINK, DARK_GREY)
BACKGROUND = "#FFFFFF"

FONT = "Arial, Helvetica, sans-serif"
FONT_SIZE = 16
NOTICE = "Everyone here is invented"

_NAMESPACE = ' xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
_ROLES = re.compile(r' (?:role|aria-[a-z]+|class|version|xmlns(?::xlink)?)="[^"]*"')
_TAG = re.compile(r"<[^>]*>")
_LINKED_IDS = re.compile(r'\bid="|url\(#')


Layers = alt.Chart | alt.LayerChart | alt.FacetChart | alt.HConcatChart | alt.VConcatChart
"""What Altair makes of one layer or several."""


@dataclass(frozen=True)
class Chart:
    """One chart and all that a reader who does not see it needs.

    Attributes:
        stem: Name for files and anchors.
        title: What was found, in about ten words, made from the numbers.
        alternative: The same in a sentence, for readers who do not see the drawing.
        columns: Names of the table's columns; the first names its rows.
        rows: The table.
        svg: The drawing, complete as a file of its own.
        note: How to read the drawing.
    """

    stem: str
    title: str
    alternative: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    svg: str
    note: str = ""

    @property
    def inline(self) -> str:
        """The drawing for use inside a page, which needs no XML namespace."""
        return self.svg.replace(_NAMESPACE, "", 1)


def to_svg(drawing: Layers, stem: str, title: str, alternative: str, notice: str = NOTICE) -> str:
    """Draws a chart as SVG text with one accessible name, the same bytes every time.

    The drawing itself is hidden from assistive technology: its title and the text alternative
    stand for it, and the table beside it holds the numbers.

    Args:
        drawing: The chart.
        stem: Name for files and anchors.
        title: What was found.
        alternative: The same in a sentence.
        notice: What is written below the drawing: whose figures they are.

    Raises:
        ValueError: If the drawing refers to parts of itself by id; two such drawings would clash
            on one page.
    """
    drawn = vl_convert.vegalite_to_svg(_themed(drawing, notice), allowed_base_urls=[])
    opening, body = drawn.split(">", 1)
    bare = _ROLES.sub("", body.removesuffix("</svg>"))
    if any(map(_LINKED_IDS.search, _TAG.findall(bare))):  # a name of a column may read so too
        problem = f"chart {stem}: drawn with ids of its own: leave out clips and gradients"
        raise ValueError(problem)
    size = " ".join(re.findall(r'(?:width|height|viewBox)="[^"]*"', opening))
    name, words = f"{stem}-title", f"{stem}-words"
    return (
        f'<svg{_NAMESPACE} role="img" aria-labelledby="{name} {words}" {size}>'
        f'<title id="{name}">{escape(title)}</title><desc id="{words}">{escape(alternative)}</desc>'
        f'<g aria-hidden="true">{bare}</g></svg>\n'
    )


def _themed(drawing: Layers, notice: str) -> dict[str, Any]:
    """Returns the specification with our fonts, and the notice below."""
    text = {"labelColor": DARK_GREY, "titleColor": DARK_GREY}
    sizes = {"labelFontSize": FONT_SIZE, "titleFontSize": FONT_SIZE, "titleFontWeight": "normal"}
    specification: dict[str, Any] = drawing.to_dict()
    specification["config"] = {
        "font": FONT,
        "background": BACKGROUND,
        "view": {"stroke": None},
        "axis": {**text, **sizes, "gridColor": "#DDDDDD", "tickColor": "#888888"},
        "legend": {**text, **sizes},
        "text": {"font": FONT, "fontSize": FONT_SIZE, "color": DARK_GREY},
    }
    specification["title"] = {
        "text": notice,
        "orient": "bottom",
        "anchor": "start",
        "frame": "bounds",
        "offset": 12,
        "fontSize": 13,
        "fontWeight": "normal",
        "color": DARK_GREY,
    }
    return specification


def whole(values: list[dict[str, Any]]) -> alt.InlineData:
    """Wraps rows as the data of a chart."""
    return alt.InlineData(values=values)
