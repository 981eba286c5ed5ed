"""Kernels: compiled loops of the dated-events attack, over all people of a release per target.

All scores are likelihood ratios in linear space, so the inner loops multiply and compare only. With
at most a few dozen contacts they stay far inside the range of a double. Only people with an event
that may be a known contact get a score of their own: everybody else's follows from attributes, and
as a contact lowers no score, the two highest are among the former and the two highest before.
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
    """People of the release; attributes cannot tell people of one kind apart.

    Attributes:
        kind: int64 (people,): kind of each person.
        codes: int32 (attributes, kinds): code of each attribute's value, or MISSING.
        size: int64 (kinds,): how many people are of each kind.
        leader: int64 (kinds,): position of the first person of each kind.
        next: int64 (kinds,): position of the second; -1 if there is none.
        events: float64 (people,): number of each person's events of the known services.
    """

    kind: NDArray[np.int64]
    codes: NDArray[np.int32]
    size: NDArray[np.int64]
    leader: NDArray[np.int64]
    next: NDArray[np.int64]
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


class _Leaders(NamedTuple):
    """What attributes alone say of some targets, each of shape (targets,).

    Attributes:
        total: float64: sum of all people's scores.
        best: int64: position of the first person with the highest score; -1 where there is nobody.
        first: float64: that score; 0 where there is nobody.
        runner_up: int64: position of one with the second highest; -1 where there is nobody.
        second: float64: that score; 0 where there is nobody.
    """

    total: NDArray[np.float64]
    best: NDArray[np.int64]
    first: NDArray[np.float64]
    runner_up: NDArray[np.int64]
    second: NDArray[np.float64]


class _Scores(NamedTuple):
    """Scores of people touched by a contact of the target, in rooms that targets share.

    Attributes:
        score: float64 (people,): the score, where there is one.
        is_scored: bool (people,): whether a person has a score of their own.
        scored: int64 (people,): positions of those who have, in the order of touching.
        chance: float64 (people,): all zero between contacts.
        touched: int64 (people,): positions of those whom one contact touches.
    """

    score: NDArray[np.float64]
    is_scored: NDArray[np.bool_]
    scored: NDArray[np.int64]
    chance: NDArray[np.float64]
    touched: NDArray[np.int64]


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
    count = people.kind.shape[0]
    scores = _Scores(
        np.empty(count),
        np.zeros(count, dtype=np.bool_),
        np.empty(count, dtype=np.int64),
        np.zeros(count),
        np.empty(count, dtype=np.int64),
    )
    leaders = _score_attributes(targets, people, rows)
    for target in range(rows[0], rows[1]):
        total = leaders.total[target - rows[0]]
        number = 0
        for known in range(targets.day.shape[1] + 1):
            if known > 0:
                rise, number = _score_contact(
                    targets, people, events, within, target, known - 1, scores, number
                )
                total += rise
            for at in range(tried.shape[0]):
                if tried[at] == known:
                    best, first, second = _two_highest(scores, number, leaders, target - rows[0])
                    found.best[target, at] = best
                    found.first[target, at] = first
                    found.second[target, at] = second
                    found.total[target, at] = total
        for i in range(number):
            scores.is_scored[scores.scored[i]] = False


@njit(cache=True, nogil=True)
def _score_attributes(targets: TargetTable, people: PeopleTable, rows: tuple[int, int]) -> _Leaders:
    """Scores everybody from attributes, all people of a kind at once."""
    shape = rows[1] - rows[0]
    nobody = np.full(shape, -1)
    leaders = _Leaders(
        np.zeros(shape), nobody.copy(), np.zeros(shape), nobody.copy(), np.zeros(shape)
    )
    for at in range(shape):
        total, first, second, best, runner_up = 0.0, 0.0, 0.0, -1, -1
        for kind in range(people.size.shape[0]):
            value = _score_of(targets, people, rows[0] + at, kind)
            total += value * people.size[kind]
            if value < second:
                continue
            person = people.leader[kind]
            if value > first or (value == first and person < best):
                best, first, runner_up, second = person, value, best, first
            else:
                runner_up, second = person, value
            person = people.next[kind]
            if person >= 0 and value > second:
                runner_up, second = person, value
        leaders.total[at], leaders.best[at], leaders.first[at] = total, best, first
        leaders.runner_up[at], leaders.second[at] = runner_up, second
    return leaders


@njit(cache=True, nogil=True)
def _score_of(targets: TargetTable, people: PeopleTable, target: int, kind: int) -> float:
    """Scores a person of one kind from attributes."""
    score = 1.0
    for attribute in range(people.codes.shape[0]):
        code = people.codes[attribute, kind]
        if code == targets.codes[attribute, target]:
            score *= targets.agree[attribute, target]
        elif code != MISSING:
            score *= targets.disagree[attribute, target]
    return score


@njit(cache=True, nogil=True)
def _score_contact(
    targets: TargetTable,
    people: PeopleTable,
    events: EventTable,
    within: NDArray[np.float64],
    target: int,
    contact: int,
    scores: _Scores,
    scored: int,
) -> tuple[float, int]:
    """Raises the score of people with an event that may be the contact.

    Returns the rise over all people, and how many have a score of their own now, of whom `scored`
    had one before.
    """
    group = targets.group[target, contact]
    if group < 0:
        return 0.0, scored
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
            if scores.chance[person] == 0:
                scores.touched[number] = person
                number += 1
            scores.chance[person] += probability
    rise = 0.0
    for i in range(number):
        person = scores.touched[i]
        if not scores.is_scored[person]:
            scores.is_scored[person] = True
            scores.score[person] = _score_of(targets, people, target, people.kind[person])
            scores.scored[scored] = person
            scored += 1
        gain = targets.weight[target, contact] * scores.chance[person] / people.events[person]
        rise += scores.score[person] * gain
        scores.score[person] *= 1.0 + gain
        scores.chance[person] = 0.0
    return rise, scored


@njit(cache=True, nogil=True)
def _two_highest(
    scores: _Scores, scored: int, leaders: _Leaders, at: int
) -> tuple[int, float, float]:
    """Finds the first position of the highest score, that score, and the second highest."""
    best, first, second = -1, 0.0, 0.0
    leader, runner_up = leaders.best[at], leaders.runner_up[at]
    if leader >= 0 and not scores.is_scored[leader]:
        best, first = leader, leaders.first[at]
    if runner_up >= 0 and not scores.is_scored[runner_up]:
        best, first, second = _put(runner_up, leaders.second[at], best, first, second)
    for i in range(scored):
        person = scores.scored[i]
        best, first, second = _put(person, scores.score[person], best, first, second)
    return best, first, second


@njit(cache=True, nogil=True)
def _put(
    person: int, value: float, best: int, first: float, second: float
) -> tuple[int, float, float]:
    """Puts one more person among the two highest; of equals the first position is best."""
    if value > first or (value == first and person < best):
        return person, value, first
    return best, first, max(second, value)
