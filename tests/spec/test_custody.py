"""Custody: who can open codes is found by trying to decode with what they hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, get_args

import numpy as np
import polars as pl
import pytest

from linkage.keys import KeyRing, Purpose
from linkage.pseudonyms.codes import CodeBook, Domain
from linkage.pseudonyms.shaped import ShapeBook
from linkage.pseudonyms.vault import Vault, VaultTable
from reidentify.adversaries.collusion import Opened, own_records, try_coalitions
from reidentify.custody import hand_out, numbers_opened, opened_by
from reidentify.desk_specs import Custody
from reidentify.release import Release
from reidentify.risk_desk import score_coalitions, score_failures
from reidentify.specs import ReleaseSpec
from scenarios.handover import hand_over
from scenarios.loading import load, with_setting
from scenarios.recipe import attack_figures
from scenarios.stages import Stages
from simulator.identifiers import nhs_number

if TYPE_CHECKING:
    from linkage.pseudonyms.books import Book

RING = KeyRing.from_bytes(b"a master only for this test")
PURPOSE = Purpose("nhs_number", "all", "")
VALUES = pl.Series("nhs_number", nhs_number(np.arange(200))).cast(pl.String)
AGENCIES = ("gp_register", "a_and_e", "community")
BOOK = CodeBook(RING.derive_coding(PURPOSE), Domain("nhs_number"))
SHAPED = ShapeBook(BOOK.key, BOOK.domain)
VAULT = Vault.of(RING, PURPOSE)
WAYS: dict[str, tuple[pl.Series, Book | VaultTable]] = {
    "key": (BOOK.encode(VALUES), BOOK),
    "shape": (SHAPED.encode(VALUES), SHAPED),
    "vault": (VAULT.encode(VALUES), VAULT.table(VALUES)),
}
ALONE: dict[str, set[tuple[str, ...]]] = {
    "vendor": {("vendor",)},
    "two-party": set(),
    "supplying-agency": {(a,) for a in AGENCIES},
    "trusted-third-party": {("trusted third party",)},
    "databank": {("databank",)},
    "recipient": {("planner",)},
    "oracle": {("vendor",)},
}


def rows_of(codes: pl.Series) -> pl.DataFrame:
    ids = pl.Series("row_id", range(1, len(codes) + 1), dtype=pl.UInt64)
    return pl.DataFrame([ids, codes.alias("code")])


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("custody", get_args(Custody))
def test_who_opens_codes_alone_is_whom_the_custody_names(way: str, custody: Custody) -> None:
    codes, opener = WAYS[way]
    found = numbers_opened(hand_out(opener, custody, AGENCIES, len(codes)), rows_of(codes))
    alone = {parties for parties, rows in found.items() if len(parties) == 1 and rows.height}
    assert alone == ALONE[custody]
    assert all(rows.height in (0, len(VALUES)) for rows in found.values())


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("most", [0, 3, 1_000])
def test_an_oracle_opens_so_many_codes_and_no_more(way: str, most: int) -> None:
    codes, opener = WAYS[way]
    with_gaps = pl.concat([codes.head(1).set(pl.Series([True]), None), codes])
    holdings = hand_out(opener, "oracle", AGENCIES, most)
    opened = opened_by(holdings, ["vendor"], with_gaps).to_list()
    answered = min(most, len(codes))
    assert opened == [None, *VALUES[:answered], *[None] * (len(codes) - answered)]
    assert opened_by(holdings, ["approver"], codes).null_count() == len(codes)


@pytest.mark.parametrize("way", WAYS)
def test_two_shares_open_everything_together_and_nothing_apart(way: str) -> None:
    codes, opener = WAYS[way]
    holdings = hand_out(opener, "two-party", AGENCIES)
    for one in holdings.parties:
        assert opened_by(holdings, [one], codes).null_count() == len(codes)
    assert opened_by(holdings, holdings.parties, codes).to_list() == VALUES.to_list()


@pytest.mark.parametrize("way", ["key", "shape"])
def test_shares_of_another_key_open_nothing_with_ours(way: str) -> None:
    codes, opener = WAYS[way]
    other = RING.derive_coding(Purpose("nhs_number", "somebody else", ""))
    ours = hand_out(opener, "two-party", AGENCIES)
    theirs = hand_out(replace(BOOK, key=other), "two-party", AGENCIES)
    mixed = {"vendor": ours.keys["vendor"], "approver": theirs.keys["approver"]}
    holdings = replace(ours, keys=mixed)
    assert opened_by(holdings, ("vendor", "approver"), codes).null_count() == len(VALUES)


def test_a_table_that_holds_only_the_last_codes_is_not_taken_for_useless() -> None:
    codes, opener = WAYS["vault"]
    last = VaultTable("nhs_number", opener.frame.tail(3))  # type: ignore[union-attr]
    holdings = hand_out(last, "vendor", AGENCIES)
    assert opened_by(holdings, ["vendor"], codes).drop_nulls().len() == 3


def test_no_key_or_value_shows_in_what_parties_hold() -> None:
    for codes_and_opener in WAYS.values():
        for custody in get_args(Custody):
            shown = repr(hand_out(codes_and_opener[1], custody, AGENCIES))
            assert VALUES[0] not in shown
            assert BOOK.key.material.hex() not in shown
            assert str(BOOK.key.material) not in shown


RIGHT = pl.DataFrame(
    {"row_id": range(1, 11), "correct": [True] * 9 + [False]},
    schema_overrides={"row_id": pl.UInt64},
)


OWNERS = pl.DataFrame(
    {"row_id": range(1, 11), "person_id": range(11, 21)},
    schema={"row_id": pl.UInt64, "person_id": pl.UInt64},
)
PEOPLE = OWNERS.select(
    "person_id",
    sex=pl.Series(["F"] * 4 + ["M"] * 6),
    age_band=pl.Series(["0-17"] * 2 + ["18-39"] * 8),
    ethnic_group=pl.lit("White"),
)


def figures(rows: list[Any], group: str) -> dict[str, Any]:
    return {row.measure: row for row in rows if row.group == group}


def test_the_worst_single_failure_counts_and_each_is_listed() -> None:
    opened = {"vendor": RIGHT.select("row_id"), "approver": RIGHT.select("row_id").head(0)}
    rows = score_failures(opened, RIGHT, OWNERS, PEOPLE, "x")
    found = figures(rows, "all")
    assert (found["found"].count, found["found"].out_of) == (9, 10)
    assert found["wrong_per_1000"].value == 100.0
    assert found["single_failures"].count == 1
    assert figures(rows, "failure=approver")["found"].count == 0


def test_groups_of_people_are_counted_apart() -> None:
    rows = score_failures({"vendor": RIGHT.select("row_id")}, RIGHT, OWNERS, PEOPLE, "x")
    counts = {row.group: (row.count, row.out_of) for row in rows if row.measure == "found"}
    # Row 10, whose number is somebody else's, is a man's.
    assert counts["sex=F"] == (4, 4)
    assert counts["sex=M"] == (5, 6)
    assert counts["under_18=yes"] == counts["age=0-17"] == (2, 2)
    wrong = {row.group: row.value for row in rows if row.measure == "wrong_per_1000"}
    assert wrong["sex=M"] == pytest.approx(1_000 / 6)
    assert wrong["sex=F"] == 0


def test_no_holder_means_that_nobody_is_opened_and_not_that_nothing_is_known() -> None:
    found = figures(score_failures({}, RIGHT, OWNERS, PEOPLE, "x"), "all")
    assert (found["found"].value, found["found"].out_of) == (0.0, 10)


def release_of(codes: pl.Series, **columns: list[Any]) -> Release:
    people = rows_of(codes).rename({"code": "code_nhs_number"}).with_columns(**columns)
    return Release("planners", ReleaseSpec(title="x", events=()), people, {})


def test_every_coalition_is_tried_and_only_the_smallest_are_named() -> None:
    codes = WAYS["key"][0].head(10)
    release = release_of(codes)
    nobody = pl.DataFrame(schema={"record_id": pl.UInt64, "person_id": pl.UInt64})
    sizes = {
        "vendor": 2.0,
        "two-party": 3.0,
        "supplying-agency": 2.0,
        "trusted-third-party": 2.0,
        "databank": 1.0,
        "recipient": 1.0,
        "oracle": 2.0,
    }
    minimal = {custody: len(AGENCIES) if custody == "supplying-agency" else 1 for custody in sizes}
    assert set(sizes) == set(get_args(Custody))
    for custody, size in sizes.items():
        holdings = hand_out(BOOK, custody, AGENCIES, 10)  # type: ignore[arg-type]
        tried = try_coalitions(release, numbers_opened(holdings, rows_of(codes)), {})
        rows = score_coalitions(tried, RIGHT, OWNERS, nobody, PEOPLE, 0.05, "x")
        assert figures(rows, "all")["coalition_size"].value == size
        assert figures(rows, "all")["found"].count == 9
        named = {row.group for row in rows if row.group.startswith("coalition=")}
        assert len(named) == minimal[custody]


def test_a_practice_names_its_own_people_where_one_row_and_one_record_fit() -> None:
    codes = WAYS["key"][0].head(4)
    sex = ["F", "M", "M", "F"]
    release = release_of(codes, sex=pl.Series(sex), lsoa=pl.Series([1, 1, 1, 2], dtype=pl.UInt32))
    patients = pl.DataFrame(
        {"record_id": [91, 92, 93], "sex": ["F", "M", "F"], "lsoa": [1, 1, 3]},
        schema_overrides={"record_id": pl.UInt64, "lsoa": pl.UInt32},
    )
    own = {"practice": own_records(patients, release.spec)}
    by_parties = {one.parties: one for one in try_coalitions(release, {}, own)}
    # Two rows fit record 92, and none fits record 93.
    assert by_parties["planner", "practice"].names.rows() == [(1, 91)]
    assert not by_parties[("practice",)].names.height
    assert not by_parties[("planner",)].names.height
    assert isinstance(by_parties["planner", "practice"], Opened)


def test_a_hospital_writes_the_days_of_each_of_its_people_in_order() -> None:
    seen = [(92, 3), (91, 5), (92, 1), (91, 2), (92, 1)]
    events = pl.DataFrame(
        {
            "record_id": pl.Series([record for record, _ in seen], dtype=pl.UInt64),
            "event_time": [datetime(2016, 5, day, 12, 30) for _, day in seen],
        }
    )
    people = pl.DataFrame({"record_id": pl.Series([91, 92, 93], dtype=pl.UInt64), "sex": ["F"] * 3})
    own = own_records(
        people, ReleaseSpec(title="planners", events=("a_and_e",), dates="day"), events
    )
    assert own.select("record_id", "days").rows() == [
        (91, "2016-05-02 00:00;2016-05-05 00:00"),
        (92, "2016-05-01 00:00;2016-05-01 00:00;2016-05-03 00:00"),
    ]


def test_every_custody_changes_who_opens_whom_in_a_run() -> None:
    proposal = load("hertfordshire")
    for setting, value in (("people", 400), ("days", 60)):
        proposal = with_setting(proposal, f"world.{setting}", value)
    proposal = with_setting(proposal, "desk.decode.daily_limit", 1)
    attacks = {name: proposal.attack[name] for name in ("one_failure", "coalition")}
    proposal = proposal.model_copy(update={"attack": attacks})
    stages, found = Stages(), {}
    for custody in get_args(Custody):
        changed = with_setting(proposal, "desk.decode.custody", custody)
        run = hand_over(changed, 1, stages, 1, np.zeros(0, np.uint32))
        made = [row for row in attack_figures(run, custody) if row.measure == "found"]
        found[custody] = {(row.subject, row.group): row.count for row in made}
    assert len({tuple(one.items()) for one in found.values()}) == len(found)
    # One code on each of 60 days, but for numbers that were recorded wrongly.
    assert 50 <= found["oracle"]["one_failure", "all"] <= 60
    assert found["vendor"]["one_failure", "all"] > 300
    assert found["two-party"]["one_failure", "all"] == 0
