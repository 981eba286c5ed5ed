"""Simulating alone: the files of `linkassay simulate`, and the same frames from Python."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import polars as pl
import pytest

from scenarios.dictionary import dictionary
from simulator import simulate
from simulator.agencies import CATALOGUE
from simulator.alone import ALONE, agency_specs, world_spec
from simulator.regions import REGIONS
from simulator.schema import FIELDS

if TYPE_CHECKING:
    from types import SimpleNamespace

    from tests.command_line import Linkassay

FEW = ("--people", "600", "--agency", "gp_register", "--agency", "a_and_e", "--quiet")


def test_the_files_are_the_frames_that_python_gives(
    linkassay: Linkassay, place: SimpleNamespace
) -> None:
    code, _, said = linkassay("simulate", *FEW, "--seed", "7", "--out", "here")
    assert code == 0
    assert "here/dictionary.csv" in said
    made = simulate(people=600, seed=7, agencies=("gp_register", "a_and_e"))
    files = {
        **{f"agencies/{name}": one.frame for name, one in made.datasets.items()},
        **{f"truth/{name}-owners": one.owners for name, one in made.truth.records.items()},
        **{f"truth/{name}-errors": one.errors for name, one in made.truth.records.items()},
        **{f"truth/{name}-cells": one.cells for name, one in made.truth.records.items()},
        "truth/people": made.world.people,
        "truth/homes": made.world.homes,
        "truth/residences": made.truth.residences,
    }
    here = place.path / "here"
    written = {str(p.relative_to(here))[: -len(".parquet")] for p in here.rglob("*.parquet")}
    assert written == set(files)
    for name, frame in files.items():
        read = pl.read_parquet(here / f"{name}.parquet")
        assert read["provenance"].unique().to_list() in (["invented"], [])
        assert read.drop("provenance").equals(frame)


def test_the_manifest_says_what_was_made_and_every_digest_fits(
    linkassay: Linkassay, place: SimpleNamespace
) -> None:
    assert linkassay("simulate", *FEW, "--out", "here", "--format", "csv")[0] == 0
    here = place.path / "here"
    manifest = json.loads((here / "manifest.json").read_text())
    assert (manifest["provenance"], manifest["seed"]) == ("invented", 1)
    assert manifest["world"]["people"] == 600
    assert {one["file"] for one in manifest["files"]} == {
        str(path.relative_to(here)) for path in here.rglob("*/*.csv")
    }
    for one in manifest["files"]:
        assert hashlib.sha256((here / one["file"]).read_bytes()).hexdigest() == one["sha256"]


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(
    linkassay: Linkassay, place: SimpleNamespace
) -> None:
    for seed, out in (("3", "a"), ("3", "b"), ("4", "c")):
        assert linkassay("simulate", *FEW, "--seed", seed, "--out", out)[0] == 0
    content = [(place.path / out / "manifest.json").read_bytes() for out in "abc"]
    assert content[0] == content[1] != content[2]


def test_what_is_there_is_kept_unless_asked_for(
    linkassay: Linkassay, place: SimpleNamespace
) -> None:
    assert linkassay("simulate", *FEW, "--out", "here")[0] == 0
    code, _, said = linkassay("simulate", *FEW, "--out", "here")
    assert code == 2
    assert "here holds an earlier simulation; it was left as it is" in said
    assert "--agency gp_register --agency a_and_e --out here" in said
    assert linkassay("simulate", *FEW, "--out", "here", "--force")[0] == 0
    (place.path / "here" / "mine.txt").write_text("mine")
    code, _, said = linkassay("simulate", *FEW, "--out", "here", "--force")
    assert (code, "files that no simulation wrote (mine.txt)" in said) == (2, True)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("--agency", "shoes"), "--agency shoes: no such agency; agencies: gp_register, "),
        (("--agency", "police_crimes"), "police_crimes: records violence, which needs a town"),
        (("--region", "shire_count"), "Did you mean `shire_county`?"),
        (("--format", "xlsx"), "--format xlsx: must be one of: parquet, csv."),
        (("--people", "0"), "0 is outside 200 to 5,000,000"),
        (("--people", "100000000"), "outside 200 to 5,000,000"),
    ],
)
def test_what_cannot_be_simulated_is_refused_in_words_before_any_work(
    linkassay: Linkassay, place: SimpleNamespace, given: tuple[str, str], said: str
) -> None:
    code, _, message = linkassay("simulate", *given, "--out", "here")
    assert code == 2
    assert said in message
    assert not (place.path / "here").exists()


def test_the_dictionary_has_every_field_of_every_agency_with_its_errors() -> None:
    table = dictionary(CATALOGUE)
    for name, agency in CATALOGUE.items():
        rows = table.filter(pl.col("agency") == name)
        assert rows["field"].to_list() == ["record_id", *agency.fields]
        assert rows["meaning"].to_list() == [FIELDS[field].meaning for field in rows["field"]]
        told = " ".join(rows["recorded_wrongly"])
        assert all(error in told for error in agency.errors)


def test_the_dictionary_says_whose_each_number_is_and_what_goes_wrong_with_it() -> None:
    table = dictionary(CATALOGUE)
    for field, agency, meaning, error in (
        ("nino", "tax_credits", "from 16", "nino_character"),
        ("upn", "schools", "from 5 to 18", "upn_of_household_member"),
        ("pnc_id", "courts", "offender or suspect", "pnc_id_character"),
        ("prison_number", "prison", "prisoner", "prison_number_character"),
        ("mpan", "energy_supplier", "home's electricity supply", "mpan_of_neighbour"),
        ("local_id", "cancer_registry", "at the agency", ""),
    ):
        row = table.filter(agency=agency, field=field).row(0, named=True)
        assert row["role"] == "identifier"
        assert meaning in row["meaning"]
        assert error in row["recorded_wrongly"]


def test_agencies_and_regions_by_name() -> None:
    assert list(agency_specs(("a_and_e", "gp_register", "a_and_e"))) == ["a_and_e", "gp_register"]
    assert len(ALONE) >= 7
    for region in REGIONS:
        assert world_spec(region, 500).region == region
