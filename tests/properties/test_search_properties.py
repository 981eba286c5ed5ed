"""The search of dated events equals scoring everybody anew for every target.

To the last bit, but for the total, which is summed in another order.
"""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from reidentify.adversaries.kernels import (
    MISSING,
    EventTable,
    Found,
    PeopleTable,
    TargetTable,
    search,
)
from reidentify.adversaries.tables import people_table
from simulator.randomness import uniform, whole

TARGETS, CONTACTS, GROUPS, DAYS = 6, 3, 4, 30


def scored_anew(
    targets: TargetTable,
    people: PeopleTable,
    codes_of: np.ndarray,
    events: EventTable,
    within: np.ndarray,
    tried: np.ndarray,
) -> Found:
    """Gives every person a score for every target, one event at a time."""
    count, reach = codes_of.shape[1], len(within) // 2 - 1
    shape = (len(targets.day), len(tried))
    found = Found(np.full(shape, -1), np.zeros(shape), np.zeros(shape), np.zeros(shape))
    for target in range(len(targets.day)):
        score = np.ones(count)
        for codes, wanted, agree, disagree in zip(
            codes_of,
            targets.codes[:, target],
            targets.agree[:, target],
            targets.disagree[:, target],
            strict=True,
        ):
            score *= np.where(codes == wanted, agree, np.where(codes == MISSING, 1.0, disagree))
        total = float(np.cumsum(score)[-1])
        for known in range(CONTACTS + 1):
            if known:
                total += _raise(score, targets, people, events, within, target, known - 1, reach)
            for at in np.flatnonzero(tried == known):
                order = np.sort(score)[::-1]
                found.best[target, at] = int(np.argmax(score))
                found.first[target, at] = order[0]
                found.second[target, at] = order[1] if count > 1 else 0.0
                found.total[target, at] = total
    return found


def _raise(
    score: np.ndarray,
    targets: TargetTable,
    people: PeopleTable,
    events: EventTable,
    within: np.ndarray,
    target: int,
    contact: int,
    reach: int,
) -> float:
    chance: dict[int, float] = {}
    group = targets.group[target, contact]
    if group < 0:
        return 0.0
    for event in range(events.group_start[group], events.group_start[group + 1]):
        late = targets.day[target, contact] - events.day[event] + 1 + reach
        early = min(max(late - events.length[event], 0), 2 * reach + 1)
        late = min(max(late, 0), 2 * reach + 1)
        probability = (within[late] - within[early]) / events.length[event]
        if probability > 0:
            person = int(events.person[event])
            chance[person] = chance.get(person, 0.0) + probability
    rise = 0.0
    for person, sum_ in chance.items():
        gain = targets.weight[target, contact] * sum_ / people.events[person]
        rise += score[person] * gain
        score[person] *= 1.0 + gain
    return rise


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    count=st.sampled_from([1, 2, 3, 40, 1023, 1024, 1025, 3000]),
    values=st.sampled_from([1, 2, 5]),
    per_person=st.sampled_from([0.5, 3.0]),
)
def test_the_search_equals_scoring_everybody_anew(
    seed: int, count: int, values: int, per_person: float
) -> None:
    """Few values and weights of 0 and 1 make ties; alike people lead together."""

    def draw(decision: str, size: int, below: int) -> np.ndarray:
        return whole(seed, decision, np.arange(size, dtype=np.uint64), below)

    codes = draw("codes", 2 * count, values + 1).reshape(2, count).astype(np.int32) - 1
    made = max(int(count * per_person), 1)
    group, day = draw("group", made, GROUPS), draw("day", made, DAYS)
    order = np.lexsort((day, group))
    person = draw("person", made, count)
    length = 1 + draw("length", made, 2) * 6
    starts = np.searchsorted(group[order], np.arange(GROUPS + 1))
    events = EventTable(starts, day[order], length[order], person[order], int(length.max()))
    people = people_table(codes, np.maximum(np.bincount(person, minlength=count), 1.0))
    ratios = 0.5 + uniform(seed, "ratios", np.arange(4 * TARGETS, dtype=np.uint64)).reshape(4, -1)
    targets = TargetTable(
        codes=draw("known", 2 * TARGETS, values + 1).reshape(2, TARGETS).astype(np.int32) - 2,
        agree=2 * ratios[:2],
        disagree=ratios[2:],
        group=draw("contact group", TARGETS * CONTACTS, GROUPS + 1).reshape(TARGETS, -1) - 1,
        day=draw("contact day", TARGETS * CONTACTS, DAYS).reshape(TARGETS, -1),
        weight=draw("weight", TARGETS * CONTACTS, 3).reshape(TARGETS, -1).astype(np.float64),
    )
    within, tried = np.array([0.0, 0.1, 0.4, 0.9, 1.0, 1.0]), np.array([0, 1, 3])
    shape = (TARGETS, len(tried))
    found = Found(np.full(shape, -1), np.zeros(shape), np.zeros(shape), np.zeros(shape))
    search(targets, people, events, within, tried, (0, TARGETS), found)
    right = scored_anew(targets, people, codes, events, within, tried)
    for name in ("best", "first", "second"):
        np.testing.assert_array_equal(getattr(found, name), getattr(right, name))
    np.testing.assert_allclose(found.total, right.total, rtol=1e-12)
