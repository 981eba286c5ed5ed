"""Members: lists that values belong to, such as the parts of names, or sets of nicknames.

Two values are alike where a list of one is also a list of the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import polars as pl
from numba import njit

from linkage.dictionary import codes_of
from linkage.parts import SEPARATORS, letters
from simulator.damages.nicknames import NICKNAMES

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SHORTEST_PART: Final = 3
_PART: Final = f"[^{SEPARATORS}]+"


class Members(NamedTuple):
    """The lists that each value belongs to.

    Attributes:
        offsets: int64 (values + 1,): where each value's lists begin, and where the last one's end.
        lists: int32: the lists' numbers, those of one value after those of another.
    """

    offsets: NDArray[np.int64]
    lists: NDArray[np.int32]


def sorted_parts(values: pl.Series) -> NDArray[np.int32]:
    """Number values such that those of the same parts, in any order, have the same number.

    Args:
        values: String, without nulls: names.

    Returns:
        int32 (values,): -1 for a value without parts.
    """
    parts = _parts(values).list.sort().list.join(" ")
    return codes_of(parts.replace("", None))


def long_parts(values: pl.Series) -> Members:
    """List the parts of at least three characters of each name.

    Args:
        values: String, without nulls: names.

    Returns:
        The parts as lists.
    """
    rows = pl.DataFrame({"value": np.arange(len(values)), "part": _parts(values)}).explode("part")
    rows = rows.filter(pl.col("part").str.len_chars() >= _SHORTEST_PART)
    return _members(rows["value"], codes_of(rows["part"]), len(values))


def nickname_sets(values: pl.Series) -> Members:
    """List the sets of nicknames in which each first name is; a set is a formal name's.

    Args:
        values: String, without nulls: first names.

    Returns:
        The sets as lists.
    """
    names = pl.DataFrame({"name": letters(values), "value": np.arange(len(values))})
    found = names.join(_nicknames(), on="name").sort("value", "set")
    return _members(found["value"], found["set"].to_numpy(), len(values))


def share_a_list(members: Members, a: NDArray[np.int32], b: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Say of each pair of values whether a list of one is a list of the other.

    Args:
        members: The lists of each value.
        a: int32 (pairs,): code of the first value of each pair.
        b: int32 (pairs,): code of the second.

    Returns:
        bool (pairs,).
    """
    shares = np.zeros(len(a), dtype=np.bool_)
    _share(*members, np.ascontiguousarray(a), np.ascontiguousarray(b), shares)
    return shares


def _parts(values: pl.Series) -> pl.Series:
    """List the parts of each name in capitals, accents folded, in any script."""
    folded = values.str.normalize("NFKD").str.replace_all(r"\p{M}", "")
    return folded.str.to_uppercase().str.extract_all(_PART)


def _nicknames() -> pl.DataFrame:
    """Table the nicknames: `name`, in capitals, and `set` (Int32); a row for each of a set."""
    names = [f"{formal} {short}".upper().split() for formal, short in NICKNAMES.items()]
    numbers = pl.Series("set", np.arange(len(names), dtype=np.int32))
    return pl.DataFrame({"name": names, "set": numbers}).explode("name").unique()


def _members(values: pl.Series, lists: NDArray[np.int32], length: int) -> Members:
    """Lay out lists by value; `values` ascend."""
    offsets = np.zeros(length + 1, dtype=np.int64)
    np.cumsum(np.bincount(values.to_numpy(), minlength=length), out=offsets[1:])
    return Members(offsets, lists.astype(np.int32, copy=False))


@njit(cache=True, nogil=True)
def _share(
    offsets: NDArray[np.int64],
    lists: NDArray[np.int32],
    a: NDArray[np.int32],
    b: NDArray[np.int32],
    shares: NDArray[np.bool_],
) -> None:
    """Compare all lists of one value with all of the other: each has few."""
    for i in range(len(a)):
        for j in range(offsets[a[i]], offsets[a[i] + 1]):
            for k in range(offsets[b[i]], offsets[b[i] + 1]):
                if lists[j] == lists[k]:
                    shares[i] = True
