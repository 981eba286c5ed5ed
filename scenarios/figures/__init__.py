"""Figures: every chart of a report, a pure function of a Result.

charts(result)  every chart with finding, text alternative and table
draw(charts)    file stem -> SVG text, to be written beside a report
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenarios.figures.answers import answer, ranking
from scenarios.figures.attacks import by_contacts, reversed_by_option
from scenarios.figures.chart import PALETTE, TEXT_COLOURS, Chart
from scenarios.figures.feed import feed_attackers
from scenarios.figures.frontier import frontier
from scenarios.figures.linking import missed_by_group, recall_by_step
from scenarios.figures.options import options_compared
from scenarios.figures.reading import Reading
from scenarios.figures.world import world_charts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scenarios.result import Result

__all__ = ["PALETTE", "TEXT_COLOURS", "Chart", "Reading", "charts", "draw"]


def charts(result: Result) -> tuple[Chart, ...]:
    """Returns the charts that the result has figures for, in the order of the report."""
    reading = Reading(result)
    answered = [
        ranking(reading, question) if spec.kind == "ranking" else answer(reading, question)
        for question in reading.questions
        for spec in (reading.proposal.question[question],)
    ]
    drawn = [
        *answered,
        recall_by_step(reading),
        missed_by_group(reading),
        *(by_contacts(reading, attack) for attack in reading.rememberers),
        reversed_by_option(reading),
        feed_attackers(reading),
        options_compared(reading),
        frontier(reading),
        *world_charts(reading),
    ]
    return tuple(chart for chart in drawn if chart is not None)


def draw(drawn: Iterable[Chart]) -> dict[str, str]:
    """Gives each chart as SVG text by file stem, the same bytes every time."""
    return {chart.stem: chart.svg for chart in drawn}
