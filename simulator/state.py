"""The state of the world: everything that is so in it, before anybody writes anything down."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from simulator.life.lives import Lives

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    from simulator.specs import WorldSpec
    from simulator.violence.state import Violence


@dataclass(frozen=True)
class Positions:
    """Whom and where events are about, as positions in the world's frames.

    Attributes:
        person: int64, shape (events,); -1 for events of homes.
        home: Home lived in at the time, int64, shape (events,).
    """

    person: NDArray[np.int64] = field(repr=False)
    home: NDArray[np.int64] = field(repr=False)


@dataclass(frozen=True)
class Layout(Lives):
    """Positions of people and homes in the world's frames, with what happens to people (see Lives).

    Attributes:
        error_multiplier: Multiplier of all recording errors, float64, mean about 1.
    """

    error_multiplier: NDArray[np.float64] = field(repr=False)


@dataclass(frozen=True)
class World:
    """Everything that is so in the invented world.

    Attributes:
        spec: What was asked for.
        seed: The run's seed.
        people: Those there on the first day (`spec.people`) in order of household, then those who
            arrive, then those who are born: `person_id`, `household_id`, `home_first`, `home_last`
            (UInt64), `moved_on` (Date, null for those who stay), `date_of_birth`, `sex`,
            `ethnic_group`, `first_name`, `surname` (at the end), `former_surname` (null unless
            changed), `renamed_on` (Date, null unless it changes in the window), `nhs_number`
            (Int64), `practice`, `lsoa`, `msoa`, `deprivation_fifth` (of the home at the end);
            `second_home` (UInt64, null for most: the other parent's home of a child, at the
            start); `arrived_on`, `left_on`, `died_on`, `registered_on` (Date, null where it does
            not happen in the window; registered are those who arrive or are born).
        homes: See places.homes_frame and dwellings.draw_dwellings.
        places: See places.sites_frame.
        events: By agency: `event_id`, `person_id` (null for events of homes), `home_id` (UInt64),
            `event_time` (Datetime, to the minute), `place` (UInt32), `at_home` (Boolean),
            `cost_pence` (Int64).
        positions: By agency: positions of the person and home of each event.
        layout: Positions of people and homes.
        violence: What happened in the town; None where no violence was asked for.
    """

    spec: WorldSpec
    seed: int
    people: pl.DataFrame = field(repr=False)
    homes: pl.DataFrame = field(repr=False)
    places: pl.DataFrame = field(repr=False)
    events: Mapping[str, pl.DataFrame] = field(repr=False)
    positions: Mapping[str, Positions] = field(repr=False)
    layout: Layout = field(repr=False)
    violence: Violence | None = field(default=None, repr=False)

    @property
    def on_first_day(self) -> pl.DataFrame:
        """The people who live there on the first day of the window, in order of household."""
        return self.people.head(self.spec.people)
