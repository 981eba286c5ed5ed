"""Patterns of agreement: which there are, what they weigh, and how many pairs have them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from scenarios.link_report.words import bits_words, chance_words, share_words, small_safe
from scenarios.report.blocks import Block, Folded, Section, Table, Text

if TYPE_CHECKING:
    from scenarios.link_report.reading import LinkReading

_SHOWN: Final = 12


def patterns(reading: LinkReading) -> Section:
    """Shows the patterns around the threshold, the commonest, and those that weigh most."""
    every = reading.matched.patterns
    if not every.height:
        none = Text("No pair was compared, so there is no pattern.")
        return Section("patterns", "Patterns of agreement", (none,))
    held = every.with_columns(pl.col("pairs").cum_sum().alias("so_far"))
    likely = held.filter(pl.col("match_probability") >= reading.plan.threshold.value).height
    around = held.slice(max(likely - _SHOWN // 2, 0), _SHOWN)
    commonest = held.sort("pairs", "match_weight", descending=True).head(_SHOWN)
    blocks: list[Block] = [
        Text(
            f"The {reading.count('pairs'):,} compared pairs have {every.height:,} patterns, of "
            f"which {likely:,} reach the threshold by their levels alone. What rare values add is "
            "not in these weights. The running total counts pairs from the highest weight down."
        ),
        _table("Patterns around the threshold", around, reading),
        Folded("Patterns that most pairs have", (
            _table("Patterns that most pairs have", commonest, reading),
        )),
        Folded("Patterns that weigh most", (
            _table("Patterns that weigh most", held.head(_SHOWN), reading),
        )),
    ]  # fmt: skip
    return Section("patterns", "Patterns of agreement", tuple(blocks))


def _table(caption: str, chosen: pl.DataFrame, reading: LinkReading) -> Table:
    names = [each.column for each in reading.matched.evidence.comparisons]
    total = reading.count("pairs")
    rows = tuple(
        (
            f"{bits_words(row['match_weight'])} bits",
            chance_words(row["match_probability"]),
            small_safe(row["pairs"]),
            f"{small_safe(row['so_far'])}\n{share_words(row['so_far'] / total)}",
            *(row[name] for name in names),
        )
        for row in chosen.iter_rows(named=True)
    )
    heads = ("Match weight", "Probability", "Pairs", "Running total, of all pairs")
    return Table(caption, (*heads, *names), rows, wide=True)
