"""Knowledge of addresses: a list of who lives where, such as a council's.

Everybody is on the list or not by a draw of their own. Who a target is goes to the scoring side
alone, as a TargetTruth.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from reidentify.knowledge import TargetTruth
from simulator.randomness import happens, words
from simulator.violence.records import violence_of

if TYPE_CHECKING:
    from simulator.state import World

ADULT = 18
_DAYS_OF_A_YEAR = 365.25


@dataclass(frozen=True)
class AddressList:
    """Adults and their addresses at the end of the window.

    Attributes:
        frame: `target_id` (UInt64, opaque), `street` (UInt32) and `number` (Int64, house number) of
            the home, ordered by `target_id`.
    """

    frame: pl.DataFrame = field(repr=False)


def draw_address_list(world: World, share: float, name: str) -> tuple[AddressList, TargetTruth]:
    """Draws a list that holds each adult of the world with the same probability.

    Args:
        world: A world with violence, whose town gives every home a street and a number.
        share: Share of adults on the list, 0 to 1.
        name: Name of the attack in the proposal.

    Returns:
        The list, and (for scoring only) who is on it.

    Raises:
        ValueError: If the world has no violence, and so no town.
    """
    homes = violence_of(world).town.homes.select("street", "number")
    people = world.people.select("person_id", "date_of_birth").hstack(homes[world.layout.home_last])
    people = people.filter(pl.Series(~world.layout.leaves))
    age = (pl.lit(world.spec.end) - pl.col("date_of_birth")).dt.total_days() / _DAYS_OF_A_YEAR
    adults = people.filter(age >= ADULT)
    ids = adults["person_id"].to_numpy()
    listed = adults.with_columns(
        pl.Series("target_id", words(world.seed, f"target id/{name}", ids))
    )
    listed = listed.filter(pl.Series(happens(world.seed, f"on the list/{name}", ids, share)))
    listed = listed.sort("target_id")
    truth = TargetTruth(listed.select("target_id", "person_id"), adults.height, people.height)
    return AddressList(listed.select("target_id", "street", "number")), truth
