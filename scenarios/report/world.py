"""The invented world: who lives in it, and how badly it is written down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenarios.figures.words import listed, plain, stacked, value_words
from scenarios.report.blocks import Block, Folded, Section, Table, Text

if TYPE_CHECKING:
    from collections.abc import Callable

    from scenarios.figures import Reading
    from scenarios.report.blocks import Drawing

_STEMS = ("ages", "households", "map")


def world_section(
    reading: Reading, drawing: Callable[[str], tuple[Drawing, ...]]
) -> tuple[Section, ...]:
    """Shows the people, their households, where they live, and what agencies wrote wrongly.

    Nothing where the result has no picture of its world.
    """
    drawn = [each for stem in _STEMS for each in drawing(stem)]
    if not drawn:
        return ()
    blocks: list[Block] = [Text(_opening(reading)), *drawn]
    happened = _happened(reading)
    if happened:
        heads = ("In the window, people", "Over all at its start")
        blocks.append(Table("What happens to people", heads, happened))
    rows = _wrong(reading)
    if rows:
        columns = ("Agency", "Error", "Of records that it could hit", "Expected of them")
        caption = "What each agency wrote down wrongly"
        blocks.append(Folded(caption, (Table(caption, columns, rows, wide=True),)))
    return (Section("world", "The invented world", tuple(blocks)),)


def _opening(reading: Reading) -> str:
    names = [
        f"{value_words(figure)} ({figure.count:,} of {figure.out_of:,} people) have "
        f"{_commonest(figure.group.partition('=')[2])}"
        for figure in reading.groups("world", "world", "people_by_surname")
    ]
    said = "Everybody below is invented."
    return f"{said} By surname, {listed(names)}." if names else said


def _happened(reading: Reading) -> tuple[tuple[str, ...], ...]:
    return tuple(
        (figure.group.partition("=")[2], stacked(figure, ""))
        for figure in reading.groups("world", "world", "people_by_event")
    )


def _commonest(count: str) -> str:
    return "the commonest" if count == "1" else f"one of the {count} commonest"


def _wrong(reading: Reading) -> tuple[tuple[str, ...], ...]:
    return tuple(
        (
            reading.agency_title(agency),
            plain(figure.group.partition("=")[2]),
            stacked(figure, ""),
            stacked(reading.figure("world", agency, "errors_expected", figure.group), ""),
        )
        for agency in reading.proposal.agency
        for figure in reading.groups("world", agency, "errors_realised")
    )
