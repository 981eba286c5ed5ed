"""Supplied files as people write them: separators, line ends, blank lines and types."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import polars as pl
import pytest

from scenarios.linking_files import read_supplied

if TYPE_CHECKING:
    from pathlib import Path

ROWS = [("1", "Ada"), ("2", "Bert")]


@pytest.mark.parametrize(
    "content",
    [
        "id,name\n1,Ada\n2,Bert\n",
        "\ufeffid;name\r\n1;Ada\r\n2;Bert\r\n",
        "id\tname\n1\tAda\n2\tBert",
        "id|name\r1|Ada\r2|Bert\r",
        "\n\nid,name\n1,Ada\n\n2,Bert\n\n\n",
        'id,name\n1,"Ada"\n2," Bert "\n',
        "id,name,provenance\n1,Ada,supplied\n2,Bert,supplied\n",
    ],
)
def test_a_csv_is_read_whatever_its_separator_and_line_ends(tmp_path: Path, content: str) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(content.encode())
    read = read_supplied(path, None)
    assert list(zip(read.ids, read.frame["name"], strict=True)) == ROWS
    assert read.frame.columns == ["name"]


def test_a_field_may_hold_line_ends_and_quotation_marks(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text('id,address\n1,"Flat 1\n2 ""The"" Road"\n2,\n')
    assert read_supplied(path, None).frame["address"].to_list() == ['Flat 1\n2 "The" Road', None]


def test_every_type_of_parquet_becomes_text_as_a_person_would_write_it(tmp_path: Path) -> None:
    path = tmp_path / "people.parquet"
    pl.DataFrame(
        {
            "id": [7, 8, 9],
            "whole": [9_000_000_009.0, None, float("nan")],
            "part": [1.5, 2.0, float("inf")],
            "born": [date(1948, 7, 5), None, None],
            "flag": [True, False, None],
            "kind": pl.Series(["a", "b", " "], dtype=pl.Categorical),
            "nothing": [None, None, None],
        }
    ).write_parquet(path)
    read = read_supplied(path, None)
    assert read.ids.to_list() == [7, 8, 9]
    assert read.frame["whole"].to_list() == ["9000000009", None, None]
    assert read.frame["part"].to_list() == ["1.5", "2", "inf"]
    assert read.frame["born"].to_list() == ["1948-07-05", None, None]
    assert read.frame["flag"].to_list() == ["true", "false", None]
    assert read.frame["kind"].to_list() == ["a", "b", None]
    assert read.frame["nothing"].null_count() == 3


def test_parquet_is_told_by_its_content_whatever_its_name(tmp_path: Path) -> None:
    path = tmp_path / "people.dat"
    pl.DataFrame({"id": [1], "name": ["Ada"]}).write_parquet(path)
    assert read_supplied(path, None).kind == "Parquet"


def test_a_file_shows_no_record_in_its_repr(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("id,name\n1,Ada\n")
    assert "Ada" not in repr(read_supplied(path, None))


def test_a_column_of_ids_that_repeats_is_not_taken_for_ids_unless_asked(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("id,name\n1,Ada\n1,Bert\n")
    read = read_supplied(path, None)
    assert read.id_column == ""
    assert read.ids.to_list() == [1, 2]
