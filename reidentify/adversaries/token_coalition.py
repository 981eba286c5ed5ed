"""Token coalition: parties of a split file lay together all that they hold, and follow the tokens.

What a party holds is tables whose columns are kinds of marks: a record's number, a linking field as
one holder enciphered it, a name, a piece of content. A key is a table too, of the fields that go in
and come out. Whatever stands in one row belongs together; so whatever can be reached from a name
through rows of the coalition's tables is opened (the connected parts of a graph). Nothing else is
used: no attribute is compared, and nothing is assumed of who may see what. Every coalition is
tried, smaller ones first. A supplying agency knows its own records; only others' count.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

NAME: Final = "name of "
"""How kinds of marks begin that name somebody; the rest is the dataset of the record."""

CONTENT: Final = "content of "
"""How kinds of marks begin that are worth opening; the rest is the dataset, or the recipient."""


@dataclass(frozen=True)
class Holding:
    """What one party holds.

    Attributes:
        party: Its name.
        tables: Frames of UInt64 columns, named by kind of mark; null where there is none.
        own: Datasets whose content it supplied, which it does not open by joining in.
    """

    party: str
    tables: tuple[pl.DataFrame, ...] = field(repr=False)
    own: tuple[str, ...] = ()


class Opened(NamedTuple):
    """What a coalition opens.

    Attributes:
        parties: Who acts together.
        content: `dataset` (String) and `id` (UInt64) of each piece of content that is opened, with
            `named` and `name` (String, UInt64): dataset and id of the record that names it, ordered
            by dataset and id.
        held: `dataset` and `id` of all pieces of content of others in the coalition's tables.
    """

    parties: tuple[str, ...]
    content: pl.DataFrame
    held: pl.DataFrame


@dataclass(frozen=True)
class _Marks:
    """Every mark that anybody holds, once; arrays of shape (marks,).

    Attributes:
        frame: `kind` (String), `id` (UInt64), ordered by both.
        names: Positions of names, int64, the register's first, and else in order.
        dataset: Number of the dataset or recipient of a piece of content, int64; -1 of other marks.
        own_name: Position of the name on a piece of content's own record, int64; -1 for none.
    """

    frame: pl.DataFrame = field(repr=False)
    names: NDArray[np.int64] = field(repr=False)
    dataset: NDArray[np.int64] = field(repr=False)
    own_name: NDArray[np.int64] = field(repr=False)
    datasets: tuple[str, ...]

    @classmethod
    def of(cls, holdings: Sequence[Holding], register: str) -> _Marks:
        """Lists the marks of all parties."""
        parts = [
            table.select(pl.lit(kind).alias("kind"), pl.col(kind).alias("id")).drop_nulls().unique()
            for holding in holdings
            for table in holding.tables
            for kind in table.columns
        ]
        frame = pl.concat(parts).unique().sort("kind", "id").with_row_index("mark")
        kind = pl.col("kind")
        names = frame.filter(kind.str.starts_with(NAME)).with_columns(
            dataset=kind.str.strip_prefix(NAME)
        )
        content = frame.filter(kind.str.starts_with(CONTENT)).with_columns(
            dataset=kind.str.strip_prefix(CONTENT)
        )
        datasets = tuple(sorted(content["dataset"].unique()))
        codes = content["dataset"].replace_strict(datasets, range(len(datasets)), default=-1)
        own = content.join(names, on=["dataset", "id"], how="left", maintain_order="left")
        dataset, own_name = np.full((2, frame.height), -1)
        dataset[content["mark"].to_numpy()] = codes.to_numpy()
        own_name[content["mark"].to_numpy()] = own["mark_right"].cast(pl.Int64).fill_null(-1)
        first = names.sort(pl.col("dataset") != register, "dataset", "id")["mark"]
        positions = first.cast(pl.Int64).to_numpy()
        return cls(frame.drop("mark"), positions, dataset, own_name, datasets)

    def positions(self, values: pl.Series) -> NDArray[np.int64]:
        """Gives the position of each mark of one kind, int64; -1 for none."""
        kinds = self.frame["kind"]
        start, end = (
            int(kinds.search_sorted(values.name, side=side)) for side in ("left", "right")
        )
        if start == end:
            return np.full(len(values), -1)
        ids = self.frame["id"].slice(start, end - start)
        place = ids.search_sorted(values.fill_null(ids[0])).to_numpy().astype(np.int64)
        return np.where(values.is_null().to_numpy(), -1, start + place)


class _Edges(NamedTuple):
    """Rows of tables as pairs of marks that belong together: positions, int64, shape (edges,)."""

    left: NDArray[np.int64]
    right: NDArray[np.int64]


def try_coalitions(holdings: Sequence[Holding], register: str, most: int) -> Iterator[Opened]:
    """Tries every coalition of up to `most` parties, smaller ones first.

    Args:
        holdings: What each party holds.
        register: Dataset whose names come before others', where one person has several.
        most: Parties of the largest coalition.
    """
    marks = _Marks.of(holdings, register)
    edges = {holding.party: _edges(holding, marks) for holding in holdings}
    for size in range(1, most + 1):
        for chosen in combinations(holdings, size):
            yield _open(chosen, [edges[one.party] for one in chosen], marks)


def _edges(holding: Holding, marks: _Marks) -> _Edges:
    """Joins the marks of each row to the row's first."""
    none = np.zeros(0, dtype=np.int64)
    sides = [(none, none)]
    for table in holding.tables:
        first, *others = (marks.positions(table[kind]) for kind in table.columns)
        sides.append((first[first >= 0], first[first >= 0]))  # held, though beside nothing
        for other in others:
            both = (first >= 0) & (other >= 0)
            sides.append((first[both], other[both]))
    left, right = (np.concatenate([side[at] for side in sides]) for at in (0, 1))
    return _Edges(left, right)


def _open(chosen: Sequence[Holding], edges: Sequence[_Edges], marks: _Marks) -> Opened:
    """Finds the content that hangs together with a name."""
    left, right = (np.concatenate([part[at] for part in edges]) for at in (0, 1))
    touched = np.zeros(marks.frame.height, dtype=np.bool_)
    touched[left] = touched[right] = True
    own = [marks.datasets.index(n) for one in chosen for n in one.own if n in marks.datasets]
    content = np.flatnonzero(touched & (marks.dataset >= 0) & ~np.isin(marks.dataset, own))
    names = marks.names[touched[marks.names]]
    named = np.full(len(content), -1)
    if len(names) and len(content):
        named = _names_of(content, names, left, right, touched)
    # The name on the record itself comes before any other of the same person.
    itself = marks.own_name[content]
    named = np.where((itself >= 0) & touched[itself] & (named >= 0), itself, named)
    opened, named = content[named >= 0], named[named >= 0]
    what, who = marks.frame[opened], marks.frame[named]
    frame = pl.DataFrame(
        {
            "dataset": what["kind"].str.strip_prefix(CONTENT),
            "id": what["id"],
            "named": who["kind"].str.strip_prefix(NAME),
            "name": who["id"],
        }
    )
    every = marks.frame[content].select(
        pl.col("kind").str.strip_prefix(CONTENT).alias("dataset"), "id"
    )
    return Opened(tuple(one.party for one in chosen), frame.sort("dataset", "id"), every)


def _names_of(
    content: NDArray[np.int64],
    names: NDArray[np.int64],
    left: NDArray[np.int64],
    right: NDArray[np.int64],
    touched: NDArray[np.bool_],
) -> NDArray[np.int64]:
    """Gives the first name that hangs together with each piece of content; -1 for none."""
    place = np.cumsum(touched) - 1
    size = int(touched.sum())
    ones = np.ones(len(left), np.int8)
    graph = coo_array((ones, (place[left], place[right])), shape=(size, size))
    parts, part = connected_components(graph, directed=False)
    name_of = np.full(parts, -1)
    # Written last, the first name of a part stays.
    name_of[part[place[names[::-1]]]] = names[::-1]
    return np.asarray(name_of[part[place[content]]])


def only_more(opened: Mapping[tuple[str, ...], int]) -> tuple[tuple[str, ...], ...]:
    """Lists coalitions that open something, and more than every smaller one within them."""
    return tuple(
        parties
        for parties, count in opened.items()
        if count
        and all(
            count > opened.get(part, 0)
            for size in range(1, len(parties))
            for part in combinations(parties, size)
        )
    )
