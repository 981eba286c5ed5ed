"""Rate ratio: do people have more or fewer contacts after an exposure than without it?

Everybody's time is split at their first exposure. Time after it, up to the length of follow-up, is
exposed; all time before it, and all time of people never exposed, is not. Time beyond follow-up is
left out. Where times are given to the day, week or month, the period in which the exposure falls is
left out too, because nothing says what came first in it. Where it was handed over since when
people live at their address, they count from then on, and what was done there before is not theirs.
Rates are compared within strata of age, sex and deprivation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from scenarios.questions.estimate import (
    Estimate,
    date_precision,
    first_seen,
    home_codes,
    lived_since,
    minutes_since,
    periods,
    positions,
    require,
    strata,
)
from scenarios.questions.rate_ratio_estimator import estimate_rate_ratio, point_rate_ratio
from simulator.birthdays import born_by

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scenarios.questions.estimate import View, Window
    from scenarios.questions.rate_ratio_estimator import RateRatio
    from scenarios.questions.specs import RateRatioSpec

_MINUTES_PER_DAY = 1_440
_MINUTES_PER_YEAR = 365.25 * _MINUTES_PER_DAY

_ESTIMATOR = (
    "Mantel-Haenszel rate ratio over person-time, strata of age, sex and deprivation, variance "
    "summed within homes"
)
_TO_THE_END = "where told, to the end, and so do those who left or died and are listed still"
_UNADJUSTED = "adjusted for nothing else, such as how prone people are to use services"


def answer(view: View, spec: RateRatioSpec, window: Window) -> list[Estimate]:
    """Answers the question from linked data or from a release.

    Args:
        view: People and events.
        spec: The question.
        window: The window.

    Returns:
        The ratio, the smallest effects that could have been detected, and the numbers behind it.

    Raises:
        CannotAnswer: If the view lacks what is needed.
    """
    _require(view, spec)
    return _estimates(_compare(view, spec, window), method(view, spec))


def method(view: View, spec: RateRatioSpec) -> str:
    """Says how the ratio is estimated, and who and what counts."""
    moves = "lived_since" in view.people.columns
    since = "registration, birth or moving in" if moves else "registration or birth"
    said = [_ESTIMATOR, f"people count from {since}, {_TO_THE_END}"]
    if moves:
        said.append("what was done to a home before they moved in is not theirs")
    if spec.age_from:
        said.append(f"people of {spec.age_from} and over at the start, by their birth as given")
    if spec.among:
        said.append(f"only people linked to {spec.among}")
    said += [
        f"exposures whose {field} is {' or '.join(values)}"
        for field, values in spec.exposure_where.items()
    ]
    return "; ".join([*said, _UNADJUSTED])


def without_each_part(
    view: View, spec: RateRatioSpec, window: Window, part: NDArray[np.int64], parts: int
) -> NDArray[np.float64]:
    """Answers the question without each part of the people in turn.

    Args:
        view: People and events.
        spec: The question.
        window: The window.
        part: The part of each person, codes from 0, shape (people,).
        parts: How many parts there are.

    Returns:
        float64 (parts,): what `answer` estimates from everybody outside each part.

    Raises:
        CannotAnswer: If the view lacks what is needed.
    """
    _require(view, spec)
    times = _person_times(view, spec, window)
    part_of_row = part[times.person]
    ratios = np.empty(parts)
    for left_out in range(parts):
        kept = part_of_row != left_out
        columns = (times.exposed, times.events, times.time, times.stratum)
        ratios[left_out] = point_rate_ratio(*(column[kept] for column in columns))
    return ratios


class _PersonTimes(NamedTuple):
    """Exposed times of people, then unexposed ones; each of shape (rows,).

    Attributes:
        person: Position of the person, int64.
        exposed: Whether it is exposed time.
        events: Events in it, int64.
        time: Person-years, float64.
        stratum: Stratum of the person, int64.
    """

    person: NDArray[np.int64]
    exposed: NDArray[np.bool_]
    events: NDArray[np.int64]
    time: NDArray[np.float64]
    stratum: NDArray[np.int64]


def _require(view: View, spec: RateRatioSpec) -> None:
    columns = ("event_time", "at_home") if spec.only_at_home else ("event_time",)
    people = ("date_of_birth",) if spec.age_from else ()
    require(view, (spec.exposure,), ("event_time", *spec.exposure_where), people)
    require(view, (spec.outcome,), columns, ())
    require(view, (spec.among,) if spec.among else (), (), ())


def _compare(view: View, spec: RateRatioSpec, window: Window) -> RateRatio:
    times = _person_times(view, spec, window)
    return estimate_rate_ratio(
        exposed=times.exposed,
        events=times.events,
        time=times.time,
        stratum=times.stratum,
        cluster=home_codes(view.people)[times.person],
    )


def _person_times(view: View, spec: RateRatioSpec, window: Window) -> _PersonTimes:
    """Splits everybody's time at their first exposure."""
    end, precision = window.days * _MINUTES_PER_DAY, date_precision(view)
    first = _first_exposure(view, spec, window, end)
    before_until, exposed_from = periods(first, precision, window.start)
    follow_up = exposed_from + spec.follow_up_days * _MINUTES_PER_DAY
    exposed_until = np.minimum(periods(follow_up, precision, window.start)[0], end)
    before_until = np.where(first < end, before_until, end)
    registered = first_seen(view.people, window)
    exposed_from = np.maximum(exposed_from, registered)
    seen_from = np.minimum(registered, before_until)
    bounds = (seen_from, before_until, exposed_from, exposed_until)
    after, before = _count_outcomes(view, spec, window, bounds)
    counts = _is_counted(view, spec, window)
    has_after = np.flatnonzero((exposed_until > exposed_from) & counts)
    has_before = np.flatnonzero((before_until > seen_from) & counts)
    person = np.concatenate([has_after, has_before])
    return _PersonTimes(
        person=person,
        exposed=np.arange(len(person)) < len(has_after),
        events=np.concatenate([after[has_after], before[has_before]]),
        time=np.concatenate(
            [
                (exposed_until - exposed_from)[has_after] / _MINUTES_PER_YEAR,
                (before_until - seen_from)[has_before] / _MINUTES_PER_YEAR,
            ]
        ),
        stratum=strata(view.people, window, with_area=True)[person],
    )


def _first_exposure(view: View, spec: RateRatioSpec, window: Window, end: int) -> NDArray[np.int64]:
    """Returns the minute of each person's first exposure; the end of the window if none."""
    first = np.full(view.people.height, end)
    exposures = view.events[spec.exposure]
    person = positions(view, spec.exposure)
    times = np.clip(minutes_since(exposures["event_time"], window.start), 0, end)
    counts = lived_since(view.people, window)[person] <= times
    for field, values in spec.exposure_where.items():
        counts &= exposures[field].is_in(values).fill_null(value=False).to_numpy()
    np.minimum.at(first, person[counts], times[counts])
    return first


def _is_counted(view: View, spec: RateRatioSpec, window: Window) -> NDArray[np.bool_]:
    """Says who is compared at all, bool (people,): of the age, and linked to `among`."""
    counts = np.ones(view.people.height, dtype=np.bool_)
    if spec.age_from:
        counts &= born_by(view.people["date_of_birth"], window.start, spec.age_from)
    if spec.among:
        linked = np.zeros(view.people.height, dtype=np.bool_)
        linked[positions(view, spec.among)] = True
        counts &= linked
    return counts


def _count_outcomes(
    view: View,
    spec: RateRatioSpec,
    window: Window,
    bounds: tuple[NDArray[np.int64], ...],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Counts each person's outcomes in exposed time, and in unexposed time.

    The bounds are each person's start and end of unexposed time, and those of exposed time.
    """
    seen_from, before_until, exposed_from, exposed_until = bounds
    outcomes = view.events[spec.outcome]
    person = positions(view, spec.outcome)
    time = minutes_since(outcomes["event_time"], window.start)
    if spec.only_at_home:
        at_home = outcomes["at_home"].to_numpy()
        person, time = person[at_home], time[at_home]
    people = view.people.height
    after = (time >= exposed_from[person]) & (time < exposed_until[person])
    before = (time >= seen_from[person]) & (time < before_until[person])
    return (
        np.bincount(person[after], minlength=people),
        np.bincount(person[before], minlength=people),
    )


def _estimates(found: RateRatio, how: str) -> list[Estimate]:
    return [
        Estimate("estimate", found.value, "ratio", found.low, found.high, method=how),
        Estimate(
            "smallest_detectable_decrease",
            found.smallest_detectable_decrease,
            "ratio",
            method="80 % power, two-sided 5 %",
        ),
        Estimate(
            "smallest_detectable_increase",
            found.smallest_detectable_increase,
            "ratio",
            method="80 % power, two-sided 5 %",
        ),
        Estimate("exposed_people", found.exposed_people, "count"),
        Estimate("exposed_events", found.exposed_events, "count"),
        Estimate(
            "unexposed_people",
            found.unexposed_people,
            "count",
            method="people with time before, or without, an exposure",
        ),
        Estimate("unexposed_events", found.unexposed_events, "count"),
    ]
