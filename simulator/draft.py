"""A draft: one agency's records before and while errors are applied."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from simulator import randomness

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Sources:
    """What a record can wrongly be filled with; positions are rows of the world's frames.

    Attributes:
        people: The world's people.
        homes: The world's homes.
        mate: Position of another member of each person's household; their own if they live alone.
        last_year: The latest year that a date of birth may show.
    """

    people: pl.DataFrame = field(repr=False)
    homes: pl.DataFrame = field(repr=False)
    mate: NDArray[np.int64] = field(repr=False)
    last_year: int

    @property
    def twin(self) -> NDArray[np.int64]:
        """Position of each person's twin, int64; -1 for none.

        Twins stand next to each other in the household and have one date of birth.
        """
        born = self.people["date_of_birth"].to_physical().to_numpy()
        own = np.arange(len(self.mate))
        before = own.copy()
        # Children name their mother as mate, but she is the next of one of her own household, who
        # stands before them: written last, it stays.
        before[self.mate[::-1]] = own[::-1]
        found = np.full(len(own), -1, dtype=np.int64)
        for neighbour in (before, self.mate):
            alike = (born[neighbour] == born) & (neighbour != own)
            found[alike] = neighbour[alike]
        return found


@dataclass(frozen=True)
class Draft:
    """Records of one agency before and while errors are applied.

    Attributes:
        agency: Name of the agency.
        seed: The run's seed.
        record_id: uint64, shape (records,).
        person: Position of the person, int64; -1 where a record is about a home alone.
        home: Position of the home whose address is written, int64.
        multiplier: Multiplier of every rate, float64.
        columns: Values as they would rightly be written, by field.
        sources: What they can wrongly be filled with.
        date: Date of what each record is about, datetime64[D]; None where it is not known.
        provider: Number of the site or practice, int64, -1 for none; None where there are none.
    """

    agency: str
    seed: int
    record_id: NDArray[np.uint64] = field(repr=False)
    person: NDArray[np.int64] = field(repr=False)
    home: NDArray[np.int64] = field(repr=False)
    multiplier: NDArray[np.float64] = field(repr=False)
    columns: Mapping[str, pl.Series] = field(repr=False)
    sources: Sources = field(repr=False)
    date: NDArray[np.datetime64] | None = field(default=None, repr=False)
    provider: NDArray[np.int64] | None = field(default=None, repr=False)

    def chosen(self, what: str, at: NDArray[np.int64], count: int) -> NDArray[np.int64]:
        """Draws a whole number 0..count-1 for each flagged record."""
        label = f"{self.agency}: {what}"
        # Draw 0 of the error decided the flag: flagged records share its low end.
        return randomness.whole(self.seed, label, self.record_id[at], count, draw=1)

    def lasting(self, what: str, at: NDArray[np.int64], count: int) -> NDArray[np.int64]:
        """Draws a whole number for the person of each flagged record, alike in all agencies."""
        return randomness.whole(self.seed, what, self.person_id[at], count, draw=1)

    @property
    def person_id(self) -> NDArray[np.uint64]:
        """Stable id of each record's person, uint64; meaningless for homes alone."""
        ids = self.sources.people["person_id"].to_numpy()
        return np.asarray(ids[np.maximum(self.person, 0)])

    @property
    def system(self) -> NDArray[np.int64]:
        """Number of the site or practice, int64; 0 for all where there are none."""
        none = np.zeros(len(self.record_id), dtype=np.int64)
        return none if self.provider is None else np.asarray(self.provider + 1)
