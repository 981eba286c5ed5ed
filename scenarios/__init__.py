"""Proposals and everything that is done with them; the only package that reads or writes files.

Load a proposal with `load`, run it with `run`:

    from scenarios import load, run
    result = run(load("kent"))
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scenarios.loading import load
    from scenarios.runner import run

__all__ = ["load", "run"]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - a module attribute may be anything
    """Imports `load` and `run` on first use, so that `--help` stays quick."""
    if name == "load":
        from scenarios.loading import load

        return load
    if name == "run":
        from scenarios.runner import run

        return run
    raise AttributeError(f"module 'scenarios' has no attribute {name!r}")
