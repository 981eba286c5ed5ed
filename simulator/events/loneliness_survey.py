"""A survey of people of 65 and over about loneliness.

7 % are often lonely (Age UK, 2024). Poor, fair and good health, widowhood and each further person
in the home change the odds by factors 7.65, 4.86, 2.68, 2.81 and 0.35, an age of 75-79 by 0.70
(logit of a charity's model, 2015). Its constant is set to the 7 %. Health, widowhood and the share
who are asked are assumed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from simulator import randomness
from simulator.events.codes import codes_by
from simulator.events.registers import RegisterModel

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

    from simulator.events.contacts import Clients

OFTEN_LONELY = 0.07
_FROM, _ASKED = 65, 0.05
_HEALTH = {  # at 65-74, 75-84, and from 85
    "very_good": (0.36, 0.27, 0.18),
    "good": (0.33, 0.33, 0.30),
    "fair": (0.22, 0.27, 0.33),
    "poor": (0.09, 0.13, 0.19),
}
_CONSTANT = -2.24
_HEALTH_LOGIT = {"very_good": 0.0, "good": 0.984, "fair": 1.582, "poor": 2.034}
_WIDOWED_LOGIT, _PERSON_LOGIT, _LATE_SEVENTIES_LOGIT = 1.032, -1.040, -0.354
_WIDOWED_ALONE, _WIDOWED_OTHERS = 0.55, 0.05


def chances(_seed: int, clients: Clients) -> NDArray[np.float64]:
    """Returns the chance of being asked: a sample of those old enough."""
    return np.where(clients.age >= _FROM, _ASKED, 0.0)


def content(
    seed: int, clients: Clients
) -> dict[str, NDArray[np.bool_] | NDArray[np.int64] | pl.Series]:
    """Gives what people answer."""
    ids = clients.ids
    size = clients.household_size
    stage = np.clip((clients.age - _FROM) // 10, 0, 2).astype(np.int64)
    health = codes_by(seed, "health as answered", ids, stage, _HEALTH)
    widowed = randomness.happens(
        seed, "widowed", ids, np.where(size == 1, _WIDOWED_ALONE, _WIDOWED_OTHERS)
    )
    late_seventies = (clients.age >= 75) & (clients.age < 80)  # noqa: PLR2004 - of the model
    logit = (
        _CONSTANT
        + health.replace_strict(_HEALTH_LOGIT).to_numpy()
        + _WIDOWED_LOGIT * widowed
        + _PERSON_LOGIT * size
        + _LATE_SEVENTIES_LOGIT * late_seventies
    )
    return {
        "often_lonely": randomness.happens(seed, "often lonely", ids, special.expit(logit)),
        "health": health,
        "widowed": widowed,
        "household_size": size,
    }


MODEL = RegisterModel(chances, content)
