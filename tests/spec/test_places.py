"""Places: areas nest, addresses are invented, and a small world is the beginning of a large one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

from simulator import places
from tests.kent_like import kent
from tests.statistical import assert_mean

if TYPE_CHECKING:
    from simulator.places import Areas

HOMES = 40_000
# First letters of the postcode areas in use, special ones too (GIR, BX for banks, XX for returns).
REAL_FIRST_LETTERS = set("ABCDEFGHIKLMNOPRSTUWYZJX")
INVENTED = re.compile(r"[QV][A-Z][1-9][0-9]? [0-9][ABDEFGHJLNPQRSTUWXYZ]{2}")


@pytest.fixture(scope="module")
def found() -> Areas:
    """The areas of 40,000 homes."""
    return places.areas(5, HOMES)


@pytest.fixture(scope="module")
def homes(found: Areas) -> pl.DataFrame:
    """The frame of 40,000 homes."""
    return places.homes_frame(5, found)


@pytest.mark.parametrize("fewer", [700, 12_345])
def test_a_smaller_world_is_the_beginning_of_a_larger_one(homes: pl.DataFrame, fewer: int) -> None:
    smaller = places.homes_frame(5, places.areas(5, fewer))
    assert smaller.height == fewer
    assert smaller.equals(homes.head(fewer))


@pytest.mark.parametrize(
    ("inner", "outer"),
    [("postcode", "oa"), ("oa", "lsoa"), ("lsoa", "msoa"), ("lsoa", "deprivation_fifth")],
)
def test_areas_nest(homes: pl.DataFrame, inner: str, outer: str) -> None:
    assert homes.group_by(inner).agg(pl.col(outer).n_unique())[outer].max() == 1


def test_areas_are_numbered_from_0_without_gaps(homes: pl.DataFrame) -> None:
    for area in ("oa", "lsoa", "msoa"):
        numbers = homes[area].unique().sort().to_numpy()
        assert np.array_equal(numbers, np.arange(len(numbers)))


def test_every_run_of_five_lsoas_holds_all_fifths(homes: pl.DataFrame) -> None:
    by_lsoa = homes.group_by("lsoa").agg(pl.first("deprivation_fifth")).sort("lsoa")
    fifths = by_lsoa["deprivation_fifth"].to_numpy()
    runs = fifths[: len(fifths) // 5 * 5].reshape(-1, 5)
    assert len(runs) > 5
    assert np.array_equal(np.sort(runs, axis=1), np.tile(np.arange(1, 6), (len(runs), 1)))
    # In a random order, not always the same.
    assert len({tuple(run) for run in runs.tolist()}) > 3


def test_output_areas_have_the_homes_of_the_census(homes: pl.DataFrame) -> None:
    sizes = homes.group_by("oa").len().sort("oa")["len"].to_numpy()[:-1]
    assert_mean(sizes, 131.0, fault=15.0)
    assert abs(sizes.std() - 29.0) < 5.0


def test_lsoas_and_msoas_have_the_parts_that_the_tables_say(homes: pl.DataFrame) -> None:
    for inner, outer, allowed in (("oa", "lsoa", {4, 5, 6, 7}), ("lsoa", "msoa", {4, 5, 6})):
        parts = homes.group_by(outer).agg(pl.col(inner).n_unique()).sort(outer)[inner][:-1]
        assert set(parts) <= allowed


def test_postcodes_have_the_invented_shape_and_no_real_area(homes: pl.DataFrame) -> None:
    postcodes = homes["postcode"].unique()
    assert all(INVENTED.fullmatch(postcode) for postcode in postcodes)
    assert not {postcode[0] for postcode in postcodes} & REAL_FIRST_LETTERS


def test_postcodes_stay_distinct_and_invented_at_five_million_people() -> None:
    # 5 million people have some 200,000 postcodes; the numbering holds three million.
    numbers = np.concatenate([np.arange(250_000), np.arange(3_000_000, 3_050_000)])
    postcodes = places._postcodes(numbers)
    assert np.unique(postcodes).size == numbers.size
    assert all(INVENTED.fullmatch(postcode) for postcode in postcodes[::97].tolist())
    assert max(map(len, postcodes[::97].tolist())) <= 8


def test_a_postcode_holds_a_hundred_homes_at_most(homes: pl.DataFrame) -> None:
    sizes = homes.group_by("postcode").len()["len"]
    assert sizes.max() <= 100
    assert sizes.min() >= 1


def test_property_numbers_are_unique_and_from_a_block_not_in_use(homes: pl.DataFrame) -> None:
    assert homes["uprn"].n_unique() == HOMES
    assert homes["uprn"].min() >= 990_000_000_000
    assert homes["uprn"].max() <= 999_999_999_999
    assert homes["home_id"].n_unique() == HOMES


def test_coordinates_are_whole_metres_on_the_invented_plain(homes: pl.DataFrame) -> None:
    assert homes.schema["easting"] == homes.schema["northing"] == pl.Int32
    # 40,000 homes are some 55 LSOAs of 1,940 metres: 8.2 km around the origin, and some spread.
    middle = (homes["easting"].mean(), homes["northing"].mean())
    assert np.hypot(middle[0] - 580_000, middle[1] - 150_000) < 2_000
    far = np.hypot(homes["easting"] - 580_000, homes["northing"] - 150_000)
    assert far.max() < 13_000


def test_homes_of_a_postcode_stand_together(homes: pl.DataFrame) -> None:
    spread = homes.group_by("postcode").agg(pl.col("easting", "northing").std()).drop_nulls()
    assert spread["easting"].median() < 60
    assert homes["easting"].std() > 2_000


def test_sites_are_numbered_by_kind_and_every_event_names_one() -> None:
    world = kent(60_000)
    assert world.places["place"].is_unique().all()
    assert set(world.places["kind"]) == set(places.SITE_KINDS)
    known = set(world.places["place"])
    for name, events in world.events.items():
        assert set(events["place"].unique()) <= known, name


def test_neighbouring_msoas_share_a_site() -> None:
    msoa = np.arange(300)
    site = places.site_of_msoa(msoa, 250_000)
    assert np.all(np.diff(site) >= 0)
    assert set(np.diff(site)) == {0, 1}
    # 250,000 people are some 31 MSOAs of 8,000.
    assert 25 < 300 / (site.max() + 1) < 37


def test_a_site_for_fewer_people_than_an_msoa_still_serves_whole_msoas() -> None:
    assert places.site_of_msoa(np.arange(10), 1_000).tolist() == list(range(10))
