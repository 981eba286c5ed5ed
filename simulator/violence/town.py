"""The town: streets, licensed premises, landmarks, wards and map points, made from its homes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from scipy.spatial import cKDTree

from simulator import randomness
from simulator.streets import place_names, postcode_runs, street_names, streets_of
from simulator.violence.state import Town

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.violence.specs import ViolenceSpec

_LEAST_ADDRESSES = 8  # of a map point: data.police.uk
_HOMES_PER_VENUE_STREET = 4.0  # venues of a night-time street, on average
_IN_NIGHT_STREETS = 0.75  # share of venues that stand in night-time streets: assumed
_PEOPLE_PER_HOME = 2.36
_LANDMARKS_PER_1000 = 0.8  # stations, parks, shops, schools: assumed
_FROM_STREET_METRES = 45.0  # how far a venue or landmark stands from the middle of its street
# Wards of about 12,000 people: three middle areas make two wards.
_WARDS, _MIDDLE_AREAS = 2, 3

_COLOURS = (  # noqa: SIM905
    "Red White Black Golden Green Blue Old Royal Silver Jolly Merry Three Railway Prince's Queen's"
).split()
_SIGNS = (  # noqa: SIM905
    "Lion Crown Bell Anchor Swan Fox Hart Horse Star Sun Ship Plough Oak Rose Eagle Boar Bull Stag "
    "Wheatsheaf Falcon Arms Tavern Cellar Lounge Rooms"
).split()
_NAMES_OF_VENUES = len(_COLOURS) * len(_SIGNS)
_LANDMARKS = ("Park", "Station", "Market", "School", "Library", "Bus Garage", "Stores", "Estate")


def make_town(seed: int, homes: pl.DataFrame, spec: ViolenceSpec) -> Town:
    """Makes a town.

    Streets are runs of neighbouring postcodes. Licensed premises crowd in a few night-time streets;
    all names are invented. A larger world starts with the same streets as a smaller one.

    Args:
        seed: The run's seed.
        homes: The world's homes.
        spec: How many licensed premises there are.
    """
    street_of = streets_of(postcode_runs(homes["postcode"]))
    people = homes.height * _PEOPLE_PER_HOME
    venues = max(3, round(spec.venues_per_1000.value * people / 1000))
    landmarks = max(3, round(_LANDMARKS_PER_1000 * people / 1000))
    streets = _streets(seed, homes, street_of, venues)
    points = _points(homes, streets)
    streets = streets.with_columns(_nearest(streets, points))
    named = _venues(seed, streets, venues), _landmarks(seed, streets, landmarks)
    spots = pl.concat([_as_spots(streets), *named], how="diagonal").with_columns(
        spot=pl.int_range(pl.len(), dtype=pl.UInt32)
    )
    order = ("spot", "kind", "name", "street", "ward", "point", "easting", "northing", "addresses")
    spots = spots.drop("point").with_columns(_nearest(spots, points)).select(order)
    placed = pl.DataFrame({"street": street_of.astype(np.uint32)}).with_columns(
        number=pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over("street"),
        ward=streets["ward"].gather(street_of),
        point=_nearest(homes, points),
    )
    return Town(streets, spots, points, placed)


def _streets(
    seed: int, homes: pl.DataFrame, street_of: NDArray[np.int64], venues: int
) -> pl.DataFrame:
    count = int(street_of[-1]) + 1
    size = np.bincount(street_of)
    number = np.arange(count)
    middle = {
        axis: (np.bincount(street_of, homes[axis].to_numpy().astype(np.float64)) / size)
        for axis in ("easting", "northing")
    }
    first = np.searchsorted(street_of, number)
    msoa = homes["msoa"].to_numpy().astype(np.int64)[first]
    nights = max(1, round(venues * _IN_NIGHT_STREETS / _HOMES_PER_VENUE_STREET))
    night = np.zeros(count, dtype=np.bool_)
    night[randomness.sample(seed, "night-time streets", number, nights)] = True
    return pl.DataFrame(
        {
            "street": number.astype(np.uint32),
            "name": street_names(seed, number),
            "ward": (msoa * _WARDS // _MIDDLE_AREAS).astype(np.uint32),
            "easting": middle["easting"].round().astype(np.int32),
            "northing": middle["northing"].round().astype(np.int32),
            "addresses": size.astype(np.int64),
            "night": night,
        }
    )


def _points(homes: pl.DataFrame, streets: pl.DataFrame) -> pl.DataFrame:
    """Makes map points of streets, each with at least eight of the homes nearest to it."""
    at = homes.select("easting", "northing").to_numpy().astype(np.float64)
    kept = streets.filter(pl.col("addresses") >= _LEAST_ADDRESSES)
    kept = kept if kept.height else streets
    while True:
        tree = cKDTree(kept.select("easting", "northing").to_numpy().astype(np.float64))
        served = np.bincount(tree.query(at)[1], minlength=kept.height)
        if kept.height == 1 or served.min() >= _LEAST_ADDRESSES:
            break
        enough = pl.Series(served >= _LEAST_ADDRESSES)
        # Where no street has enough, every second one is left to serve its neighbours' homes too.
        kept = kept.filter(enough) if enough.any() else kept.gather_every(2)
    return kept.select(
        pl.int_range(pl.len(), dtype=pl.UInt32).alias("point"),
        "street",
        "ward",
        "easting",
        "northing",
        addresses=pl.Series(served.astype(np.int64)),
    )


def _nearest(places: pl.DataFrame, points: pl.DataFrame) -> pl.Series:
    tree = cKDTree(points.select("easting", "northing").to_numpy().astype(np.float64))
    at = places.select("easting", "northing").to_numpy().astype(np.float64)
    return pl.Series("point", tree.query(at)[1].astype(np.uint32))


def _as_spots(streets: pl.DataFrame) -> pl.DataFrame:
    return streets.select(
        pl.lit("street").alias("kind"),
        pl.lit(None, pl.String).alias("name"),
        "street",
        "ward",
        "point",
        "easting",
        "northing",
        "addresses",
    )


def _venues(seed: int, streets: pl.DataFrame, count: int) -> pl.DataFrame:
    number = np.arange(count)
    night = np.flatnonzero(streets["night"].to_numpy())
    crowded = randomness.happens(seed, "venue in a night-time street", number, _IN_NIGHT_STREETS)
    share = 1.0 / np.arange(1, len(night) + 1) ** 0.5
    among = night[randomness.choose(seed, "night-time street of venue", number, share)]
    anywhere = randomness.whole(seed, "street of venue", number, streets.height)
    at = np.where(crowded, among, anywhere)
    return _beside(seed, "venue", streets, at, "licensed", _venue_names(seed, number))


def _venue_names(seed: int, number: NDArray[np.int64]) -> list[str]:
    """Names licensed premises: all differ, and the first 375 have a plain name.

    Later ones are told apart as houses of one name are, by a place: The Red Lion at Alderham.
    """
    stems = place_names()
    block, within = np.divmod(number, _NAMES_OF_VENUES)
    code = randomness.permuted(seed, "names of venues", within, _NAMES_OF_VENUES).astype(np.int64)
    if block.max(initial=0) > len(stems):
        raise ValueError(f"a town of {len(number):,} licensed premises has more than its names")
    place = randomness.permuted(
        seed, "places in names of venues", np.maximum(block - 1, 0), len(stems)
    ).astype(np.int64)
    colour, sign = np.divmod(code, len(_SIGNS))
    return [
        f"The {_COLOURS[c]} {_SIGNS[s]}{f' at {stems[p]}' if later else ''}"
        for c, s, p, later in zip(
            colour.tolist(), sign.tolist(), place.tolist(), (block > 0).tolist(), strict=True
        )
    ]


def _landmarks(seed: int, streets: pl.DataFrame, count: int) -> pl.DataFrame:
    number = np.arange(count)
    street = randomness.whole(seed, "street of landmark", number, streets.height)
    stems = [name.rsplit(" ", 1)[0] for name in streets["name"].gather(street).to_list()]
    names = [f"{stem} {_LANDMARKS[i % len(_LANDMARKS)]}" for i, stem in enumerate(stems)]
    return _beside(seed, "landmark", streets, street, "other", names)


def _beside(
    seed: int,
    what: str,
    streets: pl.DataFrame,
    street: NDArray[np.int64],
    kind: str,
    names: list[str],
) -> pl.DataFrame:
    """Puts named places beside the middles of streets."""
    number = np.arange(len(street))
    moved = {
        axis: streets[axis].gather(street).to_numpy()
        + _FROM_STREET_METRES * randomness.normal(seed, f"{axis} of {what}", number)
        for axis in ("easting", "northing")
    }
    return pl.DataFrame(
        {
            "kind": pl.Series([kind] * len(street), dtype=pl.String),
            "name": names,
            "street": street.astype(np.uint32),
            "ward": streets["ward"].gather(street),
            "easting": moved["easting"].round().astype(np.int32),
            "northing": moved["northing"].round().astype(np.int32),
            "addresses": np.ones(len(street), dtype=np.int64),
        }
    )
