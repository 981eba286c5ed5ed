"""Dwellings: homes as services see them, with who lives there and what the building is like.

Tenure and type of building by deprivation fifth are those of the 2021 census of England and Wales
(HD household_tenure21, accommodation type by LSOA, IMD 2025 fifths); council tax bands are those
of England in 2024 (Valuation Office Agency: 25,562,310 homes). Bands lean to deprivation by an
assumed amount, which leaves their shares over all homes as they are.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from scipy import special

from simulator import randomness
from simulator.events.codes import FIFTHS, codes_by

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.events.contacts import Clients

_ADULT = 18

TENURE = {
    "owned": (38.2, 52.0, 64.0, 72.1, 81.0),
    "private": (24.2, 24.3, 21.2, 18.3, 14.0),
    "social": (36.5, 22.4, 13.6, 8.4, 4.1),
}
"""Per cent of households, by fifth, most deprived first."""

PROPERTY_TYPES = {
    "detached": (6.5, 13.3, 23.5, 30.8, 41.2),
    "semi": (29.2, 29.7, 31.8, 33.5, 33.3),
    "terrace": (33.5, 27.3, 22.3, 18.2, 13.2),
    "flat": (30.8, 29.3, 21.7, 16.9, 12.1),
}
"""Per cent of homes, by fifth, most deprived first."""

BANDS = {"A": 23.81, "B": 19.49, "C": 21.93, "D": 15.65, "E": 9.78, "F": 5.20, "G": 3.54, "H": 0.60}
"""Per cent of homes, England 2024."""

_BAND_TILT = 0.5  # standard deviations of value from one fifth to the next: assumed


@dataclass(frozen=True)
class Dwellings:
    """Homes as a service sees them on one day, in order of position.

    Attributes:
        ids: Stable home ids, uint64, shape (homes,).
        fifth: Deprivation fifth, 1 most deprived, int64.
        head: Position of the reference person of the household, int64; -1 where nobody lives.
        adults: People of 18 and over, int64.
        children: People under 18, int64.
        oldest: Age in years of the oldest, float64; 0 where nobody lives.
    """

    ids: NDArray[np.uint64] = field(repr=False)
    fifth: NDArray[np.int64] = field(repr=False)
    head: NDArray[np.int64] = field(repr=False)
    adults: NDArray[np.int64] = field(repr=False)
    children: NDArray[np.int64] = field(repr=False)
    oldest: NDArray[np.float64] = field(repr=False)

    @property
    def is_lived_in(self) -> NDArray[np.bool_]:
        """Says where somebody lives, bool, shape (homes,)."""
        return self.head >= 0

    def at(self, which: NDArray[np.int64]) -> Dwellings:
        """Returns the homes at these positions, in this order."""
        return Dwellings(**{f.name: getattr(self, f.name)[which] for f in fields(self)})


def dwellings(homes: pl.DataFrame, home: NDArray[np.int64], clients: Clients) -> Dwellings:
    """Returns all homes as they are on the day for which `home` and the clients' ages hold.

    Args:
        homes: The world's homes.
        home: Position of the home of each person, int64, shape (people,).
        clients: The people.
    """
    count = homes.height
    head = np.full(count, -1, dtype=np.int64)
    # The reference person stands first in a household: written last, it stays.
    head[home[::-1]] = np.arange(len(home))[::-1]
    grown = clients.age >= _ADULT
    oldest = np.zeros(count)
    np.maximum.at(oldest, home, clients.age)
    return Dwellings(
        ids=homes["home_id"].to_numpy(),
        fifth=homes["deprivation_fifth"].to_numpy().astype(np.int64),
        head=head,
        adults=np.bincount(home[grown], minlength=count),
        children=np.bincount(home[~grown], minlength=count),
        oldest=oldest,
    )


def tenure(seed: int, homes: Dwellings) -> pl.Series:
    """Draws owned, private or social for each home, String, shape (homes,)."""
    return codes_by(seed, "tenure of home", homes.ids, homes.fifth - 1, TENURE)


def property_type(seed: int, homes: Dwellings) -> pl.Series:
    """Draws the type of each building, String, shape (homes,)."""
    return codes_by(seed, "type of building", homes.ids, homes.fifth - 1, PROPERTY_TYPES)


def band(seed: int, homes: Dwellings) -> pl.Series:
    """Draws the council tax band of each home, String, shape (homes,)."""
    value = randomness.normal(seed, "value of home", homes.ids)
    value = value + _BAND_TILT * (homes.fifth - (FIFTHS + 1) / 2)
    chosen = np.searchsorted(_BAND_LIMITS, value, side="right")
    return pl.Series(list(BANDS)).gather(chosen)


def _band_limits() -> NDArray[np.float64]:
    """Returns the values between bands, at which the mean over fifths has the shares of BANDS."""
    grid = np.linspace(-6.0, 6.0, 24_001)
    middles = _BAND_TILT * (np.arange(FIFTHS) - (FIFTHS - 1) / 2)
    below = np.mean([special.ndtr(grid - middle) for middle in middles], axis=0)
    shares = np.cumsum(list(BANDS.values()))
    return np.asarray(np.interp(shares[:-1] / shares[-1], below, grid))


_BAND_LIMITS = _band_limits()
