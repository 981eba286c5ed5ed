"""Lives: where people live, from when until when they are there, and what changes meanwhile."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Self

import numpy as np

from simulator.events.contacts import MINUTES_PER_DAY, NEVER

if TYPE_CHECKING:
    from numpy.typing import NDArray

NO_DAY = -1
"""The day of what does not happen in the window."""


@dataclass(frozen=True)
class Lives:
    """What happens to people in the window; arrays of shape (people,), int64.

    Those who live there on the first day come first, in order of household, then those who arrive,
    then those who are born. A person moves at most once in the window, changes surname at most
    once, and has at most one spell without a home.

    Attributes:
        home_first: Home at the start of the window, or at birth or arrival.
        home_last: Home at its end, or when last there.
        moved_day: Day of the window of the move; NO_DAY for those who stay.
        since: Minute of the window from which the person is there; 0 for those there at the start.
        until: Minute until which; NEVER for those still there at the end.
        died: Minute of death, then also `until`; NEVER for those who live.
        renamed_day: Day on which the surname changes; NO_DAY if it does not.
        homeless_from: Day on which a spell without a home begins, which may lie before the window;
            NEVER for those who have none.
        homeless_until: The first day after it.
        household: Number of the household at the start, or at birth or arrival.
        mate: Another member of the household; the person's own position if alone.
    """

    home_first: NDArray[np.int64] = field(repr=False)
    home_last: NDArray[np.int64] = field(repr=False)
    moved_day: NDArray[np.int64] = field(repr=False)
    since: NDArray[np.int64] = field(repr=False)
    until: NDArray[np.int64] = field(repr=False)
    died: NDArray[np.int64] = field(repr=False)
    renamed_day: NDArray[np.int64] = field(repr=False)
    homeless_from: NDArray[np.int64] = field(repr=False)
    homeless_until: NDArray[np.int64] = field(repr=False)
    household: NDArray[np.int64] = field(repr=False)
    mate: NDArray[np.int64] = field(repr=False)

    @classmethod
    def calm(
        cls,
        home: NDArray[np.int64],
        household: NDArray[np.int64],
        mate: NDArray[np.int64],
        since: NDArray[np.int64] | int = 0,
    ) -> Lives:
        """Returns the lives of people who stay where they are, from a minute of the window."""
        none, never = np.full(len(home), NO_DAY), np.full(len(home), NEVER)
        begin = np.broadcast_to(np.asarray(since, dtype=np.int64), len(home)).copy()
        return Lives(home, home, none, begin, never, never, none, never, never, household, mate)

    def then(self, other: Lives) -> Self:
        """Returns these lives, then others, whose households and mates count from these on."""
        both = {
            f.name: np.concatenate([getattr(self, f.name), getattr(other, f.name)])
            for f in fields(Lives)
        }
        return type(self)(**both)

    def moving(
        self, person: NDArray[np.int64], day: NDArray[np.int64], home: NDArray[np.int64]
    ) -> Lives:
        """Returns these lives, but that some move to a home on a day."""
        moved, last = self.moved_day.copy(), self.home_last.copy()
        moved[person], last[person] = day, home
        return replace(self, moved_day=moved, home_last=last)

    def leaving(self, person: NDArray[np.int64], day: NDArray[np.int64]) -> Lives:
        """Returns these lives, but that some leave on a day."""
        until = self.until.copy()
        until[person] = day * MINUTES_PER_DAY
        return replace(self, until=until)

    def dying(self, person: NDArray[np.int64], minute: NDArray[np.int64]) -> Lives:
        """Returns these lives, but that some die at a minute, if they are there then."""
        there = self.is_there(person, minute)
        until, died = self.until.copy(), self.died.copy()
        until[person[there]] = died[person[there]] = minute[there]
        return replace(self, until=until, died=died)

    def settled(self) -> Lives:
        """Returns these lives without the moves of people who are gone by then."""
        gone = self.moved_day > self.until // MINUTES_PER_DAY
        return replace(
            self,
            moved_day=np.where(gone, NO_DAY, self.moved_day),
            home_last=np.where(gone, self.home_first, self.home_last),
        )

    @property
    def stays(self) -> NDArray[np.bool_]:
        """Says who neither moves nor leaves, nor dies."""
        return np.asarray((self.moved_day < 0) & (self.until == NEVER))

    @property
    def leaves(self) -> NDArray[np.bool_]:
        """Says who leaves or dies in the window."""
        return np.asarray(self.until < NEVER)

    def home_on(self, person: NDArray[np.int64], day: NDArray[np.int64]) -> NDArray[np.int64]:
        """Returns the home of each person on a day of the window, each of shape (n,)."""
        moved = self.moved_day[person]
        gone = (moved >= 0) & (day >= moved)
        return np.where(gone, self.home_last[person], self.home_first[person])

    def lived_since(self, person: NDArray[np.int64], home: NDArray[np.int64]) -> NDArray[np.int64]:
        """Returns the day since when each person lives at a home that is or was theirs, shape (n,).

        NO_DAY for those who have lived there since before the window.
        """
        moved = self.moved_day[person]
        came = np.where(self.since[person] > 0, self.since[person] // MINUTES_PER_DAY, NO_DAY)
        return np.where((moved >= 0) & (home == self.home_last[person]), moved, came)

    def is_there(self, person: NDArray[np.int64], minute: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Says whether each person is there at a minute of the window, each of shape (n,)."""
        return (minute >= self.since[person]) & (minute <= self.until[person])

    def is_homeless(self, person: NDArray[np.int64], day: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Says whether each person is without a home on a day of the window, each of shape (n,)."""
        return (day >= self.homeless_from[person]) & (day < self.homeless_until[person])

    def share_there(self, days: int) -> NDArray[np.float64]:
        """Returns the share of the window in which each is there, float64."""
        window = days * MINUTES_PER_DAY
        return np.asarray((np.minimum(self.until, window) - self.since) / window)

    def middle_day(self, days: int) -> NDArray[np.int64]:
        """Returns the day in the middle of the window, or of what is left of it on arrival."""
        return np.asarray((self.since + days * MINUTES_PER_DAY) // (2 * MINUTES_PER_DAY))
