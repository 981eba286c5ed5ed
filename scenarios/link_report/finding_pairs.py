"""Blocking: which rules brought pairs together, and what was left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenarios.link_report.charts import blocking_chart
from scenarios.link_report.words import share_words
from scenarios.report.blocks import Block, Section, Text

if TYPE_CHECKING:
    from collections.abc import Callable

    from scenarios.figures import Chart
    from scenarios.link_report.reading import LinkReading
    from scenarios.report.blocks import Drawing


def blocking(reading: LinkReading, draw: Callable[[Chart | None], tuple[Drawing, ...]]) -> Section:
    """Says how pairs were found, rule by rule."""
    blocks: tuple[Block, ...] = (
        Text(
            "A true pair that agrees on no rule is never compared, and so is missed. Rules of "
            "different columns find pairs that one alone would lose."
        ),
        *(Text(each) for each in _left_out(reading)),
        *draw(blocking_chart(reading)),
        Text(_expected(reading)),
    )
    return Section("blocking", "How pairs were found", blocks)


def _left_out(reading: LinkReading) -> list[str]:
    rows = reading.matched.blocks.filter(reading.matched.blocks["left_out"] > 0)
    if not rows.height:
        return []
    rules = ", ".join(f"{row['rule']} ({row['left_out']:,})" for row in rows.iter_rows(named=True))
    return [
        (
            f"Blocks of more than {reading.plan.largest_block:,} records on a side are left out, "
            f"and with them these pairs, unless another rule finds them: {rules}."
        )
    ]


def _expected(reading: LinkReading) -> str:
    patterns = reading.matched.patterns
    prior = reading.prior * reading.pairs_there_are
    found = float((patterns["pairs"] * patterns["match_probability"]).sum())
    share = f", {share_words(found / prior)} of them" if 0 < found < prior else ""
    return (
        f"Before comparing, about {prior:,.0f} pairs are taken for matches: those of the "
        f"deterministic rules over the share that they are assumed to find, "
        f"{share_words(reading.plan.deterministic_recall.value)}. Among the "
        f"{reading.count('pairs'):,} compared pairs the model expects {found:,.0f}{share}. Both "
        "are the model's own, and not checked."
    )
