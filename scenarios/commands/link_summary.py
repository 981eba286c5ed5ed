"""Summary of a linkage on the terminal: what was read, how it is matched, and what was found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from scenarios.commands.link_pairs import print_pairs
from scenarios.commands.link_quality import print_quality
from scenarios.commands.terminal import print_wrapped

_SIZES: Final = 5  # sizes of clusters that are shown, the smallest first

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from linkage.match_quality import MatchQuality
    from scenarios.link_report.reading import ExplainedPair
    from scenarios.linking import Prepared


def print_files(console: Console, prepared: Prepared) -> None:
    """Prints what was read: rows, columns, ids, and what of it is compared."""
    for file in (prepared.left, prepared.right):
        if file is not None:
            ids = f"ids in {file.id_column}" if file.id_column else "rows numbered from 1"
            names = ", ".join(file.frame.columns)
            text = f"{file.path}: {file.kind}, {file.frame.height:,} rows, {ids}; columns: {names}"
            print_wrapped(console, text)
    for column in prepared.columns:
        if column.left != column.right or column.name != column.left:
            text = f"{column.name} is {column.left} on the left and {column.right} on the right."
            print_wrapped(console, text)
    for name, (left, right) in prepared.aligned.unread.items():
        if left or right:
            text = f"{name}: {left:,} values on the left and {right:,} on the right are no date "
            print_wrapped(console, text + "in a form that is known, and count as missing.")
    for name in prepared.dropped:
        print_wrapped(console, f"The plan is used without {name}, which the files do not have.")
    for what in prepared.unused:
        print_wrapped(console, f"Not used of the plan: {what}.")
    if prepared.truth is not None:
        elsewhere = prepared.truth.elsewhere
        more = f"; {elsewhere:,} of other records are not counted" if elsewhere else ""
        print_wrapped(console, f"True pairs: {prepared.truth.pairs.height:,}{more}.")


def print_plan(console: Console, prepared: Prepared) -> None:
    """Prints the plan as TOML that `--plan` reads."""
    from scenarios.plan_text import plan_toml

    suggestion = prepared.suggestion
    console.print()
    if suggestion is None:
        console.print("# The plan that was given", soft_wrap=True)
    else:
        console.print("# A suggested plan; save it, change it and give it with --plan")
        for rule, pairs in zip(suggestion.plan.blocking, suggestion.pairs, strict=True):
            console.print(f"# about {pairs:,} pairs agree on {', '.join(rule)}", soft_wrap=True)
        for name, reason in suggestion.left_out:
            console.print(f"# {name} is not compared: {reason}", soft_wrap=True)
    console.print(plan_toml(prepared.plan), soft_wrap=True)


def print_linkage(
    console: Console,
    prepared: Prepared,
    quality: MatchQuality,
    summary: dict[str, Any],
    explained: Sequence[ExplainedPair] | None,
) -> None:
    """Prints what came out.

    Args:
        console: Where to print.
        prepared: The files.
        quality: How good the links are.
        summary: The summary.
        explained: Pairs to explain; null where that was not asked for.
    """
    _print_result(console, summary)
    if explained is not None:
        print_pairs(console, prepared, explained)
    print_quality(console, quality)
    print_wrapped(console, spent(summary))


def spent(summary: dict[str, Any]) -> str:
    """Says how long each step took."""
    timings = ", ".join(f"{name} {value:.1f}" for name, value in summary["timings"].items())
    return f"Seconds: {timings}."


def _print_result(console: Console, summary: dict[str, Any]) -> None:
    """Prints what was found, and how."""
    counts = ", ".join(f"{name} {number(value)}" for name, value in summary["counts"].items())
    print_wrapped(console, f"Found: {counts}.")
    console.print()
    print_levels(console, summary["levels"])
    console.print()
    for row in summary["blocks"]:
        text = f"{row['rule']}: {row['pairs']:,} pairs, {row['new_pairs']:,} of them new"
        left_out = f"; {row['left_out']:,} left out in large blocks" if row["left_out"] else ""
        print_wrapped(console, text + left_out)
    if "clusters" in summary:
        _print_clusters(console, summary["clusters"])


def print_levels(console: Console, levels: list[dict[str, Any]]) -> None:
    """Prints the levels of comparisons with what they weigh."""
    console.print(f"{'comparison':<20} {'level':<22} {'m':>8} {'u':>10} {'weight':>8}")
    for row in levels:
        m, u, weight = (share_text(row[name], n) for name, n in (("m", 4), ("u", 6), ("weight", 2)))
        shares = f"{m:>8} {u:>10} {weight:>8}"
        console.print(f"{row['comparison']:<20} {row['level']:<22} {shares}", soft_wrap=True)


def _print_clusters(console: Console, table: dict[str, Any]) -> None:
    """Prints how many records are duplicates, how large clusters are, and what was refused."""
    text = f"Clusters: {table['records']:,} records are {table['clusters']:,} clusters, so that "
    print_wrapped(console, text + f"{table['duplicates']:,} records are duplicates of another.")
    shown = [f"{row['clusters']:,} of {row['size']}" for row in table["sizes"][:_SIZES]]
    larger = sum(row["clusters"] for row in table["sizes"][_SIZES:])
    largest = table["sizes"][-1]["size"]
    more = f"; {larger:,} larger, up to {largest:,} records" if larger else ""
    print_wrapped(console, f"Sizes: {', '.join(shown)}{more}.")
    refused = [f"{row['links']:,} ({row['reason']})" for row in table["refused"]]
    print_wrapped(console, f"Links refused: {', '.join(refused) or 'none'}.")
    for row in table.get("quality", []):
        text = f"Of {row['of']}: {row['found']:,} found, {row['true']:,} true; precision "
        shares = f"{_ranged(row['precision'])}, recall {_ranged(row['recall'])}, at 95 %."
        print_wrapped(console, text + shares)


def _ranged(share: dict[str, float | None]) -> str:
    ends = f"({share_text(share['low'], 5)} to {share_text(share['high'], 5)})"
    return f"{share_text(share['value'], 5)} {ends}"


def share_text(value: float | None, digits: int = 4) -> str:
    """Writes a share, or that there is none."""
    return "none" if value is None else f"{value:.{digits}f}"


def number(value: float) -> str:
    """Writes a whole number with commas, and another to four digits."""
    return f"{value:,}" if isinstance(value, int) else f"{value:.4g}"
