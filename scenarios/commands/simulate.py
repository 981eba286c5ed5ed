"""`linkassay simulate`: invent people, and write what agencies wrote down about them."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads it
from typing import TYPE_CHECKING, Annotated, Literal, TypeVar

import typer

from scenarios.commands import values
from scenarios.commands.terminal import BadInput, command_line, say
from scenarios.commands.terminal import out as screen
from scenarios.commands.threads import size_thread_pools
from scenarios.problems import nearest
from simulator.regions import REGIONS

if TYPE_CHECKING:
    from collections.abc import Collection

    from rich.console import Console

    from scenarios.simulating import WrittenDown

Known = TypeVar("Known", bound=str)

DEFAULT_PEOPLE = 100_000
FORMATS: tuple[Literal["parquet", "csv"], ...] = ("parquet", "csv")


def simulate(
    *,
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="Where to write.", show_default=False)
    ],
    region: Annotated[
        str, typer.Option(metavar="NAME", help="Where people live, such as inner_borough.")
    ] = "shire_county",
    people: Annotated[
        int | None,
        typer.Option(
            parser=values.people, metavar="N", help="How many people (200 or more). [100000]"
        ),
    ] = None,
    seed: Annotated[
        int | None, typer.Option(parser=values.seed, metavar="S", help="Seed. Default: 1.")
    ] = None,
    threads: Annotated[
        int | None,
        typer.Option(parser=values.threads, metavar="N", help="Threads. Default: all cores."),
    ] = None,
    agency: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="An agency; repeat for several. Default: all."),
    ] = None,
    kind: Annotated[str, typer.Option("--format", metavar="KIND", help="parquet or csv.")] = (
        "parquet"
    ),
    force: Annotated[bool, typer.Option("--force", help="Replace what is there.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")] = False,
) -> None:
    """Invent people, and write what agencies wrote down about them.

    The truth (who each record is about, and what is wrong in it) lies in a directory of its own.
    """
    size_thread_pools(threads)

    from scenarios.commands.progress import shown_progress
    from scenarios.files import check_target
    from scenarios.simulating import write_simulated
    from simulator import alone

    try:
        agencies = alone.agency_specs(agency or alone.ALONE)
    except ValueError as unfit:
        raise BadInput(f"--agency {unfit}") from None
    spec = alone.world_spec(_known(region, REGIONS, "--region"), people or DEFAULT_PEOPLE)
    given = [
        ("--region", region),
        ("--people", people),
        ("--seed", seed),
        ("--threads", threads),
        ("--agency", agency),
        ("--out", out),
        ("--format", kind),
        ("--quiet", quiet),
        ("--force", True),
    ]
    again = command_line(["simulate"], given)
    written = _known(kind, FORMATS, "--format")
    check_target(out, replace=force, command=again, by="simulation")
    with shown_progress(quiet=quiet) as progress:
        counts = write_simulated(
            out,
            spec,
            agencies,
            1 if seed is None else seed,
            written,
            replace=force,
            progress=progress,
        )
    print_counts(screen(), counts)
    say(f"Written to {out}; what each field holds is in {out / 'dictionary.csv'}.")


def print_counts(console: Console, counts: list[WrittenDown]) -> None:
    """Prints how many records each agency wrote down, and how many with an error."""
    width = max(len(one.agency) for one in counts)
    for one in counts:
        share = f"{one.with_an_error / one.records:.1%}" if one.records else "none"
        text = f"{one.agency:<{width}}  {one.records:>10,} records, {share} with an error"
        console.print(text, soft_wrap=True)


def _known(name: str, known: Collection[Known], option: str) -> Known:
    """Returns a name that is known.

    Raises:
        BadInput: If it is not.
    """
    found = next((each for each in known if each == name), None)
    if found is None:
        near = nearest(name, list(known))
        ask = f" Did you mean `{near}`?" if near else ""
        raise BadInput(f"{option} {name}: must be one of: {', '.join(known)}.{ask}")
    return found
