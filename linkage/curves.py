"""Threshold curves: precision and recall at every match weight from which pairs could be linked.

All of this is exact at the thresholds given, from one pass over pairs in order of weight. It sees
the pairs that were weighed and no others: below the least weight from which all candidates are
there, precision looks better than it is and recall does not grow (see `Weighed.least`). True pairs
that no blocking rule made are out of reach at any threshold, and count against recall at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from linkage.proportions import share_columns
from linkage.weights import probability, weight_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

PROBABILITIES: Final = (0.5, 0.8, 0.9, 0.95, 0.99, 0.999, 0.9999)
"""Probabilities of which the weight is among the thresholds of a curve."""

PRECISIONS: Final = (0.999, 0.9995, 0.9999)
"""Precisions at which recall is asked for."""

_MOST: Final = 200


def thresholds_of(
    bits: NDArray[np.float64], least: float, always: Sequence[float] = ()
) -> NDArray[np.float64]:
    """Chooses the thresholds of a curve: at most 200, evenly from the least weight to the highest.

    Args:
        bits: Match weights, shape (pairs,).
        least: The lowest threshold.
        always: Thresholds to take besides, such as the plan's; infinite ones are left out.

    Returns:
        float64, rising, each once.
    """
    fixed = np.array([*always, *(weight_of(each) for each in PROBABILITIES)])
    fixed = fixed[np.isfinite(fixed) & (fixed >= least)]
    start = least if np.isfinite(least) else float(bits.min(initial=0.0))
    top = max(float(bits.max(initial=start)), start)
    return np.unique(np.concatenate([fixed, np.linspace(start, top, _MOST - len(fixed))]))


def threshold_curve(
    bits: NDArray[np.float64],
    is_true: NDArray[np.bool_],
    true_pairs: int,
    thresholds: NDArray[np.float64],
) -> pl.DataFrame:
    """Says how good the pairs at or above each threshold are.

    Args:
        bits: Match weights in falling order, shape (pairs,). To see one-to-one links, give the
            pairs that stand when all are taken best first: those that stand at a threshold are
            those of them that weigh as much, as a pair is never passed over for a lighter one.
        is_true: Whether each pair is true, shape (pairs,).
        true_pairs: True pairs in all, those that are not here too.
        thresholds: Match weights, in any order.

    Returns:
        A row a threshold, in the order given: `threshold` (bits), `probability`, `pairs`, `right`
        (Int64), `precision`, `recall` with `_low` and `_high`, and `f` (Float64). Ranges are
        Wilson's, in which every pair is a trial of its own. Where there are no pairs, precision is
        not a number.
    """
    pairs = np.searchsorted(-bits, -thresholds, side="right")
    return _rows(thresholds, pairs, _running(is_true)[pairs], true_pairs)


def recall_at_precision(
    bits: NDArray[np.float64],
    is_true: NDArray[np.bool_],
    true_pairs: int,
    precisions: Sequence[float] = PRECISIONS,
) -> pl.DataFrame:
    """Finds the most recall that some threshold has with a precision of at least so much.

    Pairs of one weight are above a threshold together or not at all. Since the threshold is chosen
    with the truth, what is found is the best case: nobody who lacks the truth can do better.

    Args:
        bits: Match weights in falling order, shape (pairs,).
        is_true: Whether each pair is true, shape (pairs,).
        true_pairs: True pairs in all.
        precisions: The precisions asked for, each out of pairs at or above the threshold.

    Returns:
        A row a precision: `at_least`, then the columns of `threshold_curve`. Where no threshold is
        precise enough, the threshold is infinite and no pair is above it.
    """
    last = np.flatnonzero(np.append(bits[1:] < bits[:-1], np.ones(min(len(bits), 1), np.bool_)))
    right = _running(is_true)
    precision = right[last + 1] / (last + 1)
    chosen = []
    for least in precisions:
        good = np.flatnonzero(precision >= least)
        chosen.append(last[good[-1]] + 1 if len(good) else 0)
    pairs = np.array(chosen, dtype=np.int64)
    thresholds = np.append(np.inf, bits)[pairs]
    asked = pl.Series("at_least", list(precisions), dtype=pl.Float64)
    return _rows(thresholds, pairs, right[pairs], true_pairs).insert_column(0, asked)


def _running(is_true: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Counts true pairs among the first 0, 1, 2 ... of them: int64, shape (pairs + 1,)."""
    counts = np.zeros(len(is_true) + 1, dtype=np.int64)
    np.cumsum(is_true, out=counts[1:])
    return counts


def _rows(
    thresholds: NDArray[np.float64],
    pairs: NDArray[np.int64],
    right: NDArray[np.int64],
    true_pairs: int,
) -> pl.DataFrame:
    either = pairs + true_pairs
    f = np.divide(2 * right, either, out=np.full(len(pairs), np.nan), where=either > 0)
    return pl.DataFrame(
        {
            "threshold": thresholds,
            "probability": probability(thresholds),
            "pairs": pairs,
            "right": right,
            **share_columns("precision", right, pairs),
            **share_columns("recall", right, true_pairs),
            "f": f,
        }
    )
