"""The report of a linkage of supplied files: one HTML page beside the links."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from scenarios.link_report.came_out import came_out, facts, words_box
from scenarios.link_report.finding_pairs import blocking
from scenarios.link_report.learnt import weights
from scenarios.link_report.pairs import pairs
from scenarios.link_report.patterns import patterns
from scenarios.link_report.plan import plan
from scenarios.link_report.quality import against_truth, without_truth
from scenarios.link_report.reading import ExplainedPair, LinkReading
from scenarios.report.blocks import Drawing
from scenarios.report.page import Page, render_page

if TYPE_CHECKING:
    from scenarios.figures import Chart

__all__ = ["ExplainedPair", "LinkReading", "render"]

_PROVENANCE = "supplied"


def render(reading: LinkReading) -> str:
    """Writes the report of a linkage as one HTML page, the same bytes every time.

    It shows counts, weights and levels of agreement, and no value of a file; of ids, only those of
    pairs that were asked for.
    """
    numbers = count(1)

    def draw(chart: Chart | None) -> tuple[Drawing, ...]:
        """Numbers a chart; nothing where there is none."""
        return () if chart is None else (Drawing(next(numbers), chart),)

    sections = (
        came_out(reading, draw),
        words_box(),
        plan(reading),
        blocking(reading, draw),
        weights(reading, draw),
        patterns(reading),
        pairs(reading, draw),
        *against_truth(reading, draw),
        without_truth(reading),
    )
    names = " and ".join(each["file"] for each in reading.summary["files"])
    return render_page(
        Page(
            title=f"Links of {names}: how they were found",
            kind="Duplicates in a file" if reading.is_one_file else "A linkage of two files",
            heading="What was linked, and why",
            banner=reading.notice,
            more="No value of a record is shown; ids only of pairs that were asked for.",
            facts=facts(reading),
            sections=sections,
            closing="Names of files and of columns stand on this page as they were given.",
            provenance=_PROVENANCE,
        )
    )
