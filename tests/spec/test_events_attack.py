"""The dated-events attack: equal to a slow obvious scoring, and right where it must be."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import reidentify.adversaries
from reidentify.adversaries import events as dated_events
from reidentify.adversaries.events import chance_within, describe
from reidentify.adversaries.tables import order_events
from reidentify.knowledge import ATTRIBUTES, DatedKnowledge, draw_dated_knowledge
from reidentify.release import Release, without_people
from tests.slow_dated_events import error_chance, is_too_close_to_call, slow_claim, slow_ratios
from tests.small_worlds import (
    START,
    Contact,
    Person,
    attack_spec,
    person_ids,
    release_spec,
    row_ids,
    small_release,
    small_world,
)

if TYPE_CHECKING:
    from reidentify.claims import Claims
    from reidentify.specs import DatedEventsSpec

KNOWN = {"target_id": pl.UInt64(), "ordinal": pl.Int64(), "service": pl.String()}
KNOWN |= {"recalled": pl.Date(), "place": pl.UInt32()}


def attack(
    release: Release, knowledge: DatedKnowledge, spec: DatedEventsSpec, threads: int = 1
) -> dict[int, Claims]:
    ordered = order_events(release, spec.services)
    return dated_events.attack(release, ordered, knowledge, spec, threads)


def known(
    targets: list[Person], contacts: list[list[Contact]], knows: tuple[str, ...]
) -> DatedKnowledge:
    """What is known of targets 1, 2, ..., all of it right."""
    columns = [column for kind in knows for column in ATTRIBUTES[kind]]
    ids = pl.Series("target_id", np.arange(1, len(targets) + 1), dtype=pl.UInt64())
    people = small_world(targets, []).people
    rows = [
        (target + 1, ordinal, contact.service, contact.day, contact.place)
        for target, each in enumerate(contacts)
        for ordinal, contact in enumerate(each)
    ]
    return DatedKnowledge(
        pl.DataFrame([ids]).hstack(people.select(columns)),
        pl.DataFrame(rows, schema=KNOWN, orient="row"),
    )


DAYS = st.integers(0, 40).map(lambda day: START + timedelta(days=day))
PERSON = st.builds(
    Person,
    sex=st.sampled_from(["F", "M", None]),
    born=st.sampled_from(
        [None, date(1980, 1, 5), date(1980, 3, 1), date(1983, 1, 5), date(1991, 2, 1)]
    ),
    area=st.sampled_from([1, 2, 11, None]),
    number=st.just(0),
)
TARGET = st.builds(
    Person,
    sex=st.sampled_from(["F", "M"]),
    born=st.sampled_from([date(1980, 1, 5), date(1984, 1, 5)]),
    area=st.sampled_from([1, 2, 12]),
    number=st.just(0),
)


@st.composite
def small_cases(draw: st.DrawFn) -> tuple[Release, DatedKnowledge, DatedEventsSpec]:
    """A release of up to six people, up to two targets, any precision."""
    people = draw(st.lists(PERSON, min_size=0, max_size=6))
    contact = st.builds(
        Contact,
        person=st.integers(0, max(len(people) - 1, 0)),
        day=DAYS,
        service=st.sampled_from(["a_and_e", "admissions"]),
        place=st.integers(1, 2),
    )
    made = draw(st.lists(contact, max_size=12)) if people else []
    shown = draw(
        st.fixed_dictionaries(
            {
                "events": st.sampled_from([("a_and_e",), ("a_and_e", "admissions")]),
                "dates": st.sampled_from(["minute", "day", "week", "month"]),
                "age": st.sampled_from(["birth_date", "birth_year", "five_years", "none"]),
                "area": st.sampled_from(["lsoa", "msoa", "none"]),
                "sex": st.booleans(),
                "deprivation": st.booleans(),
                "places": st.booleans(),
            }
        )
    )
    asked = draw(
        st.fixed_dictionaries(
            {
                "date_error_days": st.sampled_from([0, 0.7, 3]),
                "misremembered": st.sampled_from([0, 0.2, 1]),
                "gap": st.sampled_from([0, 0.5, 2.3]),
                "contacts": st.sampled_from([(1, 2, 3), (3, 1), (2,)]),
                "knows": st.sampled_from([(), ("sex",), ("sex", "age", "area"), ("area",)]),
            }
        )
    )
    spec = attack_spec(**asked)
    targets = draw(st.lists(TARGET, min_size=1, max_size=2))
    most = max(spec.contacts)
    told = [draw(st.lists(contact, min_size=most, max_size=most)) for _ in targets]
    release = small_release(people, made, release_spec(**shown))
    return release, known(targets, told, spec.knows), spec


@settings(deadline=None, max_examples=200)
@given(small_cases())
def test_the_attack_equals_a_slow_obvious_scoring(
    case: tuple[Release, DatedKnowledge, DatedEventsSpec],
) -> None:
    release, knowledge, spec = case
    claims = attack(release, knowledge, spec)
    assert list(claims) == list(spec.contacts)
    for contacts, made in claims.items():
        stated = {row["target_id"]: row for row in made.frame.to_dicts()}
        for position, target in enumerate(knowledge.targets["target_id"]):
            ratios = slow_ratios(release, knowledge, spec, position, contacts)
            wanted = slow_claim(release, ratios, spec)
            if is_too_close_to_call(ratios, spec):
                continue
            assert (target in stated) == (wanted is not None)
            if wanted is not None:
                assert stated[target]["row_id"] == wanted[0]
                assert stated[target]["confidence"] == pytest.approx(wanted[1], rel=1e-9)


# --- Answers by hand. ---


def day(number: int) -> date:
    return START + timedelta(days=number)


def test_one_contact_by_hand() -> None:
    # Four people alike; each has two events; 8 events on days 0 to 9, so P0 = 1/10 for any day
    # (one service, one place). Person 1 alone has one on day 4. w = 0.05: the ratio of person 1 is
    # 0.05 + 0.95 * (1/2) / (1/10) = 4.8 and exceeds 4 rows; each other has 0.05.
    people = [Person()] * 4
    days = [(0, 0), (0, 9), (1, 4), (1, 7), (2, 2), (2, 3), (3, 5), (3, 6)]
    release = small_release(people, [Contact(p, day(d)) for p, d in days])
    spec = attack_spec(contacts=(1,), knows=())
    claims = attack(release, known([Person()], [[Contact(0, day(4))]], ()), spec)[1].frame
    assert claims["row_id"].to_list() == [7_000_020]
    # Each of four rows has prior 0.95 / 4; the other three have ratios of 0.05.
    assert claims["confidence"][0] == pytest.approx(1.14 / (0.05 + 0.2375 * 4.95))


def test_no_claim_where_two_rows_fit_alike() -> None:
    days = [(0, 0), (0, 9), (1, 4), (1, 7), (2, 2), (2, 4), (3, 5), (3, 6)]
    release = small_release([Person()] * 4, [Contact(p, day(d)) for p, d in days])
    told = known([Person()], [[Contact(0, day(4))]], ())
    for gap in (0, 2.3):
        assert len(attack(release, told, attack_spec(contacts=(1,), knows=(), gap=gap))[1]) == 0


def test_the_remembered_date_may_be_off_by_the_error_and_no_more() -> None:
    within = chance_within(1.0)
    chances = np.diff(within)
    assert len(chances) == 9
    assert chances == pytest.approx([error_chance(d, 1.0) for d in range(-4, 5)])
    assert chances.sum() == pytest.approx(1)
    assert chance_within(0).tolist() == [0, 1]


def clean_world(count: int = 400) -> tuple[list[Person], list[Contact]]:
    """People alike in all they have but their contacts: five each, on days of their own."""
    contacts = [
        Contact(i, day((37 * i + 131 * j) % 700), ("a_and_e", "admissions")[j % 2])
        for i in range(count)
        for j in range(5)
    ]
    return [Person()] * count, contacts


def found(claims: Claims, truth: pl.DataFrame, people: int) -> tuple[int, int]:
    """Claims and correct claims, where row 10 * (i + 1) is person 501 + i."""
    rows = pl.DataFrame([row_ids(people), person_ids(people)])
    right = claims.frame.join(truth, on="target_id").join(rows, on=["row_id", "person_id"])
    return len(claims), right.height


def test_without_recall_error_unique_events_find_everybody() -> None:
    people = [Person()] * 60
    contacts = [Contact(i, day(10 * i + j)) for i in range(60) for j in range(4)]
    world = small_world(people, contacts)
    spec = attack_spec(targets=60, knows=())
    knowledge, truth = draw_dated_knowledge(world, spec, "x")
    claims = attack(small_release(people, contacts), knowledge, spec)
    assert {k: found(made, truth.frame, 60) for k, made in claims.items()} == dict.fromkeys(
        (1, 2, 3), (60, 60)
    )


def test_more_contacts_find_no_fewer_people_in_a_clean_world() -> None:
    people, contacts = clean_world()
    world = small_world(people, contacts)
    spec = attack_spec(targets=200, contacts=(1, 2, 3, 4, 5), knows=(), date_error_days=1)
    knowledge, truth = draw_dated_knowledge(world, spec, "x")
    claims = attack(small_release(people, contacts), knowledge, spec)
    correct = [found(made, truth.frame, len(people))[1] for made in claims.values()]
    assert correct == sorted(correct)
    assert correct[0] < 100 < correct[-1]


def test_coarser_dates_find_no_more_people_in_a_clean_world() -> None:
    people, contacts = clean_world()
    spec = attack_spec(targets=200, contacts=(2,), knows=())
    knowledge, truth = draw_dated_knowledge(small_world(people, contacts), spec, "x")
    correct = []
    for dates in ("day", "week", "month"):
        release = small_release(people, contacts, release_spec(dates=dates))
        correct.append(found(attack(release, knowledge, spec)[2], truth.frame, len(people))[1])
    assert correct[0] > correct[1] > correct[2]


def test_claims_about_people_who_are_not_there_are_all_wrong() -> None:
    people, contacts = clean_world()
    spec = attack_spec(targets=200, contacts=(2, 5), knows=(), date_error_days=1, gap=0)
    knowledge, truth = draw_dated_knowledge(small_world(people, contacts), spec, "x")
    owners = pl.DataFrame([row_ids(len(people)), person_ids(len(people))])
    gone = owners.join(truth.frame, on="person_id", how="semi")["row_id"]
    control = attack(without_people(small_release(people, contacts), gone), knowledge, spec)
    for made in control.values():
        claims, correct = found(made, truth.frame, len(people))
        assert claims > 0
        assert correct == 0
        assert not set(made.frame["row_id"]) & set(gone)


def test_stated_confidence_comes_true_as_often_as_stated() -> None:
    # About 230 claims, half of them correct: four standard errors are 0.13, which chance exceeds
    # once in 15,000 such worlds.
    people, contacts = clean_world(1000)
    spec = attack_spec(
        targets=1000, contacts=(3,), knows=(), date_error_days=1, misremembered=0.2, gap=0.1
    )
    knowledge, truth = draw_dated_knowledge(small_world(people, contacts), spec, "x")
    made = attack(small_release(people, contacts), knowledge, spec)[3]
    claims, correct = found(made, truth.frame, len(people))
    assert 200 < claims < 300
    assert abs(correct / claims - np.mean(made.frame["confidence"].to_numpy())) < 0.13


def test_claims_do_not_depend_on_threads_or_on_the_order_of_rows() -> None:
    people, contacts = clean_world()
    spec = attack_spec(targets=200, contacts=(1, 2), date_error_days=2)
    knowledge, _ = draw_dated_knowledge(small_world(people, contacts), spec, "x")
    release = small_release(people, contacts)
    one = attack(release, knowledge, spec, threads=1)
    turned = Release(
        release.name,
        release.spec,
        release.people,
        {service: frame[::-1] for service, frame in release.events.items()},
    )
    for other in (attack(release, knowledge, spec, threads=2), attack(turned, knowledge, spec)):
        for contacts_known, made in one.items():
            assert made.frame.equals(other[contacts_known].frame)


def test_claims_hold_opaque_ids_of_the_release_and_of_the_knowledge_only() -> None:
    people, contacts = clean_world()
    spec = attack_spec(targets=200, contacts=(5,))
    knowledge, truth = draw_dated_knowledge(small_world(people, contacts), spec, "x")
    frame = attack(small_release(people, contacts), knowledge, spec)[5].frame
    assert frame.columns == ["row_id", "target_id", "confidence"]
    assert frame.height > 0
    assert set(frame["row_id"]) <= set(row_ids(len(people)))
    assert set(frame["target_id"]) <= set(knowledge.targets["target_id"])
    assert not (set(frame["row_id"]) | set(frame["target_id"])) & set(truth.frame["person_id"])
    assert frame.equals(frame.sort("row_id", "target_id"))


def test_an_empty_release_or_no_targets_give_no_claims() -> None:
    spec = attack_spec(contacts=(1,))
    told = known([Person()], [[Contact(0, day(4))]], spec.knows)
    assert len(attack(small_release([], []), told, spec)[1]) == 0
    nobody, _ = draw_dated_knowledge(small_world([Person()], []), spec, "x")
    assert len(attack(small_release([Person()], []), nobody, spec)[1]) == 0


def test_the_method_names_the_attacker_and_what_it_holds() -> None:
    text = describe(attack_spec(date_error_days=1.5, misremembered=0.1))
    for part in ("informed", "a_and_e", "sex, age, area", "1.5 days", "10%", "95%", "2.3"):
        assert part in text


def test_no_adversary_names_the_truth() -> None:
    folder = Path(reidentify.adversaries.__file__).parent
    sources = sorted(folder.glob("*.py"))
    assert len(sources) >= 4
    for source in sources:
        text = source.read_text()
        for word in ("Truth", "truth import", "Provenance", "person_id", "reidentify.risk"):
            assert word not in text, f"{source.name} names {word}"


def test_leaving_people_out_of_ordered_events_equals_ordering_what_is_left() -> None:
    people = [Person(), Person(), Person()]
    contacts = [Contact(at, day(number)) for at, number in ((0, 4), (0, 9), (1, 4), (2, 2))]
    release, services = small_release(people, contacts), attack_spec(contacts=(1,)).services
    ordered = order_events(release, services)
    for gone in range(3):
        stays = np.arange(3) != gone
        left = without_people(release, release.people["row_id"].filter(pl.Series(~stays)))
        assert ordered.of(stays).events.equals(order_events(left, services).events)
        assert ordered.of(stays).people == 2
