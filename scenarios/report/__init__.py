"""The report: one HTML page that needs nothing else, a pure function of a Result."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
from scenarios.report.page import Page, render_page
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
    title = reading.proposal.about.title
    return render_page(
        Page(
            title=f"{title}: a rehearsal on invented people",
            kind="A rehearsal of a data linkage: for the assessment file",
            heading=title,
            banner=_BANNER[result.provenance],
            more="No person, address or number here is a real one.",
            facts=facts(reading),
            sections=_sections(reading, charts(result) if drawn is None else drawn),
            closing="This page tells what attackers held and did; keep it in the assessment file.",
            provenance=result.provenance,
        )
    )


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
