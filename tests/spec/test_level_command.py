"""The level on the command line: what is refused before any work, and when a run exits with 1."""

from __future__ import annotations

import sys
import tomllib
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

import scenarios.figures
import scenarios.levelling
import scenarios.report
import scenarios.runner
from reidentify.level import PanelRow, level
from reidentify.level_words import WORDS, LevelWord
from scenarios import cli
from scenarios.commands.rules import RuleCrossed, judge, parse_rules
from scenarios.levelling import level_rule
from scenarios.proposal import Proposal
from scenarios.result import LevelReport, Result
from tests.command_line import Linkassay, Record
from tests.sample_result import sample_result
from tests.small_proposal import SMALL, edited

if TYPE_CHECKING:
    from pathlib import Path

WITH_PANEL = edited(('adversary = "key_thief"', 'adversary = "key_thief"\npanel = "I1"'))
SHARES: dict[LevelWord | None, float] = {
    "very low": 0.01, "low": 0.07, "moderate": 0.15, "high": 0.3, "very high": 0.9,
}  # fmt: skip


def report_of(word: LevelWord | None, *gaps: str) -> LevelReport:
    """A level as found; `gaps` are places of the panel that were not assessed."""
    rows = [PanelRow(panel=gap, attack="", setting="hard", not_assessed="nobody") for gap in gaps]
    if word is not None:
        found = SHARES[word]
        row = {"panel": "I1", "attack": "thief", "setting": "hard", "people": 1_000.0}
        rows.append(PanelRow.model_validate({**row, "found_high": found, "row_level": False}))
    rule = level_rule()
    return LevelReport(
        level=level(rule, rows), rule=rule, people=10_000, seeds=(1,), sensitivity_people=300,
        sensitivity_level=word, movers=(), hard_ends={},
    )  # fmt: skip


@pytest.fixture(name="place")
def _place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """A directory with proposals with and without a panel, and a runner that runs nothing."""
    (tmp_path / "small.toml").write_text(SMALL)
    (tmp_path / "panel.toml").write_text(WITH_PANEL)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("POLARS_MAX_THREADS", "1")
    monkeypatch.setenv("NUMBA_NUM_THREADS", "1")
    place = SimpleNamespace(path=tmp_path, work=[], report=report_of("moderate"))

    def run(*_: object, **__: object) -> tuple[Result, Record]:
        place.work.append("run")
        result = sample_result()
        assert result.digest  # the record of a run holds it, before there is a level
        return result, Record()

    def find(*_: object, **__: object) -> LevelReport:
        place.work.append("level")
        return place.report

    monkeypatch.setattr(scenarios.runner, "run_with_record", run)
    monkeypatch.setattr(scenarios.levelling, "find_level", find)
    monkeypatch.setattr(scenarios.report, "render", lambda *_: "<html></html>")
    monkeypatch.setattr(scenarios.figures, "draw", lambda _: {"one": "<svg/>"})
    monkeypatch.setattr("scenarios.commands.summary.print_summary", lambda *_: None)
    return place


@pytest.fixture(name="linkassay")
def _linkassay(
    place: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Linkassay:
    """Runs a command line in this process; returns exit code, standard output and error."""
    assert not place.work
    monkeypatch.setattr(cli, "_behave_in_a_shell", lambda: None)

    def call(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["linkassay", *arguments])
        with pytest.raises(SystemExit) as stop:
            cli.main()
        out, err = capsys.readouterr()
        return int(stop.value.code), out, err

    return call


ASK = ["run", "panel.toml", "--fail-on"]
REFUSED = [
    ([*ASK, "level>=moderate"], "a run gives figures and no level of risk; add --level"),
    ([*ASK, "recall<0.5", "--fail-on", "level>high"], "'level>high': a run gives figures"),
    ([*ASK, "level>=modrate"], "modrate is not a level; levels: very low, low, moderate, high"),
    ([*ASK, "level>=modrate", "--level"], "Did you mean `moderate`?"),
    ([*ASK, "level>=verry high", "--level"], "Did you mean `very high`?"),
    ([*ASK, "level<hihg", "--level"], "Did you mean `high`?"),
    ([*ASK, "level>=terrible", "--level"], "terrible is not a level"),
    ([*ASK, "level", "--level"], "or --fail-on 'level>=moderate'"),
    ([*ASK, "level=high", "--level"], "or --fail-on 'level>=moderate'"),
    ([*ASK, "level>=", "--level"], "or --fail-on 'level>=moderate'"),
    ([*ASK, "levle>=high", "--level"], "or --fail-on 'level>=moderate'"),
    (["run", "small.toml", "--level"], "no attack of this proposal has a place in a panel"),
    (["run", "panel.toml", "--levle"], "No such option: --levle"),
]


@pytest.mark.parametrize(("arguments", "message"), REFUSED, ids=[" ".join(r[0]) for r in REFUSED])
def test_a_level_that_cannot_be_judged_is_refused_before_any_work(
    linkassay: Linkassay, place: SimpleNamespace, arguments: list[str], message: str
) -> None:
    before = sorted(place.path.rglob("*"))
    code, out, err = linkassay(*arguments)
    assert code == 2
    assert message in err
    assert out == ""
    assert "Traceback" not in err
    assert place.work == []
    assert sorted(place.path.rglob("*")) == before


def test_a_real_population_too_large_to_simulate_is_refused_before_any_work(
    linkassay: Linkassay, place: SimpleNamespace
) -> None:
    large = WITH_PANEL.replace("real_population = 10_000", "real_population = 56_000_000")
    (place.path / "large.toml").write_text(large)
    code, _, err = linkassay("run", "large.toml", "--level")
    assert code == 2
    assert "people" in err
    assert place.work == []


def test_a_level_compared_with_a_number_is_refused(
    linkassay: Linkassay, place: SimpleNamespace
) -> None:
    code, _, err = linkassay(*ASK, "level>=3", "--level")
    assert code == 2
    assert "level" in err
    assert place.work == []


HOLDS = {
    "<": lambda one, other: one < other,
    "<=": lambda one, other: one <= other,
    ">": lambda one, other: one > other,
    ">=": lambda one, other: one >= other,
}


@pytest.mark.parametrize("op", list(HOLDS))
@pytest.mark.parametrize("word", WORDS)
def test_a_rule_is_crossed_where_the_level_compares_as_it_says_and_only_there(
    op: str, word: LevelWord
) -> None:
    result = sample_result().model_copy(update={"level": report_of("moderate")})
    proposal = Proposal.model_validate(tomllib.loads(WITH_PANEL))
    rules = parse_rules([f"level{op}{word}"], proposal, with_level=True)
    if HOLDS[op](WORDS.index("moderate"), WORDS.index(word)):
        with pytest.raises(RuleCrossed, match="the level of risk is moderate"):
            judge(rules, result)
    else:
        judge(rules, result)


@pytest.mark.parametrize(("rule", "expected"), [("level>=moderate", 1), ("level>moderate", 0)])
def test_a_run_exits_with_1_where_its_level_crosses_the_rule(
    linkassay: Linkassay, rule: str, expected: int
) -> None:
    code, _, err = linkassay("run", "panel.toml", "--quiet", "--level", "--fail-on", rule)
    assert code == expected
    assert ("the level of risk is moderate" in err) == bool(expected)


@pytest.mark.parametrize("rule", ["level>=very-high", " level >= very high ", "level>=very high"])
def test_two_words_may_be_written_with_a_hyphen_or_spaces(linkassay: Linkassay, rule: str) -> None:
    code, _, err = linkassay("run", "panel.toml", "--quiet", "--level", "--fail-on", rule)
    assert code == 0, err


def test_a_run_without_a_rule_exits_with_0_whatever_the_level(
    linkassay: Linkassay, place: SimpleNamespace
) -> None:
    place.report = report_of("very high")
    assert linkassay("run", "panel.toml", "--quiet", "--level")[0] == 0
    assert place.work == ["run", "level"]


def test_a_run_without_the_flag_looks_for_no_level(
    linkassay: Linkassay, place: SimpleNamespace
) -> None:
    assert linkassay("run", "panel.toml", "--quiet")[0] == 0
    assert place.work == ["run"]
    result = (place.path / "linkassay-out" / "small" / "result.json").read_text()
    assert Result.model_validate_json(result).level is None


def test_the_level_is_written_into_the_result(linkassay: Linkassay, place: SimpleNamespace) -> None:
    assert linkassay("run", "panel.toml", "--quiet", "--level")[0] == 0
    written = (place.path / "linkassay-out" / "small" / "result.json").read_text()
    assert Result.model_validate_json(written).level == place.report


@pytest.mark.parametrize("op", list(HOLDS))
def test_a_level_that_nobody_could_find_fails_every_rule(
    linkassay: Linkassay, place: SimpleNamespace, op: str
) -> None:
    place.report = report_of(None, "I1")
    code, _, err = linkassay(
        "run", "panel.toml", "--quiet", "--level", "--fail-on", f"level{op}high"
    )
    assert code == 1
    assert "could give no level of risk" in err


def test_what_was_not_looked_at_is_not_low(linkassay: Linkassay, place: SimpleNamespace) -> None:
    place.report = report_of("low", "I3")
    arguments = ("run", "panel.toml", "--quiet", "--force", "--level", "--fail-on")
    code, _, err = linkassay(*arguments, "level>=moderate")
    assert code == 1
    assert "not assessed: I3" in err
    assert linkassay(*arguments, "level<low")[0] == 0
