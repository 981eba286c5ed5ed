"""Knowledge of events: what an adversary knows of assaults, drawn by a stated rule.

A police analyst holds its own agencies' records. An acquaintance, a news reader and a team to which
rows are passed on know of true incidents, with errors. Nothing is drawn from a feed. Who a target
is goes to the scoring side alone, as a TargetTruth.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

import polars as pl

from reidentify.knowledge import TargetTruth
from simulator.randomness import words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from simulator.schema import Dataset
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
