"""Problems: what is wrong with what was given, each with its place, value, rule and suggestion."""

from __future__ import annotations

import difflib
import json
import math
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Path = tuple[str | int, ...]
LONGEST_VALUE = 60


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong.

    Attributes:
        file: The file as it was named; empty if the proposal did not come from one.
        line: Line in the file, from 1; null where there is none.
        setting: Dotted name of the setting; empty if the whole file is meant.
        given: The value as it would be written in a file; null where none was given.
        rule: What is allowed, in plain English.
        suggestion: The name that was probably meant; null if nothing is near.
    """

    file: str
    line: int | None
    setting: str
    given: str | None
    rule: str
    suggestion: str | None = None

    def __str__(self) -> str:
        """Writes the problem on one line."""
        place = self.file + (f", line {self.line}" if self.line else "")
        what = self.setting + (f" = {self.given}" if self.given is not None else "")
        ask = f" Did you mean `{self.suggestion}`?" if self.suggestion else ""
        stop = "." if ask else ""
        text = ": ".join(part for part in (place, what, self.rule) if part) + stop + ask
        return "".join(each if each.isprintable() else json.dumps(each)[1:-1] for each in text)


class ProblemsError(Exception):
    """What was given cannot be used.

    Attributes:
        problems: Everything that is wrong with it, in the order of the file.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Keeps the problems; the message has one on each line."""
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class ProposalError(ProblemsError):
    """A proposal cannot be used."""


class PlanError(ProblemsError):
    """A plan for matching cannot be used."""


class SuppliedError(ProblemsError):
    """A supplied file cannot be used; its problems hold no value of it."""


@dataclass(frozen=True)
class Finding:
    """A problem before it is known where in a file it stands.

    Attributes:
        path: The setting, as keys and list positions.
        given: The value found there, or the name that is wrong; `NOTHING` if there is none.
        rule: What is allowed.
        suggestion: The name that was probably meant.
        between_parts: Whether it comes from comparing parts of the proposal with each other.
    """

    path: Path
    given: Any
    rule: str
    suggestion: str | None = None
    between_parts: bool = False

    @property
    def setting(self) -> str:
        """Dotted name of the setting, without list positions."""
        return ".".join(part for part in self.path if isinstance(part, str))

    def as_problem(self, file: str = "", line: int | None = None) -> Problem:
        """Returns the problem, placed."""
        given = None if self.given is NOTHING else written(self.given)
        return Problem(file, line, self.setting, given, self.rule, self.suggestion)


NOTHING = object()


def nearest(given: object, allowed: Iterable[str]) -> str | None:
    """Returns the allowed name that is most like the given one, or null if none is near."""
    names = {name.lower(): name for name in allowed}
    close = difflib.get_close_matches(str(given).lower(), names, n=1, cutoff=0.6)
    return names[close[0]] if close else None


def written(value: Any) -> str:  # noqa: ANN401 - as read from a file
    """Writes a value as it would stand in a proposal file, cut at 60 characters."""
    if isinstance(value, dict):
        text = "{ " + ", ".join(f"{key} = {written(item)}" for key, item in value.items()) + " }"
    elif isinstance(value, list | tuple):
        text = "[" + ", ".join(written(item) for item in value) + "]"
    elif isinstance(value, date):
        text = value.isoformat()
    elif hasattr(value, "model_dump"):  # a spec, read from a file of its own
        text = "{ ... }"
    elif isinstance(value, str | bool):
        text = json.dumps(value, ensure_ascii=False)
    else:
        text = str(value)
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 3] + "..."


def not_finite(value: Any, path: Path = ()) -> Iterator[Finding]:  # noqa: ANN401 - from a file
    """Yields every number of a table that is infinite or not a number."""
    if isinstance(value, float) and not math.isfinite(value):
        yield Finding(path, value, "must be a finite number")
    elif isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from not_finite(item, (*path, key))
