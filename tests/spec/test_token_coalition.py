"""Token coalitions: opened is what hangs together with a name, and nothing else."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.intervals import wilson
from reidentify.adversaries.token_coalition import (
    CONTENT,
    NAME,
    Holding,
    Opened,
    only_more,
    try_coalitions,
)
from reidentify.risk_token_coalition import (
    ByAttributes,
    Counted,
    count_opened,
    score_coalitions,
)

REGISTER = "register"


def table(**columns: list[int | None]) -> pl.DataFrame:
    """Marks by kind; `name_x` and `content_x` are names and content of dataset x."""
    prefixes = {"name": NAME, "content": CONTENT}
    schema = {}
    for column, values in columns.items():
        head, _, tail = column.partition("_")
        schema[prefixes[head] + tail if head in prefixes else column] = values
    return pl.DataFrame(schema, schema=dict.fromkeys(schema, pl.UInt64()))


NAMES = Holding("names", (table(record=[1, 2, 3], name_a=[1, 2, 3]),))
DATA = Holding("data", (table(record=[1, 2, 3], content_a=[1, 2, 3]),))
ROWS = Holding("rows", (table(project=[7, 8], content_r=[70, 80]),))
KEYS = Holding("keys", (table(field=[4, 5], project=[7, 8]),))
FIELDS = Holding("fields", (table(record=[1, 2, 3], field=[4, 5, None]),))


def opened(*holdings: Holding, most: int = 3) -> dict[tuple[str, ...], set[tuple[str, int]]]:
    tried = try_coalitions(holdings, REGISTER, most)
    return {one.parties: {(d, i) for d, i, *_ in one.content.rows()} for one in tried}


def test_nobody_opens_anything_alone() -> None:
    alone = opened(NAMES, DATA, ROWS, KEYS, FIELDS, most=1)
    assert list(alone.values()) == [set()] * 5


def test_names_and_data_meet_by_the_records_number() -> None:
    assert opened(NAMES, DATA)["names", "data"] == {("a", 1), ("a", 2), ("a", 3)}


def test_rows_are_opened_only_by_the_whole_chain() -> None:
    found = opened(NAMES, FIELDS, KEYS, ROWS, most=4)
    assert {parties for parties, content in found.items() if content} == {
        ("names", "fields", "keys", "rows")
    }
    # The third record has no field, so nothing of a project leads to it.
    assert found["names", "fields", "keys", "rows"] == {("r", 70), ("r", 80)}


def test_content_without_any_token_is_held_and_is_opened_by_nobody() -> None:
    bare = Holding("bare", (table(content_r=[70, 80]),))
    tried = {one.parties: one for one in try_coalitions([NAMES, bare], REGISTER, 2)}
    for parties in (("bare",), ("names", "bare")):
        assert tried[parties].held.height == 2
        assert tried[parties].content.is_empty()


def test_a_supplier_does_not_open_what_it_supplied() -> None:
    supplier = Holding("supplier", (table(record=[1], name_a=[1]),), own=("a",))
    other = Holding("loader", (*DATA.tables, *FIELDS.tables, table(field=[4], content_b=[9])))
    found = {one.parties: one for one in try_coalitions([supplier, other], REGISTER, 2)}
    both = found["supplier", "loader"]
    assert both.content.rows() == [("b", 9, "a", 1)]
    assert both.held.rows() == [("b", 9)]


def test_the_name_on_the_record_comes_before_the_registers_and_that_before_others() -> None:
    everything = Holding(
        "all",
        (
            table(record=[1, 2], field=[4, 4]),
            table(record=[1], name_a=[1]),
            table(field=[4], name_register=[50]),
            table(record=[1, 2], content_a=[1, 2]),
        ),
    )
    (found,) = try_coalitions([everything], REGISTER, 1)
    assert found.content.rows() == [("a", 1, "a", 1), ("a", 2, "register", 50)]


LINKS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=8)


@settings(max_examples=60)
@given(st.lists(st.tuples(LINKS, LINKS, LINKS), min_size=1, max_size=3))
def test_opened_is_all_that_a_walk_from_a_name_reaches(
    parts: list[tuple[list[tuple[int, int]], ...]],
) -> None:
    kinds = (("name_n", "x"), ("x", "y"), ("y", "content_c"))
    holdings = [
        Holding(
            f"p{at}",
            tuple(
                table(**{left: [a for a, _ in pairs], right: [b for _, b in pairs]})
                for (left, right), pairs in zip(kinds, tables, strict=True)
            ),
        )
        for at, tables in enumerate(parts)
    ]
    for chosen, content in opened(*holdings).items():
        edges = [
            ((left, a), (right, b))
            for at, tables in enumerate(parts)
            if f"p{at}" in chosen
            for (left, right), pairs in zip(kinds, tables, strict=True)
            for a, b in pairs
        ]
        reached = {mark for edge in edges for mark in edge if mark[0] == "name_n"}
        grew = True
        while grew:
            more = {m for edge in edges if reached & set(edge) for m in edge} - reached
            grew = bool(more)
            reached |= more
        assert content == {("c", i) for kind, i in reached if kind == "content_c"}


def test_what_is_opened_is_counted_rightly_and_wrongly() -> None:
    content = pl.DataFrame(
        {"dataset": ["a", "a"], "id": [1, 2], "named": ["register"] * 2, "name": [50, 51]},
        schema={"dataset": pl.String, "id": pl.UInt64, "named": pl.String, "name": pl.UInt64},
    )
    owners = pl.DataFrame(
        {
            "dataset": ["a", "a", "register", "register"],
            "id": [1, 2, 50, 51],
            "person_id": [100, 200, 100, 999],
        },
        schema={"dataset": pl.String, "id": pl.UInt64, "person_id": pl.UInt64},
    )
    held = pl.DataFrame(
        {"dataset": ["a"] * 3, "id": [1, 2, 3]}, schema={"dataset": pl.String, "id": pl.UInt64}
    )
    found = count_opened(Opened(("x", "y"), content, held), owners)
    # The third piece is nobody's.
    assert found == Counted(("x", "y"), 1, 1, 3, people_right=1, people_wrong=1, people=2)


def test_a_larger_coalition_is_told_only_if_it_opens_more_than_its_parts() -> None:
    opens = {("a",): 0, ("b",): 0, ("a", "b"): 3, ("a", "b", "c"): 3, ("a", "c"): 0, ("c",): 0}
    assert only_more(opens) == (("a", "b"),)


def test_figures_of_coalitions_by_hand() -> None:
    counted = [
        Counted(("a",), 0, 0, 10, 0, 0, 5),
        Counted(("b",), 0, 0, 0, 0, 0, 0),
        Counted(("a", "b"), 8, 1, 10, 4, 1, 5),
        Counted(("a", "b", "c"), 8, 1, 10, 4, 1, 5),
    ]
    pair = ByAttributes(("b", "c"), "sex", 3, 1, 20)
    rows = {(row.group, row.measure): row for row in score_coalitions(counted, pair, "x")}
    both = rows["coalition=a + b", "opened"]
    assert (both.value, both.count, both.out_of) == (0.9, 9, 10)
    # Five people, nine tenths of whom are opened: the range is that of five, not of ten.
    assert (both.low, both.high) == pytest.approx(wilson(4.5, 5))
    wrongly = rows["coalition=a + b", "opened_wrongly"]
    assert (wrongly.count, wrongly.out_of) == (1, 10)
    assert rows["all", "wrong_per_1000"].value == pytest.approx(200)
    assert rows["coalition=b", "opened"].value is None
    assert ("coalition=a + b + c", "opened") not in rows
    by_attributes = rows["coalition=b + c, by attributes", "opened"]
    assert (by_attributes.count, by_attributes.out_of) == (4, 20)
    assert "here by sex" in by_attributes.method
    assert rows["all", "coalition_size"].value == 2
    assert (rows["all", "found"].count, rows["all", "found"].out_of) == (4, 5)


def test_where_nobody_opens_anything_nobody_of_those_held_is_found() -> None:
    counted = [Counted(("a",), 0, 0, 10, 0, 0, 5), Counted(("b",), 0, 0, 9, 0, 0, 7)]
    rows = score_coalitions(counted, ByAttributes(("a", "b"), "sex", 0, 0, 9), "x")
    found = {row.measure: row for row in rows if row.group == "all"}
    assert found["coalition_size"].value == 0
    assert (found["found"].count, found["found"].out_of) == (0, 7)
