"""Spec files: one spec read from a TOML file, or refused with everything wrong and its line."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from pydantic import ValidationError

from scenarios.problems import not_finite
from scenarios.rewording import findings
from scenarios.toml_files import parse_toml, read_toml
from scenarios.toml_lines import toml_lines
from scenarios.vocabulary import Setting
from simulator.settings import Spec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path
    from typing import Any

    from scenarios.problems import Finding, Problem
    from scenarios.toml_files import Shipped

S = TypeVar("S", bound=Spec)


def load_spec(
    path: Path,
    kind: Shipped,
    spec: type[S],
    misfits: Callable[[dict[str, Any]], Iterator[Finding]] | None = None,
) -> S:
    """Reads a spec.

    Args:
        path: The file.
        kind: What it ought to be.
        spec: The spec that it ought to hold.
        misfits: Gives what does not fit together in the table, wrong in other ways or not.

    Raises:
        ProblemsError: The error of its kind, with every problem and its line.
    """
    file, text = read_toml(path, kind)
    table = parse_toml(file, text, kind)
    found = list(not_finite(table))
    made: S | None = None
    try:
        made = spec.model_validate(table)
    except ValidationError as error:
        covered = {finding.path for finding in found}
        reworded = findings(error.errors(include_url=False), table, Setting((), spec))
        found += [finding for finding in reworded if finding.path not in covered]
    found += misfits(table) if misfits else ()
    if made is None or found:
        raise kind.error(_placed(file, text, found))
    return made


def placed(path: Path, kind: Shipped, found: Iterable[Finding]) -> list[Problem]:
    """Says where in a file that was read findings stand, in order of its lines.

    What can be read once only, such as a pipe, has no lines to name.
    """
    try:
        file, text = read_toml(path, kind)
        parse_toml(file, text, kind)
    except kind.error:
        return [finding.as_problem(str(path)) for finding in found]
    return _placed(file, text, found)


def _placed(file: str, text: str, found: Iterable[Finding]) -> list[Problem]:
    lines = toml_lines(text)
    problems = [finding.as_problem(file, lines.line_of(finding.path)) for finding in found]
    return sorted(problems, key=lambda problem: problem.line or 0)
