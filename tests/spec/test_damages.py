"""Damages: what each error writes, and what stays the same for a person."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

from simulator.corruption import corrupt
from simulator.damages import DAMAGES
from simulator.damages.nicknames import NICKNAMES
from simulator.damages.numbers import DIGIT_WRONG
from simulator.errors import ERROR_TYPES
from simulator.identifiers import is_valid_nhs_number
from simulator.issuing import OFFICIAL, number_of
from simulator.official_numbers import is_valid_pnc_id, is_valid_upn
from simulator.settings import Share
from tests.hand_draft import DAY, hand_draft
from tests.statistical import assert_count, assert_share

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from simulator.draft import Draft

RECORDS = 20_000


def damaged(error: str, rate: float = 1.0, draft: Draft | None = None) -> pl.DataFrame:
    """Right and wrong values of the records that an error hit, and their rows."""
    draft = draft or hand_draft(RECORDS)
    columns, log = corrupt(draft, {error: Share(value=rate)})
    field = ERROR_TYPES[error].fields[0]
    hit = log.frame.filter("changed")["record_id"].unique()
    rows = pl.DataFrame({"record_id": draft.record_id, "right": draft.columns[field]})
    found = rows.with_columns(wrong=columns[field], row=pl.int_range(len(rows)))
    found = found.filter(pl.col("record_id").is_in(hit.implode()))
    assert found.height > 20
    return found


def pairs(found: pl.DataFrame) -> Mapping[str, set[str]]:
    """What each right value was written as."""
    return {
        right: set(group["wrong"].to_list())
        for (right,), group in found.group_by("right", maintain_order=True)
    }


def test_nicknames_go_both_ways_and_are_the_same_for_a_person_in_every_agency() -> None:
    assert len(NICKNAMES) >= 150
    assert pairs(damaged("first_name_nickname")) == {
        "Robert": {"Bob", "Rob", "Bobby", "Robbie"},
        "Kate": {"Catherine", "Katharine", "Katherine"},
        "Steven": {"Steve", "Stevie"},
        "Catherine": {"Cathy", "Kate", "Cath", "Katie"},
    }
    one, two = (
        damaged("first_name_nickname", rate, hand_draft(RECORDS, agency))
        for agency, rate in (("police", 0.2), ("practice", 0.1))
    )
    both = one.join(two, on="row")
    assert both.height == two.height  # who has a nickname where it is rare has it where it is not
    assert both["wrong"].equals(both["wrong_right"].rename("wrong"))


@pytest.mark.parametrize(
    "error",
    [
        "first_name_transliterated",
        "first_name_middle",
        "birth_date_false",
        "surname_transliterated",
    ],
)
def test_what_is_of_the_person_is_the_same_in_every_agency(error: str) -> None:
    one, two = (damaged(error, 0.3, hand_draft(RECORDS, name)) for name in ("one", "two"))
    assert one.select("row", "wrong").equals(two.select("row", "wrong"))


def test_a_name_from_another_script_is_spelt_as_others_of_its_family() -> None:
    found = pairs(damaged("first_name_transliterated"))
    assert found.keys() == {"Mohammed", "Ahmad", "Dmitri"}
    assert found["Ahmad"] == {"Ahmed", "Ahmet", "Achmed"}
    assert {"Muhammad", "Mohammad", "Mohamed"} <= found["Mohammed"]


def test_a_person_has_at_most_three_aliases_the_same_in_every_agency() -> None:
    people = 40
    given: dict[int, set[tuple[str, str]]] = {row: set() for row in range(people)}
    for number in range(60):
        draft = hand_draft(400, f"agency {number}")
        columns, log = corrupt(draft, {"names_alias": Share(value=1.0)})
        hit = np.isin(draft.record_id, log.frame["record_id"].to_numpy())
        for row in np.flatnonzero(hit[:people]).tolist():
            given[row].add((columns["first_name"][row], columns["surname"][row]))
    sizes = [len(names) for names in given.values()]
    assert max(sizes) <= 3
    assert np.mean(sizes) > 2


def test_spellings_as_heard_are_those_of_british_rules() -> None:
    surnames = pairs(damaged("surname_phonetic"))
    assert {"Clarke", "Klark"} <= surnames["Clark"]
    assert "MacDonald" in surnames["McDonald"]
    assert {"Fornley", "Tornley", "Thornleigh"} <= surnames["Thornley"]
    first = pairs(damaged("first_name_phonetic"))
    assert {"Stephen", "Stefen"} & first["Steven"]
    assert "Mohamed" in first["Mohammed"]
    assert "Robert" not in first  # an -s is for surnames


def test_what_is_misread_looks_alike() -> None:
    assert {"C1ark", "CIark"} <= pairs(damaged("surname_scanned"))["Clark"]
    assert "Thomley" in pairs(damaged("surname_scanned"))["Thornley"]


@pytest.mark.parametrize(
    "error", ["postcode_typing", "postcode_confused", "postcode_scanned", "postcode_without_space"]
)
def test_a_wrong_postcode_keeps_its_first_letter_which_is_of_no_real_area(error: str) -> None:
    assert set(damaged(error)["wrong"].str.slice(0, 1)) == {"Q"}


def test_postcodes_lose_their_space_their_inward_half_or_their_home() -> None:
    found = damaged("postcode_without_space")
    assert (found["wrong"] == found["right"].str.replace(" ", "")).all()
    found = damaged("postcode_outward")
    assert (found["wrong"] == found["right"].str.split(" ").list.first()).all()
    assert set(damaged("postcode_no_fixed_abode")["wrong"]) == {"ZZ99 3VZ"}
    changed = damaged("postcode_confused")
    assert (
        changed["wrong"].str.replace_all("0", "O") == changed["right"].str.replace_all("0", "O")
    ).sum() > 0


def test_a_slip_of_the_first_key_is_a_tenth_as_likely_as_one_after_it_and_hits_the_first() -> None:
    for name in ("first_name", "surname"):
        later = ERROR_TYPES[f"{name}_typing"].rate.value
        first = ERROR_TYPES[f"{name}_first_letter"].rate.value
        assert first / (first + later) == pytest.approx(0.1)
    found = pairs(damaged("surname_first_letter"))["Clark"]
    assert {"lark", "lCark", "Xlark", "XClark"} <= found


def test_parts_of_surnames_are_cut_or_change_places() -> None:
    assert pairs(damaged("surname_cut")) == {
        "Smith-Jones": {"Smith", "Jones"},
        "Cruz Vega": {"Cruz", "Vega"},
    }
    assert pairs(damaged("surname_parts_reordered")) == {
        "Smith-Jones": {"Jones-Smith"},
        "Cruz Vega": {"Vega Cruz"},
    }
    draft = hand_draft(RECORDS)
    columns, log = corrupt(draft, {"names_swapped": Share(value=0.1)})
    hit = np.flatnonzero(np.isin(draft.record_id, log.frame["record_id"].to_numpy()))
    assert (
        columns["first_name"]
        .gather(hit)
        .equals(draft.columns["surname"].gather(hit).rename("first_name"))
    )
    assert (
        columns["surname"]
        .gather(hit)
        .equals(draft.columns["first_name"].gather(hit).rename("surname"))
    )
    assert set(log.frame["field"]) == {"first_name", "surname"}


@pytest.mark.parametrize("error", [e for e, kind in ERROR_TYPES.items() if kind.unit == "system"])
def test_a_system_treats_all_its_records_alike(error: str) -> None:
    draft = hand_draft(RECORDS)
    _, log = corrupt(draft, {error: Share(value=0.3)})
    flagged = np.isin(draft.record_id, log.frame["record_id"].to_numpy()).reshape(-1, 10)
    assert set(flagged.sum(axis=1)) == {0, 10}
    assert_share(int(flagged[:, 0].sum()), len(flagged), 0.3, fault=0.4)


def test_systems_drop_marks_and_write_in_capitals() -> None:
    draft = hand_draft(RECORDS)
    accents = draft.columns["surname"].replace({"Clark": "Núñez", "Cruz Vega": "Ó Briain"})
    draft = replace(draft, columns={**draft.columns, "surname": accents})
    found = pairs(damaged("surname_without_marks", draft=draft))
    assert found["O'Brien"] == {"OBrien"}
    assert found["Núñez"] == {"Nunez"}
    assert found["Ó Briain"] == {"OBriain"}


def test_newborns_are_babies_of_their_mothers_name_without_a_number() -> None:
    draft = hand_draft(RECORDS)
    errors = ("first_name_baby", "surname_of_mother", "nhs_number_not_yet")
    columns, log = corrupt(draft, {error: Share(value=1.0) for error in errors})
    newborn = np.arange(RECORDS) % 25 == 0
    assert set(log.frame["record_id"]) == set(draft.record_id[newborn].tolist())
    assert set(columns["first_name"].filter(pl.Series(newborn))) == {"Baby"}
    assert columns["nhs_number"].is_null().sum() == newborn.sum()
    people = draft.sources.people
    for row in np.flatnonzero(newborn)[:200].tolist():
        mother = people.row(row ^ 1, named=True)
        is_mother = mother["sex"] == "F" and mother["date_of_birth"] < date(2002, 12, 29)
        name = mother["surname"] if is_mother else people["surname"][row]
        assert columns["surname"][row] == name


def test_numbers_of_twins_and_dates_of_household_members_are_theirs() -> None:
    people = hand_draft(RECORDS).sources.people
    born = people["date_of_birth"]
    found = damaged("nhs_number_of_twin")
    mate = found["row"].to_numpy() ^ 1
    assert found["wrong"].cast(pl.Int64).to_list() == people["nhs_number"].gather(mate).to_list()
    assert (
        people["date_of_birth"].gather(mate) == people["date_of_birth"].gather(found["row"])
    ).all()
    found = damaged("birth_date_of_household_member")
    mate = found["row"].to_numpy() ^ 1
    assert found["wrong"].to_list() == born.gather(mate).to_list()


def chances_of_passing(numbers: list[str]) -> tuple[NDArray[np.float64], float]:
    """Chances that each number changes and passes the check, and that it changes; enumerated.

    Each digit after the first is wrong with the stated chance, and then any other one.
    """
    digits = np.array([list(number) for number in numbers]).astype(np.int64)
    by_sum = np.zeros((len(numbers), 11))  # chance of each change of the weighted sum, modulo 11
    by_sum[:, 0] = 1.0
    for place in range(1, 10):
        after = by_sum * (1 - DIGIT_WRONG)
        for right in range(10):
            rows = digits[:, place] == right
            for wrong in set(range(10)) - {right}:
                step = (10 - place) * (wrong - right) % 11
                after[rows] += np.roll(by_sum[rows], step, axis=1) * DIGIT_WRONG / 9
        by_sum = after
    same = (1 - DIGIT_WRONG) ** 9
    return by_sum[:, 0] - same, 1 - same


def test_numbers_with_several_wrong_digits_fail_their_check_as_often_as_arithmetic_says() -> None:
    draft = hand_draft(RECORDS)
    columns, log = corrupt(draft, {"nhs_number_digits": Share(value=1.0)})
    hit = np.isin(draft.record_id, log.frame["record_id"].to_numpy())
    numbers = columns["nhs_number"].filter(pl.Series(hit))
    right = draft.columns["nhs_number"].filter(pl.Series(hit))
    changed = (numbers != right).to_numpy()
    passing = is_valid_nhs_number(numbers.cast(pl.Int64).to_numpy()) & changed
    passes, changes = chances_of_passing(right.to_list())
    assert_share(int(changed.sum()), len(right), changes, fault=0.1)
    assert_count(int(passing.sum()), passes, fault=0.35)
    failing = 1 - passes.mean() / changes
    # One wrong digit always fails, so more do than the 10 in 11 of a number made up at random.
    assert 10 / 11 < failing < 0.98
    assert set(numbers.str.slice(0, 1)) == {"9"}


def test_a_digit_lost_inserted_or_swapped_always_fails_the_check() -> None:
    wrong = damaged("nhs_number_slip")["wrong"]
    assert set(wrong.str.len_chars()) == {9, 10, 11}
    assert set(wrong.str.slice(0, 1)) == {"9"}
    assert wrong.str.contains("^[0-9]*$").all()
    swapped = wrong.filter(wrong.str.len_chars() == 10)
    assert not is_valid_nhs_number(swapped.cast(pl.Int64).to_numpy()).any()


def test_wrong_digits_never_make_a_number_of_another_block() -> None:
    draft = hand_draft(RECORDS)
    errors = [e for e in DAMAGES if ERROR_TYPES[e].fields == ("nhs_number",)]
    columns, _ = corrupt(draft, {error: Share(value=0.5) for error in errors})
    numbers = columns["nhs_number"].drop_nulls()
    whole = numbers.filter(numbers.str.contains("^[0-8][0-9]{9}$"))
    assert whole.len() > 100
    assert not is_valid_nhs_number(whole.cast(pl.Int64).to_numpy()).any()


@pytest.mark.parametrize("error", [e for e in DAMAGES if e.endswith("_character")])
def test_a_wrong_character_is_one_of_the_same_kind_in_any_place_but_those_that_are_kept(
    error: str,
) -> None:
    found = damaged(error)
    right, wrong = (found[side].to_list() for side in ("right", "wrong"))
    places = set()
    for one, other in zip(right, wrong, strict=True):
        differing = [at for at, pair in enumerate(zip(one, other, strict=True)) if len({*pair}) > 1]
        assert len(differing) == 1
        (place,) = differing
        assert one[place].isdigit() == other[place].isdigit()
        assert other[place].isascii()
        assert other[place].isalnum()
        places.add(place)
    field = ERROR_TYPES[error].fields[0]
    kept = OFFICIAL[field].kept if field in OFFICIAL else 0
    assert places == set(range(kept, len(right[0])))


@pytest.mark.parametrize(("field", "valid"), [("upn", is_valid_upn), ("pnc_id", is_valid_pnc_id)])
def test_a_wrong_character_of_a_upn_or_a_pnc_id_always_fails_the_check(
    field: str, valid: Callable[[pl.Series], pl.Series]
) -> None:
    found = damaged(f"{field}_character")
    assert valid(found["right"]).all()
    assert not valid(found["wrong"]).any()


def test_numbers_of_others_are_theirs_if_they_are_of_an_age_to_have_one() -> None:
    draft = hand_draft(RECORDS)
    people = draft.sources.people
    for error, field, low, high in (
        ("nino_of_household_member", "nino", 16, 1_000),
        ("upn_of_household_member", "upn", 5, 19),
    ):
        found = damaged(error, draft=draft)
        mate = found["row"].to_numpy() ^ 1
        theirs = number_of(field, draft.seed, people, mate)
        assert found["wrong"].to_list() == theirs.to_list()
        age = (pl.Series(DAY.repeat(len(mate))) - people["date_of_birth"].gather(mate)).dt
        years = age.total_days() / 365.25
        assert years.min() >= low
        assert years.max() < high
    found = damaged("mpan_of_neighbour", draft=draft)
    doors = number_of("mpan", draft.seed, draft.sources.homes, np.arange(RECORDS)).to_list()
    at = np.array([doors.index(written) for written in found["wrong"].to_list()[:500]])
    assert set(np.abs(at - found["row"].to_numpy()[:500])) == {1}


def test_dates_swap_slip_or_are_made_coarser() -> None:
    found = damaged("birth_date_swapped")
    assert (found["wrong"].dt.day() == found["right"].dt.month()).all()
    assert (found["wrong"].dt.month() == found["right"].dt.day()).all()
    for error, years in (("birth_date_decade", {10}), ("birth_date_century", {100})):
        found = damaged(error)
        assert set((found["wrong"].dt.year() - found["right"].dt.year()).abs()) == years
        assert found["wrong"].dt.year().max() <= 2018
    found = damaged("birth_date_first_of_january")
    assert set(found["wrong"].dt.ordinal_day()) == {1}
    assert found["wrong"].dt.year().equals(found["right"].dt.year().rename("wrong"))
    assert set(damaged("birth_date_to_the_first")["wrong"].dt.day()) == {1}
    assert set(damaged("birth_date_to_the_fifteenth")["wrong"].dt.day()) == {15}
    assert set(damaged("birth_date_placeholder")["wrong"].cast(pl.String)) == {"1900-01-01"}


def test_a_date_one_off_is_off_in_one_part_in_the_shares_in_which_parts_disagree() -> None:
    found = damaged("birth_date_next").filter(pl.col("right").dt.day() <= 28)
    day, month, year = (
        (
            getattr(found["wrong"].dt, part)().cast(pl.Int32) - getattr(found["right"].dt, part)()
        ).to_numpy()
        for part in ("day", "month", "year")
    )
    assert set(np.abs(day).tolist()) == {0, 1, 27}
    assert set(np.abs(month).tolist()) == {0, 1, 11}
    assert set(np.abs(year).tolist()) == {0, 1}
    assert ((day != 0).astype(int) + (month != 0) + (year != 0) == 1).all()
    for part, weight in ((day, 274), (month, 172), (year, 136)):
        assert_share(int((part != 0).sum()), len(part), weight / 582, fault=0.15)


def test_placeholders_are_those_of_forms() -> None:
    found = set(damaged("first_name_placeholder")["wrong"])
    assert found == {"UNKNOWN", "BABY", "N/A", "XX"}
    assert set(damaged("surname_placeholder")["wrong"]) == {"UNKNOWN", "N/A", "XX"}
    assert set(damaged("sex_unknown")["wrong"]) == {"U"}


def test_a_middle_name_is_one_of_people_of_the_same_sex() -> None:
    draft = hand_draft(RECORDS)
    named = draft.sources.people["sex"].replace({"F": "Anna", "M": "Bruno"}).rename("first_name")
    people = draft.sources.people.with_columns(
        first_name=named + pl.Series([f" {row}" for row in range(RECORDS)])
    )
    draft = replace(
        draft,
        sources=replace(draft.sources, people=people),
        columns={**draft.columns, "first_name": people["first_name"]},
    )
    found = damaged("first_name_middle", draft=draft)
    assert (found["wrong"].str.slice(0, 4) == found["right"].str.slice(0, 4)).all()
