"""Quality of a linkage on the terminal: a screen of it; the rest is in the summary."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from linkage.reasons import reasons_table
from scenarios.commands.terminal import print_wrapped
from scenarios.link_report.words import STAGES

if TYPE_CHECKING:
    from rich.console import Console

    from linkage.against_truth import Accuracy, AgainstTruth
    from linkage.expectations import Expected
    from linkage.match_quality import MatchQuality
    from linkage.proportions import Proportion
    from linkage.reasons import Wrong

_SHOWN: Final = 3
_WORST: Final = 5


def print_quality(console: Console, quality: MatchQuality) -> None:
    """Prints how good the links are: by the truth where it was given, then what they expect."""
    console.print()
    if quality.truth is not None:
        _print_truth(console, quality.truth)
    _print_expected(console, quality)
    review, pairs = int(quality.review.strata["review"].sum()), quality.review.strata["pairs"].sum()
    print_wrapped(
        console,
        f"To know precision and recall to within {quality.review.margin:g}, review "
        f"{review:,} of {pairs:,} pairs, by weight as the summary says.",
    )
    console.print()


def _print_truth(console: Console, truth: AgainstTruth) -> None:
    header = f"{'':<20} {'pairs':>11} {'precision (95 %)':>28} {'recall (95 %)':>28} {'F':>9}"
    console.print(header, soft_wrap=True)
    if truth.resolved is not None:
        console.print(_row("before one-to-one", truth.before), soft_wrap=True)
    console.print(_row("links", truth.after), soft_wrap=True)
    _print_lost(console, truth)
    print_wrapped(console, truth.calibration.words)
    _print_reasons(console, "Missed matches", truth.missed)
    _print_reasons(console, "False matches", truth.false)
    print_groups(console, truth.by_group)


def _row(name: str, accuracy: Accuracy) -> str:
    pairs = accuracy.precision.out_of
    shares = f"{ranged(accuracy.precision):>28} {ranged(accuracy.recall):>28}"
    value = "none" if accuracy.f[0] is None else f"{accuracy.f[0]:.5f}"
    return f"{name:<20} {pairs:>11,} {shares} {value:>9}"


def ranged(share: Proportion | Expected) -> str:
    """Writes a share with its range."""
    if share.value is None or share.value != share.value:
        return "none"
    return f"{share.value:.5f} ({share.low:.5f} to {share.high:.5f})"


def _print_lost(console: Console, truth: AgainstTruth) -> None:
    missed, lost = truth.after.recall.rest, truth.lost
    stages = truth.losses.filter(pl.col("stage").is_in(["blocking", "large_block"]))
    would = f" ({stages['would_link'].sum():,} would weigh enough)" if lost.count else ""
    text = (
        f"Missed: {missed.count:,} of {missed.out_of:,} true pairs; {lost.count:,} of them lost by "
        f"blocking{would}, {missed.count - lost.count:,} by decision. False: "
        f"{truth.after.precision.rest.count:,} of {truth.after.precision.out_of:,} links."
    )
    print_wrapped(console, text)


def _print_reasons(console: Console, name: str, wrong: Wrong) -> None:
    table = reasons_table(wrong).head(_SHOWN)
    if table.height:
        print_wrapped(console, f"{name}, most often:")
    for row in table.to_dicts():
        stage = STAGES.get(row["stage"], row["stage"])
        text = f"  {row['pairs']:,} of {row['out_of']:,}: {stage}; {row['reason']}"
        print_wrapped(console, text)


def print_groups(console: Console, table: pl.DataFrame) -> None:
    """Prints the groups that are missed most, as far as they are told."""
    worst = table.filter((pl.col("measure") == "missed") & pl.col("value").is_not_null())
    for row in worst.sort("value", descending=True, maintain_order=True).head(_WORST).to_dicts():
        text = (
            f"Missed of {row['by']} {row['group']} ({row['side']}): {row['value']:.3f} "
            f"({row['low']:.3f} to {row['high']:.3f}) of about {row['out_of']:,} true pairs."
        )
        print_wrapped(console, text)


def _print_expected(console: Console, quality: MatchQuality) -> None:
    expected = quality.expected
    text = (
        f"Without the truth: by its own probabilities, precision {ranged(expected.precision)}, "
        f"recall of pairs compared {ranged(expected.recall_compared)}"
    )
    print_wrapped(console, f"{text}; true only as far as these are.")
    for row in expected.unlinkable.filter(pl.col("threshold") == quality.threshold).to_dicts():
        print_wrapped(
            console,
            f"Records that hold too little to be linked to anybody, {row['side']}: "
            f"{row['records']:,} of {row['out_of']:,} ({row['share']:.5f}).",
        )
