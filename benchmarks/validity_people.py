"""Our people, homes, areas, moves and names, in the units of docs/validity.md."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from math import nan
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from simulator import names
from simulator.ethnicity import HERITAGE_WEIGHTS
from simulator.schema import ETHNIC_GROUPS
from simulator.world import ages_at

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from simulator.schema import Dataset
    from simulator.state import World
    from simulator.truth import Truth

Figures = dict[str, tuple[float, ...]]
KENT = 1_576_000  # people in Census 2021, without Medway


YEAR = 365.25  # days
_OF_HOMES = ("lsoa", "msoa", "deprivation_fifth", "postcode", "oa", "establishment")


@dataclass(frozen=True)
class Run:
    """One simulated world with what was recorded in it."""

    world: World
    datasets: Mapping[str, Dataset]
    truth: Truth

    @property
    def people(self) -> pl.DataFrame:
        """People of the first day with `age` and the areas, `postcode`, `establishment` of home."""
        return self._living(self.world.on_first_day, 0, "home_first")

    @property
    def everybody(self) -> pl.DataFrame:
        """All who are there at some time, with age at the start and the areas of the first home."""
        return self._living(self.world.people, 0, "home_first")

    @property
    def person_years(self) -> float:
        """Years that people are there in the window, all together."""
        spec = self.world.spec
        return float(self.world.layout.share_there(spec.days).sum()) * spec.days / YEAR

    @property
    def at_end(self) -> pl.DataFrame:
        """People of the last day, likewise."""
        there = self.world.people.filter(~self.world.layout.leaves)
        return self._living(there, self.world.spec.days, "home_last")

    def _living(self, people: pl.DataFrame, day: int, home: str) -> pl.DataFrame:
        homes = self.world.homes.select("home_id", *_OF_HOMES)
        ages = pl.Series("age", ages_at(people, self.world.spec, day))
        own = people.drop("lsoa", "msoa", "deprivation_fifth").with_columns(ages)
        return own.join(homes, left_on=home, right_on="home_id", how="left", maintain_order="left")


def percent(part: float, whole: float) -> float:
    """A share in per cent; not a number where there is nothing."""
    return 100.0 * part / whole if whole else nan


def share(column: pl.Series) -> float:
    """Per cent of a column that is true."""
    return percent(float(column.sum()), column.len())


def by_fifth(frame: pl.DataFrame, column: str) -> tuple[float, ...]:
    """Per cent true in each deprivation fifth, most deprived first."""
    return tuple(
        share(frame.filter(pl.col("deprivation_fifth") == fifth)[column]) for fifth in range(1, 6)
    )


def agreement(column: pl.Series) -> float:
    """Chance that two different members have the same value."""
    counts = column.value_counts()["count"].to_numpy().astype(np.float64)
    total = counts.sum()
    return float((counts * (counts - 1)).sum() / (total * (total - 1)))


def people_figures(run: Run) -> Figures:
    """Section 1; households are private ones, and people are all."""
    people = run.people
    child = people["age"] < 18
    private = people.filter(pl.col("establishment").is_null())
    sizes = private.group_by("household_id").agg(
        size=pl.len(), adults=(pl.col("age") >= 18).sum(), oldest=pl.col("age").max()
    )
    size = np.minimum(sizes["size"].to_numpy(), 8)
    alone = sizes["size"] == 1
    lone_parent = (sizes["adults"] == 1) & (sizes["size"] > 1)
    bands = np.minimum(people["age"].to_numpy() // 5, 17).astype(np.int64)
    ages = tuple(100 * np.bincount(bands, minlength=18) / people.height)
    mixed = people.filter(pl.col("ethnic_group") == "Mixed")
    births = (
        private.filter(pl.col("age") < 18).group_by("household_id", "date_of_birth").len()["len"]
    )
    return {
        "kent-household-size": tuple(100 * np.bincount(size, minlength=9)[1:] / len(size)),
        "ew-household-composition": (
            share(alone & (sizes["oldest"] >= 66)),
            share(alone & (sizes["oldest"] < 66)),
            share(lone_parent),
        ),
        "ew-age-bands": ages,
        "kent-age-bands": ages,
        "ew-women": (share(people["sex"] == "F"),),
        "kent-ethnic-groups": tuple(share(people["ethnic_group"] == g) for g in ETHNIC_GROUPS),
        "mixed-under-16": (share(mixed["age"] < 16), share(people["age"] < 16)),
        "twins": (1_000 * float((births > 1).sum()) / births.len(),),
        "second-address": (share(people.filter(child)["second_home"].is_not_null()),),
        "kent-communal": (share(people["establishment"].is_not_null()),),
    }


def _sizes(values: NDArray[np.int64]) -> tuple[float, float, float]:
    """Standard deviation, 5th and 95th percentile; nothing where there are fewer than two areas."""
    if len(values) < 2:
        return nan, nan, nan
    return (
        float(values.std(ddof=1)),
        float(np.quantile(values, 0.05)),
        float(np.quantile(values, 0.95)),
    )


def _mean(values: NDArray[np.int64]) -> float:
    return float(values.mean()) if len(values) else nan


def _whole(frame: pl.DataFrame, area: str) -> NDArray[np.int64]:
    """Rows in each area but the last, which the end of the world cuts."""
    return frame.group_by(area).len().sort(area)["len"].to_numpy()[:-1].astype(np.int64)


def place_figures(run: Run) -> Figures:
    """Section 2."""
    people, homes = run.people, run.world.homes
    households = people.unique("household_id", maintain_order=True)
    output_areas, lsoas = _whole(households, "oa"), _whole(people, "lsoa")
    msoas = _whole(people.filter(pl.col("age") >= 1), "msoa")
    numbered = homes.with_columns(
        district=pl.col("postcode").str.split(" ").list.first().rle_id(),
        sector=pl.col("postcode").str.head(-2).rle_id(),
        unit=pl.col("postcode").rle_id(),
    )
    private = people.filter(pl.col("establishment").is_null())
    one = private.group_by("household_id").agg(pl.len(), pl.first("deprivation_fifth"))
    one = one.with_columns(alone=pl.col("len") == 1)
    asian = people.filter(pl.col("ethnic_group") == "Asian")["deprivation_fifth"]
    flagged = people.with_columns(young=pl.col("age") < 15, old=pl.col("age") >= 65)
    register = run.datasets["gp_register"].frame
    dwellings = homes.filter(pl.col("establishment").is_null()).with_columns(
        flat=pl.col("dwelling_type") == "flat", social=pl.col("tenure") == "social rent"
    )
    bands = dwellings["council_tax_band"]
    return {
        "kent-lsoas": (KENT / _mean(lsoas),),
        "oa-households": (_mean(output_areas), _sizes(output_areas)[0]),
        "area-people": (*_sizes(lsoas), *_sizes(msoas)),
        "postcode-homes": tuple(_mean(_whole(numbered, a)) for a in ("unit", "sector", "district")),
        "uprn-assigned": (share(register["uprn"].is_not_null()),),
        "gp-practices": (1_500_000 / (people.height / people["practice"].n_unique()),),
        "size-by-deprivation": by_fifth(one, "alone"),
        "ethnic-by-deprivation": tuple(share(asian == fifth) for fifth in range(1, 6)),
        "flats-by-deprivation": by_fifth(dwellings, "flat"),
        "tenure-by-deprivation": by_fifth(dwellings, "social"),
        "kent-council-tax": tuple(share(bands == band) for band in "ABCDEFGH"),
        "age-by-deprivation": (*by_fifth(flagged, "young"), *by_fifth(flagged, "old")),
    }


def move_figures(run: Run) -> Figures:
    """Section 3: moves in the last year of the window, by where people live at its end."""
    world = run.world
    year_before = world.spec.end - timedelta(days=365)
    came = pl.coalesce("arrived_on", "moved_on")
    people = run.at_end.with_columns(moved=(came >= year_before).fill_null(value=False))
    census = people.filter(pl.col("age") >= 1)
    households = people.unique("home_last", maintain_order=True)
    by_area = (
        census.group_by("lsoa").agg(moved=100 * pl.col("moved").mean()).sort("lsoa")["moved"][:-1]
    )
    levels = (0.05, 0.25, 0.50, 0.75, 0.95)
    owners = run.truth.owners("gp_register").join(world.people, on="person_id")
    half_year = (owners["date"] - owners["moved_on"]).dt.total_days().is_between(167, 197)
    stale = run.truth.records["gp_register"].errors.filter(pl.col("error") == "address_stale")
    movers = owners.filter(half_year.fill_null(value=False))["record_id"]
    return {
        "moved": (share(census["moved"]),),
        "moved-20-24": (
            share(people.filter(pl.col("age").is_between(20, 25, closed="left"))["moved"]),
        ),
        "moved-late-60s": (
            share(people.filter(pl.col("age").is_between(65, 80, closed="left"))["moved"]),
        ),
        "moved-spread": tuple(float(by_area.quantile(q, "linear")) for q in levels),
        "moved-by-deprivation": by_fifth(census, "moved"),
        "households-moved": (share(households["moved"]),),
        "gp-lag": (share(movers.is_in(stale["record_id"].to_list())),),
    }


def _mixture(people: pl.DataFrame, sex: str, decade: int) -> NDArray[np.float64]:
    """Shares of first names of a sex and decade over all heritages, in per cent, falling."""
    total: dict[str, float] = {}
    for code, group in enumerate(ETHNIC_GROUPS):
        of_group = share(people["ethnic_group"] == group)
        for heritage, weight in zip(names.HERITAGES, HERITAGE_WEIGHTS[code], strict=True):
            pool = names.first_names(heritage, sex, decade)
            for name, chance in zip(pool.names, pool.weights, strict=True):
                total[name] = total.get(name, 0.0) + of_group * weight * chance
    return np.sort(np.array(list(total.values())))[::-1]


def _heads(people: pl.DataFrame, decades: tuple[int, int]) -> tuple[float, ...]:
    """Shares of the top 1, 10 and 100 names: boys of both decades, then girls."""
    return tuple(
        float(_mixture(people, sex, decade)[:top].sum())
        for sex in "MF"
        for decade in decades
        for top in (1, 10, 100)
    )


def name_figures(run: Run) -> Figures:
    """Section 4."""
    people = run.people
    counts = np.sort(people["surname"].value_counts()["count"].to_numpy())[::-1]
    logs = np.log(names.surnames("British").weights)
    slopes = tuple(
        float((logs[high - 1] - logs[low - 1]) / np.log(high / low))
        for low, high in ((500, 2_000), (2_000, 5_000))
    )
    women = people["sex"] == "F"
    return {
        "surname-head": tuple(
            percent(float(counts[:top].sum()), people.height) for top in (10, 100, 500)
        ),
        "surname-tail": slopes,
        "surname-agree": (agreement(people["surname"]),) * 2,
        "forename-1996-2016": _heads(people, (1990, 2010)),
        "forename-2006-2020": _heads(people, (2000, 2010)),
        "forename-agree": (
            agreement(people["first_name"].filter(women)),
            agreement(people["first_name"].filter(~women)),
        ),
        "dob-agree": (agreement(people["date_of_birth"]),),
    }
