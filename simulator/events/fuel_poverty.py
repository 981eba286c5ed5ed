"""Fuel poverty: households that an energy department takes for poor in fuel.

13.0 % of households in England (3.17 million; DESNZ, 2023), most of them in homes rented privately.
Nobody in a home rated A to C counts. How much likelier a tenure, a rating and a deprived area make
it is assumed, and the level set so that 13.0 % come out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from simulator.events.registers import RegisterModel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.events.dwellings import Dwellings

OF_HOUSEHOLDS = 0.130
_LEVEL = 1.044
_BY_TENURE = {"owned": 0.8, "private rent": 1.9, "social rent": 1.2, "other": 1.0}
_BY_RATING = {"D": 1.3, "E": 2.2, "F": 3.2, "G": 3.8}
_BY_FIFTH = np.array([1.50, 1.20, 0.95, 0.75, 0.60])


def chances(_seed: int, homes: Dwellings) -> NDArray[np.float64]:
    """Returns the chance that a household is poor in fuel."""
    tenure, rating = (
        homes.building[name]
        .replace_strict(table, default=0.0, return_dtype=pl.Float64)
        .fill_null(0.0)
        for name, table in (("tenure", _BY_TENURE), ("energy_rating", _BY_RATING))
    )
    share = OF_HOUSEHOLDS * _LEVEL * tenure.to_numpy() * rating.to_numpy()
    share = np.minimum(share * _BY_FIFTH[homes.fifth - 1], 1.0)
    return np.where(homes.is_lived_in, share, 0.0)


def content(_seed: int, homes: Dwellings) -> dict[str, pl.Series]:
    """Gives the energy rating of each home."""
    return {"energy_rating": homes.building["energy_rating"]}


MODEL = RegisterModel(chances, content, partner_share=0.35)
