"""Agencies: all of the catalogue can be written down, and what is asked for is what comes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest
from pydantic import ValidationError

from scenarios.loading import ProposalError, load
from simulator.agencies import CATALOGUE, OLDER, with_catalogue_defaults
from simulator.coverage import members
from simulator.extracts import extract
from simulator.services import SERVICES
from simulator.specs import AgencySpec
from simulator.world import make_world, simulate
from tests.kent_like import world_spec
from tests.small_proposal import edited
from tests.statistical import assert_share
from tests.town_of_agencies import PEACEFUL, living_town, town

if TYPE_CHECKING:
    from tests.small_proposal import Write

FOUR_STANDARD_ERRORS = 6.3e-5  # two-sided, normal
FEW = ("gp_register", "a_and_e", "fire_visits", "council_tax")


def refused(given: dict[str, Any]) -> str:
    """What is said of an agency that cannot be."""
    with pytest.raises(ValidationError) as error:
        AgencySpec.model_validate({"title": "A", "fields": [], **given})
    return str(error.value)


def test_at_least_thirty_agencies_are_in_the_catalogue_and_all_services_have_one() -> None:
    assert len(CATALOGUE) >= 30
    assert {agency.service for agency in CATALOGUE.values()} == set(SERVICES) - {"own"}
    assert len({agency.title for agency in CATALOGUE.values()}) == len(CATALOGUE)


@pytest.mark.parametrize("name", PEACEFUL)
def test_every_agency_writes_a_dataset_of_its_fields_with_an_owner_for_each_record(
    name: str,
) -> None:
    dataset, truth = extract(living_town(), name, PEACEFUL[name])
    assert dataset.frame.columns == ["record_id", *PEACEFUL[name].fields]
    assert dataset.frame.height > 0
    assert truth.owners["record_id"].equals(dataset.frame["record_id"])
    kind = SERVICES[PEACEFUL[name].service]
    unnamed = truth.owners["person_id"].is_null()
    assert unnamed.all() if kind.of == "home" else not unnamed.all()
    assert kind.of != "person" or not unnamed.any()
    if "surname" in dataset.frame.columns:
        assert dataset.frame.filter(unnamed)["surname"].null_count() == unnamed.sum()


@pytest.mark.parametrize("name", sorted(set(PEACEFUL) - set(FEW)))
def test_another_agency_changes_no_byte_of_the_others(name: str) -> None:
    few = {each: CATALOGUE[each] for each in FEW}
    world, alone, truth = simulate(world_spec(1_000), few, {}, seed=5)
    more, among, same = simulate(world_spec(1_000), {name: CATALOGUE[name], **few}, {}, seed=5)
    assert more.people.equals(world.people)
    assert more.homes.equals(world.homes)
    for each in FEW:
        assert among[each].frame.equals(alone[each].frame)
        assert same.records[each].errors.equals(truth.records[each].errors)


@pytest.mark.parametrize("name", ["ambulance", "nhs_111", "police_incidents",
                                  "schools", "council_tax", "social_landlord"])  # fmt: skip
def test_a_field_is_there_in_the_stated_share_of_records(name: str) -> None:
    agency = PEACEFUL[name].model_copy(update={"errors": {}})
    dataset, truth = extract(town(), name, agency)
    named = dataset.frame.filter(truth.owners["person_id"].is_not_null())
    for field, share in agency.completeness.items():
        # Fields of one record go together; records do not.
        there = named.height - named[field].null_count()
        assert_share(there, named.height, share.value, FOUR_STANDARD_ERRORS, 0.99)
    assert not truth.errors.height
    untouched = set(agency.fields) - set(agency.completeness) - {"sex"}
    first = sorted(agency.completeness, key=lambda f: agency.completeness[f].value)
    if len(first) > 1:
        rare, common = first[0], first[-1]
        assert named.filter(pl.col(rare).is_not_null())[common].null_count() == 0
    assert untouched


def test_groups_are_covered_by_their_odds() -> None:
    given = {
        "title": "Register",
        "service": "gp_register",
        "fields": ["sex"],
        "coverage": 0.9,
        "coverage_ratios": {"men": 0.5, "movers": 0.25},
    }
    world = town()
    _, truth = extract(world, "register", AgencySpec.model_validate(given))
    covered = world.people["person_id"].is_in(truth.owners["person_id"].implode()).to_numpy()
    men, movers = members(world, "men"), members(world, "movers")
    for at, odds in ((~men & ~movers, 9.0), (men & ~movers, 4.5), (men & movers, 1.125)):
        assert_share(int(covered[at].sum()), int(at.sum()), odds / (1 + odds), FOUR_STANDARD_ERRORS)


@pytest.mark.parametrize("group", ["men", "aged_20_29", "minority", "most_deprived", "movers"])
def test_every_group_has_some_people_and_not_all(group: Any) -> None:
    assert 0.05 < members(town(), group).mean() < 0.6


def test_older_years_are_worse_where_the_catalogue_says_so_unless_the_proposal_says_otherwise() -> (
    None
):
    def missing(**given: Any) -> float:
        spec = AgencySpec.model_validate(with_catalogue_defaults("a_and_e", given))
        return spec.errors["nhs_number_missing"].value

    assert missing() == missing(year=2016) == 0.02
    assert missing(year=2008) == 0.10
    assert missing(year=2008, errors={"nhs_number_missing": 0.3}) == 0.3
    before, errors = OLDER["a_and_e"]
    assert before == 2011
    assert set(errors) <= set(CATALOGUE["a_and_e"].errors)


def test_what_a_proposal_leaves_out_is_left_out_of_completeness() -> None:
    fields = ["surname", "postcode"]
    spec = AgencySpec.model_validate(with_catalogue_defaults("nhs_111", {"fields": fields}))
    assert set(spec.completeness) == set(fields)
    own = {"fields": fields, "completeness": {"postcode": 0.5}}
    spec = AgencySpec.model_validate(with_catalogue_defaults("nhs_111", own))
    assert spec.completeness["postcode"].value == 0.5
    assert spec.completeness["surname"].value == 0.99


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"service": "library"}, "Input should be 'gp_register', "),
        (
            {"service": "schools", "fields": ["event_time"]},
            (
                "must not name event_time: of what happens, records of schools hold only "
                "free_school_meals, absence_percent"
            ),
        ),
        (
            {"service": "a_and_e", "fields": ["tariff"]},
            "must not name tariff: of what happens, records of a_and_e hold only event_time, ",
        ),
        (
            {"service": "rough_sleeping", "fields": ["event_time"]},
            "must not name event_time: a register holds no events",
        ),
        (
            {"service": "valuation", "fields": ["surname"]},
            "must not name surname: a record is of a home and names nobody",
        ),
        (
            {"service": "council_tax", "fields": ["postcode"], "errors": {"address_stale": 0.1}},
            "address_stale is for records of people: a home does not move",
        ),
        (
            {"service": "schools", "fields": ["sex"], "completeness": {"postcode": 0.5}},
            "completeness of fields that are not recorded: postcode",
        ),
        (
            {"service": "schools", "fields": ["sex"], "completeness": {"sex": 1.5}},
            "must be a share between 0 and 1",
        ),
        ({"service": "schools", "coverage": -0.1}, "must be a share between 0 and 1"),
        (
            {"service": "schools", "coverage_ratios": {"men": 0}},
            "must be a ratio between 0.01 and 100",
        ),
        ({"service": "schools", "coverage_ratios": {"cats": 2}}, "Input should be 'men', "),
        ({"service": "schools", "year": 1066}, "greater than or equal to 1900"),
    ],
)
def test_what_cannot_be_is_refused_in_words(given: dict[str, Any], said: str) -> None:
    assert said in refused(given)


def test_an_agency_that_is_in_no_catalogue_is_refused_with_the_nearest_name(
    written: Write,
) -> None:
    text = edited(('title = "A&E departments"', 'like = "council_taxes"'))
    with pytest.raises(ProposalError, match="Did you mean `council_tax`"):
        load(written(text))


def test_every_rate_that_is_called_published_has_a_source() -> None:
    for agency in CATALOGUE.values():
        for number in (agency.coverage, *agency.completeness.values(), *agency.errors.values()):
            assert number.evidence != "published" or number.source


def test_records_of_a_small_world_are_there_for_every_agency() -> None:
    world = make_world(world_spec(300), PEACEFUL, {}, seed=9)
    for name, agency in PEACEFUL.items():
        dataset, _ = extract(world, name, agency)
        assert np.all([dataset.frame.columns == ["record_id", *agency.fields]])


def test_an_agency_of_the_same_name_and_another_service_takes_no_rates_of_the_catalogue() -> None:
    own = {"title": "Ours", "service": "own", "fields": ["surname"]}
    assert with_catalogue_defaults("reablement", own) == own
    same = with_catalogue_defaults("reablement", {"title": "Ours"})
    assert same["errors"].keys() == CATALOGUE["reablement"].errors.keys()
    liked = with_catalogue_defaults("mine", {"like": "reablement", "title": "Ours"})
    assert liked["service"] == "reablement"
