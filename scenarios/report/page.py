"""A page: banner, opening and sections as one HTML file that needs nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING
from urllib.parse import quote

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup, escape

if TYPE_CHECKING:
    from scenarios.figures import Chart
    from scenarios.report.blocks import Facts, Section


@dataclass(frozen=True)
class Page:
    """All that a page holds.

    Attributes:
        title: What the browser calls it.
        kind: What sort of page it is, above the heading.
        heading: Its heading.
        banner: Whose figures these are, at the top, at the bottom and on every printed page.
        more: A sentence after the banner.
        facts: What is said before the sections.
        sections: The sections.
        closing: What is said at the bottom.
        provenance: `invented` or `supplied`; stands in every row of a chart's table.
    """

    title: str
    kind: str
    heading: str
    banner: str
    more: str
    facts: Facts
    sections: tuple[Section, ...]
    closing: str
    provenance: str


def render_page(page: Page) -> str:
    """Writes a page as HTML, the same bytes every time.

    It holds its own style and drawings, makes no request, and needs no script.
    """
    template, style = _template()
    return template.render(
        page=page,
        style=style,
        inline=lambda chart: Markup(chart.inline),  # noqa: S704 - drawn by us, its text escaped
        csv_link=lambda chart: _csv_link(chart, page.provenance),
    )


@cache
def _template() -> tuple[Template, Markup]:
    """Reads the page's template and its style, which lie beside this file."""
    here = files("scenarios.report")
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["lines"] = _lines
    template = environment.from_string((here / "template.html.j2").read_text(encoding="utf-8"))
    style = (here / "style.css").read_text(encoding="utf-8")
    return template, Markup(style)  # noqa: S704 - our own file


def _lines(cell: str) -> Markup:
    """Escapes a cell and parts its lines; those after the first are set small."""
    if "\n" not in cell:
        return escape(cell)
    first, *rest = cell.split("\n")
    small = Markup("").join(Markup('<span class="small">{}</span>').format(line) for line in rest)
    return Markup("{}{}").format(first, small)


def _csv_link(chart: Chart, provenance: str) -> str:
    """Returns the chart's table as a `data:` address; every row says whose figures they are."""
    table = [(*chart.columns, "provenance"), *((*row, provenance) for row in chart.rows)]
    text = "".join(",".join(map(_csv_cell, row)) + "\r\n" for row in table)
    return f"data:text/csv;charset=utf-8,{quote(text)}"


def _csv_cell(cell: str) -> str:
    escaped = cell.replace("\u00a0", " ").replace('"', '""')
    return f'"{escaped}"'
