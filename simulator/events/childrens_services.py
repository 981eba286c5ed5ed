"""Children's services: children with a plan on the last day; all figures are assumed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulator.events.codes import codes
from simulator.events.registers import RegisterModel

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

    from simulator.events.contacts import Clients

_OF_CHILDREN = 0.033
_BELOW = 18
_BY_FIFTH = np.array([2.00, 1.25, 0.80, 0.55, 0.40])
_PLANS = {"need": 0.67, "protection": 0.12, "looked_after": 0.21}


def chances(_seed: int, clients: Clients) -> NDArray[np.float64]:
    """Returns the chance of having a plan, by deprivation; 0 for adults."""
    share = _OF_CHILDREN * _BY_FIFTH[clients.fifth - 1]
    return np.where(clients.age < _BELOW, share, 0.0)


def content(seed: int, clients: Clients) -> dict[str, pl.Series]:
    """Gives each child's plan."""
    return {"childrens_plan": codes(seed, "plan for a child", clients.ids, _PLANS)}


MODEL = RegisterModel(chances, content)
