"""Everybody as services see them on one day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulator import randomness
from simulator.events.contacts import Clients

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

    from simulator.specs import WorldSpec

_DAYS_PER_YEAR = 365.25


def clients_on(
    seed: int,
    spec: WorldSpec,
    people: pl.DataFrame,
    homes: pl.DataFrame,
    home: NDArray[np.int64],
    day: int,
) -> Clients:
    """Returns everybody with their ages on a day of the window.

    Args:
        seed: The run's seed.
        spec: The world's spec.
        people: The world's people.
        homes: The world's homes.
        home: Position of the home whose deprivation and size count, int64, shape (people,).
        day: Day of the window.
    """
    ids = people["person_id"].to_numpy()
    born = people["date_of_birth"].to_numpy().astype("datetime64[D]")
    proneness = np.ones(len(ids))
    if spec.contact_variance.value > 0:
        shape = 1 / spec.contact_variance.value
        proneness = randomness.gamma(seed, "proneness to contacts", ids, shape)
    return Clients(
        ids=ids,
        age=(np.datetime64(spec.start) + day - born).astype(np.int64) / _DAYS_PER_YEAR,
        female=(people["sex"] == "F").to_numpy(),
        fifth=homes["deprivation_fifth"].to_numpy().astype(np.int64)[home],
        household_size=np.bincount(home)[home],
        proneness=proneness,
    )
