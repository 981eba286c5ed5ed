"""Knowledge: what an adversary knows beforehand, drawn from the world by a stated rule.

Nothing here is drawn from links or from a release: people know of each other what they know,
however well records were linked. Who a target is goes to the scoring side alone, as a TargetTruth.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from simulator.randomness import happens, normal, sample, whole, words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reidentify.specs import DatedEventsSpec
    from simulator.state import World

# What may be known of a target, besides contacts -> the columns of the world that hold it.
ATTRIBUTES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "sex": ("sex",),
        "age": ("date_of_birth",),
        "area": ("lsoa", "msoa", "deprivation_fifth"),
    }
)


@dataclass(frozen=True)
class DatedKnowledge:
    """Targets, and a few dated contacts of each as somebody recalls them.

    Attributes:
        targets: `target_id` (UInt64, opaque) and, of what is known, `sex` (String),
            `date_of_birth` (Date) and `lsoa`, `msoa` (UInt32), `deprivation_fifth` (UInt8) of the
            person's last home, all as in the world; ordered by `target_id`.
        contacts: `target_id`, `ordinal` (Int64, 0 for the contact that is known first), `service`
            (String), `recalled` (Date) and `place` (UInt32), ordered by `target_id`, `ordinal`;
            as many ordinals for each target.
    """

    targets: pl.DataFrame = field(repr=False)
    contacts: pl.DataFrame = field(repr=False)


@dataclass(frozen=True)
class NumberList:
    """A list that turns NHS numbers into people, such as a practice's.

    Attributes:
        frame: `target_id` (UInt64, opaque), `nhs_number` (Int64), ordered by `target_id`; hidden
            from `repr`, and never written anywhere.
    """

    frame: pl.DataFrame = field(repr=False)


@dataclass(frozen=True)
class TargetTruth:
    """Who the targets are: for scoring only; no adversary is given it.

    Attributes:
        frame: `target_id`, `person_id` (UInt64), ordered by `target_id`.
        qualifying: How many people of the world could have been drawn.
        people: How many people could have been drawn but for that: for knowledge of a day, those
            there on that day; else those there at some time in the window.
    """

    frame: pl.DataFrame = field(repr=False)
    qualifying: int
    people: int


def draw_dated_knowledge(
    world: World, spec: DatedEventsSpec, name: str
) -> tuple[DatedKnowledge, TargetTruth]:
    """Draws targets at random, and contacts of theirs at random, recalled with errors.

    A target has at least max(spec.contacts) contacts with the services in the window, so that the
    same people are looked for whether one contact or several are known. **People with fewer are
    left out**: figures are about people who are seen that often, and `qualifying` says how many
    they are. Being registered, recorded or linked plays no part: some targets have no row to be
    found.

    Of a target's contacts, max(spec.contacts) are drawn without regard to date. Each is
    misremembered with probability `spec.misremembered`: in its place stands a contact that did not
    happen, with the service and place of any contact of the window (so that much used places are
    named more often) and any day of the window. The date of any other is off by a normal error with
    standard deviation `spec.date_error_days`, rounded to days.

    Args:
        world: The world.
        spec: The attack.
        name: Name of the attack in the proposal, so that attacks draw apart.

    Returns:
        What is known, and (for scoring only) who the targets are.

    Raises:
        KeyError: If the world has no events of a service.
    """
    wanted = max(spec.contacts)
    contacts = _contacts(world, spec.services)
    qualifying = (
        contacts.group_by("person_id")
        .len()
        .filter(pl.col("len") >= wanted)
        .select("person_id")
        .sort("person_id")
    )
    ids = qualifying["person_id"].to_numpy()
    chosen = qualifying[sample(world.seed, f"targets/{name}", ids, spec.targets)]
    truth = as_targets(chosen, name, world.seed)
    known = _known_contacts(contacts, truth, wanted, name, world.seed)
    attributes = [column for kind in spec.knows for column in ATTRIBUTES[kind]]
    targets = truth.join(world.people, on="person_id", how="inner").sort("target_id")
    knowledge = DatedKnowledge(
        targets.select("target_id", *attributes), _recalled(known, contacts, world, spec, name)
    )
    return knowledge, TargetTruth(truth, qualifying.height, world.people.height)


def draw_number_list(world: World, share: float, name: str) -> tuple[NumberList, TargetTruth]:
    """Draws a list that holds each person of the world with the same probability.

    Nobody is left out beforehand: registered or not, still there or gone, whoever was there at some
    time is on the list or not by a draw of their own. The numbers are right, as they are in the
    world.

    Args:
        world: The world.
        share: Share of people on the list, 0 to 1.
        name: Name of the attack in the proposal.

    Returns:
        The list, and (for scoring only) who is on it.
    """
    people = world.people.select("person_id", "nhs_number")
    is_listed = happens(world.seed, f"on the list/{name}", people["person_id"].to_numpy(), share)
    listed = people.filter(pl.Series(is_listed))
    truth = as_targets(listed.select("person_id"), name, world.seed)
    entries = truth.join(listed, on="person_id", how="inner").sort("target_id")
    return (
        NumberList(entries.select("target_id", "nhs_number")),
        TargetTruth(truth, people.height, people.height),
    )


def as_targets(people: pl.DataFrame, name: str, seed: int) -> pl.DataFrame:
    """Gives people opaque target ids that no release and no other attack shares."""
    ids = words(seed, f"target id/{name}", people["person_id"].to_numpy())
    return people.select(pl.Series("target_id", ids), "person_id").sort("target_id")


def _contacts(world: World, services: tuple[str, ...]) -> pl.DataFrame:
    """Gathers people's contacts with some services, ordered by `event_id`."""
    gathered = [
        world.events[service].select(
            "event_id",
            "person_id",
            "place",
            pl.lit(service).alias("service"),
            pl.col("event_time").dt.date().alias("date"),
        )
        for service in services
    ]
    return pl.concat(gathered).drop_nulls("person_id").sort("event_id", "service")


def _known_contacts(
    contacts: pl.DataFrame, truth: pl.DataFrame, wanted: int, name: str, seed: int
) -> pl.DataFrame:
    """Draws the contacts that are known of each target, and numbers them from 0."""
    theirs = contacts.join(truth, on="person_id", how="inner")
    keys = words(seed, f"known contacts/{name}", theirs["event_id"].to_numpy())
    shuffled = theirs.with_columns(pl.Series("key", keys)).sort("target_id", "key")
    ordinal = pl.int_range(pl.len(), dtype=pl.Int64).over("target_id").alias("ordinal")
    return shuffled.with_columns(ordinal).filter(pl.col("ordinal") < wanted)


def _recalled(
    known: pl.DataFrame, contacts: pl.DataFrame, world: World, spec: DatedEventsSpec, name: str
) -> pl.DataFrame:
    """Shifts dates, and puts contacts that did not happen in the place of misremembered ones."""
    seed, ids = world.seed, known["event_id"].to_numpy()
    shift = np.rint(spec.date_error_days.value * normal(seed, f"date error/{name}", ids))
    false = happens(seed, f"misremembered/{name}", ids, spec.misremembered.value)
    other = contacts[whole(seed, f"false contact/{name}", ids, contacts.height)]
    day = whole(seed, f"false day/{name}", ids, world.spec.days)
    recalled = pl.col("date") + pl.duration(days=pl.lit(pl.Series(shift.astype(np.int64))))
    instead = pl.lit(world.spec.start) + pl.duration(days=pl.lit(pl.Series(day)))
    is_false = pl.Series(false)
    return known.select(
        "target_id",
        "ordinal",
        pl.when(is_false).then(other["service"]).otherwise("service").alias("service"),
        pl.when(is_false).then(instead).otherwise(recalled).alias("recalled"),
        pl.when(is_false).then(other["place"]).otherwise("place").alias("place"),
    )
