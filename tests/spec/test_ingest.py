"""Ingest: what leaves the gate, what is refused there, and that the counts add up."""

from __future__ import annotations

from datetime import date, datetime

import polars as pl
import pytest

from linkage.ingest import IngestCounts, pseudonymise
from linkage.keys import KeyRing, Purpose
from linkage.plan import Treatment
from linkage.pseudonyms.tokens import tokens
from simulator.schema import FIELDS, Dataset

RING = KeyRing.from_bytes(b"a master only for this test")
ANN, BEN, CAT, DAN = "9000000009", "9000000017", "9000000025", "9000000033"
BORN = date(1948, 7, 5)
OTHER = date(1984, 7, 5)
RECIPIENTS = ("analysts", "commissioners")

KENT = {
    "nhs_number": Treatment(
        scheme="keyed-hash", key_scope="per-recipient", verify=("date_of_birth",)
    ),
    "uprn": Treatment(scheme="keyed-hash"),
}


def dataset(name: str, **columns: list[object]) -> Dataset:
    """A dataset of the given fields; records are numbered from 1."""
    height = len(next(iter(columns.values())))
    columns = {"record_id": list(range(1, height + 1)), **columns}
    schema = {field: FIELDS[field].dtype for field in columns}
    return Dataset(name, pl.DataFrame(columns, schema=schema))


HUB = dataset(
    "gp_register",
    nhs_number=[ANN, BEN, CAT, CAT, None, "9000000000"],
    first_name=["Ann", "Ben", "Cat", "Kit", "Eve", "Fay"],
    date_of_birth=[BORN, BORN, BORN, OTHER, BORN, BORN],
    uprn=["1", "1", "2", None, "3", "4"],
    lsoa=[7, 7, 8, 8, 9, 9],
)
CARE = dataset(
    "a_and_e",
    nhs_number=[ANN, ANN, ANN, CAT, CAT, DAN, None, "123", BEN],
    surname=list("ABCDEFGHI"),
    date_of_birth=[BORN, OTHER, None, OTHER, date(2001, 1, 1), BORN, BORN, BORN, BORN],
    event_time=[datetime(2016, 5, 1, 12, i) for i in range(9)],
)


def ingest(
    given: Dataset, treatments: dict[str, Treatment] = KENT, hub: Dataset | None = HUB
) -> tuple[Dataset, IngestCounts]:
    """Ingest with this test's keys and recipients."""
    return pseudonymise(given, treatments, RING, RECIPIENTS, hub)


def test_a_number_held_with_another_date_of_birth_gets_no_token() -> None:
    treated, _ = ingest(CARE)
    # Right; differs; date missing; second of two hub records agrees; neither does; not in the hub;
    # no number; malformed number; right.
    has_token = [True, False, True, True, False, True, False, False, True]
    assert treated.frame["nhs_number"].is_not_null().to_list() == has_token


def test_ingest_counts_what_became_of_every_record() -> None:
    _, counts = ingest(CARE)
    assert counts == IngestCounts(
        field="nhs_number", records=9, no_identifier=2, not_in_hub=1, verify_differs=2, tokens=5
    )
    assert counts.records == counts.no_identifier + counts.verify_differs + counts.tokens


def test_the_hub_is_compared_with_nothing() -> None:
    treated, counts = ingest(HUB, hub=None)
    assert counts == IngestCounts("nhs_number", 6, 2, 0, 0, 4)
    assert treated.frame["nhs_number"].null_count() == counts.no_identifier


def test_a_dataset_about_homes_is_counted_by_its_home() -> None:
    visits = dataset("fire_visits", uprn=["1", "0001", "5", None], postcode=["ZX1 2AB"] * 4)
    treated, counts = ingest(visits)
    assert counts == IngestCounts("uprn", 4, 1, 1, 0, 3)
    assert treated.frame["uprn"][0] == treated.frame["uprn"][1]


def test_a_dataset_without_a_token_field_is_all_without_an_identifier() -> None:
    treated, counts = ingest(CARE, {"nhs_number": Treatment(scheme="remove")})
    assert counts == IngestCounts("", 9, 9, 0, 0, 0)
    assert treated.frame.columns == ["record_id", "date_of_birth", "event_time"]


@pytest.mark.parametrize("given", [HUB, CARE])
def test_no_identifier_leaves_ingest_in_the_clear(given: Dataset) -> None:
    treated, _ = ingest(given, hub=None if given is HUB else HUB)
    roles = {column: treated.role(column) for column in treated.frame.columns}
    assert "identifier" not in roles.values()
    text = treated.frame.select(pl.selectors.string()).columns
    assert not [field for field in text if FIELDS[field].role == "identifier"]
    assert all(treated.frame.schema[column] == pl.UInt64 for column in treated.labels)


def test_nothing_is_made_of_fields_on_which_nobody_links_and_the_counts_are_the_same() -> None:
    visits = dataset("visits", nhs_number=[ANN, BEN, None], uprn=["1", "5", "1"])
    every, counts = pseudonymise(visits, KENT, RING, RECIPIENTS, HUB)
    for on in ("nhs_number", "uprn"):
        treated, counted = pseudonymise(visits, KENT, RING, RECIPIENTS, HUB, on=(on,))
        assert treated.frame.equals(every.frame.select("record_id", on))
        assert treated.labels == {on: every.labels[on]}
        assert counted == counts


def test_attributes_and_content_stay_unless_they_are_removed() -> None:
    kept, _ = ingest(CARE)
    assert kept.frame.columns == ["record_id", "nhs_number", "date_of_birth", "event_time"]
    removed, _ = ingest(CARE, KENT | {"date_of_birth": Treatment(scheme="remove")})
    assert removed.frame.columns == ["record_id", "nhs_number", "event_time"]


def test_an_identifier_that_is_to_stay_clear_stays_as_it_is() -> None:
    treated, _ = ingest(CARE, KENT | {"surname": Treatment(scheme="clear")})
    assert treated.frame["surname"].equals(CARE.frame["surname"])


def test_the_hub_holds_each_recipients_tokens_under_its_own_key() -> None:
    treated, _ = ingest(HUB, hub=None)
    names = ["nhs_number", "nhs_number@analysts", "nhs_number@commissioners"]
    assert set(names) <= set(treated.frame.columns)
    assert len({treated.labels[name].key_id for name in names}) == len(names)
    assert len({treated.frame[name][0] for name in names}) == len(names)
    held = ("warehouse", "analysts", "commissioners")
    for name, holder in zip(names, held, strict=True):
        key = RING.derive(Purpose("nhs_number", holder, ""))
        expected = tokens(pl.Series([ANN]), KENT["nhs_number"], key)[0]
        assert treated.frame[name][0] == expected
        assert treated.labels[name].key_id == key.key_id


@pytest.mark.parametrize("scheme", ["keyed-hash", "plain-hash"])
def test_recipients_under_a_shared_scheme_see_the_same_tokens(scheme: str) -> None:
    shared = Treatment.model_validate({"scheme": scheme})
    treated, _ = ingest(HUB, {"nhs_number": shared}, hub=None)
    for recipient in RECIPIENTS:
        column = f"nhs_number@{recipient}"
        assert treated.frame[column].to_list() == treated.frame["nhs_number"].to_list()
        assert treated.labels[column] == treated.labels["nhs_number"]


def test_only_the_hub_holds_recipients_tokens() -> None:
    treated, _ = ingest(CARE)
    assert list(treated.labels) == ["nhs_number"]


def test_shorter_tokens_are_the_front_of_longer_ones() -> None:
    long = ingest(CARE)[0].frame["nhs_number"]
    short = KENT["nhs_number"].model_copy(update={"bits": 32})
    treated, _ = ingest(CARE, {"nhs_number": short})
    assert treated.frame["nhs_number"].to_list() == [
        None if token is None else token >> 32 for token in long
    ]
    assert treated.labels["nhs_number"].scheme == "hmac-sha256/32"


def test_another_period_has_unrelated_tokens() -> None:
    rotated = {"uprn": Treatment(scheme="keyed-hash", period="2017")}
    before, after = ingest(HUB, KENT, None)[0], ingest(HUB, rotated, None)[0]
    assert before.labels["uprn"] != after.labels["uprn"]
    assert not set(before.frame["uprn"].drop_nulls()) & set(after.frame["uprn"].drop_nulls())


@pytest.mark.parametrize("name", ["all", "warehouse"])
def test_a_recipient_cannot_take_the_name_of_a_holder_of_link_keys(name: str) -> None:
    with pytest.raises(ValueError, match=rf"recipient {name}.*another name"):
        pseudonymise(HUB, KENT, RING, (name,), None)


def test_no_record_at_all_gives_no_token_at_all() -> None:
    treated, counts = ingest(CARE.with_frame(CARE.frame.clear()))
    assert counts == IngestCounts("nhs_number", 0, 0, 0, 0, 0)
    assert treated.frame.height == 0
