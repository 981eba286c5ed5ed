"""Incident links: assaults linked to offences by identifiers, or by place and time."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import polars as pl

from linkage.normalise import comparable
from linkage.pairs import exact_links

if TYPE_CHECKING:
    from linkage.linked import Links
    from simulator.schema import Dataset

_SECONDS_PER_DAY = 86_400.0
_ORDER = ["right_id", "gap", "distance", "left_id"]


def by_identifiers(
    police: Dataset, assaults: Dataset, keys: tuple[tuple[str, ...], ...], days: float, step: str
) -> Links:
    """Link an assault to the nearest offence in time against a victim who agrees on a match-key.

    A person may be hurt several times, so a key may hold several records on both sides; of those
    that lie at most `days` apart, the nearest in time is taken. Keys are tried in order, and what
    is linked is set aside.

    Args:
        police: Offences with victims' identifiers in the clear, `from_time` and `to_time`.
        assaults: Assaults with patients' identifiers in the clear, and `assault_time`.
        keys: Match-keys in the order in which they are tried.
        days: Largest gap between the assault and the offence's period, in days.
        step: Name of the comparison.

    Returns:
        Links, each `right_id` (an assault) at most once.
    """
    fields = list(dict.fromkeys(field for key in keys for field in key))
    left = _comparable(police, fields, "left_id", ("from_time", "to_time"))
    right = _comparable(assaults, fields, "right_id", ("assault_time",))
    rungs = []
    for number, key in enumerate(keys, start=1):
        near = (
            left.join(right, on=list(key))
            .with_columns(gap=_gap_seconds(), distance=pl.lit(0.0))
            .filter(pl.col("gap") <= days * _SECONDS_PER_DAY)
        )
        rung = _nearest(near, f"{number}: {' + '.join(key)}")
        right = right.join(rung, on="right_id", how="anti")
        rungs.append(rung)
    return exact_links(step, police.name, assaults.name, pl.concat(rungs))


def by_place_and_time(
    police: pl.DataFrame, assaults: pl.DataFrame, metres: float, hours: float, step: str
) -> Links:
    """Link an assault to the nearest offence within a window of place and time.

    Args:
        police: `left_id` (UInt64), `from_time`, `to_time` (Datetime), `easting`, `northing`
            (metres).
        assaults: `right_id` (UInt64), `assault_time` (Datetime), `easting`, `northing`; rows
            without a place are matched to nothing.
        metres: Largest distance.
        hours: Largest gap between the assault and the offence's period.
        step: Name of the comparison.

    Returns:
        Links, each `right_id` at most once: the offence nearest in time, then in place.
    """
    reach = timedelta(hours=hours)
    reached = police.drop_nulls().with_columns(
        earliest=pl.col("from_time") - reach, latest=pl.col("to_time") + reach
    )
    pairs = assaults.drop_nulls().join_where(
        reached,
        pl.col("assault_time") >= pl.col("earliest"),
        pl.col("assault_time") <= pl.col("latest"),
        suffix="_of_police",
    )
    apart = [pl.col(axis) - pl.col(f"{axis}_of_police") for axis in ("easting", "northing")]
    distance = sum((each.cast(pl.Float64) ** 2 for each in apart), start=pl.lit(0.0)).sqrt()
    near = pairs.with_columns(gap=_gap_seconds(), distance=distance)
    near = near.filter(pl.col("distance") <= metres)
    return exact_links(step, "police", "assaults", _nearest(near, f"{metres:g} m, {hours:g} h"))


def _comparable(
    dataset: Dataset, fields: list[str], name: str, times: tuple[str, ...]
) -> pl.DataFrame:
    values = [comparable(dataset.frame, field) for field in fields]
    return dataset.frame.select(pl.col("record_id").alias(name), *times).hstack(values)


def _gap_seconds() -> pl.Expr:
    """Gives how far an assault lies outside the offence's period, in seconds; 0 within it."""
    time, start, end = pl.col("assault_time"), pl.col("from_time"), pl.col("to_time")
    outside = pl.max_horizontal(
        (start - time).dt.total_seconds(), (time - end).dt.total_seconds(), pl.lit(0)
    )
    return outside.cast(pl.Float64)


def _nearest(pairs: pl.DataFrame, rule: str) -> pl.DataFrame:
    """Keeps the nearest pair of each assault."""
    nearest = pairs.sort(_ORDER).unique("right_id", keep="first", maintain_order=True)
    return nearest.select("left_id", "right_id", pl.lit(rule).alias("rule"))
