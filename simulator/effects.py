"""Effects: what a question must find, put into the world by us.

An effect is planted on the events of the outcome after they are drawn without it: a ratio below 1
removes each later event with probability 1 - ratio (thinning), a ratio above 1 adds events at the
rate times (ratio - 1). Either way the rate after the exposure is `ratio` times what it would have
been, and all other events stay as they were. An exposure of a home holds for those who live there
then, and as long as they do. Exposures are drawn before outcomes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
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


@dataclass(frozen=True)
class Exposed:
    """When people are exposed: one span for each place in which they can be.

    An exposure of a person lasts for good; one of a home lasts while the person lives in it.

    Attributes:
        spans: Minute of the exposure (NEVER if there is none), and minute at which it ends, each
            int64, shape (people,).
    """

    spans: tuple[tuple[NDArray[np.int64], NDArray[np.int64]], ...] = field(repr=False)

    def at(self, person: NDArray[np.int64], minute: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Says whether each person is exposed at a minute, each of shape (n,)."""
        found = np.zeros(len(person), dtype=np.bool_)
        for since, until in self.spans:
            found |= (minute > since[person]) & (minute < until[person])
        return found

    @property
    def ever(self) -> NDArray[np.bool_]:
        """Says who is exposed at some time, shape (people,)."""
        return np.asarray(np.logical_or.reduce([since < NEVER for since, _ in self.spans]))

    def of(self, concerned: NDArray[np.bool_]) -> Exposed:
        """Leaves some people out, bool (people,), as if they were never exposed."""
        return Exposed(tuple((np.where(concerned, s, NEVER), u) for s, u in self.spans))


def added_rate(
    effect: EffectSpec, mean: NDArray[np.float64], exposed: Exposed
) -> NDArray[np.float64]:
    """Returns the mean number of events that an effect adds per person over the whole window.

    Those that do not fall in it are then dropped, which leaves a Poisson count of those that do,
    and the service's own rhythm of days and hours.

    Args:
        effect: The effect; its ratio is at least 1.
        mean: Mean number of events of the kind that changes, over the window without the effect.
        exposed: When people are exposed.

    Returns:
        float64 array, shape (people,); 0 for those never exposed.
    """
    return np.where(exposed.ever, mean * (effect.ratio.value - 1.0), 0.0)


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
