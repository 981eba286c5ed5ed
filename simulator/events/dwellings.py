"""Dwellings: homes as services see them, with who lives there and what the building is."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING

import numpy as np

from simulator.dwellings import COMMUNAL

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

    from simulator.events.contacts import Clients

_ADULT = 18
_BUILDING = ("tenure", "dwelling_type", "council_tax_band", "energy_rating")


@dataclass(frozen=True)
class Dwellings:
    """Homes as a service sees them on one day, in order of position.

    Attributes:
        ids: Stable home ids, uint64, shape (homes,).
        fifth: Deprivation fifth, 1 most deprived, int64.
        head: Position of the reference person of the household, int64: an adult where there is
            one; -1 where nobody lives.
        adults: People of 18 and over, int64.
        children: People under 18, int64.
        oldest: Age in years of the oldest, float64; 0 where nobody lives.
        building: `tenure`, `dwelling_type`, `council_tax_band` and `energy_rating` (see places).
    """

    ids: NDArray[np.uint64] = field(repr=False)
    fifth: NDArray[np.int64] = field(repr=False)
    head: NDArray[np.int64] = field(repr=False)
    adults: NDArray[np.int64] = field(repr=False)
    children: NDArray[np.int64] = field(repr=False)
    oldest: NDArray[np.float64] = field(repr=False)
    building: pl.DataFrame = field(repr=False)

    @property
    def is_lived_in(self) -> NDArray[np.bool_]:
        """Says where somebody lives, bool, shape (homes,)."""
        return self.head >= 0

    @property
    def is_private(self) -> NDArray[np.bool_]:
        """Says which are homes and not communal establishments, bool, shape (homes,)."""
        return (self.building["tenure"] != COMMUNAL).to_numpy()

    def at(self, which: NDArray[np.int64]) -> Dwellings:
        """Returns the homes at these positions, in this order."""
        return Dwellings(**{f.name: getattr(self, f.name)[which] for f in fields(self)})


def dwellings(
    homes: pl.DataFrame, home: NDArray[np.int64], clients: Clients, there: NDArray[np.bool_]
) -> Dwellings:
    """Returns all homes as they are on the day for which `home` and the clients' ages hold.

    Args:
        homes: The world's homes.
        home: Position of the home of each person, int64, shape (people,).
        clients: The people.
        there: Whether each is there on that day, bool, shape (people,).
    """
    count = homes.height
    person = np.flatnonzero(there)
    home, age = home[person], clients.age[person]
    head = np.full(count, -1, dtype=np.int64)
    grown = age >= _ADULT
    # The reference person stands first in a household, and before children: written last, it stays.
    for those in (~grown, grown):
        head[home[those][::-1]] = person[those][::-1]
    oldest = np.zeros(count)
    np.maximum.at(oldest, home, age)
    return Dwellings(
        ids=homes["home_id"].to_numpy(),
        fifth=homes["deprivation_fifth"].to_numpy().astype(np.int64),
        head=head,
        adults=np.bincount(home[grown], minlength=count),
        children=np.bincount(home[~grown], minlength=count),
        oldest=oldest,
        building=homes.select(_BUILDING),
    )
