"""`linkassay link`: link two files of people, or find duplicates in one."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scenarios.commands import values
from scenarios.commands.terminal import command_line, say
from scenarios.commands.terminal import out as screen
from scenarios.commands.threads import size_thread_pools

if TYPE_CHECKING:
    from linkage.match_quality import MatchQuality
    from linkage.matched import Matched
    from scenarios.linking import Prepared

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
        metavar="FILE", help="A plan, or people-tight or people-wide. Default: one is suggested."
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

    Written are the links (ids, weight, probability, rule) and, beside them, a summary as JSON and a
    report as one HTML page; with --truth, the missed and false matches too (ids, weight, reason).
    No other value of your files is written or shown, but for the names of groups of --by.
    """
    size_thread_pools(threads)

    from scenarios.asked_pairs import asked_pairs, explained_pairs
    from scenarios.commands.link_pairs import print_pairs
    from scenarios.commands.link_quality import print_quality
    from scenarios.commands.link_summary import (
        print_files,
        print_plan,
        print_result,
        print_seconds,
    )
    from scenarios.link_report import LinkReading, render
    from scenarios.linking import PROVENANCE, links_of, prepare, summary_of, write_links
    from scenarios.linking_errors import errors_of, errors_path
    from scenarios.written_files import check_file

    given = [("--plan", plan), ("--id", id_column), ("--truth", truth), ("--by", by),
             ("--labels", labels), ("--explain", explain), ("--pair", pair), ("--out", out),
             ("--seed", seed), ("--threads", threads), ("--quiet", quiet),
             ("--force", True)]  # fmt: skip
    again = command_line(["link", *(str(path) for path in (left, right) if path)], given)
    inputs = [Path(each) for each in (left, right, truth, labels, plan) if each is not None]
    beside = [errors_path(out)] if truth is not None else []
    check_file(out, replace=force, command=again, inputs=inputs, beside=beside)
    prepared = prepare(
        left, right, plan=plan, id_column=id_column, truth=truth, labels=labels, by=by or ()
    )
    asked = asked_pairs(prepared, pair or ())
    console = screen()
    print_files(console, prepared)
    print_plan(console, prepared)
    chosen = 1 if seed is None else seed
    matched, quality, seconds = _match(prepared, chosen, quiet=quiet)
    summary = summary_of(prepared, matched, quality, chosen, seconds)
    explained = explained_pairs(prepared, matched, asked)
    page = render(LinkReading(prepared, matched, quality, summary, explained))
    errors = None
    if quality.truth is not None:
        errors = errors_of(quality.truth, prepared.left, prepared.right, PROVENANCE)
    links = links_of(prepared, matched)
    told, report = write_links(out, links, summary, page, errors, replace=force)
    print_result(console, summary)
    if explain or asked:
        print_pairs(console, prepared, explained if explain else explained[: len(asked)])
    print_quality(console, quality)
    print_seconds(console, summary)
    wrong = f"; missed and false matches are in {errors_path(out)}" if errors is not None else ""
    say(f"Written to {out}; the summary is in {told}, the report in {report}{wrong}.")


def _match(
    prepared: Prepared, seed: int, *, quiet: bool
) -> tuple[Matched, MatchQuality, dict[str, float]]:
    """Matches files under a line of progress, where somebody watches, and judges the links."""
    from scenarios.commands.progress import shown_progress
    from scenarios.linking import judge, match_prepared

    began = time.perf_counter()
    with shown_progress(quiet=quiet or not sys.stderr.isatty()) as progress:
        matched = match_prepared(prepared, seed, progress)
    matched_by = time.perf_counter()
    quality = judge(prepared, matched)
    ended = time.perf_counter()
    return matched, quality, {"match": matched_by - began, "judge": ended - matched_by}
