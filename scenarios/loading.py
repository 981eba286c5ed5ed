"""Loading: a system's name or a TOML file becomes a Proposal, or a list of everything wrong."""

from __future__ import annotations

import pathlib
import re
import tomllib
from typing import TYPE_CHECKING, Any

from scenarios.problems import NOTHING, Finding, Problem, ProposalError, nearest
from scenarios.systems import system_text, systems
from scenarios.toml_lines import Header, TomlLines, toml_lines
from scenarios.validate import NAMED, changed, not_finite, validated

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scenarios.problems import Path
    from scenarios.proposal import Proposal

__all__ = ["Problem", "ProposalError", "apply_option", "load", "with_setting"]

LARGEST_FILE = 4_000_000  # bytes; far above any proposal, so that a wrong file is refused at once
DEEPEST_HEADER = 2  # parts of a table header, such as [agency.a_and_e]
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_SYNTAX = re.compile(r"(?P<what>.*) \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end.*)\)")


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
    table = _parse(file, text)
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
    if not str(name_or_path).strip():
        rule = f"give a system ({', '.join(systems())}) or a proposal file"
        raise ProposalError([Problem("", None, "", None, rule)])
    path = pathlib.Path(name_or_path)
    try:
        if path.is_dir():
            raise _refused(path, _directory(path))
        with path.open("rb") as opened:
            content = opened.read(LARGEST_FILE + 1)
    except FileNotFoundError:
        raise _not_found(name_or_path) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a path"
        raise _refused(path, f"cannot be read: {reason}") from None
    return str(path), _decoded(path, content)


def _decoded(path: pathlib.Path, content: bytes) -> str:
    if len(content) > LARGEST_FILE:
        raise _refused(path, "larger than 4 MB, so it cannot be a proposal")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        rule = "not UTF-8 text; save it as UTF-8, the usual choice of a text editor"
        raise _refused(path, rule, line) from None
    if not text.strip():
        raise _refused(path, "empty; a proposal needs at least version, about, world, agency, "
                             "link and question")  # fmt: skip
    return text


def _directory(path: pathlib.Path) -> str:
    inside = sorted(each.name for each in path.glob("*.toml"))[:5]
    more = f"; in it: {', '.join(inside)}" if inside else ""
    return f"a directory; give a proposal file{more}"


def _not_found(name_or_path: str | pathlib.Path) -> ProposalError:
    path, names = pathlib.Path(name_or_path), systems()
    if path.suffix or len(path.parts) > 1 or isinstance(name_or_path, pathlib.Path):
        beside = {each.stem: str(each) for each in path.parent.glob("*.toml")}
        near = beside.get(nearest(path.stem, beside) or "")
        return _refused(path, "there is no such file", suggestion=near)
    rule = f"neither a system ({', '.join(names)}) nor a file"
    return _refused(path, rule, suggestion=nearest(path.name, names))


def _refused(
    path: pathlib.Path, rule: str, line: int | None = None, suggestion: str | None = None
) -> ProposalError:
    return ProposalError([Problem(str(path), line, "", None, rule, suggestion)])


def _parse(file: str, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ProposalError([_syntax(file, text, str(error))]) from None
    except RecursionError:
        rule = "nested too deeply to be a proposal"
        raise ProposalError([Problem(file, None, "", None, rule)]) from None


def _syntax(file: str, text: str, message: str) -> Problem:
    found = _SYNTAX.fullmatch(message)
    if found is None:
        return Problem(file, None, "", None, f"not valid TOML: {message}")
    what, line, column = found["what"], found["line"], found["column"]
    if line is None:
        end = len(text.splitlines())
        return Problem(file, end, "", None, f"not valid TOML at its end: {what}")
    return Problem(file, int(line), "", None, f"not valid TOML at column {column}: {what}")


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
