"""Count: how many people of the hub are known to every one of several agencies?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from linkage.intervals import wilson
from scenarios.questions.estimate import Estimate, positions, require

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scenarios.questions.estimate import View, Window
    from scenarios.questions.specs import CountSpec


def answer(view: View, spec: CountSpec, _window: Window) -> list[Estimate]:
    """Answers the question from linked data or from a release.

    Returns:
        The number of people, with an interval for the share among people like these.

    Raises:
        CannotAnswer: If the view lacks the events of an agency.
    """
    require(view, spec.services, (), ())
    known = _known_to_all(view, spec.services)
    people, found = view.people.height, int(known.sum())
    low, high = wilson(found, people)
    return [
        Estimate(
            "estimate",
            found,
            "count",
            low * people,
            high * people,
            count=found,
            out_of=people,
            method=f"people with a contact with each of {', '.join(spec.services)}",
        )
    ]


def _known_to_all(view: View, services: tuple[str, ...]) -> NDArray[np.bool_]:
    known = np.ones(view.people.height, dtype=bool)
    for service in services:
        seen = np.zeros(view.people.height, dtype=bool)
        seen[positions(view, service)] = True
        known &= seen
    return known
