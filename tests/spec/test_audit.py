"""The audit chain: whoever changes it is found out by whoever keeps its anchor."""

from __future__ import annotations

import hashlib
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reidentify.audit import AUDIT_COLUMNS, START, Anchor, AuditChain, broken_at


def rows(count: int, start: int = 0) -> pl.DataFrame:
    numbers = list(range(start, start + count))
    values: dict[str, Any] = {
        "minute": numbers,
        "account": [f"account {n}" for n in numbers],
        "role": ["gp"] * count,
        "reason": ["care"] * count,
        "row_id": numbers,
        "outside": [n % 2 == 0 for n in numbers],
        "second": [False] * count,
        "outcome": ["decoded"] * count,
        "alarm": [False] * count,
    }
    return pl.DataFrame(values, schema=dict(AUDIT_COLUMNS))


CHAIN = AuditChain.empty().with_rows(rows(6))
ANCHOR = CHAIN.anchor


def test_an_unchanged_chain_is_whole() -> None:
    assert broken_at(CHAIN, ANCHOR) is None
    assert broken_at(AuditChain.empty(), Anchor(START, 0)) is None


def test_rows_written_in_two_batches_give_the_same_chain() -> None:
    both = AuditChain.empty().with_rows(rows(2)).with_rows(rows(4, start=2))
    assert both.frame.equals(CHAIN.frame)


def test_a_digest_is_that_of_the_one_before_and_the_row_each_part_after_its_length() -> None:
    parts = [START, "0", "account 0", "gp", "care", "0", "True", "False", "decoded", "False"]
    written = b"".join(len(part).to_bytes(4, "big") + part.encode() for part in parts)
    assert CHAIN.frame["digest"][0] == hashlib.sha256(written).hexdigest()


OTHERS: dict[str, Any] = {
    "minute": 99,
    "account": "somebody else",
    "role": "hospital",
    "reason": "none",
    "row_id": 77,
    "outside": None,
    "second": True,
    "outcome": "role",
    "alarm": True,
    "before": "0" * 64,
    "digest": "0" * 64,
}


@given(st.integers(0, 5), st.sampled_from(sorted(OTHERS)))
def test_a_changed_cell_is_found_where_it_is(row: int, column: str) -> None:
    values = CHAIN.frame[column].to_list()
    values[row] = OTHERS[column]
    changed = CHAIN.frame.with_columns(pl.Series(column, values, dtype=CHAIN.frame[column].dtype))
    assert broken_at(AuditChain(changed), ANCHOR) == row


@given(st.integers(0, 5))
def test_a_removed_row_is_found_where_it_was(row: int) -> None:
    left = CHAIN.frame.with_row_index("at").filter(pl.col("at") != row).drop("at")
    assert broken_at(AuditChain(left), ANCHOR) == row


@given(st.integers(0, 6))
def test_a_row_put_in_is_found_where_it_is(row: int) -> None:
    extra = AuditChain.empty().with_rows(rows(1, start=50)).frame
    longer = pl.concat([CHAIN.frame[:row], extra, CHAIN.frame[row:]])
    # At the very front it carries the right digest before it, and what follows does not.
    assert broken_at(AuditChain(longer), ANCHOR) == max(row, 1)


@given(st.integers(0, 5))
def test_a_chain_cut_at_its_end_is_found(kept: int) -> None:
    assert broken_at(AuditChain(CHAIN.frame[:kept]), ANCHOR) == kept


def test_a_chain_written_anew_throughout_is_found_by_its_anchor() -> None:
    forged = rows(6).with_columns(outcome=pl.lit("role"))
    assert broken_at(AuditChain.empty().with_rows(forged), ANCHOR) is not None
    longer = CHAIN.with_rows(rows(1, start=6))
    assert broken_at(longer, ANCHOR) == 6


@pytest.mark.parametrize("cells", [("ab", "c"), ("a", "bc")])
def test_text_moved_from_one_field_to_the_next_changes_the_digest(cells: tuple[str, str]) -> None:
    one = rows(1).with_columns(role=pl.lit(cells[0]), reason=pl.lit(cells[1]))
    other = rows(1).with_columns(role=pl.lit("abc"), reason=pl.lit(""))
    digests = [AuditChain.empty().with_rows(each).anchor.head for each in (one, other)]
    assert digests[0] != digests[1]
