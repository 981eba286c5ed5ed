"""Our use of services and uniqueness, in the units of docs/validity.md."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import polars as pl
from validity_people import YEAR, Figures, Run, percent, share

from simulator import randomness

CARE = ("a_and_e", "admissions", "mental_health", "community", "social_care")
TARGETS = 2_000
POINTS = 4


def use_figures(run: Run) -> Figures:
    """Section 8."""
    world, people = run.world, run.people
    years = world.spec.days / YEAR
    emergency = world.events["a_and_e"]
    fifths = people.select("person_id", "deprivation_fifth")
    attended = emergency.join(fifths, on="person_id")["deprivation_fifth"]
    crude = tuple(
        10 * percent((attended == f).sum() / years, (people["deprivation_fifth"] == f).sum())
        for f in (1, 5)
    )
    ordered = emergency.sort("person_id", "event_time")
    gap = ordered["event_time"].shift(-1) - ordered["event_time"]
    again = (ordered["person_id"].shift(-1) == ordered["person_id"]) & (gap <= timedelta(days=7))
    inpatient = world.events["admissions"].join(
        run.everybody.select("person_id", "age"), on="person_id"
    )
    age = inpatient["age"].to_numpy() + (
        (inpatient["event_time"].dt.date() - world.spec.start).dt.total_days().to_numpy() / YEAR
    )
    bands = np.bincount((age // 5).astype(np.int64))
    seen = _seen_in_first_year(run, "mental_health")
    girls = people.filter(pl.col("sex") == "F", pl.col("age").is_between(16, 17, closed="left"))
    adults = people.filter(pl.col("age") >= 18)
    clients = _seen_in_first_year(run, "social_care")
    visits = world.events["fire_visits"].height / years
    return {
        "ae-rate": (emergency.height / run.person_years,),
        "ae-adjusted": (_adjusted_odds_ratio(run),),
        "ae-by-deprivation": crude,
        "ae-return": (share(again.fill_null(value=False)),),
        "inpatient-rate": (inpatient.height / run.person_years,),
        "inpatient-age": (5.0 * float(bands.argmax()),),
        "mental-health-rate": (percent(len(seen), people.height),),
        "mental-health-girls": (share(girls["person_id"].is_in(seen)),),
        "social-care-rate": (share(adults["person_id"].is_in(clients)),),
        "fire-visits": (visits * 1_500_000 / people.height,),
    }


def _seen_in_first_year(run: Run, agency: str) -> list[int]:
    """People with a contact in the first year of the window."""
    end = run.world.spec.start + timedelta(days=365)
    events = run.world.events[agency].filter(pl.col("event_time").dt.date() < end)
    return events["person_id"].unique(maintain_order=True).to_list()


def _adjusted_odds_ratio(run: Run) -> float:
    """Odds of attending in a year, most over least deprived, by age and sex (Mantel-Haenszel)."""
    seen = _seen_in_first_year(run, "a_and_e")
    people = run.people.filter(pl.col("deprivation_fifth").is_in([1, 5])).with_columns(
        attended=pl.col("person_id").is_in(seen),
        poor=pl.col("deprivation_fifth") == 1,
        band=(pl.col("age") // 10).cast(pl.Int64),
    )
    strata = people.group_by("band", "sex").agg(
        a=(pl.col("poor") & pl.col("attended")).sum(),
        b=(pl.col("poor") & ~pl.col("attended")).sum(),
        c=(~pl.col("poor") & pl.col("attended")).sum(),
        d=(~pl.col("poor") & ~pl.col("attended")).sum(),
        n=pl.len(),
    )
    ratio = strata.sort("band", "sex").select(
        (pl.col("a") * pl.col("d") / pl.col("n")).sum()
        / (pl.col("b") * pl.col("c") / pl.col("n")).sum()
    )
    return float(ratio.item())


def _unique(people: pl.DataFrame, *columns: str) -> float:
    """Per cent of people alone with their values."""
    return share(people.select(pl.len().over(columns) == 1).to_series())


def uniqueness_figures(run: Run) -> Figures:
    """Section 9, and the derived expectations."""
    people = run.people.with_columns(month=pl.col("date_of_birth").dt.truncate("1mo"))
    figures: Figures = {"unique-postcode": (_unique(people, "postcode", "date_of_birth", "sex"),)}
    for area in ("postcode", "oa", "lsoa", "msoa"):
        figures[f"d-{area}"] = (
            _unique(people, area, "date_of_birth", "sex"),
            _unique(people, area, "month", "sex"),
        )
    seed, ids = run.world.seed, people["person_id"].to_numpy()
    chosen = randomness.sample(seed, "people of a week", ids, 1_500)
    week = people[chosen].with_columns(pl.col("date_of_birth").dt.truncate("1w"))
    figures["d-week"] = (_unique(week, "date_of_birth", "sex"),)
    cells = randomness.whole(seed, "even cells", np.arange(9_330), 56_940)
    figures["d-uniform"] = (100.0 * float((np.bincount(cells) == 1).sum()) / 9_330,)
    tokens = randomness.words(seed, "tokens", np.arange(1_500_000))
    figures["d-collisions"] = tuple(_colliding(tokens >> np.uint64(64 - b)) for b in (32, 40, 64))
    alone = [_singled_out(run, hours) for hours in (1, 24, 24 * 7, 24 * 28)]
    figures["four-points"] = (alone[0],)
    slope = np.polyfit(np.log([1, 24, 24 * 7, 24 * 28]), np.log(alone), 1)[0]
    figures["points-resolution"] = (float(slope),)
    return figures


def _colliding(tokens: np.ndarray) -> float:
    """Number of pairs of equal tokens."""
    _, counts = np.unique(tokens, return_counts=True)
    return float((counts * (counts - 1) // 2).sum())


def _singled_out(run: Run, hours: int) -> float:
    """Per cent of people with four contacts whom four of them, by site and time, single out."""
    world = run.world
    start = pl.lit(world.spec.start).cast(pl.Datetime("us"))
    parts = [
        world.events[a].select(
            "person_id",
            "event_id",
            "place",
            bin=(pl.col("event_time") - start).dt.total_hours() // hours,
        )
        for a in CARE
    ]
    events = pl.concat(parts).with_columns(
        point=pl.struct("place", "bin").rank("dense"), person=pl.col("person_id").rank("dense")
    )
    held = events.select("person", "point").unique().sort("point", "person")
    point, person = held["point"].to_numpy(), held["person"].to_numpy()
    starts = np.searchsorted(point, np.arange(int(point.max()) + 2))
    # Four contacts of each target, taken in a keyed order.
    order = randomness.order(world.seed, "contacts known", events["event_id"].to_numpy())
    known = events[order].group_by("person", maintain_order=True).head(POINTS)
    known = known.filter(pl.len().over("person") == POINTS).sort("person")
    points = known["point"].to_numpy().reshape(-1, POINTS)[:TARGETS]
    alone = 0
    for four in points:
        those = person[starts[four[0]] : starts[four[0] + 1]]
        for one in four[1:]:
            those = np.intersect1d(those, person[starts[one] : starts[one + 1]])
        alone += those.size == 1
    return 100.0 * alone / len(points)
