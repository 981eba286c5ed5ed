"""Speed of recording errors: every error of cells of the catalogue, at its default rate.

Cells examined are records x errors: each error looks at one cell of each record (two, where it
touches two fields; they count once), whether or not it hits it. At least 5 million a second on one
core are asked for from 100,000 records on, where what an error costs once no longer counts; run
with POLARS_MAX_THREADS=1 to hold polars to one.

Records: the environment's LINKASSAY_BENCH_PEOPLE, 10,000 where it is not set.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from simulator.corruption import corrupt
from simulator.damages import DAMAGES
from simulator.errors import ERROR_TYPES
from tests.hand_draft import hand_draft

if TYPE_CHECKING:
    from simulator.settings import Share

RECORDS = int(os.environ.get("LINKASSAY_BENCH_PEOPLE", "10000"))
LEAST = 5_000_000  # cells a second
TIMED_FROM = 100_000  # records
RATES: dict[str, Share] = {error: ERROR_TYPES[error].rate for error in DAMAGES}


@pytest.mark.benchmark(group=f"errors, {RECORDS:,} records x {len(RATES)} errors")
def test_errors(benchmark: Any) -> None:  # noqa: ANN401 - the fixture has no public type
    draft = hand_draft(RECORDS)
    _, log = benchmark.pedantic(
        corrupt, args=(draft, RATES), rounds=5 if RECORDS < 500_000 else 2, warmup_rounds=1
    )
    cells = RECORDS * len(RATES)
    benchmark.extra_info["cells_a_second"] = round(cells / benchmark.stats.stats.min)
    benchmark.extra_info["cells_hit"] = log.frame.height
    assert log.frame.height > 0
    if RECORDS >= TIMED_FROM:
        assert cells / benchmark.stats.stats.min > LEAST
