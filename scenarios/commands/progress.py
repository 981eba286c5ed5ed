"""Progress of a run, on standard error: a bar with the time left, or a line a stage."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from scenarios.commands.terminal import err, say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def shown_progress(*, quiet: bool) -> Iterator[Callable[[str, float], None] | None]:
    """Shows how far a run has come while the block runs.

    Args:
        quiet: Show nothing.

    Yields:
        What to call with the stage's name and the share of the run that is done, from 0 to 1;
        null if nothing is shown.
    """
    if quiet:
        yield None
    elif sys.stderr.isatty():
        with _bar() as update:
            yield update
    else:
        yield _lines()


def _lines() -> Callable[[str, float], None]:
    """Prints a line whenever another stage begins."""
    seen: list[str] = []

    def update(stage: str, share: float) -> None:
        if stage not in seen[-1:]:
            seen.append(stage)
            say(f"{share:4.0%} {stage}")

    return update


@contextmanager
def _bar() -> Iterator[Callable[[str, float], None]]:
    from rich.progress import (
        BarColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=err(), transient=True) as progress:
        task = progress.add_task("starting", total=1.0)

        def update(stage: str, share: float) -> None:
            progress.update(task, description=stage, completed=share)

        yield update
