"""Everybody as services see them: in the window, or on its last day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulator import randomness
from simulator.events.contacts import Clients

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

    from simulator.specs import WorldSpec
    from simulator.state import Layout

_DAYS_PER_YEAR = 365.25


def clients_in_window(
    seed: int, spec: WorldSpec, people: pl.DataFrame, homes: pl.DataFrame, layout: Layout
) -> Clients:
    """Returns everybody in the middle of the window, or of what is left of it on arrival.

    Their homes are those where they live first.

    Args:
        seed: The run's seed.
        spec: The world's spec.
        people: The world's people.
        homes: The world's homes.
        layout: Where they live, and when they are there.
    """
    size = np.bincount(layout.household)[layout.household]
    day = layout.middle_day(spec.days)
    return _clients(seed, spec, people, homes, layout.home_first, size, day)


def clients_at_end(
    seed: int, spec: WorldSpec, people: pl.DataFrame, homes: pl.DataFrame, layout: Layout
) -> Clients:
    """Returns everybody on the last day, those who are gone by then too, where they last lived.

    Args:
        seed: The run's seed.
        spec: The world's spec.
        people: The world's people.
        homes: The world's homes.
        layout: Where they live, and when they are there.
    """
    day = np.full(people.height, spec.days - 1)
    there = layout.home_last[~layout.leaves]
    size = np.maximum(np.bincount(there, minlength=homes.height)[layout.home_last], 1)
    return _clients(seed, spec, people, homes, layout.home_last, size, day)


def _clients(
    seed: int,
    spec: WorldSpec,
    people: pl.DataFrame,
    homes: pl.DataFrame,
    home: NDArray[np.int64],
    household_size: NDArray[np.int64],
    day: NDArray[np.int64],
) -> Clients:
    ids = people["person_id"].to_numpy()
    born = people["date_of_birth"].to_numpy().astype("datetime64[D]")
    proneness = np.ones(len(ids))
    if spec.contact_variance.value > 0:
        shape = 1 / spec.contact_variance.value
        proneness = randomness.gamma(seed, "proneness to contacts", ids, shape)
    age = (np.datetime64(spec.start) + day - born).astype(np.int64) / _DAYS_PER_YEAR
    return Clients(
        ids=ids,
        age=np.maximum(age, 0.0),
        female=(people["sex"] == "F").to_numpy(),
        fifth=homes["deprivation_fifth"].to_numpy().astype(np.int64)[home],
        household_size=household_size,
        proneness=proneness,
    )
