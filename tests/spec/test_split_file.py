"""The split file: each role sees its part, and what it returns joins records of one person."""

from __future__ import annotations

from datetime import date, datetime

import numpy as np
import polars as pl
import pytest

from linkage.join import UnlikeTokens, join_tokens
from linkage.keys import KeyRing
from linkage.pseudonyms.split_file import Databank, ThirdParty, load, resolve
from linkage.pseudonyms.split_parts import split
from linkage.split_file_plan import SplitFile
from scenarios.plan_files import load_plan
from simulator.identifiers import nhs_number
from simulator.schema import FIELDS, Dataset

RING = KeyRing.from_bytes(b"a master only for this test")
NUMBERS = [str(n) for n in nhs_number(np.array([10, 2_000, 30_000, 400_000]))]


def plan(**changes: object) -> SplitFile:
    given = {
        "third_party": "ttp",
        "databank": "bank",
        "plan": load_plan("macral"),
        "home_plan": load_plan("ralf"),
    }
    return SplitFile.model_validate(given | changes)


def dataset(name: str, **columns: list[object]) -> Dataset:
    schema = {column: FIELDS[column].dtype for column in columns}
    return Dataset(name, pl.DataFrame(columns, schema=schema))


REGISTER = dataset(
    "register",
    record_id=[11, 12, 13, 14],
    nhs_number=NUMBERS,
    first_name=["Ada", "Bert", "Cora", "Dan"],
    surname=["Archer", "Archer", "Baker", "Carter"],
    date_of_birth=[date(1950, 5, 3), date(1948, 2, 9), date(2001, 12, 31), date(1980, 1, 1)],
    sex=["F", "M", "F", "M"],
    address=["1 High Street", "1 High Street", "2 High Street", "3 High Street"],
    postcode=["QB7 4XD"] * 4,
    uprn=["900000000001", "900000000001", "900000000002", None],
    lsoa=[7, 7, 7, 8],
    registered_on=[None, None, None, date(2012, 1, 1)],
)
# A number; the five fields; a nickname; an unlike first name; nobody.
ADMISSIONS = dataset(
    "admissions",
    record_id=[21, 22, 23, 24, 25],
    nhs_number=[NUMBERS[0], None, None, None, None],
    first_name=["Ada", "Bert", "Cor", "Xu", "Eve"],
    surname=["Archer", "Archer", "Baker", "Carter", "Unknown"],
    date_of_birth=[date(1950, 5, 3), date(1948, 2, 9), date(2001, 12, 31), date(1980, 1, 1), None],
    sex=["F", "M", "F", "M", "F"],
    postcode=["QB7 4XD"] * 5,
    event_time=[datetime(2012, 1, day) for day in range(1, 6)],
    cost_pence=[1, 2, 3, 4, 5],
)
WORKS = dataset(
    "works",
    record_id=[31, 32, 33],
    address=["1 High Street", "2, HIGH STREET", "9 Nowhere"],
    postcode=["QB7 4XD", "qb74xd", "QB7 4XD"],
    uprn=["900000000001", None, None],
    work_kind=["electrics", "heating", "loft_insulation"],
)
NAMES = {"nhs_number", "first_name", "surname", "address", "postcode", "uprn", "date_of_birth"}


def test_file_1_says_who_and_file_2_says_what_and_the_number_alone_is_in_both() -> None:
    who, what = split(ADMISSIONS)
    assert set(who.frame.columns) & set(what.frame.columns) == {"record_id"}
    assert set(who.frame.columns) - {"record_id", "sex"} <= NAMES
    assert what.frame.columns == ["record_id", "event_time", "cost_pence"]


def test_what_the_third_party_returns_holds_no_name_and_birth_to_the_week() -> None:
    file = resolve(REGISTER, None, plan(), RING)
    assert not set(file.frame.columns) & (NAMES - {"date_of_birth"})
    assert file.frame["date_of_birth"].to_list() == [
        date(1950, 5, 1),
        date(1948, 2, 9),
        date(2001, 12, 31),
        date(1979, 12, 31),
    ]
    assert all(day.isoweekday() == 1 for day in file.frame["date_of_birth"])
    month = resolve(REGISTER, None, plan(birth="month"), RING).frame["date_of_birth"]
    assert {day.day for day in month} == {1}


def test_status_codes_say_how_each_record_was_resolved() -> None:
    file = resolve(ADMISSIONS, REGISTER, plan(), RING)
    status = dict(zip(file.frame["record_id"], file.frame["status"], strict=True))
    assert status[21] == "1"
    assert status[22] == "4"
    assert status[23] == "39"
    assert status[25] == "99"
    assert status[24] == "99"


def test_only_an_accepted_status_gives_a_linking_field() -> None:
    kept = resolve(ADMISSIONS, REGISTER, plan(), RING).frame["alf"]
    assert kept.is_null().to_list() == [False, False, False, True, True]
    strict = resolve(ADMISSIONS, REGISTER, plan(accepted=["1"]), RING).frame["alf"]
    assert strict.is_null().to_list() == [False, True, True, True, True]


def test_a_record_has_the_field_of_its_person_and_home_on_the_register() -> None:
    register = resolve(REGISTER, None, plan(), RING).frame
    found = resolve(ADMISSIONS, REGISTER, plan(), RING).frame
    assert found["alf"].head(3).to_list() == register["alf"].head(3).to_list()
    works = resolve(WORKS, REGISTER, plan(), RING).frame
    # By the number of the property; by address as written; by neither.
    assert works["ralf"].to_list() == [register["ralf"][0], register["ralf"][2], None]
    assert register["ralf"][0] == register["ralf"][1]
    assert register["ralf"][3] is None
    assert "alf" not in works.columns


def in_databank(data: Dataset, **changes: object) -> Dataset:
    register = None if data is REGISTER else REGISTER
    made = plan(**changes)
    recipients = ("project",) if register is None else None
    return load(data, resolve(data, register, made, RING), made, RING, recipients)[0]


def test_the_databank_links_content_and_no_names() -> None:
    hub, events = in_databank(REGISTER), in_databank(ADMISSIONS)
    links = join_tokens(hub, events, "alf", "admissions").frame
    assert links.select("left_id", "right_id").rows() == [(11, 21), (12, 22), (13, 23)]
    homes = join_tokens(hub, in_databank(WORKS), "ralf", "works").frame
    assert homes.select("left_id", "right_id").rows() == [(11, 31), (12, 31), (13, 32)]
    for held in (hub, events):
        assert not set(held.frame.columns) & (NAMES - {"date_of_birth"})


def test_each_holder_and_each_project_has_fields_of_its_own_under_a_label_of_its_own() -> None:
    ours = resolve(REGISTER, None, plan(), RING)
    hub = in_databank(REGISTER)
    fields = {
        "third party": (ours.frame["alf"], ours.labels["alf"]),
        "databank": (hub.frame["alf"], hub.labels["alf"]),
        "project": (hub.frame["alf@project"], hub.labels["alf@project"]),
    }
    assert len({str(label) for _, label in fields.values()}) == 3
    every = [number for column, _ in fields.values() for number in column]
    assert len(set(every)) == 12


def test_without_second_encipherment_or_project_keys_fields_are_those_of_the_step_before() -> None:
    ours = resolve(REGISTER, None, plan(), RING)
    bare = in_databank(REGISTER, second_encryption=False, project_keys=False)
    assert bare.frame["alf"].to_list() == ours.frame["alf"].to_list()
    assert bare.labels["alf"] == ours.labels["alf"] == bare.labels["alf@project"]
    once = in_databank(REGISTER, project_keys=False)
    assert once.frame["alf@project"].to_list() == once.frame["alf"].to_list()


def test_content_of_two_databanks_never_joins() -> None:
    ours, theirs = in_databank(REGISTER), in_databank(ADMISSIONS, databank="other")
    with pytest.raises(UnlikeTokens, match="are unlike and cannot be compared"):
        join_tokens(ours, theirs, "alf", "step")


def test_the_databank_turns_a_projects_fields_back_and_the_third_party_its_own() -> None:
    hub = in_databank(REGISTER)
    back = Databank(plan(), RING).project("alf", "project").decipher(hub.frame["alf@project"])
    assert back.to_list() == hub.frame["alf"].to_list()
    third_party = ThirdParty.of(plan(), split(REGISTER)[0], RING)
    numbers = third_party.alf.decipher(third_party.enlist().frame["alf"])
    assert numbers.to_list() == REGISTER.frame["record_id"].to_list()


def test_counts_say_what_became_of_every_record() -> None:
    made = plan()
    held, counts = load(ADMISSIONS, resolve(ADMISSIONS, REGISTER, made, RING), made, RING, None)
    assert (counts.field, counts.records, counts.tokens) == ("alf", 5, 3)
    assert counts.no_identifier == 2
    assert sum(count for _, count in counts.statuses) == 5
    assert held.frame.height == 5


def test_the_order_of_rows_changes_nothing() -> None:
    shuffled = REGISTER.with_frame(REGISTER.frame.sample(fraction=1.0, shuffle=True, seed=3))
    ours = resolve(ADMISSIONS, REGISTER, plan(), RING).frame
    theirs = resolve(ADMISSIONS, shuffled, plan(), RING).frame
    assert ours.equals(theirs)


def test_a_file_that_lacks_what_people_are_resolved_by_gets_the_rest_of_the_steps() -> None:
    without = ADMISSIONS.with_frame(ADMISSIONS.frame.drop("nhs_number"))
    status = resolve(without, REGISTER, plan(), RING).frame["status"]
    assert status.head(3).to_list() == ["4", "4", "39"]


def test_no_key_or_name_is_shown() -> None:
    third_party = ThirdParty.of(plan(), split(REGISTER)[0], RING)
    shown = repr(third_party) + repr(resolve(ADMISSIONS, REGISTER, plan(), RING))
    assert "Archer" not in shown
    assert repr(third_party.alf.key.material)[2:-1] not in shown
    assert repr(third_party.alf.key._shaping)[2:-1] not in shown
