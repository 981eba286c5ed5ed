"""Cancer screening: who came, and who was called back.

Women are invited for breast screening every three years from 50 to 70 and for cervical screening
every three to five years from 25 to 64, everybody for bowel screening every two years from 60 to
74. Uptake and the shares called back are assumed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulator import randomness
from simulator.events.codes import codes_by
from simulator.events.contacts import OFFICE_HOURS, Clients, Contacts, ServiceModel

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

# Screenings per year: of women by kind, and of everybody; ages from, below.
_BREAST, _CERVICAL, _BOWEL = (50, 71, 0.23), (25, 65, 0.19), (60, 75, 0.33)
_BY_FIFTH = np.array([0.86, 0.95, 1.02, 1.07, 1.10])
_RECALLED = 0.04
# Kinds by stage of life: women of 25-49, 50-59, 60-64, 65-70; then everybody else.
_STAGES = (25, 50, 60, 65, 71)
KINDS = {
    "breast": (0.0, 0.23, 0.23, 0.23, 0.0),
    "cervical": (0.19, 0.19, 0.19, 0.0, 0.0),
    "bowel": (0.0, 0.0, 0.33, 0.33, 1.0),
}


def _within(clients: Clients, ages: tuple[int, int, float]) -> NDArray[np.float64]:
    low, high, rate = ages
    return np.where((clients.age >= low) & (clients.age < high), rate, 0.0)


def rates(_seed: int, clients: Clients) -> NDArray[np.float64]:
    """Returns screenings per year by age, sex and deprivation."""
    women = _within(clients, _BREAST) + _within(clients, _CERVICAL)
    yearly = np.where(clients.female, women, 0.0) + _within(clients, _BOWEL)
    return np.asarray(yearly * _BY_FIFTH[clients.fifth - 1])


def content(
    seed: int, contacts: Contacts, clients: Clients
) -> dict[str, NDArray[np.bool_] | pl.Series]:
    """Gives what each was screened for, and whether they were called back."""
    stage = np.searchsorted(_STAGES, clients.age, side="right") - 1
    stage = np.where(clients.female & (stage >= 0), stage, len(_STAGES) - 1)[contacts.person]
    ids = contacts.event_id
    return {
        "screening_kind": codes_by(seed, "kind of screening", ids, stage, KINDS),
        "recalled": randomness.happens(seed, "called back", ids, _RECALLED),
    }


MODEL = ServiceModel(
    rates,
    hours=OFFICE_HOURS,
    site_kind="community team",
    mean_cost=60.0,
    cost_spread=0.2,
    content=content,
    is_prone=False,
    is_shared=True,
)
