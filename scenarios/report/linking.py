"""How well it linked: what each step found and missed, for whom, and what came in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenarios.figures.measures import measure_words
from scenarios.figures.reading import LEAST_PAIRS
from scenarios.figures.words import (
    group_words,
    lower_first,
    one_in,
    stacked,
    told,
)
from scenarios.report.blocks import Block, Folded, Section, Table, Text
from scenarios.report.comparison import comparisons

if TYPE_CHECKING:
    from collections.abc import Callable

    from scenarios.figures import Reading
    from scenarios.report.blocks import Drawing
    from scenarios.result import Figure

_STEP = ("recall", "precision", "missed_matches", "false_matches")
_INGEST = ("records", "no_identifier", "birth_date_differs", "not_in_hub", "tokens")


def linking(reading: Reading, drawing: Callable[[str], tuple[Drawing, ...]]) -> Section:
    """Says how well each step linked, and what a comparison of ways to link would find."""
    compared = comparisons(reading)
    if reading.steps:
        blocks = [*_by_step(reading, drawing), *compared]
        return Section("linking", "How well it linked, and for whom it linked worst", tuple(blocks))
    none = Text("This run has no link steps: no record is linked to a person.")
    title = "How well records would link" if compared else "How well it linked"
    return Section("linking", title, (none, *compared))


def _by_step(reading: Reading, drawing: Callable[[str], tuple[Drawing, ...]]) -> list[Block]:
    """Says how well each step linked, and names the group that the worst step serves worst."""
    blocks: list[Block] = [
        Text(
            "A missed match is a true pair that no step found: the person's contact is lost. A "
            "false match is a link between two people: one person's contact lands on another."
        )
    ]
    step = reading.worst_step
    blocks += _worst(reading, step) if step else []
    blocks += [*drawing("recall-by-step"), _steps(reading), *drawing("missed-by-group")]
    if any(not spec.feeds_answers for spec in reading.proposal.link.values()):
        blocks.append(
            Text(
                "Steps on clear text are there to compare: they show what could be linked if "
                "identifiers were not hidden, and feed no answer."
            )
        )
    came_in = (_ingest(reading), *_statuses(reading))
    blocks.append(Folded("What came in: records and their identifiers", came_in))
    return blocks


def _statuses(reading: Reading) -> list[Table]:
    """Says how a third party resolved records, by status code, where there is one."""
    found = [
        (agency, figure)
        for agency in reading.subjects("ingest")
        for figure in reading.of("ingest", agency)
        if figure.measure == "status"
    ]
    if not found:
        return []
    rows = tuple(
        (reading.agency_title(agency), figure.group.partition("=")[2], stacked(figure, ""))
        for agency, figure in found
    )
    caption = "How the third party resolved records: status codes, of each agency's records"
    return [Table(caption, ("Agency", "Status", "Records"), rows)]


def _worst(reading: Reading, step: str) -> list[Block]:
    missed, group = reading.missed(step), reading.worst_group(step)
    if missed is None:
        return []
    often = one_in(missed.value)
    said = f"{reading.step_title(step)} misses most: {told(missed)}"
    said += f", about {often}." if often else "."
    if group is None:
        said += f" No group of at least {LEAST_PAIRS} true pairs is missed more than everybody is."
    else:
        said += (
            f" It serves one group worst: {lower_first(group_words(group.group))}, "
            f"{told(group)}.{_by_chance(reading, step, group, missed)} Groups of fewer than "
            f"{LEAST_PAIRS} true pairs are shown below, but are not named as worst, since chance "
            f"alone moves them widely."
        )
    return [Text(said)]


def _by_chance(reading: Reading, step: str, group: Figure, everybody: Figure) -> str:
    """Says that the worst of many groups is picked after the fact, and whether chance could do."""
    groups = len(reading.groups("linkage", step, "recall"))
    said = f" It is the worst of {groups} groups, and chance alone makes one of them worst."
    low = None if group.chance is None else group.chance.low
    if low is not None and low <= (everybody.value or 0.0):
        return f"{said} Its range of chance holds the share of everybody."
    return f"{said} Its range of chance lies above the share of everybody."


def _steps(reading: Reading) -> Table:
    rows = tuple(
        (
            reading.step_title(step),
            reading.proposal.link[step].unit,
            *(stacked(reading.figure("linkage", step, measure), "") for measure in _STEP),
        )
        for step in reading.steps
    )
    columns = ("Link step", "Pairs of", "True pairs found", "Links that are right, of links made")
    missed = ("Missed matches, of true pairs", "False matches, of links made")
    return Table("How well each step linked", (*columns, *missed), rows)


def _ingest(reading: Reading) -> Table:
    agencies = [a for a in reading.subjects("ingest") if reading.figure("ingest", a, "records")]
    rows = tuple(
        (
            reading.agency_title(agency),
            *(stacked(reading.figure("ingest", agency, measure), "") for measure in _INGEST),
        )
        for agency in agencies
    )
    names = (measure_words(measure, "ingest") for measure in _INGEST)
    columns = ("Agency", *(name[:1].upper() + name[1:] for name in names))
    return Table("What came in, by agency: each share is of the agency's records", columns, rows)
