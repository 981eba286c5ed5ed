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
        held: How many pieces of content of others the coalition's tables hold.
    """

    parties: tuple[str, ...]
    content: pl.DataFrame
    held: int


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
    marks = _marks(holdings)
    edges = {holding.party: _edges(holding, marks) for holding in holdings}
    for size in range(1, most + 1):
        for chosen in combinations(holdings, size):
            yield _open(chosen, [edges[one.party] for one in chosen], marks, register)


def _marks(holdings: Sequence[Holding]) -> pl.DataFrame:
    """Lists every mark once: `kind`, `id`, and `mark`, its position."""
    parts = [
        pl.DataFrame({"kind": [kind], "id": [table[kind].drop_nulls().unique()]}).explode("id")
        for holding in holdings
        for table in holding.tables
        for kind in table.columns
    ]
    return pl.concat(parts).drop_nulls().unique().sort("kind", "id").with_row_index("mark")


def _edges(holding: Holding, marks: pl.DataFrame) -> _Edges:
    """Joins the marks of each row to the row's first."""
    sides: list[tuple[NDArray[np.int64], NDArray[np.int64]]] = []
    for table in holding.tables:
        first, *others = (_positions(table[kind], marks) for kind in table.columns)
        for other in others:
            both = (first >= 0) & (other >= 0)
            sides.append((first[both], other[both]))
    none = np.zeros(0, dtype=np.int64)
    left, right = (np.concatenate([none, *(side[at] for side in sides)]) for at in (0, 1))
    return _Edges(left, right)


def _positions(values: pl.Series, marks: pl.DataFrame) -> NDArray[np.int64]:
    """Gives the position of each mark; -1 for none."""
    kind = marks.filter(pl.col("kind") == values.name)
    if kind.is_empty():
        return np.full(len(values), -1)
    place = kind["id"].search_sorted(values.fill_null(kind["id"][0])).to_numpy()
    start = int(kind["mark"][0])
    return np.where(values.is_null().to_numpy(), -1, start + place.astype(np.int64))


def _open(
    chosen: Sequence[Holding], edges: Sequence[_Edges], marks: pl.DataFrame, register: str
) -> Opened:
    """Finds the content that hangs together with a name."""
    left, right = (np.concatenate([part[at] for part in edges]) for at in (0, 1))
    graph = coo_array((np.ones(len(left), np.int8), (left, right)), shape=(marks.height,) * 2)
    _, part = connected_components(graph, directed=False)
    own = {name for holding in chosen for name in holding.own}
    touched = np.zeros(marks.height, dtype=np.bool_)
    touched[left] = touched[right] = True
    held = marks.with_columns(part=pl.Series(part)).filter(pl.Series(touched))
    content = _of_kind(held, CONTENT).filter(~pl.col("dataset").is_in([*own]))
    names = _of_kind(held, NAME)
    opened = content.join(_one_name(names, register), on="part", how="inner")
    # The name on the record itself comes before any other of the same person.
    itself = names.select("dataset", "id", own_name="id")
    opened = opened.join(itself, on=["dataset", "id"], how="left").select(
        "dataset",
        "id",
        pl.when(pl.col("own_name").is_not_null()).then("dataset").otherwise("named").alias("named"),
        pl.coalesce("own_name", "name").alias("name"),
    )
    parties = tuple(holding.party for holding in chosen)
    return Opened(parties, opened.sort("dataset", "id"), content.height)


def _of_kind(marks: pl.DataFrame, prefix: str) -> pl.DataFrame:
    """Keeps the marks whose kind begins so: `dataset`, `id`, `part`."""
    return marks.filter(pl.col("kind").str.starts_with(prefix)).select(
        pl.col("kind").str.strip_prefix(prefix).alias("dataset"), "id", "part"
    )


def _one_name(names: pl.DataFrame, register: str) -> pl.DataFrame:
    """Gives each part one of its names, the register's if there is one: `part`, `named`, `name`."""
    return (
        names.sort(pl.col("dataset") != register, "dataset", "id")
        .unique("part", keep="first", maintain_order=True)
        .select("part", pl.col("dataset").alias("named"), pl.col("id").alias("name"))
    )


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
