"""Dwellings, establishments and second homes: what homes are and who else stays there."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from simulator import dwellings
from simulator.communal import ESTABLISHMENTS
from simulator.dwellings import dwelling_tables
from simulator.regions import BANDS, REGIONS
from simulator.world import ages_at, make_world
from tests.kent_like import kent, world_spec
from tests.statistical import assert_share

PEOPLE = 60_000


@pytest.mark.parametrize("region", REGIONS)
def test_fitted_tables_have_the_tenures_types_and_bands_that_they_are_set_to(region: str) -> None:
    tables = dwelling_tables(region)  # type: ignore[arg-type]
    holding = tables.holding.reshape(5, 4, 4)
    assert 100 * holding.sum(axis=2)[:, :3] == pytest.approx(
        np.array(dwellings._TENURE_BY_FIFTH), abs=0.001
    )
    types = np.array(dwellings._TYPE_BY_FIFTH)
    assert holding.sum(axis=1) == pytest.approx(types / types.sum(axis=1)[:, None], abs=1e-6)
    found = REGIONS[region]  # type: ignore[index]
    fifths = np.bincount(found.fifths, minlength=6)[1:] / len(found.fifths)
    bands = np.einsum("f,ft,ftb->b", fifths, holding.sum(axis=1), tables.band)
    wanted = np.array(found.council_tax)
    assert bands == pytest.approx(wanted / wanted.sum(), abs=1e-6)


def test_homes_are_drawn_from_the_tables_of_their_fifth() -> None:
    homes = kent(PEOPLE).homes.filter(pl.col("establishment").is_null())
    for fifth in (1, 5):
        here = homes.filter(pl.col("deprivation_fifth") == fifth)
        for column, words, shares in (
            ("tenure", dwellings.TENURES, dwellings._TENURE_BY_FIFTH[fifth - 1]),
            ("dwelling_type", dwellings.TYPES, dwellings._TYPE_BY_FIFTH[fifth - 1]),
        ):
            for word, share in zip(words, shares, strict=False):
                count = int((here[column] == word).sum())
                assert_share(count, here.height, share / 100)


def test_detached_homes_are_in_higher_bands_than_flats_and_flats_rate_better() -> None:
    homes = kent(PEOPLE).homes
    of_type = {t: homes.filter(pl.col("dwelling_type") == t) for t in ("detached", "flat")}
    low = {t: h["council_tax_band"].is_in(["A", "B"]).mean() for t, h in of_type.items()}
    good = {t: h["energy_rating"].is_in(["A", "B", "C"]).mean() for t, h in of_type.items()}
    assert low["flat"] > 5 * low["detached"]
    assert good["flat"] > 1.5 * good["detached"]


def test_only_establishments_lack_a_band_and_a_rating() -> None:
    homes = kent(PEOPLE).homes
    communal = homes["establishment"].is_not_null()
    assert set(homes["establishment"].drop_nulls()) <= {e.title for e in ESTABLISHMENTS}
    assert communal.sum() > 10
    for column in ("council_tax_band", "energy_rating"):
        assert (homes[column].is_null() == communal).all()
    assert ((homes["tenure"] == dwellings.COMMUNAL) == communal).all()
    assert set(homes["council_tax_band"].drop_nulls()) <= set(BANDS)


def test_residents_of_an_establishment_are_of_its_ages_and_stay() -> None:
    world = kent(PEOPLE)
    homes = world.homes.select("home_id", "establishment")
    people = world.people.with_columns(pl.Series("age", ages_at(world.people, world.spec, 0)))
    residents = people.join(homes, left_on="home_first", right_on="home_id").drop_nulls(
        "establishment"
    )
    for establishment in ESTABLISHMENTS:
        here = residents.filter(pl.col("establishment") == establishment.title)
        low, _, high = establishment.ages
        assert here["age"].is_between(low - 0.01, high + 0.01).all()
    assert residents["moved_on"].is_null().all()


def test_a_twentieth_of_children_stay_at_a_home_that_is_lived_in_and_not_their_own() -> None:
    world = make_world(world_spec(200_000, region="welsh_county"), {}, {}, 1)
    child = ages_at(world.people, world.spec, 0) < 18
    second = world.people["second_home"]
    assert second.filter(pl.Series(~child)).is_null().all()
    share = second.filter(pl.Series(child)).is_not_null().mean()
    assert 0.04 < share < 0.06
    has = world.people.filter(second.is_not_null())
    assert (has["second_home"] != has["home_first"]).all()
    assert set(has["second_home"]) <= set(world.people["home_first"])
    # Brothers and sisters share it.
    assert has.group_by("household_id").agg(pl.n_unique("second_home"))["second_home"].max() == 1
