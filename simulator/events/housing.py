"""Housing: the registers of the valuation office and of social tenancies, and works on homes.

What buildings are like and who owns them is in dwellings.py. Works are of eight kinds, done to
social housing (Carmarthenshire, 2005 to 2015: Rodgers 2018, JECH 72:896); how often is assumed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulator import randomness
from simulator.events.contacts import MINUTES_PER_DAY
from simulator.events.dwellings import band, property_type, tenure
from simulator.events.registers import RegisterModel

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

    from simulator.events.dwellings import Dwellings

WORK_KINDS = ("electrics", "windows_and_doors", "wall_insulation", "garden_paths", "heating",
              "loft_insulation", "kitchen", "bathroom")  # fmt: skip
WORK_PER_HOME_YEAR = 0.06  # of each kind, in social housing: assumed
_DAYS_PER_YEAR = 365.25
_MORNING = 9 * 60


def every_home(_seed: int, homes: Dwellings) -> NDArray[np.float64]:
    """Returns 1 for every home."""
    return np.ones(len(homes.ids))


def valued(seed: int, homes: Dwellings) -> dict[str, pl.Series]:
    """Gives band and type of each home."""
    return {"council_tax_band": band(seed, homes), "property_type": property_type(seed, homes)}


def socially_rented(seed: int, homes: Dwellings) -> NDArray[np.float64]:
    """Returns 1 for homes with a social tenancy, 0 for others."""
    return ((tenure(seed, homes) == "social").to_numpy() & homes.is_lived_in).astype(np.float64)


def tenancy(seed: int, homes: Dwellings) -> dict[str, NDArray[np.int64] | pl.Series]:
    """Gives the type of each home, and the children in it."""
    return {"property_type": property_type(seed, homes), "children": homes.children}


def draw_works(
    seed: int, homes: Dwellings, days: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.uint64], dict[str, NDArray[np.str_]]]:
    """Draws works: each kind at most once a home.

    Args:
        seed: The run's seed.
        homes: All homes.
        days: Length of the window.

    Returns:
        Positions of the homes, minutes of the window on which works were done, event ids, and the
        kind of work, each shape (works,).
    """
    social = np.flatnonzero((tenure(seed, homes) == "social").to_numpy())
    chance = 1.0 - np.exp(-WORK_PER_HOME_YEAR * days / _DAYS_PER_YEAR)
    kind = np.repeat(np.arange(len(WORK_KINDS)), len(social))
    home = np.tile(social, len(WORK_KINDS))
    ids = randomness.combine("work on a home", homes.ids[home], kind)
    done = np.flatnonzero(randomness.happens(seed, "work is done", ids, chance))
    day = randomness.whole(seed, "day of work", ids[done], days)
    kinds = np.array(WORK_KINDS)[kind[done]]
    return home[done], day * MINUTES_PER_DAY + _MORNING, ids[done], {"work_kind": kinds}


VALUATION = RegisterModel(every_home, valued)
TENANCIES = RegisterModel(socially_rented, tenancy, partner_share=0.25)
