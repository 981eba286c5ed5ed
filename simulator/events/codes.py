"""Codes: values drawn from a table of words and weights, for what services write down."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from simulator import randomness

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

FIFTHS = 5


def codes(
    seed: int, decision: str, ids: NDArray[np.uint64], weights: Mapping[str, float]
) -> pl.Series:
    """Chooses a word for each id, by weight.

    Args:
        seed: The run's seed.
        decision: What is being chosen, in words.
        ids: Stable ids, shape (n,).
        weights: Words and their weights, in any unit.

    Returns:
        String series, shape (n,).
    """
    chosen = randomness.choose(seed, decision, ids, list(weights.values()))
    return pl.Series(list(weights)).gather(chosen)


def codes_by(
    seed: int,
    decision: str,
    ids: NDArray[np.uint64],
    group: NDArray[np.int64],
    weights: Mapping[str, Sequence[float]],
) -> pl.Series:
    """Chooses a word for each id, by the weights of its group.

    Args:
        seed: The run's seed.
        decision: What is being chosen, in words.
        ids: Stable ids, shape (n,).
        group: Group of each id, from 0, int64, shape (n,).
        weights: Words and their weights in each group.

    Returns:
        String series, shape (n,).
    """
    table = np.array(list(weights.values()), dtype=np.float64).T
    limits = np.cumsum(table, axis=1) / table.sum(axis=1, keepdims=True)
    level = randomness.uniform(seed, decision, ids)
    chosen = (level[:, None] >= limits[group, :-1]).sum(axis=1)
    return pl.Series(list(weights)).gather(chosen)
