"""Answers: what each record of violence is really about, for scoring."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from simulator import randomness
from simulator.violence.records import recorded

if TYPE_CHECKING:
    from simulator.specs import AgencySpec
    from simulator.state import World
    from simulator.violence.specs import RecordingSpec

_ADULT = 18
_RARE = 0.05
"""A means is rare if it is that of fewer than 5 % of assaults treated in A&E."""


def record_incidents(
    world: World, name: str, agency: AgencySpec, recording: RecordingSpec
) -> pl.DataFrame:
    """Says what each record of a violence dataset is about.

    Args:
        world: The world.
        name: Name of the agency, and of its dataset.
        agency: The agency; only its service is looked at.
        recording: How it was recorded.

    Returns:
        `record_id`, `incident_id`, `person_id` (UInt64), `attended` (Boolean), `time` (Datetime),
        `easting`, `northing` (Int32), `ward`, `street`, `point` (UInt32), `nearby` (Float64), and
        of the person and incident `sex` (String), `under_18`, `home`, `quiet`, `rare_method`,
        `domestic` (Boolean); ordered by `record_id`.
    """
    about = recorded(world, agency.service, recording)
    record_id = randomness.words(world.seed, f"record of {name}", about["event_id"].to_numpy())
    person = world.people[about["person"].to_numpy()]
    born = person["date_of_birth"]
    age = (about["time"].dt.date() - born).dt.total_days() / 365.25
    return about.select(
        pl.Series("record_id", record_id),
        "incident_id",
        person["person_id"],
        "attended",
        "time",
        "easting",
        "northing",
        "ward",
        "street",
        "point",
        "nearby",
        person["sex"],
        (age < _ADULT).alias("under_18"),
        (pl.col("home") >= 0).alias("home"),
        "quiet",
        pl.col("method").is_in(rare_methods(world)).alias("rare_method"),
        "domestic",
    ).sort("record_id")


def rare_methods(world: World) -> list[str]:
    """Lists the means of fewer than one in twenty assaults treated in A&E, in order of name."""
    if world.violence is None:
        return []
    of_assaults = world.violence.incidents.filter(pl.col("kind") == "assault")
    shares = of_assaults.group_by("method").agg(share=pl.len() / max(of_assaults.height, 1))
    return sorted(shares.filter(pl.col("share") < _RARE)["method"].to_list())
