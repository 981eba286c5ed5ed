"""Resolution: the pairs that stand when each record is linked at most once, best pairs first.

A pair is passed over only for one that is at least as heavy. So those that stand among pairs of a
threshold or more are, of those that stand among all, the ones that weigh so much: one resolution
serves every threshold.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from linkage.decide import GAP, best_first, greedy, lead

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from linkage.weighed import Weighed


class Resolution(NamedTuple):
    """Places of weighed pairs, best first.

    Attributes:
        every: All of them, int64, shape (pairs,).
        standing: Those that stand; null where the plan links records as often as it may.
    """

    every: NDArray[np.int64]
    standing: NDArray[np.int64] | None


def resolve(weighed: Weighed) -> Resolution:
    """Takes weighed pairs best first, each record once, at no threshold.

    Where the plan asks for a gap, pairs without it are not taken. A plan that links optimally is
    treated as if greedy.

    Args:
        weighed: The match.

    Returns:
        The pairs in order, and those that stand.
    """
    left, right = weighed.left, weighed.right
    order = best_first(left, right, weighed.bits)
    if weighed.plan.one_to_one == "none" or weighed.itself:
        return Resolution(order, None)
    taken = order
    if weighed.plan.gap.value > 0:
        ahead = lead(left, right, weighed.bits) >= weighed.plan.gap.value
        # Where the second best is too light to be here, the match has seen it.
        ahead &= weighed.fate != GAP
        taken = order[ahead[order]]
    stands = greedy(left[taken], right[taken], np.arange(len(taken)), itself=False)
    return Resolution(order, taken[stands])
