"""The opening: what is handed over to whom, what a report cannot show, and what it rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenarios.figures.headlines import leading
from scenarios.figures.words import (
    count_words,
    listed,
    one_in,
    range_words,
    shows_unknown,
    value_words,
    wider,
)
from scenarios.report.attackers import in_short
from scenarios.report.blocks import (
    Block,
    Facts,
    Points,
    Section,
    Text,
    Tile,
    Tiles,
)
from scenarios.report.red_lines import stopping

if TYPE_CHECKING:
    from scenarios.figures import Reading
    from scenarios.figures.headlines import Headline
    from scenarios.result import Figure


def facts(reading: Reading) -> Facts:
    """Says what is asked, what is handed over, and to whom."""
    about = reading.proposal.about
    items = [
        ("Question", about.question),
        ("Handed over", about.handed_over),
        ("To whom", about.to_whom),
        ("Described in", about.source),
    ]
    return Facts(tuple((term, words) for term, words in items if words))


def limits_box(reading: Reading) -> Section:
    """Says what the report can and cannot show, naming the attackers that were tried."""
    tried = [in_short(reading, attack) for attack in reading.attacks]
    left = [
        in_short(reading, attack)
        for attack in sorted(reading.proposal.attack)
        if attack not in reading.attacks
    ]
    who = Points(tuple(tried)) if tried else Text("none: no attack was run.")
    missing = (Text("Listed, but not assessed: it was not run."), Points(tuple(left)))
    cannot = (
        "what attackers who are not listed above would do;",
        "how bad the harm would be;",
        "whether anyone would try;",
        "whether your data are like ours.",
    )
    return Section(
        "can-and-cannot",
        "What this can and cannot show",
        (
            Text("It shows what these attackers would do to this invented population:"),
            who,
            *(missing if left else ()),
            Text("It cannot show:"),
            Points(cannot),
        ),
        boxed=True,
    )


def in_short_section(reading: Reading) -> Section:
    """Shows the key figures, each with the wider of its ranges and its denominator."""
    tiles = tuple(
        Tile(value_words(figure), headline.label, _details(reading, headline, figure))
        for headline in leading(reading)
        if (figure := headline.as_proposed) is not None
    )
    stops = [line.id for line in stopping(reading)]
    blocks: list[Block] = [
        Text(
            "Each figure with the wider of its two ranges, and its denominator where it is counted."
        ),
        Tiles(tiles),
    ]
    if stops:
        lines = f"red line{'s' if len(stops) > 1 else ''} {listed(stops)}"
        blocks.insert(0, Text(f"Stopped by {lines}: see the red lines below.", strong=True))
    return Section("in-short", "In short, as proposed", tuple(blocks))


def _details(reading: Reading, headline: Headline, figure: Figure) -> str:
    held = wider(figure)
    spread = range_words(figure, held) or ("exact count" if figure.unit == "count" else "no range")
    kind = f" ({'what we do not know' if shows_unknown(figure) else 'chance'})" if held else ""
    share = one_in(figure.value) if figure.count is not None else ""
    counts = count_words(figure, reading.noun(figure)) or headline.rests(figure.option)
    return "; ".join(part for part in (f"{spread}{kind}", counts, share) if part)
