"""The world, made: the main path of this package.

`simulate` makes the world, lets each agency write its records, and keeps the truth apart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from simulator import communal, lifecourse, places, population, randomness
from simulator.ages import draw_ages
from simulator.dwellings import draw_dwellings
from simulator.effects import drawing_order
from simulator.events import timeline
from simulator.extracts import extract
from simulator.households import FIRST_ESTABLISHMENT, draw_households
from simulator.limits import require_possible
from simulator.proneness import group_multiplier
from simulator.regions import REGIONS
from simulator.second_homes import NONE as NO_SECOND_HOME
from simulator.second_homes import draw_second_homes
from simulator.state import Layout, World
from simulator.truth import Truth

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from simulator.households import Households
    from simulator.life.lives import Lives
    from simulator.regions import RegionName
    from simulator.schema import Dataset
    from simulator.specs import AgencySpec, EffectSpec, WorldSpec

_VACANT = 0.03  # homes without a household: 1.9 % empty and 1.0 % second homes (council tax, 2023)
_FEWEST_PEOPLE_PER_HOME = 2.0  # fewer than any world has, so that homes never run out
_OTHER_PRACTICE = 0.15  # people registered with the next practice rather than their own: assumed
_PEOPLE_PER_HOME = 2.30
_AGE_BANDS = ("0-17", "18-39", "40-64", "65-79", "80+")
_AGE_STARTS = (18, 40, 65, 80)


def simulate(
    spec: WorldSpec,
    agencies: Mapping[str, AgencySpec],
    effects: Mapping[str, EffectSpec],
    seed: int,
) -> tuple[World, dict[str, Dataset], Truth]:
    """Makes a world and what agencies wrote down about it.

    Args:
        spec: The world asked for.
        agencies: The agencies, by name.
        effects: Effects to plant, by name.
        seed: The run's seed.

    Returns:
        The world, each agency's dataset, and the truth.
    """
    world = make_world(spec, agencies, effects, seed)
    written = {name: extract(world, name, agency) for name, agency in agencies.items()}
    truth = Truth(
        records={name: record_truth for name, (_, record_truth) in written.items()},
        people=groups_of_people(world),
        residences=lifecourse.residences(world.people, spec),
    )
    return world, {name: dataset for name, (dataset, _) in written.items()}, truth


def make_world(
    spec: WorldSpec,
    agencies: Mapping[str, AgencySpec],
    effects: Mapping[str, EffectSpec],
    seed: int,
) -> World:
    """Makes the world; of the agencies it reads only which services they record.

    Raises:
        ValueError: If the world cannot be made (see limits.require_possible).
    """
    require_possible(spec)
    found = places.areas(seed, int(spec.people / _FEWEST_PEOPLE_PER_HOME) + 200, spec.region)
    metres = REGIONS[spec.region].metres_between_lsoas
    lived_in = np.flatnonzero(
        ~randomness.happens(seed, "home is vacant", np.arange(len(found.lsoa)), _VACANT)
    )
    fifth = found.deprivation_fifth[lived_in]
    households = draw_households(seed, spec.region, spec.people, fifth)
    home_of = lived_in[: households.count]
    homes = _homes(seed, spec.region, found, home_of, households)
    start = _first_day(seed, spec, households, home_of, homes)
    people, lives = lifecourse.live(seed, spec, start)
    people = _housed(seed, spec, people, homes, lives)
    second = draw_second_homes(seed, households, home_of, start.age)
    people = people.with_columns(second_home=_ids_of(homes, second, people.height))
    layout = _layout(seed, spec, people, homes, lives)
    drawn = timeline.draw_events(
        seed,
        spec,
        people,
        homes,
        layout,
        {name: agencies[name] for name in drawing_order(tuple(agencies), effects)},
        effects,
    )
    return World(
        spec=spec,
        seed=seed,
        people=people,
        homes=homes,
        places=places.sites_frame(found, spec.people_per_hospital, metres),
        events={name: frame for name, (frame, _) in drawn.items()},
        positions={name: positions for name, (_, positions) in drawn.items()},
        layout=layout,
    )


def _homes(
    seed: int,
    region: RegionName,
    found: places.Areas,
    home_of: NDArray[np.int64],
    households: Households,
) -> pl.DataFrame:
    """Builds the frame of homes up to the last that is lived in."""
    count = int(home_of[-1]) + 1
    establishment = np.full(count, communal.NONE, dtype=np.int64)
    kind = households.kind[: households.count]
    at = np.flatnonzero(~households.private)
    establishment[home_of[at]] = kind[at] - FIRST_ESTABLISHMENT
    placed = places.homes_frame(seed, found, REGIONS[region].metres_between_lsoas).head(count)
    return placed.hstack(
        draw_dwellings(seed, region, found.deprivation_fifth[:count], establishment)
    )


def ages_at(people: pl.DataFrame, spec: WorldSpec, day: int) -> NDArray[np.float64]:
    """Returns everybody's age in years on a day of the window; below 0 before birth."""
    born = people["date_of_birth"].to_numpy().astype("datetime64[D]")
    days = (np.datetime64(spec.start) + day - born).astype(np.int64)
    return np.asarray(days / 365.25)


def groups_of_people(world: World) -> pl.DataFrame:
    """Lists the groups for which figures are reported (see Truth.people), as at the start."""
    band = np.searchsorted(_AGE_STARTS, ages_at(world.people, world.spec, 0), side="right")
    fifth = world.homes["deprivation_fifth"].gather(world.layout.home_first)
    return world.people.select(
        "person_id",
        "sex",
        age_band=pl.Series(np.array(_AGE_BANDS)[band]),
        ethnic_group="ethnic_group",
        deprivation_fifth=fifth.cast(pl.String),
    ).sort("person_id")


def _first_day(
    seed: int,
    spec: WorldSpec,
    households: Households,
    home_of: NDArray[np.int64],
    homes: pl.DataFrame,
) -> lifecourse.Start:
    """Draws who lives where on the first day."""
    ids = population.person_ids(households)
    age = draw_ages(seed, ids, households)
    fifth = homes["deprivation_fifth"].to_numpy().astype(np.int64)
    number = population.nhs_numbers(seed, np.arange(len(ids)), 0)
    people = population.draw_people(seed, spec, ids, households, fifth[home_of], age, number)
    empty = np.setdiff1d(np.arange(homes.height), home_of, assume_unique=True)
    return lifecourse.Start(households, age, people, home_of, empty, fifth)


def _ids_of(homes: pl.DataFrame, number: NDArray[np.int64], people: int) -> pl.Series:
    """Returns ids of homes by number, null for none and for people without a number."""
    none = np.full(people - len(number), NO_SECOND_HOME)
    every = pl.Series(np.concatenate([number, none])).replace(NO_SECOND_HOME, None)
    return homes["home_id"].gather(every)


def _housed(
    seed: int, spec: WorldSpec, people: pl.DataFrame, homes: pl.DataFrame, lives: Lives
) -> pl.DataFrame:
    """Adds where people live, their areas, and the practice where they are registered."""
    last = lives.home_last
    nearest = (last * _PEOPLE_PER_HOME / spec.people_per_practice).astype(np.int64)
    ids = people["person_id"].to_numpy()
    elsewhere = randomness.happens(seed, "registered next door", ids, _OTHER_PRACTICE)
    side = 2 * randomness.whole(seed, "which practice next door", ids, 2) - 1
    practice = np.abs(nearest + np.where(elsewhere, side, 0))
    return people.with_columns(
        home_first=homes["home_id"].gather(lives.home_first),
        home_last=homes["home_id"].gather(last),
        practice=pl.Series(np.minimum(practice, nearest.max())).cast(pl.UInt32),
        lsoa=homes["lsoa"].gather(last),
        msoa=homes["msoa"].gather(last),
        deprivation_fifth=homes["deprivation_fifth"].gather(last),
    )


def _layout(
    seed: int, spec: WorldSpec, people: pl.DataFrame, homes: pl.DataFrame, lives: Lives
) -> Layout:
    at_start = people.with_columns(
        deprivation_fifth=homes["deprivation_fifth"].gather(lives.home_first)
    )
    ids = people["person_id"].to_numpy()
    frailty = np.ones(len(ids))
    if spec.frailty_variance.value > 0:
        frailty = randomness.gamma(seed, "error frailty", ids, 1 / spec.frailty_variance.value)
    multiplier = frailty * group_multiplier(at_start, ages_at(people, spec, 0))
    return Layout(**vars(lives), error_multiplier=multiplier)
