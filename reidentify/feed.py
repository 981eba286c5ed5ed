"""Feeds: rows about assaults, handed over month by month, without a word about the patient.

Which row came from which record is kept apart, in FeedOrigins.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from reidentify.feed_safeguards import PLACE_COLUMN, STEPS, Handing
from simulator.randomness import words

if TYPE_CHECKING:
    from reidentify.feed_specs import FeedSpec
    from reidentify.gazetteer import Gazetteer
    from simulator.schema import Dataset
    from simulator.specs import WorldSpec

COLUMNS = ("assault_time", "arrival_time", "method", "method_text", "location_type")
"""What a row may tell besides its place; see simulator.schema.FIELDS."""


@dataclass(frozen=True)
class Feed:
    """Rows handed to one recipient.

    Attributes:
        name: The feed, as in the proposal.
        spec: How exactly things are given: published with the rows, and known to every attacker.
        rows: One row an assault, ordered by `row_id`: `row_id` (UInt64, fresh), `month` (Int32, the
            feed's month in which the patient arrived, from 0), `assault_time` (Datetime, start of
            the period that is given; midnight is midnight), and of what the spec hands over
            `arrival_time` (Datetime, likewise), `method` (String, code or group), `method_text`
            (String), `location_type` (String), and one of `location_text` (String), `street`,
            `point`, `ward` (UInt32); null where not recorded, removed or not resolved. As a table:
            `row_id`, `month`, time and place only, a row for each assault counted.
        cells: The table: time, place and `assaults` (UInt32, how many), ordered by both; None
            where rows are handed over.
    """

    name: str
    spec: FeedSpec
    rows: pl.DataFrame = field(repr=False)
    cells: pl.DataFrame | None = field(default=None, repr=False)


@dataclass(frozen=True)
class FeedOrigins:
    """Where rows of a feed came from: for scoring only.

    Attributes:
        frame: `row_id`, `record_id` (UInt64), ordered by `row_id`. Of a table, which of a cell's
            counts is which record is arbitrary.
        records: Every `record_id` (UInt64) of the agency, ascending: those left out as well.
    """

    frame: pl.DataFrame = field(repr=False)
    records: pl.Series = field(repr=False)


def make_feed(
    dataset: Dataset,
    gazetteer: Gazetteer,
    name: str,
    spec: FeedSpec,
    window: WorldSpec,
    seed: int,
) -> tuple[Feed, FeedOrigins]:
    """Makes the rows that one recipient gets.

    Args:
        dataset: The agency's records of assaults, as written.
        gazetteer: Public names, by which a text is turned into a street, map point or ward.
        name: The feed, as in the proposal.
        spec: What is handed over, and how exactly.
        window: The time that is looked at: months are counted from its start, and what is held back
            beyond its end is not there.
        seed: The run's seed.

    Returns:
        The feed, and where its rows came from.
    """
    records = dataset.frame.sort("record_id")
    fresh = pl.Series("row_id", words(seed, f"feed row/{name}", records["record_id"].to_numpy()))
    kept = [column for column in COLUMNS if column in records.columns]
    rows = records.select("record_id", *kept, *_always(records)).with_columns(fresh)
    handing = Handing(spec, gazetteer, window)
    for step in STEPS.values():
        rows = step(rows, handing)
    rows = rows.sort("row_id")
    place = PLACE_COLUMN[spec.places]
    shown = ("row_id", "month", *COLUMNS, *((place,) if place else ()))
    feed = Feed(name, spec, rows.select([c for c in shown if c in rows.columns]), None)
    if spec.as_table:
        feed = Feed(name, spec, feed.rows, _cells(feed.rows, place))
    return feed, FeedOrigins(rows.select("row_id", "record_id"), records["record_id"])


def _always(records: pl.DataFrame) -> list[pl.Expr]:
    """Gives what safeguards read: the place as typed, and whether recorded as domestic."""
    text = (
        pl.col("location_text") if "location_text" in records.columns else pl.lit(None, pl.String)
    )
    flag = pl.col("domestic") if "domestic" in records.columns else pl.lit(value=False)
    return [text.alias("location_text"), flag.alias("domestic")]


def _cells(rows: pl.DataFrame, place: str | None) -> pl.DataFrame:
    by = ["assault_time", *((place,) if place else ())]
    return rows.group_by(by).agg(pl.len().alias("assaults")).sort(by)
