"""Growth of matching: a pair costs no more among twenty million than among a hundred thousand.

Two files of 100,000 records; a column of random numbers makes as many pairs as are asked for. What
is timed is the making, comparing and counting of pairs, in seconds of a processor, the least of
some rounds.
"""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl
import pytest

from linkage.blocking import blocks_of
from linkage.compare import compared, dictionaries_of
from linkage.scoring import least_bits, score
from linkage.weights import learn_u
from scenarios.plan_files import load_plan
from simulator.randomness import whole

sys.path.insert(0, str(Path(__file__).parent))
from linkage_task import task

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_benchmark.fixture import BenchmarkFixture

RECORDS: Final = 100_000
FEW: Final = 100_000
PAIRS: Final = (1_000_000, 3_000_000, 20_000_000)
ROUNDS: Final = 2
MOST: Final = 4 / 3  # cost of a pair among many over that among few; columns fall out of caches


@cache
def _files() -> tuple[pl.DataFrame, pl.DataFrame]:
    left, right, _ = task(RECORDS * 5 // 4, 1)
    return left.rename({"dob": "date_of_birth"}), right.rename({"dob": "date_of_birth"})


def _scoring(pairs: int) -> Callable[[], int]:
    """Scores the pairs of one rule, about as many as are asked for; returns how many there were."""
    rows, blocks = np.arange(RECORDS), RECORDS**2 // pairs
    left, right = (
        frame.with_columns(number=pl.Series(whole(1, f"number {side}", rows, blocks)).cast(str))
        for side, frame in zip(("left", "right"), _files(), strict=True)
    )
    plan = load_plan("people-tight").model_copy(update={"blocking": (("number",),)})
    dictionaries = dictionaries_of(left, right, plan)
    comparisons = compared(plan, dictionaries)
    u = learn_u(comparisons, (RECORDS, RECORDS), 100_000, 1, itself=False)

    def run() -> int:
        found = blocks_of(plan.blocking, dictionaries, plan.largest_block, itself=False)
        scored = score(
            comparisons, found, u, 1e-6, lambda _: None, itself=False, least=least_bits(plan)
        )
        return int(scored.new_pairs.sum())

    return run


def _cost(run: Callable[[], int]) -> float:
    """Seconds of a processor a pair, the least of some rounds."""
    spent = []
    for _ in range(ROUNDS):
        before = process_time()
        pairs = run()
        spent.append((process_time() - before) / pairs)
    return min(spent)


@pytest.mark.parametrize("pairs", PAIRS)
@pytest.mark.benchmark(group="growth of matching")
def test_a_pair_costs_no_more_among_many(benchmark: BenchmarkFixture, pairs: int) -> None:
    few, many = _scoring(FEW), _scoring(pairs)
    few()  # compiled
    made = benchmark.pedantic(many, rounds=1)
    assert made == pytest.approx(pairs, rel=0.05)
    ratio = _cost(many) / _cost(few)
    benchmark.extra_info["pairs"] = made
    benchmark.extra_info["cost a pair, many over few"] = round(ratio, 3)
    assert ratio < MOST
