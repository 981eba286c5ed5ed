"""Uniqueness: how many people birth date, sex and area single out, by area and by precision.

Two grids hold the world to arithmetic. The first is of people whose ages are even: alone with
chance exp(-n/2/cells), n people in the area and `cells` dates of birth. Its printed values
(reference/population.md, 3.4) are those of 74.4 years of ages. The second is of people whose ages
are as they are, with 62,150 combinations of birth date and sex in effect (reference/risk.md, 4);
what it prints for large areas is of rare ages, which no even spread has.

A tolerance of three points is asked for. Chance takes little of it: shares are of 259,200 people
and more, so that four standard errors are below 0.4 points even where half are alone. The rest is
for what the arithmetic leaves out and the world has: twins, who are never alone in their area (0.2
to 0.3 points in the smallest), couples of like age, and sexes that are not halves. Near 0 three
points say little, so that the largest area is held to a factor too. The largest gap found is 1.4
points (month of birth and sex in an Output Area).
"""

from __future__ import annotations

from functools import cache

import numpy as np
import polars as pl
import pytest

from simulator import randomness
from simulator.world import ages_at, make_world
from tests.kent_like import world_spec

PEOPLE, MILLION = 400_000, 1_000_000
YEARS = 74.4  # the printed values of the first grid, solved for the years of ages: 73.5 to 75.1
PER_YEAR = {"day": 365.25, "month": 12.0, "year": 1.0}
POINTS = 0.03
HACKNEY = 259_200

# People of an area of mean size, and the share alone by day, month and year of birth and sex.
EVEN_AGES = {
    40: (0.999, 0.978, 0.764),
    315: (0.994, 0.838, 0.120),
    1_670: (0.970, 0.393, 0.000),
    8_200: (0.860, 0.010, 0.000),
    20_000: (0.692, 0.000, 0.000),
    HACKNEY: (0.008, 0.000, 0.000),
}
# Postcodes, sectors and districts are 67 million people over 1.8 million, 11,159 and 2,980 units.
# Years of birth are not printed beyond the sector: nobody is left.
OWN_AGES = {
    37: (0.999, 0.98, 0.80),
    315: (0.995, 0.86, 0.18),
    1_671: (0.97, 0.44, 0.004),
    6_004: (0.90, 0.06, 0.00),
    8_205: (0.88, 0.03, 0.00),
    22_483: (0.69, 0.003, 0.00),
    180_000: (0.07, 0.00, 0.00),
}


@cache
def births(people: int, even: bool) -> pl.DataFrame:
    """Sex and day, month and year of birth of a Kent-like world, in order of household."""
    world = make_world(world_spec(people), {}, {}, 1)
    born, sex = world.people["date_of_birth"], world.people["sex"]
    if not even:
        return pl.DataFrame(
            {"sex": sex, "day": born, "month": born.dt.truncate("1mo"), "year": born.dt.year()}
        )
    # Ages are made even by rank; who lives beside whom is the world's. People born on one day are
    # ranked by lot: by position, neighbours would come to share a day.
    lot = randomness.uniform(1, "rank in a day", world.people["person_id"].to_numpy())
    order = np.lexsort((lot, ages_at(world.people, world.spec, 0)))
    rank = np.empty(people)
    rank[order] = np.arange(people)
    spread = {
        unit: np.floor(YEARS * per * rank / people).astype(np.int64)
        for unit, per in PER_YEAR.items()
    }
    return pl.DataFrame({"sex": sex, **spread})


def alone(born: pl.DataFrame, people: int, unit: str) -> float:
    """Share of people who are alone with sex and birth in areas of this many neighbours."""
    area = pl.int_range(pl.len()) // people
    whole = born.with_columns(area=area).filter(pl.col("area") < born.height // people)
    return float(whole.select((pl.len().over("area", "sex", unit) == 1).mean()).item())


@pytest.mark.parametrize("people", EVEN_AGES)
def test_even_ages_single_people_out_as_printed_and_as_arithmetic_says(people: int) -> None:
    born = births(PEOPLE, even=True)
    for (unit, per), printed in zip(PER_YEAR.items(), EVEN_AGES[people], strict=True):
        found = alone(born, people, unit)
        assert abs(found - printed) < POINTS, (people, unit)
        assert abs(found - np.exp(-people / 2 / (YEARS * per))) < POINTS, (people, unit)


@pytest.mark.parametrize("people", OWN_AGES)
def test_people_of_the_worlds_own_ages_are_singled_out_as_printed(people: int) -> None:
    born = births(PEOPLE, even=False)
    for unit, printed in zip(PER_YEAR, OWN_AGES[people], strict=True):
        assert abs(alone(born, people, unit) - printed) < POINTS, (people, unit)


def test_in_an_area_like_hackney_one_in_two_hundred_is_alone_as_arithmetic_for_a_part_says() -> (
    None
):
    # Ranks are even in the whole world, of which the area is two thirds: each of the others born on
    # a day is of the area and the sex with chance n/2N.
    share = HACKNEY / 2 / PEOPLE
    expected = (1 - share) ** (PEOPLE / (YEARS * 365.25) - 1)
    found = alone(births(PEOPLE, even=True), HACKNEY, "day")
    # Some 1,200 people: four standard errors are an eighth. The rest is for unequal sexes.
    assert abs(found / expected - 1) < 0.25


def test_uniqueness_falls_with_the_size_of_the_area_and_the_precision_of_the_date() -> None:
    for even, sizes in ((True, EVEN_AGES), (False, OWN_AGES)):
        born = births(PEOPLE, even=even)
        shares = np.array([[alone(born, people, unit) for unit in PER_YEAR] for people in sizes])
        assert np.all(np.diff(shares, axis=0) <= 0)
        assert np.all(np.diff(shares, axis=1) <= 0)


@pytest.mark.long
def test_among_a_million_people_hardly_anybody_is_alone() -> None:
    born = births(MILLION, even=False)
    # 0.1 %, 0 and 0 are printed; held to half a point, since three would allow thirty times that.
    assert all(alone(born, MILLION, unit) < 0.005 for unit in PER_YEAR)
    # An area like Hackney is a quarter of this world: 0.8 % is printed for even ages.
    even = births(MILLION, even=True)
    share = HACKNEY / 2 / MILLION
    expected = (1 - share) ** (MILLION / (YEARS * 365.25) - 1)
    assert abs(alone(even, HACKNEY, "day") / expected - 1) < 0.15
