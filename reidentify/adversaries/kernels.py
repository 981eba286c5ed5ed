"""Kernels: compiled loops of the dated-events attack, over all people of a release per target.

All scores are likelihood ratios in linear space, so the inner loops multiply and compare only. With
at most a few dozen contacts they stay far inside the range of a double.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray


MISSING = -1
"""Code of an attribute that the release does not have for a person."""

NOBODY = -2
"""Code of a target's attribute that nobody in the release has."""


class PeopleTable(NamedTuple):
    """People of the release, by position.

    Attributes:
        codes: int32 (attributes, people): code of each attribute's value, or MISSING.
        events: float64 (people,): number of each person's events of the known services.
    """

    codes: NDArray[np.int32]
    events: NDArray[np.float64]


class EventTable(NamedTuple):
    """Events of the release, sorted by group (service and place), then day.

    Attributes:
        group_start: int64 (groups + 1,): position of each group's first event.
        day: int64 (events,): first day that the released time may mean, in days since 1970.
        length: int64 (events,): how many days it may mean.
        person: int64 (events,): position of the person.
        longest: Longest `length`.
    """

    group_start: NDArray[np.int64]
    day: NDArray[np.int64]
    length: NDArray[np.int64]
    person: NDArray[np.int64]
    longest: int


class TargetTable(NamedTuple):
    """What is known of the targets, by position.

    Attributes:
        codes: int32 (attributes, targets): code of each attribute's value, or NOBODY.
        agree: float64 (attributes, targets): likelihood ratio of a person with the same value.
        disagree: float64 (attributes, targets): likelihood ratio of a person with another value.
        group: int64 (targets, contacts): group of each known contact; -1 where it has no events.
        day: int64 (targets, contacts): recalled day, in days since 1970.
        weight: float64 (targets, contacts): what a person's mean chance of the recalled day is
            multiplied by; 0 for a contact that the release cannot show.
    """

    codes: NDArray[np.int32]
    agree: NDArray[np.float64]
    disagree: NDArray[np.float64]
    group: NDArray[np.int64]
    day: NDArray[np.int64]
    weight: NDArray[np.float64]


class Found(NamedTuple):
    """What the search found, each of shape (targets, numbers of contacts tried).

    Attributes:
        best: int64: position of the person with the highest score; -1 where there is nobody.
        first: float64: that score.
        second: float64: the second highest score; 0 where there is only one person.
        total: float64: sum of all people's scores.
    """

    best: NDArray[np.int64]
    first: NDArray[np.float64]
    second: NDArray[np.float64]
    total: NDArray[np.float64]


@njit(cache=True, nogil=True)
def search(
    targets: TargetTable,
    people: PeopleTable,
    events: EventTable,
    within: NDArray[np.float64],
    tried: NDArray[np.int64],
    rows: tuple[int, int],
    found: Found,
) -> None:
    """Scores every person of the release for some targets, and writes what was found.

    Args:
        targets: The targets.
        people: The people.
        events: Their events.
        within: float64 (2 * reach + 2,): chance that the recalled day is less than
            i - reach days after the true day; 0 at the start, 1 at the end.
        tried: int64 (k,): numbers of known contacts to try, each at most the contacts known.
        rows: First target, and the one after the last.
        found: Written.
    """
    count = people.codes.shape[1]
    score = np.empty(count)
    chance = np.zeros(count)
    touched = np.empty(count, dtype=np.int64)
    for target in range(rows[0], rows[1]):
        total = _score_attributes(targets, people, target, score)
        for known in range(targets.day.shape[1] + 1):
            if known > 0:
                total += _score_contact(
                    targets, people, events, within, target, known - 1, score, chance, touched
                )
            for at in range(tried.shape[0]):
                if tried[at] == known:
                    best, first, second = _two_highest(score)
                    found.best[target, at] = best
                    found.first[target, at] = first
                    found.second[target, at] = second
                    found.total[target, at] = total


@njit(cache=True, nogil=True)
def _score_attributes(
    targets: TargetTable, people: PeopleTable, target: int, score: NDArray[np.float64]
) -> float:
    """Starts every person's score from attributes; returns the sum."""
    score[:] = 1.0
    for attribute in range(people.codes.shape[0]):
        wanted = targets.codes[attribute, target]
        agree = targets.agree[attribute, target]
        disagree = targets.disagree[attribute, target]
        codes = people.codes[attribute]
        for person in range(score.shape[0]):
            code = codes[person]
            if code == wanted:
                score[person] *= agree
            elif code != MISSING:
                score[person] *= disagree
    total = 0.0
    for person in range(score.shape[0]):
        total += score[person]
    return total


@njit(cache=True, nogil=True)
def _score_contact(
    targets: TargetTable,
    people: PeopleTable,
    events: EventTable,
    within: NDArray[np.float64],
    target: int,
    contact: int,
    score: NDArray[np.float64],
    chance: NDArray[np.float64],
    touched: NDArray[np.int64],
) -> float:
    """Raises the score of people with an event that may be the contact; returns the rise in all.

    `chance` is all zero before and after.
    """
    group = targets.group[target, contact]
    if group < 0:
        return 0.0
    day = targets.day[target, contact]
    reach = within.shape[0] // 2 - 1
    start, end = events.group_start[group], events.group_start[group + 1]
    days = events.day[start:end]
    low = start + np.searchsorted(days, day - reach - events.longest + 1)
    high = start + np.searchsorted(days, day + reach, side="right")
    number = 0
    for event in range(low, high):
        # Of the days that the released time may mean, each is as likely: the chances of the
        # recalled day given each of them telescope to a difference.
        length = events.length[event]
        late = day - events.day[event] + 1 + reach
        early = min(max(late - length, 0), 2 * reach + 1)
        late = min(max(late, 0), 2 * reach + 1)
        probability = (within[late] - within[early]) / length
        if probability > 0:
            person = events.person[event]
            if chance[person] == 0:
                touched[number] = person
                number += 1
            chance[person] += probability
    rise = 0.0
    for i in range(number):
        person = touched[i]
        gain = targets.weight[target, contact] * chance[person] / people.events[person]
        rise += score[person] * gain
        score[person] *= 1.0 + gain
        chance[person] = 0.0
    return rise


@njit(cache=True, nogil=True)
def _two_highest(score: NDArray[np.float64]) -> tuple[int, float, float]:
    """Finds the first position of the highest score, that score, and the second highest."""
    best, first, second = -1, 0.0, 0.0
    for person in range(score.shape[0]):
        value = score[person]
        if value > second:
            if value > first:
                best, second, first = person, first, value
            else:
                second = value
    return best, first, second
