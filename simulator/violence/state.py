"""The state of violence: the town's places, what happened there, and to whom."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

    from simulator.violence.participants import Clients
    from simulator.violence.specs import ViolenceSpec


@dataclass(frozen=True)
class Town:
    """Streets, named places and map points.

    Attributes:
        streets: Row i is street i: `street` (UInt32), `name` (String, distinct), `ward` (UInt32),
            `point` (UInt32, nearest map point), `easting`, `northing` (Int32, the middle),
            `addresses` (Int64, homes), `night` (Boolean: a street of licensed premises).
        spots: Row i is spot i: `spot` (UInt32), `kind` (licensed, street or other), `name` (String,
            null for a street itself), `street`, `ward`, `point` (UInt32), `easting`, `northing`
            (Int32), `addresses` (Int64: of a street, its homes; of a named place, 1). The first
            spots are the streets, in their order.
        points: `point` (UInt32), `street`, `ward` (UInt32), `easting`, `northing` (Int32),
            `addresses` (Int64, at least 8): points that stand for all places nearest to them, in
            the manner of the public crime map.
        homes: Row i is home i of the world: `street` (UInt32), `number` (Int64, house number from
            1), `ward`, `point` (UInt32).
    """

    streets: pl.DataFrame = field(repr=False)
    spots: pl.DataFrame = field(repr=False)
    points: pl.DataFrame = field(repr=False)
    homes: pl.DataFrame = field(repr=False)


@dataclass(frozen=True)
class Violence:
    """What happened in the town.

    Attributes:
        spec: What was asked for.
        trial: 0 for the world itself; other numbers are other nights of the same town.
        town: The town.
        clients: Everybody who may take part: the same on all nights.
        incidents: `incident_id` (UInt64), `kind` (assault: somebody was treated in A&E; offence:
            known to police alone; contact: another police contact), `time` (Datetime, to the
            minute), `location_type` (of LOCATION_TYPES), `spot` (UInt32, null in a home), `home`
            (Int64, row of the world's homes, -1 elsewhere), `home_id` (UInt64, null elsewhere),
            `street`, `ward`, `point` (UInt32), `easting`, `northing` (Int32), `method` (of
            METHODS), `injury`, `domestic` (Boolean),
            `nearby` (Float64: violent incidents known to police that are expected within 200 m and
            3 hours either side, from the town's rates), `quiet` (Boolean: fewer than 0.05 are).
            Ordered by `incident_id`.
        people: Who took part: `incident_id` (UInt64), `person` (Int64, row of the world's people),
            `role` (victim, caller, stopped, detained or suspect), `ordinal` (Int64), `attended`
            (Boolean: was treated in A&E). Ordered by `incident_id`, `role`, `ordinal`.
    """

    spec: ViolenceSpec
    trial: int
    town: Town = field(repr=False)
    clients: Clients = field(repr=False)
    incidents: pl.DataFrame = field(repr=False)
    people: pl.DataFrame = field(repr=False)
