"""The command line: what each command prints, and how each bad input is refused."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import jsonschema
import pytest
from pydantic import BaseModel

import scenarios.figures
import scenarios.report
import scenarios.runner
from scenarios import cli
from scenarios.commands.estimate import FIRST_STAGE, STAGES, first_stage, rerun
from scenarios.commands.rules import MEASURES
from scenarios.loading import load
from scenarios.proposal import Option, Proposal
from scenarios.result import Result
from scenarios.vocabulary import ROOT, free_table
from tests.sample_result import sample_result
from tests.small_proposal import SMALL, edited

FULL = Path("/dev/full")
HEAVY = ("polars", "numpy", "numba", "altair", "faker", "pandas", "scipy", "pydantic", "jinja2")


Linkassay = Callable[..., tuple[int, str, str]]


class Record(BaseModel):
    """Stands in for the record of a run."""

    seconds: float = 0.0


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
    monkeypatch.setattr(scenarios.report, "render", lambda _: "<html></html>")
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


def in_a_process(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "scenarios.cli", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


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
    (["run", "knet"], "knet: neither a system (hertfordshire, istv, kent"),
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
    (["schema", "propsal"], "must be one of: proposal, result. Did you mean `proposal`?"),
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


@pytest.mark.parametrize(
    ("rule", "code", "said"),
    [
        ("red-line", 1, "RL-1 stops"),
        ("recall<0.95", 1, "social_care: recall is 0.93"),
        ("linkage.recall < 0.95", 1, "social_care: recall is 0.93"),
        ("recall<0.5", 0, ""),
        ("people_named>=0.9", 1, "thief_with_key: people_named is 0.97"),
    ],
)
def test_a_crossed_rule_exits_with_1_after_everything_is_written(
    linkassay: Linkassay, place: SimpleNamespace, rule: str, code: int, said: str
) -> None:
    got, _, err = linkassay("run", "small.toml", "--quiet", "--fail-on", rule)
    assert got == code
    assert said in err
    assert (place.path / "linkassay-out" / "small" / "report.html").exists()


def test_a_rule_that_a_run_cannot_judge_counts_as_crossed(
    linkassay: Linkassay, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare = sample_result().model_copy(update={"figures": ()})
    monkeypatch.setattr(scenarios.runner, "run_with_record", lambda *_, **__: (bare, Record()))
    code, _, err = linkassay("run", "small.toml", "--quiet", "--fail-on", "recall<0.5")
    assert code == 1
    assert "this run gave no figure for recall" in err


def test_rules_know_every_measure_of_the_sample_result() -> None:
    known = {(section, name) for _, section, names in MEASURES for name in names.split()}
    figures = sample_result().select(option="as proposed")
    assert {(figure.section, figure.measure) for figure in figures} <= known


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


def test_list_prints_each_system_with_its_question_and_what_is_handed_over(
    linkassay: Linkassay,
) -> None:
    code, out, _ = linkassay("list")
    assert code == 0
    assert "kent: Kent-style integrated dataset" in out
    assert "Asks: Do home safety visits" in out
    listed = json.loads(linkassay("list", "--json")[1])
    assert {"name", "title", "question", "handed_over", "to_whom"} == set(listed[0])


def test_check_prints_what_will_be_simulated_and_from_where_options_rerun(
    linkassay: Linkassay, place: SimpleNamespace
) -> None:
    code, out, _ = linkassay("check", "small.toml")
    assert code == 0
    assert "People: 300 simulated of 10,000" in out
    assert "Option short: Tokens of 32 bits; reruns from tokens" in out
    assert "Option months: Dates to the month; reruns from releases" in out
    assert "of memory" in out
    assert [path.name for path in place.path.iterdir()] == ["small.toml"]


def test_every_part_of_a_proposal_has_a_first_stage() -> None:
    assert set(FIRST_STAGE) == set(Proposal.model_fields) - {"option"}
    assert set(FIRST_STAGE.values()) <= set(STAGES)


def test_an_option_reruns_from_the_earliest_stage_that_it_changes() -> None:
    both = {"recipient.a.dates": "day", "agency.a_and_e.coverage": 0.5}
    assert first_stage(Option(title="-", changes=both)) == "records"
    assert "attacks" in rerun("releases")
    assert "attacks" not in rerun("answers")
    assert rerun("world") == tuple(STAGES)


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("world.people", "Range: 200 to 5,000,000."),
        ("world.people", "Default: 100000."),
        ("identity.nhs_number.scheme", "one of: clear, remove, plain-hash, keyed-hash"),
        ("agency.a_and_e.errors.nhs_number_missing", "The catalogue gives a_and_e: 0.02"),
        ("attack.ANY.gap", "(For dated_events.)"),
        ("attack.ANY.adversary", "one of: key_thief, dated_events"),
        ("recipient.ANY", "recipient.ANY.dates: How exactly an event's time is given."),
        ("world", "world.move_rate: Share of people who move home in a year."),
    ],
)
def test_explain_says_meaning_allowed_values_default_and_range(
    linkassay: Linkassay, setting: str, said: str
) -> None:
    code, out, _ = linkassay("explain", setting)
    assert code == 0
    assert said in out


def test_every_setting_of_a_proposal_can_be_explained(linkassay: Linkassay) -> None:
    waiting, seen = [ROOT], 0
    while waiting:
        setting = waiting.pop()
        names = setting.names() or (["ANY"] if free_table(setting.annotation) else [])
        waiting += [child for name in names if (child := setting.child(name)) is not None]
        if len(setting.path) in (1, 2):
            code, out, _ = linkassay("explain", ".".join(setting.path))
            assert code == 0
            assert len(out.splitlines()) > 1
        seen += 1
    assert seen > 100


def test_the_schema_of_a_proposal_accepts_the_file_and_refuses_a_wrong_one(
    linkassay: Linkassay,
) -> None:
    schema = json.loads(linkassay("schema", "proposal")[1])
    table = json.loads(json.dumps(tomllib.loads(SMALL), default=str))
    jsonschema.validate(table, schema)
    table["world"]["people"] = 3
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(table, schema)


def test_the_schema_of_a_result_accepts_a_result(linkassay: Linkassay) -> None:
    schema = json.loads(linkassay("schema", "result")[1])
    jsonschema.validate(json.loads(sample_result().to_json()), schema)


def test_the_version_is_printed(linkassay: Linkassay) -> None:
    code, out, _ = linkassay("--version")
    assert code == 0
    assert out.startswith("linkassay ")


def test_help_names_every_command_in_half_a_second_without_heavy_modules() -> None:
    times = []
    for _ in range(3):
        began = time.perf_counter()
        done = in_a_process("--help")
        times.append(time.perf_counter() - began)
    assert done.returncode == 0
    for command in ("list", "check", "run", "explain", "schema"):
        assert f"\n  {command} " in done.stdout
    assert min(times) < 0.5
    code = (
        "import sys\nfrom scenarios.cli import main\nsys.argv = ['linkassay', '--help']\n"
        "try:\n    main()\nfinally:\n"
        f"    print([m for m in {HEAVY} if m in sys.modules], file=sys.stderr)"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert loaded.stderr.strip() == "[]"


def test_thread_pools_are_sized_before_polars_is_imported() -> None:
    code = (
        "import os, sys\nfrom scenarios import cli\nfrom scenarios.commands import run\n"
        "size = run._size_thread_pools\n"
        "def checked(threads):\n"
        "    assert 'polars' not in sys.modules and 'numba' not in sys.modules\n"
        "    return size(threads)\n"
        "run._size_thread_pools = checked\n"
        "sys.argv = ['linkassay', 'run', 'missing.toml', '--threads', '1']\n"
        "try:\n    cli.main()\nexcept SystemExit:\n"
        "    import polars\n"
        "    print(os.environ['NUMBA_NUM_THREADS'], polars.thread_pool_size())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["1", "1"]
