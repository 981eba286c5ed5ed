"""Extracts: who is in which dataset, under ids that say nothing, and old addresses of movers."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from simulator.agencies import CATALOGUE
from simulator.extracts import extract
from simulator.proneness import stale_chance
from simulator.schema import FIELDS, Dataset
from simulator.specs import AgencySpec
from simulator.world import simulate
from tests.kent_like import AGENCIES, kent, recorded, world_spec
from tests.statistical import assert_count, assert_share, assert_uncorrelated

PEOPLE = 20_000
ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("agency", list(AGENCIES))
def test_a_dataset_has_the_agencys_fields_in_the_types_of_the_vocabulary(agency: str) -> None:
    _, datasets, _ = recorded(PEOPLE)
    frame = datasets[agency].frame
    assert frame.columns == ["record_id", *CATALOGUE[agency].fields]
    assert all(frame.schema[name] == FIELDS[name].dtype for name in frame.columns)
    assert datasets[agency].provenance == "invented"


def test_record_ids_are_fresh_in_each_dataset_and_in_order() -> None:
    world, datasets, truth = recorded(PEOPLE)
    ids = [dataset.frame["record_id"] for dataset in datasets.values()]
    every = pl.concat([*ids, world.people["person_id"], world.homes["home_id"]])
    events = pl.concat([frame["event_id"] for frame in world.events.values()])
    assert pl.concat([every, events]).is_unique().all()
    for name, dataset in datasets.items():
        assert dataset.frame["record_id"].is_sorted()
        assert truth.owners(name)["record_id"].equals(dataset.frame["record_id"])
        assert truth.records[name].errors["record_id"].is_sorted()


@pytest.mark.parametrize("agency", ["gp_register", "a_and_e"])
def test_the_order_of_records_says_nothing_about_people_or_time(agency: str) -> None:
    world, datasets, truth = recorded(PEOPLE)
    rows = world.people.select("person_id").with_row_index("row")
    owner = truth.owners(agency).join(rows, on="person_id", how="left", maintain_order="left")
    order = np.arange(owner.height)
    assert_uncorrelated(order, owner["row"].to_numpy())
    assert_uncorrelated(order[1:], np.abs(np.diff(owner["row"].to_numpy())))
    if agency == "a_and_e":
        assert_uncorrelated(order, datasets[agency].frame["event_time"].to_physical().to_numpy())


def test_record_ids_of_one_person_in_two_registers_are_unrelated() -> None:
    world = kent(PEOPLE)
    found = []
    for name in ("one", "two"):
        _, truth = extract(world, name, CATALOGUE["gp_register"])
        found.append(truth.owners.select("person_id", name="record_id").rename({"name": name}))
    both = found[0].join(found[1], on="person_id")
    assert_uncorrelated(both["one"].to_numpy(), both["two"].to_numpy())


def test_an_agency_passes_on_its_stated_share_of_records() -> None:
    world, datasets, _ = recorded(60_000)
    lacking = world.people.height - datasets["gp_register"].frame.height
    assert_share(lacking, world.people.height, 0.015, fault=0.2)
    assert datasets["a_and_e"].frame.height == world.events["a_and_e"].height


def test_owners_are_the_events_people_homes_and_days() -> None:
    world, datasets, truth = recorded(PEOPLE)
    owners, frame = truth.owners("a_and_e"), datasets["a_and_e"].frame
    events = world.events["a_and_e"]
    told = pl.concat([owners, frame.select("event_time", "cost_pence")], how="horizontal")
    keys = ("person_id", "home_id", "event_time", "cost_pence")
    assert told.select(keys).sort(keys).equals(events.select(keys).sort(keys))
    assert (told["date"] == told["event_time"].dt.date()).all()
    visits = truth.owners("fire_visits")
    assert visits["person_id"].null_count() == visits.height == world.events["fire_visits"].height
    assert owners["person_id"].null_count() == 0


def test_a_register_is_about_the_last_day_of_the_window() -> None:
    world, _, truth = recorded(PEOPLE)
    owners = truth.owners("gp_register")
    assert set(owners["date"]) == {world.spec.end - timedelta(days=1)}
    homes = owners.join(world.people, on="person_id")
    assert (homes["home_id"] == homes["home_last"]).all()


def stale_register(rate: float) -> AgencySpec:
    """A register with old addresses as its only error."""
    return AgencySpec.model_validate(
        {
            "title": "Register",
            "service": "gp_register",
            "fields": ["postcode", "uprn", "lsoa"],
            "errors": {"address_stale": rate},
        }
    )


def test_the_chance_of_an_old_address_halves_in_half_a_year_and_is_0_before_the_move() -> None:
    days = np.array([-1.0, 0.0, 182.0, 364.0])
    assert stale_chance(0.8, days).tolist() == [0.0, 0.8, 0.4, 0.2]


def test_addresses_are_old_only_for_those_who_moved_and_less_so_the_longer_ago() -> None:
    world = kent(60_000)
    dataset, truth = extract(world, "register", stale_register(0.8))
    owners = truth.owners.join(world.people, on="person_id", how="left", maintain_order="left")
    homes = world.homes.select(
        "home_id", last_uprn=pl.col("uprn").cast(pl.String), last_postcode="postcode"
    )
    now = owners.join(homes, on="home_id", how="left", maintain_order="left")
    old = (dataset.frame["uprn"] != now["last_uprn"]).to_numpy()
    assert set(dataset.frame["record_id"].filter(pl.Series(old))) == set(truth.errors["record_id"])
    moved = now["moved_on"].is_not_null().to_numpy()
    assert not old[~moved].any()
    since = (now["date"] - now["moved_on"]).dt.total_days().to_numpy()
    for low, high in ((0, 60), (60, 182), (182, 400), (400, 730)):
        among = moved & (since >= low) & (since < high)
        chance = 0.8 * 0.5 ** (since[among] / 182)
        assert_count(int(old[among].sum()), chance, fault=0.3)


def test_an_old_address_is_the_one_before_the_move_in_all_its_parts() -> None:
    world = kent(60_000)
    dataset, truth = extract(world, "register", stale_register(0.8))
    first = world.people.select("person_id", home_id="home_first").join(
        world.homes.select("home_id", "postcode", "uprn", "lsoa"), on="home_id"
    )
    old = (
        dataset.frame.join(truth.errors, on="record_id")
        .join(truth.owners.select("record_id", "person_id"), on="record_id")
        .join(first, on="person_id", suffix="_first")
    )
    assert old.height > 2_000
    assert (old["postcode"] == old["postcode_first"]).all()
    assert (old["uprn"] == old["uprn_first"].cast(pl.String)).all()
    assert (old["lsoa"] == old["lsoa_first"]).all()


def digest(datasets: dict[str, Dataset]) -> str:
    """One hash over every byte of every dataset."""
    total = hashlib.sha256()
    for name in sorted(datasets):
        total.update(name.encode())
        total.update(datasets[name].frame.write_csv().encode())
    return total.hexdigest()


def test_two_runs_write_the_same_bytes_and_another_seed_does_not() -> None:
    spec = world_spec(2_000)
    runs = [digest(simulate(spec, AGENCIES, {}, seed)[1]) for seed in (7, 7, 8)]
    assert runs[0] == runs[1]
    assert runs[0] != runs[2]


def test_one_thread_writes_the_same_bytes_as_several() -> None:
    code = (
        "from tests.spec.test_extracts import *\n"
        "print(digest(simulate(world_spec(2_000), AGENCIES, {}, 7)[1]))"
    )
    environment = os.environ | {"POLARS_MAX_THREADS": "1", "PYTHONPATH": str(ROOT)}
    alone = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        check=True,
        cwd=ROOT,
        env=environment,
        text=True,
    )
    assert alone.stdout.strip() == digest(simulate(world_spec(2_000), AGENCIES, {}, 7)[1])
