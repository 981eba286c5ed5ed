"""Subjects: what records of one agency are about."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Subject:
    """What records of one agency are about, in the order of the world's events or people.

    Attributes:
        ids: Stable id of each record, uint64; that of what it is about, but for further records.
        person: Position of the person, int64; -1 for a home alone.
        home: Position of the home lived in at the time, int64.
        day: Day of the window, int64.
        provider: Number of the site or practice, int64; -1 for none.
        origin: Stable id of what each record is about, uint64.
        events: What else is written down of each, in the same order; may have no column.
        errors: What is wrong with an incident as written: `event_id`, `error`; in no order of rows.
    """

    ids: NDArray[np.uint64] = field(repr=False)
    person: NDArray[np.int64] = field(repr=False)
    home: NDArray[np.int64] = field(repr=False)
    day: NDArray[np.int64] = field(repr=False)
    provider: NDArray[np.int64] = field(repr=False)
    origin: NDArray[np.uint64] = field(repr=False)
    events: pl.DataFrame = field(repr=False)
    errors: pl.DataFrame = field(default_factory=pl.DataFrame, repr=False)

    def at(self, which: NDArray[np.int64]) -> Subject:
        """Returns the subjects at these positions, in this order."""
        events = self.events[which] if self.events.width else self.events
        return replace(
            self,
            ids=self.ids[which],
            person=self.person[which],
            home=self.home[which],
            day=self.day[which],
            provider=self.provider[which],
            origin=self.origin[which],
            events=events,
        )

    @property
    def named(self) -> pl.Series:
        """Position of the person of each record, as a column; null where nobody is named."""
        person = pl.Series(np.where(self.person < 0, 0, self.person))
        return person.set(pl.Series(self.person < 0), None)
