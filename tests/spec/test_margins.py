"""Margins: a large world has the tables that it was set to.

Ages of Kent are held out, and are not looked at here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

from simulator.ages import EW_AGES
from simulator.regions import REGIONS
from simulator.schema import ETHNIC_GROUPS
from simulator.world import ages_at, make_world
from tests.kent_like import STILL, world_spec

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.state import World

LARGE = 1_500_000
POINTS = 0.2
AS_ENGLAND_AND_WALES = "welsh_county"


def sizes(world: World) -> NDArray[np.float64]:
    """Private households of 1 to 8 and more people, in per cent."""
    homes = world.homes.select(home_first="home_id", establishment="establishment")
    found = (
        world.people.group_by("home_first")
        .len()
        .join(homes, on="home_first", how="left")
        .filter(pl.col("establishment").is_null())
    )
    counts = np.bincount(np.minimum(found["len"].to_numpy(), 8), minlength=9)[1:]
    return np.asarray(100 * counts / counts.sum())


def groups(world: World) -> NDArray[np.float64]:
    """Shares of ethnic groups, in per cent."""
    return np.array([100 * (world.people["ethnic_group"] == g).mean() for g in ETHNIC_GROUPS])


def age_bands(world: World) -> NDArray[np.float64]:
    """Shares of ages 0-4, 5-9, ..., 85 and over, in per cent."""
    bands = np.minimum(ages_at(world.people, world.spec, 0) // 5, 17).astype(np.int64)
    return np.asarray(100 * np.bincount(bands, minlength=18) / len(bands))


@pytest.mark.long
@pytest.mark.parametrize("region", REGIONS)
def test_household_sizes_and_ethnic_groups_are_within_a_fifth_of_a_point(region: str) -> None:
    world = make_world(world_spec(LARGE, region=region, life=STILL), {}, {}, 1)
    found = REGIONS[world.spec.region]
    assert np.abs(sizes(world) - np.array(found.household_sizes)).max() < POINTS
    assert np.abs(groups(world) - 100 * np.array(found.ethnic_shares)).max() < POINTS
    bands = world.homes["council_tax_band"].drop_nulls().value_counts(normalize=True)
    wanted = dict(zip("ABCDEFGH", found.council_tax, strict=True))
    assert all(
        abs(100 * share - 100 * wanted[band] / sum(wanted.values())) < POINTS
        for band, share in bands.iter_rows()
    )


@pytest.mark.long
def test_ages_are_those_of_england_and_wales_within_a_fifth_of_a_point() -> None:
    world = make_world(world_spec(LARGE, region=AS_ENGLAND_AND_WALES, life=STILL), {}, {}, 1)
    assert np.abs(age_bands(world) - np.array(EW_AGES)).max() < POINTS
    assert abs(100 * (world.people["sex"] == "F").mean() - 51.04) < POINTS


def test_a_small_world_is_near_the_same_tables() -> None:
    # Three standard errors at some 17,000 households and 40,000 people are below a point.
    world = make_world(world_spec(40_000, region=AS_ENGLAND_AND_WALES, life=STILL), {}, {}, 1)
    assert np.abs(sizes(world) - np.array(REGIONS[AS_ENGLAND_AND_WALES].household_sizes)).max() < 1
    assert np.abs(age_bands(world) - np.array(EW_AGES)).max() < 1


@pytest.mark.long
def test_residents_of_establishments_are_as_many_as_the_census_has_in_half_of_lsoas() -> None:
    world = make_world(world_spec(LARGE, life=STILL), {}, {}, 1)
    homes = world.homes.select("home_id", "lsoa", "establishment")
    people = world.people.select(home_id="home_first").join(homes, on="home_id", how="left")
    resident = people["establishment"].is_not_null()
    assert abs(100 * resident.mean() - REGIONS["shire_county"].communal) < POINTS
    without = people.group_by("lsoa").agg(pl.col("establishment").null_count() == pl.len())
    assert 0.45 < without["establishment"].mean() < 0.65
