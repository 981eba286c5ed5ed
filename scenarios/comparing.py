"""Comparing: incidents linked by identifiers, and by place and time. Reads the Truth.

Published studies disagree about how many of the assaults treated in A&E police know of, and one
reason may be how records were linked. Here both ways are tried on the same invented records, at
several overlaps, with nothing adjusted in between.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from linkage.incidents import by_identifiers, by_place_and_time
from linkage.intervals import wilson
from reidentify.gazetteer import gazetteer_of
from scenarios.accounts import chance
from simulator.extracts import extract
from simulator.violence.answers import record_incidents

if TYPE_CHECKING:
    from linkage.incident_plan import IncidentComparison
    from scenarios.accounts import Accountant
    from scenarios.handover import Run, Written
    from scenarios.result import Figure
    from simulator.specs import AgencySpec
    from simulator.state import World
    from simulator.violence.specs import RecordingSpec

_SHARED = ["incident_id", "person_id"]

# What is counted, out of the A&E records -> how.
_METHODS = {
    "realised_overlap": "A&E records whose incident and victim are in the police records, truly",
    "predicted_by_errors": "of these, records with a match-key that no recording error has hit on "
    "either side",
    "linked_by_identifiers": "A&E records linked by match-keys on the clear text",
    "linked_rightly": "of these, to the right incident and victim",
    "matched_by_place_and_time": "A&E records matched by place and time alone",
    "matched_rightly": "of these, to the right incident and victim",
}


def compare_figures(
    run: Run, name: str, spec: IncidentComparison, write: Accountant
) -> list[Figure]:
    """Compares the two ways of linking at every overlap that the comparison names.

    Returns:
        For each overlap, in group `overlap=...`, the shares of _METHODS, all out of the A&E
        records.
    """
    proposal, found = run.proposal, []
    if proposal.recording is None:
        return []
    for overlap in spec.overlaps:
        value = proposal.recording.overlap.model_copy(update={"value": overlap.value})
        recording = proposal.recording.model_copy(update={"overlap": value})
        police, assaults = (
            run.stages.make(
                extract, run.world, agency, proposal.agency[agency], recording, proposal.consent
            )
            for agency in (spec.police, spec.assaults)
        )
        both = {agency: proposal.agency[agency] for agency in (spec.police, spec.assaults)}
        counts = run.stages.make(_compare, police, assaults, run.world, recording, name, spec, both)
        records = assaults.value[0].frame.height
        for measure, method in _METHODS.items():
            count = counts.value[measure]
            found.append(
                write.share(
                    "linkage",
                    name,
                    measure,
                    count,
                    records,
                    group=f"overlap={overlap.value:g}",
                    chance=chance(*wilson(count, records)),
                    method=f"{method}; {_settings(measure, spec)}",
                )
            )
    return found


def _settings(measure: str, spec: IncidentComparison) -> str:
    if measure.startswith("matched"):
        return (
            f"within {spec.metres.value:g} m and {spec.hours.value:g} h, the nearest in time; "
            "places as typed, found in a gazetteer of streets and venues"
        )
    keys = "; ".join(" + ".join(key) for key in spec.keys)
    return f"keys in order: {keys}; at most {spec.days.value:g} days apart"


def _compare(
    police: Written,
    assaults: Written,
    world: World,
    recording: RecordingSpec,
    name: str,
    spec: IncidentComparison,
    agencies: dict[str, AgencySpec],
) -> dict[str, int]:
    """Counts A&E records by what became of them, for every measure of _METHODS."""
    pairs = _true_pairs(world, recording, spec, agencies)
    intact = _intact(pairs, (police, "left_id"), (assaults, "right_id"), spec.keys)
    linked = by_identifiers(police[0], assaults[0], spec.keys, spec.days.value, name).frame
    matched = by_place_and_time(
        police[0].frame.select(
            pl.col("record_id").alias("left_id"), "from_time", "to_time", "easting", "northing"
        ),
        _placed(world, assaults[0].frame),
        spec.metres.value,
        spec.hours.value,
        name,
    ).frame
    right = [
        frame.join(pairs, on=["left_id", "right_id"], how="semi") for frame in (linked, matched)
    ]
    return {
        "realised_overlap": pairs["right_id"].n_unique(),
        "predicted_by_errors": intact["right_id"].n_unique(),
        "linked_by_identifiers": linked.height,
        "linked_rightly": right[0].height,
        "matched_by_place_and_time": matched.height,
        "matched_rightly": right[1].height,
    }


def _true_pairs(
    world: World,
    recording: RecordingSpec,
    spec: IncidentComparison,
    agencies: dict[str, AgencySpec],
) -> pl.DataFrame:
    """Lists pairs of records about one victim of one incident."""
    pair = (
        (spec.police, agencies[spec.police], "left_id"),
        (spec.assaults, agencies[spec.assaults], "right_id"),
    )
    left, right = (
        record_incidents(world, name, agency, recording).select(
            pl.col("record_id").alias(side), *_SHARED
        )
        for name, agency, side in pair
    )
    return left.join(right, on=_SHARED).select("left_id", "right_id").sort("left_id", "right_id")


def _intact(
    pairs: pl.DataFrame,
    police: tuple[Written, str],
    assaults: tuple[Written, str],
    keys: tuple[tuple[str, ...], ...],
) -> pl.DataFrame:
    """Keeps pairs with a key whose fields no recording error has hit on either side."""
    hit = pairs
    for (_, truth), side in (police, assaults):
        wrong = truth.cells.filter("changed").select(pl.col("record_id").alias(side), "field")
        for field in {field for key in keys for field in key}:
            here = wrong.filter(pl.col("field") == field).select(side).unique()
            hit = hit.join(
                here.with_columns(pl.lit(value=True).alias(f"{side}: {field}")),
                on=side,
                how="left",
                maintain_order="left",
            )
    whole = [
        pl.all_horizontal(
            pl.col(f"{side}: {field}").is_null()
            for side in ("left_id", "right_id")
            for field in key
        )
        for key in keys
    ]
    return hit.filter(pl.any_horizontal(whole)).select("left_id", "right_id")


def _placed(world: World, frame: pl.DataFrame) -> pl.DataFrame:
    """Finds the places of A&E records in the gazetteer; null where the text says none."""
    found = gazetteer_of(world).resolve(frame["location_text"])
    rows = frame.select(
        pl.col("record_id").alias("right_id"), "assault_time", pl.col("location_text").alias("text")
    )
    return rows.join(found.select("text", "easting", "northing"), on="text", how="left").select(
        "right_id", "assault_time", "easting", "northing"
    )
