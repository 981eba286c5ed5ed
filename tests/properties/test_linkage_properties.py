"""Linkage held against slow, obvious versions of itself, and against shuffled rows."""

from __future__ import annotations

from datetime import date

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.cascade_plan import ladder
from linkage.ingest import pseudonymise
from linkage.join import join_tokens
from linkage.keys import KeyRing
from linkage.normalise import comparable
from linkage.plan import Treatment
from linkage.record_links import link_records
from simulator.schema import FIELDS, Dataset, TokenLabel

RING = KeyRing.from_bytes(b"a master only for this test")
LABEL = TokenLabel("hmac-sha256/64", "nhs_number", "nhs-number", "0a1b2c3d", "")
TREATMENTS = {
    "nhs_number": Treatment(scheme="keyed-hash", verify=("date_of_birth",)),
    "uprn": Treatment(scheme="plain-hash"),
}
KEYS = (
    ("nhs_number", "date_of_birth"),
    ("surname", "sex", "date_of_birth"),
    ("surname", "uprn"),
)
FIELDS_USED = ("nhs_number", "surname", "sex", "date_of_birth", "uprn")

ROWS = st.lists(
    st.tuples(
        st.sampled_from(["9000000009", "900 000 0017", "9000000025", "9000000026", "", None]),
        st.sampled_from(["Abel", "ABEL", "Bell", "Cole", "-", None]),
        st.sampled_from(["F", "M", "m", "U", None]),
        st.sampled_from([date(1948, 7, 5), date(1984, 7, 5), None]),
        st.sampled_from(["1", "01", "2", "", None]),
    ),
    max_size=12,
)
TOKENS = st.lists(st.one_of(st.none(), st.integers(0, 4)), max_size=12)
ORDERS = st.randoms(use_true_random=False)


def clear(name: str, rows: list[tuple[object, ...]]) -> Dataset:
    """Records with all fields in the clear, numbered from 1."""
    numbered = [(i, *row) for i, row in enumerate(rows, start=1)]
    schema = {field: FIELDS[field].dtype for field in ("record_id", *FIELDS_USED)}
    return Dataset(name, pl.DataFrame(numbered, schema=schema, orient="row"))


def tokenised(name: str, tokens: list[int | None]) -> Dataset:
    """Records with tokens, numbered from 1."""
    columns = {"record_id": range(1, len(tokens) + 1), "nhs_number": tokens}
    schema = {"record_id": pl.UInt64, "nhs_number": pl.UInt64}
    return Dataset(name, pl.DataFrame(columns, schema=schema), {"nhs_number": LABEL})


def shuffled(dataset: Dataset, order: object) -> Dataset:
    """The same records in another order."""
    places = list(range(dataset.frame.height))
    order.shuffle(places)  # type: ignore[attr-defined]
    return dataset.with_frame(dataset.frame[places])


def slow_ladder(left: Dataset, right: Dataset) -> list[tuple[int, int, int]]:
    """The ladder, record by record: (left, right, number of the key)."""
    sides = [
        [
            {"id": row["record_id"]} | {f: comparable(s.frame, f)[i] for f in FIELDS_USED}
            for i, row in enumerate(s.frame.to_dicts())
        ]
        for s in (left, right)
    ]
    found = []
    for record in sides[1]:
        for number, key in enumerate(KEYS, start=1):
            value = [record[f] for f in key]
            alike = [h["id"] for h in sides[0] if [h[f] for f in key] == value]
            if None not in value and len(alike) == 1:
                found.append((alike[0], record["id"], number))
                break
    return sorted(found)


@given(TOKENS, TOKENS)
def test_the_join_equals_a_nested_loop(left: list[int | None], right: list[int | None]) -> None:
    found = join_tokens(tokenised("hub", left), tokenised("care", right), "nhs_number", "step")
    expected = [
        (i, j)
        for i, ours in enumerate(left, start=1)
        for j, theirs in enumerate(right, start=1)
        if ours is not None and ours == theirs
    ]
    assert found.frame.select("left_id", "right_id").rows() == expected


@given(TOKENS, TOKENS, ORDERS)
def test_shuffling_records_gives_the_same_token_links(
    left: list[int | None], right: list[int | None], order: object
) -> None:
    hub, care = tokenised("hub", left), tokenised("care", right)
    found = join_tokens(hub, care, "nhs_number", "step").frame
    again = join_tokens(shuffled(hub, order), shuffled(care, order), "nhs_number", "step").frame
    assert found.equals(again)


@settings(deadline=None)
@given(ROWS, ROWS)
def test_the_ladder_equals_its_slow_obvious_version(
    left: list[tuple[object, ...]], right: list[tuple[object, ...]]
) -> None:
    hub, care = clear("hub", left), clear("care", right)
    found = link_records(hub, care, ladder(KEYS), "step", 1).frame
    rows = found.select("left_id", "right_id", pl.col("rule").str.head(1).cast(pl.Int64)).rows()
    assert rows == slow_ladder(hub, care)


@settings(deadline=None)
@given(ROWS, ROWS, ORDERS)
def test_shuffling_records_gives_the_same_ladder_links(
    left: list[tuple[object, ...]], right: list[tuple[object, ...]], order: object
) -> None:
    hub, care = clear("hub", left), clear("care", right)
    found = link_records(hub, care, ladder(KEYS), "step", 1).frame
    reordered = (shuffled(hub, order), shuffled(care, order))
    again = link_records(*reordered, ladder(KEYS), "step", 1).frame
    assert found.equals(again)


@settings(deadline=None)
@given(ROWS, ROWS)
def test_ingest_refuses_exactly_the_numbers_that_the_hub_holds_with_another_birth_date(
    left: list[tuple[object, ...]], right: list[tuple[object, ...]]
) -> None:
    hub, care = clear("hub", left), clear("care", right)
    treated, counts = pseudonymise(care, TREATMENTS, RING, (), hub)
    held, born = comparable(hub.frame, "nhs_number"), hub.frame["date_of_birth"]
    expected, missing, unknown = [], 0, 0
    for number, birth in zip(
        comparable(care.frame, "nhs_number"), care.frame["date_of_birth"], strict=True
    ):
        theirs = [b for n, b in zip(held, born, strict=True) if n == number]
        agrees = any(birth is None or b is None or b == birth for b in theirs)
        missing += number is None
        unknown += number is not None and not theirs
        expected.append(number is not None and (agrees or not theirs))
    assert treated.frame["nhs_number"].is_not_null().to_list() == expected
    assert (counts.no_identifier, counts.not_in_hub) == (missing, unknown)
    assert counts.tokens == sum(expected)
    assert counts.records == counts.no_identifier + counts.verify_differs + counts.tokens


@settings(deadline=None)
@given(ROWS, ROWS)
def test_tokens_join_exactly_the_records_whose_comparable_values_are_equal(
    left: list[tuple[object, ...]], right: list[tuple[object, ...]]
) -> None:
    hub, care = clear("hub", left), clear("care", right)
    treated = [
        pseudonymise(hub, TREATMENTS, RING, ("analysts",), None)[0],
        pseudonymise(care, TREATMENTS, RING, ("analysts",), hub)[0],
    ]
    found = join_tokens(treated[0], treated[1], "uprn", "step").frame
    ours, theirs = (comparable(s.frame, "uprn").to_list() for s in (hub, care))
    expected = [
        (i, j)
        for i, a in enumerate(ours, start=1)
        for j, b in enumerate(theirs, start=1)
        if a is not None and a == b
    ]
    assert found.select("left_id", "right_id").rows() == expected
