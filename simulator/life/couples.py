"""Couples: who moves in together, who marries and changes surname, and who parts.

Yearly chances by age are assumed; those of marrying are raised to the 246,897 marriages of 2022 per
60.2 million people (England and Wales, ONS): 4.1 per 1,000. Of women who marry, 35 % of those under
35 and 61 % of older ones take the other's surname (YouGov: women willing to, used for all).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulator import randomness
from simulator.events.contacts import by_age
from simulator.life.step import Step, once

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.specs import WorldSpec

_FORMS = ((0, 0.0), (18, 0.07), (35, 0.04), (50, 0.015), (66, 0.0))  # of people who live alone
_MARRIES = ((0, 0.0), (18, 0.08), (25, 0.23), (35, 0.10), (45, 0.025))  # of couples of two surnames
_TAKES_NAME = ((0, 0.35), (35, 0.61))
_PARTS = ((0, 0.030), (30, 0.018), (45, 0.010), (60, 0.002))  # of couples


def draw_forming(
    seed: int,
    spec: WorldSpec,
    ids: NDArray[np.uint64],
    alone: NDArray[np.int64],
    age: NDArray[np.float64],
    female: NDArray[np.bool_],
) -> Step:
    """Draws who moves in with whom: of each pair one goes to live with the other.

    Men and women are paired in order of age, of those who form a couple in the window.

    Args:
        seed: The run's seed.
        spec: The world's spec.
        ids: Stable ids, uint64, shape (people,).
        alone: Positions of people who live alone and stay there, int64.
        age: Ages in the middle of the window, in years, float64, shape (people,).
        female: Whether a woman, bool, shape (people,).

    Returns:
        Who goes, the day, and with whom they then live.
    """
    yearly = by_age(age[alone], _FORMS) * spec.life.couples.value
    at, day = once(seed, spec, "moves in with a partner", ids[alone], yearly)
    who = alone[at]
    order = np.argsort(age[who], kind="stable")
    who, day = who[order], day[order]
    is_woman = female[who]
    pairs = int(min(is_woman.sum(), (~is_woman).sum()))
    women, men = (_evenly(who[of_sex], pairs) for of_sex in (is_woman, ~is_woman))
    day = _evenly(day[is_woman], pairs)
    goes = randomness.happens(seed, "she moves in with him", ids[women], 0.5)
    return Step(np.where(goes, women, men), day, np.where(goes, men, women))


def _evenly(values: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """Returns so many of some values, evenly spread over them."""
    return values[np.arange(count) * len(values) // max(count, 1)]


def draw_parting(
    seed: int, spec: WorldSpec, ids: NDArray[np.uint64], partner: NDArray[np.int64],
    age: NDArray[np.float64],
) -> Step:  # fmt: skip
    """Draws which partners move out, of those given.

    Args:
        seed: The run's seed.
        spec: The world's spec.
        ids: Stable ids, uint64, shape (people,).
        partner: Positions of partners of reference persons, int64.
        age: Ages in the middle of the window, in years, float64, shape (people,).

    Returns:
        Who moves out, and the day.
    """
    yearly = by_age(age[partner], _PARTS) * spec.life.couples.value
    at, day = once(seed, spec, "moves out from a partner", ids[partner], yearly)
    return Step.of(partner[at], day)


def draw_marrying(
    seed: int,
    spec: WorldSpec,
    ids: NDArray[np.uint64],
    changes: NDArray[np.int64],
    other: NDArray[np.int64],
    age: NDArray[np.float64],
) -> Step:
    """Draws who takes another's surname, and when.

    Args:
        seed: The run's seed.
        spec: The world's spec.
        ids: Stable ids, uint64, shape (people,).
        changes: Positions of those who may change their surname, one of each couple of two; int64.
        other: Positions of their partners, same shape.
        age: Ages in the middle of the window, in years, float64, shape (people,).

    Returns:
        Who takes the surname, the day, and whose it is; whether they live together then is not
        asked.
    """
    yearly = by_age(age[changes], _MARRIES) * spec.life.couples.value
    yearly = yearly * by_age(age[changes], _TAKES_NAME)
    at, day = once(seed, spec, "takes a partner's surname", ids[changes], yearly)
    return Step(changes[at], day, other[at])
