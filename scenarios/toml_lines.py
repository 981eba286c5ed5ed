"""Lines of a TOML text: on which line each key and each list element stands.

`tomllib` gives values without their places. This scanner gives places without values; it runs only
on text that `tomllib` has accepted, so it need not judge the text a second time.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_left
from dataclasses import dataclass

KeyPath = tuple[str | int, ...]

_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"""(?:"{0,2})'  # a multi-line string may end with up to five quotes
    r"|'''.*?'''(?:'{0,2})"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)
_KEY = re.compile(r"""(?:"(?:\\.|[^"\\\n])*"|'[^'\n]*'|[^"'=\[\]#\n])+""")
_SCALAR = re.compile(r"[^,\]}#\n]+")
_BLANK = re.compile(r"(?:\s|#[^\n]*)*")


@dataclass(frozen=True)
class Header:
    """A table header: its path, its line, and whether it is an array of tables (`[[...]]`)."""

    path: KeyPath
    line: int
    is_array: bool


@dataclass(frozen=True)
class TomlLines:
    """Where things stand in a TOML text.

    Attributes:
        lines: Line (from 1) of each key, table and list element, by path from the root.
        headers: All table headers, in order.
    """

    lines: dict[KeyPath, int]
    headers: tuple[Header, ...]

    def line_of(self, path: KeyPath) -> int | None:
        """Returns the line of a path, or of the nearest table around it; null if there is none."""
        for end in range(len(path), 0, -1):
            if path[:end] in self.lines:
                return self.lines[path[:end]]
        return None


def toml_lines(text: str) -> TomlLines:
    """Finds the line of every key of a TOML text.

    Args:
        text: Text that `tomllib.loads` accepts.

    Returns:
        The lines, by path. A key inside an inline table stands on its own line; a dotted key also
        gives its line to the tables that it opens.
    """
    scanner = _Scanner(text.replace("\r\n", "\n"))
    scanner.document()
    return TomlLines(scanner.lines, tuple(scanner.headers))


class _Scanner:
    """Walks through a text once, noting where keys stand."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.lines: dict[KeyPath, int] = {}
        self.headers: list[Header] = []
        self._newlines = [place for place, letter in enumerate(text) if letter == "\n"]

    def document(self) -> None:
        table: KeyPath = ()
        self._skip_blank()
        while self.at < len(self.text):
            if self.text[self.at] == "[":
                table = self._header()
            else:
                self._key_and_value(table)
            self._skip_blank()

    def _header(self) -> KeyPath:
        is_array = self.text.startswith("[[", self.at)
        self.at += 2 if is_array else 1
        line = self._line()
        path = self._inside_arrays(self._key(()), is_array=is_array)
        self.at += 2 if is_array else 1
        self.lines[path] = line
        self.headers.append(Header(path, line, is_array))
        return path

    def _inside_arrays(self, path: KeyPath, *, is_array: bool) -> KeyPath:
        """Puts the place of each array's latest table into a path; a new table is the next."""
        found: KeyPath = ()
        for place, name in enumerate(path, start=1):
            found = (*found, name)
            before = sum(each.is_array and each.path[:-1] == found for each in self.headers)
            if is_array and place == len(path):
                found = (*found, before)
            elif before:
                found = (*found, before - 1)
        return found

    def _key_and_value(self, table: KeyPath) -> None:
        path = self._key(table)
        self.at += 1  # the equals sign
        self._skip_blank()
        self._value(path)

    def _key(self, table: KeyPath) -> KeyPath:
        """Reads a key, dotted or not, and notes the line of each of its parts."""
        found = _KEY.match(self.text, self.at)
        written = found.group() if found else ""
        line = self._line()
        self.at += len(written)
        path = table
        nested = tomllib.loads(f"{written} = 0")  # tomllib itself undoes quotes and escapes
        while isinstance(nested, dict):
            name, nested = next(iter(nested.items()))
            path = (*path, name)
            self._note(path, line)
        return path

    def _value(self, path: KeyPath) -> None:
        first = self.text[self.at]
        if first == "[":
            self._list(path)
        elif first == "{":
            self._inline_table(path)
        else:
            found = (_STRING if first in "\"'" else _SCALAR).match(self.text, self.at)
            self.at = found.end() if found else len(self.text)

    def _list(self, path: KeyPath) -> None:
        place = 0
        while self._next_is_not("]"):
            self._note((*path, place), self._line())
            self._value((*path, place))
            place += 1

    def _inline_table(self, path: KeyPath) -> None:
        while self._next_is_not("}"):
            self._key_and_value(path)

    def _next_is_not(self, closing: str) -> bool:
        """Steps over the opening sign or comma and tells whether something follows."""
        self._skip_blank()
        if self.text[self.at] != closing:
            self.at += 1
            self._skip_blank()
            if self.text[self.at] != closing:
                return True
        self.at += 1
        return False

    def _skip_blank(self) -> None:
        found = _BLANK.match(self.text, self.at)
        self.at = found.end() if found else self.at

    def _note(self, path: KeyPath, line: int) -> None:
        self.lines.setdefault(path, line)

    def _line(self) -> int:
        return bisect_left(self._newlines, self.at) + 1
