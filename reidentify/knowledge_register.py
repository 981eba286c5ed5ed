"""Knowledge of a register: names and addresses, as on an open register or a list that is sold."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from math import ceil
from typing import TYPE_CHECKING

import polars as pl

from linkage.normalise import comparable
from reidentify.knowledge import TargetTruth
from simulator.randomness import happens, words

if TYPE_CHECKING:
    from datetime import date

    from simulator.state import World

_ADULT_DAYS = 18 * 365.25
_AREAS = ("lsoa", "msoa", "deprivation_fifth")


@dataclass(frozen=True)
class NameRegister:
    """Adults with their names and addresses at the end of the window.

    Attributes:
        frame: `target_id` (UInt64, opaque), `surname`, `postcode` (String, in comparable form),
            `lsoa` (UInt32, of the address), `sex` (String, as the first name tells), ordered by
            `target_id`.
        postcodes: Every postcode with where it lies and its homes: `postcode` (String), `lsoa`,
            `msoa` (UInt32), `deprivation_fifth` (UInt8), `homes` (UInt32), ordered by `postcode`:
            an address file and area tables that anybody can get.
        share: Share of adults on it.
        born_by: Whoever was born later was too young to be listed.
    """

    frame: pl.DataFrame = field(repr=False)
    postcodes: pl.DataFrame = field(repr=False)
    share: float
    born_by: date

    def may_be_listed(self, rows: pl.DataFrame) -> pl.Series:
        """Says of each row whether the person was old enough; yes where no date of birth is."""
        if "date_of_birth" not in rows.columns:
            return pl.repeat(value=True, n=rows.height, eager=True)
        return (rows["date_of_birth"] <= self.born_by).fill_null(value=True)


def draw_register(world: World, share: float, name: str) -> tuple[NameRegister, TargetTruth]:
    """Draws a register that holds each adult of the world with the same probability.

    Args:
        world: The world.
        share: Share of adults on it, 0 to 1.
        name: Name of the attack in the proposal.

    Returns:
        The register, and (for scoring only) who is on it.
    """
    homes = world.homes.select("postcode", "lsoa")[world.layout.home_last]
    people = world.people.select("person_id", "surname", "sex", "date_of_birth").hstack(homes)
    people = people.filter(pl.Series(~world.layout.leaves))
    old = (pl.lit(world.spec.end) - pl.col("date_of_birth")).dt.total_days() >= _ADULT_DAYS
    adults = people.filter(old)
    ids = adults["person_id"].to_numpy()
    listed = adults.with_columns(
        pl.Series("target_id", words(world.seed, f"target id/{name}", ids)),
        comparable(adults, "surname"),
        comparable(adults, "postcode"),
    ).filter(pl.Series(happens(world.seed, f"on the register/{name}", ids, share)))
    listed = listed.sort("target_id")
    truth = TargetTruth(listed.select("target_id", "person_id"), adults.height, people.height)
    frame = listed.select("target_id", "surname", "postcode", "lsoa", "sex")
    units = world.homes.select(comparable(world.homes, "postcode"), *_AREAS)
    postcodes = units.group_by("postcode").agg(pl.col(_AREAS).first(), homes=pl.len())
    born_by = world.spec.end - timedelta(days=ceil(_ADULT_DAYS))
    return NameRegister(frame, postcodes.sort("postcode"), share, born_by), truth
