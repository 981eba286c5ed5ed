"""Speed of linking: the token join beside a sort-merge join in numpy, and the ladder.

People: the environment's LINKASSAY_BENCH_PEOPLE, 10,000 where it is not set.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest

from linkage.cascade_plan import ladder
from linkage.join import join_tokens
from linkage.record_links import link_records
from simulator.identifiers import nhs_number
from simulator.randomness import order, uniform, whole, words
from simulator.schema import Dataset, TokenLabel

if TYPE_CHECKING:
    from numpy.typing import NDArray

PEOPLE = int(os.environ.get("LINKASSAY_BENCH_PEOPLE", "10000"))
LABEL = TokenLabel("hmac-sha256/64", "nhs_number", "nhs-number", "0a1b2c3d", "")
KEYS = (
    ("nhs_number", "date_of_birth"),
    ("nhs_number", "sex", "surname"),
    ("surname", "sex", "date_of_birth"),
)
MISSING = 0.02


def tokenised(name: str, people: NDArray[np.int64]) -> Dataset:
    """A record a person, in a random order, 2 % without a token."""
    who = people[order(1, f"order of {name}", people)]
    ids = words(1, f"records of {name}", np.arange(len(who)))
    held = pl.Series(words(1, "tokens", who)).set(
        pl.Series(uniform(1, f"missing in {name}", ids) < MISSING), None
    )
    frame = pl.DataFrame({"record_id": ids, "nhs_number": held})
    return Dataset(name, frame, {"nhs_number": LABEL})


def clear(name: str, people: NDArray[np.int64]) -> Dataset:
    """A record a person in the clear, 2 % without a number."""
    ids = words(1, f"clear records of {name}", people)
    surnames = np.array([f"Name-{i:05d}" for i in range(30_000)])
    sexes = np.array(["F", "M"])
    born = pl.Series(whole(1, "born", people, 36_500)).cast(pl.Int32).cast(pl.Date)
    missing = pl.Series(uniform(1, f"no number in {name}", ids) < MISSING)
    frame = pl.DataFrame(
        {
            "record_id": ids,
            "nhs_number": pl.Series(nhs_number(people)).cast(pl.String).set(missing, None),
            "surname": surnames[whole(1, "surname", people, len(surnames))],
            "sex": sexes[whole(1, "sex", people, 2)],
            "date_of_birth": born,
        }
    )
    return Dataset(name, frame)


def sort_merge_join(left: Dataset, right: Dataset) -> NDArray[np.uint64]:
    """The peer: numpy's sort and search, for a hub whose tokens do not repeat; pairs by rows."""
    hub, care = (s.frame.drop_nulls("nhs_number") for s in (left, right))
    place = np.argsort(hub["nhs_number"].to_numpy(), kind="stable")
    ours = hub["nhs_number"].to_numpy()[place]
    theirs = care["nhs_number"].to_numpy()
    at = np.minimum(np.searchsorted(ours, theirs), len(ours) - 1)
    is_equal = ours[at] == theirs
    left_ids = hub["record_id"].to_numpy()[place[at[is_equal]]]
    right_ids = care["record_id"].to_numpy()[is_equal]
    by_id = np.lexsort((right_ids, left_ids))
    return np.column_stack([left_ids[by_id], right_ids[by_id]])


@pytest.mark.benchmark(group=f"token join, {PEOPLE:,} x {PEOPLE:,}")
def test_token_join(benchmark: Any) -> None:  # noqa: ANN401 - the fixture has no public type
    people = np.arange(PEOPLE)
    hub, care = tokenised("hub", people), tokenised("care", people)
    found = benchmark(join_tokens, hub, care, "nhs_number", "step")
    assert np.array_equal(
        found.frame.select("left_id", "right_id").to_numpy(), sort_merge_join(hub, care)
    )


@pytest.mark.benchmark(group=f"token join, {PEOPLE:,} x {PEOPLE:,}")
def test_numpy_sort_merge_join(benchmark: Any) -> None:  # noqa: ANN401 - as above
    people = np.arange(PEOPLE)
    hub, care = tokenised("hub", people), tokenised("care", people)
    pairs = benchmark(sort_merge_join, hub, care)
    assert len(pairs) > 0.9 * PEOPLE


@pytest.mark.benchmark(group=f"ladder, {PEOPLE:,} x {PEOPLE * 4 // 5:,}")
def test_ladder(benchmark: Any) -> None:  # noqa: ANN401 - as above
    people = np.arange(PEOPLE)
    hub, care = clear("hub", people), clear("care", people[: PEOPLE * 4 // 5])
    given = (hub, care, ladder(KEYS), "step", 1)
    found = benchmark.pedantic(link_records, given, rounds=3, warmup_rounds=1)
    assert found.frame.height > 0.95 * care.frame.height
