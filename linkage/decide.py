"""Decision: which pairs are linked, which are for review, and each record at most once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numba import njit
from scipy import sparse
from scipy.optimize import linear_sum_assignment
from scipy.sparse.csgraph import connected_components

from linkage.weights import probability

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from linkage.match_plan import MatchPlan

_LEAST = 1e-9  # of a pair that may be linked, in bits
_MOST_EXACT = 400  # records of a component that is solved exactly; larger ones are left greedy


FATES: Final = ("threshold", "review", "gap", "one_to_one", "linked")
"""What became of a pair, by its code: too improbable; below the threshold, but for review; probable
enough, but too little ahead of its second best; probable enough, but one of its records was linked
to another; linked."""

THRESHOLD, REVIEW, GAP, ONE_TO_ONE, LINKED = range(len(FATES))


def fates(
    plan: MatchPlan,
    left: NDArray[np.int32],
    right: NDArray[np.int32],
    bits: NDArray[np.float64],
    *,
    itself: bool,
) -> NDArray[np.int8]:
    """Says what becomes of each pair, whatever weighed it.

    Args:
        plan: Says from which probability, by what gap, and how often a record.
        left: Positions of left records, shape (pairs,).
        right: Of right records.
        bits: Match weight of each pair.
        itself: Whether both sides are one file; a record may then be in several links.

    Returns:
        int8, shape (pairs,), as in FATES.
    """
    chance = probability(bits)
    fate = np.full(len(bits), THRESHOLD, dtype=np.int8)
    fate[chance >= min(plan.review_from.value, plan.threshold.value)] = REVIEW
    is_link = chance >= plan.threshold.value
    fate[is_link] = LINKED
    if plan.gap.value > 0:
        fate[is_link & (lead(left, right, bits, itself=itself) < plan.gap.value)] = GAP
    if plan.one_to_one != "none" and not itself:
        link = np.flatnonzero(fate == LINKED)
        given = (left[link], right[link])
        order = best_first(*given, bits[link])
        if plan.one_to_one == "optimal":
            stands = optimal(*given, bits[link], order)
        else:
            stands = greedy(*given, order, itself=itself)
        fate[link[~stands]] = ONE_TO_ONE
    return fate


def best_first(
    left: NDArray[np.int32], right: NDArray[np.int32], bits: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Orders pairs by falling weight; pairs that weigh the same by their records' positions."""
    return np.lexsort((right, left, -bits))


def lead(
    left: NDArray[np.int32],
    right: NDArray[np.int32],
    bits: NDArray[np.float64],
    *,
    itself: bool = False,
) -> NDArray[np.float64]:
    """Returns by how much each pair leads the next best of either of its records, in bits.

    Negative where another pair of one of the records is better; infinite where there is none. If
    both sides are one file (`itself`), a record's pairs are those in which it stands on either.
    """
    found = np.full(len(bits), np.inf)
    for side in (left, right):
        if not len(side):
            continue
        records = np.concatenate([left, right]) if itself else side
        weighs = np.tile(bits, 2) if itself else bits
        best, second = _two_best(records, weighs, int(records.max()) + 1)
        other = np.where(bits >= best[side], second[side], best[side])
        found = np.minimum(found, bits - other)
    return found


def greedy(
    left: NDArray[np.int32], right: NDArray[np.int32], order: NDArray[np.int64], *, itself: bool
) -> NDArray[np.bool_]:
    """Says which pairs stand when pairs are taken best first, each record once.

    Args:
        left: Positions of left records, shape (pairs,).
        right: Of right records.
        order: From `best_first`.
        itself: Whether both sides are one file.

    Returns:
        bool, shape (pairs,).
    """
    sides = (int(left.max(initial=-1)) + 1, int(right.max(initial=-1)) + 1)
    return _greedy(left, right, order, sides[0], sides[1], itself)


def optimal(
    left: NDArray[np.int32],
    right: NDArray[np.int32],
    bits: NDArray[np.float64],
    order: NDArray[np.int64],
) -> NDArray[np.bool_]:
    """Says which pairs stand when the sum of weights is as high as can be, each record once.

    Solved within each component of records that compete (Jonker-Volgenant, as in scipy); components
    of more than 400 records on a side are solved greedily. Only pairs that should be linked if they
    stood alone may be given.
    """
    stands = greedy(left, right, order, itself=False)
    if stands.all():
        return stands
    rows, columns = int(left.max()) + 1, int(right.max()) + 1
    graph = sparse.coo_array(
        (np.ones(len(left), np.int8), (left, right + rows)), shape=(rows + columns, rows + columns)
    )
    component = connected_components(graph, directed=False)[1][left]
    contested = np.unique(component[~stands])
    at = np.flatnonzero(np.isin(component, contested))
    at = at[np.argsort(component[at], kind="stable")]
    for pairs in np.split(at, np.flatnonzero(np.diff(component[at])) + 1):
        people, row = np.unique(left[pairs], return_inverse=True)
        others, column = np.unique(right[pairs], return_inverse=True)
        if max(len(people), len(others)) > _MOST_EXACT:
            continue
        worth = np.zeros((len(people), len(others)))
        worth[row, column] = np.maximum(bits[pairs], _LEAST)
        chosen = linear_sum_assignment(worth, maximize=True)
        taken = np.zeros(worth.shape, dtype=np.bool_)
        taken[chosen] = worth[chosen] > 0
        stands[pairs] = taken[row, column]
    return stands


@njit(cache=True, nogil=True)
def _greedy(
    left: NDArray[np.int32],
    right: NDArray[np.int32],
    order: NDArray[np.int64],
    lefts: int,
    rights: int,
    itself: bool,  # noqa: FBT001 - compiled
) -> NDArray[np.bool_]:
    size = max(lefts, rights) if itself else lefts
    taken = np.zeros(size, dtype=np.bool_)
    taken_right = taken if itself else np.zeros(rights, dtype=np.bool_)
    stands = np.zeros(len(order), dtype=np.bool_)
    for pair in order:
        if not taken[left[pair]] and not taken_right[right[pair]]:
            taken[left[pair]] = True
            taken_right[right[pair]] = True
            stands[pair] = True
    return stands


@njit(cache=True, nogil=True)
def _two_best(
    side: NDArray[np.int32], bits: NDArray[np.float64], records: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    best = np.full(records, -np.inf)
    second = np.full(records, -np.inf)
    for pair in range(len(side)):
        record = side[pair]
        if bits[pair] > best[record]:
            second[record] = best[record]
            best[record] = bits[pair]
        elif bits[pair] > second[record]:
            second[record] = bits[pair]
    return best, second
