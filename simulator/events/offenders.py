"""Offenders: people known to the courts, and how many offences were proved before the window.

Courts, prisons and probation see the same people. Who they are by age, sex and deprivation, and the
shares by number of previous offences, are assumed; the latter are set so that 28.1 % reoffend.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulator import randomness
from simulator.events.contacts import Clients, by_age

if TYPE_CHECKING:
    from numpy.typing import NDArray

_KNOWN_BY_AGE = ((0, 0.0), (10, 0.03), (15, 0.12), (18, 0.20), (30, 0.22), (50, 0.15), (65, 0.06),
                 (80, 0.02))  # fmt: skip
_WOMEN = 0.25
_BY_FIFTH = np.array([1.70, 1.20, 0.90, 0.65, 0.55])

# Previous offences when a person is next before a court: from, to, share of people, and the chance
# of reoffending within a year. 10.5 % with none and 47 % with 11 and more are published (Ministry
# of Justice, October to December 2018), as is 28.1 % over all; the rest is assumed to fit.
PREVIOUS = ((0, 0, 0.28, 0.105), (1, 2, 0.16, 0.190), (3, 6, 0.14, 0.256), (7, 10, 0.08, 0.320),
            (11, 60, 0.34, 0.470))  # fmt: skip


def known_share(clients: Clients) -> NDArray[np.float64]:
    """Returns the chance of being known to the courts by age, sex and deprivation."""
    sex = np.where(clients.female, _WOMEN, 1.0)
    share = by_age(clients.age, _KNOWN_BY_AGE) * sex * _BY_FIFTH[clients.fifth - 1]
    return np.asarray(np.minimum(share, 1.0))


def are_known(seed: int, clients: Clients) -> NDArray[np.bool_]:
    """Says who is known to the courts, bool, shape (people,)."""
    # The age that counts is a person's own and moves by a day or so: the draw is the same.
    return randomness.happens(seed, "known to the courts", clients.ids, known_share(clients))


def previous_band(seed: int, clients: Clients) -> NDArray[np.int64]:
    """Returns the row of PREVIOUS of each person, int64, shape (people,)."""
    shares = [row[2] for row in PREVIOUS]
    return randomness.choose(seed, "band of previous offences", clients.ids, shares)


def previous_offences(seed: int, clients: Clients) -> NDArray[np.int64]:
    """Returns offences proved before the window, for people known to the courts; int64."""
    low, high = (np.array([row[at] for row in PREVIOUS]) for at in (0, 1))
    row = previous_band(seed, clients)
    extra = randomness.whole(seed, "previous offences", clients.ids, high[row] - low[row] + 1)
    return np.asarray(low[row] + extra)
