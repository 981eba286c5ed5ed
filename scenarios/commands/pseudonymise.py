"""`linkassay pseudonymise`: put tokens, codes and match-keys in place of a file's identifiers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scenarios.commands.terminal import command_line, print_wrapped, say
from scenarios.commands.terminal import out as screen
from scenarios.commands.threads import size_thread_pools

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    from scenarios.problems import Problem
    from scenarios.treating import TreatedFile

    Loaded = TypeVar("Loaded")

File = Annotated[Path, typer.Argument(metavar="FILE", help="CSV or Parquet.", show_default=False)]
TreatmentPath = Annotated[
    Path,
    typer.Option(
        "--treatment",
        metavar="FILE",
        help="What is done to each field (TOML; see `linkassay schema treatment`).",
        show_default=False,
    ),
]
KeyPath = Annotated[
    Path | None,
    typer.Option(
        "--key-file",
        metavar="FILE",
        help="File of the master secret. Default: the one that LINKASSAY_KEY_FILE names.",
        show_default=False,
    ),
]
AuthorityPath = Annotated[
    Path | None,
    typer.Option(
        "--authority",
        metavar="FILE",
        help="Who answers for a supplied file (TOML: controller, purpose, approver, date).",
        show_default=False,
    ),
]
Out = Annotated[
    Path,
    typer.Option(
        "--out", metavar="FILE", help="Where to write: .parquet or .csv.", show_default=False
    ),
]
Hazard = Annotated[
    bool, typer.Option("--hazard", help="Make pseudonyms that give more away than they seem to.")
]
Force = Annotated[bool, typer.Option("--force", help="Replace what is there.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print no summary.")]


def pseudonymise(
    file: File,
    *,
    treatment: TreatmentPath,
    key_file: KeyPath = None,
    authority: AuthorityPath = None,
    out: Out,
    hazard: Hazard = False,
    force: Force = False,
    quiet: Quiet = False,
) -> None:
    """Put tokens, codes and hashed match-keys in place of the identifiers of a file.

    Identifiers without a treatment are dropped, and so are columns that are neither recognised nor
    named in `keep`. No value of the file is printed. A file of real people needs --authority.
    """
    threads = size_thread_pools(None)

    from scenarios.authority import load_authority
    from scenarios.key_file import key_path, load_key_ring
    from scenarios.problems import ProblemsError
    from scenarios.spec_files import placed
    from scenarios.treating import treat
    from scenarios.treating_checks import fit, read_untreated
    from scenarios.treating_files import places_of, write_treated
    from scenarios.treatment import TREATMENT, load_treatment
    from scenarios.written_files import check_written

    given = [("--treatment", treatment), ("--key-file", key_file), ("--authority", authority),
             ("--out", out), ("--hazard", hazard), ("--force", True),
             ("--quiet", quiet)]  # fmt: skip
    problems: list[Problem] = []

    def tried(load: Callable[[], Loaded]) -> Loaded | None:
        try:
            return load()
        except ProblemsError as error:
            problems.extend(error.problems)
            return None

    key = tried(lambda: key_path(key_file))
    check_written(
        places_of(out),
        replace=force,
        command=command_line(["pseudonymise", str(file)], given),
        inputs=[each for each in (file, treatment, key, authority) if each is not None],
        such_as="pseudonymised",
    )
    rules = tried(lambda: load_treatment(treatment))
    keys = tried(lambda: load_key_ring(key)) if key is not None else None
    answers = tried(lambda: load_authority(authority)) if authority is not None else None
    untreated = tried(lambda: read_untreated(file))
    fitted = None
    if rules is not None and untreated is not None:
        fitted = tried(
            lambda: fit(
                untreated,
                rules,
                lambda found: placed(treatment, TREATMENT, found),
                is_answered=authority is not None,
                with_hazards=hazard,
            )
        )
    if problems or rules is None or keys is None or untreated is None or fitted is None:
        raise ProblemsError(problems)
    treated = treat(untreated, fitted, rules, keys, answers, threads)
    for table, each in fitted.hazards:
        say(f"Warning: {table}: {each.name} ({each.scheme}): {each.reason} [{each.source}]")
    _warn_of_what_stays(treated)
    write_treated(treated, out, replace=force)
    if not quiet:
        _print_treated(treated)
    say(f"Written to {' and '.join(str(path) for path in places_of(out))}.")
    if out.suffix.lower() == ".csv":
        say(
            "Do not open it in a spreadsheet to save it again: that keeps 15 digits of a number, "
            "and tokens, with up to 20, would no longer link."
        )


def _warn_of_what_stays(treated: TreatedFile) -> None:
    """Warns of columns that stay and may tell who people are."""
    columns = treated.fit.columns
    for name, role in columns.naming.items():
        say(f"Warning: column {name} stays, and looks as if it named a person ({role}).")
    for name in treated.treatment.hashed:
        if columns.of_field[name] in treated.as_in_the_file:
            say(
                f"Warning: column {columns.of_field[name]} stays as it is beside match-keys that "
                f'are made of it; to drop it, write [identity.{name}] with scheme = "remove".'
            )


def _print_treated(treated: TreatedFile) -> None:
    """Prints what was done, with counts; those of a supplied file are hidden or rounded."""
    console = screen()
    file, of_field = treated.file, treated.fit.columns.of_field
    records = treated.table.height
    told = _exact if file.provenance == "invented" else _hidden
    who = "everyone in it is invented" if file.provenance == "invented" else "supplied"
    print_wrapped(console, f"{file.source}: {file.kind}, {told(records)} records, {who}.")
    made_of: dict[str, tuple[str, ...]] = {name: (name,) for name in treated.treatment.made}
    made_of |= {
        name: each.fields_of(name)
        for each in treated.treatment.match_keys.values()
        for name in each.names
    }
    for name, label in treated.labels.items():
        lacking = treated.table[name].null_count()
        what = "codes" if label.is_code else "tokens"
        what = what if name in treated.treatment.made else "match-keys"
        columns = [of_field[each] for each in made_of[name]]
        print_wrapped(
            console,
            f"{name}, from column{'s' * (len(columns) > 1)} {', '.join(columns)}: "
            f"{told(records - lacking)} {what}, {told(lacking)} without a usable value, of "
            f"{told(records)} records.",
        )
        print_wrapped(console, f"    {label}")
    print_wrapped(console, f"As in the file: {', '.join(treated.as_in_the_file) or 'nothing'}.")
    if file.provenance == "supplied":
        print_wrapped(console, "Counts up to 7 are hidden, and others rounded to 5.")


def _exact(count: int) -> str:
    return f"{count:,}"


def _hidden(count: int) -> str:
    import polars as pl

    from linkage.small_counts import MOST_HIDDEN, rounded

    told = pl.select(rounded(pl.lit(count))).item()
    return f"up to {MOST_HIDDEN}" if told is None else f"about {told:,}"
