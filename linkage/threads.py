"""Threads: pieces of work side by side, with results in their order.

Compiled kernels and polars let other threads run, so that pieces gain from threads although they
are called from Python. What a piece gives never depends on how many threads there are.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final, TypeVar

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

Piece = TypeVar("Piece")
Found = TypeVar("Found")

THREADS: Final[int] = pl.thread_pool_size()
"""Threads used unless told otherwise: as many as polars uses."""


def side_by_side(
    work: Callable[[Piece], Found], pieces: Sequence[Piece], threads: int = THREADS
) -> Iterator[Found]:
    """Does a piece of work on each piece.

    Args:
        work: What is done.
        pieces: On what; one alone is done in the thread that asks.
        threads: Threads to use.

    Yields:
        What each gave, in order, as soon as it and all before it are done.
    """
    if len(pieces) <= 1 or threads == 1:
        yield from map(work, pieces)
        return
    with ThreadPoolExecutor(threads) as pool:
        yield from pool.map(work, pieces)
