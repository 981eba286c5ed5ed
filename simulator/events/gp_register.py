"""The register of general practices: everybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulator.events.registers import RegisterModel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.events.contacts import Clients


def chances(_seed: int, clients: Clients) -> NDArray[np.float64]:
    """Returns 1 for everybody."""
    return np.ones(len(clients.ids))


MODEL = RegisterModel(chances)
