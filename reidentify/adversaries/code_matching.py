"""Code matching: codes and values are matched by how they spread over cells that both sides show.

A code has a count in each cell (a small area, a matched postcode, a matched name; each by sex), and
so has a value on a list that holds some share of the people. If a value is what a code stands for,
its count in a cell is Poisson with mean `share x count of the code`, but for people whose record is
stale or misspelt, who are spread over all cells. Bayes' rule over all values, and over the chance
that the value is on no list, gives how probable each is; values that many codes claim are shared
out. Nothing but the two tables of counts is used, and no truth.

Iterative matching of this kind: Narayanan and Shmatikov 2009, IEEE S&P 173-187.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from numba import njit
from scipy import sparse
from scipy.special import gammaln

if TYPE_CHECKING:
    from numpy.typing import NDArray

STALE: Final = 0.1
"""Share of people whom the attacker takes to be elsewhere on one of the two sides: assumed."""

LEAST: Final = 0.01
"""Pairs less probable are not kept."""

_AT_ONCE: Final = 20_000_000
_NEAR: Final = 1.3
_NOTHING: Final = -746.0  # the exponential of anything less is 0


class Matches(NamedTuple):
    """What each code most probably stands for, one to one.

    Attributes:
        value: Number of the value, int64 (codes,); -1 where none is probable enough to be kept.
        probability: How probable it is, float64 (codes,), as the attacker reckons.
    """

    value: NDArray[np.int64]
    probability: NDArray[np.float64]

    def sure(self, least: float) -> NDArray[np.int64]:
        """Gives the values of codes that are at least so probable; -1 for the rest."""
        return np.where(self.probability >= least, self.value, -1)


def counts(
    item: NDArray[np.int64], cell: NDArray[np.int64], items: int, cells: int
) -> sparse.csr_matrix:
    """Counts people by item and cell, sparse (items, cells); negative items are left out."""
    has = item >= 0
    at = (item[has], cell[has])
    table = sparse.csr_matrix((np.ones(int(has.sum())), at), shape=(items, cells))
    table.sum_duplicates()
    return table


def match(ours: sparse.csr_matrix, theirs: sparse.csr_matrix, block: NDArray[np.int64]) -> Matches:
    """Matches codes to values.

    Args:
        ours: People by code and cell, float64 (codes, cells).
        theirs: Listed people by value and cell, float64 (values, cells).
        block: Block of each cell, int64 (cells,), within which people spread who are elsewhere: all
            one block, or one an area.
    """
    share = theirs.sum() / max(ours.sum(), 1.0)
    pooled = np.asarray(ours.sum(axis=0)).ravel() * share + np.asarray(theirs.sum(axis=0)).ravel()
    whole = np.bincount(block, weights=pooled)[block]
    spread = np.maximum(pooled, 1e-9) / np.maximum(whole, 1e-9)
    row, column, probability = _posterior(ours, theirs, spread, share, _rivals(theirs, block))
    claimed = np.bincount(column, weights=probability, minlength=theirs.shape[0])
    shared = probability / np.maximum(claimed, 1.0)[column]
    best = np.lexsort((column, row, -shared))
    value, kept = _one_to_one(row[best], column[best], shared[best], ours.shape[0], len(claimed))
    return Matches(value, kept)


def _rivals(theirs: sparse.csr_matrix, block: NDArray[np.int64]) -> NDArray[np.float64]:
    """Gives about how many values of a block are listed just as often as each, float64."""
    size = np.asarray(theirs.sum(axis=1)).ravel()
    ordered = np.sort(size)
    low, high = np.floor(size / _NEAR), np.ceil(size * _NEAR)
    near = np.searchsorted(ordered, high, "right") - np.searchsorted(ordered, low, "left")
    blocks = len(np.unique(block))
    return np.asarray(np.maximum(near / (high - low + 1) / blocks, 1.0), dtype=np.float64)


def _posterior(
    ours: sparse.csr_matrix,
    theirs: sparse.csr_matrix,
    spread: NDArray[np.float64],
    share: float,
    rivals: NDArray[np.float64],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Gives pairs and how probable each is of its code, those above LEAST alone."""
    people = np.asarray(ours.sum(axis=1)).ravel()
    listed = np.asarray(theirs.sum(axis=1)).ravel()
    gain = ours.tocsr().copy()
    owner = np.repeat(np.arange(ours.shape[0]), np.diff(gain.indptr))
    elsewhere = STALE * people[owner] * spread[gain.indices]
    gain.data = np.log1p((1 - STALE) * gain.data / elsewhere)
    across = theirs.T.tocsr()
    prior = -gammaln(listed + 1) - np.log(rivals)
    expected = np.log(np.maximum(share * STALE * people, 1e-12))
    parts = [
        _probable_pairs(
            rows,
            (gain.indptr, gain.indices, gain.data),
            (across.indptr, across.indices, across.data),
            (listed, expected, prior),
            np.zeros(len(listed), dtype=np.bool_),
            room,
        )
        for rows, room in _chunks(gain, across)
    ]
    if not parts:
        nothing = np.zeros(0, np.int64)
        return nothing, nothing, np.zeros(0)
    found, columns, probabilities = zip(*parts, strict=True)
    return np.concatenate(found), np.concatenate(columns), np.concatenate(probabilities)


def _chunks(left: sparse.csr_matrix, right: sparse.csr_matrix) -> list[tuple[tuple[int, int], int]]:
    """Cuts rows so that each product is of bounded size; with the most pairs that are kept."""
    if not left.shape[0]:
        return []
    width = np.diff(right.indptr)
    work = np.add.reduceat(np.append(width[left.indices], 0), left.indptr[:-1])
    work = np.where(np.diff(left.indptr) > 0, work, 0)
    part = np.cumsum(work) // _AT_ONCE
    starts = np.flatnonzero(np.diff(part, prepend=-1))
    # Probabilities of a row add up to 1 at most; one more for rounding.
    most = np.minimum(work, round(1 / LEAST) + 1)
    stops = [*starts[1:].tolist(), left.shape[0]]
    room = np.add.reduceat(most, starts).tolist()
    return list(zip(zip(starts.tolist(), stops, strict=True), room, strict=True))


@njit(cache=True, nogil=True)
def _probable_pairs(
    rows: tuple[int, int],
    ours: tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float64]],
    theirs: tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float64]],
    terms: tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]],
    is_met: NDArray[np.bool_],
    room: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Gives the pairs of some rows that are probable enough, and how probable.

    The product of the two tables is worked out row by row and never kept. The log weight of a pair
    is its product, its value's count times `expected` of its code, and `prior` of its value; one
    more weight, 0, is that of nobody.

    Args:
        rows: The first row, and that after the last.
        ours: What a code gains by cell: a sparse table (codes, cells).
        theirs: Listed people by cell: a sparse table (cells, values).
        terms: `listed` (values,), `expected` (codes,), `prior` (values,).
        is_met: All false (values,).
        room: Pairs that there can be.
    """
    starts, cells, gain = ours
    across, values, counted = theirs
    listed, expected, prior = terms
    row, column, kept = np.empty(room, np.int64), np.empty(room, np.int64), np.empty(room)
    score, met = np.empty(len(listed)), np.empty(len(listed), np.int64)
    pairs = 0
    for code in range(rows[0], rows[1]):
        size = 0
        for at in range(starts[code], starts[code + 1]):
            for here in range(across[cells[at]], across[cells[at] + 1]):
                value = values[here]
                if not is_met[value]:
                    is_met[value], score[value], met[size] = True, 0.0, value
                    size += 1
                score[value] += gain[at] * counted[here]
        top = 0.0
        for value in met[:size]:
            score[value] = score[value] + listed[value] * expected[code] + prior[value]
            top = max(top, score[value])
        total = np.exp(-top)
        # From the last met on: sums of floats depend on their order, and this one is held.
        for value in met[:size][::-1]:
            score[value] = np.exp(score[value] - top) if score[value] - top > _NOTHING else 0.0
            total += score[value]
        for value in met[:size][::-1]:
            is_met[value] = False
            if score[value] / total >= LEAST:
                row[pairs], column[pairs], kept[pairs] = code, value, score[value] / total
                pairs += 1
    return row[:pairs], column[:pairs], kept[:pairs]


@njit(cache=True, nogil=True)
def _one_to_one(
    row: NDArray[np.int64],
    column: NDArray[np.int64],
    probability: NDArray[np.float64],
    rows: int,
    columns: int,
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Takes pairs from the most probable on, each code and value once."""
    value, kept = np.full(rows, -1), np.zeros(rows)
    taken = np.zeros(columns, dtype=np.bool_)
    for pair in range(len(row)):
        i, j = row[pair], column[pair]
        if value[i] < 0 and not taken[j]:
            value[i], kept[i] = j, probability[pair]
            taken[j] = True
    return value, kept
