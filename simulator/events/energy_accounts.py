"""Energy accounts: one a household, often in another name than its letters; all assumed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulator import randomness
from simulator.events.codes import codes_by
from simulator.events.registers import RegisterModel

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

    from simulator.events.dwellings import Dwellings

_TARIFFS = {
    "standard": (0.58, 0.60, 0.60, 0.60, 0.58),
    "fixed": (0.15, 0.24, 0.29, 0.33, 0.38),
    "prepayment": (0.27, 0.16, 0.11, 0.07, 0.04),
}
_KWH, _KWH_PER_PERSON, _SPREAD = 8_000.0, 2_800.0, 0.4


def chances(_seed: int, homes: Dwellings) -> NDArray[np.float64]:
    """Returns 1 where somebody lives, 0 elsewhere."""
    return homes.is_lived_in.astype(np.float64)


def content(seed: int, homes: Dwellings) -> dict[str, NDArray[np.int64] | pl.Series]:
    """Gives each account's tariff, and the energy used in a year."""
    people = homes.adults + homes.children
    spread = _SPREAD * randomness.normal(seed, "energy used", homes.ids) - _SPREAD**2 / 2
    used = (_KWH + _KWH_PER_PERSON * people) * np.exp(spread)
    return {
        "tariff": codes_by(seed, "tariff", homes.ids, homes.fifth - 1, _TARIFFS),
        "energy_kwh": used.round().astype(np.int64),
    }


MODEL = RegisterModel(chances, content, partner_share=0.35)
