"""Probation: the people supervised on the last day.

239,015 in England and Wales (March 2024; Ministry of Justice), 0.5 % of adults. By age, and the
shares of sentences, assumed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulator.events.codes import codes
from simulator.events.contacts import Clients, by_age
from simulator.events.offenders import are_known, previous_offences
from simulator.events.registers import RegisterModel

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

OF_ADULTS = 0.005
_LEVEL = 0.95
_BY_AGE = ((0, 0.0), (18, 0.075), (25, 0.070), (40, 0.045), (60, 0.015))
_SENTENCES = {"community": 0.35, "suspended": 0.18, "licence": 0.47}


def chances(seed: int, clients: Clients) -> NDArray[np.float64]:
    """Returns the chance of being supervised: that of people known to the courts, 0 for others."""
    return np.where(are_known(seed, clients), _LEVEL * by_age(clients.age, _BY_AGE), 0.0)


def content(seed: int, clients: Clients) -> dict[str, NDArray[np.int64] | pl.Series]:
    """Gives why each is supervised, and their offences before the window."""
    return {
        "sentence": codes(seed, "sentence", clients.ids, _SENTENCES),
        "previous_offences": previous_offences(seed, clients),
    }


MODEL = RegisterModel(chances, content)
