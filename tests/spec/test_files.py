"""Output appears whole or not at all, and nothing that a run did not write is ever replaced."""

from __future__ import annotations

import errno
import hashlib
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest
from pydantic import BaseModel

from scenarios.files import (
    WRITTEN_BY,
    OutputError,
    OutputExists,
    check_target,
    write_run,
    write_whole,
)
from scenarios.result import Result
from tests.sample_result import sample_result

if TYPE_CHECKING:
    from collections.abc import Callable


class Record(BaseModel):
    """Stands in for the record of a run."""

    seconds: float = 1.5


def everything_in(directory: Path) -> dict[str, bytes]:
    """Returns the content of every file below a directory, hidden ones too."""
    return {
        str(path.relative_to(directory)): path.read_bytes()
        for path in directory.rglob("*")
        if path.is_file()
    }


def two_files(place: Path) -> None:
    (place / "result.json").write_text("{}")
    (place / "tables").mkdir()
    (place / "tables" / "a.parquet").write_bytes(b"a")


def full_disk(place: Path) -> None:
    (place / "result.json").write_text("half")
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def stopped(place: Path) -> None:
    (place / "result.json").write_text("half")
    raise KeyboardInterrupt


def test_a_directory_is_written_with_its_parents(tmp_path: Path) -> None:
    write_whole(tmp_path / "a" / "b", two_files, replace=False)
    assert everything_in(tmp_path) == {"a/b/result.json": b"{}", "a/b/tables/a.parquet": b"a"}


def test_a_written_directory_can_be_read_by_others_as_the_umask_says(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        write_whole(tmp_path / "run", two_files, replace=False)
    finally:
        os.umask(before)
    assert (tmp_path / "run").stat().st_mode & 0o777 == 0o755


@pytest.mark.parametrize("writer", [full_disk, stopped])
def test_nothing_is_left_behind_where_writing_fails(
    tmp_path: Path, writer: Callable[[Path], None]
) -> None:
    with pytest.raises((OutputError, KeyboardInterrupt)):
        write_whole(tmp_path / "a" / "b", writer, replace=False)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("writer", [full_disk, stopped])
def test_an_earlier_run_is_untouched_where_replacing_it_fails(
    tmp_path: Path, writer: Callable[[Path], None]
) -> None:
    write_whole(tmp_path / "run", two_files, replace=False)
    before = everything_in(tmp_path)
    with pytest.raises((OutputError, KeyboardInterrupt)):
        write_whole(tmp_path / "run", writer, replace=True)
    assert everything_in(tmp_path) == before
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_an_earlier_run_comes_back_where_the_last_rename_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_whole(tmp_path / "run", two_files, replace=False)
    before = everything_in(tmp_path)
    rename = Path.rename

    def failing(self: Path, target: Path) -> Path:
        if self.name == "whole":
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(OutputError, match="Input/output error"):
        write_whole(tmp_path / "run", two_files, replace=True)
    assert everything_in(tmp_path) == before


def test_a_full_disk_is_told_with_what_to_try(tmp_path: Path) -> None:
    with pytest.raises(OutputError) as error:
        write_whole(tmp_path / "run", full_disk, replace=False)
    assert str(error.value) == (
        f"Could not write {tmp_path / 'run'}: No space left on device. Nothing was written. "
        "Free some space or check permissions, or choose another directory with --out."
    )


def test_replacing_leaves_nothing_of_the_earlier_run(tmp_path: Path) -> None:
    write_whole(tmp_path / "run", two_files, replace=False)
    write_whole(tmp_path / "run", lambda place: (place / "new").touch(), replace=True)
    assert everything_in(tmp_path) == {"run/new": b""}


def test_an_earlier_run_is_refused_with_the_command_that_replaces_it(tmp_path: Path) -> None:
    write_whole(tmp_path / "run", two_files, replace=False)
    with pytest.raises(OutputExists, match="linkassay run kent --force"):
        check_target(tmp_path / "run", replace=False, command="linkassay run kent --force")
    check_target(tmp_path / "run", replace=True)


def test_a_directory_with_somebody_elses_files_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "thesis.docx").write_text("years of work")
    with pytest.raises(OutputError, match=r"holds files that no run wrote \(thesis.docx\)"):
        check_target(tmp_path, replace=True)


def test_a_file_or_a_place_below_a_file_is_no_destination(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="is a file"):
        check_target(tmp_path / "file", replace=True)
    with pytest.raises(OutputError, match="is a file, not a directory"):
        check_target(tmp_path / "file" / "run", replace=False)


def test_an_empty_directory_and_a_new_one_are_fine_and_checking_makes_nothing(
    tmp_path: Path,
) -> None:
    check_target(tmp_path, replace=False)
    check_target(tmp_path / "a" / "b", replace=False)
    assert list(tmp_path.iterdir()) == []


@pytest.fixture(name="written", scope="module")
def _written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("out") / "run"
    figures = {"linkage": "<svg>é</svg>"}
    write_run(directory, sample_result(), Record(), "<html>é</html>", figures)
    return directory


def test_a_run_writes_report_result_record_tables_and_figures(written: Path) -> None:
    assert sorted(everything_in(written)) == [
        "figures/linkage.svg",
        "report.html",
        "result.json",
        "run.json",
        "tables/figures.parquet",
        "tables/inputs.parquet",
        "tables/red_lines.parquet",
    ]
    assert {path.name for path in written.iterdir()} == set(WRITTEN_BY["run"]) - {"kept"}
    assert json.loads((written / "run.json").read_text()) == {"seconds": 1.5}
    assert (written / "report.html").read_text(encoding="utf-8") == "<html>é</html>"


def test_the_written_result_reads_back_as_the_same_value(written: Path) -> None:
    assert Result.from_json((written / "result.json").read_text()) == sample_result()


def test_the_table_of_figures_holds_every_figure_with_both_ranges(written: Path) -> None:
    table = pl.read_parquet(written / "tables" / "figures.parquet")
    figures = sample_result().figures
    assert table.height == len(figures)
    for row, figure in list(zip(table.iter_rows(named=True), figures, strict=True))[::50]:
        chance = figure.chance
        assert row["value"] == figure.value
        assert row["out_of"] == figure.out_of
        assert (row["chance_low"], row["chance_high"]) == (
            (chance.low, chance.high) if chance else (None, None)
        )
    assert table["chance_low"].null_count() < table.height


@pytest.mark.parametrize("name", ["figures", "red_lines", "inputs"])
def test_every_table_says_that_everybody_in_it_is_invented(written: Path, name: str) -> None:
    path = written / "tables" / f"{name}.parquet"
    assert pl.read_parquet(path)["provenance"].unique().to_list() == ["invented"]
    assert pl.read_parquet_metadata(path)["provenance"] == "invented"


def test_the_same_result_gives_the_same_bytes(written: Path, tmp_path: Path) -> None:
    figures = {"linkage": "<svg>é</svg>"}
    write_run(tmp_path / "run", sample_result(), Record(), "<html>é</html>", figures)
    assert everything_in(tmp_path / "run") == everything_in(written)


def test_a_table_without_rows_keeps_its_columns(tmp_path: Path) -> None:
    bare = sample_result().model_copy(update={"red_lines": (), "inputs": ()})
    write_run(tmp_path / "run", bare, Record(), "", {})
    assert pl.read_parquet(tmp_path / "run" / "tables" / "inputs.parquet").columns == [
        "setting",
        "value",
        "low",
        "high",
        "evidence",
        "source",
        "rerun",
        "provenance",
    ]


def test_frames_that_are_kept_say_that_they_are_invented_and_stand_in_the_manifest(
    tmp_path: Path,
) -> None:
    frame = pl.DataFrame({"row_id": [1, 2]})
    kept = {"as-proposed/seed-1/releases/feed-rows": frame}
    write_run(tmp_path / "run", sample_result(), Record(), "<html></html>", {}, kept=kept)
    place = tmp_path / "run" / "kept"
    manifest = json.loads((place / "manifest.json").read_text())
    assert manifest["provenance"] == "invented"
    listed = manifest["files"][0]
    assert (listed["rows"], listed["kind"], listed["seed"]) == (2, "releases", 1)
    content = (place / listed["file"]).read_bytes()
    assert hashlib.sha256(content).hexdigest() == listed["sha256"]
    assert pl.read_parquet(place / listed["file"])["provenance"].unique().to_list() == ["invented"]
    assert pl.read_parquet_metadata(place / listed["file"])["provenance"] == "invented"
