"""Terminal: where commands print. Results go to standard output, all else to standard error."""

from __future__ import annotations

import os
import shlex
import sys
import textwrap
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

WIDTH_IN_A_PIPE = 120


class BadInput(Exception):  # noqa: N818 - says what it is about
    """What the user asked for cannot be done; the message says why and what to try."""


def out() -> Console:
    """Returns the console on standard output."""
    return _console(stderr=False)


def err() -> Console:
    """Returns the console on standard error."""
    return _console(stderr=True)


def _console(*, stderr: bool) -> Console:
    """Makes a console that prints text as it is: no markup, no highlighting, no emoji.

    Colours are left out by rich where NO_COLOR is set or the output is not a terminal.
    """
    from rich.console import Console

    piped = not (sys.stderr if stderr else sys.stdout).isatty() and "COLUMNS" not in os.environ
    return Console(
        stderr=stderr,
        markup=False,
        highlight=False,
        emoji=False,
        width=WIDTH_IN_A_PIPE if piped else None,
    )


def print_wrapped(console: Console, text: str) -> None:
    """Prints a line, broken between words; what follows the first line is set further in."""
    margin = len(text) - len(text.lstrip())
    inner = " " * (margin + 4)
    lines = textwrap.wrap(text, console.width, subsequent_indent=inner, break_long_words=False)
    for line in lines or [""]:
        console.print(line, soft_wrap=True)


def say(text: str) -> None:
    """Prints a line on standard error, as it is."""
    typer.echo(text, err=True)


def command_line(command: Sequence[str], given: Sequence[tuple[str, Any]]) -> str:
    """Writes a command so that it can be pasted into a shell.

    Args:
        command: Such as `run` and its argument.
        given: Its options with their values; null and false are left out, true stands alone, and
            a list repeats the option.
    """
    words = ["linkassay", *command]
    for option, value in given:
        for each in value if isinstance(value, list | tuple) else [value]:
            if each is True:
                words.append(option)
            elif each is not None and each is not False:
                words += [option, str(each)]
    return shlex.join(words)
