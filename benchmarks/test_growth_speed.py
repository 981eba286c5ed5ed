"""Growth: a stage costs no more a person in a large world than in one of a quarter of its size.

Stages are the world, what agencies write down of it (errors included), addresses, and errors alone.
Costs are of a processor, the least of three runs. A stage may cost a third more a person: sorting
and joining grow by a tenth from a quarter (ln 1.5 million over ln 375,000 is 1.11), and larger
columns fall out of the processor's caches. A stage that grew as people squared would cost four
times as much a person.

People: the environment's LINKASSAY_BENCH_PEOPLE, 100,000 where it is not set or less.
"""

from __future__ import annotations

import os
from time import process_time
from typing import TYPE_CHECKING

import pytest

from simulator.addresses import first_lines
from simulator.agencies import CATALOGUE
from simulator.corruption import corrupt
from simulator.damages import DAMAGES
from simulator.errors import ERROR_TYPES
from simulator.extracts import extract
from simulator.world import make_world
from tests.hand_draft import hand_draft
from tests.kent_like import world_spec

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pytest_benchmark.fixture import BenchmarkFixture

LARGE = max(int(os.environ.get("LINKASSAY_BENCH_PEOPLE", "0")), 100_000)
SMALL = LARGE // 4
ROUNDS = 3
MOST = 4 / 3  # cost a person in the large world over that in the small one
WRITERS = {
    name: CATALOGUE[name]
    for name in ("gp_register", "a_and_e", "admissions", "schools", "council_tax",
                 "police_incidents")
}  # fmt: skip


def _world(people: int) -> Callable[[], object]:
    return lambda: make_world(world_spec(people), {}, {}, 1)


def _agencies(people: int) -> Callable[[], object]:
    world = make_world(world_spec(people), WRITERS, {}, 1)
    return lambda: [extract(world, name, agency)[0].frame for name, agency in WRITERS.items()]


def _addresses(people: int) -> Callable[[], object]:
    homes = make_world(world_spec(people), {}, {}, 1).homes
    return lambda: first_lines(1, homes)


def _errors(people: int) -> Callable[[], object]:
    draft = hand_draft(people)
    rates = {error: ERROR_TYPES[error].rate for error in DAMAGES}
    return lambda: corrupt(draft, rates)


STAGES: Mapping[str, Callable[[int], Callable[[], object]]] = {
    "world": _world,
    "agencies": _agencies,
    "addresses": _addresses,
    "errors": _errors,
}


def _cost(stage: Callable[[], object]) -> float:
    """Seconds of a processor, the least of some rounds."""
    spent = []
    for _ in range(ROUNDS):
        before = process_time()
        stage()
        spent.append(process_time() - before)
    return min(spent)


@pytest.mark.parametrize("name", STAGES)
@pytest.mark.benchmark(group=f"growth, {SMALL:,} to {LARGE:,} people")
def test_cost_grows_no_faster_than_people(benchmark: BenchmarkFixture, name: str) -> None:
    small, large = STAGES[name](SMALL), STAGES[name](LARGE)
    small()  # pools of names are read once
    benchmark.pedantic(large, rounds=1)
    ratio = (_cost(large) / LARGE) / (_cost(small) / SMALL)
    benchmark.extra_info["cost a person, large over small"] = round(ratio, 3)
    assert ratio < MOST
