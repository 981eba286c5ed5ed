"""Nobody real: no number, postcode or property of the world could be somebody's."""

from __future__ import annotations

import re

import numpy as np
import polars as pl
import pytest

from simulator.identifiers import is_valid_nhs_number
from tests.kent_like import AGENCIES, recorded

PEOPLE = 20_000
# Areas that begin with Q or V are not used by Royal Mail (X is: XX takes returns to shops).
POSTCODE = re.compile(r"[QV][A-Z][1-9][0-9]? [0-9][A-Z]{2}")
FIRST_UPRN = 990_000_000_000


def test_every_nhs_number_of_the_world_is_from_the_block_that_is_not_issued() -> None:
    world, _, _ = recorded(PEOPLE)
    frames = {"people": world.people, "homes": world.homes, "places": world.places, **world.events}
    holding = {name for name, frame in frames.items() if "nhs_number" in frame.columns}
    assert holding == {"people"}
    numbers = world.people["nhs_number"].to_numpy()
    assert is_valid_nhs_number(numbers).all()
    assert np.all(numbers // 10_000_000 >= 900)
    assert np.all(numbers // 10_000_000 <= 999)


@pytest.mark.parametrize("agency", [a for a in AGENCIES if a != "fire_visits"])
def test_a_recorded_number_outside_the_block_is_no_number_at_all(agency: str) -> None:
    _, datasets, _ = recorded(PEOPLE)
    written = datasets[agency].frame["nhs_number"].drop_nulls()
    numbers = written.cast(pl.Int64).to_numpy()
    outside = (numbers < 9_000_000_000) | (numbers > 9_999_999_999)
    assert not is_valid_nhs_number(numbers[outside]).any()
    assert is_valid_nhs_number(numbers[~outside]).sum() > 0.99 * numbers.size


def test_every_postcode_and_property_of_the_world_is_invented() -> None:
    world, _, _ = recorded(PEOPLE)
    assert all(POSTCODE.fullmatch(postcode) for postcode in world.homes["postcode"].unique())
    assert world.homes["uprn"].min() >= FIRST_UPRN
    assert world.homes["uprn"].max() < FIRST_UPRN + 10_000_000


@pytest.mark.parametrize("agency", list(AGENCIES))
def test_a_mistyped_address_is_no_real_one_either(agency: str) -> None:
    _, datasets, truth = recorded(PEOPLE)
    frame = datasets[agency].frame
    assert set(frame["postcode"].drop_nulls().str.slice(0, 1)) <= {"Q", "V"}
    mistyped = truth.records[agency].errors.filter(pl.col("error") == "postcode_typing")
    assert mistyped.height > 0
    if "uprn" in frame.columns:
        numbers = frame["uprn"].drop_nulls().cast(pl.Int64)
        assert numbers.min() >= FIRST_UPRN
        assert set(numbers.cast(pl.String).str.len_chars()) == {12}


def test_coordinates_are_of_an_invented_plain_and_name_no_home_in_a_dataset() -> None:
    _, datasets, _ = recorded(PEOPLE)
    for dataset in datasets.values():
        assert not {"easting", "northing", "home_id", "person_id"} & set(dataset.frame.columns)
