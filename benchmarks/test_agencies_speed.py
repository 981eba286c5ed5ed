"""Speed of agencies: events of every service, and what every agency of the catalogue writes down.

All agencies that need no violence, for 100,000 people, are to take less than 10 seconds on one
core; run with POLARS_MAX_THREADS=1 to hold polars to one.

People: the environment's LINKASSAY_BENCH_PEOPLE, 10,000 where it is not set.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from simulator.extracts import extract
from simulator.world import make_world
from tests.kent_like import world_spec
from tests.town_of_agencies import PEACEFUL

if TYPE_CHECKING:
    from simulator.specs import WorldSpec

PEOPLE = int(os.environ.get("LINKASSAY_BENCH_PEOPLE", "10000"))
MOST = 1e-4  # seconds a person


def _written(spec: WorldSpec) -> int:
    """Makes a world, lets every agency write its records, and returns how many there are."""
    world = make_world(spec, PEACEFUL, {}, seed=1)
    return sum(extract(world, name, agency)[0].frame.height for name, agency in PEACEFUL.items())


@pytest.mark.benchmark(group=f"agencies, {PEOPLE:,} people x {len(PEACEFUL)} agencies")
def test_agencies(benchmark: Any) -> None:  # noqa: ANN401 - the fixture has no public type
    records = benchmark.pedantic(_written, args=(world_spec(PEOPLE),), rounds=2, warmup_rounds=1)
    benchmark.extra_info["records"] = records
    # Small worlds cost more a person than large ones.
    assert benchmark.stats.stats.min < max(PEOPLE * MOST, 3.0)
