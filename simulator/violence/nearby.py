"""What is nearby: how many violent incidents known to police are expected around each incident.

Counted from the town's rates, not from draws: a busy place and hour is one where much is expected.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from scipy.spatial import cKDTree

from simulator.violence.rhythm import hour_of_week, within_reach

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from simulator.specs import WorldSpec
    from simulator.violence.incidents import Places
    from simulator.violence.state import Town

METRES = 200.0
QUIET = 0.05
"""Fewer expected incidents than this make a place and hour quiet."""

_WEEKS_PER_YEAR = 365.25 / 7


@dataclass(frozen=True)
class Rates:
    """How much violence police know of.

    Attributes:
        expected: Offences expected in the window.
        shares: Shares of location types.
        places: Places of each location type.
        years: Length of the window in years.
    """

    expected: float
    shares: Mapping[str, float] = field(repr=False)
    places: Mapping[str, Places] = field(repr=False)
    years: float


def with_nearby(
    spec: WorldSpec,
    incidents: pl.DataFrame,
    town: Town,
    rates: Rates,
    rhythms: Mapping[str, NDArray[np.float64]],
) -> pl.DataFrame:
    """Adds `nearby` and `quiet` (see Violence.incidents)."""
    found = _rates(town, rates)
    weekly = {name: _around(incidents, *found[name]) for name in found}
    hour = hour_of_week(spec, incidents["minute"].to_numpy())
    nearby = sum(
        (weekly[name] * within_reach(rhythms[name])[hour] for name in weekly),
        start=np.zeros(incidents.height),
    )
    return incidents.with_columns(nearby=pl.Series(nearby), quiet=pl.Series(nearby < QUIET))


def _rates(town: Town, rates: Rates) -> dict[str, tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Gives places and their offences a week, away from home and in homes (street by street)."""
    weeks = rates.years * _WEEKS_PER_YEAR
    spot = np.zeros(town.spots.height)
    street = np.zeros(town.streets.height)
    for location, share in rates.shares.items():
        places = rates.places[location]
        weekly = rates.expected * share * places.weight / weeks
        if location.endswith("home"):
            of_home = town.homes["street"].to_numpy().astype(np.int64)[places.row]
            street += np.bincount(of_home, weekly, minlength=len(street))
        else:
            spot[places.row] += weekly
    return {"away": (_at(town.spots), spot), "home": (_at(town.streets), street)}


def _at(places: pl.DataFrame) -> NDArray[np.float64]:
    return places.select("easting", "northing").to_numpy().astype(np.float64)


def _around(
    incidents: pl.DataFrame, at: NDArray[np.float64], weekly: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Sums what is expected a week within reach of each incident, float64 (incidents,)."""
    where, inverse = np.unique(_at(incidents), axis=0, return_inverse=True)
    near = cKDTree(where).sparse_distance_matrix(cKDTree(at), METRES, output_type="coo_matrix")
    summed = np.bincount(near.row, weekly[near.col], minlength=len(where))
    return np.asarray(summed[inverse.ravel()])
