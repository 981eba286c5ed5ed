"""How long an invented population takes: people, homes, names, NHS numbers as text, moves.

Sizes: 10,000; with LINKASSAY_BENCH_PEOPLE=1500000 also 100,000 and 1.5 million. At 1.5 million it
must take less than 10 seconds of a processor and 2.5 GB (wall-clock time is shorter on two idle
cores, and longer on busy ones).
"""

from __future__ import annotations

import os
import resource
import sys
from datetime import date
from time import process_time
from typing import TYPE_CHECKING

import polars as pl
import pytest

from simulator.specs import WorldSpec
from simulator.world import make_world

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

MOST = int(os.environ.get("LINKASSAY_BENCH_PEOPLE", "10000"))
FULL, SECONDS, GIGABYTES = 1_500_000, 10.0, 2.5


def population(people: int) -> pl.DataFrame:
    """A Kent-like population with two years of dated moves, NHS numbers as text."""
    spec = WorldSpec.model_validate(
        {
            "people": people,
            "real_population": FULL,
            "start": date(2016, 4, 1),
            "days": 730,
            "move_rate": 0.11,
        }
    )
    return make_world(spec, {}, {}, 1).people.with_columns(pl.col("nhs_number").cast(pl.String))


def most_memory() -> float:
    """The most memory that this process held so far, in GB."""
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return held / (1e9 if sys.platform == "darwin" else 1e6)


@pytest.mark.parametrize("people", [n for n in (10_000, 100_000, FULL) if n <= max(MOST, 10_000)])
def test_making_a_population(benchmark: BenchmarkFixture, people: int) -> None:
    population(2_000)  # pools of names are read once
    before = process_time()
    made = benchmark.pedantic(population, (people,), rounds=1 if people == FULL else 3)
    worked = process_time() - before
    benchmark.extra_info["most memory, GB"] = most_memory()
    assert made.height >= people  # who arrives or is born comes on top
    assert made["nhs_number"].str.len_bytes().eq(10).all()
    if people == FULL:
        assert worked < SECONDS
        assert most_memory() < GIGABYTES
