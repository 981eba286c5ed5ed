"""Explained pairs on the terminal: a waterfall each, and why a pair was not linked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenarios.commands.terminal import print_wrapped
from scenarios.link_report.charts import step_words
from scenarios.link_report.pairs import PARTS
from scenarios.link_report.reasons import decision_words, reason_words
from scenarios.link_report.words import bits_words, chance_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl
    from rich.console import Console

    from linkage.explain import Step
    from linkage.why import Rival
    from scenarios.link_report.reading import ExplainedPair
    from scenarios.linking import Prepared

_BAR = 30  # characters, for the largest sum


def print_pairs(console: Console, prepared: Prepared, pairs: Sequence[ExplainedPair]) -> None:
    """Prints how the match weight of each pair adds up; plain text where nobody watches.

    Args:
        console: Where to print.
        prepared: The files, for the ids of pairs that a pair lost to.
        pairs: The pairs.
    """
    ours = prepared.left.ids
    theirs = ours if prepared.right is None else prepared.right.ids
    if not pairs:
        print_wrapped(console, "No pair came near to being linked, so there is none to explain.")
    for pair in pairs:
        _print_pair(console, prepared, pair, ours, theirs)
    console.print()


def _print_pair(
    console: Console, prepared: Prepared, pair: ExplainedPair, ours: pl.Series, theirs: pl.Series
) -> None:
    explained = pair.explained

    def name(rival: Rival) -> str:
        """Names the pair that a rival is."""
        return f"{ours[rival.left]}:{theirs[rival.right]}"

    console.print()
    title = PARTS.get(pair.part, "Asked for")
    print_wrapped(console, f"{title}: {pair.left_id}:{pair.right_id}, {decision_words(explained)}")
    width = max(len(step_words(step)) for step in explained.steps)
    reach = max(abs(step.total) for step in explained.steps) or 1.0
    for step in explained.steps:
        words = f"  {step_words(step):<{width}} {_plain(step.bits, signed=True):>7}"
        console.print(f"{words} {_plain(step.total):>7}  ", end="", soft_wrap=True)
        console.print(_drawn(step, reach), style=_style(step), soft_wrap=True)
    weight, chance = _plain(explained.weight), chance_words(explained.probability)
    print_wrapped(console, f"  match weight {weight} bits, probability {chance}")
    for reason in reason_words(explained, prepared.match_plan, name):
        print_wrapped(console, f"  {reason}")


def _plain(bits: float, *, signed: bool = False) -> str:
    """Writes bits with the minus sign of a keyboard, as the rest of the terminal does."""
    return bits_words(bits, signed=signed).replace("\u2212", "-")


def _drawn(step: Step, reach: float) -> str:
    """Draws what a step adds, a plus or minus for each share of the largest sum."""
    return ("+" if step.bits >= 0 else "-") * round(_BAR * abs(step.bits) / reach)


def _style(step: Step) -> str:
    return "blue" if step.bits >= 0 else "magenta"
