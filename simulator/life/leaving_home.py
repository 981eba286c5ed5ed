"""Leaving home: young adults who move out, and students who come and go.

About a quarter of those of 18 and 19 who live with their parents leave the region in autumn to
study (38 % of 18-year-olds enter higher education, told from memory; that two thirds of them go
elsewhere is assumed). Half of the residents of a hall leave each summer and as many arrive. Other
young adults move to a home of their own or join people who share one, at yearly chances that are
assumed.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from simulator import randomness
from simulator.events.contacts import by_age
from simulator.life.step import Step, once

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.specs import WorldSpec

_STUDIES_ELSEWHERE = ((0, 0.0), (18, 0.25), (20, 0.0))
_LEAVES_HALL = 0.5
_OWN_HOME = ((0, 0.0), (18, 0.10), (20, 0.56), (25, 0.16), (30, 0.10), (35, 0.05), (45, 0.01))
_SHARES = 0.6  # of them, those who join people who share a home, and take none of their own
_TERM_BEGINS = (9, 20)
_DAYS_PER_YEAR = 365.25


def _terms(spec: WorldSpec) -> NDArray[np.int64]:
    """Returns the days of the window on which terms begin."""
    years = range(spec.start.year, spec.end.year + 1)
    days = np.array([(date(year, *_TERM_BEGINS) - spec.start).days for year in years])
    return days[(days >= 0) & (days < spec.days)]


def draw_students(
    seed: int,
    spec: WorldSpec,
    ids: NDArray[np.uint64],
    grown: NDArray[np.int64],
    in_hall: NDArray[np.int64],
    age: NDArray[np.float64],
) -> Step:
    """Draws who leaves the region as a term begins: children of 18 and 19, and who was in a hall.

    Args:
        seed: The run's seed.
        spec: The world's spec.
        ids: Stable ids, uint64, shape (people,).
        grown: Positions of children who live with their parents, int64.
        in_hall: Positions of the residents of halls, int64.
        age: Ages on the first day, in years, float64, shape (people,).

    Returns:
        Who leaves, each once, and the day.
    """
    who, when = [], []
    left = np.zeros(len(ids), dtype=np.bool_)
    level = spec.life.leaving_home.value
    for term, day in enumerate(_terms(spec)):
        then = age[grown] + day / _DAYS_PER_YEAR
        chances = (
            (grown, by_age(then, _STUDIES_ELSEWHERE) * level),
            (in_hall, np.full(len(in_hall), _LEAVES_HALL) * level),
        )
        for among, chance in chances:
            goes = randomness.happens(seed, "leaves to study or after it", ids[among], chance, term)
            goes &= ~left[among]
            left[among[goes]] = True
            who.append(among[goes])
            when.append(np.full(int(goes.sum()), day))
    none = np.zeros(0, dtype=np.int64)
    person = np.concatenate([none, *who])
    return Step.of(person, np.concatenate([none, *when]))


def draw_leaving(
    seed: int,
    spec: WorldSpec,
    ids: NDArray[np.uint64],
    grown: NDArray[np.int64],
    age: NDArray[np.float64],
    sharing: NDArray[np.int64],
) -> tuple[Step, Step]:
    """Draws which grown children move out, of those given, and when.

    Args:
        seed: The run's seed.
        spec: The world's spec.
        ids: Stable ids, uint64, shape (people,).
        grown: Positions of children who live with their parents, int64.
        age: Ages in the middle of the window, in years, float64, shape (people,).
        sharing: Positions of the reference persons of those who share a home, int64.

    Returns:
        Those who would move to a home of their own, whether or not there is one, and those who join
        others, whose reference person is the other concerned.
    """
    yearly = by_age(age[grown], _OWN_HOME) * spec.life.leaving_home.value
    at, day = once(seed, spec, "moves to a home of one's own", ids[grown], yearly)
    person = grown[at]
    joins = randomness.happens(seed, "joins people who share a home", ids[person], _SHARES)
    joins &= len(sharing) > 0
    alone, joiner = person[~joins], person[joins]
    with_whom = randomness.whole(seed, "whom one joins", ids[joiner], max(len(sharing), 1))
    other = sharing[with_whom] if len(sharing) else joiner
    return Step.of(alone, day[~joins]), Step(joiner, day[joins], other)
