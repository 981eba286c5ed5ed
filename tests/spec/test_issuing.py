"""Issuing: who has which official number, in which records, and that nobody real could have it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from simulator import issuing
from simulator.agencies import CATALOGUE
from simulator.corruption import corrupt
from simulator.damages import DAMAGES
from simulator.errors import ERROR_TYPES
from simulator.extracts import extract
from simulator.issuing import OFFICIAL, number_of
from simulator.services import SERVICES
from simulator.settings import Share
from simulator.specs import AgencySpec
from simulator.world import simulate
from tests import small_town
from tests.hand_draft import hand_draft
from tests.kent_like import world_spec
from tests.small_town import recording_spec
from tests.statistical import assert_share
from tests.town_of_agencies import PEACEFUL, PEOPLE, town

if TYPE_CHECKING:
    from simulator.schema import Dataset
    from simulator.truth import RecordTruth

FOUR_STANDARD_ERRORS = 6.3e-5  # two-sided, normal
CARRYING = [
    (name, field)
    for name, agency in PEACEFUL.items()
    for field in OFFICIAL
    if field in agency.fields
]
# What a number that is written, rightly or wrongly, must begin with, so that nobody real has it.
INVENTED = {
    "nino": "^Q",
    "upn": "^.099",
    "pnc_id": "^209[0-9]/9",
    "prison_number": "^[XYZ]",
    "mpan": "^99",
}


@cache
def faultless(service: str, *fields: str) -> tuple[Dataset, RecordTruth]:
    """Records of the town with these fields and no error."""
    given = {"title": "Agency", "service": service, "fields": fields}
    name = next(n for n, agency in PEACEFUL.items() if agency.service == service)
    return extract(town(), name, AgencySpec.model_validate(given))


def ages(truth: RecordTruth) -> pl.Series:
    """Age of each record's person on its date, in years."""
    born = truth.owners.join(
        town().people.select("person_id", "date_of_birth"), on="person_id", how="left",
        maintain_order="left",
    )  # fmt: skip
    return (born["date"] - born["date_of_birth"]).dt.total_days() / 365.25


@pytest.mark.parametrize(("name", "field"), CARRYING)
def test_a_number_is_the_persons_or_homes_own_wherever_it_is_carried(name: str, field: str) -> None:
    service = PEACEFUL[name].service
    dataset, truth = faultless(service, field)
    assert dataset.frame[field].drop_nulls().len() > 10
    of = "person_id" if OFFICIAL[field].of == "person" else "home_id"
    frame = town().people if of == "person_id" else town().homes
    everybody = number_of(field, town().seed, frame, np.arange(frame.height))
    assert everybody.n_unique() == frame.height
    theirs = frame.select(of, theirs=everybody)
    both = pl.concat([truth.owners, dataset.frame.drop("record_id")], how="horizontal")
    both = both.join(theirs, on=of, how="left").drop_nulls(field)
    assert both[field].equals(both["theirs"].rename(field))


def test_people_have_a_nino_from_16_and_a_upn_from_5_to_18() -> None:
    dataset, truth = faultless("gp_register", "nino", "upn")
    age = ages(truth)
    assert dataset.frame["nino"].is_not_null().equals((age >= 16).rename("nino"))
    assert dataset.frame["upn"].is_not_null().equals(((age >= 5) & (age < 19)).rename("upn"))


def test_every_pupil_and_every_child_of_school_age_has_a_upn() -> None:
    dataset, truth = faultless("schools", "upn")
    assert dataset.frame["upn"].null_count() == 0
    dataset, truth = faultless("childrens_services", "upn")
    assert dataset.frame["upn"].is_null().equals((ages(truth) < 5).rename("upn"))


def test_the_year_of_a_upn_is_that_in_which_a_child_first_goes_to_school() -> None:
    dataset, truth = faultless("schools", "upn")
    born = truth.owners.join(town().people, on="person_id", how="left", maintain_order="left")
    began = pl.date(born["date_of_birth"].dt.year(), 9, 1)
    fourth = born.select(
        pl.col("date_of_birth").dt.year() + 4 + (pl.col("date_of_birth") >= began).cast(pl.Int32)
    ).to_series()
    assert dataset.frame["upn"].str.slice(8, 2).cast(pl.Int32).equals((fourth % 100).rename("upn"))


def test_all_who_come_before_a_court_have_a_pnc_id_the_same_in_prison_and_on_probation() -> None:
    found = []
    for service in ("offending", "prison", "probation"):
        dataset, truth = faultless(service, "pnc_id")
        assert dataset.frame["pnc_id"].null_count() == 0
        ids = truth.owners.select("person_id", pnc_id=dataset.frame["pnc_id"])
        found.append(ids.unique())
    every = pl.concat(found).unique()
    assert every["person_id"].is_unique().all()
    assert every.height < sum(one.height for one in found)


def test_on_probation_those_on_licence_have_a_prison_number() -> None:
    dataset, _ = faultless("probation", "sentence", "prison_number")
    licence = dataset.frame["sentence"] == "licence"
    assert dataset.frame["prison_number"].is_not_null().equals(licence.rename("prison_number"))
    assert 0.2 < licence.mean() < 0.8


def test_of_police_contacts_suspects_and_people_in_custody_have_a_pnc_id() -> None:
    given = {"title": "P", "service": "police_contacts", "fields": ["contact_kind", "pnc_id"]}
    spec = AgencySpec.model_validate(given)
    dataset, _ = extract(small_town.town(), "police", spec, recording_spec())
    has = dataset.frame["contact_kind"].is_in(["suspect", "custody"])
    assert dataset.frame["pnc_id"].is_not_null().equals(has.rename("pnc_id"))
    assert 0 < has.sum() < has.len()


def test_a_number_is_there_as_often_as_the_catalogue_says() -> None:
    for name, field in CARRYING:
        share = PEACEFUL[name].completeness.get(field)
        if share is None or name == "childrens_services":
            continue
        agency = PEACEFUL[name].model_copy(update={"errors": {}})
        dataset, truth = extract(town(), name, agency)
        named = dataset.frame.filter(truth.owners["person_id"].is_not_null())[field]
        if named.len() * (1 - share.value) > 30:
            there = named.len() - named.null_count()
            assert_share(there, named.len(), share.value, FOUR_STANDARD_ERRORS, 0.99)


@pytest.mark.parametrize(
    ("service", "field", "said"),
    [
        ("a_and_e", "pnc_id", "it is a number of offenders, suspects and people in custody"),
        ("crimes", "pnc_id", "it is a number of offenders, suspects and people in custody"),
        ("schools", "prison_number", "it is a number of people who are or were in prison"),
        ("schools", "mpan", "it is a number of homes and households"),
        ("housing_works", "local_id", "it is a number of people"),
        ("council_tax", "supplier_account", "it is a number of energy accounts"),
        ("valuation", "nino", "it is a number of people"),
    ],
)
def test_a_number_that_a_service_cannot_know_is_refused(
    service: str, field: str, said: str
) -> None:
    with pytest.raises(ValidationError, match=f"must not name {field}: {said}"):
        AgencySpec.model_validate({"title": "A", "service": service, "fields": [field]})


def test_a_world_that_nobody_asks_for_numbers_does_no_work_for_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def never(*_: Any) -> pl.Series:
        raise AssertionError("a number was made that nobody asked for")

    for maker in ("nino", "upn", "pnc_id", "prison_number", "mpan"):
        monkeypatch.setattr(issuing.numbers, maker, never)
    few = {name: CATALOGUE[name] for name in ("gp_register", "a_and_e", "fire_visits")}
    simulate(world_spec(500), few, {}, seed=1)
    with pytest.raises(AssertionError, match="nobody asked for"):
        simulate(world_spec(500), {"schools": CATALOGUE["schools"]}, {}, seed=1)


@pytest.mark.parametrize(("name", "field"), CARRYING)
def test_a_number_more_or_less_changes_no_other_field(name: str, field: str) -> None:
    agency = PEACEFUL[name]
    fields = tuple(f for f in agency.fields if f != field)
    errors = {e: r for e, r in agency.errors.items() if field not in ERROR_TYPES[e].fields}
    completeness = {f: share for f, share in agency.completeness.items() if f != field}
    without = agency.model_copy(
        update={"fields": fields, "errors": errors, "completeness": completeness}
    )
    more, _ = extract(town(), name, agency)
    less, _ = extract(town(), name, without)
    assert less.frame.equals(more.frame.drop(field))


ON_NUMBERS = [error for error in DAMAGES if ERROR_TYPES[error].fields[0] in OFFICIAL]


@given(st.dictionaries(st.sampled_from(ON_NUMBERS), st.sampled_from([0.1, 0.5, 1.0]), min_size=1),
       st.integers(0, 2**32))  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_no_errors_make_a_number_that_somebody_real_could_have(
    rates: dict[str, float], seed: int
) -> None:
    draft = hand_draft(400, seed=seed)
    columns, _ = corrupt(draft, {error: Share(value=rate) for error, rate in rates.items()})
    for field, start in INVENTED.items():
        written = columns[field].drop_nulls()
        assert written.str.contains(start).all()
        assert set(written.str.len_chars()) <= set(draft.columns[field].str.len_chars())


@pytest.mark.parametrize(("name", "field"), CARRYING)
def test_no_agency_writes_a_number_that_somebody_real_could_have(name: str, field: str) -> None:
    dataset, _ = extract(town(), name, PEACEFUL[name])
    assert dataset.frame[field].drop_nulls().str.contains(INVENTED[field]).all()
    assert SERVICES[PEACEFUL[name].service].keeps != "register" or dataset.frame.height < PEOPLE
