"""Tables: a release and what is known of targets, as arrays for the dated-events search."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from reidentify.adversaries.kernels import (
    MISSING,
    NOBODY,
    EventTable,
    PeopleTable,
    TargetTable,
)
from reidentify.knowledge import ATTRIBUTES
from reidentify.safeguards import coarsen_people, period_days

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from reidentify.knowledge import DatedKnowledge
    from reidentify.release import Release
    from reidentify.specs import DatedEventsSpec

_GROUP = ["service", "place"]


class Tables(NamedTuple):
    """Everything that the search reads.

    Attributes:
        people: People of the release, in its order.
        events: Their events with the known services.
        targets: Targets, in order of `target_id`.
        shown: int64 (targets, contacts + 1): how many of the first 0, 1, ... known contacts are
            with a service that the release shows.
    """

    people: PeopleTable
    events: EventTable
    targets: TargetTable
    shown: NDArray[np.int64]


def as_released(release: Release, known: pl.DataFrame) -> pl.DataFrame:
    """Gives what is known of people as exactly as the release shows it.

    Args:
        release: The release.
        known: `target_id`, `ordinal` where there are several for a target, and attributes.

    Returns:
        The ids and those known attributes that the release has, in the same order.
    """
    coarse = coarsen_people(known, release.spec)
    shown = [column for column in coarse.columns if column in release.people.columns]
    ids = [name for name in ("target_id", "ordinal") if name in known.columns]
    return known.select(ids).hstack(coarse.select(shown))


class OrderedEvents(NamedTuple):
    """Events of the known services, in order of group (service, then place), day and position.

    Attributes:
        events: Frame `service` (String), `place` (UInt32, null where the release shows none), `day`
            (Int64, first day that the time may mean, since 1970), `length` (Int64, days) and
            `position` (Int64, of the person in the release).
        people: How many people the release has.
    """

    events: pl.DataFrame
    people: int

    def of(self, kept: NDArray[np.bool_]) -> OrderedEvents:
        """Leaves some people out, bool (people,); those who stay keep their order."""
        moved = np.cumsum(kept) - 1
        position = self.events["position"].to_numpy()
        left = self.events.with_columns(position=moved[position]).filter(kept[position])
        return OrderedEvents(left, int(kept.sum()))


def order_events(release: Release, services: tuple[str, ...]) -> OrderedEvents:
    """Puts the events of the known services in the order of the search.

    Each service is put in order apart, because sorting by its name costs more than all else.
    """
    people = release.people.select(
        pl.col("row_id").alias("person"), pl.int_range(pl.len(), dtype=pl.Int64).alias("position")
    )
    schema = {
        "service": pl.String(),
        "place": pl.UInt32(),
        "day": pl.Int64(),
        "length": pl.Int64(),
        "position": pl.Int64(),
    }
    parts = [pl.DataFrame(schema=schema)]
    for service in sorted({*services} & {*release.events}):
        part = release.events[service].select(
            pl.lit(service).alias("service"),
            pl.col("place")
            if _has_places(release, service)
            else pl.lit(None, pl.UInt32()).alias("place"),
            _day_number(pl.col("event_time")).alias("day"),
            period_days(pl.col("event_time"), release.spec.dates).alias("length"),
            "person",
        )
        placed = _in_order(part.join(people, on="person", how="inner"))
        parts.append(placed.select(*schema))
    return OrderedEvents(pl.concat(parts), release.people.height)


def make_tables(
    release: Release,
    ordered: OrderedEvents,
    knowledge: DatedKnowledge,
    spec: DatedEventsSpec,
    agreement: Mapping[str, float],
    doubt: float,
) -> Tables:
    """Prepares the search.

    Args:
        release: What was handed over.
        ordered: Its events, from `order_events`.
        knowledge: Targets, and max(spec.contacts) contacts of each.
        spec: The attack.
        agreement: m of each kind of attribute: how often a target's row agrees.
        doubt: w: the chance that a known contact is none of the target's events in the release.
    """
    events, groups = ordered.events, _groups(ordered.events)
    contacts = _contacts(release, knowledge, groups)
    shape = (knowledge.targets.height, max(spec.contacts))
    # P0 of a contact: the group's share of events, spread evenly over the days that they span.
    expected = contacts["len"].to_numpy() / max(events.height, 1) / _span(events)
    weight = np.zeros(len(expected))
    np.divide((1 - doubt) / doubt, expected, where=expected > 0, out=weight)
    codes, known, agree, disagree = _attributes(release, knowledge, agreement)
    shown = contacts["shown"].to_numpy().reshape(shape).cumsum(axis=1, dtype=np.int64)
    counts = np.bincount(events["position"].to_numpy(), minlength=release.people.height)
    return Tables(
        people_table(codes, counts.astype(np.float64)),
        _event_table(events, groups),
        TargetTable(
            codes=known,
            agree=agree,
            disagree=disagree,
            group=contacts["group"].to_numpy().reshape(shape),
            day=contacts["day"].to_numpy().reshape(shape),
            weight=weight.reshape(shape),
        ),
        np.pad(shown, ((0, 0), (1, 0))),
    )


def people_table(codes: NDArray[np.int32], events: NDArray[np.float64]) -> PeopleTable:
    """Gathers people whom attributes cannot tell apart.

    Args:
        codes: int32 (attributes, people): code of each attribute's value, or MISSING.
        events: float64 (people,): number of each person's events.
    """
    mixed = np.zeros(codes.shape[1], dtype=np.int64)
    for column in codes:
        mixed = mixed * (int(column.max(initial=0)) + 2) + column + 1
    _, leader, kind, size = np.unique(
        mixed, return_index=True, return_inverse=True, return_counts=True
    )
    order = np.argsort(kind, kind="stable")
    start = np.cumsum(size) - size
    following = np.where(size > 1, order[np.minimum(start + 1, max(len(order) - 1, 0))], -1)
    return PeopleTable(kind, codes[:, leader], size, leader, following, events)


def _groups(events: pl.DataFrame) -> pl.DataFrame:
    """Numbers the groups of ordered events: `group`, `service`, `place` and `len`."""
    sizes = events.group_by(_GROUP, maintain_order=True).len()
    return sizes.with_row_index("group")


def _in_order(placed: pl.DataFrame) -> pl.DataFrame:
    """Orders events by place, day and position: by one number, several times as fast as by three.

    At most 2^20 places, 2^17 days and 2^26 people fit it.
    """
    first = pl.col("day") - pl.col("day").min()
    place = pl.col("place").rank("dense").fill_null(0).cast(pl.Int64())
    key = (place * 2**17 + first) * 2**26 + pl.col("position")
    return placed.with_columns(key.alias("key")).sort("key").drop("key")


def _has_places(release: Release, service: str) -> bool:
    return service in release.events and "place" in release.events[service].columns


def _day_number(date: pl.Expr) -> pl.Expr:
    """Gives days since 1970."""
    return date.cast(pl.Date()).to_physical().cast(pl.Int64())


def _span(events: pl.DataFrame) -> int:
    """Gives how many days the events span; at least one."""
    if events.height == 0:
        return 1
    start, length = events["day"].to_numpy(), events["length"].to_numpy()
    return int((start + length).max() - start.min())


def _event_table(events: pl.DataFrame, groups: pl.DataFrame) -> EventTable:
    ends = groups["len"].to_numpy().cumsum(dtype=np.int64)
    return EventTable(
        group_start=np.concatenate([np.zeros(1, dtype=np.int64), ends]),
        day=events["day"].to_numpy(),
        length=events["length"].to_numpy(),
        person=events["position"].to_numpy(),
        longest=int(events["length"].to_numpy().max(initial=1)),
    )


def _contacts(release: Release, knowledge: DatedKnowledge, groups: pl.DataFrame) -> pl.DataFrame:
    """Gives each known contact its group (-1 if it has no events), day, and whether it is shown."""
    placed = [service for service in release.events if _has_places(release, service)]
    return (
        knowledge.contacts.with_columns(
            pl.when(pl.col("service").is_in(placed)).then("place").alias("place"),
            pl.col("service").is_in(list(release.events)).alias("shown"),
            _day_number(pl.col("recalled")).alias("day"),
        )
        .join(groups, on=_GROUP, how="left", nulls_equal=True)
        .with_columns(pl.col("group").cast(pl.Int64()).fill_null(-1), pl.col("len").fill_null(0))
        .sort("target_id", "ordinal")
    )


def _attributes(
    release: Release, knowledge: DatedKnowledge, agreement: Mapping[str, float]
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float64], NDArray[np.float64]]:
    """Codes each kind of attribute of people and targets; gives each target's ratios."""
    known = as_released(release, knowledge.targets)
    kinds = {
        kind: shown
        for kind, columns in ATTRIBUTES.items()
        if (shown := [column for column in columns if column in known.columns])
    }
    people_codes = np.empty((len(kinds), release.people.height), dtype=np.int32)
    target_codes = np.empty((len(kinds), known.height), dtype=np.int32)
    agree, disagree = np.ones(target_codes.shape), np.ones(target_codes.shape)
    for row, (kind, columns) in enumerate(kinds.items()):
        values = release.people.select(columns).drop_nulls().group_by(columns).len().sort(columns)
        coded = values.with_row_index("code")
        people_codes[row] = _look_up(release.people, coded, "code", MISSING)
        target_codes[row] = _look_up(known, coded, "code", NOBODY)
        u = _look_up(known, coded, "len", 0) / max(int(values["len"].sum()), 1)
        m = agreement[kind]
        np.divide(m, u, where=u > 0, out=agree[row])
        np.divide(1 - m, 1 - u, where=u < 1, out=disagree[row])
    return people_codes, target_codes, agree, disagree


def _look_up(
    frame: pl.DataFrame, values: pl.DataFrame, column: str, otherwise: int
) -> NDArray[np.int64]:
    """Gives a column of `values` for each row of a frame, joined on the attributes they share."""
    on = [name for name in values.columns if name not in ("code", "len")]
    joined = frame.select(on).join(values, on=on, how="left", maintain_order="left")
    return joined[column].cast(pl.Int64()).fill_null(otherwise).to_numpy()
