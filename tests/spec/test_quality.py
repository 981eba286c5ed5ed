"""Linkage quality: true pairs, and hand-counted recall, precision, missed and false matches."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import polars as pl
import pytest

from linkage.intervals import wilson
from linkage.pairs import exact_links
from linkage.quality import QualityRow, Unit, perfect_links, quality, true_pairs
from simulator.truth import RecordTruth, Truth

if TYPE_CHECKING:
    from collections.abc import Sequence

    from linkage.linked import Links

SPRING, SUMMER, AUTUMN = date(2016, 4, 1), date(2016, 7, 1), date(2016, 10, 1)
END = date(2018, 4, 1)


def owners(rows: Sequence[tuple[int, int | None, int, date]]) -> RecordTruth:
    """Owners from (record, person, home, date)."""
    ids = ("record_id", "person_id", "home_id")
    schema = dict.fromkeys(ids, pl.UInt64()) | {"date": pl.Date()}
    frame = pl.DataFrame(rows, schema=schema, orient="row").sort("record_id")
    errors = pl.DataFrame(schema={"record_id": pl.UInt64, "error": pl.String})
    return RecordTruth(frame, errors)


def residences(rows: list[tuple[int, int, date, date]]) -> pl.DataFrame:
    """Residences from (person, home, since, until)."""
    schema = {"person_id": pl.UInt64, "home_id": pl.UInt64, "since": pl.Date, "until": pl.Date}
    return pl.DataFrame(rows, schema=schema, orient="row")


# Person 13 is not registered; person 12 moved from home 100 to home 200 in summer.
TRUTH = Truth(
    records={
        "hub": owners([(1, 10, 100, SPRING), (2, 11, 200, SPRING), (3, 12, 200, SPRING)]),
        "care": owners(
            [
                (91, 10, 100, SPRING),
                (92, 10, 100, SUMMER),
                (93, 11, 200, SPRING),
                (94, 12, 200, AUTUMN),
                (95, 13, 300, SPRING),
            ]
        ),
        "visits": owners(
            [
                (81, None, 100, SPRING),
                (82, None, 200, SUMMER),
                (83, None, 300, END),
                (84, None, 100, SUMMER),
            ]
        ),
    },
    people=pl.DataFrame(
        {
            "person_id": pl.Series([10, 11, 12, 13], dtype=pl.UInt64),
            "sex": ["F", "M", "F", "M"],
            "age_band": ["0-17", "80+", "40-64", "40-64"],
            "ethnic_group": ["White", "Asian", "White", "White"],
            "deprivation_fifth": ["1", "5", "1", "3"],
        }
    ),
    residences=residences(
        [
            (10, 100, SPRING, END),
            (11, 200, SPRING, END),
            (12, 100, SPRING, SUMMER),
            (12, 200, SUMMER, END),
            (13, 300, SPRING, END),
        ]
    ),
)


def links(agency: str, pairs: list[tuple[int, int]]) -> Links:
    """Links of the given pairs."""
    schema = {"left_id": pl.UInt64, "right_id": pl.UInt64}
    frame = pl.DataFrame(pairs, schema=schema, orient="row")
    return exact_links(agency, "hub", agency, frame.with_columns(rule=pl.lit("test")))


def measured(agency: str, unit: Unit, pairs: list[tuple[int, int]]) -> dict[str, QualityRow]:
    """Quality rows by `measure group`."""
    found = quality(links(agency, pairs), true_pairs(TRUTH, "hub", agency, unit), TRUTH, unit)
    return {f"{row.measure} {row.group}": row for row in found}


def counts(row: QualityRow) -> tuple[int, int]:
    """Numerator and denominator."""
    return row.count, row.out_of


def test_a_true_pair_of_people_is_two_records_of_one_person() -> None:
    pairs = true_pairs(TRUTH, "hub", "care", "person")
    assert pairs.rows() == [(1, 91), (1, 92), (2, 93), (3, 94)]


def test_a_true_pair_of_homes_is_whoever_lived_there_on_the_day() -> None:
    # Person 12 lived in home 100 up to the day before summer, and in home 200 from its first day.
    pairs = true_pairs(TRUTH, "hub", "visits", "home")
    assert pairs.rows() == [(1, 81), (1, 84), (2, 82), (3, 81), (3, 82)]


def test_a_record_about_somebody_not_in_the_hub_has_no_true_pair() -> None:
    assert 95 not in true_pairs(TRUTH, "hub", "care", "person")["right_id"]
    rows = measured("care", "person", [(1, 95)])
    assert counts(rows["false_matches all"]) == (1, 1)
    assert counts(rows["recall all"]) == (0, 4)


def test_perfect_links_are_the_true_pairs_and_have_no_fault() -> None:
    units: list[tuple[str, Unit]] = [("care", "person"), ("visits", "home")]
    for agency, unit in units:
        perfect = perfect_links(TRUTH, "step", "hub", agency, unit)
        pairs = true_pairs(TRUTH, "hub", agency, unit)
        assert perfect.frame.select("left_id", "right_id").equals(pairs)
        assert perfect.frame["rule"].unique().to_list() == ["truth"]
        rows = {f"{r.measure} {r.group}": r for r in quality(perfect, pairs, TRUTH, unit)}
        assert rows["recall all"].value == rows["precision all"].value == 1.0
        assert rows["missed_matches all"].count == rows["false_matches all"].count == 0


def test_quality_of_people_counts_by_hand() -> None:
    # Right: (1, 91), (2, 93). Missed: (1, 92), (3, 94). False: (2, 92), (1, 95).
    rows = measured("care", "person", [(1, 91), (2, 93), (2, 92), (1, 95)])
    assert counts(rows["recall all"]) == (2, 4)
    assert counts(rows["missed_matches all"]) == (2, 4)
    assert counts(rows["precision all"]) == (2, 4)
    assert counts(rows["false_matches all"]) == (2, 4)
    assert rows["recall all"].value == 0.5
    assert rows["missed_matches all"].value == 2


def test_a_link_of_people_is_in_the_group_of_the_right_records_person() -> None:
    rows = measured("care", "person", [(1, 91), (2, 93), (2, 92), (1, 95)])
    # Records 91 and 92 are about a woman; 93 and 95 about men, whatever hub record they met.
    assert counts(rows["precision sex=F"]) == (1, 2)
    assert counts(rows["precision sex=M"]) == (1, 2)
    assert counts(rows["recall sex=F"]) == (1, 3)
    assert counts(rows["recall sex=M"]) == (1, 1)
    assert counts(rows["false_matches age=40-64"]) == (1, 1)
    assert counts(rows["recall age=0-17"]) == (1, 2)
    assert counts(rows["missed_matches ethnic_group=White"]) == (2, 3)
    assert counts(rows["precision deprivation_fifth=5"]) == (1, 1)


def test_a_link_of_homes_is_in_the_group_of_the_hub_records_person() -> None:
    # Right: (1, 81). Missed: (1, 84), (2, 82), (3, 81), (3, 82). False: (2, 81).
    rows = measured("visits", "home", [(1, 81), (2, 81)])
    assert counts(rows["recall all"]) == (1, 5)
    assert counts(rows["precision all"]) == (1, 2)
    assert counts(rows["recall sex=F"]) == (1, 4)
    assert counts(rows["recall sex=M"]) == (0, 1)
    assert counts(rows["false_matches sex=M"]) == (1, 1)


def test_nothing_to_divide_by_gives_no_share_and_no_knowledge() -> None:
    rows = measured("care", "person", [])
    empty = rows["precision all"]
    assert (empty.value, empty.low, empty.high, empty.out_of) == (None, 0.0, 1.0, 0)
    assert rows["recall ethnic_group=Black"].value is None
    assert (rows["false_matches all"].low, rows["false_matches all"].high) == (0.0, 0.0)


def test_ranges_hold_their_value_and_missed_matches_mirror_recall() -> None:
    rows = measured("care", "person", [(1, 91), (2, 93)])
    recall, missed = rows["recall all"], rows["missed_matches all"]
    assert recall.value is not None
    assert recall.low <= recall.value <= recall.high
    assert missed.low == pytest.approx((1 - recall.high) * 4)
    assert missed.high == pytest.approx((1 - recall.low) * 4)


def test_pairs_of_one_person_count_for_less_than_pairs_of_as_many_people() -> None:
    many = 40
    everyone = [(i, i, 1, SPRING) for i in range(many)]
    people = pl.DataFrame(
        {
            "person_id": pl.Series(range(many), dtype=pl.UInt64),
            "sex": ["F"] * many,
            "age_band": ["80+"] * many,
            "ethnic_group": ["White"] * many,
            "deprivation_fifth": ["1"] * many,
        }
    )
    # Two contacts each; everybody with an even number is found both times, nobody else at all.
    contacts = [(100 + i, i // 2, 1, SPRING) for i in range(2 * many)]
    truth = Truth({"hub": owners(everyone), "care": owners(contacts)}, people, residences([]))
    pairs = true_pairs(truth, "hub", "care", "person")
    found = [(i // 2, 100 + i) for i in range(2 * many) if i // 2 % 2 == 0]
    recall = quality(links("care", found), pairs, truth, "person")[0]
    assert counts(recall) == (40, 80)
    as_if_apart, of_people = wilson(40, 80), wilson(20, 40)
    assert recall.low < as_if_apart.low
    assert recall.low == pytest.approx(of_people.low, abs=0.01)


def test_rows_come_for_all_and_every_group_in_one_order() -> None:
    rows = list(measured("care", "person", []))
    assert len(rows) == 4 * (1 + 2 + 5 + 5 + 5)
    assert rows[:5] == [
        "recall all",
        "missed_matches all",
        "precision all",
        "false_matches all",
        "recall sex=F",
    ]
    assert rows[-1] == "false_matches deprivation_fifth=5"
