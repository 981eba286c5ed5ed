"""Worlds like Kent's at any size, made once for all tests that look at them."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from simulator.agencies import CATALOGUE
from simulator.specs import WorldSpec
from simulator.world import make_world, simulate

if TYPE_CHECKING:
    from simulator.schema import Dataset
    from simulator.truth import Truth
    from simulator.state import World

START = date(2016, 4, 1)


def world_spec(people: int, **changes: Any) -> WorldSpec:  # noqa: ANN401 - any setting
    """The Kent proposal's world at a size, but for some changes."""
    given = {
        "people": people,
        "real_population": 1_500_000,
        "start": START,
        "days": 730,
        "move_rate": 0.11,
    }
    return WorldSpec.model_validate(given | changes)


@cache
def kent(people: int, seed: int = 1) -> World:
    """A world with all agencies of the catalogue and no effect, before anything is recorded."""
    return make_world(world_spec(people), CATALOGUE, {}, seed)


@cache
def recorded(people: int, seed: int = 1) -> tuple[World, dict[str, Dataset], Truth]:
    """The same world with its datasets and the truth about them."""
    return simulate(world_spec(people), CATALOGUE, {}, seed)
