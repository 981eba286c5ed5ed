"""Pairs explained: how the match weight of a few pairs adds up, and why they are linked or not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from scenarios.link_report.charts import waterfall_chart
from scenarios.link_report.reasons import decision_words, reason_words
from scenarios.link_report.words import bits_words, chance_words
from scenarios.report.blocks import Block, Heading, Points, Section, Text

if TYPE_CHECKING:
    from collections.abc import Callable

    from linkage.why import Rival
    from scenarios.figures import Chart
    from scenarios.link_report.reading import ExplainedPair, LinkReading
    from scenarios.report.blocks import Drawing

PARTS: Final = {
    "typical link": "A typical link: of all links, the one in the middle by weight",
    "weakest link": "The weakest link",
    "strongest not linked": "The strongest pair that is not linked",
    "nearest to the threshold": "Of all others, the pair nearest to the threshold",
}


def pairs(reading: LinkReading, draw: Callable[[Chart | None], tuple[Drawing, ...]]) -> Section:
    """Shows the pairs that were asked for, then a handful that is instructive."""
    blocks: list[Block] = [
        Text(
            "Each chart starts with the prior and adds column after column, then what the rarity "
            "of the values adds. Which records these are is not shown, unless a pair was asked for "
            "with --pair."
        )
    ]
    if not reading.explained:
        blocks.append(Text("No pair came near to being linked, so there is none to explain."))
    for number, pair in enumerate(reading.explained, start=1):
        blocks += _pair(reading, pair, number, draw)
    return Section("pairs", "Pairs explained", tuple(blocks))


def _pair(
    reading: LinkReading,
    pair: ExplainedPair,
    number: int,
    draw: Callable[[Chart | None], tuple[Drawing, ...]],
) -> list[Block]:
    explained = pair.explained

    def name(rival: Rival) -> str:
        """Says which pair a rival is, without an id."""
        if reading.is_one_file:
            return "another pair of one of its records"
        side = "left" if rival.left == explained.left else "right"
        return f"another pair of its {side} record"

    title = PARTS[pair.part] if pair.part else f"Asked for: {pair.left_id} and {pair.right_id}"
    said = (
        f"It is {decision_words(explained)}. Its match weight is {bits_words(explained.weight)} "
        f"bits, a probability of {chance_words(explained.probability)} by the model."
    )
    reasons = reason_words(explained, reading.plan, name)
    return [
        Heading(title),
        Text(said),
        *((Points(reasons),) if reasons else ()),
        *draw(waterfall_chart(reading, pair, number)),
    ]
