"""Assembling: what the linked data hold, and that their provenance leads back to every record."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

import polars as pl
import pytest

from linkage.assemble import assemble
from linkage.pairs import exact_links
from simulator.schema import FIELDS, Dataset, TokenLabel

if TYPE_CHECKING:
    from linkage.linked import LinkedData, Links, Provenance

NUMBER = TokenLabel("hmac-sha256/64", "nhs_number", "nhs-number", "0a1b2c3d", "")
HOME = TokenLabel("hmac-sha256/64", "uprn", "uprn", "0a1b2c3e", "")
NOON = datetime(2016, 5, 1, 12)

HUB = Dataset(
    "gp_register",
    pl.DataFrame(
        {
            "record_id": [1, 2, 3],
            "nhs_number": [10, 20, None],
            "surname": ["Abel", "Bell", "Cole"],
            "sex": ["F", "M", "F"],
            "date_of_birth": [date(1948, 7, 5)] * 3,
            "uprn": [7, 7, None],
        },
        schema_overrides=dict.fromkeys(("record_id", "nhs_number", "uprn"), pl.UInt64),
    ),
    {"nhs_number": NUMBER, "uprn": HOME},
)
CARE = Dataset(
    "a_and_e",
    pl.DataFrame(
        {
            "record_id": [1, 8, 9],
            "postcode": ["ZX1 2AB"] * 3,
            "sex": ["F"] * 3,
            "event_time": [NOON] * 3,
            "cost_pence": [100, 800, 900],
        },
        schema_overrides={"record_id": pl.UInt64, "event_time": FIELDS["event_time"].dtype},
    ),
)
VISITS = Dataset(
    "fire_visits",
    pl.DataFrame(
        {"record_id": [5], "event_time": [NOON]},
        schema_overrides={"record_id": pl.UInt64, "event_time": FIELDS["event_time"].dtype},
    ),
)


def links(agency: str, pairs: list[tuple[int, int]]) -> Links:
    """Links of the given pairs."""
    schema = {"left_id": pl.UInt64, "right_id": pl.UInt64}
    frame = pl.DataFrame(pairs, schema=schema, orient="row")
    return exact_links(agency, "gp_register", agency, frame.with_columns(rule=pl.lit("test")))


def assembled(seed: int = 1) -> tuple[LinkedData, Provenance]:
    """The example: contact 8 is linked to record 1, contact 9 to 1 and 2, visit 5 to 1 and 2."""
    found = {
        "a_and_e": links("a_and_e", [(1, 8), (1, 9), (2, 9)]),
        "fire_visits": links("fire_visits", [(1, 5), (2, 5)]),
    }
    return assemble(HUB, {"a_and_e": CARE, "fire_visits": VISITS}, found, seed)


def traced(agency: str) -> list[tuple[int, int]]:
    """Pairs of hub record and agency record that the linked events lead back to."""
    linked, provenance = assembled()
    people = provenance.people.rename({"row_id": "person", "record_id": "left_id"})
    events = linked.events[agency].join(provenance.events[agency], on="row_id")
    return sorted(events.join(people, on="person").select("left_id", "record_id").rows())


def test_people_hold_attributes_tokens_and_home_and_no_identifier() -> None:
    linked, provenance = assembled()
    columns = ["row_id", "nhs_number", "sex", "date_of_birth", "uprn", "home"]
    assert linked.people.columns == columns
    assert linked.labels == HUB.labels
    rows = linked.people.join(provenance.people, on="row_id").sort("record_id")
    assert rows["record_id"].to_list() == [1, 2, 3]
    assert rows["nhs_number"].to_list() == [10, 20, None]
    assert rows["sex"].to_list() == ["F", "M", "F"]
    assert rows["home"].to_list() == [7, 7, None]


def test_events_hold_content_alone() -> None:
    linked, _ = assembled()
    assert linked.events["a_and_e"].columns == ["row_id", "person", "event_time", "cost_pence"]
    assert linked.events["fire_visits"].columns == ["row_id", "person", "event_time"]


def test_a_record_gives_an_event_to_each_hub_record_that_it_is_linked_to() -> None:
    assert traced("a_and_e") == [(1, 8), (1, 9), (2, 9)]
    linked, provenance = assembled()
    costs = linked.events["a_and_e"].join(provenance.events["a_and_e"], on="row_id")
    assert sorted(costs["cost_pence"]) == [800, 900, 900]


def test_a_visit_to_a_home_is_an_event_of_each_of_its_people() -> None:
    assert traced("fire_visits") == [(1, 5), (2, 5)]


def test_row_ids_are_fresh_ordered_and_never_repeated() -> None:
    linked, provenance = assembled()
    frames = [linked.people, *linked.events.values()]
    ids = [row_id for frame in frames for row_id in frame["row_id"]]
    assert len(set(ids)) == len(ids) == 8
    assert all(frame["row_id"].is_sorted() for frame in frames)
    assert not set(ids) & {1, 2, 3, 5, 8, 9}
    others = assembled(seed=2)[0]
    assert not set(ids) & set(others.people["row_id"])
    assert provenance.hub == "gp_register"
    for frame, traces in zip(frames, [provenance.people, *provenance.events.values()], strict=True):
        assert frame["row_id"].equals(traces["row_id"])
        assert traces.columns == ["row_id", "record_id"]


def test_the_same_record_number_in_two_datasets_has_unrelated_row_ids() -> None:
    linked, provenance = assemble(
        HUB, {"a_and_e": CARE}, {"a_and_e": links("a_and_e", [(1, 1)])}, seed=1
    )
    person = provenance.people.filter(pl.col("record_id") == 1)["row_id"].item()
    assert linked.events["a_and_e"]["person"].item() == person
    assert linked.events["a_and_e"]["row_id"].item() != person


def test_people_without_a_home_token_have_no_home() -> None:
    bare = Dataset("gp_register", HUB.frame.drop("uprn"), {"nhs_number": NUMBER})
    linked, _ = assemble(bare, {}, {}, seed=1)
    assert linked.people["home"].to_list() == [None] * 3
    assert linked.people.schema["home"] == pl.UInt64


def test_an_agency_without_links_has_no_events_but_has_the_columns() -> None:
    linked, _ = assemble(HUB, {"a_and_e": CARE}, {"a_and_e": links("a_and_e", [])}, seed=1)
    assert linked.events["a_and_e"].height == 0
    assert linked.events["a_and_e"].schema["person"] == pl.UInt64
    assert linked.events["a_and_e"].schema["cost_pence"] == pl.Int64


def test_links_to_records_or_datasets_that_are_not_there_are_refused() -> None:
    with pytest.raises(ValueError, match="1 of 2 links name a record that dataset a_and_e"):
        assemble(HUB, {"a_and_e": CARE}, {"a_and_e": links("a_and_e", [(1, 8), (1, 77)])}, seed=1)
    with pytest.raises(ValueError, match=r"links a_and_e, which is not among.*fire_visits"):
        assemble(HUB, {"fire_visits": VISITS}, {"a_and_e": links("a_and_e", [(1, 8)])}, seed=1)
