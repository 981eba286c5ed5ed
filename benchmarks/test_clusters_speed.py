"""Clusters at 1 million records and 1.5 million links: seconds by rule, and peak memory.

Records of 400,000 people in two or three links each, and one link in three between strangers.
Run `python benchmarks/test_clusters_speed.py` for peak memory of the process, in MB.
"""

from __future__ import annotations

import resource
import time
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl
import pytest

from linkage.cluster_rules import ClusterRules, Conflict
from linkage.clusters import clusters_of
from simulator import randomness
from simulator.settings import Share

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

RECORDS: Final = 1_000_000
LINKS: Final = 1_500_000
RULES: Final = {
    "none": ClusterRules(),
    "conflicts": ClusterRules(
        source="source",
        free_of_duplicates=("0",),
        conflicts=(Conflict(columns=("number",)), Conflict(columns=("sex", "born"))),
    ),
    "density": ClusterRules(least_density=Share(value=0.3)),
}


def task() -> tuple[pl.DataFrame, pl.DataFrame]:
    """Links and records, in memory."""
    each = np.arange(RECORDS)
    person = randomness.whole(1, "person", each, 400_000)
    order = np.argsort(person, kind="stable")
    ends = [
        np.stack([order[:-step], order[step:]])[:, person[order[:-step]] == person[order[step:]]]
        for step in (1, 2)
    ]
    own = np.concatenate(ends, axis=1)
    ids = np.arange(LINKS - own.shape[1])
    strangers = [randomness.whole(1, side, ids, RECORDS) for side in ("left", "right")]
    left, right = np.concatenate([own, np.stack(strangers)], axis=1)
    weight = 20 * randomness.uniform(1, "weight", np.arange(LINKS))
    records = {
        "number": person,
        "sex": randomness.whole(1, "sex", person, 2),
        "born": randomness.whole(1, "born", each, 20_000),
        "source": randomness.whole(1, "source", each, 4),
    }
    links = pl.DataFrame({"left": left, "right": right, "match_weight": weight})
    return links, pl.DataFrame(records).cast(pl.String)


@pytest.mark.parametrize("rules", list(RULES))
def test_a_million_records_are_clustered(benchmark: BenchmarkFixture, rules: str) -> None:
    links, records = task()
    found = benchmark.pedantic(
        clusters_of, args=(links, records, RULES[rules]), rounds=2, warmup_rounds=1
    )
    assert found.records.height == RECORDS
    assert found.links.height + found.refused.height <= LINKS


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


if __name__ == "__main__":
    given = task()
    print(f"task: {_peak():.0f} MB at the peak")
    for name, rules in RULES.items():
        for turn in ("first", "second"):
            began = time.perf_counter()
            clusters_of(*given, rules)
            print(f"{name}, {turn} run: {time.perf_counter() - began:.2f} s, {_peak():.0f} MB")
