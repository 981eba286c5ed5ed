"""The report: one HTML page that needs nothing else, a pure function of a Result."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING
from urllib.parse import quote

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup, escape

from scenarios.figures import Chart, Reading, charts
from scenarios.report.blocks import Drawing, Section
from scenarios.report.finding import finding
from scenarios.report.handing import handed_over
from scenarios.report.level import level_section
from scenarios.report.linking import linking
from scenarios.report.method import method
from scenarios.report.opening import (
    facts,
    in_short_section,
    limits_box,
)
from scenarios.report.options import options
from scenarios.report.red_lines import red_lines
from scenarios.report.rests_on import rests_on_box
from scenarios.report.risk import risk
from scenarios.report.world import world_section

if TYPE_CHECKING:
    from scenarios.result import Result

__all__ = ["render"]

_BANNER = {"invented": "Everyone here is invented"}


def render(result: Result, drawn: tuple[Chart, ...] | None = None) -> str:
    """Writes the report of a result as one HTML page, the same bytes every time.

    The page holds its own style and drawings, makes no request, and needs no script.

    Args:
        result: What a run found.
        drawn: Its charts, where they have been drawn before.
    """
    reading = Reading(result)
    sections = _sections(reading, charts(result) if drawn is None else drawn)
    template, style = _template()
    return template.render(
        about=reading.proposal.about,
        banner=_BANNER[result.provenance],
        facts=facts(reading),
        sections=sections,
        style=style,
        inline=lambda chart: Markup(chart.inline),  # noqa: S704 - drawn by us, its text escaped
    )


@cache
def _template() -> tuple[Template, Markup]:
    """Reads the page's template and its style, which lie beside this file."""
    here = files("scenarios.report")
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["lines"] = _lines
    environment.filters["csv_link"] = _csv_link
    template = environment.from_string((here / "template.html.j2").read_text(encoding="utf-8"))
    style = (here / "style.css").read_text(encoding="utf-8")
    return template, Markup(style)  # noqa: S704 - our own file


def _sections(reading: Reading, drawn: tuple[Chart, ...]) -> tuple[Section, ...]:
    numbered = {chart.stem: Drawing(i, chart) for i, chart in enumerate(drawn, start=1)}

    def drawing(stem: str) -> tuple[Drawing, ...]:
        """Returns the chart of that stem, or nothing where the result has none."""
        return (numbered[stem],) if stem in numbered else ()

    return (
        limits_box(reading),
        rests_on_box(reading),
        *level_section(reading),
        handed_over(reading),
        in_short_section(reading),
        finding(reading, drawing),
        linking(reading, drawing),
        risk(reading, drawing),
        options(reading, drawing),
        red_lines(reading),
        *world_section(reading, drawing),
        method(reading),
    )


def _lines(cell: str) -> Markup:
    """Escapes a cell and parts its lines; those after the first are set small."""
    if "\n" not in cell:
        return escape(cell)
    first, *rest = cell.split("\n")
    small = Markup("").join(Markup('<span class="small">{}</span>').format(line) for line in rest)
    return Markup("{}{}").format(first, small)


def _csv_link(chart: Chart) -> str:
    """Returns the chart's table as a `data:` address; every row says that it is invented."""
    table = [(*chart.columns, "provenance"), *((*row, "invented") for row in chart.rows)]
    text = "".join(",".join(map(_csv_cell, row)) + "\r\n" for row in table)
    return f"data:text/csv;charset=utf-8,{quote(text)}"


def _csv_cell(cell: str) -> str:
    escaped = cell.replace("\u00a0", " ").replace('"', '""')
    return f'"{escaped}"'
