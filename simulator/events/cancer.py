"""Cancer: diagnoses, how people came to them, and how long they waited.

A person is diagnosed at most once in the window. All figures are assumed; waits are spread around
the standard of 62 days from an urgent referral to the first treatment.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulator import randomness
from simulator.events.codes import codes, codes_by
from simulator.events.contacts import (
    MINUTES_PER_DAY,
    OFFICE_HOURS,
    Clients,
    Contacts,
    ServiceModel,
    by_age,
)

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

_BY_AGE = ((0, 0.0002), (25, 0.0010), (40, 0.0030), (50, 0.0060), (60, 0.0115), (70, 0.0190),
           (80, 0.0240))  # fmt: skip
_BY_FIFTH = np.array([1.06, 1.02, 1.00, 0.97, 0.95])
SITES = {  # women, men
    "breast": (0.30, 0.002),
    "prostate": (0.0, 0.27),
    "lung": (0.13, 0.13),
    "bowel": (0.11, 0.12),
    "brain": (0.03, 0.03),
    "myeloma": (0.015, 0.02),
    "hodgkin_lymphoma": (0.006, 0.006),
    "other": (0.409, 0.422),
}
_STAGES = {"1": 0.29, "2": 0.24, "3": 0.20, "4": 0.27}
ROUTES = {"urgent_referral": 0.40, "gp": 0.25, "emergency": 0.20, "screening": 0.07, "other": 0.08}
_MEAN_TO_DIAGNOSIS, _MEAN_TO_TREATMENT = 24.0, 30.0  # days


def rates(_seed: int, clients: Clients) -> NDArray[np.float64]:
    """Returns diagnoses per year by age and deprivation."""
    return np.asarray(by_age(clients.age, _BY_AGE) * _BY_FIFTH[clients.fifth - 1])


def content(
    seed: int, contacts: Contacts, clients: Clients
) -> dict[str, NDArray[np.int64] | pl.Series]:
    """Gives what was diagnosed, and the days around the diagnosis."""
    ids = contacts.event_id
    sex = np.where(clients.female[contacts.person], 0, 1)
    before = randomness.gamma(seed, "days to diagnosis", ids, 2.0) * _MEAN_TO_DIAGNOSIS
    after = randomness.gamma(seed, "days to treatment", ids, 3.0) * _MEAN_TO_TREATMENT
    return {
        "cancer_site": codes_by(seed, "site of cancer", ids, sex, SITES),
        "cancer_stage": codes(seed, "stage of cancer", ids, _STAGES),
        "referral_route": codes(seed, "route to diagnosis", ids, ROUTES),
        "referral_time": contacts.minute - (before * MINUTES_PER_DAY).astype(np.int64),
        "treatment_time": contacts.minute + (after * MINUTES_PER_DAY).astype(np.int64),
    }


MODEL = ServiceModel(
    rates,
    hours=OFFICE_HOURS,
    site_kind="hospital",
    mean_cost=9_000.0,
    cost_spread=0.9,
    content=content,
    is_prone=False,
    is_once=True,
    is_shared=True,
)
