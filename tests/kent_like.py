"""Worlds like Kent's at any size, made once for all tests that look at them."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from simulator import randomness
from simulator.agencies import CATALOGUE
from simulator.draft import Draft, Sources
from simulator.life_spec import LifeSpec
from simulator.specs import WorldSpec
from simulator.world import make_world, simulate

if TYPE_CHECKING:
    from simulator.schema import Dataset
    from simulator.state import World
    from simulator.truth import Truth

START = date(2016, 4, 1)

AGENCIES = {
    name: CATALOGUE[name]
    for name in ("gp_register", "a_and_e", "admissions", "mental_health", "community",
                 "social_care", "fire_visits")
}  # fmt: skip
"""Agencies of the catalogue that Kent links."""


def world_spec(people: int, **changes: Any) -> WorldSpec:
    """The Kent proposal's world at a size, but for some changes."""
    given = {
        "people": people,
        "real_population": 1_500_000,
        "start": START,
        "days": 730,
        "move_rate": 0.11,
    }
    return WorldSpec.model_validate(given | changes)


STILL = LifeSpec.still()
"""Households move among themselves, and nobody comes, goes, is born or dies."""


@cache
def kent(people: int, seed: int = 1) -> World:
    """A still world with these agencies and no effect, before anything is recorded."""
    return make_world(world_spec(people, life=STILL), AGENCIES, {}, seed)


@cache
def recorded(people: int, seed: int = 1) -> tuple[World, dict[str, Dataset], Truth]:
    """The same world with its datasets and the truth about them."""
    return simulate(world_spec(people, life=STILL), AGENCIES, {}, seed)


@cache
def living(people: int, seed: int = 1) -> tuple[World, dict[str, Dataset], Truth]:
    """A world in which people come and go, are born, marry and die, and its datasets."""
    return simulate(world_spec(people), AGENCIES, {}, seed)


def draft_of(texts: list[str], seed: int = 1) -> Draft:
    """A draft whose records hold these texts, for errors of typing."""
    none = np.zeros(len(texts), dtype=np.int64)
    ids = randomness.combine("record", np.arange(len(texts)), 0)
    sources = Sources(pl.DataFrame(), pl.DataFrame(), none, 2018)
    columns = {"surname": pl.Series(texts, dtype=pl.String())}
    return Draft("agency", seed, ids, none, none, np.ones(len(texts)), columns, sources)
