"""Knowledge of events: what an adversary knows of assaults, drawn by a stated rule.

A police analyst holds its own agencies' records. An acquaintance, a news reader and a team to which
rows are passed on know of true incidents, with errors. Nothing is drawn from a feed. Who a target
is goes to the scoring side alone, as a TargetTruth.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from reidentify.knowledge import TargetTruth
from simulator.randomness import combine, exponential, happens, normal, sample, words
from simulator.violence.incidents import TRIAL_STEP
from simulator.violence.records import violence_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reidentify.feed_specs import AcquaintanceSpec, OnwardTeamSpec
    from simulator.schema import Dataset
    from simulator.state import World
    from simulator.truth import RecordTruth

EVENT_COLUMNS: Mapping[str, pl.DataType] = MappingProxyType(
    {
        "target_id": pl.UInt64(),
        "event": pl.UInt64(),
        "from_time": pl.Datetime("us"),
        "to_time": pl.Datetime("us"),
        "easting": pl.Int32(),
        "northing": pl.Int32(),
        "place_metres": pl.Float64(),
        "ward": pl.UInt32(),
        "method": pl.String(),
        "injury": pl.Boolean(),
        "location_type": pl.String(),
        "contact_kind": pl.String(),
    }
)


@dataclass(frozen=True)
class EventKnowledge:
    """Events that an adversary knows of, each about one target.

    Attributes:
        events: Columns of EVENT_COLUMNS, ordered by `target_id`, then `event`: `target_id` and
            `event` (opaque), the first and last minute in which it may have happened, its place
            (metres; null where unknown), `place_metres` (standard deviation of the error in it that
            the adversary knows of), `ward` (null: that of the place), `method`, `injury`,
            `location_type` and `contact_kind` (null where unknown).
    """

    events: pl.DataFrame = field(repr=False)

    @classmethod
    def of(cls, frame: pl.DataFrame) -> EventKnowledge:
        """Makes knowledge from a frame; columns that are not there are unknown."""
        columns = [
            (pl.col(name) if name in frame.columns else pl.lit(None)).cast(dtype).alias(name)
            for name, dtype in EVENT_COLUMNS.items()
        ]
        return cls(frame.select(columns).sort("target_id", "event"))


def police_knowledge(
    held: Mapping[str, tuple[Dataset, RecordTruth]], name: str, seed: int, people: int
) -> tuple[EventKnowledge, TargetTruth]:
    """Takes every record of some police agencies as an event known of the person it names.

    Args:
        held: Records and their truth, by agency.
        name: Name of the attack in the proposal, so that attacks have targets of their own.
        seed: The run's seed.
        people: How many people the world holds.

    Returns:
        What is known: a target and an event for each record with times; and (for scoring only) who
        the targets are.
    """
    events, owners = [], []
    for agency in sorted(held):
        dataset, truth = held[agency]
        ids = words(seed, f"target id/{name}/{agency}", dataset.frame["record_id"].to_numpy())
        named = dataset.frame.with_columns(
            pl.Series("target_id", ids),
            pl.Series("event", ids),
            pl.lit(0.0).alias("place_metres"),
        ).drop_nulls(["from_time", "to_time"])
        renamed = named.rename({"weapon": "method"}, strict=False)
        events.append(EventKnowledge.of(renamed).events)
        owners.append(named.select("record_id", "target_id").join(truth.owners, on="record_id"))
    targets = pl.concat([each.select("target_id", "person_id") for each in owners])
    known = EventKnowledge.of(pl.concat(events))
    truths = TargetTruth(targets.drop_nulls().sort("target_id"), targets.height, people)
    return known, truths


def draw_acquaintances(
    world: World, spec: AcquaintanceSpec, name: str
) -> tuple[EventKnowledge, TargetTruth]:
    """Draws assaults of which somebody knows, one a target, recalled with errors.

    A share `spec.attended` of targets are victims who were treated in A&E, the others victims of
    offences with injury who were not: they have no row, and every claim about them is a wrong name.
    The time is off by a normal error. An acquaintance knows the hour and the place, a news reader
    the day and the middle of the street; place and means are each known, and then rightly, or not
    at all. The kind of place, and that somebody was hurt, are known.

    Args:
        world: A world with violence.
        spec: The attack.
        name: Name of the attack in the proposal, so that attacks draw apart.

    Returns:
        What is known, and (for scoring only) who the targets are: `qualifying` counts the victims
        who could have been drawn.
    """
    seen, seed = _victims(world), _seed(world)
    treated = seen.filter("attended")
    others = seen.filter(~pl.col("attended"), "injury", pl.col("kind") == "offence")
    wanted = round(spec.targets * spec.attended.value)
    parts = [
        pool[np.sort(sample(seed, f"targets/{name}", pool["victim"].to_numpy(), size))]
        for pool, size in ((treated, wanted), (others, spec.targets - wanted))
    ]
    chosen = pl.concat(parts).sort("victim")
    ids = chosen["victim"].to_numpy()
    method = happens(seed, f"means known/{name}", ids, spec.method_known.value)
    told = chosen.with_columns(pl.when(pl.Series(method)).then("method").alias("method"))
    recalled = Recall(spec.time_error_hours.value, spec.place_known.value, spec.source == "news")
    return _recall(world, told, recalled, name, treated.height + others.height)


def draw_caseload(
    world: World, spec: OnwardTeamSpec, name: str
) -> tuple[EventKnowledge, TargetTruth]:
    """Draws clients of a team, and those of their assaults of which they tell it.

    People are drawn without replacement, with weights equal to how often they were victims in the
    window (Efraimidis and Spirakis 2006, Inf Process Lett 97: 181-185), so that people who are hurt
    often are more often clients. Each assault is told of with chance `spec.told`, whether or not it
    was treated in A&E; those that were not have no row. Told: the hour, with a normal error, the
    kind of place, and with a chance the place; not the means.

    Args:
        world: A world with violence.
        spec: The attack.
        name: Name of the attack in the proposal.

    Returns:
        What is known, a target for each assault told of, and (for scoring only) who the targets
        are: `qualifying` counts the people who were victims.
    """
    seen, seed = _victims(world), _seed(world)
    counts = seen.group_by("person").len("times").sort("person")
    person_id = world.people["person_id"][counts["person"].to_numpy()].to_numpy()
    key = exponential(seed, f"clients/{name}", person_id) / counts["times"].to_numpy()
    clients = counts[np.sort(np.argsort(key, kind="stable")[: spec.caseload])]
    theirs = seen.join(clients, on="person", how="semi").sort("victim")
    told = happens(seed, f"told/{name}", theirs["victim"].to_numpy(), spec.told.value)
    known = theirs.filter(pl.Series(told)).with_columns(pl.lit(None, pl.String).alias("method"))
    recalled = Recall(spec.time_error_hours.value, spec.place_known.value, by_day=False)
    return _recall(world, known, recalled, name, counts.height)


class Recall(NamedTuple):
    """How assaults are recalled: error in hours, share of places known, and whether by the day."""

    time_error_hours: float
    place_known: float
    by_day: bool


def _victims(world: World) -> pl.DataFrame:
    """Lists victims of violence with their incidents, ordered by `victim` (UInt64, a stable id)."""
    violence = violence_of(world)
    seen = violence.people.filter(pl.col("role") == "victim").join(
        violence.incidents, on="incident_id", how="inner"
    )
    ids = combine("victim of incident", seen["incident_id"], seen["ordinal"])
    return seen.with_columns(pl.Series("victim", ids)).sort("victim")


def _seed(world: World) -> int:
    """Gives the seed of the incidents at hand, so that other nights are recalled by other draws."""
    return world.seed + violence_of(world).trial * TRIAL_STEP


def _recall(
    world: World, known: pl.DataFrame, recall: Recall, name: str, qualifying: int
) -> tuple[EventKnowledge, TargetTruth]:
    """Shifts times, and leaves out places that are not known."""
    seed, ids = _seed(world), known["victim"].to_numpy()
    target = words(seed, f"target id/{name}", ids)
    minutes = np.rint(normal(seed, f"time error/{name}", ids) * recall.time_error_hours * 60)
    time = pl.col("time") + pl.duration(minutes=pl.lit(pl.Series(minutes.astype(np.int64))))
    period = "1d" if recall.by_day else "1h"
    start = time.dt.truncate(period)
    placed = pl.Series(happens(seed, f"place known/{name}", ids, recall.place_known))
    if recall.by_day:
        middles = violence_of(world).town.streets.select("street", "easting", "northing")
        known = known.drop("easting", "northing").join(
            middles, on="street", how="left", maintain_order="left"
        )
    events = known.with_columns(
        pl.Series("target_id", target),
        pl.Series("event", target),
        start.alias("from_time"),
        (start.dt.offset_by(period) - pl.duration(minutes=1)).alias("to_time"),
        *(pl.when(placed).then(c).alias(c) for c in ("easting", "northing", "ward")),
        pl.lit(0.0).alias("place_metres"),
        pl.lit(value=True).alias("injury"),
    )
    person = world.people["person_id"][known["person"].to_numpy()]
    truth = pl.DataFrame({"target_id": target, "person_id": person}).sort("target_id")
    return EventKnowledge.of(events), TargetTruth(truth, qualifying, world.people.height)
