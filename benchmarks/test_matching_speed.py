"""Speed of matching two files by the shipped tight plan: the whole, its stages, and judging it.

People: the environment's LINKASSAY_BENCH_PEOPLE, 10,000 where it is not set. Compilation is not
counted. Peers on the same kind of files are in benchmarks/peers.py.
"""

from __future__ import annotations

import os
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

from linkage.blocking import blocks_of
from linkage.compare import compared, dictionaries_of
from linkage.known import Known
from linkage.match_quality import match_quality
from linkage.matcher import match
from linkage.scoring import least_bits, score
from linkage.weights import learn_u
from scenarios.plan_files import load_plan

sys.path.insert(0, str(Path(__file__).parent))
from linkage_task import task

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

PEOPLE = int(os.environ.get("LINKASSAY_BENCH_PEOPLE", "10000"))
PLAN = load_plan("people-tight")
pytestmark = pytest.mark.benchmark(group=f"matching, {PEOPLE:,} people")


@cache
def files(people: int = PEOPLE) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """The task's files, with the plan's name for the date of birth, and the truth."""
    left, right, truth = task(people, 1)
    return *(each.rename({"dob": "date_of_birth"}) for each in (left, right)), truth


def test_matching(benchmark: BenchmarkFixture) -> None:
    left, right, truth = files()
    match(*files(2_000)[:2], PLAN)  # compiled
    found = benchmark.pedantic(match, (left, right, PLAN), rounds=3).pairs
    links = found.filter(found["decision"] == "link")
    right_ones = links.join(truth, left_on=["left", "right"], right_on=["left_id", "right_id"])
    assert right_ones.height > 0.98 * links.height
    assert right_ones.height > 0.95 * truth.height


def test_encoding(benchmark: BenchmarkFixture) -> None:
    left, right, _ = files()
    made = benchmark.pedantic(dictionaries_of, (left, right, PLAN), rounds=3)
    assert set(made) == {"first_name", "surname", "date_of_birth", "sex", "postcode"}


def test_blocking(benchmark: BenchmarkFixture) -> None:
    left, right, _ = files()
    dictionaries = dictionaries_of(left, right, PLAN)
    blocks_of(PLAN.blocking, dictionaries, PLAN.largest_block, itself=False)  # compiled
    made = benchmark.pedantic(
        blocks_of, (PLAN.blocking, dictionaries, PLAN.largest_block), {"itself": False}, rounds=3
    )
    assert sum(block.pairs for block in made) > 0.5 * left.height


def test_comparing(benchmark: BenchmarkFixture) -> None:
    left, right, _ = files()
    dictionaries = dictionaries_of(left, right, PLAN)
    comparisons = compared(PLAN, dictionaries)
    blocks = blocks_of(PLAN.blocking, dictionaries, PLAN.largest_block, itself=False)
    u = learn_u(comparisons, (left.height, right.height), 10_000, 1, itself=False)

    def pairs_compared() -> int:
        scored = score(
            comparisons, blocks, u, 1e-6, lambda _: None, itself=False, least=least_bits(PLAN)
        )
        return int(scored.new_pairs.sum())

    pairs_compared()  # compiled
    pairs = benchmark.pedantic(pairs_compared, rounds=3)
    benchmark.extra_info["pairs"] = pairs
    assert pairs > 0.5 * left.height


def test_random_pairs(benchmark: BenchmarkFixture) -> None:
    left, right, _ = files()
    comparisons = compared(PLAN, dictionaries_of(left, right, PLAN))
    sizes, pairs = (left.height, right.height), min(PLAN.random_pairs, 20 * PEOPLE)
    found = benchmark.pedantic(learn_u, (comparisons, sizes, pairs, 1), {"itself": False}, rounds=3)
    assert all(np.isclose(u[1:].sum(), 1.0) for u in found)


def test_judging(benchmark: BenchmarkFixture) -> None:
    left, right, truth = files()
    weighed = match(left, right, PLAN).weighed
    sides = (truth[name].cast(pl.Int32).to_numpy() for name in ("left_id", "right_id"))
    known = Known(*sides)
    found = benchmark.pedantic(match_quality, (weighed, known), rounds=3).truth
    assert found.after.recall.out_of == truth.height
    assert found.after.recall.value > 0.95
