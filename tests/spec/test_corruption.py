"""Recording errors: as often as stated, of the right kind, and clustered in people and groups."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

from simulator import proneness
from simulator.agencies import CATALOGUE
from simulator.corruption import corrupt
from simulator.damages import DAMAGES
from simulator.damages.keyboard import mistype
from simulator.errors import ERRORS, fits
from simulator.extracts import extract
from simulator.identifiers import is_valid_nhs_number
from simulator.proneness import group_multiplier
from simulator.settings import Share
from simulator.specs import AgencySpec
from simulator.world import make_world
from tests.kent_like import AGENCIES, draft_of, kent, recorded, world_spec
from tests.statistical import (
    THREE_STANDARD_ERRORS,
    assert_count,
    assert_even,
    assert_mean,
    assert_share,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.schema import Dataset
    from simulator.state import World
    from simulator.truth import RecordTruth

PEOPLE = 20_000
OF_KENT = {error for agency in AGENCIES.values() for error in agency.errors}
FIELDS = (
    "nhs_number",
    "first_name",
    "surname",
    "date_of_birth",
    "sex",
    "address",
    "postcode",
    "uprn",
)


def register(errors: dict[str, float]) -> AgencySpec:
    """A register of everybody with these errors alone."""
    return AgencySpec.model_validate(
        {"title": "Register", "service": "gp_register", "fields": FIELDS, "errors": errors}
    )


def written(
    errors: dict[str, float], world: World | None = None, name: str = "register"
) -> tuple[Dataset, RecordTruth]:
    """The register of a world, in the order of its record ids."""
    return extract(world or kent(PEOPLE), name, register(errors))


def positions(truth: RecordTruth, world: World) -> NDArray[np.int64]:
    """Position of the person of each record."""
    rows = world.people.select("person_id").with_row_index("row")
    return truth.owners.join(rows, on="person_id", how="left", maintain_order="left")[
        "row"
    ].to_numpy()


def chances(world: World, person: NDArray[np.int64], rate: float) -> NDArray[np.float64]:
    """Chance of an error in each record."""
    return np.minimum(rate * world.layout.error_multiplier[person], 0.5)


def changing(world: World, person: NDArray[np.int64], error: str) -> NDArray[np.float64]:
    """Share of the time that an error changes what is written for each person."""
    people = world.people[person]
    if error == "nhs_number_of_household_member":
        return (world.layout.mate[person] != person).astype(np.float64)
    if error == "surname_former":
        return people["former_surname"].is_not_null().to_numpy().astype(np.float64)
    if error.endswith("_typing"):
        # A letter next to its equal, or a key that is no letter, leaves the text as it was.
        field = ERRORS[error]
        home = world.layout.home_last[person]
        texts = world.homes["postcode"][home] if field == "postcode" else people[field]
        text = texts.to_numpy().astype("U32")
        draft = draft_of(texts.to_list())
        every = np.arange(len(text))
        tries = [mistype(draft, f"try {turn}", every, text) != text for turn in range(4)]
        return np.mean(tries, axis=0)
    return np.ones(len(person))


@pytest.mark.parametrize("error", [error for error in DAMAGES if error in OF_KENT])
def test_an_error_changes_cells_as_often_as_its_rate_and_the_persons_proneness_say(
    error: str,
) -> None:
    world = kent(PEOPLE)
    _, truth = written({error: 0.05})
    person = positions(truth, world)
    each = chances(world, person, 0.05) * changing(world, person, error)
    # Within three standard errors: a false alarm in 370 for each error, when draws change.
    assert_count(truth.errors.height, each, false_alarm=THREE_STANDARD_ERRORS, fault=0.25)


@pytest.mark.parametrize("error", [error for error in ERRORS if fits(error, FIELDS)])
def test_an_error_of_rate_0_changes_nothing(error: str) -> None:
    clean, _ = written({})
    same, truth = written({error: 0.0})
    assert same.frame.equals(clean.frame)
    assert truth.errors.is_empty()


@pytest.mark.parametrize("agency", ["gp_register", "a_and_e", "social_care", "fire_visits"])
def test_the_error_log_is_the_difference_between_what_was_right_and_what_was_written(
    agency: str,
) -> None:
    world, datasets, truth = recorded(PEOPLE)
    spec = CATALOGUE[agency]
    right, _ = extract(world, agency, spec.model_copy(update={"errors": {}}))
    wrong = datasets[agency]
    assert right.frame["record_id"].equals(wrong.frame["record_id"])
    log = truth.records[agency].errors
    moved = set(log.filter(pl.col("error") == "address_stale")["record_id"])
    touched: set[int] = set()
    for name in spec.fields:
        differs = right.frame[name].ne_missing(wrong.frame[name])
        found = set(right.frame["record_id"].filter(differs))
        of_field = [error for error, field in ERRORS.items() if field == name]
        logged = set(log.filter(pl.col("error").is_in(of_field))["record_id"])
        if name in ("postcode", "uprn", "lsoa", "msoa", "deprivation_fifth"):
            # A stale address changes all of it: compare the others here, and it as a whole below.
            assert found - moved == logged - moved
            touched |= found
        else:
            assert found == logged
    assert moved <= touched


def test_missing_stays_missing() -> None:
    errors = {
        "nhs_number_missing": 0.2,
        "nhs_number_of_someone_else": 0.2,
        "nhs_number_digit": 0.2,
        "birth_date_missing": 0.2,
        "birth_date_year": 0.2,
        "postcode_missing": 0.2,
        "postcode_typing": 0.2,
        "uprn_missing": 0.2,
        "uprn_of_neighbour": 0.2,
    }
    dataset, truth = written(errors)
    for field, error in (
        ("nhs_number", "nhs_number_missing"),
        ("date_of_birth", "birth_date_missing"),
        ("postcode", "postcode_missing"),
        ("uprn", "uprn_missing"),
    ):
        blank = dataset.frame["record_id"].filter(dataset.frame[field].is_null())
        log = truth.errors.filter(pl.col("error") == error)["record_id"]
        assert set(blank) == set(log)
        others = [e for e in errors if ERRORS[e] == field and e != error]
        again = truth.errors.filter(pl.col("error").is_in(others))["record_id"]
        assert not set(blank) & set(again)


def test_applying_errors_leaves_the_draft_as_it_was() -> None:
    draft = draft_of(["Brandley", "Whitford", "Marlow"] * 100)
    before = draft.columns["surname"].clone()
    columns, log = corrupt(draft, {"surname_typing": Share(value=0.5)})
    assert draft.columns["surname"].equals(before)
    assert not columns["surname"].equals(before)
    assert log.frame["changed"].sum() == (columns["surname"] != before).sum()


def test_every_wrong_digit_is_caught_by_the_check_digit() -> None:
    dataset, truth = written({"nhs_number_digit": 0.3})
    numbers = dataset.frame["nhs_number"]
    assert set(numbers.str.len_chars()) == {10}
    valid = is_valid_nhs_number(numbers.cast(pl.Int64).to_numpy())
    wrong = dataset.frame["record_id"].is_in(truth.errors["record_id"].to_list()).to_numpy()
    assert wrong.sum() > 3_000
    # Weights 10 to 1 and digits' differences up to 9 have no factor 11: none slips through.
    assert np.array_equal(valid, ~wrong)


def test_a_wrong_digit_is_any_digit_in_any_place() -> None:
    world = kent(PEOPLE)
    dataset, truth = written({"nhs_number_digit": 0.5})
    person = positions(truth, world)
    right = world.people["nhs_number"].cast(pl.String).gather(person).to_numpy().astype("U10")
    digits = [
        text.astype("U10").view("U1").reshape(-1, 10).astype(np.int64)
        for text in (right, dataset.frame["nhs_number"].to_numpy())
    ]
    rows, places = np.nonzero(digits[0] != digits[1])
    assert np.unique(rows).size == rows.size  # one digit a record
    assert_even(np.bincount(places, minlength=10))
    steps = (digits[1] - digits[0])[rows, places] % 10
    assert_even(np.bincount(steps, minlength=10)[1:])


def test_the_number_of_somebody_else_is_anybodys() -> None:
    world = kent(PEOPLE)
    numbers = world.people.with_row_index("row").select(
        "row", nhs_number=pl.col("nhs_number").cast(pl.String)
    )
    dataset, truth = written({"nhs_number_of_someone_else": 0.5})
    wrong = dataset.frame.join(truth.errors, on="record_id")
    donors = wrong.join(numbers, on="nhs_number")["row"].to_numpy()
    assert donors.size == wrong.height
    assert_even(np.bincount(donors * 20 // PEOPLE, minlength=20))


def test_the_number_of_a_household_member_is_that_of_somebody_at_home() -> None:
    world = kent(PEOPLE)
    dataset, truth = written({"nhs_number_of_household_member": 0.5})
    household = world.people.select("household_id", number=pl.col("nhs_number").cast(pl.String))
    own = truth.owners.join(world.people.select("person_id", mine="household_id"), on="person_id")
    wrong = (
        dataset.frame.join(truth.errors, on="record_id")
        .join(own, on="record_id")
        .join(household, left_on="nhs_number", right_on="number")
    )
    assert wrong.height > 3_000
    assert (wrong["mine"] == wrong["household_id"]).all()


def test_the_home_of_a_neighbour_is_next_door_on_either_side() -> None:
    dataset, truth = written({"uprn_of_neighbour": 0.5})
    right, _ = written({})
    wrong = dataset.frame.join(right.frame, on="record_id").join(truth.errors, on="record_id")
    step = (wrong["uprn"].cast(pl.Int64) - wrong["uprn_right"].cast(pl.Int64)).to_numpy()
    assert set(np.abs(step).tolist()) == {1}
    assert_share(int((step == 1).sum()), step.size, 0.5, fault=0.1)


def date_errors(error: str) -> pl.DataFrame:
    """Right and wrong dates of birth of the records with an error, and the parts' differences."""
    dataset, truth = written({error: 0.5})
    right, _ = written({})
    both = dataset.frame.join(right.frame, on="record_id").join(truth.errors, on="record_id")
    dates = both.select(wrong="date_of_birth", right="date_of_birth_right")
    parts = {
        part: getattr(pl.col("wrong").dt, part)().cast(pl.Int64)
        - getattr(pl.col("right").dt, part)().cast(pl.Int64)
        for part in ("day", "month", "year")
    }
    return dates.with_columns(**parts)


@pytest.mark.parametrize(
    ("error", "part", "values"),
    [("birth_date_day", "day", 27), ("birth_date_month", "month", 11)],
)
def test_a_wrong_day_or_month_is_any_other_one(error: str, part: str, values: int) -> None:
    wrong = date_errors(error).filter(pl.col("right").dt.day() <= 28)
    others = {"day", "month", "year"} - {part}
    assert all(set(wrong[other]) == {0} for other in others)
    steps = wrong[part].to_numpy() % (values + 1)
    assert_even(np.bincount(steps, minlength=values + 1)[1:])


def test_a_wrong_year_slips_by_one_two_or_ten_and_is_never_past_the_window() -> None:
    wrong = date_errors("birth_date_year")
    assert wrong["wrong"].max().year <= kent(PEOPLE).spec.end.year
    early = wrong.filter(pl.col("right").dt.year() < 1990)["year"].to_numpy()
    for slip, share in ((1, 0.25), (-1, 0.25), (2, 0.125), (-2, 0.125), (10, 0.125), (-10, 0.125)):
        assert_share(int((early == slip).sum()), early.size, share, fault=0.25)


def test_a_day_past_the_28th_is_brought_to_it_so_that_the_date_exists() -> None:
    late = date_errors("birth_date_month").filter(pl.col("right").dt.day() > 28)
    assert late.height > 300
    assert set(late["wrong"].dt.day()) == {28}


def test_a_wrong_sex_is_the_other_one_and_an_initial_is_the_first_letter() -> None:
    right, _ = written({})
    for error, field in (("sex_wrong", "sex"), ("first_name_initial", "first_name")):
        dataset, truth = written({error: 0.5})
        wrong = dataset.frame.join(right.frame, on="record_id").join(truth.errors, on="record_id")
        if field == "sex":
            assert set(wrong.select("sex", "sex_right").rows()) == {("F", "M"), ("M", "F")}
        else:
            first = wrong["first_name_right"].str.slice(0, 1)
            assert wrong["first_name"].equals(first.rename("first_name"))


def test_a_former_surname_is_the_persons_own() -> None:
    world = kent(PEOPLE)
    dataset, truth = written({"surname_former": 0.5})
    wrong = (
        dataset.frame.join(truth.errors, on="record_id")
        .join(truth.owners, on="record_id")
        .join(world.people.select("person_id", "former_surname"), on="person_id")
    )
    assert (wrong["surname"] == wrong["former_surname"]).all()


def test_group_multipliers_are_the_products_of_the_groups_over_their_mean() -> None:
    people = pl.DataFrame(
        {
            "ethnic_group": ["White", "Asian", "White", "White"],
            "sex": ["F", "F", "M", "M"],
            "deprivation_fifth": pl.Series([3, 3, 3, 1], dtype=pl.UInt8),
        }
    )
    found = group_multiplier(people, np.array([50.0, 50.0, 1.0, 25.0]))
    base = 1 / (1.064 * 1.022 * 1.044 * 1.074 * 1.10)
    assert found == pytest.approx(
        [base, 1.6 * base, 2.0 * 1.15 * base, 1.4 * 1.15 * 1.5 * base], rel=1e-12
    )


def test_the_mean_multiplier_is_about_1_so_that_rates_are_those_of_all_records() -> None:
    assert_mean(kent(60_000).layout.error_multiplier, 1.0, fault=0.03)


def test_errors_cluster_in_people_across_agencies() -> None:
    world = kent(PEOPLE)
    rate = 0.1
    logs = [written({"sex_wrong": rate}, name=name)[1] for name in ("one", "two")]
    wrong = [truth.errors.join(truth.owners, on="record_id")["person_id"] for truth in logs]
    both = len(set(wrong[0]) & set(wrong[1]))
    each = chances(world, np.arange(PEOPLE), rate)
    assert_count(both, each**2, fault=0.6)
    # Were errors independent, they would meet in far fewer people.
    independent = len(wrong[0]) * len(wrong[1]) / PEOPLE
    assert both > independent + 5 * math.sqrt(independent)


def test_without_proneness_errors_meet_in_people_no_more_than_their_groups_do() -> None:
    world = make_world(world_spec(PEOPLE, frailty_variance=0.0), {}, {}, seed=1)
    assert np.unique(world.layout.error_multiplier).size <= 2 * 2 * 2 * 2 * 2
    logs = [written({"sex_wrong": 0.05}, world, name)[1] for name in ("one", "two")]
    wrong = [truth.errors.join(truth.owners, on="record_id")["person_id"] for truth in logs]
    each = chances(world, np.arange(PEOPLE), 0.05)
    assert_count(len(set(wrong[0]) & set(wrong[1])), each**2, fault=0.8)


def test_errors_are_as_much_commoner_in_a_group_as_its_multiplier_says() -> None:
    world = make_world(world_spec(60_000, frailty_variance=0.0), {}, {}, seed=1)
    dataset, truth = written({"sex_wrong": 0.1}, world)
    person = positions(truth, world)
    flagged = dataset.frame["record_id"].is_in(truth.errors["record_id"].to_list()).to_numpy()
    people = world.people[person]
    # Within white women of middle age: the most deprived fifth against the others.
    plain = (
        (people["ethnic_group"] == "White").to_numpy()
        & (people["sex"] == "F").to_numpy()
        & (people["date_of_birth"].dt.year() < 1980).to_numpy()
    )
    deprived = (people["deprivation_fifth"] == 1).to_numpy()
    base = 0.1 / proneness.MEAN_OF_GROUPS
    for among, multiplier in ((plain & deprived, 1.5), (plain & ~deprived, 1.0)):
        assert_share(int(flagged[among].sum()), int(among.sum()), base * multiplier, fault=0.3)
    minority = ~(people["ethnic_group"] == "White").to_numpy()
    assert_count(int(flagged[minority].sum()), chances(world, person[minority], 0.1), fault=0.3)
    assert flagged[minority].mean() > 1.3 * flagged[~minority].mean()


def test_no_error_is_likelier_than_a_half_for_anybody() -> None:
    _, truth = written({"sex_wrong": 1.0})
    world = kent(PEOPLE)
    each = chances(world, positions(truth, world), 1.0)
    assert each.max() == 0.5
    assert_count(truth.errors.height, each, fault=0.1)
