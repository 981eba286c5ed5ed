"""Summary of a linkage on the terminal: what was read, how it is matched, and what was found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scenarios.commands.terminal import print_wrapped

if TYPE_CHECKING:
    from rich.console import Console

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
    if prepared.truth is not None:
        elsewhere = prepared.truth.elsewhere
        more = f"; {elsewhere:,} of other records are not counted" if elsewhere else ""
        print_wrapped(console, f"True pairs: {prepared.truth.pairs.height:,}{more}.")


def print_plan(console: Console, prepared: Prepared) -> None:
    """Prints the plan as TOML that `--plan` reads."""
    from scenarios.plan_files import plan_toml

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


def print_result(console: Console, summary: dict[str, Any]) -> None:
    """Prints what was found, and how."""
    counts = ", ".join(f"{name} {_number(value)}" for name, value in summary["counts"].items())
    print_wrapped(console, f"Found: {counts}.")
    console.print()
    console.print(f"{'comparison':<20} {'level':<22} {'m':>8} {'u':>10} {'weight':>8}")
    for row in summary["levels"]:
        shares = f"{_share(row['m']):>8} {_share(row['u'], 6):>10} {_share(row['weight'], 2):>8}"
        console.print(f"{row['comparison']:<20} {row['level']:<22} {shares}", soft_wrap=True)
    console.print()
    for row in summary["blocks"]:
        text = f"{row['rule']}: {row['pairs']:,} pairs, {row['new_pairs']:,} of them new"
        left_out = f"; {row['left_out']:,} left out in large blocks" if row["left_out"] else ""
        print_wrapped(console, text + left_out)


def print_seconds(console: Console, summary: dict[str, Any]) -> None:
    """Prints how long each step took."""
    spent = ", ".join(f"{name} {value:.1f}" for name, value in summary["timings"].items())
    print_wrapped(console, f"Seconds: {spent}.")


def _share(value: float | None, digits: int = 4) -> str:
    return "none" if value is None else f"{value:.{digits}f}"


def _number(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:.4g}"
