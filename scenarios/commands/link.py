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
    typer.Option(metavar="FILE", help="True pairs (left_id, right_id), to judge the links by."),
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
    report as one HTML page. No other value of your files is written or shown.
    """
    size_thread_pools(threads)

    from scenarios.asked_pairs import asked_pairs, explained_pairs
    from scenarios.commands.link_pairs import print_pairs
    from scenarios.commands.link_summary import print_files, print_plan, print_result
    from scenarios.link_report import LinkReading, render
    from scenarios.linking import links_of, prepare, summary_of, write_links
    from scenarios.written_files import check_file

    given = [("--plan", plan), ("--id", id_column), ("--truth", truth), ("--labels", labels),
             ("--explain", explain), ("--pair", pair), ("--out", out), ("--seed", seed),
             ("--threads", threads), ("--quiet", quiet), ("--force", True)]  # fmt: skip
    again = command_line(["link", *(str(path) for path in (left, right) if path)], given)
    inputs = [Path(each) for each in (left, right, truth, labels, plan) if each is not None]
    check_file(out, replace=force, command=again, inputs=inputs)
    prepared = prepare(left, right, plan=plan, id_column=id_column, truth=truth, labels=labels)
    asked = asked_pairs(prepared, pair or ())
    console = screen()
    print_files(console, prepared)
    print_plan(console, prepared)
    chosen = 1 if seed is None else seed
    matched, seconds = _match(prepared, chosen, quiet=quiet)
    summary = summary_of(prepared, matched, chosen, seconds)
    explained = explained_pairs(prepared, matched, asked)
    page = render(LinkReading(prepared, matched, summary, explained))
    links = links_of(prepared, matched)
    beside, report = write_links(out, links, summary, page, replace=force)
    print_result(console, summary)
    if explain or asked:
        print_pairs(console, prepared, explained if explain else explained[: len(asked)])
    say(f"Written to {out}; the summary is in {beside}, the report in {report}.")


def _match(prepared: Prepared, seed: int, *, quiet: bool) -> tuple[Matched, dict[str, float]]:
    """Matches files under a line of progress, where somebody watches; says the seconds it took."""
    from scenarios.commands.progress import shown_progress
    from scenarios.linking import match_prepared

    began = time.perf_counter()
    with shown_progress(quiet=quiet or not sys.stderr.isatty()) as progress:
        matched = match_prepared(prepared, seed, progress)
    return matched, {"match": time.perf_counter() - began}
