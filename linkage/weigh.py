"""The weight of pairs: what their levels of agreement and the rarity of their values add up to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from linkage.compare import digits_of, patterns_possible
from linkage.weights import all_frequency_bits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from linkage.compare import Compared
    from linkage.weights import Weights


def weigh(
    comparisons: Sequence[Compared],
    found: Weights,
    pattern: NDArray[np.int32],
    left: NDArray[np.int32],
) -> NDArray[np.float64]:
    """Returns the match weight of pairs, in bits: float64, shape (pairs,).

    Args:
        comparisons: How columns are compared.
        found: The weights of their levels.
        pattern: Patterns of agreement, int32, shape (pairs,).
        left: Positions of left records, int32, shape (pairs,).
    """
    possible = patterns_possible(comparisons)
    if len(pattern) < possible:
        some, which = np.unique(pattern, return_inverse=True)
        distinct = some.astype(np.int64)
    else:  # to weigh every pattern takes less time than to sort the pairs
        distinct, which = np.arange(possible), pattern.astype(np.int64)
    bits = found.bits(comparisons, distinct)[which]
    digits = digits_of(comparisons, distinct)
    bits += all_frequency_bits(comparisons, found.u, digits, which, left)
    return bits
