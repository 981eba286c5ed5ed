"""A suggested plan: columns are recognised and paired, and rules reach people within a budget."""

from __future__ import annotations

import polars as pl
import pytest

from linkage.column_pairs import pair_columns
from linkage.recognise import recognise
from linkage.roles import is_record_id, role_by_name
from linkage.rule_choice import PAIRS_A_RECORD, SMALL
from linkage.suggest import suggest
from tests.people_files import other_file, people

PEOPLE = people(2_000)
OTHER = other_file(PEOPLE)


@pytest.mark.parametrize(
    ("heading", "role"),
    [
        ("forename", "first_name"),
        ("given_name", "first_name"),
        ("Patient First Name", "first_name"),
        ("firstName", "first_name"),
        ("last_name", "surname"),
        ("family-name", "surname"),
        ("DOB", "date_of_birth"),
        ("birth_date", "date_of_birth"),
        ("Gender", "sex"),
        ("post_code", "postcode"),
        ("ZIP", "postcode"),
        ("NHS No.", "nhs_number"),
        ("soc_sec_id", "national_id"),
        ("address_1", "address"),
        ("suburb", "town"),
        ("dob_l", "date_of_birth"),
        ("shoe_size", None),
        ("", None),
    ],
)
def test_a_heading_says_what_a_column_holds(heading: str, role: str | None) -> None:
    assert role_by_name(heading) == role


def test_record_ids_are_known_by_name() -> None:
    assert is_record_id("rec_id")
    assert is_record_id("Record ID")
    assert not is_record_id("nhs_number")


def test_columns_under_other_headings_are_paired() -> None:
    pairs = {each.left: each.right for each in pair_columns(PEOPLE.drop("id"), OTHER)}
    assert pairs == {
        "first_name": "Forename",
        "surname": "Family Name",
        "date_of_birth": "DOB",
        "sex": "Gender",
        "postcode": "Post Code",
        "nhs_number": "NHS No",
    }


def test_columns_whose_headings_say_nothing_are_told_by_their_values() -> None:
    blind = OTHER.rename({name: f"c{place}" for place, name in enumerate(OTHER.columns)})
    pairs = {each.left: each.right for each in pair_columns(PEOPLE.drop("id"), blind)}
    assert pairs["date_of_birth"] == "c3"
    assert pairs["sex"] == "c4"
    assert pairs["postcode"] == "c5"
    assert pairs["nhs_number"] == "c6"
    assert pairs["surname"] == "c1"
    assert pairs["first_name"] == "c2"


def test_empty_and_constant_columns_and_record_numbers_are_not_compared() -> None:
    frame = PEOPLE.with_columns(
        pl.lit(None, dtype=pl.String).alias("email"), pl.lit("Kent").alias("county")
    )
    roles = {each.name: each.role for each in recognise(frame)}
    assert (roles["email"], roles["county"], roles["id"]) == ("empty", "constant", "record_id")
    paired = {each.left for each in pair_columns(frame, None)}
    assert not paired & {"email", "county", "id"}


def test_a_suggested_plan_compares_each_column_by_its_kind() -> None:
    plan = suggest(PEOPLE, OTHER, pair_columns(PEOPLE, OTHER)).plan
    kinds = {each.column: each.kind for each in plan.comparisons}
    assert kinds == {
        "first_name": "name",
        "surname": "name",
        "date_of_birth": "date",
        "sex": "exact",
        "postcode": "postcode",
        "nhs_number": "text",
    }
    assert {each.column for each in plan.comparisons if each.term_frequency} == {
        "first_name",
        "surname",
    }
    assert ("first_name", "surname", "date_of_birth") in plan.deterministic
    assert plan.one_to_one == "greedy"


def test_rules_are_several_stay_in_the_budget_and_share_no_column_that_all_need() -> None:
    suggestion = suggest(PEOPLE, OTHER, pair_columns(PEOPLE, OTHER))
    rules = [{name.partition(":")[0] for name in rule} for rule in suggestion.plan.blocking]
    assert len(rules) >= 3
    assert not set.intersection(*rules)
    assert sum(suggestion.pairs) <= max(PAIRS_A_RECORD * PEOPLE.height, SMALL)
    assert suggestion.reached > 0.99


def test_without_numbers_and_dates_a_plan_is_still_found() -> None:
    bare = PEOPLE.select("first_name", "surname")
    suggestion = suggest(bare, bare, pair_columns(bare, bare))
    assert suggestion.plan.blocking
    assert suggestion.plan.deterministic == (("first_name", "surname"),)


def test_a_file_that_holds_people_more_than_once_is_not_linked_one_to_one() -> None:
    twice = pl.concat([OTHER, OTHER.head(300)])
    assert suggest(PEOPLE, twice, pair_columns(PEOPLE, twice)).plan.one_to_one == "none"
    assert suggest(PEOPLE, None, pair_columns(PEOPLE, None)).plan.one_to_one == "none"


def test_the_order_of_rows_does_not_change_a_plan_of_a_small_file() -> None:
    shuffled = OTHER.reverse()
    one = suggest(PEOPLE, OTHER, pair_columns(PEOPLE, OTHER)).plan
    assert suggest(PEOPLE, shuffled, pair_columns(PEOPLE, shuffled)).plan == one


def test_a_column_that_is_mostly_missing_is_not_relied_on() -> None:
    sparse = OTHER.with_columns(
        pl.when(pl.int_range(pl.len()) % 10 == 0).then(pl.col("NHS No")).alias("NHS No")
    )
    suggestion = suggest(PEOPLE, sparse, pair_columns(PEOPLE, sparse))
    assert any("nhs_number" not in rule for rule in suggestion.plan.blocking)
    assert suggestion.reached > 0.95
    assert suggestion.plan.deterministic_recall.value < 0.95


def test_many_columns_give_no_more_patterns_than_the_engine_keeps_apart() -> None:
    many = PEOPLE.with_columns(
        pl.col("surname").alias(f"{name}") for name in ("middle_name", "town", "address", "email")
    ).with_columns(pl.col("date_of_birth").alias("address_2"), pl.col("surname").alias("phone"))
    plan = suggest(many, None, pair_columns(many, None)).plan
    patterns = 1
    for each in plan.comparisons:
        patterns *= len(each.levels) + 2
    assert patterns <= 1_000_000


@pytest.mark.parametrize("rows", [1, 2, 5])
def test_a_plan_is_found_for_a_handful_of_records(rows: int) -> None:
    few = PEOPLE.head(rows)
    pairs = pair_columns(few, PEOPLE)
    assert suggest(few, PEOPLE, pairs).plan.blocking
