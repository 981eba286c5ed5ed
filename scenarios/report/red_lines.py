"""Red lines: what stops a proposal, what is only declared, and what was checked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenarios.figures.words import plain
from scenarios.report.blocks import Block, Heading, Section, Table, Text, Verdict
from scenarios.result import AS_PROPOSED

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
    held = reading.result.red_lines
    proposed = _one_of_each([line for line in held if line.option == AS_PROPOSED])
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
        for line in _one_of_each([line for line in held if line.option != AS_PROPOSED])
        if said.get(line.id) != (line.verdict, line.reason)
    )
    if differ:
        columns = ("Option", "Red line", "What can be said", "Why")
        blocks += [Heading("Where an option differs"), Table("By option", columns, differ)]
    elif reading.changed_options:
        blocks.append(Text("The same holds for every option."))
    return Section("red-lines", "Red lines", tuple(blocks))


def _one_of_each(lines: list[RedLine]) -> list[RedLine]:
    """Returns a line for each option and red line: of several seeds, one that stops, or the first.

    Where seeds differ in whether they stop, the reason says how many do.
    """
    held: dict[tuple[str, str], list[RedLine]] = {}
    for line in lines:
        held.setdefault((line.option, line.id), []).append(line)
    chosen = []
    for same in held.values():
        stops = [line for line in same if line.verdict == "stops"]
        line = (stops or same)[0]
        if 0 < len(stops) < len(same):
            reason = f"With {len(stops)} of {len(same)} seeds, such as {line.seed}: {line.reason}"
            line = line.model_copy(update={"reason": reason})
        chosen.append(line)
    return chosen


def stopping(reading: Reading) -> list[RedLine]:
    """Returns the red lines that stop the proposal as proposed."""
    proposed = [line for line in reading.result.red_lines if line.option == AS_PROPOSED]
    return [line for line in _one_of_each(proposed) if line.verdict == "stops"]


def _verdict(line: RedLine) -> Verdict:
    stops = line.verdict == "stops"
    return Verdict(line.id, line.line, _VERDICTS[line.verdict], line.reason, stops)
