"""The rhythm of the week: at which hours violence happens, away from home and in homes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulator import randomness

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.specs import WorldSpec

HOURS_OF_WEEK = 168
"""Hours from Monday 00:00."""

# Hours of a day away from home: peak near midnight, little in the morning (peak 21:00-02:59, West
# Midlands 1999-2000: EMJ 2003;20:434); the shape between is assumed.
_AWAY = np.array(
    [10, 9, 7, 4, 2, 1, 0.7, 0.7, 1, 1.2, 1.5, 1.8, 2.2, 2.4, 2.6, 3.4, 3.8, 4, 4.4, 5, 6, 7.5, 9,
     10.5]
)  # fmt: skip
# Hours of a day in homes: an evening peak without the night-time economy; assumed.
_AT_HOME = np.array(
    [4.5, 3.5, 2.8, 2, 1.5, 1.2, 1.5, 2, 2.4, 2.6, 2.8, 3, 3.2, 3.2, 3.4, 3.8, 4.4, 5, 5.6, 6, 6.4,
     6.6, 6.2, 5.4]
)  # fmt: skip
_WEEKEND_FROM, _WEEKEND_TO = 4 * 24 + 18, 7 * 24 + 1  # Friday 18:00 to Monday 01:00
# The nights of Friday and Saturday, 20:00 to 04:00: with them the week peaks (NHS IC 2008-09).
_BUSY_NIGHTS = np.r_[4 * 24 + 20 : 5 * 24 + 4, 5 * 24 + 20 : 6 * 24 + 4]
_REACH_HOURS = 3


def away(weekend_share: float) -> NDArray[np.float64]:
    """Gives the share of violence away from home in each hour of the week, float64 (168,).

    Args:
        weekend_share: Share between Friday 18:00 and Monday 01:00. Its hours get it in proportion
            to the day's own shape, in which the nights of Friday and Saturday count twice and that
            of Sunday once: "peak near midnight Friday and Saturday" (A&E assaults in England
            2008-09: NHS IC 2008-09).
    """
    week = np.tile(_AWAY, 7)
    hours = np.arange(HOURS_OF_WEEK)
    weekend = (hours >= _WEEKEND_FROM) | (hours < _WEEKEND_TO - HOURS_OF_WEEK)
    week[_BUSY_NIGHTS] *= 2
    share = np.where(weekend, weekend_share, 1 - weekend_share)
    total = np.where(weekend, week[weekend].sum(), week[~weekend].sum())
    return np.asarray(week / total * share)


def at_home() -> NDArray[np.float64]:
    """Gives the share of violence in homes in each hour of the week, float64 (168,)."""
    week = np.tile(_AT_HOME, 7)
    return np.asarray(week / week.sum())


def within_reach(rhythm: NDArray[np.float64]) -> NDArray[np.float64]:
    """Gives the share of a week's violence within three hours either side of each hour, (168,).

    Three hours either side of a minute reach from within one hour to within another; over all
    minutes of an hour they take half of the first and half of the last, and all five between.
    """
    edge = [np.roll(rhythm, by) / 2 for by in (-_REACH_HOURS, _REACH_HOURS)]
    whole = [np.roll(rhythm, by) for by in range(1 - _REACH_HOURS, _REACH_HOURS)]
    return np.asarray(np.sum([*edge, *whole], axis=0), dtype=np.float64)


def hour_of_week(spec: WorldSpec, minute: NDArray[np.int64]) -> NDArray[np.int64]:
    """Gives the hour of the week, from Monday 00:00, of minutes of the window."""
    return (minute // 60 + spec.start.weekday() * 24) % HOURS_OF_WEEK


def draw_minutes(
    seed: int,
    decision: str,
    ids: NDArray[np.uint64],
    spec: WorldSpec,
    rhythm: NDArray[np.float64],
) -> NDArray[np.int64]:
    """Draws the minute of the window of each event, int64, shape of `ids`."""
    hours = np.arange(spec.days * 24)
    weights = rhythm[hour_of_week(spec, hours * 60)]
    hour = randomness.choose(seed, f"hour of {decision}", ids, weights)
    return np.asarray(hour * 60 + randomness.whole(seed, f"minute of {decision}", ids, 60))


def as_times(spec: WorldSpec, minute: NDArray[np.int64]) -> NDArray[np.datetime64]:
    """Gives minutes of the window as times, datetime64[us]."""
    start = np.datetime64(spec.start).astype("datetime64[m]")
    return np.asarray((start + minute).astype("datetime64[us]"))
