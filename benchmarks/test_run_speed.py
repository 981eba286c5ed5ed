"""How long the world and a whole run take; sizes by LINKASSAY_BENCH_PEOPLE (default 2,000).

Larger: `LINKASSAY_BENCH_PEOPLE=1500000 pytest benchmarks/test_run_speed.py`. A whole run sweeps
90,909,091 numbers once a key at every size; LINKASSAY_BENCH_SWEEP=1 puts that in.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from scenarios.loading import load, with_setting
from scenarios.runner import run
from simulator.world import simulate

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

PEOPLE = int(os.environ.get("LINKASSAY_BENCH_PEOPLE", "2000"))
SWEEPS = os.environ.get("LINKASSAY_BENCH_SWEEP") == "1"


def test_simulating_kent(benchmark: BenchmarkFixture) -> None:
    kent = with_setting(load("kent"), "world.people", PEOPLE)
    world, datasets, _ = benchmark.pedantic(
        simulate, (kent.world, kent.agency, kent.effect, 1), rounds=3
    )
    assert world.on_first_day.height == PEOPLE
    assert len(datasets) == len(kent.agency)


def test_running_kent_as_proposed(benchmark: BenchmarkFixture) -> None:
    kent = load("kent")
    if not SWEEPS:
        dated = {n: a for n, a in kent.attack.items() if a.adversary == "dated_events"}
        kent = kent.model_copy(update={"attack": dated, "leak": {}})
    result = benchmark.pedantic(
        run, (kent,), {"people": PEOPLE, "options": []}, rounds=1, iterations=1
    )
    assert result.people == PEOPLE
