"""Systems: the proposals that are shipped with linkassay, by name.

This module imports nothing heavy, so that listing systems is quick.
"""

from __future__ import annotations

import tomllib
from importlib import resources


def systems() -> tuple[str, ...]:
    """Returns the names of all shipped systems, in alphabetical order."""
    names = (entry.name for entry in resources.files("scenarios").joinpath("catalogue").iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


def system_text(name: str) -> str:
    """Returns the proposal file of a shipped system, as text.

    Raises:
        KeyError: If no system has that name.
    """
    if name not in systems():
        raise KeyError(name)
    file = resources.files("scenarios").joinpath("catalogue", f"{name}.toml")
    return file.read_text(encoding="utf-8")


def about(name: str) -> dict[str, str]:
    """Returns what a system says about itself: title, question, what is handed over, to whom.

    Raises:
        KeyError: If no system has that name.
    """
    return dict(tomllib.loads(system_text(name))["about"])
