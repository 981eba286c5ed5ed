"""Typed places: how a reception types where an assault happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from simulator import randomness
from simulator.streets import SHORT_ENDINGS
from simulator.violence.records import violence_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.state import World

_VAGUE = ("town centre", "street", "outside pub", "pub", "high street", "in the street", "unknown")

# Ways of typing a named place, and a street; how often each is used is assumed.
_NAMED = ("{name}", "{bare}", "{bare} pub", "{name}, {street}", "{bare}, {short}", "outside {name}")
_NAMED_SHARES = (0.30, 0.22, 0.08, 0.16, 0.14, 0.10)
_STREET = ("{street}", "{short}", "outside {number} {street}", "near {short}", "{street} ")
_STREET_SHARES = (0.42, 0.33, 0.10, 0.10, 0.05)


def typed(world: World, about: pl.DataFrame, another: NDArray[np.bool_]) -> pl.Series:
    """Gives the name of each place away from home as typed; of another place where so flagged.

    Args:
        world: The world.
        about: What the records are about, with `event_id`, `spot` and `home`.
        another: Which records get the name of another place of the town.

    Returns:
        String, shape (records,); of no meaning for records in a home.
    """
    town = violence_of(world).town
    ids = about["event_id"].to_numpy()
    spot = about["spot"].cast(pl.Int64).fill_null(0).to_numpy()
    elsewhere = randomness.whole(world.seed, "which other place", ids, town.spots.height - 1)
    # The place itself is left out of those it may be taken for.
    at = np.where(another, elsewhere + (elsewhere >= spot), spot)
    spots = town.spots[at]
    streets = town.streets["name"].gather(spots["street"].cast(pl.Int64))
    number = randomness.whole(world.seed, "house number in a place", ids, 80) + 1
    frame = pl.DataFrame(
        {
            "name": spots["name"],
            "street": streets,
            "number": pl.Series(number).cast(pl.String),
        }
    ).with_columns(bare=pl.col("name").str.strip_prefix("The "), short=_shortened("street"))
    is_named = spots["name"].is_not_null()
    way = randomness.choose(world.seed, "way of typing a name", ids, _NAMED_SHARES)
    plain = randomness.choose(world.seed, "way of typing a street", ids, _STREET_SHARES)
    licensed = (spots["kind"] == "licensed").to_numpy()
    # Only a pub is called one.
    way = np.where((_NAMED[2] == np.array(_NAMED)[way]) & ~licensed, 0, way)
    named = _filled(frame, _NAMED, way)
    street = _filled(frame, _STREET, plain)
    return pl.select(pl.when(is_named).then(named).otherwise(street)).to_series()


def addresses(world: World, about: pl.DataFrame) -> pl.Series:
    """Gives the address of the home of each record, such as `12 Alderham Road`."""
    town = violence_of(world).town
    homes = town.homes[np.maximum(about["home"].to_numpy(), 0)]
    streets = town.streets["name"].gather(homes["street"].cast(pl.Int64))
    return pl.select(pl.format("{} {}", homes["number"], streets)).to_series()


def vague(seed: int, ids: NDArray[np.uint64]) -> pl.Series:
    """Gives words that name no place."""
    return pl.Series(np.array(_VAGUE)[randomness.whole(seed, "vague place", ids, len(_VAGUE))])


def _shortened(street: str) -> pl.Expr:
    before = pl.col(street).str.replace(r"\w+$", "")
    ending = pl.col(street).str.extract(r"(\w+)$", 1)
    return before + ending.replace(SHORT_ENDINGS)


def _filled(frame: pl.DataFrame, ways: tuple[str, ...], way: NDArray[np.int64]) -> pl.Series:
    """Fills each row's pattern with its own words."""
    filled = pl.lit(None, pl.String)
    for code, pattern in enumerate(ways):
        names = [part.split("}")[0] for part in pattern.split("{")[1:]]
        blank = pattern
        for name in names:
            blank = blank.replace("{" + name + "}", "{}")
        text = pl.format(blank, *(pl.col(name) for name in names))
        filled = pl.when(pl.Series(way == code)).then(text).otherwise(filled)
    return frame.select(filled.alias("text")).to_series()
