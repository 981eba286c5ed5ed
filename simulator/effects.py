"""Effects: what a question must find, put into the world by us.

An effect is planted on the events of the outcome after they are drawn without it: a ratio below 1
removes each later event with probability 1 - ratio (thinning), a ratio above 1 adds events at the
rate times (ratio - 1). Either way the rate after the exposure is `ratio` times what it would have
been, and all other events stay as they were. Exposures are drawn before outcomes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from simulator import randomness
from simulator.events import contacts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from simulator.specs import EffectSpec


NEVER: Final = contacts.NEVER
"""The minute of an exposure that never happens."""


class EffectCycle(ValueError):  # noqa: N818 - named for what it says
    """Effects depend on each other in a ring, so no order of drawing exists."""


def drawing_order(agencies: tuple[str, ...], effects: Mapping[str, EffectSpec]) -> tuple[str, ...]:
    """Orders agencies so that every exposure is drawn before its outcome.

    Args:
        agencies: Names of the agencies, in the order of the proposal.
        effects: The effects.

    Returns:
        The same names; agencies that do not depend on each other keep their order.

    Raises:
        EffectCycle: If exposures and outcomes form a ring.
    """
    waits_for = {
        name: {e.exposure for e in effects.values() if e.outcome == name} for name in agencies
    }
    ordered: list[str] = []
    while len(ordered) < len(agencies):
        ready = [n for n in agencies if n not in ordered and waits_for[n] <= set(ordered)]
        if not ready:
            ring = sorted(set(agencies) - set(ordered))
            raise EffectCycle(f"effects form a ring between {', '.join(ring)}")
        ordered.append(ready[0])
    return tuple(ordered)


def survivors(
    seed: int,
    name: str,
    effect: EffectSpec,
    event_ids: NDArray[np.uint64],
    concerned: NDArray[np.bool_],
) -> NDArray[np.bool_]:
    """Says which events stay under an effect that makes them rarer.

    Args:
        seed: The run's seed.
        name: Name of the effect.
        effect: The effect; its ratio is at most 1.
        event_ids: Stable ids of all events of the outcome, shape (events,).
        concerned: Which of them follow an exposure and are of the kind that changes.

    Returns:
        Boolean array, shape (events,).
    """
    stays = randomness.happens(seed, f"effect {name} spares", event_ids, effect.ratio.value)
    return ~concerned | stays


def added_rate(
    effect: EffectSpec, mean: NDArray[np.float64], exposed: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Returns the mean number of events that an effect adds per person over the whole window.

    Those that fall before the exposure are then dropped, which leaves a Poisson count of those
    after it and the service's own rhythm of days and hours.

    Args:
        effect: The effect; its ratio is at least 1.
        mean: Mean number of events of the kind that changes, over the window without the effect.
        exposed: Minute of each person's first exposure (see `first_exposure`).

    Returns:
        float64 array, shape (people,); 0 for those never exposed.
    """
    return np.where(exposed < NEVER, mean * (effect.ratio.value - 1.0), 0.0)


def first_exposure(
    people: int, person: NDArray[np.int64], minute: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Returns each person's first exposure.

    Args:
        people: How many people.
        person: Position of the person of each exposure, shape (exposures,).
        minute: Minute of the window of each exposure, same shape.

    Returns:
        int64 array, shape (people,): the minute, or NEVER.
    """
    first = np.full(people, NEVER)
    np.minimum.at(first, person, minute)
    return first
