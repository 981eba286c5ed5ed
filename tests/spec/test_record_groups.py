"""Groups of records: shares by group, linked against unlinked, and small counts hidden."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from linkage.intervals import clustered_proportion
from linkage.record_groups import (
    MISSING,
    SMALL,
    PairsJudged,
    RecordGroups,
    groups_of,
    linked_against_unlinked,
    shares_by_group,
)
from linkage.small_counts import with_small_hidden


def grouping(codes: list[int], labels: tuple[str, ...] = ("F", "M")) -> RecordGroups:
    """Groups of right records."""
    return RecordGroups("sex", "right", labels, np.array(codes))


def pairs(right: list[int], successes: list[bool]) -> PairsJudged:
    """Missed or not, each pair of a person of its own."""
    side = np.array(right, dtype=np.int32)
    return PairsJudged("missed", side, side, np.array(successes), np.arange(len(right)))


def test_a_share_is_of_the_pairs_whose_record_is_in_the_group() -> None:
    groups = grouping([0, 0, 0, 1, 1])
    judged = pairs([0, 1, 2, 3], [True, False, False, True])
    table = shares_by_group([groups], [judged], hide_small=False)
    assert table.select("group", "measure", "count", "out_of").rows() == [
        ("F", "missed", 1, 3),
        ("M", "missed", 1, 1),
    ]
    assert table["value"].to_list() == pytest.approx([1 / 3, 1])
    low, high = clustered_proportion(np.array([True, False, False]), np.arange(3))
    assert table.row(0)[-2:] == pytest.approx((low, high))


def test_a_standardised_difference_is_that_computed_by_hand() -> None:
    codes = [0] * 60 + [1] * 40 + [0] * 20 + [1] * 30
    linked = np.arange(150) < 100
    table = linked_against_unlinked([grouping(codes)], (linked, linked), hide_small=False)
    row = table.row(0, named=True)
    assert (row["linked"], row["all_linked"], row["unlinked"], row["all_unlinked"]) == (
        60, 100, 20, 50,
    )  # fmt: skip
    expected = (0.6 - 0.4) / np.sqrt((0.6 * 0.4 + 0.4 * 0.6) / 2)
    assert row["difference"] == pytest.approx(expected)
    error = np.sqrt(150 / (100 * 50) + expected**2 / (2 * 150))
    assert row["high"] - row["low"] == pytest.approx(2 * 1.959964 * error)
    assert table["difference"].sum() == pytest.approx(0)


def test_where_all_are_linked_there_is_nothing_to_compare() -> None:
    everybody = np.ones(2, dtype=np.bool_)
    table = linked_against_unlinked([grouping([0, 1])], (everybody, everybody), hide_small=False)
    assert table["difference"].to_list() == [None, None]


def test_small_groups_go_together_without_their_names_and_missing_ones_apart() -> None:
    values = pl.Series("town", ["Leeds"] * 9 + ["Hull"] * 7 + ["York"] + [None] * 2)
    groups = groups_of("town", "left", values, hide_small=True)
    assert groups.labels == ("Leeds", MISSING, SMALL)
    assert np.bincount(groups.codes).tolist() == [9, 2, 8]
    named = groups_of("town", "left", values, hide_small=False)
    assert named.labels == ("Hull", "Leeds", "York", MISSING)
    assert np.bincount(named.codes).tolist() == [7, 9, 1, 2]


def test_a_column_of_too_many_groups_is_refused_without_a_value_of_it() -> None:
    values = pl.Series("name", [f"secret{number // 9}" for number in range(9 * 51)])
    with pytest.raises(ValueError, match="holds 51 different values; up to 50") as refused:
        groups_of("name", "left", values, hide_small=True)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    ("count", "out_of", "shown"),
    [
        (0, 100, (None, 100, None)),
        (7, 100, (None, 100, None)),
        (8, 100, (10, 100, 0.1)),
        (93, 100, (None, 100, None)),
        (92, 100, (90, 100, 0.9)),
        (3, 6, (None, None, None)),
        (13, 104, (15, 105, 0.143)),
    ],
)
def test_counts_up_to_7_and_what_would_tell_them_are_hidden_and_the_rest_rounded_to_5(
    count: int, out_of: int, shown: tuple[int | None, int | None, float | None]
) -> None:
    table = pl.DataFrame(
        {"n": [count], "of": [out_of], "share": [count / out_of], "low": [0.01234]}
    )
    hidden = with_small_hidden(table, "n", "of", ("share", "low"))
    assert hidden.row(0)[:3] == shown
    assert hidden["low"].to_list() == [None if shown[0] is None else 0.012]


def test_small_counts_of_a_comparison_are_hidden_too() -> None:
    linked = np.arange(60) < 40
    codes = [0] * 7 + [1] * 33 + [0] * 10 + [1] * 10
    table = linked_against_unlinked([grouping(codes)], (linked, linked), hide_small=True)
    first = table.row(0, named=True)
    assert (first["linked"], first["unlinked"], first["difference"]) == (None, 10, None)
    assert table["difference"].to_list() == [None, None]
