"""Loading: a system's name or a TOML file becomes a Proposal, or a list of everything wrong."""

from __future__ import annotations

import pathlib
import re
from typing import TYPE_CHECKING, Any, Final

from scenarios.link_plans import beside_proposal
from scenarios.problems import NOTHING, Finding, Problem, ProposalError, nearest, not_finite
from scenarios.systems import system_text, systems
from scenarios.toml_files import Shipped, parse_toml, read_toml
from scenarios.toml_lines import Header, TomlLines, toml_lines
from scenarios.validate import NAMED, changed, validated

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scenarios.problems import Path
    from scenarios.proposal import Proposal

__all__ = ["Problem", "ProposalError", "apply_option", "load", "with_setting"]

DEEPEST_HEADER = 2  # parts of a table header, such as [agency.a_and_e]
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")

PROPOSAL: Final = Shipped(
    "proposal",
    "system",
    systems,
    ProposalError,
    needs="a proposal needs at least version, about, world, agency, link and question",
)


def load(name_or_path: str | pathlib.Path) -> Proposal:
    """Reads a proposal.

    Args:
        name_or_path: Name of a shipped system, such as `kent`, or path of a proposal file (TOML).
            A name wins over a file of the same name; write `./kent` for the file.

    Returns:
        The proposal, with every option tried.

    Raises:
        ProposalError: If it cannot be read or is wrong; holds every problem, with its line.
    """
    file, text = _read(name_or_path)
    table = beside_proposal(parse_toml(file, text, PROPOSAL), pathlib.Path(file).parent)
    places = toml_lines(text)
    proposal, found = validated(table)
    unlike = [*_deep_headers(places.headers), *_bad_names(table), *not_finite(table)]
    covered = {finding.path for finding in unlike}
    found = unlike + [finding for finding in found if finding.path not in covered]
    if proposal is None or found:
        problems = [f.as_problem(file, _line(places, table, f)) for f in found]
        raise ProposalError(sorted(problems, key=lambda problem: problem.line or 0))
    return proposal


def apply_option(proposal: Proposal, name: str) -> Proposal:
    """Returns the proposal with one of its options applied.

    Raises:
        ProposalError: If there is no such option, or what it changes is wrong.
    """
    if name not in proposal.option:
        rule = f"is not an option of this proposal; options: {', '.join(proposal.option) or 'none'}"
        finding = Finding(("option", name), NOTHING, rule, nearest(name, proposal.option))
        raise ProposalError([finding.as_problem()])
    return _or_raise(*changed(proposal, proposal.option[name].changes, name))


def with_setting(proposal: Proposal, setting: str, value: Any) -> Proposal:  # noqa: ANN401
    """Returns the proposal with one setting changed.

    Args:
        proposal: The proposal; it stays as it is.
        setting: Dotted name, such as `identity.nhs_number.bits`.
        value: The new value, as it would be written in a file.

    Raises:
        ProposalError: If there is no such setting, or the value is not allowed.
    """
    return _or_raise(*changed(proposal, {setting: value}))


def _or_raise(proposal: Proposal | None, found: list[Finding]) -> Proposal:
    if proposal is None or found:
        raise ProposalError([finding.as_problem() for finding in found])
    return proposal


def _read(name_or_path: str | pathlib.Path) -> tuple[str, str]:
    """Returns how the file is called in messages, and its text."""
    if isinstance(name_or_path, str) and name_or_path in systems():
        return f"{name_or_path}.toml (shipped)", system_text(name_or_path)
    return read_toml(name_or_path, PROPOSAL)


def _deep_headers(headers: tuple[Header, ...]) -> Iterator[Finding]:
    """Yields headers that a reader would have to count dots to understand."""
    for header in headers:
        keys = [str(part) for part in header.path]
        if header.is_array:
            yield Finding(header.path, NOTHING, "lists of tables, [[...]], are not used here")
        elif len(keys) > DEEPEST_HEADER:
            outer, inner = ".".join(keys[:DEEPEST_HEADER]), ".".join(keys[DEEPEST_HEADER:])
            rule = f"headers go two levels deep; under [{outer}] write {inner} = {{ ... }}"
            yield Finding(header.path, NOTHING, rule)


def _bad_names(table: dict[str, Any]) -> Iterator[Finding]:
    """Yields names that could not be told apart in dotted settings, files and commands."""
    for top in NAMED:
        names = table.get(top)
        for name in names if isinstance(names, dict) else ():
            if not _NAME.fullmatch(name):
                rule = "names must start with a letter and hold only letters, digits, - and _"
                yield Finding((top, name), NOTHING, rule)


def _line(places: TomlLines, table: dict[str, Any], finding: Finding) -> int | None:
    """Returns the line of what is wrong: of the list item where one is meant, else of the key."""
    path = finding.path
    if path[0] == "option" and len(path) > DEEPEST_HEADER:
        return places.line_of(_as_written(places, path))
    value: Any = table
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    if isinstance(value, list) and finding.given in value:
        return places.line_of((*path, value.index(finding.given)))
    return places.line_of(path)


def _as_written(places: TomlLines, path: Path) -> Path:
    """Returns a changed setting as its option wrote it: dotted, quoted whole, or in `changes`."""
    option, setting = path[:DEEPEST_HEADER], path[DEEPEST_HEADER:]
    whole = ".".join(str(part) for part in setting)
    ways: tuple[Path, ...] = (
        path,
        (*option, whole),
        (*option, "changes", whole),
        (*option, "changes", *setting),
    )
    return next((way for way in ways if way in places.lines), path)
