"""The household attack: who lives with whom singles out, and without homes it is as for one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reidentify.adversaries import household
from reidentify.identity_specs import HouseholdSpec
from reidentify.knowledge_households import HouseholdKnowledge
from reidentify.release import Release
from tests.small_worlds import PEOPLE_TYPES, Person, attributes, release_spec, row_ids

SPEC = HouseholdSpec.model_validate(
    {
        "adversary": "household",
        "recipient": "x",
        "knows": ["sex", "age", "area"],
        "misremembered": 0,
    }
)
YOUNG, OLD = date(1990, 1, 1), date(1950, 1, 1)
# Two women alike, one with an old man, one with a young man; a third household of a woman alone.
PEOPLE = [
    Person("F", OLD),
    Person("M", OLD),
    Person("F", OLD),
    Person("M", YOUNG),
    Person("F", YOUNG),
]
HOMES = pl.Series("home", [1, 1, 2, 2, 3], dtype=pl.UInt64)
ROWS = row_ids(5)
RELEASE = Release(
    "x", release_spec(), pl.DataFrame([ROWS]).hstack(attributes(PEOPLE)).with_columns(HOMES), {}
)


def knowledge(target: Person, *others: Person) -> HouseholdKnowledge:
    """One target, 1, and those who live with it."""
    ids = pl.Series("target_id", [1], dtype=pl.UInt64)
    told = attributes([target])
    beside = attributes([*others]).with_columns(
        pl.lit(1, pl.UInt64).alias("target_id"),
        pl.int_range(pl.len(), dtype=pl.Int64).alias("ordinal"),
    )
    columns = [*PEOPLE_TYPES]
    return HouseholdKnowledge(
        pl.DataFrame([ids]).hstack(told), beside.select("target_id", "ordinal", *columns)
    )


def claimed(known: HouseholdKnowledge, release: Release = RELEASE) -> dict[int, list[int]]:
    made = household.attack(release, known, SPEC)
    return {number: claims.frame["row_id"].to_list() for number, claims in made.items()}


def test_one_who_is_alone_in_the_rows_is_claimed_without_any_co_resident() -> None:
    assert claimed(knowledge(Person("F", YOUNG)))[0] == [ROWS[4]]


def test_two_who_are_alike_are_told_apart_by_who_lives_with_them() -> None:
    found = claimed(knowledge(Person("F", OLD), Person("M", YOUNG)))
    assert found[0] == []
    assert found[1] == [ROWS[2]]
    assert claimed(knowledge(Person("F", OLD), Person("M", OLD)))[1] == [ROWS[0]]


def test_a_co_resident_who_is_nowhere_tells_nothing() -> None:
    found = claimed(knowledge(Person("F", OLD), Person("M", date(1970, 1, 1)), Person("M", OLD)))
    assert found[1] == []
    assert found[2] == [ROWS[0]]


def test_nobody_counts_as_their_own_co_resident() -> None:
    found = claimed(knowledge(Person("F", OLD), Person("F", OLD)))
    assert found[1] == []


def test_without_homes_the_attack_is_the_one_on_single_people() -> None:
    bare = replace(RELEASE, people=RELEASE.people.drop("home"))
    for known in (
        knowledge(Person("F", OLD), Person("M", YOUNG)),
        knowledge(Person("F", YOUNG), Person("M", OLD)),
    ):
        found = claimed(known, bare)
        assert len({tuple(rows) for rows in found.values()}) == 1
        assert found[0] == claimed(known)[0]


def test_what_is_coarse_in_the_rows_is_compared_as_coarsely() -> None:
    coarse = release_spec(age="five_years")  # which 1950 and 1990 begin
    release = replace(RELEASE, spec=coarse, people=RELEASE.people)
    known = knowledge(Person("F", date(1992, 7, 7)))
    assert claimed(known, release)[0] == [ROWS[4]]


def test_where_the_rows_show_nothing_of_what_is_known_nobody_is_claimed() -> None:
    bare = release_spec(age="none", sex=False, area="none", deprivation=False)
    release = replace(RELEASE, spec=bare, people=RELEASE.people.select("row_id", "home"))
    found = claimed(knowledge(Person("F", YOUNG), Person("M", OLD)), release)
    assert list(found.values()) == [[]] * 4


@pytest.mark.parametrize("number", [0, 3])
def test_claims_are_sure_of_themselves(number: int) -> None:
    made = household.attack(RELEASE, knowledge(Person("F", YOUNG)), SPEC)[number]
    assert made.frame["confidence"].to_list() == [1.0]


SOMEBODY = st.sampled_from([Person(sex, born) for sex in "FM" for born in (YOUNG, OLD)])


def slow_claims(people: list[Person], homes: list[int], known: list[Person]) -> list[int]:
    """The rows that a patient reader of the rows would be left with: one, or no claim."""
    target, *others = known
    fits = [at for at, person in enumerate(people) if person == target]

    def beside(at: int) -> int:
        there = [i for i, home in enumerate(homes) if home == homes[at] and i != at]
        return sum(any(people[i] == other for i in there) for other in others)

    most = max((beside(at) for at in fits), default=0)
    best = [at for at in fits if beside(at) == most]
    return best if len(best) == 1 else []


@given(st.lists(st.tuples(SOMEBODY, st.integers(1, 3)), min_size=1, max_size=8),
       st.lists(SOMEBODY, min_size=1, max_size=4))  # fmt: skip
def test_claims_are_those_of_a_patient_reader(
    rows: list[tuple[Person, int]], known: list[Person]
) -> None:
    people, homes = [person for person, _ in rows], [home for _, home in rows]
    ids = row_ids(len(rows))
    frame = pl.DataFrame([ids]).hstack(attributes(people))
    frame = frame.with_columns(pl.Series("home", homes, dtype=pl.UInt64))
    found = claimed(knowledge(*known), Release("x", release_spec(), frame, {}))
    for number, claims in found.items():
        expected = slow_claims(people, homes, known[: number + 1])
        assert claims == [ids[at] for at in expected]
