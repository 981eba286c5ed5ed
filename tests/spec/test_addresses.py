"""Addresses: streets, house numbers and flats of homes, who writes them down, and how wrongly."""

from __future__ import annotations

import re
from functools import cache

import numpy as np
import polars as pl
import pytest

from scenarios.dictionary import dictionary
from scenarios.loading import load
from simulator import addresses
from simulator.addresses import first_lines
from simulator.agencies import CATALOGUE
from simulator.corruption import corrupt
from simulator.errors import ERROR_TYPES
from simulator.extracts import extract
from simulator.schema import FIELDS
from simulator.settings import Share
from simulator.streets import SHORT_ENDINGS, postcode_runs, street_names, streets_of
from simulator.violence.specs import ViolenceSpec
from simulator.violence.town import make_town
from simulator.world import make_world
from tests.hand_draft import hand_draft
from tests.kent_like import kent, world_spec

PEOPLE = 20_000
LINE = re.compile(r"(?:Flat (\d+), )?(\d+) (\D+)")
OF_ADDRESS = [name for name, error in ERROR_TYPES.items() if error.fields == ("address",)]


@cache
def lived_in() -> pl.DataFrame:
    """Homes of a Kent-like world with their addresses, in parts."""
    homes = kent(PEOPLE).homes.with_columns(address=first_lines(1, kent(PEOPLE).homes))
    runs = postcode_runs(homes["postcode"])
    parts = homes["address"].str.extract_groups(r"^(?:Flat (\d+), )?(\d+) (\D+)$").struct
    return homes.with_columns(
        run=pl.Series(runs),
        street=pl.Series(streets_of(runs)),
        flat=parts[0].cast(pl.Int64),
        number=parts[1].cast(pl.Int64),
        name=parts[2],
    )


def hit(error: str, rate: float = 1.0) -> pl.DataFrame:
    """Right and wrong lines of the records that an error changed."""
    draft = hand_draft(6_000)
    columns, _ = corrupt(draft, {error: Share(value=rate)})
    found = pl.DataFrame({"right": draft.columns["address"], "wrong": columns["address"]})
    return found.filter(pl.col("right").ne_missing(pl.col("wrong")))


def test_every_home_has_a_line_of_its_own() -> None:
    lines = lived_in()["address"]
    assert lines.n_unique() == lines.len()
    assert all(LINE.fullmatch(line) for line in lines.to_list())


def test_a_street_has_one_name_and_no_other_street_has_it() -> None:
    homes = lived_in()
    assert homes.group_by("street").agg(pl.col("name").n_unique())["name"].max() == 1
    assert homes["name"].n_unique() == homes["street"].n_unique() > 100


def test_names_of_streets_are_put_together_from_our_own_words_and_do_not_run_out() -> None:
    # 5 million people have some 55,000 streets.
    names = street_names(1, np.arange(60_000))
    assert len(set(names)) == len(names)
    assert not [name for name in names if not re.fullmatch(r"([A-Z][a-z]+ ){1,2}[A-Z][a-z]+", name)]


def test_house_numbers_rise_by_one_from_home_to_home_along_a_street() -> None:
    homes = lived_in().with_columns(place=pl.int_range(1, pl.len() + 1).over("street"))
    houses = homes.filter(pl.col("flat").is_null())
    assert (houses["number"] == houses["place"]).all()
    assert (homes["number"] <= homes["place"]).all()


def test_flats_and_no_other_homes_have_a_number_of_a_flat() -> None:
    homes = lived_in()
    assert ((homes["dwelling_type"] == "flat") == homes["flat"].is_not_null()).all()
    assert homes["flat"].max() == max(addresses._FLATS_OF_BLOCK[0])


def test_flats_of_a_block_share_its_number_and_postcode_and_are_numbered_from_one() -> None:
    flats = lived_in().filter(pl.col("flat").is_not_null())
    blocks = flats.group_by("street", "number").agg(
        pl.col("flat").sort(), pl.col("run").n_unique(), pl.len()
    )
    assert blocks["run"].max() == 1
    assert all(each == list(range(1, len(each) + 1)) for each in blocks["flat"].to_list())
    assert (blocks["len"] > 1).mean() > 0.4
    houses = lived_in().filter(pl.col("flat").is_null()).select("street", "number")
    assert blocks.join(houses, on=["street", "number"], how="semi").is_empty()


def test_a_smaller_world_has_the_first_addresses_of_a_larger_one() -> None:
    small, large = make_world(world_spec(3_000), {}, {}, 1).homes, kent(PEOPLE).homes
    # The last homes may be cut from a block or a street; their lines stay what they are.
    assert first_lines(1, small).equals(first_lines(1, large.head(small.height)))


def test_houses_have_the_street_and_number_that_the_town_of_violence_gives_them() -> None:
    homes = lived_in()
    town = make_town(1, kent(PEOPLE).homes, ViolenceSpec.model_validate({}))
    assert town.streets["name"].gather(town.homes["street"].cast(pl.Int64)).equals(homes["name"])
    houses = pl.Series(homes["flat"].is_null())
    assert town.homes["number"].filter(houses).equals(homes["number"].filter(houses))


def test_addresses_are_an_identifier_of_the_vocabulary_and_in_the_data_dictionary() -> None:
    assert FIELDS["address"].role == "identifier"
    listed = dictionary({"council_tax": CATALOGUE["council_tax"]})
    row = listed.filter(pl.col("field") == "address").row(0, named=True)
    assert row["role"] == "identifier"
    assert (
        "address_flat_dropped, of a flat, the number of the house alone" in row["recorded_wrongly"]
    )


def test_agencies_that_hold_addresses_write_them_and_three_systems_hold_none() -> None:
    holders = {name for name, agency in CATALOGUE.items() if "address" in agency.fields}
    assert {
        "council_tax", "social_landlord", "police_incidents", "schools", "family_support",
        "tax_credits", "temporary_accommodation",
    } <= holders  # fmt: skip
    for system in ("kent", "istv", "hertfordshire"):
        assert not holders & set(load(system).agency), system


@pytest.mark.parametrize("name", ["council_tax", "schools", "police_incidents", "valuation"])
def test_an_agency_writes_the_address_of_the_home_that_each_record_is_of(name: str) -> None:
    agency = CATALOGUE[name].model_copy(update={"errors": {}, "completeness": {}})
    world = make_world(world_spec(PEOPLE), {name: agency}, {}, 1)
    dataset, truth = extract(world, name, agency)
    homes = lived_in().select("home_id", right="address")
    found = dataset.frame.join(truth.owners, on="record_id").join(homes, on="home_id")
    assert found.height == dataset.frame.height > 100
    assert (found["address"] == found["right"]).all()


def test_an_old_address_is_old_in_street_postcode_and_property_number_at_once() -> None:
    agency = CATALOGUE["childrens_services"].model_copy(
        update={"service": "gp_register", "completeness": {}}
    )
    fields = ("address", "postcode", "uprn")
    stale = {"address_stale": Share(value=1.0)}
    agency = agency.model_copy(update={"fields": fields, "errors": stale})
    dataset, truth = extract(kent(PEOPLE), "children", agency)
    old = truth.cells.filter(error="address_stale")
    by_record = old.group_by("record_id").agg(pl.col("field").sort())
    assert by_record.height > 300
    assert all(each == sorted(fields) for each in by_record["field"].to_list())
    written = dataset.frame.join(by_record.select("record_id"), on="record_id")
    homes = lived_in().select("address", "postcode", uprn=pl.col("uprn").cast(pl.String))
    assert written.join(homes, on=fields, how="semi").height == written.height


def test_who_leaves_out_the_postcode_leaves_out_the_address() -> None:
    for agency in CATALOGUE.values():
        if "address" in agency.fields:
            shares = [agency.completeness.get(field) for field in ("address", "postcode")]
            assert shares[0] == shares[1]


def test_a_wrong_house_number_is_of_a_home_nearby_and_no_flat_or_street_changes() -> None:
    found = hit("address_number_wrong")
    # A slip hits no more than half of the records, whatever its rate.
    assert found.height > 2_000
    for right, wrong in found.head(500).iter_rows():
        one, two = LINE.fullmatch(right), LINE.fullmatch(wrong)
        assert one is not None
        assert two is not None
        assert (one[1], one[3]) == (two[1], two[3])
        assert abs(int(one[2]) - int(two[2])) in {1, 2, 10}
        assert int(two[2]) > 0


def test_a_missing_number_leaves_flat_and_street() -> None:
    found = dict(hit("address_number_missing").iter_rows())
    assert {line[:4] for line in found.values()} > {"Flat", "Lark"}
    assert all(wrong == re.sub(r"\d+ (?=\D+$)", "", right) for right, wrong in found.items())


def test_a_dropped_flat_leaves_the_house_and_other_homes_alone() -> None:
    found = hit("address_flat_dropped")
    assert found.height > 700
    assert found["right"].str.starts_with("Flat").all()
    assert all(wrong == right.partition(", ")[2] for right, wrong in found.iter_rows())


def test_a_slip_of_the_keys_is_in_the_street_after_its_first_letter() -> None:
    found = hit("address_typing")
    assert found.height > 2_000
    for right, wrong in found.head(1_000).iter_rows():
        before = re.match(r".*\d ", right)
        assert before is not None
        assert wrong.startswith(right[: before.end() + 1])
        assert abs(len(wrong) - len(right)) <= 1


def test_systems_write_endings_in_short_or_lines_in_capitals_alike_for_all_their_records() -> None:
    short = dict(hit("address_abbreviated").iter_rows())
    assert {line.rsplit(" ", 1)[1] for line in short} <= set(SHORT_ENDINGS)
    assert all(wrong.rsplit(" ", 1)[1] in SHORT_ENDINGS.values() for wrong in short.values())
    assert all(wrong == right.upper() for right, wrong in hit("address_in_capitals").iter_rows())
    draft = hand_draft(6_000)
    for error in ("address_abbreviated", "address_in_capitals"):
        columns, log = corrupt(draft, {error: Share(value=0.3)})
        flagged = np.isin(draft.record_id, log.frame["record_id"].to_numpy())
        # Ten records a provider in the hand-made draft: all of them or none.
        assert set(flagged.reshape(-1, 10).sum(axis=1)) == {0, 10}, error
        assert columns["address"].null_count() == 0


def test_rates_of_errors_of_addresses_are_those_of_the_catalogue() -> None:
    assert set(OF_ADDRESS) == {
        "address_missing", "address_number_wrong", "address_number_missing",
        "address_flat_dropped", "address_typing", "address_abbreviated", "address_in_capitals",
    }  # fmt: skip
    assert ERROR_TYPES["address_typing"].rate.value == 0.03
    assert not [error for error in OF_ADDRESS if ERROR_TYPES[error].rate.evidence != "assumed"]


def test_a_line_of_any_length_can_be_mistyped_and_none_is_cut_short() -> None:
    long = "Flat 12, 1034 Upper Featherstonehaughthorpe-on-the-Moor Crescent"
    draft = hand_draft(500)
    lines = {**draft.columns, "address": pl.Series([long] * 500)}
    columns, _ = corrupt(
        type(draft)(**{**vars(draft), "columns": lines}), {"address_typing": Share(value=0.5)}
    )
    assert columns["address"].str.len_chars().min() >= len(long) - 1
    assert columns["address"].n_unique() > 20
