"""Coverage: whose records an agency passes on, by group."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from simulator.settings import Ratio
    from simulator.state import World

Group = Literal["men", "aged_20_29", "minority", "most_deprived", "movers"]
"""Groups that registers tend to lack: those under-represented in the Personal Demographics Service
beside the census of 2021 (ONS), the most deprived, and who moved or arrived in the window."""

_TWENTIES = (20, 30)
_DAYS_PER_YEAR = 365.25


def members(world: World, group: Group) -> NDArray[np.bool_]:
    """Says who is of a group, bool, shape (people,)."""
    people, layout = world.people, world.layout
    if group == "men":
        return (people["sex"] == "M").to_numpy()
    if group == "minority":
        return (people["ethnic_group"] != "White").to_numpy()
    if group == "movers":
        arrived = people["arrived_on"].is_not_null().to_numpy()
        return np.asarray((layout.moved_day >= 0) | arrived)
    if group == "most_deprived":
        fifth = world.homes["deprivation_fifth"].to_numpy()[layout.home_last]
        return np.asarray(fifth == 1)
    born = people["date_of_birth"].to_numpy().astype("datetime64[D]")
    age = (np.datetime64(world.spec.end) - born).astype(np.int64) / _DAYS_PER_YEAR
    return (age >= _TWENTIES[0]) & (age < _TWENTIES[1])


def covered_share(
    world: World, share: float, ratios: Mapping[Group, Ratio], person: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Returns the chance that each record is passed on.

    Args:
        world: The world.
        share: The share of records of people in none of the groups, and of homes.
        ratios: Odds of being passed on in a group over those outside it.
        person: Position of the person of each record; -1 for a home alone.

    Returns:
        float64 array, shape (records,).
    """
    if not ratios or share in {0.0, 1.0}:
        return np.full(len(person), share)
    odds = np.full(world.people.height, share / (1.0 - share))
    for group, ratio in ratios.items():
        odds *= np.where(members(world, group), ratio.value, 1.0)
    return np.where(person < 0, share, (odds / (1.0 + odds))[person])
