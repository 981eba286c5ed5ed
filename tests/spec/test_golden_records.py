"""Golden records: hand cases of each rule, of ties, and of how a value was chosen."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from linkage.golden import Golden, Survivor, golden_records

RECORDS = pl.DataFrame(
    {
        "surname": ["Smith", "Smyth", "Smith", None, "Ng", "Ng-Lee", ""],
        "phone": [None, "2", None, "1", None, "7", None],
        "seen": ["2020-01-01", "2024-05-05", "2021-01-01", "2019-01-01", "2022-01-01", None, None],
    }
)
CLUSTERS = pl.DataFrame(
    {
        "record": range(7),
        "source": ["gp", "police", "fire", "gp", "gp", "police", "gp"],
        "cluster": [0, 0, 0, 0, 4, 4, 9],
    },
    schema_overrides={"record": pl.UInt32, "cluster": pl.UInt32},
)


def chosen(*survivors: Survivor, records: pl.DataFrame = RECORDS) -> Golden:
    return golden_records(records, CLUSTERS, survivors)


@pytest.mark.parametrize(
    ("survivor", "values"),
    [
        (Survivor(column="surname", rule="most_frequent"), ["Smith", "Ng", None]),
        (Survivor(column="surname", rule="most_recent", date="seen"), ["Smyth", "Ng", None]),
        (Survivor(column="surname", rule="longest"), ["Smith", "Ng-Lee", None]),
        (Survivor(column="surname", rule="most_complete"), ["Smyth", "Ng", None]),
        (
            Survivor(column="surname", rule="from_source", trust=("fire", "police")),
            ["Smith", "Ng-Lee", None],
        ),
        (Survivor(column="phone", rule="most_frequent"), ["1", "7", None]),
        (
            Survivor(column="phone", rule="most_frequent", ties=("most_recent",), date="seen"),
            ["2", "7", None],
        ),
        (
            Survivor(
                column="surname", rule="most_frequent", ties=("from_source",), trust=("police",)
            ),
            ["Smith", "Ng-Lee", None],
        ),
    ],
    ids=lambda each: f"{each.column} {each.rule} {each.ties}" if isinstance(each, Survivor) else "",
)
def test_each_rule_chooses_the_value_that_it_says(
    survivor: Survivor, values: list[str | None]
) -> None:
    found = chosen(survivor).records
    assert found["cluster"].to_list() == [0, 4, 9]
    assert found[survivor.column].to_list() == values


def test_how_a_value_was_chosen_stands_beside_it_without_the_value() -> None:
    found = chosen(
        Survivor(column="surname", rule="most_frequent"),
        Survivor(column="phone", rule="most_recent", date="seen"),
    ).chosen
    assert found.rows() == [
        (0, "surname", "most_frequent", 2, "fire", 2, 3),
        (0, "phone", "most_recent", 1, "police", 1, 2),
        (4, "surname", "most_frequent", 4, "gp", 1, 2),
        (4, "phone", "most_recent", 5, "police", 1, 1),
    ]
    assert found.columns == [
        "cluster", "column", "rule", "record", "source", "support", "out_of"
    ]  # fmt: skip


def test_without_sources_a_source_is_null() -> None:
    rule = Survivor(column="surname", rule="longest")
    found = golden_records(RECORDS, CLUSTERS.drop("source"), [rule])
    assert found.chosen["source"].null_count() == 2
    with pytest.raises(ValueError, match="from_source needs clusters with a source"):
        golden_records(
            RECORDS, CLUSTERS.drop("source"),
            [Survivor(column="phone", rule="from_source", trust=("gp",))],
        )  # fmt: skip


@given(turn=st.permutations(range(7)))
def test_the_order_of_rows_changes_no_value(turn: list[int]) -> None:
    survivors = [
        Survivor(column="surname", rule="most_frequent", ties=("longest",)),
        Survivor(column="phone", rule="most_complete", ties=("most_recent",), date="seen"),
    ]
    plain = golden_records(RECORDS, CLUSTERS, survivors)
    mixed = CLUSTERS[turn].with_columns(record=pl.Series(range(7), dtype=pl.UInt32))
    again = golden_records(RECORDS[turn], mixed, survivors)
    assert again.records.equals(plain.records)
    assert again.chosen.drop("record").equals(plain.chosen.drop("record"))


def test_rules_that_lack_what_they_need_and_columns_that_are_not_there_are_refused() -> None:
    for wrong, message in (
        ({"rule": "most_recent"}, "most_recent needs date"),
        ({"rule": "longest", "ties": ["from_source"]}, "from_source needs trust"),
        ({"rule": "longest", "ties": ["longest"]}, "settles no tie of its own"),
    ):
        with pytest.raises(ValidationError, match=message):
            Survivor.model_validate({"column": "phone"} | wrong)
    rule = Survivor(column="shoe", rule="longest")
    with pytest.raises(ValueError, match=r"column shoe is not there; .*column shoe has two rules"):
        chosen(rule, rule)
    with pytest.raises(ValueError, match="at least one column"):
        chosen()
