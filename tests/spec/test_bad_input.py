"""Bad input on the command line: exit codes, what is said to try, and nothing written."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.small_proposal import edited

if TYPE_CHECKING:
    from types import SimpleNamespace

    from tests.command_line import Linkassay

FULL = Path("/dev/full")

# Every bad input: arguments, and what the message must say.
BAD = [
    (["run", "wrong.toml"], "wrong.toml, line 11: world.peple: is not a setting"),
    (["run", "type.toml"], 'line 11: world.people = "many": must be a whole number'),
    (["run", "rate.toml"], "line 15: world.move_rate = 1.5: must be a share between 0 and 1"),
    (["run", "syntax.toml"], "syntax.toml, line 14: not valid TOML at column 8"),
    (["run", "missing.toml"], "missing.toml: there is no such file"),
    (["run", "somewhere"], "somewhere: a directory; give a proposal file"),
    (["run", "latin.toml"], "latin.toml, line 2: not UTF-8 text"),
    (["run", "empty.toml"], "empty.toml: empty; a proposal needs"),
    (["run", "knet"], "knet: neither a system (hertfordshire, housing_health_wales, istv, kent"),
    (["run", "small.toml", "--people", "0"], "0 is outside 200 to 5,000,000. Try --people 10000"),
    (["run", "small.toml", "--people", "-5"], "-5 is outside 200 to 5,000,000"),
    (["run", "small.toml", "--people", "many"], "'many' is not a whole number. Try --people 10000"),
    (["run", "small.toml", "--people", "1e4"], "'1e4' is not a whole number"),
    (["run", "small.toml", "--seed", "x"], "'x' is not a whole number. Try --seed 1"),
    (["run", "small.toml", "--seed", "-1"], "-1 is outside 0 to"),
    (["run", "small.toml", "--threads", "0"], "0 is fewer than 1"),
    (
        ["run", "small.toml", "--option", "shrt"],
        "Options: as proposed, short, months. Did you mean `short`?",
    ),
    (
        ["run", "small.toml", "--fail-on", "recal<1"],
        "recal is not a measure. Did you mean `recall`?",
    ),
    (["run", "small.toml", "--fail-on", "recall"], "in quotes: --fail-on 'recall<0.95'"),
    (["run", "small.toml", "--fail-on", "red-lines"], "Did you mean `red-line`?"),
    (
        ["run", "small.toml", "--fail-on", "lead_time>3"],
        "lead_time needs a question of kind alert; there is none here",
    ),
    (["run", "small.toml", "--fail-on", "tokens<3"], "write ingest.tokens or attack.tokens"),
    (["run", "small.toml", "--out", "small.toml"], "small.toml is a file. Choose a directory"),
    (["run", "small.toml", "--out", "."], ". holds files that no run wrote"),
    (["run", "small.toml", "--peple", "300"], "No such option: --peple"),
    (["run"], "Missing argument 'NAME_OR_FILE'"),
    (["rnu"], "Did you mean 'run'?"),
    (["check", "wrong.toml"], "wrong.toml, line 11: world.peple: is not a setting"),
    (
        ["schema", "propsal"],
        "must be one of: proposal, plan, treatment, result. Did you mean `proposal`?",
    ),
    (["explain", "world.peple"], "world has no peple. Did you mean `world.people`?"),
    (["explain", "world.people.x"], "world.people has no x. It holds a value, not a table."),
]


@pytest.mark.parametrize(("arguments", "message"), BAD, ids=[" ".join(b[0]) for b in BAD])
def test_bad_input_exits_with_2_says_what_to_try_and_writes_nothing(
    linkassay: Linkassay, place: SimpleNamespace, arguments: list[str], message: str
) -> None:
    (place.path / "wrong.toml").write_text(edited(("people = 300", "peple = 300")))
    (place.path / "type.toml").write_text(edited(("people = 300", 'people = "many"')))
    (place.path / "rate.toml").write_text(edited(("move_rate = 0.1", "move_rate = 1.5")))
    (place.path / "syntax.toml").write_text(edited(("days = 90", "days = = 90")))
    (place.path / "latin.toml").write_bytes("a = 1\nx = '\u00e9'".encode("latin-1"))
    (place.path / "empty.toml").touch()
    (place.path / "somewhere").mkdir()
    before = sorted(place.path.rglob("*"))
    code, out, err = linkassay(*arguments)
    assert code == 2
    assert message in err
    assert out == ""
    assert "Traceback" not in err
    assert "pydantic" not in err
    assert not place.runs
    assert sorted(place.path.rglob("*")) == before


@pytest.mark.skipif(not FULL.exists(), reason="needs a device that is always full")
def test_a_full_standard_output_exits_with_2_and_a_message() -> None:
    with FULL.open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "scenarios.cli", "schema", "result"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 2
    assert done.stderr == "Standard output cannot be written: No space left on device.\n"


def test_a_bug_exits_with_3_and_names_its_kind_and_place_but_no_value(
    linkassay: Linkassay, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a value from somebody's data")

    monkeypatch.setattr("scenarios.loading.validated", broken)
    code, _, err = linkassay("check", "small.toml")
    assert code == 3
    assert "report it in the project's issue tracker" in err
    assert re.search(r"RuntimeError at \w+\.py, line \d+, in \w+", err)
    assert "somebody" not in err
    assert "Traceback" not in err
    monkeypatch.setenv("LINKASSAY_DEBUG", "1")
    assert "Traceback" in linkassay("check", "small.toml")[2]
