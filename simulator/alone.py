"""The simulator used alone: a region, a number of people and some agencies, without a proposal."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from simulator.agencies import CATALOGUE
from simulator.settings import Share
from simulator.specs import OF_VIOLENCE, WorldSpec
from simulator.world import simulate as simulate_specs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simulator.regions import RegionName
    from simulator.schema import Dataset
    from simulator.specs import AgencySpec
    from simulator.state import World
    from simulator.truth import Truth

START = date(2016, 4, 1)
"""First day of the two years in which things happen."""

MOVE_RATE = Share(
    value=0.110,
    evidence="published",
    source="Census 2021, TS019: 11.0 % of people had another address a year earlier",
)

ALONE = tuple(name for name, agency in CATALOGUE.items() if agency.service not in OF_VIOLENCE)
"""Agencies of the catalogue that need nothing but people; those of violence need a town."""


class Simulated(NamedTuple):
    """What was simulated.

    Attributes:
        world: The people, their homes, and what happened to them.
        datasets: What each agency wrote down, by its name.
        truth: Whom each record is about, and what was recorded wrongly.
    """

    world: World
    datasets: dict[str, Dataset]
    truth: Truth


def simulate(
    region: RegionName = "shire_county",
    people: int = 100_000,
    seed: int = 1,
    agencies: Sequence[str] = ALONE,
) -> Simulated:
    """Invents people, and what agencies wrote down about them.

    Args:
        region: Where they live.
        people: How many they are.
        seed: The same seed gives the same people.
        agencies: Names of the catalogue's agencies, of ALONE.

    Returns:
        The world, each agency's dataset, and the truth.

    Raises:
        ValueError: If an argument cannot be; the message says what can.
    """
    spec, known = world_spec(region, people), agency_specs(agencies)
    return Simulated(*simulate_specs(spec, known, {}, seed))


def world_spec(region: RegionName, people: int) -> WorldSpec:
    """Describes a world of its own: two years, and people who move as often as the census says.

    Raises:
        ValueError: If there is no such region, or it cannot hold so many people.
    """
    return WorldSpec(
        people=people,
        real_population=people,
        start=START,
        region=region,
        move_rate=MOVE_RATE,
    )


def agency_specs(names: Sequence[str]) -> dict[str, AgencySpec]:
    """Returns agencies of the catalogue by name, each once, in the order given.

    Raises:
        ValueError: If an agency is unknown, or needs more than people.
    """
    unfit = [name for name in names if name not in ALONE]
    if unfit:
        of_violence = [name for name in unfit if name in CATALOGUE]
        reason = (
            f"{', '.join(of_violence)}: records violence, which needs a town with streets and "
            "venues; `linkassay run istv` has them"
            if of_violence
            else f"{', '.join(unfit)}: no such agency; agencies: {', '.join(ALONE)}"
        )
        raise ValueError(reason)
    return {name: CATALOGUE[name] for name in dict.fromkeys(names)}
