"""Comparing text: Jaro-Winkler similarity and edit distances of listed pairs of values.

Values lie one after another in one array of symbols (`Dictionary.symbols`), and a pair is two
codes. A value of up to 64 symbols fits a machine word, and its positions are then followed a word
at a time; longer ones take a plain path, with the same result. Pairs ordered by their first code
are quickest: what is worked out of a first value is kept while it lasts. The compiled loops are in
jaro_winkler.py and edit_distance.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from linkage.edit_distance import fill_distances
from linkage.jaro_winkler import fill_similarities
from linkage.threads import THREADS, side_by_side

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Buffer = NDArray[np.uint8] | NDArray[np.uint32]

_CHUNK: Final = 1 << 17


def jaro_winkler(
    buffer: Buffer,
    offsets: NDArray[np.int64],
    a: NDArray[np.int32],
    b: NDArray[np.int32],
    least: float = 0.0,
    threads: int = THREADS,
) -> NDArray[np.float64]:
    """Give the Jaro-Winkler similarity of each pair of values.

    It is not symmetric for every pair: the second value's symbols look, in order, for the first
    free equal symbol of the first value.

    Args:
        buffer: uint8 or uint32 (symbols,): the values' symbols, one value after another.
        offsets: int64 (values + 1,): where each value begins, and where the last ends.
        a: int32 (pairs,): code of the first value of each pair.
        b: int32 (pairs,): code of the second.
        least: Smallest similarity of interest: a smaller one may come out larger than it is, but
            still below this.
        threads: Threads to use; the result is the same for any number.

    Returns:
        float64 (pairs,): 0 to 1; 1 where both are the same, two empty values included.

    Raises:
        ValueError: If there are not as many codes on both sides, or a code has no value.
    """
    similarity = np.empty(len(a), dtype=np.float64)
    _in_chunks(fill_similarities, buffer, offsets, a, b, (least,), similarity, threads)
    return similarity


def levenshtein(
    buffer: Buffer,
    offsets: NDArray[np.int64],
    a: NDArray[np.int32],
    b: NDArray[np.int32],
    most: int,
    threads: int = THREADS,
) -> NDArray[np.int32]:
    """Give how many symbols are put in, left out or changed between the values of each pair.

    Args:
        buffer: uint8 or uint32 (symbols,): the values' symbols, one value after another.
        offsets: int64 (values + 1,): where each value begins, and where the last ends.
        a: int32 (pairs,): code of the first value of each pair.
        b: int32 (pairs,): code of the second.
        most: Largest distance of interest, 0 or more: counting stops beyond it.
        threads: Threads to use; the result is the same for any number.

    Returns:
        int32 (pairs,): the distance; `most + 1` where it is larger than `most`.

    Raises:
        ValueError: If there are not as many codes on both sides, a code has no value, or `most` is
            below 0.
    """
    return _distances(buffer, offsets, a, b, most, threads, swaps=False)


def osa(
    buffer: Buffer,
    offsets: NDArray[np.int64],
    a: NDArray[np.int32],
    b: NDArray[np.int32],
    most: int,
    threads: int = THREADS,
) -> NDArray[np.int32]:
    """Give the optimal string alignment distance: Levenshtein's, and a swap of neighbours is one.

    Also called the restricted Damerau-Levenshtein distance: no symbol is edited twice, so `CA` to
    `ABC` is 3.

    Args:
        buffer: uint8 or uint32 (symbols,): the values' symbols, one value after another.
        offsets: int64 (values + 1,): where each value begins, and where the last ends.
        a: int32 (pairs,): code of the first value of each pair.
        b: int32 (pairs,): code of the second.
        most: Largest distance of interest, 0 or more: counting stops beyond it.
        threads: Threads to use; the result is the same for any number.

    Returns:
        int32 (pairs,): the distance; `most + 1` where it is larger than `most`.

    Raises:
        ValueError: If there are not as many codes on both sides, a code has no value, or `most` is
            below 0.
    """
    return _distances(buffer, offsets, a, b, most, threads, swaps=True)


def _distances(
    buffer: Buffer,
    offsets: NDArray[np.int64],
    a: NDArray[np.int32],
    b: NDArray[np.int32],
    most: int,
    threads: int,
    *,
    swaps: bool,
) -> NDArray[np.int32]:
    """Give edit distances up to `most`, with or without swaps."""
    if most < 0:
        message = f"a largest distance of {most} was given; it must be 0 or more"
        raise ValueError(message)
    # No distance is larger than the longest value.
    most = min(most, int(np.diff(offsets).max(initial=0)))
    distance = np.empty(len(a), dtype=np.int32)
    _in_chunks(fill_distances, buffer, offsets, a, b, (most, swaps), distance, threads)
    return distance


def _in_chunks(
    kernel: Callable[..., None],
    buffer: Buffer,
    offsets: NDArray[np.int64],
    a: NDArray[np.int32],
    b: NDArray[np.int32],
    settings: tuple[float, ...],
    found: NDArray[Any],
    threads: int,
) -> None:
    """Fill `found` by a kernel, a fixed chunk of pairs at a time."""
    _require_codes(a, b, len(offsets) - 1)
    symbols = _read_only(buffer, np.uint8 if buffer.dtype == np.uint8 else np.uint32)
    starts = _read_only(offsets, np.int64)
    first, second = _read_only(a, np.int32), _read_only(b, np.int32)
    alphabet = int(buffer.max(initial=0)) + 1
    longest = int(np.diff(offsets).max(initial=0))

    def fill(start: int) -> None:
        rows = slice(start, start + _CHUNK)
        # Zeroed anew a chunk: kernels hold no state.
        masks = np.zeros(alphabet, dtype=np.uint64)
        room = np.empty((3, longest + 1), dtype=np.int32)
        kernel(symbols, starts, first[rows], second[rows], *settings, masks, room, found[rows])

    for _ in side_by_side(fill, range(0, len(a), _CHUNK), threads):
        pass


def _require_codes(a: NDArray[np.int32], b: NDArray[np.int32], values: int) -> None:
    """Raise ValueError unless both sides are as long, and every code has a value."""
    if a.shape != b.shape:
        message = f"{a.shape} codes and {b.shape} codes were given; pairs need as many of both"
        raise ValueError(message)
    if a.size and not 0 <= min(a.min(), b.min()) <= max(a.max(), b.max()) < values:
        message = (
            f"codes run from {min(a.min(), b.min())} to {max(a.max(), b.max())}; those of {values} "
            "values run from 0. Leave out pairs in which a value is missing (-1)"
        )
        raise ValueError(message)


def _read_only(values: NDArray[Any], dtype: type[np.generic]) -> NDArray[Any]:
    """A contiguous, read-only view or copy, so that one compiled kernel serves every caller."""
    view = np.ascontiguousarray(values, dtype=dtype).view()
    view.flags.writeable = False
    return view
