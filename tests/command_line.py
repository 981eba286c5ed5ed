"""The command line in tests: how it is called in this process, and what stands in for a record."""

from __future__ import annotations

from collections.abc import Callable

from pydantic import BaseModel

Linkassay = Callable[..., tuple[int, str, str]]
"""Runs a command line; returns exit code, standard output and standard error."""


class Record(BaseModel):
    """Stands in for the record of a run."""

    seconds: float = 0.0
    result_digest: str = ""
