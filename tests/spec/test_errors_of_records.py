"""Errors of records: left out, written twice, split and merged, and the truth about them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest

from simulator.agencies import CATALOGUE
from simulator.errors import ERROR_TYPES, fits
from simulator.extracts import extract
from simulator.services import SERVICES
from simulator.specs import OF_PEOPLE_ONLY, AgencySpec
from simulator.world import make_world
from tests.kent_like import AGENCIES, kent, world_spec
from tests.statistical import THREE_STANDARD_ERRORS, assert_count, assert_share

if TYPE_CHECKING:
    from simulator.schema import Dataset
    from simulator.truth import RecordTruth

PEOPLE = 20_000
OTHER_REGISTERS = [
    name
    for name, agency in CATALOGUE.items()
    if SERVICES[agency.service].keeps == "register" and name not in AGENCIES
]
FIELDS = ["nhs_number", "first_name", "surname", "date_of_birth", "sex", "postcode"]


def recorded(
    errors: dict[str, float], service: str = "gp_register", name: str = "", **more: Any
) -> tuple[Dataset, RecordTruth]:
    """Records of an agency with these errors alone."""
    table = {"title": "Agency", "service": service, "fields": FIELDS, "errors": errors, **more}
    return extract(kent(PEOPLE), name or service, AgencySpec.model_validate(table))


def of(truth: RecordTruth, error: str) -> pl.Series:
    """Ids of the records that an error of records hit."""
    return truth.errors.filter(error=error)["record_id"]


def count(truth: RecordTruth, error: str) -> dict[str, Any]:
    return truth.tallies.filter(error=error).row(0, named=True)


@pytest.mark.parametrize("service", ["gp_register", "a_and_e"])
def test_people_left_out_are_those_that_their_chances_say_and_all_their_records_go(
    service: str,
) -> None:
    whole, whole_truth = recorded({}, service)
    fewer, truth = recorded({"person_omitted": 0.1}, service)
    owners = set(whole_truth.owners["person_id"])
    gone = owners - set(truth.owners["person_id"])
    people = kent(PEOPLE).people.with_columns(m=kent(PEOPLE).layout.error_multiplier)
    among = people.filter(pl.col("person_id").is_in(list(owners)))
    chance = np.minimum(0.1 * among["m"].to_numpy(), 0.5)
    assert_count(len(gone), chance, false_alarm=THREE_STANDARD_ERRORS, fault=0.2)
    kept = whole_truth.owners.filter(~pl.col("person_id").is_in(list(gone)))
    assert truth.owners.equals(kept)
    assert fewer.frame.equals(
        whole.frame.join(kept.select("record_id"), on="record_id", maintain_order="left")
    )
    assert truth.errors.is_empty()


def test_minorities_and_young_adults_are_left_out_more_often() -> None:
    _, truth = recorded({"person_omitted": 0.1})
    known = kent(PEOPLE).people["person_id"].is_in(truth.owners["person_id"].implode())
    minority = kent(PEOPLE).people["ethnic_group"] != "White"
    assert (~known).filter(minority).mean() > 1.3 * (~known).filter(~minority).mean()


@pytest.mark.parametrize("service", ["gp_register", "a_and_e"])
def test_records_written_again_are_about_the_same_person_and_leave_others_as_they_were(
    service: str,
) -> None:
    whole, whole_truth = recorded({"surname_typing": 0.2}, service)
    more, truth = recorded({"surname_typing": 0.2, "record_duplicated": 0.05}, service)
    copies = of(truth, "record_duplicated")
    found = count(truth, "record_duplicated")
    assert abs(found["flagged"] - found["expected"]) < 3 * np.sqrt(found["expected"])
    # One in ten is written again twice.
    assert_share(copies.len() - found["flagged"], found["flagged"], 0.1, fault=0.95)
    rest = more.frame.filter(~pl.col("record_id").is_in(copies.implode()))
    assert rest.equals(whole.frame)
    assert more.frame["record_id"].is_sorted()
    again = truth.owners.filter(pl.col("record_id").is_in(copies.implode()))
    assert again["person_id"].is_in(whole_truth.owners["person_id"].implode()).all()
    one = again.join(whole_truth.owners, on=["person_id", "date", "home_id"], how="semi")
    assert one.height == again.height
    # Copies go wrong by themselves.
    assert truth.errors.filter(pl.col("record_id").is_in(copies.implode()))["error"].n_unique() == 2


def test_a_second_identity_in_a_register_is_a_second_record_without_a_number() -> None:
    whole, _ = recorded({})
    more, truth = recorded({"record_split": 0.05})
    second = of(truth, "record_split")
    found = count(truth, "record_split")
    assert found["flagged"] == second.len()
    assert abs(found["flagged"] - found["expected"]) < 3 * np.sqrt(found["expected"])
    assert more.frame.height == whole.frame.height + second.len()
    under = more.frame.filter(pl.col("record_id").is_in(second.implode()))
    assert under["nhs_number"].is_null().all()
    both = truth.owners.group_by("person_id").len().filter(pl.col("len") > 1)
    assert both.height == second.len()
    people = kent(PEOPLE).people.select("person_id", "former_surname", right="surname")
    named = under.join(truth.owners, on="record_id").join(people, on="person_id")
    earlier = named.select(pl.coalesce("former_surname", "right")).to_series()
    assert (named["surname"] == earlier).all()


def test_a_second_identity_of_a_patient_holds_about_half_of_their_contacts() -> None:
    whole, _ = recorded({}, "a_and_e")
    more, truth = recorded({"record_split": 0.2}, "a_and_e")
    assert more.frame.height == whole.frame.height
    second = of(truth, "record_split")
    owners = truth.owners.with_columns(second=pl.col("record_id").is_in(second.implode()))
    split = owners.filter(pl.col("second").any().over("person_id"))
    assert split["second"].mean() < 1
    flagged = count(truth, "record_split")["flagged"]
    assert_share(second.len(), flagged, 0.5, fault=0.3)


def test_a_merged_record_keeps_the_person_of_whom_most_of_it_is_and_takes_in_the_other() -> None:
    whole, whole_truth = recorded({})
    fewer, truth = recorded({"record_merged": 0.05})
    merged = of(truth, "record_merged")
    assert count(truth, "record_merged")["flagged"] >= merged.len() > 500
    assert fewer.frame.height < whole.frame.height - 400
    kept = whole_truth.owners.filter(pl.col("record_id").is_in(fewer.frame["record_id"].implode()))
    assert truth.owners.equals(kept)
    both = fewer.frame.join(whole.frame, on="record_id", suffix="_right")
    hit = both.filter(pl.col("record_id").is_in(merged.implode()))
    rest = both.filter(~pl.col("record_id").is_in(merged.implode()))
    changed = hit.select(pl.col(f).ne_missing(pl.col(f"{f}_right")) for f in FIELDS)
    assert changed.sum_horizontal().max() <= 2  # of six fields
    assert changed.sum().row(0, named=True)["nhs_number"] > 100
    assert all((rest[f] == rest[f"{f}_right"]).all() for f in FIELDS)
    assert set(truth.cells["field"]) == {
        "record_id", "nhs_number", "first_name", "date_of_birth", "sex",
    }  # fmt: skip


def test_addresses_are_corrected_as_fast_as_the_agency_is() -> None:
    seen = {}
    for days in (0, 30, 182, None):
        more = {} if days is None else {"address_half_life_days": days}
        _, truth = recorded({"address_stale": 0.8}, **more)
        seen[days] = truth.errors.height
        if days != 0:
            found = count(truth, "address_stale")
            assert abs(found["flagged"] - found["expected"]) < 3 * np.sqrt(found["expected"])
    assert seen[0] == 0
    assert 0 < seen[30] < 0.5 * seen[182]
    assert seen[182] == seen[None]


def test_sites_share_a_factor_of_all_errors_and_the_agencys_mean_rate_stays() -> None:
    spec = world_spec(PEOPLE, people_per_practice=100, frailty_variance=0.0)
    world = make_world(spec, {"gp_register": AGENCIES["gp_register"]}, {}, seed=1)
    rates = {}
    for variance in (0, 1):
        table = {
            "title": "Register",
            "service": "gp_register",
            "fields": ["practice", "sex", "surname"],
            "errors": {"sex_wrong": 0.1, "surname_typing": 0.1},
            "provider_variance": variance,
        }
        dataset, truth = extract(world, "register", AgencySpec.model_validate(table))
        each = dataset.frame.select("record_id", "practice")
        for error in ("sex_wrong", "surname_typing"):
            hit = pl.col("record_id").is_in(of(truth, error).implode())
            each = each.with_columns(hit.alias(error))
        rates[variance] = each.group_by("practice").agg(
            pl.col("sex_wrong", "surname_typing").mean()
        )
    assert rates[1]["sex_wrong"].var() > 5 * rates[0]["sex_wrong"].var()
    together = rates[1].select(pl.corr("sex_wrong", "surname_typing")).item()
    apart = rates[0].select(pl.corr("sex_wrong", "surname_typing")).item()
    assert together > 0.8 > abs(apart)
    assert rates[1]["sex_wrong"].mean() == pytest.approx(rates[0]["sex_wrong"].mean(), rel=0.25)


def test_months_share_a_factor_of_all_errors() -> None:
    months = {}
    for variance in (0, 1):
        dataset, truth = recorded(
            {"sex_wrong": 0.2}, "a_and_e", fields=[*FIELDS, "event_time"], month_variance=variance
        )
        hit = dataset.frame["record_id"].is_in(of(truth, "sex_wrong").implode())
        month = dataset.frame["event_time"].dt.truncate("1mo")
        rate = pl.DataFrame({"month": month, "hit": hit}).group_by("month").agg(pl.mean("hit"))
        months[variance] = rate["hit"].var()
    assert months[1] > 5 * months[0]


@pytest.mark.parametrize("name", [*AGENCIES, *OTHER_REGISTERS])
def test_every_agency_can_make_every_error_that_fits_what_it_records(name: str) -> None:
    world, agency = kent(PEOPLE), CATALOGUE[name]
    rates = {
        error: kind.rate
        for error, kind in ERROR_TYPES.items()
        if fits(error, agency.fields)
        and (error != "address_stale" or SERVICES[agency.service].of == "person")
        and (error not in OF_PEOPLE_ONLY or SERVICES[agency.service].of != "home")
    }
    table = agency.model_dump() | {"errors": {e: rate.model_dump() for e, rate in rates.items()}}
    dataset, truth = extract(world, name, AgencySpec.model_validate(table))
    assert list(truth.tallies["error"]) == list(rates)
    assert truth.errors["record_id"].is_in(dataset.frame["record_id"].implode()).all()
    assert dataset.frame["record_id"].is_sorted()
    if name in ("gp_register", "a_and_e", "council_tax"):
        assert truth.errors.height > 100
