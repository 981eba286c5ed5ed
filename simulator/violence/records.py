"""Records of violence: who is in which file, before anybody writes anything down."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from simulator import randomness
from simulator.violence.participants import CONTACT_ROLES, ROLES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.services import Service
    from simulator.state import World
    from simulator.violence.specs import RecordingSpec
    from simulator.violence.state import Violence

_SUSPECT_KNOWN = 0.35  # of incidents that police record, those with a named suspect; assumed
# How a victim who reports no offence comes to be in another contact; assumed.
_OTHERWISE = (("caller", 0.5), ("stopped", 0.2), ("detained", 0.15), ("suspect", 0.15))
_BESIDES = 1_000  # where their ordinals begin: those of others in that role begin at 0
_OTHER_NIGHTS = 1_000_000  # between the ordinals of events of two trials


def violence_of(world: World) -> Violence:
    """Returns what happened in a world's town.

    Raises:
        ValueError: If the world has no violence.
    """
    if world.violence is None:
        raise ValueError(
            "this world has no violence for an agency to record; give the proposal a table "
            "[violence]"
        )
    return world.violence


def recorded(world: World, service: Service, recording: RecordingSpec) -> pl.DataFrame:
    """Lists what one service has records about: an incident and somebody in it.

    Whether police record an assault that was treated in A&E, and whether its victim is in another
    contact, are draws of their own: a higher overlap adds records and changes no other.

    Args:
        world: The world.
        service: assaults, crimes or police_contacts.
        recording: Overlaps.

    Returns:
        `event_id` (UInt64, stable id of trial, incident, role and person), `contact_kind` (String),
        the columns of Violence.incidents, and `person`, `role`, `attended` of Violence.people;
        ordered by `event_id`.
    """
    violence, trial = violence_of(world), violence_of(world).trial
    seen = violence.people.join(violence.incidents, on="incident_id", how="inner")
    treated = seen.filter("attended").sort("incident_id", "ordinal")
    reported = _happens(world, "police record the assault", treated, recording.overlap.value)
    if service == "assaults":
        return _identified(treated, trial)
    offences = seen.filter(pl.col("kind") == "offence")
    victims = pl.concat(
        [offences.filter(pl.col("role") == "victim"), treated.filter(pl.Series(reported))]
    )
    if service == "crimes":
        return _identified(victims, trial)
    known = victims.select("incident_id").unique()
    suspects = seen.filter(pl.col("role") == "suspect").join(known, on="incident_id", how="semi")
    suspects = suspects.sort("incident_id", "ordinal")
    named = _happens(world, "a suspect is named", suspects, _SUSPECT_KNOWN)
    others = treated.filter(pl.Series(~reported))
    met = others.filter(
        pl.Series(_happens(world, "in another contact", others, recording.contact_overlap.value))
    )
    contacts = seen.filter(pl.col("kind") == "contact", pl.col("role").is_in(CONTACT_ROLES))
    others_met = [contacts, suspects.filter(pl.Series(named)), _in_another_role(world, met)]
    return _identified(pl.concat(others_met), trial)


def _happens(world: World, decision: str, rows: pl.DataFrame, share: float) -> NDArray[np.bool_]:
    ids = randomness.combine("victim of incident", rows["incident_id"], rows["ordinal"])
    return randomness.happens(_seed(world), decision, ids, share)


def _seed(world: World) -> int:
    """Gives the seed of the incidents at hand: other trials are recorded by other draws."""
    from simulator.violence.incidents import TRIAL_STEP

    return world.seed + violence_of(world).trial * TRIAL_STEP


def _in_another_role(world: World, met: pl.DataFrame) -> pl.DataFrame:
    roles, shares = [role for role, _ in _OTHERWISE], [share for _, share in _OTHERWISE]
    ids = randomness.combine("victim of incident", met["incident_id"], met["ordinal"])
    chosen = randomness.choose(_seed(world), "which other contact", ids, shares)
    role = pl.Series(np.array(roles)[chosen], dtype=pl.String)
    return met.with_columns(role=role, ordinal=pl.col("ordinal") + _BESIDES)


def _identified(rows: pl.DataFrame, trial: int) -> pl.DataFrame:
    """Adds the stable id of each record's event, and what police call it.

    The first incident at a place has one id on all nights, but its event has one for each trial:
    all that is written down is drawn by this id, so that nights share no draw and no record id.
    """
    of_trial = trial * _OTHER_NIGHTS
    parts = [
        part.with_columns(
            event_id=pl.Series(
                randomness.combine(
                    f"{role} of incident", part["incident_id"], part["ordinal"] + of_trial
                )
            ),
            contact_kind=pl.lit(ROLES[role]),
        )
        for role in ROLES
        if (part := rows.filter(pl.col("role") == role)).height
    ]
    if not parts:
        return rows.with_columns(event_id=pl.lit(0, pl.UInt64), contact_kind=pl.lit(""))
    return pl.concat(parts).sort("event_id")
