"""Tables of event matching: rows of a feed and known events as numbers, in order of time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from reidentify.adversaries.event_kernels import Events, Rows
from reidentify.adversaries.event_patterns import CONTACT_KINDS
from reidentify.feed_safeguards import PERIODS
from simulator.schema import LOCATION_TYPES, METHOD_GROUPS, METHODS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reidentify.feed import Feed
    from reidentify.feed_specs import PlacePrecision
    from reidentify.gazetteer import Gazetteer
    from reidentify.knowledge_events import EventKnowledge

_GROUPS = tuple(dict.fromkeys(METHOD_GROUPS.values()))
_NOWHERE, _SPOT, _LINE, _WARD = range(4)


@dataclass(frozen=True)
class RowTable:
    """Rows of a feed as numbers.

    Attributes:
        ids: uint64 (rows,): `row_id` of each.
        rows: Their numbers.
    """

    ids: NDArray[np.uint64] = field(repr=False)
    rows: Rows = field(repr=False)


@dataclass(frozen=True)
class KnownTable:
    """Known events as numbers.

    Attributes:
        ids: uint64 (events,): `target_id` of each.
        events: Their numbers.
    """

    ids: NDArray[np.uint64] = field(repr=False)
    events: Events = field(repr=False)


def tabulate_rows(feed: Feed, gazetteer: Gazetteer) -> RowTable:
    """Turns a feed into numbers; rows without any time are left out.

    Args:
        feed: The feed.
        gazetteer: Public names, by which a text is looked up.
    """
    period = PERIODS[feed.spec.times]
    time = pl.col("assault_time")
    if "arrival_time" in feed.rows.columns:
        time = pl.coalesce("assault_time", pl.col("arrival_time").dt.truncate("1d"))
    timed = feed.rows.with_columns(time.alias("start")).drop_nulls("start").sort("start", "row_id")
    start = pl.col("start")
    at_midnight = start.dt.time() == pl.time(0, 0)
    coarse = feed.spec.times in ("day", "month")
    timed = timed.with_columns(
        start.dt.offset_by(period).alias("end"),
        (at_midnight & pl.lit(not coarse)).alias("midnight"),
    )
    placed = _placed(timed, feed.spec.places, gazetteer)
    rows = Rows(
        start=_minutes(timed["start"]),
        end=_minutes(timed["end"]),
        midnight=timed["midnight"].to_numpy(),
        arrival=_arrival(timed, period),
        placed=_codes(placed["placed"]),
        code=_codes(placed["code"]),
        x=_metres(placed["easting"]),
        y=_metres(placed["northing"]),
        ward=_codes(placed["ward"]),
        method=_numbers(_column(timed, "method"), METHODS),
        group=_groups(_column(timed, "method")),
        kind=_numbers(_column(timed, "location_type"), LOCATION_TYPES),
    )
    return RowTable(timed["row_id"].to_numpy(), rows)


def tabulate_events(
    knowledge: EventKnowledge, gazetteer: Gazetteer, places: PlacePrecision
) -> KnownTable:
    """Turns known events into numbers.

    Args:
        knowledge: The events.
        gazetteer: Public places, by which an event's spot, street, map point and ward are found.
        places: How exactly the feed gives places: decides what an event's `line` is.
    """
    events = knowledge.events.sort("from_time", "target_id", "event")
    near = gazetteer.locate(events)
    line = "point" if places == "map_point" else "street"
    ward = pl.select(pl.coalesce(events["ward"], near["ward"])).to_series()
    crime = pl.col("contact_kind") == "crime"
    contact = events.select(
        pl.when(crime)
        .then(pl.when("injury").then(0).otherwise(1))
        .otherwise(pl.col("contact_kind").replace_strict(CONTACT_KINDS, default=6))
        .fill_null(6)
    ).to_series()
    known = Events(
        start=_minutes(events["from_time"]),
        end=np.maximum(_minutes(events["to_time"]), _minutes(events["from_time"])) + 1,
        x=_metres(events["easting"]),
        y=_metres(events["northing"]),
        spot=_codes(near["spot"]),
        line=_codes(near[line]),
        ward=_codes(ward),
        method=_numbers(events["method"], METHODS),
        group=_groups(events["method"]),
        kind=_numbers(events["location_type"], LOCATION_TYPES),
        contact=_codes(contact),
    )
    return KnownTable(events["target_id"].to_numpy(), known)


def _placed(rows: pl.DataFrame, places: PlacePrecision, gazetteer: Gazetteer) -> pl.DataFrame:
    """Gives each row `placed`, `code`, `easting`, `northing` and `ward`, in order."""
    match places:
        case "text":
            found = gazetteer.resolve(rows["location_text"]).rename({"text": "location_text"})
            is_spot = pl.col("spot").is_not_null()
            found = found.with_columns(
                pl.when(is_spot).then(_SPOT).when(pl.col("street").is_not_null()).then(_LINE),
                pl.when(is_spot).then("spot").otherwise("street").alias("code"),
            ).rename({"literal": "placed"})
            key = "location_text"
        case "street":
            found, key = _lines(gazetteer.streets, "street"), "street"
        case "map_point":
            found, key = _lines(gazetteer.points, "point"), "point"
        case "ward":
            return rows.select(
                pl.when(pl.col("ward").is_not_null()).then(_WARD).alias("placed"),
                pl.lit(None).alias("code"),
                pl.lit(None, pl.Float64).alias("easting"),
                pl.lit(None, pl.Float64).alias("northing"),
                "ward",
            ).with_columns(pl.col("placed").fill_null(_NOWHERE))
        case "none":
            nowhere = [pl.lit(None, pl.Float64).alias(c) for c in ("code", *_POSITION)]
            return rows.with_columns(pl.lit(_NOWHERE).alias("placed"), *nowhere)
    columns = ("placed", "code", *_POSITION)
    joined = rows.select(key).join(
        found.select(key, *columns), on=key, how="left", maintain_order="left"
    )
    return joined.select(columns).with_columns(pl.col("placed").fill_null(_NOWHERE))


_POSITION = ("easting", "northing", "ward")


def _lines(places: pl.DataFrame, key: str) -> pl.DataFrame:
    return places.with_columns(pl.lit(_LINE).alias("placed"), pl.col(key).alias("code"))


def _column(frame: pl.DataFrame, name: str) -> pl.Series:
    return (
        frame[name] if name in frame.columns else pl.Series(name, [None] * frame.height, pl.String)
    )


def _minutes(times: pl.Series) -> NDArray[np.int64]:
    return times.dt.epoch("s").to_numpy() // 60


def _arrival(rows: pl.DataFrame, period: str) -> NDArray[np.float64]:
    """Gives the middle of the period of arrival in minutes; nan where it is not given."""
    if "arrival_time" not in rows.columns:
        return np.full(rows.height, np.nan)
    start = pl.col("arrival_time")
    ends = [at.dt.epoch("s").cast(pl.Float64) for at in (start, start.dt.offset_by(period))]
    middle = rows.select((ends[0] + ends[1]) / 120 - 0.5).to_series()
    return middle.fill_null(float("nan")).to_numpy()


def _codes(values: pl.Series) -> NDArray[np.int64]:
    return values.cast(pl.Int64).fill_null(-1).to_numpy()


def _metres(values: pl.Series) -> NDArray[np.float64]:
    return values.cast(pl.Float64).fill_null(float("nan")).to_numpy()


def _numbers(values: pl.Series, names: tuple[str, ...]) -> NDArray[np.int64]:
    """Gives the position of each value among names; -1 for any other and for null."""
    table = {name: number for number, name in enumerate(names)}
    return values.replace_strict(table, default=-1, return_dtype=pl.Int64).fill_null(-1).to_numpy()


def _groups(methods: pl.Series) -> NDArray[np.int64]:
    """Gives the number of each means' group, whether the means is given or its group; else -1."""
    table = {group: number for number, group in enumerate(_GROUPS)}
    table |= {method: table[group] for method, group in METHOD_GROUPS.items()}
    found = methods.replace_strict(table, default=-1, return_dtype=pl.Int64)
    return found.fill_null(-1).to_numpy()
