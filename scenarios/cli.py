"""Command line: gathers the commands, and turns what goes wrong into exit codes."""

from __future__ import annotations

import io
import os
import signal
import sys
import traceback
from importlib import metadata
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from scenarios.commands.check import check
from scenarios.commands.explain import explain
from scenarios.commands.link import link
from scenarios.commands.list_systems import list_systems
from scenarios.commands.pseudonymise import pseudonymise
from scenarios.commands.rules import RuleCrossed
from scenarios.commands.run import run
from scenarios.commands.schema import schema
from scenarios.commands.simulate import simulate
from scenarios.commands.terminal import BadInput, say
from scenarios.files import OutputError
from scenarios.problems import ProblemsError

DONE, CROSSED, BAD_INPUT, BUG, STOPPED = 0, 1, 2, 3, 130

# What each error means for whoever called; any other exception is a bug.
EXIT_CODES: tuple[tuple[type[Exception], int], ...] = (
    (RuleCrossed, CROSSED),
    (ProblemsError, BAD_INPUT),
    (BadInput, BAD_INPUT),
    (OutputError, BAD_INPUT),
)

app = typer.Typer(
    name="linkassay",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 done; 1 a --fail-on rule was crossed; 2 bad input, or no room to write; "
    "3 a bug; 130 stopped.",
)
app.command("list")(list_systems)
app.command("check")(check)
app.command("run")(run)
app.command("link")(link)
app.command("pseudonymise")(pseudonymise)
app.command("explain")(explain)
app.command("schema")(schema)
app.command("simulate")(simulate)


def _print_version(wanted: bool) -> None:  # noqa: FBT001 - typer calls it so
    if wanted:
        typer.echo(f"linkassay {_version()}")
        raise typer.Exit


@app.callback()
def _about(
    *,
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    """Rehearse a data linkage on invented people before anyone signs for it.

    Start with `linkassay list`, then `linkassay run kent --people 10000`.
    """


def main() -> NoReturn:
    """Runs the command line and exits with a code of EXIT_CODES; 130 if it was stopped."""
    _behave_in_a_shell()
    try:
        code = _run()
        sys.stdout.flush()
    except OSError as error:
        _silence(sys.stdout.fileno())
        say(f"Standard output cannot be written: {error.strerror}.")
        code = BAD_INPUT
    sys.exit(code)


def _run() -> int:
    """Runs the command that was typed and returns the exit code."""
    try:
        app(prog_name="linkassay")
    except SystemExit as stop:
        if stop.code == STOPPED:
            say("Stopped. Nothing half written was left behind.")
        return stop.code if isinstance(stop.code, int) else DONE
    except KeyboardInterrupt:
        say("Stopped. Nothing half written was left behind.")
        return STOPPED
    except MemoryError:
        say("Out of memory. Try fewer people, such as --people 10000.")
        return BAD_INPUT
    except OSError as error:
        if error.filename is None:  # a stream, not a file: see main
            raise
        say(_bug(error))
        return BUG
    except Exception as error:  # noqa: BLE001 - the last resort, see EXIT_CODES
        code = next((code for kind, code in EXIT_CODES if isinstance(error, kind)), BUG)
        say(_bug(error) if code == BUG else str(error))
        return code
    return DONE


def _bug(error: Exception) -> str:
    """Says how to report a bug: what kind and where, never with values from anybody's data."""
    if os.environ.get("LINKASSAY_DEBUG") == "1":
        return "".join(traceback.format_exception(error))
    frame = traceback.extract_tb(error.__traceback__)[-1]
    own = Path(__file__).parents[1]
    ours = [f for f in traceback.extract_tb(error.__traceback__) if own in Path(f.filename).parents]
    ours = [f for f in ours if "site-packages" not in Path(f.filename).relative_to(own).parts]
    frame = ours[-1] if ours else frame
    place = f"{Path(frame.filename).name}, line {frame.lineno}, in {frame.name}"
    return (
        "This is a mistake in linkassay, not in what you typed. Nothing half written was left "
        "behind.\nPlease report it in the project's issue tracker, with the command that you "
        f"typed and this line:\n  linkassay {_version()}, Python {sys.version.split()[0]}: "
        f"{type(error).__name__} at {place}\n"
        "For the full traceback, which may show values, set LINKASSAY_DEBUG=1 and try again."
    )


def _version() -> str:
    try:
        return metadata.version("linkassay")
    except metadata.PackageNotFoundError:
        return "(not installed)"


def _behave_in_a_shell() -> None:
    """Ends quietly where a pipe is closed, cleans up where told to end, writes what it can.

    A letter that the terminal's encoding lacks is shown as a question mark.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))


def _silence(descriptor: int) -> None:
    """Sends what is left in a broken stream nowhere, so that Python does not fail once more."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, descriptor)
    os.close(nowhere)


if __name__ == "__main__":
    main()
