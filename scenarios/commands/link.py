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
        typer.Option(
            metavar="FILE",
            help="True pairs (left_id, right_id), to judge the links by; or the truth directory of "
            "`linkassay simulate`.",
        ),
    ] = None,
    by: Annotated[
        list[str] | None,
        typer.Option(
            metavar="COLUMN",
            help="Judge the links apart for each group of a column; repeat for several.",
        ),
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

    Written are the links (ids, weight, probability, rule) and, beside them, a summary as JSON; with
    --truth, the missed and false matches too (ids, weight, reason). No other value of your files is
    written or shown, but for the names of groups that --by asks for.
    """
    size_thread_pools(threads)

    from scenarios.commands.link_quality import print_quality
    from scenarios.commands.link_summary import (
        print_files,
        print_plan,
        print_result,
        print_seconds,
    )
    from scenarios.commands.progress import shown_progress
    from scenarios.linking import (
        PROVENANCE,
        judge,
        links_of,
        match_prepared,
        prepare,
        summary_of,
        write_links,
    )
    from scenarios.linking_errors import errors_of, errors_path
    from scenarios.pair_of_files import check_file

    given = [
        ("--plan", plan),
        ("--id", id_column),
        ("--truth", truth),
        *(("--by", column) for column in by or ()),
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
    beside = [errors_path(out)] if truth is not None else []
    check_file(out, replace=force, command=again, inputs=inputs, beside=beside)
    prepared = prepare(
        left, right, plan=plan, id_column=id_column, truth=truth, labels=labels, by=by or ()
    )
    console = screen()
    print_files(console, prepared)
    print_plan(console, prepared)
    chosen = 1 if seed is None else seed
    began = time.perf_counter()
    with shown_progress(quiet=quiet or not sys.stderr.isatty()) as progress:
        matched = match_prepared(prepared, chosen, progress)
    seconds = {"match": time.perf_counter() - began}
    matched_by = time.perf_counter()
    quality = judge(prepared, matched)
    seconds["judge"] = time.perf_counter() - matched_by
    links = links_of(prepared, matched)
    summary = summary_of(prepared, matched, quality, chosen, seconds)
    errors = None
    if quality.truth is not None:
        errors = errors_of(quality.truth, prepared.left, prepared.right, PROVENANCE)
    summary_path = write_links(out, links, summary, errors, replace=force)
    print_result(console, summary)
    print_quality(console, quality)
    print_seconds(console, summary)
    told = f"; missed and false matches are in {errors_path(out)}" if errors is not None else ""
    say(f"Written to {out}; the summary is in {summary_path}{told}.")
