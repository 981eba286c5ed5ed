"""Incidents: assaults, offences and other police contacts, place by place, and who took part.

An incident is keyed by (kind, place, ordinal): each place has its own rate, and the number of
incidents there is Poisson. A place that is added or busier moves no incident elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from simulator import randomness
from simulator.schema import METHODS
from simulator.violence import nearby, participants, rhythm
from simulator.violence.state import Violence
from simulator.violence.town import make_town

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from simulator.specs import WorldSpec
    from simulator.state import Layout, World
    from simulator.violence.participants import Clients
    from simulator.violence.specs import ViolenceSpec
    from simulator.violence.state import Town

TRIAL_STEP = 1_000_003
"""Between the seeds of two trials, so that no two runs' trials meet."""

KINDS = ("assault", "offence", "contact")
"""Kinds of incident: treated in A&E; known to police alone; other contacts with police."""

_DAYS_PER_YEAR = 365.25
_VICTIMS_PER_ASSAULT = 1.10  # an assault in ten that somebody is treated for has a second victim

# Shares of means, in the order of METHODS, of assaults treated in A&E and of others with injury.
# Assumed: no shares by method were found.
_METHOD_SHARES = (0.52, 0.14, 0.10, 0.13, 0.105, 0.005)

# Where police offences and other contacts happen, by location type; assumed. The shares of assaults
# treated in A&E are settings.
_OFFENCES = {"own_home": 0.30, "other_home": 0.06, "licensed": 0.09, "street": 0.33, "other": 0.22}
_CONTACTS = {"own_home": 0.32, "other_home": 0.05, "licensed": 0.08, "street": 0.40, "other": 0.15}
_DOMESTIC = {"own_home": 0.75, "other_home": 0.35}  # of assaults and offences there; assumed


@dataclass(frozen=True)
class Places:
    """Places of one location type, and how a kind's incidents are shared among them.

    Attributes:
        ids: Stable ids, uint64, shape (places,).
        row: Row of the town's spots, or of the world's homes, int64.
        weight: Shares that add up to 1, float64.
    """

    ids: NDArray[np.uint64] = field(repr=False)
    row: NDArray[np.int64] = field(repr=False)
    weight: NDArray[np.float64] = field(repr=False)


def with_violence(world: World, violence: ViolenceSpec) -> World:
    """Returns the world with a town, and what happens there in the window; all else is as it was.

    Args:
        world: A world.
        violence: How much violence, where and when.
    """
    town = make_town(world.seed, world.homes, violence)
    clients = participants.Clients.of(
        world.seed, world.spec, violence, world.people, world.homes, world.layout
    )
    return replace(world, violence=_draw(world, 0, violence, town, clients, KINDS))


def with_trial(world: World, trial: int, kinds: tuple[str, ...] = KINDS) -> World:
    """Returns the same town and people with the incidents of other nights.

    Args:
        world: A world with violence.
        trial: Which other nights; 0 is the world as it is.
        kinds: Kinds of incident to draw; what is drawn of one does not depend on the others.

    Raises:
        ValueError: If the world has no violence.
    """
    held = world.violence
    if held is None:
        raise ValueError("with_trial: this world has no violence")
    return replace(world, violence=_draw(world, trial, held.spec, held.town, held.clients, kinds))


def _draw(
    world: World,
    trial: int,
    violence: ViolenceSpec,
    town: Town,
    clients: Clients,
    kinds: tuple[str, ...],
) -> Violence:
    spec, homes, layout = world.spec, world.homes, world.layout
    base, seed = world.seed, world.seed + trial * TRIAL_STEP
    years = spec.days / _DAYS_PER_YEAR
    thousand_years = spec.people / 1000 * years
    places = _places(base, town, homes, layout)
    counts = {
        "assault": violence.a_and_e_per_1000.value * thousand_years / _VICTIMS_PER_ASSAULT,
        "offence": violence.police_per_1000.value * thousand_years,
        "contact": violence.contacts_per_1000.value * thousand_years,
    }
    shares = {
        "assault": participants.shares_of_places(violence),
        "offence": _OFFENCES,
        "contact": _CONTACTS,
    }
    rhythms = {"away": rhythm.away(violence.weekend_nights.value), "home": rhythm.at_home()}
    parts = [
        _at_places(seed, spec, kind, location, counts[kind] * share, places[location], rhythms)
        for kind in kinds
        for location, share in shares[kind].items()
    ]
    drawn = _placed(pl.concat(parts), town, homes)
    drawn = _described(seed, violence, drawn)
    people_there = participants.draw(seed, spec, violence, drawn, clients)
    # Nobody is hurt in a home where nobody lives that day.
    held = drawn.filter(pl.col("incident_id").is_in(people_there["incident_id"].implode()))
    offences = nearby.Rates(counts["offence"], _OFFENCES, places, years)
    held = nearby.with_nearby(spec, held, town, offences, rhythms)
    times = rhythm.as_times(spec, held["minute"].to_numpy())
    return Violence(
        violence,
        trial,
        town,
        clients,
        held.with_columns(time=pl.Series(times)).drop("minute").sort("incident_id"),
        people_there.sort("incident_id", "role", "ordinal"),
    )


def _places(seed: int, town: Town, homes: pl.DataFrame, layout: Layout) -> Mapping[str, Places]:
    """Shares each location type among its places."""
    spots = town.spots
    kind = spots["kind"].to_numpy()
    spot = np.arange(spots.height)
    spot_ids = randomness.combine("spot", spot, 0)
    night = town.streets["night"].gather(spots["street"].cast(pl.Int64)).to_numpy()
    found = {}
    for location, of_kind in (("licensed", "licensed"), ("street", "street"), ("other", "other")):
        at = np.flatnonzero(kind == of_kind)
        rank = np.argsort(randomness.order(seed, f"busy places: {location}", spot[at])) + 1
        slope = {"licensed": 0.9, "street": 0.6, "other": 0.8}[location]
        weight = rank.astype(np.float64) ** -slope
        # Streets of licensed premises are where people are at night.
        weight *= np.where(night[at] & (location == "street"), 12.0, 1.0)
        found[location] = Places(spot_ids[at], at, weight / weight.sum())
    lived_in = np.unique(np.concatenate([layout.home_first, layout.home_last]))
    fifth = homes["deprivation_fifth"].to_numpy().astype(np.int64)[lived_in]
    weight = participants.BY_FIFTH[fifth - 1]
    ids = homes["home_id"].to_numpy()[lived_in]
    in_homes = Places(ids, lived_in, weight / weight.sum())
    return {"own_home": in_homes, "other_home": in_homes, **found}


def _at_places(
    seed: int,
    spec: WorldSpec,
    kind: str,
    location: str,
    expected: float,
    places: Places,
    rhythms: Mapping[str, NDArray[np.float64]],
) -> pl.DataFrame:
    """Draws the incidents of one kind at the places of one type."""
    what = f"{kind} in {location}"
    counts = randomness.poisson(seed, f"number: {what}", places.ids, expected * places.weight)
    at = np.repeat(np.arange(len(counts)), counts)
    ordinal = np.arange(len(at)) - np.repeat(np.cumsum(counts) - counts, counts)
    ids = randomness.combine(what, places.ids[at], ordinal)
    in_home = location.endswith("home")
    week = rhythms["home" if in_home else "away"]
    return pl.DataFrame(
        {
            "incident_id": ids,
            "kind": pl.Series([kind], dtype=pl.String).new_from_index(0, len(at)),
            "location_type": pl.Series([location], dtype=pl.String).new_from_index(0, len(at)),
            "minute": rhythm.draw_minutes(seed, what, ids, spec, week),
            "row": places.row[at],
            "in_home": np.full(len(at), in_home),
        }
    )


def _placed(drawn: pl.DataFrame, town: Town, homes: pl.DataFrame) -> pl.DataFrame:
    """Adds where each incident is: spot or home, street, ward, map point, coordinates."""
    spot, home = town.spots, town.homes.hstack(homes.select("easting", "northing"))
    shared = ("street", "ward", "point", "easting", "northing")
    in_home = drawn["in_home"]
    columns = []
    for name in shared:
        of_home = home[name].gather(drawn["row"].set(~in_home, 0))
        of_spot = spot[name].gather(drawn["row"].set(in_home, 0))
        columns.append(pl.select(pl.when(in_home).then(of_home).otherwise(of_spot).alias(name)))
    return drawn.select(
        "incident_id",
        "kind",
        "location_type",
        "minute",
        spot=pl.when(~pl.col("in_home")).then(pl.col("row").cast(pl.UInt32)),
        home=pl.when("in_home").then("row").otherwise(-1),
        home_id=pl.when("in_home").then(homes["home_id"].gather(drawn["row"].set(~in_home, 0))),
    ).hstack([each.to_series() for each in columns])


def _described(seed: int, violence: ViolenceSpec, drawn: pl.DataFrame) -> pl.DataFrame:
    """Adds the means, whether somebody is injured, and whether it is domestic."""
    ids = drawn["incident_id"].to_numpy()
    kind = drawn["kind"].to_numpy()
    means = randomness.choose(seed, "means of an assault", ids, _METHOD_SHARES)
    hurt = randomness.happens(seed, "injury of an offence", ids, violence.injury_share.value)
    of_type = drawn["location_type"].replace_strict(_DOMESTIC, default=0.0).to_numpy()
    return drawn.with_columns(
        method=pl.Series(np.array(METHODS)[means]),
        injury=pl.Series((kind == "assault") | ((kind == "offence") & hurt)),
        domestic=pl.Series(randomness.happens(seed, "domestic", ids, of_type)),
    )
