"""`linkassay run`: rehearse a proposal, and write report, result, tables and figures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scenarios.commands import values
from scenarios.commands.terminal import BadInput, command_line, out, say
from scenarios.commands.threads import size_thread_pools
from scenarios.problems import nearest

if TYPE_CHECKING:
    from scenarios.proposal import Proposal

AS_PROPOSED = "as proposed"


def run(
    proposal: Annotated[
        str,
        typer.Argument(
            metavar="NAME_OR_FILE",
            help="A system (see `linkassay list`) or a proposal file.",
            show_default=False,
        ),
    ],
    *,
    people: Annotated[
        int | None,
        typer.Option(
            parser=values.people, metavar="N", help="How many people to simulate (200 or more)."
        ),
    ] = None,
    seed: Annotated[
        list[int] | None,
        typer.Option(parser=values.seed, metavar="S", help="Seed; repeat for several. Default: 1."),
    ] = None,
    option: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="Option to run beside `as proposed`; repeat for several. Default: all. "
            "`as proposed` alone runs no other.",
        ),
    ] = None,
    directory: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Where to write. Default: linkassay-out/NAME."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an earlier run there.")] = False,
    threads: Annotated[
        int | None,
        typer.Option(parser=values.threads, metavar="N", help="Threads. Default: all cores."),
    ] = None,
    fail_on: Annotated[
        list[str] | None,
        typer.Option(
            metavar="RULE",
            help="Exit with 1 if crossed: red-line, or such as 'recall<0.95' or 'level>=moderate' "
            "(in quotes); repeat for several.",
        ),
    ] = None,
    level: Annotated[
        bool,
        typer.Option(
            "--level",
            help="Also find the level of risk: the panel at the real population, over 20 seeds.",
        ),
    ] = False,
    keep: Annotated[
        list[str] | None,
        typer.Option(
            parser=values.kinds,
            metavar="KINDS",
            help="Also write, as Parquet under kept/: releases, knowledge, outcomes (with commas).",
        ),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")] = False,
    as_json: Annotated[
        bool,
        typer.Option("--json", help="Print result.json on standard output, not the summary."),
    ] = False,
) -> None:
    """Run a proposal and write a report.

    The proposal runs as proposed and once more for each option. Files appear whole or not at all:
    report.html, result.json, run.json, tables/ and figures/.
    """
    pool = size_thread_pools(threads)

    from scenarios.commands.progress import shown_progress
    from scenarios.commands.rules import judge, parse_rules
    from scenarios.files import check_target, write_run
    from scenarios.loading import load

    loaded = load(proposal)
    options = _known_options(option, loaded)
    rules = parse_rules(fail_on or (), loaded, with_level=level)
    if level:
        _require_panel(loaded)
    directory = directory or Path("linkassay-out") / loaded.about.name
    again = [
        ("--people", people),
        ("--seed", seed),
        ("--option", option),
        ("--out", directory),
        ("--threads", threads),
        ("--fail-on", fail_on),
        ("--level", level),
        ("--keep", keep),
        ("--quiet", quiet),
        ("--json", as_json),
        ("--force", True),
    ]
    check_target(directory, replace=force, command=command_line(("run", proposal), again))

    from scenarios.figures import charts, draw
    from scenarios.keeping import Kept
    from scenarios.report import render
    from scenarios.runner import run_with_record

    kept = Kept(tuple(dict.fromkeys(kind for kinds in keep or () for kind in kinds.split(","))))
    with shown_progress(quiet=quiet) as progress:
        result, record = run_with_record(
            loaded,
            people=people,
            seeds=tuple(dict.fromkeys(seed or (1,))),
            options=options,
            threads=pool,
            progress=progress,
            kept=kept,
        )
        if level:
            from scenarios.levelling import find_level

            found = find_level(loaded, pool, progress)
            result = result.model_copy(update={"level": found})
            record = record.model_copy(update={"result_digest": result.digest})
        if progress is not None:
            progress("writing the report", 1.0)
        drawn = charts(result)
        page = render(result, drawn)
        write_run(directory, result, record, page, draw(drawn), kept=kept.frames, replace=force)
    if as_json:
        typer.echo(result.to_json(), nl=False)
    else:
        from scenarios.commands.summary import print_summary

        print_summary(out(), result)
    say(f"Written to {directory}; open {directory / 'report.html'} in a browser.")
    judge(rules, result)


def _require_panel(proposal: Proposal) -> None:
    """Refuses a level, before any work, where none can be found.

    Raises:
        BadInput: If no attack has a place in a panel.
        ProposalError: If the real population is more people than can be simulated.
    """
    from scenarios.levelling import at_real_population

    if not any(attack.panel for attack in proposal.attack.values()):
        raise BadInput(
            "--level: no attack of this proposal has a place in a panel, so no level can be found; "
            'give those that belong to it one, such as attack.NAME.panel = "I1"'
        )
    at_real_population(proposal)


def _known_options(names: list[str] | None, proposal: Proposal) -> list[str] | None:
    """Returns the options to run beside `as proposed`, in the proposal's order; null for all.

    Raises:
        BadInput: If the proposal has no such option.
    """
    if not names:
        return None
    for name in names:
        if name != AS_PROPOSED and name not in proposal.option:
            near = nearest(name, proposal.option)
            ask = f" Did you mean `{near}`?" if near else ""
            known = ", ".join([AS_PROPOSED, *proposal.option])
            raise BadInput(f"--option {name}: no such option. Options: {known}.{ask}")
    return [name for name in proposal.option if name in names]
