"""Patterns of a pair: the levels of each comparison of a row with an event, in mixed base.

The levels, read as tables. Edges are our choice, made before anything was run.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

HOURS = 168
"""Hours of a week."""

GAP_EDGES = (0, 15, 60, 180, 360, 1_440)
"""Minutes between two periods: levels 0 (they overlap) to 5; further apart: no candidate."""

GAPS = len(GAP_EDGES)
TIMES = 3 * GAPS
"""Levels of time: those of GAP_EDGES for rows with a time; for rows given as midnight, which may
mean that it is unknown, again for events of that day, and again for events before it."""

ARRIVAL_EDGES = (-30, 30, 60, 120, 240, 720, 1_440)
"""Minutes from the middle of the event to arrival: levels 1 to 8; 0 where arrival is not given."""

LAGS = len(ARRIVAL_EDGES) + 2

METRE_EDGES = (50, 200, 500)
"""Metres between the event and a spot, street or map point that is not its own."""

EVENT_UNPLACED = 15
PLACES = 16
"""Levels of place: 0 the row's is unknown; 1 to 6 the row gives a spot: the event's own, up to each
of METRE_EDGES, its ward, elsewhere; 7 to 12 likewise a street or map point; 13 and 14 the row gives
a ward: the event's own, or not; 15 the event's place is unknown."""

MEANS = 4
"""Levels of the means: 0 either is missing, 1 the same, 2 the same group, 3 otherwise."""

KINDS = 4
"""Levels of the kind of place: 0 either is missing, 1 the same, 2 both homes or neither, 3 else."""

CONTACT_KINDS: Mapping[str, int] = MappingProxyType(
    {"call": 2, "stop": 3, "custody": 4, "suspect": 5}
)
CONTACTS = 7
"""Levels of what police recorded: 0 a crime with injury, 1 one without, 2 to 5 CONTACT_KINDS, 6
nothing, as where the event is known from elsewhere."""

SIZES: Mapping[str, int] = MappingProxyType(
    {
        "time": TIMES,
        "arrival": LAGS,
        "place": PLACES,
        "means": MEANS,
        "kind": KINDS,
        "contact": CONTACTS,
    }
)
"""How many levels each comparison has, in the order of the mixed base."""


def levels_of(patterns: NDArray[np.int32]) -> dict[str, NDArray[np.int32]]:
    """Gives the levels of every comparison of SIZES in each pattern."""
    return {name: levels(patterns, name) for name in SIZES}


def levels(patterns: NDArray[np.int32], comparison: str) -> NDArray[np.int32]:
    """Gives the level of one comparison in each pattern."""
    below = 1
    for name, size in reversed(tuple(SIZES.items())):
        if name == comparison:
            return patterns // below % size
        below *= size
    raise KeyError(comparison)
