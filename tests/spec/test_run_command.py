"""The command `run`: what it writes and prints, what reaches the runner, and how it stops."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

import scenarios.runner
from scenarios.loading import load
from scenarios.result import Result
from tests.command_line import Linkassay, Record
from tests.sample_result import sample_result

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import SimpleNamespace

    import pytest

    from scenarios.proposal import Proposal


def test_a_run_writes_its_directory_and_prints_a_summary(
    linkassay: Linkassay, place: SimpleNamespace
) -> None:
    code, out, err = linkassay("run", "small.toml")
    assert code == 0
    assert {path.name for path in (place.path / "linkassay-out" / "small").iterdir()} == {
        "report.html",
        "result.json",
        "run.json",
        "tables",
        "figures",
    }
    for title in ("Links: true pairs found", "Answers", "Attackers", "Red lines", "Options"):
        assert title in out
    assert re.search(r"Adult social care\s+93.2\s%\s+92.4 to 93.9\s%\s+3,849 of 4,130", out)
    assert "open linkassay-out/small/report.html in a browser" in err


def test_what_is_typed_reaches_the_runner(linkassay: Linkassay, place: SimpleNamespace) -> None:
    code, _, _ = linkassay(
        "run", "small.toml", "--people", "1_000", "--seed", "7", "--seed", "8", "--seed", "7",
        "--option", "months", "--option", "short", "--threads", "1", "--out", "here",
    )  # fmt: skip
    (run,) = place.runs
    assert code == 0
    assert (run.people, run.seeds, run.options, run.threads) == (
        1000,
        (7, 8),
        ["short", "months"],
        1,
    )
    assert run.proposal == load("small.toml")


def test_all_options_run_unless_told_otherwise_and_as_proposed_always(
    linkassay: Linkassay, place: SimpleNamespace
) -> None:
    linkassay("run", "small.toml", "--out", "a")
    linkassay("run", "small.toml", "--out", "b", "--option", "as proposed")
    assert [run.options for run in place.runs] == [None, []]


def test_a_second_run_is_refused_before_running_with_the_command_that_replaces_it(
    linkassay: Linkassay, place: SimpleNamespace
) -> None:
    arguments = ("run", "small.toml", "--people", "500", "--out", "my run", "--fail-on", "recall<0")
    assert linkassay(*arguments)[0] == 0
    code, _, err = linkassay(*arguments)
    command = "linkassay run small.toml --people 500 --out 'my run' --fail-on 'recall<0' --force"
    assert code == 2
    assert err.splitlines()[-1].strip() == command
    assert len(place.runs) == 1
    assert linkassay(*arguments, "--force")[0] == 0
    assert len(place.runs) == 2


def test_json_on_standard_output_is_the_result_and_nothing_else(linkassay: Linkassay) -> None:
    code, out, _ = linkassay("run", "small.toml", "--json", "--quiet")
    assert code == 0
    assert Result.from_json(out) == sample_result()


def test_progress_in_a_pipe_is_a_line_a_stage_and_quiet_shows_none(
    linkassay: Linkassay, monkeypatch: pytest.MonkeyPatch
) -> None:
    def pretend(
        _: Proposal, *, progress: Callable[[str, float], None] | None, **__: object
    ) -> tuple[Result, Record]:
        if progress is not None:
            for share in (0.0, 0.1, 0.2):
                progress("linking", share)
            progress("attacking", 0.5)
        return sample_result(), Record()

    monkeypatch.setattr(scenarios.runner, "run_with_record", pretend)
    _, _, err = linkassay("run", "small.toml", "--out", "a")
    assert err.splitlines()[:3] == ["  0% linking", " 50% attacking", "100% writing the report"]
    _, _, err = linkassay("run", "small.toml", "--out", "b", "--quiet")
    assert err.splitlines() == ["Written to b; open b/report.html in a browser."]


def test_a_full_disk_exits_with_2_and_leaves_nothing_half_written(
    linkassay: Linkassay, place: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> bytes:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("scenarios.tables.parquet", full)
    code, _, err = linkassay("run", "small.toml", "--quiet")
    assert code == 2
    assert "No space left on device. Nothing was written. Free some space" in err
    assert [path.name for path in place.path.iterdir()] == ["small.toml"]


def test_a_stopped_run_exits_with_130_and_writes_nothing(
    linkassay: Linkassay, place: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(scenarios.runner, "run_with_record", stopped)
    code, _, err = linkassay("run", "small.toml", "--quiet")
    assert code == 130
    assert err == "Stopped. Nothing half written was left behind.\n"
    assert [path.name for path in place.path.iterdir()] == ["small.toml"]


def test_thread_pools_are_sized_before_polars_is_imported() -> None:
    code = (
        "import os, sys\nfrom scenarios import cli\nfrom scenarios.commands import run\n"
        "size = run.size_thread_pools\n"
        "def checked(threads):\n"
        "    assert 'polars' not in sys.modules and 'numba' not in sys.modules\n"
        "    return size(threads)\n"
        "run.size_thread_pools = checked\n"
        "sys.argv = ['linkassay', 'run', 'missing.toml', '--threads', '1']\n"
        "try:\n    cli.main()\nexcept SystemExit:\n"
        "    import polars\n"
        "    print(os.environ['NUMBA_NUM_THREADS'], polars.thread_pool_size())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["1", "1"]
