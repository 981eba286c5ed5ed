"""Patterns of agreement: which there are, what they weigh, and how many pairs have them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from linkage.match_tables import pattern_columns
from scenarios.link_report.words import bits_words, chance_words, share_words, small_safe
from scenarios.report.blocks import Block, Folded, Section, Table, Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scenarios.link_report.reading import LinkReading

_SHOWN: Final = 12


def patterns(reading: LinkReading) -> Section:
    """Shows the patterns around the threshold, the commonest, and those that weigh most."""
    every = reading.matched.patterns
    if not every.height:
        none = Text("No pair was compared, so there is no pattern.")
        return Section("patterns", "Patterns of agreement", (none,))
    numbers = range(every.height)
    likely = int((every["match_probability"] >= reading.plan.threshold.value).sum())
    around = numbers[max(likely - _SHOWN // 2, 0) :][:_SHOWN]
    commonest = np.argsort(-every["pairs"].to_numpy(), kind="stable")[:_SHOWN].tolist()
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
            _table("Patterns that weigh most", numbers[:_SHOWN], reading),
        )),
    ]  # fmt: skip
    return Section("patterns", "Patterns of agreement", tuple(blocks))


def _table(caption: str, chosen: Sequence[int], reading: LinkReading) -> Table:
    """Lists patterns, chosen by their places from the highest weight down."""
    every, comparisons = reading.matched.patterns, reading.matched.weighed.comparisons
    so_far = every["pairs"].cum_sum()
    total = reading.count("pairs")
    at = pl.Series(chosen, dtype=pl.UInt32)
    figures = every.select("match_weight", "match_probability", "pairs")[at]
    levels = every.select(pattern_columns(comparisons))[at]
    rows = tuple(
        (
            f"{bits_words(weight)} bits",
            chance_words(chance),
            small_safe(pairs),
            f"{small_safe(running)}\n{share_words(running / total)}",
            *names,
        )
        for (weight, chance, pairs), running, names in zip(
            figures.rows(), so_far[at], levels.rows(), strict=True
        )
    )
    heads = ("Match weight", "Probability", "Pairs", "Running total, of all pairs")
    return Table(caption, (*heads, *(each.column for each in comparisons)), rows, wide=True)
