"""Housing: the registers of the valuation office and of social tenancies, and works on homes.

What buildings are like and how they are held is in simulator/dwellings.py. Works are of eight
kinds, done to social housing (as in a Welsh county, 2005 to 2015); names of the kinds and how often
they are done are assumed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulator import randomness
from simulator.events.contacts import MINUTES_PER_DAY
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


def _is_social(homes: Dwellings) -> NDArray[np.bool_]:
    return (homes.building["tenure"] == "social rent").to_numpy()


def every_home(_seed: int, homes: Dwellings) -> NDArray[np.float64]:
    """Returns 1 for every home."""
    return np.ones(len(homes.ids))


def valued(_seed: int, homes: Dwellings) -> dict[str, pl.Series]:
    """Gives band and type of each home."""
    return {name: homes.building[name] for name in ("council_tax_band", "dwelling_type")}


def socially_rented(_seed: int, homes: Dwellings) -> NDArray[np.float64]:
    """Returns 1 for homes with a social tenancy, 0 for others."""
    return (_is_social(homes) & homes.is_lived_in).astype(np.float64)


def tenancy(_seed: int, homes: Dwellings) -> dict[str, NDArray[np.int64] | pl.Series]:
    """Gives the type of each home, and the children in it."""
    return {"dwelling_type": homes.building["dwelling_type"], "children": homes.children}


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
    social = np.flatnonzero(_is_social(homes))
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
