"""Fixtures of several files: a command line that runs nothing, and a proposal file to write."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

import scenarios.figures
import scenarios.report
import scenarios.runner
from scenarios import cli
from tests.command_line import Linkassay, Record
from tests.sample_result import sample_result
from tests.small_proposal import SMALL, Write

if TYPE_CHECKING:
    from pathlib import Path

    from scenarios.proposal import Proposal
    from scenarios.result import Result


@pytest.fixture(name="place")
def _place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """A working directory with a small proposal, and a runner that runs nothing."""
    (tmp_path / "small.toml").write_text(SMALL)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("POLARS_MAX_THREADS", "1")
    monkeypatch.setenv("NUMBA_NUM_THREADS", "1")
    runs = []

    def pretend(proposal: Proposal, **arguments: object) -> tuple[Result, Record]:
        runs.append(SimpleNamespace(proposal=proposal, **arguments))
        return sample_result(), Record()

    monkeypatch.setattr(scenarios.runner, "run_with_record", pretend)
    monkeypatch.setattr(scenarios.report, "render", lambda *_: "<html></html>")
    monkeypatch.setattr(scenarios.figures, "draw", lambda _: {"one": "<svg/>"})
    return SimpleNamespace(path=tmp_path, runs=runs)


@pytest.fixture(name="linkassay")
def _linkassay(
    place: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Linkassay:
    """Runs a command line in this process; returns exit code, standard output and error."""
    assert not place.runs
    monkeypatch.setattr(cli, "_behave_in_a_shell", lambda: None)

    def call(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["linkassay", *arguments])
        with pytest.raises(SystemExit) as stop:
            cli.main()
        out, err = capsys.readouterr()
        return int(stop.value.code), out, err

    return call


@pytest.fixture(name="written")
def _written(tmp_path: Path) -> Write:
    def write(content: str | bytes) -> Path:
        path = tmp_path / "my.toml"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write
