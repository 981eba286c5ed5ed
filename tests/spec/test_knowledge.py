"""What adversaries know: who is drawn, what they recall, and that nobody is named by it."""

from __future__ import annotations

from datetime import date, timedelta
from math import sqrt

import numpy as np
import polars as pl
import pytest

from reidentify.knowledge import draw_dated_knowledge, draw_number_list
from tests.small_worlds import START, Contact, Person, attack_spec, small_world

# 200 people; person i has i % 6 contacts, all different days, services by turns, places 1 to 3.
PEOPLE = [
    Person("FM"[i % 2], date(1950, 1, 1) + timedelta(days=100 * i), i, 9_000_000_000 + i)
    for i in range(200)
]
CONTACTS = [
    Contact(i, START + timedelta(days=3 * i + 5 * j), ("a_and_e", "admissions")[j % 2], 1 + i % 3)
    for i in range(200)
    for j in range(i % 6)
]
WORLD = small_world(PEOPLE, CONTACTS)


def test_targets_have_at_least_the_most_contacts_tried_and_all_who_do_may_be_drawn() -> None:
    knowledge, truth = draw_dated_knowledge(WORLD, attack_spec(targets=1000), "x")
    drawn = sorted(truth.frame["person_id"])
    assert drawn == [501 + i for i in range(200) if i % 6 >= 3]
    assert (truth.qualifying, truth.people) == (len(drawn), 200)
    assert knowledge.targets["target_id"].to_list() == truth.frame["target_id"].to_list()


def test_as_many_targets_are_drawn_as_were_asked_for() -> None:
    knowledge, truth = draw_dated_knowledge(WORLD, attack_spec(targets=20), "x")
    assert knowledge.targets.height == truth.frame["person_id"].n_unique() == 20
    assert truth.qualifying > 20


def test_without_recall_errors_contacts_are_some_of_the_targets_own() -> None:
    knowledge, truth = draw_dated_knowledge(WORLD, attack_spec(targets=1000), "x")
    real = {(501 + c.person, c.service, c.day, c.place) for c in CONTACTS}
    known = knowledge.contacts.join(truth.frame, on="target_id")
    told = known.select("person_id", "service", "recalled", "place").rows()
    assert len(set(told)) == len(told) == 3 * truth.qualifying
    assert set(told) <= real
    assert knowledge.contacts["ordinal"].to_list() == [0, 1, 2] * truth.qualifying


def test_known_contacts_are_drawn_without_regard_to_date() -> None:
    # A target of five contacts: the first one known is the earliest with chance 1/5. Of 33 people
    # in each of 10 seeds 66 are expected; 30 to 104 fails by chance less than once in a million.
    first = 0
    for seed in range(10):
        world = small_world(PEOPLE, CONTACTS, seed)
        knowledge, truth = draw_dated_knowledge(
            world, attack_spec(contacts=(5,), targets=1000), "x"
        )
        known = knowledge.contacts.filter(pl.col("ordinal") == 0).join(truth.frame, on="target_id")
        starts = [START + timedelta(days=3 * (person - 501)) for person in known["person_id"]]
        first += sum(day == start for day, start in zip(known["recalled"], starts, strict=True))
    assert 30 < first < 104


def test_dates_are_off_by_a_rounded_normal_error() -> None:
    spec = attack_spec(targets=1000, contacts=(3,), date_error_days=4)
    errors: list[int] = []
    for seed in range(10):
        world = small_world(PEOPLE, CONTACTS, seed)
        exact, _ = draw_dated_knowledge(world, attack_spec(targets=1000, contacts=(3,)), "x")
        vague, _ = draw_dated_knowledge(world, spec, "x")
        shift = (vague.contacts["recalled"] - exact.contacts["recalled"]).dt.total_days()
        errors += shift.to_list()
    # Rounding adds 1/12 to the variance. About 3,000 errors: four standard errors on either side
    # fail by chance about once in 8,000 for each of mean and deviation.
    count = len(errors)
    assert count > 2_900
    assert abs(np.mean(errors)) < 4 * 4.01 / sqrt(count)
    assert abs(np.std(errors) - sqrt(16 + 1 / 12)) < 4 * 4.01 / sqrt(2 * count)


def test_a_misremembered_contact_did_not_happen_and_others_stay_as_they_were() -> None:
    spec = attack_spec(targets=1000, misremembered=0.3)
    exact, _ = draw_dated_knowledge(WORLD, attack_spec(targets=1000), "x")
    wrong, _ = draw_dated_knowledge(WORLD, spec, "x")
    same = (
        (exact.contacts["recalled"] == wrong.contacts["recalled"])
        & (exact.contacts["service"] == wrong.contacts["service"])
        & (exact.contacts["place"] == wrong.contacts["place"])
    )
    # About 300 contacts, 30 % misremembered: 0.18 to 0.42 fails by chance once in 100,000.
    assert 0.18 < 1 - same.mean() < 0.42  # type: ignore[operator]
    false = wrong.contacts.filter(~same)
    inside = false["recalled"].is_between(START, START + timedelta(days=729))
    assert inside.all()
    assert set(false["place"]) <= {1, 2, 3}


def test_if_everything_is_misremembered_nothing_that_happened_is_known() -> None:
    exact, _ = draw_dated_knowledge(WORLD, attack_spec(targets=1000), "x")
    wrong, _ = draw_dated_knowledge(WORLD, attack_spec(targets=1000, misremembered=1), "x")
    # 300 contacts hit their own day of 730 with chance 1/730 each: more than 6 once in 10^5.
    assert (exact.contacts["recalled"] == wrong.contacts["recalled"]).sum() <= 6


def test_a_recall_error_changes_no_other_draw() -> None:
    exact, one = draw_dated_knowledge(WORLD, attack_spec(targets=20), "x")
    vague, two = draw_dated_knowledge(
        WORLD, attack_spec(targets=20, date_error_days=3, misremembered=0.2), "x"
    )
    assert one.frame.equals(two.frame)
    assert exact.targets.equals(vague.targets)


@pytest.mark.parametrize(
    ("knows", "columns"),
    [
        ((), []),
        (("sex",), ["sex"]),
        (("age",), ["date_of_birth"]),
        (("area", "sex"), ["lsoa", "msoa", "deprivation_fifth", "sex"]),
    ],
)
def test_only_what_is_known_is_told(knows: tuple[str, ...], columns: list[str]) -> None:
    knowledge, _ = draw_dated_knowledge(WORLD, attack_spec(knows=knows), "x")
    assert knowledge.targets.columns == ["target_id", *columns]


def test_attributes_are_the_targets_own() -> None:
    knowledge, truth = draw_dated_knowledge(WORLD, attack_spec(targets=1000), "x")
    told = knowledge.targets.join(truth.frame, on="target_id")
    for person, sex, born, area in told.select("person_id", "sex", "date_of_birth", "lsoa").rows():
        assert (sex, born, area) == PEOPLE[person - 501][:3]


def test_target_ids_are_opaque_and_not_shared_between_attacks() -> None:
    _, one = draw_dated_knowledge(WORLD, attack_spec(targets=1000), "one")
    _, two = draw_dated_knowledge(WORLD, attack_spec(targets=1000), "two")
    ids = set(one.frame["target_id"]) | set(two.frame["target_id"])
    assert len(ids) == one.frame.height + two.frame.height
    assert min(ids) > 2**40  # 200 draws below 2^40 of 2^64: once in 80,000 runs of a fresh seed


def test_nobody_qualifying_is_no_error() -> None:
    knowledge, truth = draw_dated_knowledge(WORLD, attack_spec(contacts=(9,)), "x")
    assert knowledge.targets.height == knowledge.contacts.height == truth.qualifying == 0


def test_a_list_of_everybody_holds_every_right_number() -> None:
    numbers, truth = draw_number_list(WORLD, 1.0, "x")
    told = numbers.frame.join(truth.frame, on="target_id").sort("person_id")
    assert told["nhs_number"].to_list() == [person.number for person in PEOPLE]


def test_a_smaller_list_is_part_of_a_larger_one() -> None:
    half, _ = draw_number_list(WORLD, 0.5, "x")
    most, _ = draw_number_list(WORLD, 0.8, "x")
    assert set(half.frame["nhs_number"]) < set(most.frame["nhs_number"])
    # 200 people: 60 to 140 of them fails by chance once in 10^8.
    assert 60 < half.frame.height < 140
    assert draw_number_list(WORLD, 0.0, "x")[0].frame.height == 0


def test_repr_prints_no_number() -> None:
    numbers, truth = draw_number_list(WORLD, 1.0, "x")
    knowledge, _ = draw_dated_knowledge(WORLD, attack_spec(), "x")
    for text in (repr(numbers), repr(truth), repr(knowledge)):
        assert "90000" not in text
        assert "shape" not in text
