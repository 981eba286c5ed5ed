"""Limits: worlds that cannot be made are refused first; the same seed makes the same bytes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest
from pydantic import ValidationError

from simulator.limits import memory_of_machine, require_possible
from simulator.world import make_world
from tests.kent_like import world_spec

ROOT = Path(__file__).parents[2]

BYTES = """
import hashlib, io
from tests.kent_like import world_spec
from simulator.world import make_world
world = make_world(world_spec(30_000), {}, {}, 5)
for frame in (world.people, world.homes):
    held = io.BytesIO()
    frame.write_ipc(held)
    print(hashlib.sha256(held.getvalue()).hexdigest())
"""


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"people": 0}, "people must be 2 or more"),
        ({"people": 1}, "people must be 2 or more"),
        ({"people": 11_363_637}, "11,363,636 or fewer"),
        ({"region": "moon"}, "region must be one of shire_county, inner_borough"),
    ],
)
def test_a_world_that_cannot_be_made_is_refused_at_once(
    changes: dict[str, Any], message: str
) -> None:
    spec = world_spec(1_000).model_copy(update=changes)
    start = perf_counter()
    with pytest.raises(ValueError, match=message):
        make_world(spec, {}, {}, 1)
    assert perf_counter() - start < 0.1


def test_more_people_than_memory_holds_are_refused_with_how_many_would_fit() -> None:
    spec = world_spec(4_000_000)
    with pytest.raises(
        ValueError, match=r"need about 2\.8 GB.*has 1\.0 GB; try 1,428,571 or fewer"
    ):
        require_possible(spec, memory=1_000_000_000)
    require_possible(spec, memory=8_000_000_000)
    assert memory_of_machine() is None or memory_of_machine() > 0  # type: ignore[operator]


@pytest.mark.parametrize("given", [0, 1, -5, 6_000_000])
def test_a_proposal_may_not_ask_for_so_few_or_so_many(given: int) -> None:
    with pytest.raises(ValidationError, match="people"):
        world_spec(given)


def test_a_proposal_may_not_name_an_unknown_region() -> None:
    with pytest.raises(ValidationError, match="inner_borough"):
        world_spec(1_000, region="moon")


def test_the_fewest_people_make_a_world() -> None:
    spec = world_spec(1_000).model_copy(update={"people": 2})
    assert make_world(spec, {}, {}, 1).people.height == 2


def test_the_same_seed_makes_the_same_bytes_at_one_thread_and_at_two() -> None:
    made = [
        subprocess.run(
            [sys.executable, "-c", BYTES],
            cwd=ROOT,
            env={**os.environ, "POLARS_MAX_THREADS": threads, "NUMBA_NUM_THREADS": threads},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for threads in ("1", "2")
    ]
    assert len(made[0].split()) == 2
    assert made[0] == made[1]
