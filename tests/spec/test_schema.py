"""Datasets: a frame is checked against the field vocabulary, and all problems are named at once."""

from __future__ import annotations

import polars as pl
import pytest

from simulator.errors import ERRORS
from simulator.schema import ETHNIC_GROUPS, FIELDS, Dataset, FrameError, TokenLabel

LABEL = TokenLabel("hmac-sha256/64", "nhs_number", "digits", "k1", "2016")


def frame(**columns: pl.Series) -> pl.DataFrame:
    """Two records with these columns."""
    return pl.DataFrame({"record_id": pl.Series([1, 2], dtype=pl.UInt64)} | columns)


def test_a_frame_of_the_vocabulary_is_accepted() -> None:
    dataset = Dataset("a", frame(surname=pl.Series(["A", None]), sex=pl.Series(["F", "M"])))
    assert dataset.role("surname") == "identifier"
    assert dataset.role("sex") == "attribute"
    assert dataset.role("record_id") == "id"
    assert dataset.provenance == "invented"


def test_every_problem_is_named_at_once() -> None:
    wrong = pl.DataFrame({"shoe_size": [42, 43], "sex": [1, 2]})
    with pytest.raises(FrameError) as caught:
        Dataset("a_and_e", wrong)
    message = str(caught.value)
    assert message.startswith("dataset a_and_e: ")
    assert "column shoe_size is not in the field vocabulary" in message
    assert "column sex has type Int64, expected String" in message
    assert "column record_id is missing" in message


def test_record_ids_must_be_unique() -> None:
    repeated = pl.DataFrame({"record_id": pl.Series([5, 5], dtype=pl.UInt64)})
    with pytest.raises(FrameError, match="record_id is not unique"):
        Dataset("a", repeated)


def test_a_column_with_a_label_holds_tokens_whatever_its_name() -> None:
    tokens = frame(nhs_number=pl.Series([7, None], dtype=pl.UInt64))
    dataset = Dataset("a", tokens, {"nhs_number": LABEL})
    assert dataset.role("nhs_number") == "token"
    extra = frame().with_columns(pl.Series("nhs_number@team", [7, 8], dtype=pl.UInt64))
    assert Dataset("a", extra, {"nhs_number@team": LABEL}).role("nhs_number@team") == "token"
    with pytest.raises(FrameError, match="nhs_number has type UInt64, expected String"):
        Dataset("a", tokens)
    with pytest.raises(FrameError, match="nhs_number has type String, expected UInt64"):
        Dataset("a", frame(nhs_number=pl.Series(["7", "8"])), {"nhs_number": LABEL})


def test_an_empty_dataset_is_a_dataset() -> None:
    assert Dataset("a", frame().head(0)).frame.is_empty()


def test_a_label_says_how_its_tokens_were_made_and_names_no_key() -> None:
    assert str(LABEL) == "hmac-sha256/64 of nhs_number (digits), key k1, period 2016"
    unperiodic = TokenLabel("sha256/32", "uprn", "digits", "none", "")
    assert str(unperiodic) == "sha256/32 of uprn (digits), key none, period any"


def test_a_dataset_shows_no_record_in_its_repr() -> None:
    dataset = Dataset("a", frame(surname=pl.Series(["Brandley", "Marlow"])))
    assert "Brandley" not in repr(dataset)


def test_another_frame_keeps_labels_and_provenance_and_is_checked_too() -> None:
    tokens = frame(nhs_number=pl.Series([7, 8], dtype=pl.UInt64))
    dataset = Dataset("a", tokens, {"nhs_number": LABEL}, "supplied")
    fewer = dataset.with_frame(tokens.head(1))
    assert (fewer.labels, fewer.provenance, fewer.frame.height) == (
        {"nhs_number": LABEL},
        "supplied",
        1,
    )
    with pytest.raises(FrameError, match="record_id is missing"):
        dataset.with_frame(tokens.drop("record_id"))


def test_the_vocabulary_says_what_each_field_is_and_cannot_be_changed() -> None:
    assert {field.role for field in FIELDS.values()} == {"id", "identifier", "attribute", "content"}
    assert all(field.meaning for field in FIELDS.values())
    assert set(ERRORS.values()) <= set(FIELDS)
    assert len(ETHNIC_GROUPS) == 5
    with pytest.raises(TypeError):
        FIELDS["shoe_size"] = FIELDS["sex"]  # type: ignore[index]
