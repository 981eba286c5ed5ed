"""Red lines: what stops a proposal, what is only declared, and what was checked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenarios.figures.words import plain
from scenarios.report.blocks import Block, Heading, Section, Table, Text, Verdict

if TYPE_CHECKING:
    from scenarios.figures import Reading
    from scenarios.result import RedLine

_VERDICTS = {
    "stops": "Stops",
    "declared": "Declared by you, not verified",
    "checked": "Checked in simulation",
}


def red_lines(reading: Reading) -> Section:
    """Says what can be said about each red line, as proposed and where an option differs."""
    proposed = reading.red_lines()
    blocks: list[Block] = [
        Text(
            "A red line either stops a proposal, or is declared by you and not verified, or is "
            "checked in simulation against a floor with its source. None of these says that the "
            "law allows the sharing."
        )
    ]
    blocks += [_verdict(line) for line in proposed] or [Text("This run says nothing about them.")]
    said = {line.id: (line.verdict, line.reason) for line in proposed}
    differ = tuple(
        (plain(line.option), line.id, _VERDICTS[line.verdict], line.reason)
        for option in reading.changed_options
        for line in reading.red_lines(option)
        if said.get(line.id) != (line.verdict, line.reason)
    )
    if differ:
        columns = ("Option", "Red line", "What can be said", "Why")
        blocks += [Heading("Where an option differs"), Table("By option", columns, differ)]
    elif reading.changed_options:
        blocks.append(Text("The same holds for every option."))
    return Section("red-lines", "Red lines", tuple(blocks))


def stopping(reading: Reading) -> list[RedLine]:
    """Returns the red lines that stop the proposal as proposed."""
    return [line for line in reading.red_lines() if line.verdict == "stops"]


def _verdict(line: RedLine) -> Verdict:
    stops = line.verdict == "stops"
    return Verdict(line.id, line.line, _VERDICTS[line.verdict], line.reason, stops)
