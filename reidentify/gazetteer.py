"""Gazetteer: the public names of streets, venues and landmarks, and where they are.

Anybody can look these up. House numbers lead to a street only; who holds a list of addresses can do
more (see knowledge_events.AddressList).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import reduce
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from scipy.spatial import cKDTree

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from simulator.state import World
    from simulator.violence.state import Town

PLACE_COLUMNS: Mapping[str, pl.DataType] = MappingProxyType(
    {
        "spot": pl.UInt32(),
        "street": pl.UInt32(),
        "ward": pl.UInt32(),
        "point": pl.UInt32(),
        "easting": pl.Int32(),
        "northing": pl.Int32(),
        "addresses": pl.Int64(),
    }
)

# Words that people type around a name, and that names are compared without.
_IDLE_WORDS = r"\b(?:the|pub|outside|inside|near|opposite|opp|at|in|o s)\b"

# Endings that people shorten -> as names are compared. Only the last word: St Ann is no street.
_ENDINGS: Mapping[str, str] = MappingProxyType(
    {
        "st": "street",
        "str": "street",
        "rd": "road",
        "ave": "avenue",
        "av": "avenue",
        "ln": "lane",
        "sq": "square",
        "pl": "place",
        "gdns": "gardens",
        "cl": "close",
        "dr": "drive",
        "ct": "court",
        "cres": "crescent",
        "ter": "terrace",
        "gr": "grove",
        "stn": "station",
        "pk": "park",
    }
)
_HOUSE_NUMBER = r"^(?:flat \w+ )?\d+[a-z]? "
_SHORTEST_SLIP = 5  # letters of a name below which a slip is not mended


@dataclass(frozen=True)
class Gazetteer:
    """Public places of a town.

    Attributes:
        streets: As Town.streets, ordered by `street`.
        points: As Town.points, ordered by `point`, with `street` and `ward` (UInt32) of the
            nearest street.
        venues: Named spots: as Town.spots, ordered by `spot`; homes are not among them.
        names: `key` (String, distinct: a name in comparable form, or a name and its street) and
            PLACE_COLUMNS of the one place that it means (`spot` null for streets), ordered by
            `key`. A name that several places share is left out, unless its street is with it.
    """

    streets: pl.DataFrame = field(repr=False)
    points: pl.DataFrame = field(repr=False)
    venues: pl.DataFrame = field(repr=False)
    names: pl.DataFrame = field(repr=False)
    _resolved: list[pl.DataFrame] = field(default_factory=list, repr=False, compare=False)

    def resolve(self, texts: pl.Series) -> pl.DataFrame:
        """Finds the place that each text means.

        The whole text is looked up, then what stands before its first comma, then what stands after
        its last; each exactly, and only if none is found with one slip of the keyboard: one letter
        wrong, missing or too many, or two neighbours swapped. A slip that fits several places is
        not mended.

        Args:
            texts: Texts as typed; repeated and missing ones are allowed.

        Returns:
            `text` (String, distinct) and PLACE_COLUMNS, null where it resolves to nothing, ordered
            by `text`.
        """
        distinct = texts.drop_nulls().unique().sort().alias("text")
        new = distinct.filter(~distinct.is_in(self._seen["text"].implode()))
        if len(new):
            self._resolved.append(self._looked_up(new))
        asked = pl.DataFrame([distinct])
        return asked.join(self._seen, on="text", how="left", maintain_order="left")

    @property
    def _seen(self) -> pl.DataFrame:
        """Everything that was looked up before: each text is looked up once."""
        nothing = pl.DataFrame(schema={"text": pl.String(), **PLACE_COLUMNS})
        return pl.concat([nothing, *self._resolved]).unique("text", maintain_order=True)

    def _looked_up(self, distinct: pl.Series) -> pl.DataFrame:
        tried = pl.DataFrame([distinct]).with_columns(_keys_of("text"))
        keys = [f"key_{attempt}" for attempt in range(_ATTEMPTS)]
        found = [self._exact(tried[key]) for key in keys]
        place = reduce(_or_else, found)
        missed = place.is_null()
        slips = [self._with_slip(tried[key].set(~missed, None)) for key in keys]
        place = reduce(_or_else, [place, *slips])
        at = pl.DataFrame({"text": tried["text"], "name": place}, schema_overrides=_AT)
        named = self.names.drop("key").with_row_index("name").cast({"name": pl.Int64})
        return at.join(named, on="name", how="left", maintain_order="left").select(
            "text", *PLACE_COLUMNS
        )

    def locate(self, places: pl.DataFrame) -> pl.DataFrame:
        """Finds what lies nearest to given positions.

        Args:
            places: `easting`, `northing` (metres; null where unknown).

        Returns:
            As many rows, in the same order: `spot` (named, at most NEAR_METRES away), `street`,
            `ward` and `point` (UInt32), null where unknown. The street and its ward are those of
            the nearest street middle, venue or map point.
        """
        known = places.with_row_index("at").drop_nulls(["easting", "northing"])
        lines = ("street", "ward", "easting", "northing")
        anchors = pl.concat(
            [each.select(lines) for each in (self.streets, self.venues, self.points)]
        )
        street, _ = _nearest(anchors, known)
        point, _ = _nearest(self.points, known)
        spot, metres = _nearest(self.venues, known)
        found = known.select(
            "at",
            pl.when(pl.Series(metres <= NEAR_METRES)).then(_taken(self.venues, "spot", spot)),
            _taken(anchors, "street", street),
            _taken(anchors, "ward", street),
            _taken(self.points, "point", point),
        )
        every = places.select(pl.int_range(pl.len(), dtype=pl.UInt32).alias("at"))
        return every.join(found, on="at", how="left", maintain_order="left").drop("at")

    def _exact(self, keys: pl.Series) -> pl.Series:
        """Gives the position in `names` of each key, Int64; null where it is none."""
        listed = self.names.select("key").with_row_index("name").cast({"name": pl.Int64})
        asked = pl.DataFrame({"key": keys}, schema_overrides={"key": pl.String()})
        return asked.join(listed, on="key", how="left", maintain_order="left")["name"]

    def _with_slip(self, keys: pl.Series) -> pl.Series:
        """Gives the position of the only name that each key is one slip away from, or null."""
        asked = pl.DataFrame({"key": keys}, schema_overrides={"key": pl.String()})
        asked = asked.with_row_index("asked")
        listed = self.names.select("key").with_row_index("name").cast({"name": pl.Int64})
        usable = pl.col("key").str.len_chars() >= _SHORTEST_SLIP
        left, right = _shortened(asked.filter(usable)), _shortened(listed.filter(usable))
        pairs = left.join(right, on="rest", suffix="_listed")
        at, other = pl.col("at"), pl.col("at_listed")
        near = (
            (at == other)  # one letter is another one
            | at.is_null()  # a letter is missing
            | other.is_null()  # a letter is too many
            | (((at - other).abs() == 1) & (pl.col("letter") == pl.col("letter_listed")))
        )
        one = (
            pairs.filter(near)
            .group_by("asked")
            .agg(pl.col("name").unique())
            .filter(pl.col("name").list.len() == 1)
            .select("asked", pl.col("name").list.first())
            .sort("asked")
        )
        return asked.join(one, on="asked", how="left", maintain_order="left")["name"]


NEAR_METRES = 50.0
"""How far from a named spot something may be placed and still count as there."""

_AT = {"text": pl.String(), "name": pl.Int64()}
_ATTEMPTS = 3


def gazetteer_of(world: World) -> Gazetteer:
    """Makes the gazetteer of a world's town.

    Raises:
        ValueError: If the world has no violence, and so no town.
    """
    if world.violence is None:
        raise ValueError(
            "gazetteer_of: the world has no streets and venues; give the proposal a table "
            "[violence], from which the town is made"
        )
    return make_gazetteer(world.violence.town)


def make_gazetteer(town: Town) -> Gazetteer:
    """Makes the gazetteer of a town; the order of the town's rows plays no part."""
    streets = town.streets.sort("street")
    venues = town.spots.filter(pl.col("name").is_not_null(), pl.col("kind") != "home").sort("spot")
    points = _placed_points(town.points.sort("point"), streets)
    return Gazetteer(streets, points, venues, _names(streets, venues, points))


def comparable_name(text: pl.Expr) -> pl.Expr:
    """Writes one name in comparable form: lower case, no idle words, endings written out.

    A house number before it is taken off. A text of idle words alone becomes null.
    """
    plain = (
        text.str.to_lowercase()
        .str.replace_all("['\u2019.]", "")
        .str.replace_all("&", " and ")
        .str.replace_all(r"[^a-z0-9]+", " ")
        .str.replace_all(_IDLE_WORDS, " ")
        .str.replace_all(r" +", " ")
        .str.strip_chars()
        .str.replace(_HOUSE_NUMBER, "")
    )
    last = plain.str.extract(r"(\w+)$", 1)
    before = plain.str.replace(r"\w+$", "")
    written = before + last.replace(_ENDINGS)
    return pl.when(plain != "").then(written)


def _keys_of(text: str) -> list[pl.Expr]:
    """Gives the keys under which a text is looked up, in order, as key_0, key_1, ..."""
    parts = pl.col(text).str.split(",")
    first, last = (comparable_name(part) for part in (parts.list.first(), parts.list.last()))
    several = parts.list.len() > 1
    whole = pl.when(several).then(pl.concat_str(first, pl.lit(", "), last)).otherwise(first)
    attempts = (whole, pl.when(several).then(first), pl.when(several).then(last))
    return [key.alias(f"key_{number}") for number, key in enumerate(attempts)]


def _or_else(found: pl.Series, other: pl.Series) -> pl.Series:
    return pl.select(pl.coalesce(found, other)).to_series()


def _shortened(keys: pl.DataFrame) -> pl.DataFrame:
    """Gives each key, and each key with one letter left out: `rest`, `at` and `letter` of it.

    Two keys one slip apart share a `rest`.
    """
    positions = keys.with_columns(
        pl.int_ranges(pl.col("key").str.len_chars(), dtype=pl.Int64).alias("at")
    ).explode("at", empty_as_null=True)
    key, at = pl.col("key"), pl.col("at")
    rest = pl.concat_str(key.str.slice(0, at), key.str.slice(at + 1))
    whole = keys.with_columns(
        pl.lit(None, pl.Int64).alias("at"), key.alias("rest"), pl.lit("").alias("letter")
    )
    columns = whole.columns
    shorter = positions.with_columns(rest.alias("rest"), key.str.slice(at, 1).alias("letter"))
    return pl.concat([whole, shorter.select(columns)]).drop("key")


def _placed_points(points: pl.DataFrame, streets: pl.DataFrame) -> pl.DataFrame:
    """Gives each map point the street and ward whose middle is nearest."""
    if {"street", "ward"} <= set(points.columns):
        return points
    nearest, _ = _nearest(streets, points)
    return points.hstack(streets.select("street", "ward")[nearest])


def _nearest(
    anchors: pl.DataFrame, places: pl.DataFrame
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Gives the position of the nearest anchor of each place, and its distance in metres."""
    where = [frame.select("easting", "northing").to_numpy() for frame in (anchors, places)]
    if not anchors.height:
        return np.zeros(places.height, np.int64), np.full(places.height, np.inf)
    tree = cKDTree(where[0].astype(np.float64))
    metres, nearest = tree.query(where[1].astype(np.float64).reshape(-1, 2))
    return nearest.astype(np.int64), metres


def _taken(anchors: pl.DataFrame, column: str, at: NDArray[np.int64]) -> pl.Series:
    """Gives a column of the anchors at some positions; null if there are no anchors."""
    if not anchors.height:
        return pl.Series(column, [None] * len(at), dtype=pl.UInt32)
    return anchors[column][at].cast(pl.UInt32)


def _names(streets: pl.DataFrame, venues: pl.DataFrame, points: pl.DataFrame) -> pl.DataFrame:
    """Makes the table of names: venues, venues with their street, and streets."""
    nearest, _ = _nearest(points, streets)
    named = streets.with_columns(_taken(points, "point", nearest))
    no_spot = pl.lit(None, pl.UInt32).alias("spot")
    key = comparable_name(pl.col("name"))
    of_streets = named.select(key.alias("key"), no_spot, *_SHARED)
    known = venues.join(
        streets.select("street", pl.col("name").alias("street_name")), on="street", how="left"
    )
    long = pl.concat_str(key, pl.lit(", "), comparable_name(pl.col("street_name")))
    of_venues = [known.select(one.alias("key"), "spot", *_SHARED) for one in (key, long)]
    columns = [pl.col(name).cast(dtype) for name, dtype in PLACE_COLUMNS.items()]
    together = pl.concat([each.select("key", *columns) for each in (of_streets, *of_venues)])
    alone = together.drop_nulls("key").filter(pl.len().over("key") == 1)
    return alone.sort("key")


_SHARED = ("street", "ward", "point", "easting", "northing", "addresses")
