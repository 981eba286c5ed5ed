"""Summary of a linkage in steps on the terminal: what each step did, status codes, and quality."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scenarios.commands.link_quality import print_groups, ranged
from scenarios.commands.link_summary import number, print_levels, share_text, spent
from scenarios.commands.terminal import print_wrapped

if TYPE_CHECKING:
    from rich.console import Console

    from linkage.against_truth import Accuracy
    from linkage.step_quality import StepQuality, StepTruth


def print_steps(console: Console, quality: StepQuality, summary: dict[str, Any]) -> None:
    """Prints what came out.

    Args:
        console: Where to print.
        quality: How good the links are.
        summary: The summary.
    """
    counts = ", ".join(f"{name} {number(value)}" for name, value in summary["counts"].items())
    print_wrapped(console, f"Found: {counts}.")
    console.print()
    for row in summary["steps"]:
        print_wrapped(console, _step(row))
    if summary["levels"]:
        console.print()
        print_levels(console, summary["levels"])
    if summary["statuses"]:
        console.print()
        print_wrapped(console, _statuses(summary["statuses"]))
    if quality.truth is not None:
        _print_truth(console, quality.truth)
    print_wrapped(console, spent(summary))


def _step(row: dict[str, Any]) -> str:
    """Says what a step did."""
    text = f"{row['rule']}: {row['pairs']:,} pairs tried, {row['linked']:,} linked"
    if row["not_unique"]:
        text += f"; {row['not_unique']:,} not linked, as a record has several"
    if row["left_out"]:
        text += f"; {row['left_out']:,} left out in large blocks"
    return text


def _statuses(rows: list[dict[str, Any]]) -> str:
    parts = [
        f"{row['status']} {row['records']:,} ({share_text(row['records'] / max(row['out_of'], 1))})"
        for row in rows
    ]
    return f"Status of the {rows[0]['out_of']:,} right records: {', '.join(parts)}."


def _print_truth(console: Console, truth: StepTruth) -> None:
    console.print()
    width = max(20, *(len(name) for name, _ in truth.by_step))
    header = f"{'':<{width}} {'links':>11} {'precision (95 %)':>28} {'recall (95 %)':>28}"
    console.print(header, soft_wrap=True)
    for name, accuracy in (("all links", truth.links), *truth.by_step):
        console.print(_row(name, accuracy, width), soft_wrap=True)
    for error, rows in truth.errors.group_by("error", "reason", maintain_order=True):
        kind = "Missed matches" if error[0] == "missed" else "False matches of the step"
        print_wrapped(console, f"{kind}, {error[1]}: {rows.height:,}.")
    print_groups(console, truth.by_group)
    console.print()


def _row(name: str, accuracy: Accuracy, width: int) -> str:
    shares = f"{ranged(accuracy.precision):>28} {ranged(accuracy.recall):>28}"
    return f"{name:<{width}} {accuracy.precision.out_of:>11,} {shares}"
