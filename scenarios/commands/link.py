"""`linkassay link`: link two files of people, or find duplicates in one."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from scenarios.commands import values
from scenarios.commands.terminal import command_line, say
from scenarios.commands.terminal import out as screen
from scenarios.commands.threads import size_thread_pools

DEFAULT_OUT = Path("links.parquet")


def link(
    left: Annotated[
        Path, typer.Argument(metavar="LEFT", help="CSV or Parquet.", show_default=False)
    ],
    right: Annotated[
        Path | None,
        typer.Argument(
            metavar="[RIGHT]",
            help="The file to link it with. Without it, duplicates in LEFT are found.",
            show_default=False,
        ),
    ] = None,
    *,
    plan: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="A plan, or people-tight or people-wide. Default: one is suggested.",
        ),
    ] = None,
    id_column: Annotated[
        str | None,
        typer.Option(
            "--id",
            metavar="COLUMN",
            help="Column of ids, or LEFT,RIGHT if they differ. Default: such as `id`, or the row.",
        ),
    ] = None,
    truth: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="True pairs (left_id, right_id), to judge the links by."),
    ] = None,
    labels: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Pairs known to match (left_id, right_id), to learn the weights from.",
        ),
    ] = None,
    out: Annotated[
        Path, typer.Option("--out", metavar="FILE", help="Where to write: .parquet or .csv.")
    ] = DEFAULT_OUT,
    force: Annotated[bool, typer.Option("--force", help="Replace what is there.")] = False,
    seed: Annotated[
        int | None, typer.Option(parser=values.seed, metavar="S", help="Seed. Default: 1.")
    ] = None,
    threads: Annotated[
        int | None,
        typer.Option(parser=values.threads, metavar="N", help="Threads. Default: all cores."),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")] = False,
) -> None:
    """Link two files of people, or find duplicates in one.

    Written are the links (ids, weight, probability, rule) and, beside them, pairs for clerical
    review, clusters of one file's records (cluster_id, record_id), and a summary as JSON. No other
    value of your files is written or shown.
    """
    size_thread_pools(threads)

    from scenarios.commands.link_summary import print_files, print_plan, print_result
    from scenarios.commands.progress import shown_progress
    from scenarios.linking import match_prepared, prepare, summary_of, write_linkage
    from scenarios.linking_clusters import clusters_of_file
    from scenarios.pair_of_files import check_file

    given = [
        ("--plan", plan),
        ("--id", id_column),
        ("--truth", truth),
        ("--labels", labels),
        ("--out", out),
        ("--seed", seed),
        ("--threads", threads),
        ("--quiet", quiet),
        ("--force", True),
    ]
    files = [str(path) for path in (left, right) if path is not None]
    again = command_line(["link", *files], given)
    inputs = [Path(each) for each in (left, right, truth, labels, plan) if each is not None]
    check_file(out, one_file=right is None, replace=force, command=again, inputs=inputs)
    prepared = prepare(left, right, plan=plan, id_column=id_column, truth=truth, labels=labels)
    console = screen()
    print_files(console, prepared)
    print_plan(console, prepared)
    chosen = 1 if seed is None else seed
    began = time.perf_counter()
    with shown_progress(quiet=quiet or not sys.stderr.isatty()) as progress:
        matched = match_prepared(prepared, chosen, progress)
    seconds = {"match": time.perf_counter() - began}
    clusters = clusters_of_file(prepared, matched) if right is None else None
    summary = summary_of(prepared, matched, chosen, seconds, clusters)
    where = write_linkage(out, prepared, matched, summary, clusters, replace=force)
    print_result(console, summary)
    review = f"pairs for review are in {where.review}"
    grouped = f"clusters in {where.clusters}, " if where.clusters is not None else ""
    say(f"Written to {out}; {review}, {grouped}the summary in {where.summary}.")
