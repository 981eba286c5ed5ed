"""`linkassay link`: link two files of people, or find duplicates in one."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from scenarios.commands import values
from scenarios.commands.terminal import BadInput, command_line, say
from scenarios.commands.terminal import out as screen
from scenarios.commands.threads import size_thread_pools

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import Console

    from scenarios.linking import Prepared
    from scenarios.written_files import Places

    Progress = Callable[[str, float], None] | None

F = TypeVar("F")
Q = TypeVar("Q")

DEFAULT_OUT = Path("links.parquet")

Left = Annotated[Path, typer.Argument(metavar="LEFT", help="CSV or Parquet.", show_default=False)]
Right = Annotated[
    Path | None,
    typer.Argument(
        metavar="[RIGHT]",
        help="The file to link it with. Without it, duplicates in LEFT are found.",
        show_default=False,
    ),
]
PlanFile = Annotated[
    str | None,
    typer.Option(
        metavar="FILE",
        help="A plan file, or a shipped plan such as people-tight, people-wide, hes-id or macral. "
        "Default: one is suggested.",
    ),
]
IdColumn = Annotated[
    str | None,
    typer.Option(
        "--id",
        metavar="COLUMN",
        help="Column of ids, or LEFT,RIGHT if they differ. Default: such as `id`, or the row.",
    ),
]
TruthFile = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="True pairs (left_id, right_id), to judge the links by; or the truth directory of "
        "`linkassay simulate`.",
    ),
]
By = Annotated[
    list[str] | None,
    typer.Option(
        metavar="COLUMN",
        help="Judge the links apart for each group of a column; may be repeated.",
        show_default=False,
    ),
]
LabelsFile = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Pairs known to match (left_id, right_id), to learn the weights from.",
    ),
]
Explain = Annotated[
    bool,
    typer.Option("--explain", help="Show how the match weights of a handful of pairs add up."),
]
Pairs = Annotated[
    list[str] | None,
    typer.Option(
        "--pair",
        metavar="LEFT:RIGHT",
        help="Ids of a pair to explain, linked or not; may be repeated.",
        show_default=False,
    ),
]
Out = Annotated[
    Path, typer.Option("--out", metavar="FILE", help="Where to write: .parquet or .csv.")
]
Force = Annotated[bool, typer.Option("--force", help="Replace what is there.")]
Seed = Annotated[
    int | None, typer.Option(parser=values.seed, metavar="S", help="Seed. Default: 1.")
]
Threads = Annotated[
    int | None,
    typer.Option(parser=values.threads, metavar="N", help="Threads. Default: all cores."),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")]


def link(
    left: Left,
    right: Right = None,
    *,
    plan: PlanFile = None,
    id_column: IdColumn = None,
    truth: TruthFile = None,
    by: By = None,
    labels: LabelsFile = None,
    explain: Explain = False,
    pair: Pairs = None,
    out: Out = DEFAULT_OUT,
    force: Force = False,
    seed: Seed = None,
    threads: Threads = None,
    quiet: Quiet = False,
) -> None:
    """Link two files of people, or find duplicates in one.

    Written are the links (ids, weight, probability, rule) and, beside them, the pairs for clerical
    review, a summary as JSON and a report as one HTML page; for one file, clusters of its records;
    with --truth, the missed and false matches (ids, weight, reason). No other value of your files
    is written or shown, but for the names of groups of --by.
    """
    size_thread_pools(threads)

    from linkage.cascade_plan import Cascade
    from scenarios.asked_pairs import asked_pairs
    from scenarios.commands.link_summary import print_files, print_plan
    from scenarios.linking import prepare
    from scenarios.written_files import check_places, places

    given = [("--plan", plan), ("--id", id_column), ("--truth", truth), ("--by", by),
             ("--labels", labels), ("--explain", explain), ("--pair", pair), ("--out", out),
             ("--seed", seed), ("--threads", threads), ("--quiet", quiet),
             ("--force", True)]  # fmt: skip
    again = command_line(["link", *(str(path) for path in (left, right) if path)], given)
    inputs = [Path(each) for each in (left, right, truth, labels, plan) if each is not None]
    where = places(out, one_file=right is None, judged=truth is not None)
    check_places(where, replace=force, command=again, inputs=inputs)
    prepared = prepare(
        left, right, plan=plan, id_column=id_column, truth=truth, labels=labels, by=by or ()
    )
    if isinstance(prepared.plan, Cascade) and (explain or pair):
        raise BadInput("--explain and --pair: a plan in steps weighs no pairs; leave them out.")
    asked = asked_pairs(prepared, pair or ())
    console = screen()
    print_files(console, prepared)
    print_plan(console, prepared)
    chosen = 1 if seed is None else seed
    if isinstance(prepared.plan, Cascade):
        _in_steps(console, prepared, where, chosen, force=force, quiet=quiet)
    else:
        shown = (asked, explain)
        _by_weight(console, prepared, where, chosen, shown, force=force, quiet=quiet)
    say(_written(where))


def _by_weight(
    console: Console,
    prepared: Prepared,
    where: Places,
    seed: int,
    explain: tuple[tuple[tuple[int, int], ...], bool],
    *,
    force: bool,
    quiet: bool,
) -> None:
    """Links files, or finds duplicates, by a plan that weighs pairs; writes and prints it all.

    Pairs that were asked for are explained, and others too if that was asked for.
    """
    from scenarios.asked_pairs import explained_pairs
    from scenarios.commands.link_summary import print_linkage
    from scenarios.link_report import LinkReading, render
    from scenarios.linking import judge, match_prepared, tables_of, write_linkage
    from scenarios.linking_clusters import clusters_of_file
    from scenarios.linking_summary import summary_of

    asked, more = explain
    matched, quality, seconds = _timed(prepared, seed, match_prepared, judge, quiet=quiet)
    clusters = clusters_of_file(prepared, matched) if prepared.right is None else None
    summary = summary_of(prepared, matched, quality, seed, seconds, clusters)
    explained = explained_pairs(prepared, matched, asked)
    page = render(LinkReading(prepared, matched, quality, summary, explained))
    tables = tables_of(where, prepared, matched, quality, clusters)
    write_linkage(where, tables, summary, page, replace=force)
    shown = explained if more else explained[: len(asked)] if asked else None
    print_linkage(console, prepared, quality, summary, shown)


def _in_steps(
    console: Console, prepared: Prepared, where: Places, seed: int, *, force: bool, quiet: bool
) -> None:
    """Links files by a plan in steps; writes and prints it all."""
    from scenarios.commands.link_steps import print_steps
    from scenarios.link_report.steps import render_steps
    from scenarios.linking import write_linkage
    from scenarios.linking_steps import judge_steps, link_prepared, steps_summary, steps_tables

    stepped, quality, seconds = _timed(prepared, seed, link_prepared, judge_steps, quiet=quiet)
    summary = steps_summary(prepared, stepped, quality, seed, seconds)
    page = render_steps(prepared, stepped, quality, summary)
    tables = steps_tables(where, prepared, stepped, quality)
    write_linkage(where, tables, summary, page, replace=force)
    print_steps(console, quality, summary)


def _timed(
    prepared: Prepared,
    seed: int,
    find: Callable[[Prepared, int, Progress], F],
    judge: Callable[[Prepared, F], Q],
    *,
    quiet: bool,
) -> tuple[F, Q, dict[str, float]]:
    """Links files under a line of progress, where somebody watches, and judges the links."""
    from scenarios.commands.progress import shown_progress

    began = time.perf_counter()
    with shown_progress(quiet=quiet or not sys.stderr.isatty()) as progress:
        found = find(prepared, seed, progress)
    found_by = time.perf_counter()
    quality = judge(prepared, found)
    ended = time.perf_counter()
    return found, quality, {"match": found_by - began, "judge": ended - found_by}


def _written(where: Places) -> str:
    """Says where everything is."""
    beside = [
        (where.review, "pairs for review"),
        (where.clusters, "clusters"),
        (where.errors, "missed and false matches"),
        (where.summary, "the summary"),
        (where.report, "the report"),
    ]
    told = ", ".join(f"{what} in {path}" for path, what in beside if path is not None)
    return f"Written to {where.links}; {told}."
