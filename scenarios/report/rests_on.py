"""What a report rests on: each input as yours, published or assumed, and what moves the level.

The second of the two opening boxes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenarios.figures.headlines import headlines
from scenarios.figures.words import range_words, unknown_words, value_words
from scenarios.report.blocks import Block, Folded, Points, Section, Table, Text
from scenarios.report.level import moving_words

if TYPE_CHECKING:
    from scenarios.figures import Reading
    from scenarios.result import Figure, Input

_EVIDENCE = ("yours", "published", "assumed")


def rests_on_box(reading: Reading) -> Section:
    """Says what the figures rest on, and how far they move with what we do not know."""
    inputs = reading.result.inputs
    counts = {kind: sum(held.evidence == kind for held in inputs) for kind in _EVIDENCE}
    ranged = [held for held in inputs if held.low is not None and held.low != held.high]
    rerun = [held for held in inputs if held.rerun]
    blocks: list[Block] = [
        Text(
            f"{len(inputs):,} numbers go in: {counts['yours']:,} yours, "
            f"{counts['published']:,} published, {counts['assumed']:,} assumed. {len(ranged):,} "
            f"have a range, of which {len(rerun):,} were rerun at both ends.{_fixed(inputs)}"
        )
    ]
    if rerun:
        names = Points(tuple(held.setting for held in rerun))
        blocks.append(Folded(f"The inputs that were rerun: {len(rerun):,}", (names,)))
    moved = tuple(
        (headline.label, value_words(figure), _chance(figure), unknown_words(figure))
        for headline in headlines(reading)
        if (figure := headline.as_proposed) is not None and figure.unknown is not None
    )
    blocks += _moving_level(reading)
    if moved:
        columns = ("Key figure", "Value", "Range of chance", "Range over what we do not know")
        blocks.append(Table("How far the key figures moved in those reruns", columns, moved))
        blocks.append(
            Text(
                "One input was changed at a time: two that are off at once may move a figure "
                "further."
            )
        )
    else:
        blocks.append(Text("How far the key figures move with these inputs was not rerun."))
    table = Table(
        "Every input",
        ("Setting", "Value", "Range", "Evidence", "Source", "Rerun at both ends"),
        tuple(_input_row(held) for held in inputs),
    )
    blocks += [Folded("Every input, with its source", (table,))] if inputs else []
    return Section("rests-on", "What this rests on", tuple(blocks), boxed=True)


def _moving_level(reading: Reading) -> list[Block]:
    """Lists the inputs that move the level most, each with the value at which it changes."""
    report = reading.result.level
    if report is None:
        said = "Which inputs would move a level of risk was not looked at: no level was asked for."
        return [Text(said)]
    if not report.movers:
        return [Text("No input that the level of risk rests on has a range: none was moved.")]
    rows = tuple(moving_words(mover, report) for mover in report.movers)
    among = (
        f"Tried one at a time among {report.sensitivity_people:,} people with one seed, where the "
        f"level with all inputs central is {report.sensitivity_level or 'not assessed'}. Moved: "
        "how far the largest share found, on which the level is read, moves between the ends; and "
        "how far that of any one attacker does, among everybody."
    )
    columns = (
        "Setting",
        "Value (range)",
        "Evidence",
        "Hard value",
        "Level's share moved",
        "Any attacker's moved",
        "The level changes at",
    )
    caption = f"The {len(rows)} inputs that move the level of risk most"
    return [Table(caption, columns, rows), Text(among)]


def _fixed(inputs: tuple[Input, ...]) -> str:
    """Says what the ranges leave out: inputs that were held at one value."""
    held = sum(not one.rerun for one in inputs)
    if not held:
        return ""
    return f" The other {held:,} were held at one value: no range below shows what they would move."


def _chance(figure: Figure) -> str:
    return range_words(figure, figure.chance) or "none"


def _input_row(held: Input) -> tuple[str, ...]:
    ranged = held.low is not None and held.high is not None
    spread = f"{held.low:,.6g} to {held.high:,.6g}" if ranged else "none given"
    source = held.source or "none given"
    rerun = "yes" if held.rerun else "no"
    return (held.setting, f"{held.value:,.6g}", spread, held.evidence, source, rerun)
