"""Registers: who stands on them, in whose name, and what is written of each.

Realised shares lie within four standard errors of those set: one sample in 16,000 would not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from simulator.alone import simulate
from simulator.events import (
    council_tax,
    families,
    fuel_poverty,
    homelessness,
    loneliness_survey,
    probation,
    schools,
)
from simulator.events.models import OF_HOMES, OF_PEOPLE
from simulator.extracts import extract
from simulator.registering import register
from simulator.schema import FIELDS
from simulator.services import SERVICES, Service, keeping
from simulator.world import ages_at, make_world
from tests.kent_like import world_spec
from tests.statistical import assert_count, assert_share
from tests.town_of_agencies import (
    PEACEFUL,
    PEOPLE,
    at_the_end,
    homes_at_the_end,
    in_the_middle,
    listed,
    listing,
    town,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

FOUR_STANDARD_ERRORS = 6.3e-5  # two-sided, normal
REGISTERS = keeping("register")
OF_HOUSEHOLDS = keeping("register", "household")


def near(found: NDArray[np.bool_], published: float) -> None:
    """Asserts that a share is the published one within chance and the town's own make-up (3 %)."""
    error = 4 * np.sqrt(published * (1 - published) / found.size)
    assert error < 0.6 * published, "too small to decide"
    assert abs(found.mean() - published) < error + 0.03 * published


@pytest.mark.parametrize("service", REGISTERS)
def test_a_register_lists_each_once_with_the_content_of_its_service(service: Service) -> None:
    entries = listed(service)
    assert np.unique(entries.ids).size == entries.ids.size == entries.home.size
    assert set(entries.content.columns) == set(SERVICES[service].content)
    assert entries.content.width == 0 or entries.content.height == entries.ids.size
    for name in entries.content.columns:
        entries.content[name].cast(FIELDS[name].dtype)
    if SERVICES[service].of == "person":
        assert (entries.home == town().layout.home_last[entries.person]).all()


@pytest.mark.parametrize("service", [s for s in REGISTERS if s != "gp_register"])
def test_as_many_stand_on_a_register_as_the_chances_imply(service: Service) -> None:
    if service in OF_PEOPLE:
        chances = OF_PEOPLE[service].chances(1, at_the_end())
    else:
        homes = homes_at_the_end()
        chances = np.where(homes.is_private, OF_HOMES[service].chances(1, homes), 0.0)
    found = int(listing(service, chances.size).sum())
    if set(np.unique(chances)) <= {0.0, 1.0}:
        assert found == chances.sum()
    elif service == "rough_sleeping":
        # Some four people: far fewer than could tell a rate from its double.
        assert found <= 15
    else:
        assert_count(found, chances, FOUR_STANDARD_ERRORS, 0.5)


def test_everybody_is_on_the_register_of_practices() -> None:
    assert listed("gp_register").ids.tolist() == town().people["person_id"].to_list()


def test_shares_of_people_are_those_published() -> None:
    clients = at_the_end()
    adults = clients.age >= 18
    near(listing("probation", PEOPLE)[adults], probation.OF_ADULTS)
    rough = homelessness.rough_chances(1, clients).mean()
    assert rough == pytest.approx(homelessness.ROUGH_SLEEPERS, rel=0.06)
    pupils = listed("schools")
    assert set(np.flatnonzero((clients.age >= 5) & (clients.age < 17))) == set(pupils.person)
    near(pupils.content["free_school_meals"].to_numpy(), schools.FREE_MEALS)


def test_shares_of_households_are_those_published() -> None:
    homes = homes_at_the_end()
    lived_in = homes.is_lived_in & homes.is_private
    for service, published in (
        ("tax_credits", families.TAX_CREDITS),
        ("family_support", families.FAMILY_SUPPORT),
        ("temporary_accommodation", homelessness.TEMPORARY),
        ("fuel_poverty", fuel_poverty.OF_HOUSEHOLDS),
    ):
        near(listing(service, homes.ids.size)[lived_in], published)
    assert homes.children[listed("tax_credits").home].min() >= 1


def test_council_tax_has_the_published_classes_and_false_claims() -> None:
    homes, entries = homes_at_the_end(), listed("council_tax")
    written = entries.content["council_tax_class"]
    for name, published in (
        ("single_adult", council_tax.SINGLE_ADULT),
        ("empty", 0.019),
        ("second_home", 0.010),
        ("exempt", council_tax.EXEMPT),
    ):
        near((written == name).to_numpy(), published)
    claims = (written == "single_adult").to_numpy()
    near(homes.adults[entries.home][claims] > 1, council_tax.FALSE_CLAIMS)
    vacant = written.is_in(["empty", "second_home"]).to_numpy()
    assert (entries.person[vacant] < 0).all()


@pytest.mark.parametrize("service", OF_HOUSEHOLDS)
def test_an_account_is_in_the_name_of_an_adult_who_lives_there(service: Service) -> None:
    entries, homes = listed(service), homes_at_the_end()
    named = entries.person >= 0
    assert (town().layout.home_last[entries.person[named]] == entries.home[named]).all()
    assert (at_the_end().age[entries.person[named]] >= 18).all()
    assert (named == (homes.adults[entries.home] > 0)).all()
    several = named & (homes.adults[entries.home] > 1)
    other = entries.person[several] != homes.head[entries.home[several]]
    share = OF_HOMES[service].partner_share
    # The next member may be a child: then the account stays with the reference person.
    assert 0.5 * share <= other.mean() < share + 0.05


def test_a_survey_can_ask_somebody_in_an_establishment_of_hundreds() -> None:
    answers = simulate(people=20_000, seed=3, agencies=["loneliness_survey"])
    sizes = answers.datasets["loneliness_survey"].frame["household_size"]
    assert sizes.cast(int).max() > 255


def test_no_account_is_in_the_name_of_a_child_whose_parents_are_gone() -> None:
    world = make_world(world_spec(PEOPLE, life={"deaths": 10.0}), {}, {}, seed=1)
    age = ages_at(world.people, world.spec, world.spec.days - 1)
    entries = register(world, "council_tax")
    named = entries.person >= 0
    assert named.sum() > 1_000
    assert age[entries.person[named]].min() >= 18


def test_registers_say_of_a_building_what_it_is_and_leave_out_establishments() -> None:
    tax, value, homes = listed("council_tax"), listed("valuation"), homes_at_the_end()
    assert (value.person < 0).all()
    assert value.home.tolist() == tax.home.tolist() == np.flatnonzero(homes.is_private).tolist()
    of = town().homes[value.home]
    for name in ("council_tax_band", "dwelling_type"):
        assert value.content[name].equals(of[name])
    assert tax.content["council_tax_band"].equals(of["council_tax_band"])
    assert value.content["council_tax_band"].null_count() == 0


def test_the_poor_in_fuel_live_in_homes_that_are_costly_to_heat() -> None:
    entries, homes = listed("fuel_poverty"), homes_at_the_end()
    assert set(entries.content["energy_rating"]) == set("DEFG")
    found = listing("fuel_poverty", homes.ids.size)
    private, owned = (
        found[(homes.building["tenure"] == name).to_numpy()].mean()
        for name in ("private rent", "owned")
    )
    assert private > 1.5 * owned


def test_works_are_on_social_homes_each_kind_once() -> None:
    events = town().events["housing_works"]
    assert not events.select("home_id", "work_kind").is_duplicated().any()
    social = homes_at_the_end().building["tenure"] == "social rent"
    assert social.gather(town().positions["housing_works"].home).all()
    assert events["person_id"].null_count() == events.height
    assert events["work_kind"].n_unique() == 8


def test_the_survey_finds_the_published_share_often_lonely_and_what_makes_it_likelier() -> None:
    old = at_the_end().at(np.flatnonzero(at_the_end().age >= 65))
    answers = loneliness_survey.content(1, old)
    lonely = np.asarray(answers["often_lonely"])
    near(lonely, loneliness_survey.OFTEN_LONELY)
    poor = (answers["health"] == "poor").to_numpy()
    alone = answers["household_size"] == 1
    widowed = np.asarray(answers["widowed"])
    for likelier in (poor, alone, widowed):
        assert lonely[likelier].mean() > 1.5 * lonely[~likelier].mean()


@pytest.mark.parametrize("service", ["probation", "childrens_services", "tax_credits",
                                     "family_support", "temporary_accommodation"])  # fmt: skip
def test_the_most_deprived_stand_on_more_registers(service: Service) -> None:
    if service in OF_PEOPLE:
        fifth, found = at_the_end().fifth, listing(service, PEOPLE)
    else:
        fifth, found = homes_at_the_end().fifth, listing(service, homes_at_the_end().ids.size)
    most, least = (found[fifth == value].mean() for value in (1, 5))
    assert most > 1.5 * least


def test_two_agencies_that_keep_one_register_list_the_same_people_under_other_numbers() -> None:
    world = town()
    owners = []
    for name in ("east", "west"):
        agency = PEACEFUL["schools"].model_copy(update={"coverage": PEACEFUL["a_and_e"].coverage})
        owners.append(extract(world, name, agency)[1].owners)
    assert set(owners[0]["person_id"]) == set(owners[1]["person_id"])
    assert not set(owners[0]["record_id"]) & set(owners[1]["record_id"])


def test_the_dead_leave_registers_of_people() -> None:
    deaths = {"deaths": PEACEFUL["deaths"]}
    there = make_world(world_spec(20_000, life={"deaths": 0, "births": 0}), deaths, {}, 1)
    gone = make_world(world_spec(20_000, life={"births": 0}), deaths, {}, 1)
    dead = set(gone.positions["deaths"].person.tolist())
    before, after = (register(world, "gp_register").person for world in (there, gone))
    assert set(before) - set(after) == dead - set(np.flatnonzero(there.layout.leaves).tolist())
    assert len(dead) > 200
    assert not there.positions["deaths"].person.size


def test_ghosts_are_of_those_who_left_or_died_and_as_many_as_said() -> None:
    world = make_world(world_spec(20_000), {}, {}, 1)
    leaves = world.layout.leaves
    for share in (0.0, 0.3, 1.0):
        listed = register(world, "gp_register", share).person
        assert_share(int(leaves[listed].sum()), int(leaves.sum()), share)
        assert len(listed) == (~leaves).sum() + leaves[listed].sum()


def test_a_homes_last_household_is_the_one_on_its_register() -> None:
    homes = homes_at_the_end()
    last = town().layout.home_last
    assert (np.bincount(last, minlength=homes.ids.size) == homes.adults + homes.children).all()
    assert (last[homes.head[homes.is_lived_in]] == np.flatnonzero(homes.is_lived_in)).all()


def test_ages_move_by_a_year_from_the_middle_of_the_window_to_its_end() -> None:
    assert np.allclose(at_the_end().age - in_the_middle().age, 364 / 365.25)


def test_shares_that_are_certain_are_drawn_as_certain() -> None:
    homes = homes_at_the_end()
    private = int(homes.is_private.sum())
    assert_share(int(listing("valuation", homes.ids.size).sum()), private, 1.0)
