"""The town: streets and house numbers, map points, licensed premises, wards, and regions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

from simulator.agencies import CATALOGUE
from simulator.regions import REGIONS, RegionName
from simulator.violence.town import make_town
from simulator.world import make_world
from tests.kent_like import world_spec as kent_spec
from tests.small_town import PEOPLE, peaceful, town, violence, violence_spec, world_spec
from tests.statistical import assert_share

if TYPE_CHECKING:
    from simulator.violence.state import Town


def the_town() -> Town:
    return violence(town()).town


def test_streets_have_names_of_their_own() -> None:
    streets = the_town().streets
    assert streets["name"].is_unique().all()
    assert streets["street"].to_list() == list(range(streets.height))


def test_more_streets_than_plain_names_still_have_names_of_their_own() -> None:
    count, size = 17_100, 9  # there are 17,040 plain names
    homes = pl.DataFrame({"postcode": (np.arange(size * count) // 3).astype(str)}).with_columns(
        easting=(pl.int_range(pl.len()) // size * 100).cast(pl.Int32),
        northing=(pl.int_range(pl.len()) % size).cast(pl.Int32),
        msoa=(pl.int_range(pl.len()) // 3_000).cast(pl.UInt32),
    )
    names = make_town(1, homes, violence_spec(venues_per_1000=0.1)).streets["name"]
    assert len(names) == count
    assert names.is_unique().all()
    assert names.str.starts_with("Old ").any()


def test_a_street_is_a_run_of_three_postcodes() -> None:
    homes = peaceful().homes.with_columns(the_town().homes["street"])
    each = homes.group_by("street", maintain_order=True).agg(pl.col("postcode").n_unique())
    assert homes["street"].is_sorted()
    assert set(each["postcode"][:-1]) == {3}
    assert homes.group_by("postcode").agg(pl.col("street").n_unique())["street"].max() == 1


def test_houses_of_a_street_are_numbered_from_one_without_a_gap() -> None:
    found = the_town()
    for numbers in (
        found.homes["number"]
        .to_frame()
        .hstack([found.homes["street"]])
        .partition_by("street", include_key=False, maintain_order=True)
    ):
        assert numbers["number"].to_list() == list(range(1, numbers.height + 1))
    counted = found.homes.group_by("street").len().sort("street")["len"]
    assert counted.cast(pl.Int64).equals(found.streets["addresses"], check_names=False)


def test_a_map_point_stands_for_at_least_eight_addresses_and_all_for_every_home() -> None:
    points = the_town().points
    assert points["addresses"].min() >= 8
    assert points["addresses"].sum() == the_town().homes.height == peaceful().homes.height


def test_homes_streets_and_places_have_their_nearest_map_point() -> None:
    found = the_town()
    points = found.points.select("easting", "northing").to_numpy().astype(np.float64)
    homes = peaceful().homes.select("easting", "northing").hstack(found.homes)
    for places in (homes.gather_every(50), found.streets, found.spots):
        at = places.select("easting", "northing").to_numpy().astype(np.float64)
        away = np.linalg.norm(at[:, None] - points, axis=2)
        chosen = places["point"].to_numpy()
        assert np.allclose(away[np.arange(len(at)), chosen], away.min(axis=1))


def test_the_first_spots_are_the_streets_and_the_others_have_names() -> None:
    spots, streets = the_town().spots, the_town().streets
    first, rest = spots.head(streets.height), spots.tail(-streets.height)
    shared = ("street", "ward", "point", "easting", "northing", "addresses")
    assert first.select(shared).equals(streets.select(shared))
    assert first["name"].null_count() == first.height
    assert rest["name"].null_count() == 0
    assert set(rest["kind"]) == {"licensed", "other"}
    assert spots["spot"].to_list() == list(range(spots.height))


def test_there_are_as_many_licensed_premises_as_asked_for() -> None:
    for per_1000 in (0.5, 3.0):
        found = make_town(1, peaceful().homes, violence_spec(venues_per_1000=per_1000))
        venues = found.spots.filter(pl.col("kind") == "licensed").height
        # People are reckoned from homes, of which some stand empty.
        assert venues == pytest.approx(per_1000 * PEOPLE / 1_000, rel=0.1)


def test_no_two_licensed_premises_share_a_name_and_late_ones_are_called_after_a_place() -> None:
    homes = peaceful(60_000).homes
    few, many = (
        make_town(1, homes, violence_spec(venues_per_1000=each)).spots.filter(
            pl.col("kind") == "licensed"
        )["name"]
        for each in (5.0, 20.0)
    )
    assert few.is_unique().all()
    assert many.is_unique().all()
    assert len(few) < 375 < 2 * 375 < len(many)  # there are 15 x 25 plain names
    assert many.head(len(few)).equals(few)
    placed = many.str.contains(r"^The \S+ \S+ at [A-Z][a-z]+$")
    assert not placed[:375].any()
    assert placed[375:].all()


def test_a_town_whose_streets_have_two_homes_each_has_points_of_eight_or_more() -> None:
    homes = pl.DataFrame({"postcode": (np.arange(80) * 3 // 2).astype(str)}).with_columns(
        easting=(pl.int_range(pl.len()) * 30).cast(pl.Int32),
        northing=pl.lit(0, pl.Int32),
        msoa=pl.lit(0, pl.UInt32),
    )
    found = make_town(1, homes, violence_spec())
    assert found.streets["addresses"].max() < 8
    assert found.points.height > 1
    assert found.points["addresses"].min() >= 8
    assert found.points["addresses"].sum() == 80


def test_three_quarters_of_licensed_premises_stand_in_few_streets_of_the_night() -> None:
    homes = peaceful(60_000).homes
    found = make_town(1, homes, violence_spec(venues_per_1000=10.0))
    venues = found.spots.filter(pl.col("kind") == "licensed")
    of_night = found.streets["night"].gather(venues["street"].cast(pl.Int64))
    nights = found.streets["night"].sum() / found.streets.height
    assert found.streets["night"].sum() == round(venues.height * 0.75 / 4)
    assert_share(int(of_night.sum()), venues.height, 0.75 + 0.25 * nights, fault=0.9)


def test_named_places_stand_beside_the_middle_of_their_street() -> None:
    found = the_town()
    named = found.spots.filter(pl.col("name").is_not_null())
    streets = found.streets[named["street"].cast(pl.Int64)]
    for axis in ("easting", "northing"):
        away = (named[axis] - streets[axis]).abs()
        assert 0 < away.mean() < 2 * 45
        assert away.max() < 5 * 45 + 1
    assert named["ward"].equals(streets["ward"])


def test_three_middle_areas_make_two_wards_of_about_twelve_thousand_people() -> None:
    world = peaceful(60_000)
    found = make_town(1, world.homes, violence_spec())
    msoa = world.homes["msoa"].to_numpy()
    street = found.homes["street"].to_numpy()
    first = np.flatnonzero(np.diff(street, prepend=-1))
    expected = [0, 0, 1]  # of middle areas 0, 1 and 2
    by_hand = [2 * (m // 3) + expected[m % 3] for m in msoa[first].tolist()]
    assert found.streets["ward"].to_list() == by_hand
    living = found.homes["ward"].gather(world.layout.home_first).value_counts().sort("ward")
    assert 10_000 < living["count"][:4].mean() < 14_000


def test_a_larger_town_starts_with_the_same_streets() -> None:
    small, large = the_town().streets, make_town(1, peaceful(60_000).homes, violence_spec()).streets
    names = ("name", "ward", "easting", "northing")
    # The last street may be cut short.
    whole = small.height - 1
    assert large.height > 2 * small.height
    assert small.head(whole).select(names).equals(large.head(whole).select(names))


def test_a_town_is_the_same_each_time_and_another_with_another_seed() -> None:
    homes, spec = peaceful().homes, violence_spec()
    towns = [make_town(seed, homes, spec) for seed in (1, 1, 2)]
    assert towns[0].spots.equals(towns[1].spots)
    assert towns[0].points.equals(towns[1].points)
    assert not towns[0].streets["name"].equals(towns[2].streets["name"])
    assert not towns[0].spots["easting"].equals(towns[2].spots["easting"])


def test_an_inner_borough_is_the_same_plan_at_a_smaller_scale() -> None:
    made = {}
    for region in ("shire_county", "inner_borough"):
        made[region] = make_world(world_spec(2_000, region=region), {}, {}, 1)
    assert REGIONS["shire_county"].metres_between_lsoas == 1_940
    assert REGIONS["inner_borough"].metres_between_lsoas == 358
    # Homes that both have: households differ in size, so that one region needs more of them.
    both = min(world.homes.height for world in made.values())
    shire, borough = (made[r].homes.head(both) for r in ("shire_county", "inner_borough"))
    same = ("home_id", "postcode", "lsoa", "msoa")
    assert shire.select(same).equals(borough.select(same))
    for axis in ("easting", "northing"):
        wide, dense = shire[axis].to_numpy(), borough[axis].to_numpy()
        gaps = (wide - wide[0]) * 358 / 1_940
        assert np.abs((dense - dense[0]) - gaps).max() <= 2  # metres, of rounding


def test_a_world_without_a_region_is_a_shire_county_to_the_byte() -> None:
    agencies = {"a_and_e": CATALOGUE["a_and_e"]}
    plain = make_world(kent_spec(3_000), agencies, {}, 1)
    shire = make_world(kent_spec(3_000, region="shire_county"), agencies, {}, 1)
    borough = make_world(kent_spec(3_000, region="inner_borough"), agencies, {}, 1)
    assert shire.people.equals(plain.people)
    assert shire.homes.equals(plain.homes)
    assert shire.events["a_and_e"].equals(plain.events["a_and_e"])
    assert not borough.homes.equals(plain.homes)


# Census 2021, table by district, sums of detailed groups: to a tenth of a per cent.
CENSUS = {
    "shire_county": (0.893, 0.044, 0.026, 0.024, 0.013),
    "inner_borough": (0.531, 0.104, 0.211, 0.067, 0.087),
}


@pytest.mark.parametrize("region", ["shire_county", "inner_borough"])
def test_shares_of_ethnic_groups_are_those_of_the_census_and_add_up_to_one(
    region: RegionName,
) -> None:
    assert REGIONS[region].ethnic_shares == pytest.approx(CENSUS[region], abs=0.0005)
    assert sum(REGIONS[region].ethnic_shares) == pytest.approx(1)
