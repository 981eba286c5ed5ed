"""Knowledge of households: people, and those who live with them, as somebody recalls them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from reidentify.knowledge import ATTRIBUTES, TargetTruth, as_targets
from simulator.randomness import happens, sample, whole, words

if TYPE_CHECKING:
    from reidentify.identity_specs import HouseholdSpec
    from simulator.state import World

MOVED = "lived_since"
"""The column of the day since when somebody lives at their address; none for who was born there."""

_DAYS_OFF = 365


@dataclass(frozen=True)
class HouseholdKnowledge:
    """Targets, and people who live with them.

    Attributes:
        targets: `target_id` (UInt64, opaque) and what is known of them: `sex`, `date_of_birth`,
            `lsoa`, `msoa`, `deprivation_fifth` and `lived_since` (Date, null if since birth or
            before the window); ordered by `target_id`.
        co_residents: `target_id`, `ordinal` (Int64, 0 for the first whom it knows) and the same of
            each, ordered by both; none of those who live alone.
    """

    targets: pl.DataFrame = field(repr=False)
    co_residents: pl.DataFrame = field(repr=False)


def draw_household_knowledge(
    world: World, spec: HouseholdSpec, name: str
) -> tuple[HouseholdKnowledge, TargetTruth]:
    """Draws targets at random among all who live in a home at the end of the window.

    Of those who live with a target as many are known as `max(spec.co_residents)`, drawn at random.
    A date of birth that is remembered wrongly is off by a day to a year, either way. Being on a
    register, recorded or linked plays no part.

    Args:
        world: The world.
        spec: The attack.
        name: Name of the attack in the proposal, so that attacks draw apart.

    Returns:
        What is known, and (for scoring only) who the targets are.
    """
    people = _living_there(world, spec, name)
    chosen = people[sample(world.seed, f"targets/{name}", _ids(people), spec.targets)]
    truth = as_targets(chosen.select("person_id"), name, world.seed)
    columns = [column for kind in spec.knows for column in _COLUMNS[kind]]
    targets = truth.join(people, on="person_id", how="inner").sort("target_id")
    others = (
        targets.select("target_id", "home_last", target="person_id")
        .join(people, on="home_last", how="inner")
        .filter(pl.col("person_id") != pl.col("target"))
    )
    keys = words(world.seed, f"co-residents/{name}", _ids(others))
    shuffled = others.with_columns(pl.Series("key", keys)).sort("target_id", "key")
    ordinal = pl.int_range(pl.len(), dtype=pl.Int64).over("target_id").alias("ordinal")
    known = shuffled.with_columns(ordinal).filter(pl.col("ordinal") < max(spec.co_residents))
    knowledge = HouseholdKnowledge(
        targets.select("target_id", *columns), known.select("target_id", "ordinal", *columns)
    )
    return knowledge, TargetTruth(truth, people.height, world.people.height)


_COLUMNS = {**ATTRIBUTES, "moved": (MOVED,)}


def _living_there(world: World, spec: HouseholdSpec, name: str) -> pl.DataFrame:
    """Lists those who live there at the end, with what may be known of them."""
    everybody = np.arange(world.people.height)
    last = np.full(world.people.height, world.spec.days - 1)
    housed = pl.Series(~world.layout.is_homeless(everybody, last))
    stays = pl.col("left_on").is_null() & pl.col("died_on").is_null() & housed
    people = world.people.filter(stays).with_columns(
        pl.coalesce("moved_on", "arrived_on").alias(MOVED)
    )
    seed, ids = world.seed, _ids(people)
    wrong = happens(seed, f"birth misremembered/{name}", ids, spec.misremembered.value)
    days = 1 + whole(seed, f"birth off by/{name}", ids, _DAYS_OFF)
    sign = 2 * whole(seed, f"birth off which way/{name}", ids, 2) - 1
    shift = np.where(wrong, days * sign, 0)
    return people.with_columns(pl.col("date_of_birth") + pl.duration(days=pl.lit(pl.Series(shift))))


def _ids(people: pl.DataFrame) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
    return people["person_id"].to_numpy()
