"""A dictionary: the distinct values of one column of both files, each once.

Records hold codes, and whatever is costly is worked out once a distinct value, or once a distinct
pair of values.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

import numpy as np
import polars as pl
from numba import njit

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

T = TypeVar("T")

MISSING: Final = -1
"""The code of no value."""

_ASCII: Final = 128
_BYTE: Final = 256
_SEEDS: Final = 8


class Symbols(NamedTuple):
    """The text of all values, one after another, for compiled kernels.

    Equal symbols are equal characters (code points). In ASCII they are its bytes; otherwise each
    distinct character has a number, so that an alphabet of up to 256 still fits a byte.

    Attributes:
        buffer: uint8 or uint32 (symbols,).
        offsets: int64 (values + 1,): where each value begins, and where the last ends.
    """

    buffer: NDArray[np.uint8] | NDArray[np.uint32]
    offsets: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Dictionary:
    """The distinct values of one column of both files, each once.

    A code is a position in `values`, in order of first appearance, the left file first. It is the
    same at any thread count but not if rows are shuffled, so no link may depend on its order.

    Attributes:
        values: String: distinct, without nulls.
        left: int32 (left records,): code of each record's value, -1 where it is missing.
        right: int32 (right records,): the same for the right file.
        counts: int64 (values,): how many records of both files together have each value.
    """

    values: pl.Series
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    counts: NDArray[np.int64]

    @cached_property
    def symbols(self) -> Symbols:
        """The text of all values, for compiled kernels."""
        return symbols_of(self.values)

    @cached_property
    def _worked_out(self) -> dict[str, Any]:
        """What was worked out of the values before, by name."""
        return {}

    def once(self, name: str, work_out: Callable[[pl.Series], T]) -> T:
        """Work something out of the distinct values, unless it was worked out before.

        Args:
            name: Name of what is worked out; the same name always means the same function.
            work_out: Gives it, from `values`.

        Returns:
            What the function gave.
        """
        if name not in self._worked_out:
            self._worked_out[name] = work_out(self.values)
        known: T = self._worked_out[name]
        return known


def dictionary_of(
    left: pl.Series, right: pl.Series, form: Callable[[pl.Series], pl.Series] | None = None
) -> Dictionary:
    """Make the dictionary of a column.

    Args:
        left: String: the column in the left file, null where it is missing.
        right: The same of the right file; empty when one file is compared with itself.
        form: Brings distinct values to the form in which they are compared, null for none; each is
            asked for once. None where values already have it.

    Returns:
        The dictionary. Empty text is a value.
    """
    text = pl.concat([left.rename(""), right.rename("")])
    codes, first = _numbered(text)
    values = text.gather(first)
    if form is not None:
        values, codes = _formed(form(values), codes)
    codes.flags.writeable = False
    present = codes if codes.min(initial=0) > MISSING else codes[codes != MISSING]
    counts = np.bincount(present, minlength=len(values)).astype(np.int64, copy=False)
    return Dictionary(values, codes[: len(left)], codes[len(left) :], counts)


def _formed(formed: pl.Series, codes: NDArray[np.int32]) -> tuple[pl.Series, NDArray[np.int32]]:
    """Number anew the values that distinct values became; some are now the same, or none."""
    numbers, first = _numbered(formed)
    # A missing value's code, -1, leads to the last place.
    return formed.gather(first), np.append(numbers, np.int32(MISSING))[codes]


def codes_of(values: pl.Series) -> NDArray[np.int32]:
    """Number the distinct values of a column in order of first appearance.

    Args:
        values: String.

    Returns:
        int32, as long as the column: equal where values are; -1 where there is none.
    """
    return _numbered(values)[0]


def symbols_of(values: pl.Series) -> Symbols:
    """Lay out text for compiled kernels.

    Args:
        values: String, without nulls.

    Returns:
        Its symbols.
    """
    text = values.str.join("").item() if len(values) else ""
    encoded = np.frombuffer(text.encode(), dtype=np.uint8)
    if encoded.max(initial=0) < _ASCII:
        return Symbols(encoded, _offsets(values.str.len_bytes()))
    points = np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32)
    is_used = np.zeros(int(points.max()) + 1, dtype=np.bool_)
    is_used[points] = True
    numbers = np.cumsum(is_used, dtype=np.uint32) - np.uint32(1)
    fits = int(numbers[-1]) < _BYTE
    symbols = (numbers.astype(np.uint8) if fits else numbers)[points]
    return Symbols(symbols, _offsets(values.str.len_chars()))


def _offsets(lengths: pl.Series) -> NDArray[np.int64]:
    """Where each value begins, and where the last ends."""
    offsets = np.zeros(len(lengths) + 1, dtype=np.int64)
    np.cumsum(lengths.to_numpy(), out=offsets[1:])
    return offsets


def _numbered(text: pl.Series) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Number distinct values in order of first appearance: the codes, and each value's first row.

    Values are told apart by a hash of 64 bits, and the outcome is checked against the values; in
    the rare case that two have one hash, another hash is taken.
    """
    is_missing = text.is_null().to_numpy()
    for seed in range(_SEEDS):
        codes = np.zeros(len(text), dtype=np.int32)
        codes[is_missing] = MISSING
        first = _number(text.hash(seed).to_numpy(), codes, np.empty(len(text), dtype=np.int64))
        positions = pl.Series(codes).cast(pl.UInt32, strict=False)
        if text.gather(first).gather(positions).eq_missing(text).all():
            return codes, first
    message = f"{_SEEDS} hashes of polars each gave one number to unlike values"
    raise RuntimeError(message)


@njit(cache=True, nogil=True)
def _number(
    hashes: NDArray[np.uint64], codes: NDArray[np.int32], first: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Number hashes by a table with open addressing, twice as large as they are many."""
    size = 1
    while size < 2 * len(hashes):
        size *= 2
    slots = np.full(size, MISSING, dtype=np.int32)
    last_slot = np.uint64(size - 1)
    found = 0
    for row in range(len(hashes)):
        if codes[row] == MISSING:
            continue
        slot = hashes[row] & last_slot
        while slots[slot] != MISSING and hashes[first[slots[slot]]] != hashes[row]:
            slot = (slot + np.uint64(1)) & last_slot
        if slots[slot] == MISSING:
            slots[slot] = found
            first[found] = row
            found += 1
        codes[row] = slots[slot]
    return first[:found]
