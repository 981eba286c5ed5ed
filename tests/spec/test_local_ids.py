"""Local ids: one a person at each site of an agency, fresh in each agency, and telling nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest

from simulator import local_ids
from simulator.extracts import extract
from simulator.specs import AgencySpec
from simulator.world import make_world
from tests.kent_like import kent, world_spec
from tests.statistical import assert_uncorrelated
from tests.town_of_agencies import PEACEFUL, town

if TYPE_CHECKING:
    from simulator.schema import Dataset
    from simulator.truth import RecordTruth

PEOPLE = 20_000


def recorded(
    service: str, errors: dict[str, float] | None = None, name: str = "", **more: Any
) -> tuple[Dataset, RecordTruth]:
    """Records of an agency that numbers its people."""
    fields = ["nhs_number", "surname", "local_id"]
    if service == "a_and_e":
        fields.append("place")
    table = {"title": "A", "service": service, "fields": fields, "errors": errors or {}, **more}
    return extract(kent(PEOPLE), name or service, AgencySpec.model_validate(table))


def owned(dataset: Dataset, truth: RecordTruth) -> pl.DataFrame:
    """Records with their owners."""
    return dataset.frame.join(truth.owners, on="record_id", how="left", maintain_order="left")


def of(truth: RecordTruth, error: str) -> pl.Series:
    """Ids of the records that an error of records hit."""
    return truth.errors.filter(error=error)["record_id"].unique()


def test_a_person_has_one_local_id_at_each_site_and_no_two_share_one() -> None:
    agency = AgencySpec.model_validate(
        {"title": "A&E", "service": "a_and_e", "fields": ["place", "local_id"]}
    )
    spec = world_spec(PEOPLE, people_per_hospital=1_000, move_rate=0.5)
    world = make_world(spec, {"a_and_e": agency}, {}, seed=1)
    found = owned(*extract(world, "a_and_e", agency))
    assert found["local_id"].str.contains("^[0-9]{20}$").all()
    pairs = found.select("person_id", "place", "local_id").unique()
    assert pairs.select("person_id", "place").is_unique().all()
    assert pairs["local_id"].is_unique().all()
    assert found.height > pairs.height > pairs["person_id"].n_unique()


def test_an_agency_that_has_no_sites_numbers_each_person_once() -> None:
    found = owned(*recorded("gp_register"))
    assert found["local_id"].is_unique().all()
    assert found["local_id"].null_count() == 0


def test_local_ids_of_two_agencies_never_meet_and_say_nothing_about_the_person() -> None:
    one, two = (owned(*recorded("gp_register", name=name)) for name in ("one", "two"))
    assert not set(one["local_id"]) & set(two["local_id"])
    both = one.join(two, on="person_id", suffix="_two")
    first, second = (both[f].cast(pl.UInt64).to_numpy() for f in ("local_id", "local_id_two"))
    assert_uncorrelated(first, second)
    people = kent(PEOPLE).people.with_row_index("row")
    row = both.join(people, on="person_id", how="left", maintain_order="left")
    assert_uncorrelated(first, row["row"].to_numpy())
    assert_uncorrelated(first, row["date_of_birth"].to_physical().to_numpy())
    assert_uncorrelated(first, both["record_id"].to_numpy())


@pytest.mark.parametrize("service", ["gp_register", "a_and_e"])
def test_a_second_identity_has_a_second_local_id(service: str) -> None:
    dataset, truth = recorded(service, {"record_split": 0.2})
    found = owned(dataset, truth).with_columns(
        second=pl.col("record_id").is_in(of(truth, "record_split").implode())
    )
    keys = ["person_id"] if service == "gp_register" else ["person_id", "place"]
    ids = found.group_by(*keys, "second").agg(pl.col("local_id").n_unique(), first="local_id")
    assert (ids["local_id"] == 1).all()
    split = found.filter(pl.col("second").any().over(keys) & (~pl.col("second")).any().over(keys))
    assert split.height > 500
    assert (split.group_by(keys).agg(pl.col("local_id").n_unique())["local_id"] == 2).all()
    # The first identity keeps the number that the person has without errors.
    plain = owned(*recorded(service))
    first = found.filter(~pl.col("second")).join(plain, on="record_id", suffix="_plain")
    assert (first["local_id"] == first["local_id_plain"]).all()
    cells = truth.cells.filter(field="local_id", error="record_split")
    assert set(cells.filter("changed")["record_id"]) == set(of(truth, "record_split"))


def test_a_record_written_again_on_a_register_has_a_new_local_id_and_a_contact_the_same() -> None:
    dataset, truth = recorded("gp_register", {"record_duplicated": 0.1})
    assert of(truth, "record_duplicated").len() > 1_000
    assert dataset.frame["local_id"].is_unique().all()
    dataset, truth = recorded("a_and_e", {"record_duplicated": 0.1})
    found = owned(dataset, truth)
    each = found.group_by("person_id", "place").agg(pl.col("local_id").n_unique())
    assert (each["local_id"] == 1).all()


def test_a_merged_record_carries_the_local_id_of_the_record_into_which_it_went() -> None:
    plain = owned(*recorded("gp_register"))
    dataset, truth = recorded("gp_register", {"record_merged": 0.1})
    found = owned(dataset, truth).join(plain, on="record_id", suffix="_plain")
    assert found.height == dataset.frame.height < plain.height
    assert (found["local_id"] == found["local_id_plain"]).all()
    merged = found.filter(pl.col("record_id").is_in(of(truth, "record_merged").implode()))
    assert merged.height > 500
    assert (merged["person_id"] == merged["person_id_plain"]).all()


def test_a_local_id_that_was_not_asked_for_stays_unwritten_under_a_second_identity() -> None:
    errors = {"record_split": 0.2, "record_duplicated": 0.1}
    dataset, _ = recorded("gp_register", errors, completeness={"local_id": 0.5})
    there = 1 - dataset.frame["local_id"].null_count() / dataset.frame.height
    assert 0.45 < there < 0.55


def test_a_second_identity_is_without_the_numbers_by_which_it_would_have_been_found() -> None:
    table = {
        "title": "Register",
        "service": "gp_register",
        "fields": ["nhs_number", "nino", "upn"],
        "errors": {"record_split": 0.1},
    }
    dataset, truth = extract(kent(PEOPLE), "register", AgencySpec.model_validate(table))
    second = dataset.frame.filter(
        pl.col("record_id").is_in(of(truth, "record_split").implode())
    ).drop("record_id")
    assert second.height > 500
    assert second.select(pl.all().is_null().all()).row(0) == (True, True, True)


def test_another_field_or_agency_leaves_local_ids_as_they_were() -> None:
    alone, _ = recorded("gp_register")
    table = {"title": "A", "service": "gp_register", "fields": ["local_id", "sex"]}
    among, _ = extract(kent(PEOPLE, 1), "gp_register", AgencySpec.model_validate(table))
    assert among.frame["local_id"].equals(alone.frame["local_id"])


def test_accounts_of_an_energy_supplier_are_numbered_by_household() -> None:
    agency = PEACEFUL["energy_supplier"].model_copy(update={"errors": {}})
    ids = []
    for name in ("one", "two"):
        dataset, truth = extract(town(), name, agency)
        assert dataset.frame["supplier_account"].is_unique().all()
        accounts = pl.DataFrame({name: dataset.frame["supplier_account"]})
        ids.append(pl.concat([truth.owners.select("home_id"), accounts], how="horizontal"))
    both = ids[0].join(ids[1], on="home_id")
    assert both.height > 100
    assert not set(both["one"]) & set(both["two"])


def test_a_million_and_a_half_people_have_distinct_local_ids() -> None:
    ids = np.arange(1_500_000, dtype=np.uint64)
    site = np.zeros(len(ids), dtype=np.int64)
    of_events = local_ids.numbered("a_and_e", ids, ids, site)
    assert local_ids.written(1, "agency", "local_id", of_events).n_unique() == len(ids)
    other = local_ids.numbered("a_and_e", ids, ids, site + 1)
    assert not np.isin(other, of_events).any()
