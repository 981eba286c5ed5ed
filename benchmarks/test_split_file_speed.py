"""The split file timed: two registers of everybody, one resolved against the other, all roles.

The agency splits its records, the third party resolves them by MACRAL, the databank joins the parts
and enciphers linking fields, and for the register once more for a project. Bar at 1.5 million
records: under 60 seconds on two cores, under 3 GB. Run `python benchmarks/test_split_file_speed.py`
for seconds by role and the peak memory of the process.

People: the environment's LINKASSAY_BENCH_PEOPLE, 10,000 where it is not set.
"""

from __future__ import annotations

import os
import resource
import time
from typing import TYPE_CHECKING, Final

import pytest

from linkage.join import join_tokens
from linkage.keys import KeyRing, simulated_master
from linkage.pseudonyms.split_file import load, resolve
from linkage.split_file_plan import SplitFile
from scenarios.plan_files import load_plan
from simulator.agencies import with_catalogue_defaults
from simulator.extracts import extract
from simulator.specs import AgencySpec
from simulator.world import make_world
from tests.kent_like import world_spec

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

    from linkage.linked import Links
    from simulator.schema import Dataset

PEOPLE: Final = int(os.environ.get("LINKASSAY_BENCH_PEOPLE", "10000"))
RING: Final = KeyRing.from_bytes(simulated_master(2017, "benchmarks"))
PLAN: Final = SplitFile(
    third_party="third party",
    databank="databank",
    plan=load_plan("macral"),
    home_plan=load_plan("ralf"),
)
MOST_SECONDS: Final = 60.0
_TIMED_FROM: Final = 100_000
# The second register lacks a number now and then, as a social services' file does.
_AGENCIES: Final = {
    "register": {"like": "gp_register"},
    "agency": {"like": "gp_register", "errors": {"nhs_number_missing": 0.048}},
}


def files() -> tuple[Dataset, Dataset]:
    """The register, and an agency's file of as many records."""
    agencies = {
        name: AgencySpec.model_validate(with_catalogue_defaults(name, given))
        for name, given in _AGENCIES.items()
    }
    world = make_world(world_spec(PEOPLE), agencies, {}, seed=1)
    register, agency = (extract(world, name, spec)[0] for name, spec in agencies.items())
    return register, agency


def through_all_roles(register: Dataset, agency: Dataset) -> Links:
    """Takes both files through the roles, and links them on what comes out."""
    hub = load(register, resolve(register, None, PLAN, RING), PLAN, RING, ("project",))[0]
    other = load(agency, resolve(agency, register, PLAN, RING), PLAN, RING, None)[0]
    return join_tokens(hub, other, "alf", "split file")


@pytest.mark.benchmark(group=f"split file, {PEOPLE:,} people")
def test_two_registers_go_through_all_roles(benchmark: BenchmarkFixture) -> None:
    register, agency = files()
    links = benchmark.pedantic(
        through_all_roles, args=(register, agency), rounds=2, warmup_rounds=1
    )
    assert links.frame.height > 0.95 * agency.frame.height
    if PEOPLE >= _TIMED_FROM:
        assert benchmark.stats.stats.median < MOST_SECONDS * PEOPLE / 1_500_000


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9


if __name__ == "__main__":
    ours, theirs = files()
    print(f"{ours.frame.height:,} and {theirs.frame.height:,} records; {_peak():.2f} GB so far")
    for turn in ("first", "second", "third"):
        began = time.perf_counter()
        found = through_all_roles(ours, theirs)
        print(f"{turn}: {time.perf_counter() - began:.1f} s, {_peak():.2f} GB, "
              f"{found.frame.height:,} links")  # fmt: skip
