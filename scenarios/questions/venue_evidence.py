"""Venue evidence: which licensed premises have most assaults, and is there enough to act on?

Police events with injury count for the nearest venue within a stated distance. A row of the feed in
licensed premises counts for the venue that its text names, or is shared equally among the venues of
its street, map point or ward.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from scipy.spatial import cKDTree
from scipy.special import gammaincinv

from scenarios.questions.estimate import CannotAnswer
from simulator.randomness import words

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scenarios.questions.placing import Intelligence

NEAR_METRES = 30.0
"""How far from a venue a police event in licensed premises may be placed and still count for it."""

LICENSED = "licensed"
METHOD = (
    "share of the truly worst venues that are among as many venues ranked highest; police events "
    f"with injury in licensed premises within {NEAR_METRES:g} m of a venue"
)
_TAILS = (0.025, 0.975)


def police_counts(held: Intelligence) -> NDArray[np.float64]:
    """Counts police events with injury at each venue, float64, in order of `held.atlas.venues`.

    An event counts for the nearest venue, in order of the frame where two are equally near.
    """
    venues = held.atlas.venues
    events = held.police.filter("injury", pl.col("location_type") == LICENSED)
    events = events.drop_nulls(["easting", "northing"])
    if not venues.height or not events.height:
        return np.zeros(venues.height)
    tree = cKDTree(venues.select("easting", "northing").to_numpy().astype(np.float64))
    at = events.select("easting", "northing").to_numpy().astype(np.float64)
    distance, nearest = tree.query(at)
    return np.bincount(nearest[distance <= NEAR_METRES], minlength=venues.height).astype(np.float64)


def feed_counts(held: Intelligence) -> NDArray[np.float64]:
    """Counts rows of the feed at each venue, float64, in order of `held.atlas.venues`.

    Raises:
        CannotAnswer: If the feed does not say what kind of place a row is about, or no place.
    """
    if "location_type" not in held.rows.columns or held.spec.places == "none":
        raise CannotAnswer("not handed over: kind and place of each assault")
    venues = held.atlas.venues.with_columns(code=pl.int_range(pl.len()))
    rows = held.rows.filter(pl.col("location_type") == LICENSED)
    if held.spec.places == "text":
        named = rows.select("location_text").join(held.atlas.texts, on="location_text")
        found = named.drop_nulls("spot").select("spot", share=pl.lit(1.0))
        counted = found.join(venues.select("spot", "code"), on="spot")
    else:
        key = {"street": "street", "map_point": "point", "ward": "ward"}[held.spec.places]
        shared = venues.select(key, "code", share=1.0 / pl.len().over(key))
        counted = rows.select(key).drop_nulls().join(shared, on=key)
    counts = counted.group_by("code").agg(pl.col("share").sum()).sort("code")
    total = np.zeros(venues.height)
    total[counts["code"].to_numpy()] = counts["share"].to_numpy()
    return total


def worst(counts: NDArray[np.float64], venues: pl.DataFrame, top: int) -> NDArray[np.int64]:
    """Returns positions of the venues with the highest counts above 0, worst first.

    Args:
        counts: Count of each venue, shape (venues,).
        venues: The venues; equal counts are ordered by a draw keyed by `spot`.
        top: How many, at most.
    """
    tie = words(0, "order of equal venues", venues["spot"].to_numpy())
    rounded = np.round(counts, 9)
    order = np.lexsort((tie, -rounded))[:top]
    return np.asarray(order[rounded[order] > 0], dtype=np.int64)


def poisson_interval(count: float) -> tuple[float, float]:
    """Returns the exact 95 % interval of the mean of a Poisson count (Garwood 1936).

    A fractional count, of rows shared among venues, is put into the same formula.
    """
    low = float(gammaincinv(count, _TAILS[0])) if count > 0 else 0.0
    return low, float(gammaincinv(count + 1, _TAILS[1]))
