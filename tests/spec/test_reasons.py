"""Reasons for missed and false matches: levels without a log of errors, errors with one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

from linkage.known import CELLS, Known
from linkage.match_quality import match_quality
from linkage.matcher import match
from linkage.reasons import ALL_AGREE, causes_table, reasons_table
from tests.matched_files import GOOD, files, matched, plan

if TYPE_CHECKING:
    from linkage.against_truth import AgainstTruth

UNBLOCKED, IMPROBABLE, TAKEN, COPY = GOOD, GOOD + 1, GOOD + 2, GOOD + 3


def cells(rows: list[tuple[int, str, str]]) -> pl.DataFrame:
    """A log of cells that were changed."""
    return pl.DataFrame(rows, schema=CELLS, orient="row")


def judged(known: Known) -> AgainstTruth:
    """The files, judged."""
    truth = match_quality(matched().weighed, known).truth
    assert truth is not None
    return truth


def reason(truth: AgainstTruth, left: int) -> str:
    """The reason why the true pair of a left record was missed."""
    return str(truth.missed.pairs.filter(pl.col("left") == left)["reason"].item())


# Hand-made: what hit which cell of which side.
LOGGED = replace(
    files().known,
    cells=(
        cells([(UNBLOCKED, "date_swapped", "date_of_birth"), (5, "typo", "surname")]),
        cells(
            [
                (UNBLOCKED, "typo", "surname"),
                (UNBLOCKED, "address_stale", "postcode"),
                (UNBLOCKED, "address_stale", "address"),
                (IMPROBABLE, "surname_former", "surname"),
                (TAKEN, "merged", "record_id"),
                (TAKEN, "address_stale", "postcode"),
            ]
        ),
    ),
)


def test_without_a_log_the_reason_is_the_level_of_each_column_that_does_not_agree() -> None:
    truth = judged(files().known)
    assert reason(truth, UNBLOCKED) == (
        "first_name: jaro_winkler>=0.85; surname: jaro_winkler>=0.9; "
        "date_of_birth: two_parts_of_date; postcode: differs"
    )
    assert reason(truth, IMPROBABLE) == "surname: differs; date_of_birth: differs"
    assert reason(truth, TAKEN) == "first_name: differs"


def test_with_a_log_the_reason_is_which_error_hit_which_column_on_which_side() -> None:
    truth = judged(LOGGED)
    assert reason(truth, UNBLOCKED) == (
        "first_name: jaro_winkler>=0.85, no error logged; surname: typo (right); "
        "date_of_birth: date_swapped (left); postcode: address_stale (right)"
    )
    assert reason(truth, IMPROBABLE) == (
        "surname: surname_former (right); date_of_birth: differs, no error logged"
    )


def test_an_error_of_a_column_that_agrees_is_no_reason_and_one_of_the_record_always_is() -> None:
    truth = judged(LOGGED)
    assert reason(truth, TAKEN) == ("first_name: differs, no error logged; record: merged (right)")


def test_a_side_that_lacks_the_value_is_named() -> None:
    given = files()
    lacking = given.right.with_columns(
        postcode=pl.when(pl.int_range(pl.len()) == IMPROBABLE).then(None).otherwise("postcode"),
        first_name=pl.when(pl.int_range(pl.len()) == UNBLOCKED).then(None).otherwise("first_name"),
    )
    truth = match_quality(match(given.left, lacking, plan()).weighed, given.known).truth
    assert truth is not None
    assert "postcode: missing (right)" in reason(truth, IMPROBABLE)
    assert "first_name: missing (right)" in reason(truth, UNBLOCKED)


def test_every_missed_match_has_one_reason_and_its_causes_are_counted_each() -> None:
    truth = judged(LOGGED)
    wrong = truth.missed
    table, causes = reasons_table(wrong), causes_table(wrong)
    assert wrong.pairs.height == truth.true_pairs - truth.after.recall.count
    assert table["pairs"].sum() == wrong.pairs.height
    assert set(table["out_of"]) == set(causes["out_of"]) == {wrong.pairs.height}
    assert table["share"].sum() == pytest.approx(1)
    assert table["pairs"].is_sorted(descending=True)
    said = causes.filter((pl.col("what") == "typo") & (pl.col("stage") == "blocking"))
    assert said.select("column", "side", "pairs").rows() == [("surname", "right", 1)]


def test_a_false_match_says_how_the_two_are_related_and_whether_the_right_one_has_a_match() -> None:
    rows = judged(files().known).false.pairs.rows(named=True)
    assert [(row["left"], row["right"]) for row in rows] == [(TAKEN, COPY)]
    assert rows[0]["reason"] == ALL_AGREE
    assert rows[0]["stage"] == (
        "two people of one postcode, surname and date of birth, as twins are; the right one has no "
        "match"
    )


@pytest.mark.parametrize(
    ("home", "said"),
    [(7, "two people of one home, surname and date of birth, as twins are"),
     (8, "two people of one surname and date of birth"),
     (-1, "two people of one surname and date of birth")],
)  # fmt: skip
def test_where_homes_are_known_they_say_who_lives_together(home: int, said: str) -> None:
    given = files()
    homes = (np.full(given.left.height, -1), np.full(given.right.height, -1))
    homes[0][TAKEN], homes[1][COPY] = (7 if home >= 0 else -1), home
    stage = judged(replace(given.known, homes=homes)).false.pairs["stage"].item()
    assert stage == f"{said}; the right one has no match"


def test_a_false_match_of_somebody_whose_own_match_is_there_is_told_apart() -> None:
    known = files().known
    more = Known(np.append(known.left, np.int32(3)), np.append(known.right, np.int32(COPY)))
    stage = judged(more).false.pairs["stage"].item()
    assert stage.endswith("the right one has another match")


def test_an_error_that_made_two_people_alike_is_a_cause_of_their_false_match() -> None:
    logged = (cells([]), cells([(COPY, "typo", "surname"), (COPY, "typo", "uprn")]))
    wrong = judged(replace(files().known, cells=logged)).false
    assert wrong.pairs["reason"].to_list() == ["surname: alike by typo (right)"]
