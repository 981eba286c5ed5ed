"""Consent: who keeps their records out of a linkage, and that they are not like everybody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import brentq

from simulator import randomness

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.specs import ConsentSpec
    from simulator.state import World

_SMALL = 1e-9


def opted_out(world: World, consent: ConsentSpec) -> NDArray[np.bool_]:
    """Says who opts out, bool, shape (people,).

    The odds of a person are those of everybody, times `deprived_ratio` over the fifths in equal
    steps, times `frequent_user_ratio` for each doubling of contacts over the mean. The first factor
    is set so that the share of people who opt out is the one asked for.
    """
    ids = world.people["person_id"].to_numpy()
    fifth = world.homes["deprivation_fifth"].to_numpy().astype(np.int64)[world.layout.home_first]
    steps = (3 - fifth) / 4.0  # 0.5 in the most deprived fifth, -0.5 in the least
    doublings = np.log2(np.clip(_contacts(world), 0.25, 8.0))
    tilt = np.log(consent.deprived_ratio.value) * steps
    tilt += np.log(consent.frequent_user_ratio.value) * doublings
    share = min(max(consent.opt_out.value, _SMALL), 1 - _SMALL)

    def excess(level: float) -> float:
        return float(np.mean(1 / (1 + np.exp(-(level + tilt)))) - share)

    level = brentq(excess, -40.0, 40.0)
    return randomness.happens(world.seed, "opts out", ids, 1 / (1 + np.exp(-(level + tilt))))


def _contacts(world: World) -> NDArray[np.float64]:
    """Gives each person's contacts in the window over the mean; half a contact is added to each."""
    counts = np.full(world.people.height, 0.5)
    for positions in world.positions.values():
        person = positions.person[positions.person >= 0]
        counts += np.bincount(person, minlength=len(counts))
    return np.asarray(counts / counts.mean())
