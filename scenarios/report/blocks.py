"""Blocks: what a report is made of, as values that the template knows how to show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from scenarios.figures import Chart


@dataclass(frozen=True)
class Text:
    """A paragraph; a strong one stands out."""

    kind: ClassVar[str] = "text"
    text: str
    strong: bool = False


@dataclass(frozen=True)
class Heading:
    """A heading within a section."""

    kind: ClassVar[str] = "heading"
    text: str


@dataclass(frozen=True)
class Points:
    """A list of sentences."""

    kind: ClassVar[str] = "points"
    items: tuple[str, ...]


@dataclass(frozen=True)
class Facts:
    """Terms, each with what is to be said of it."""

    kind: ClassVar[str] = "facts"
    items: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Tile:
    """A key figure in large type: the number, what it is, and its range and denominator."""

    number: str
    label: str
    details: str


@dataclass(frozen=True)
class Tiles:
    """Key figures side by side."""

    kind: ClassVar[str] = "tiles"
    tiles: tuple[Tile, ...]


@dataclass(frozen=True)
class Table:
    """A table; the first cell of a row names it, and lines in a cell are parted by newlines."""

    kind: ClassVar[str] = "table"
    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    wide: bool = False


@dataclass(frozen=True)
class Drawing:
    """A chart, with its number in the report."""

    kind: ClassVar[str] = "drawing"
    number: int
    chart: Chart


@dataclass(frozen=True)
class Verdict:
    """What can be said about one red line."""

    kind: ClassVar[str] = "verdict"
    id: str
    line: str
    words: str
    reason: str
    stops: bool


@dataclass(frozen=True)
class Folded:
    """Blocks that a reader opens."""

    kind: ClassVar[str] = "folded"
    summary: str
    blocks: tuple[Block, ...]


Block = Text | Heading | Points | Facts | Tiles | Table | Drawing | Verdict | Folded


@dataclass(frozen=True)
class Section:
    """A section of the report: an anchor, a heading, and blocks.

    `boxed` sections stand out: what the report cannot show, and what it rests on.
    """

    id: str
    title: str
    blocks: tuple[Block, ...]
    boxed: bool = False
