"""TOML files: read and parsed, or refused in words that say what to try."""

from __future__ import annotations

import pathlib
import re
import tomllib
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from scenarios.problems import Problem, ProblemsError, nearest

if TYPE_CHECKING:
    from collections.abc import Callable

LARGEST_FILE: Final = 4_000_000  # bytes; far above any file, so that a wrong one is refused at once
_SYNTAX = re.compile(r"(?P<what>.*) \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end.*)\)")


class Shipped(NamedTuple):
    """A kind of TOML file, some of which are shipped under a name.

    Attributes:
        what: What such a file is, such as `proposal`.
        named: What a shipped one is called, such as `system`.
        names: Gives the names of those that are shipped.
        error: The error that holds its problems.
        needs: What such a file needs at least, in words.
    """

    what: str
    named: str
    names: Callable[[], tuple[str, ...]]
    error: type[ProblemsError]
    needs: str


def read_toml(name_or_path: str | pathlib.Path, kind: Shipped) -> tuple[str, str]:
    """Reads a file as text.

    Args:
        name_or_path: Its path, as it was typed.
        kind: What it ought to be.

    Returns:
        How the file is called in messages, and its text.

    Raises:
        ProblemsError: The error of its kind, if it cannot be read.
    """
    if not str(name_or_path).strip():
        rule = f"give a {kind.named} ({', '.join(kind.names())}) or a {kind.what} file"
        raise kind.error([Problem("", None, "", None, rule)])
    path = pathlib.Path(name_or_path)
    try:
        if path.is_dir():
            raise _refused(kind, path, _directory(kind, path))
        with path.open("rb") as opened:
            content = opened.read(LARGEST_FILE + 1)
    except FileNotFoundError:
        raise _not_found(kind, name_or_path) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a path"
        raise _refused(kind, path, f"cannot be read: {reason}") from None
    return str(path), _decoded(kind, path, content)


def parse_toml(file: str, text: str, kind: Shipped) -> dict[str, Any]:
    """Parses the text of a file.

    Args:
        file: How the file is called in messages.
        text: Its text.
        kind: What it ought to be.

    Returns:
        The table that it holds.

    Raises:
        ProblemsError: The error of its kind, if it is not TOML.
    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise kind.error([_syntax(file, text, str(error))]) from None
    except RecursionError:
        rule = f"nested too deeply to be a {kind.what}"
        raise kind.error([Problem(file, None, "", None, rule)]) from None


def _decoded(kind: Shipped, path: pathlib.Path, content: bytes) -> str:
    if len(content) > LARGEST_FILE:
        raise _refused(kind, path, f"larger than 4 MB, so it cannot be a {kind.what}")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        rule = "not UTF-8 text; save it as UTF-8, the usual choice of a text editor"
        raise _refused(kind, path, rule, line) from None
    if not text.strip():
        raise _refused(kind, path, f"empty; {kind.needs}")
    return text


def _directory(kind: Shipped, path: pathlib.Path) -> str:
    inside = sorted(each.name for each in path.glob("*.toml"))[:5]
    more = f"; in it: {', '.join(inside)}" if inside else ""
    return f"a directory; give a {kind.what} file{more}"


def _not_found(kind: Shipped, name_or_path: str | pathlib.Path) -> ProblemsError:
    path, names = pathlib.Path(name_or_path), kind.names()
    if path.suffix or len(path.parts) > 1 or isinstance(name_or_path, pathlib.Path):
        beside = {each.stem: str(each) for each in path.parent.glob("*.toml")}
        near = beside.get(nearest(path.stem, beside) or "")
        return _refused(kind, path, "there is no such file", suggestion=near)
    rule = f"neither a {kind.named} ({', '.join(names)}) nor a file"
    return _refused(kind, path, rule, suggestion=nearest(path.name, names))


def _refused(
    kind: Shipped,
    path: pathlib.Path,
    rule: str,
    line: int | None = None,
    suggestion: str | None = None,
) -> ProblemsError:
    return kind.error([Problem(str(path), line, "", None, rule, suggestion)])


def _syntax(file: str, text: str, message: str) -> Problem:
    found = _SYNTAX.fullmatch(message)
    if found is None:
        return Problem(file, None, "", None, f"not valid TOML: {message}")
    what, line, column = found["what"], found["line"], found["column"]
    if line is None:
        end = len(text.splitlines())
        return Problem(file, end, "", None, f"not valid TOML at its end: {what}")
    return Problem(file, int(line), "", None, f"not valid TOML at column {column}: {what}")
