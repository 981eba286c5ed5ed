"""Fitting: small tables made to have the margins that a census gives.

Nothing here sees a person: a table of some hundred cells is fitted once, and people are then drawn
from it. Fits are rounded, so that the last bits of a processor's arithmetic move nobody.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ROUNDS, _NEAR = 20_000, 1e-9
_DIGITS = 12
_RIDGE = 1e-7  # keeps a fit finite where the margins cannot all be met
_STEPS = 200


def rake(
    seed: NDArray[np.float64], rows: NDArray[np.float64], columns: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Scales a table's rows and columns until it has these sums (iterative proportional fitting).

    Deming and Stephan 1940, "On a least squares adjustment of a sampled frequency table". Cells
    that are 0 stay 0.

    Args:
        seed: Weights of 0 and more, shape (rows, columns).
        rows: Wanted sums of rows, shape (rows,).
        columns: Wanted sums of columns, shape (columns,), with the same total.

    Returns:
        The fitted table, rounded to twelve digits.

    Raises:
        ValueError: If the totals differ, or no such table exists.
    """
    if not np.isclose(rows.sum(), columns.sum(), rtol=1e-6):
        raise ValueError(f"rows add up to {rows.sum():g}, columns to {columns.sum():g}")
    rows = rows * (columns.sum() / rows.sum())
    table = seed.astype(np.float64)
    for _ in range(_ROUNDS):
        table = table * _ratio(rows, table.sum(axis=1))[:, None]
        table = table * _ratio(columns, table.sum(axis=0))[None, :]
        if np.abs(table.sum(axis=1) - rows).max() < _NEAR * rows.sum():
            return np.asarray(table.round(_DIGITS))
    gap = np.abs(table.sum(axis=1) - rows).max()
    raise ValueError(f"no table with these cells has these sums: {gap:g} is left over")


def _ratio(wanted: NDArray[np.float64], found: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.divide(wanted, found, out=np.zeros_like(wanted), where=found > 0)


def tilt(
    prior: NDArray[np.float64],
    counts: NDArray[np.float64],
    sizes: NDArray[np.float64],
    wanted: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Reweighs the alternatives of several kinds until what they add up to is as wanted.

    Each kind keeps its size and changes as little as possible (least relative entropy): the weight
    of an alternative is multiplied by exp(counts . tilts), with one tilt for each thing counted,
    found by Newton's method. The tilts are held back a little, so that a fit always exists.

    Args:
        prior: Weights of alternatives, shape (kinds, alternatives), each row with a weight above 0.
        counts: What each alternative adds, shape (kinds, alternatives, things).
        sizes: How many there are of each kind, shape (kinds,).
        wanted: Wanted totals, shape (things,).

    Returns:
        Weights, shape (kinds, alternatives), each row adding up to 1, rounded to twelve digits.
    """
    tilts = np.zeros(len(wanted))
    value, weights = _dual(prior, counts, sizes, wanted, tilts)
    for _ in range(_STEPS):
        mean = np.einsum("ka,kat->kt", weights, counts)
        gradient = sizes @ mean - wanted + _RIDGE * tilts
        if np.abs(gradient).max() < _NEAR * wanted.sum():
            break
        second = np.einsum("k,ka,kat,kau->tu", sizes, weights, counts, counts)
        second -= np.einsum("k,kt,ku->tu", sizes, mean, mean)
        step = np.linalg.solve(second + _RIDGE * np.eye(len(tilts)), gradient)
        length = 1.0
        while True:
            tried, tried_weights = _dual(prior, counts, sizes, wanted, tilts - length * step)
            if tried <= value or length < _NEAR:
                break
            length /= 2
        tilts, value, weights = tilts - length * step, tried, tried_weights
    return np.asarray(weights.round(_DIGITS))


def _dual(
    prior: NDArray[np.float64],
    counts: NDArray[np.float64],
    sizes: NDArray[np.float64],
    wanted: NDArray[np.float64],
    tilts: NDArray[np.float64],
) -> tuple[float, NDArray[np.float64]]:
    """Returns what the best tilts make least, and the weights that these tilts give."""
    logs = np.where(prior > 0, counts @ tilts, -np.inf)
    peak = logs.max(axis=1, keepdims=True)
    raised = prior * np.exp(logs - peak)
    total = raised.sum(axis=1, keepdims=True)
    value = float(sizes @ (np.log(total) + peak)[:, 0] - wanted @ tilts)
    return value + _RIDGE / 2 * float(tilts @ tilts), raised / total
