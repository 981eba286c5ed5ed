"""A picture of the invented world, as figures: people, homes, names, and what is written wrongly.

Reads the Truth, for what was recorded wrongly.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from linkage.intervals import wilson
from scenarios.accounts import chance
from simulator.events.contacts import MINUTES_PER_DAY
from simulator.world import ages_at

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scenarios.accounts import Accountant
    from scenarios.handover import Run
    from scenarios.result import Figure
    from simulator.state import World

AGES = (*(f"{age}-{age + 9}" for age in range(0, 90, 10)), "90+")
"""Ages at the start of the window, in years."""

LARGEST_HOUSEHOLD = 8
COMMONEST = (1, 10, 100)
SQUARES = 12
"""The map is cut into so many squares from west to east, and as many from south to north."""

_WINDOW_START = "at the start of the window"


def picture(run: Run, write: Accountant) -> list[Figure]:
    """Describes the world of a run, and what agencies wrote down wrongly."""
    world = run.world.value
    return [
        *_by_age_and_sex(world, write),
        *_household_sizes(world, write),
        *_surnames(world, write),
        *_map(world, write),
        *_lives(world, write),
        *_errors(run, write),
    ]


def _by_age_and_sex(world: World, write: Accountant) -> list[Figure]:
    people = world.on_first_day
    band = np.clip(ages_at(people, world.spec, 0) // 10, 0, len(AGES) - 1).astype(np.int64)
    women = (people["sex"] == "F").to_numpy()
    return [
        write.share(
            "world", "world", "people_by_age_and_sex",
            int(np.count_nonzero((band == number) & (women == (sex == "F")))), people.height,
            group=f"age={name},sex={sex}", method=f"of people alive {_WINDOW_START}",
        )
        for number, name in enumerate(AGES)
        for sex in ("F", "M")
    ]  # fmt: skip


def _household_sizes(world: World, write: Accountant) -> list[Figure]:
    sizes = np.minimum(
        world.on_first_day.group_by("household_id").len()["len"].to_numpy(), LARGEST_HOUSEHOLD
    )
    counts = np.bincount(sizes, minlength=LARGEST_HOUSEHOLD + 1)
    return [
        write.share(
            "world", "world", "households_by_size", int(counts[size]), len(sizes),
            group=f"size={size}{'+' if size == LARGEST_HOUSEHOLD else ''}",
            method=f"of households {_WINDOW_START}",
        )
        for size in range(1, LARGEST_HOUSEHOLD + 1)
    ]  # fmt: skip


def _surnames(world: World, write: Accountant) -> list[Figure]:
    counts = world.on_first_day["surname"].value_counts(sort=True)["count"].to_numpy()
    people = int(counts.sum())
    return [
        write.share(
            "world", "world", "people_by_surname", int(counts[:most].sum()), people,
            group=f"commonest={most}", method=f"of people: who have the {most} commonest surnames",
        )
        for most in COMMONEST
    ]  # fmt: skip


def _map(world: World, write: Accountant) -> list[Figure]:
    home = world.layout.home_first[: world.spec.people]
    east, north = (_square(world.homes[axis].to_numpy()[home]) for axis in ("easting", "northing"))
    counts = np.bincount(east * SQUARES + north, minlength=SQUARES**2)
    return [
        write.share(
            "world", "world", "people_by_square", int(counts[number]), len(home),
            group=f"east={number // SQUARES},north={number % SQUARES}",
            method=f"of people, by where they live {_WINDOW_START}: square of a map of "
            f"{SQUARES} by {SQUARES}",
        )
        for number in range(SQUARES**2)
        if counts[number]
    ]  # fmt: skip


def _lives(world: World, write: Accountant) -> list[Figure]:
    people, spec = world.people, world.spec
    happened = {
        "born": int((people["date_of_birth"] >= spec.start).sum()),
        "died": people["died_on"].count(),
        "arrived": people["arrived_on"].count(),
        "left": people["left_on"].count(),
        "moved within the region": people["moved_on"].count(),
        "took another surname": people["renamed_on"].count(),
        "were without a home": int(_are_homeless(world).sum()),
    }
    return [
        write.share(
            "world", "world", "people_by_event", count, spec.people, group=f"event={event}",
            method=f"people to whom it happened in {spec.days:,} days, over all {_WINDOW_START}",
        )
        for event, count in happened.items()
    ]  # fmt: skip


def _are_homeless(world: World) -> NDArray[np.bool_]:
    """Says who is without a home on a day of the window on which they are there."""
    layout = world.layout
    comes, goes = layout.since // MINUTES_PER_DAY, layout.until // MINUTES_PER_DAY
    first = np.maximum(layout.homeless_from, comes)
    return np.asarray((first < layout.homeless_until) & (first <= goes) & (first < world.spec.days))


def _square(metres: NDArray[np.int32]) -> NDArray[np.int64]:
    """Gives the square of each position along one axis, 0 to SQUARES - 1."""
    low, high = int(metres.min()), int(metres.max())
    return ((metres.astype(np.int64) - low) * SQUARES // max(high - low + 1, 1)).astype(np.int64)


def _errors(run: Run, write: Accountant) -> list[Figure]:
    found = []
    for agency, written in run.written.items():
        for row in written.value[1].tallies.iter_rows(named=True):
            low, high = wilson(row["flagged"], row["cells"])
            group = f"error={row['error']}"
            found += [
                write.share(
                    "world", agency, "errors_realised", row["flagged"], row["cells"], group=group,
                    chance=chance(low, high),
                    method="of records that the error could hit: those that it did",
                ),
                write.expected(
                    "world", agency, "errors_expected", row["expected"], row["cells"], group=group,
                    method="the mean of these records' chances",
                ),
            ]  # fmt: skip
    return found
