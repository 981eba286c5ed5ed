"""Limits: what a world cannot be made of, said before any work is done."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from simulator.identifiers import VALID_IN_BLOCK
from simulator.population import NUMBERS_EACH
from simulator.regions import REGIONS

if TYPE_CHECKING:
    from simulator.specs import WorldSpec

FEWEST_PEOPLE = 2
# Measured at 1.5 million people: 1.05 GB without agencies (benchmarks/test_world_speed.py).
_BYTES_PER_PERSON = 700
_BYTES_PER_GB = 1e9


def memory_of_machine() -> int | None:
    """Returns the machine's memory in bytes; None where it does not say."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return None


def require_possible(spec: WorldSpec, memory: int | None = None) -> None:
    """Refuses a world that cannot be made.

    Args:
        spec: The world asked for.
        memory: Memory in bytes; the machine's, where none is given.

    Raises:
        ValueError: If there are too few people, more than numbers or memory, or no such region.
    """
    if spec.region not in REGIONS:
        raise ValueError(f"region must be one of {', '.join(REGIONS)}; given {spec.region!r}")
    if spec.people < FEWEST_PEOPLE:
        raise ValueError(
            f"people must be {FEWEST_PEOPLE} or more, since nobody can be told from nobody; "
            f"given {spec.people:,}"
        )
    most = VALID_IN_BLOCK // NUMBERS_EACH
    if spec.people > most:
        raise ValueError(
            f"people must be {most:,} or fewer: the unissued block has {VALID_IN_BLOCK:,} NHS "
            f"numbers, {NUMBERS_EACH} for each and those who come after; given {spec.people:,}"
        )
    there = memory_of_machine() if memory is None else memory
    needed = spec.people * _BYTES_PER_PERSON
    if there is not None and needed > there:
        most = there // _BYTES_PER_PERSON
        raise ValueError(
            f"{spec.people:,} people need about {needed / _BYTES_PER_GB:.1f} GB, and this machine "
            f"has {there / _BYTES_PER_GB:.1f} GB; try {most:,} or fewer"
        )
