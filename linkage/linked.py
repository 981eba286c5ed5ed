"""Links and linked data: what linking yields, and, apart from it, where each row came from."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Mapping

    from simulator.schema import TokenLabel

LINK_COLUMNS = MappingProxyType(
    {
        "left_id": pl.UInt64(),
        "right_id": pl.UInt64(),
        "match_weight": pl.Float64(),
        "match_probability": pl.Float64(),
        "rule": pl.String(),
    }
)


@dataclass(frozen=True)
class Links:
    """Pairs of records said to be about the same person, or the same home.

    Attributes:
        step: Name of the link step.
        hub: Dataset of `left_id`.
        agency: Dataset of `right_id`.
        frame: Columns of LINK_COLUMNS, ordered by `left_id`, then `right_id`. Weight and
            probability are null for deterministic rules.
    """

    step: str
    hub: str
    agency: str
    frame: pl.DataFrame = field(repr=False)


@dataclass(frozen=True)
class LinkedData:
    """People of the hub and their linked events, without identifiers.

    Attributes:
        people: One row a hub record, ordered by `row_id` (UInt64): attributes of the hub
            (`date_of_birth`, `sex`, `lsoa`, `msoa`, `deprivation_fifth`, `practice`, ...), each
            column of tokens or codes of the hub, and `home` (UInt64, equal for people of one home
            as the hub sees it, null where the hub has no home).
        events: By agency: `row_id` (UInt64), `person` (UInt64, a `row_id` of `people`), and the
            agency's content fields (`event_time`, `place`, `cost_pence`, `at_home`), ordered by
            `row_id`.
        labels: Label of each column of tokens or codes of `people`.
    """

    people: pl.DataFrame = field(repr=False)
    events: Mapping[str, pl.DataFrame] = field(repr=False)
    labels: Mapping[str, TokenLabel] = field(default_factory=dict)


@dataclass(frozen=True)
class Provenance:
    """Where each row of a LinkedData or a Release came from; kept apart from it.

    Attributes:
        hub: Dataset of the people's records.
        people: `row_id`, `record_id` (UInt64), ordered by `row_id`.
        events: By agency: `row_id`, `record_id` (UInt64), ordered by `row_id`.
    """

    hub: str
    people: pl.DataFrame = field(repr=False)
    events: Mapping[str, pl.DataFrame] = field(repr=False)
