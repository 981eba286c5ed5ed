"""Rules of `--fail-on`: which measures they know, and which figures of a measure they judge."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

import scenarios.runner
from scenarios.commands.given import MEASURES, given_by
from scenarios.commands.rules import RuleCrossed, judge, parse_rules
from scenarios.commands.terminal import BadInput
from scenarios.loading import load
from scenarios.proposal import Proposal
from scenarios.result import AS_PROPOSED, Figure
from scenarios.vocabulary import tags
from tests.command_line import Linkassay, Record
from tests.sample_result import sample_result
from tests.test_golden import PEOPLE, golden_file

if TYPE_CHECKING:
    from types import SimpleNamespace

ANALYST = "analyst_with_crimes"


def known_of(system: str) -> set[tuple[str, str]]:
    """Sections and measures that the table says a system's run gives."""
    givers = given_by(load(system))
    return {
        (section, measure)
        for giver, section, measures in MEASURES
        if giver in givers
        for measure in measures.split()
    }


def golden_of(system: str) -> set[tuple[str, str]]:
    """Sections and measures of a system's golden result, whatever the group."""
    names = json.loads(golden_file(system).read_text(encoding="utf-8"))
    return {(part[0], part[2]) for part in (name.split(" / ") for name in names)}


@pytest.mark.parametrize("system", PEOPLE)
def test_every_measure_of_a_golden_result_may_be_asked_for_and_no_other(system: str) -> None:
    assert known_of(system) == golden_of(system)


@pytest.mark.parametrize("system", PEOPLE)
def test_a_rule_about_any_measure_of_a_system_is_read(system: str) -> None:
    texts = [f"{section}.{measure}>0.5" for section, measure in sorted(golden_of(system))]
    assert len(parse_rules(texts, load(system), with_level=False)) == len(texts)


@pytest.mark.parametrize(("table", "tag"), [("attack", "adversary"), ("question", "kind")])
def test_every_adversary_and_kind_of_question_gives_something(table: str, tag: str) -> None:
    _, annotation = Proposal.model_fields[table].annotation.__args__  # type: ignore[union-attr]
    name, forms = tags(annotation)
    assert name == tag
    givers = {giver.rsplit(" ", 1)[1] for giver, section, _ in MEASURES}
    assert set(forms) <= givers


def test_what_a_proposal_has_no_part_for_is_refused_with_what_it_needs() -> None:
    for rule, needed in (
        ("recall<0.9", "recall needs a link step"),
        ("decoded_in_all>3", "decoded_in_all needs an attack by valid_decoder"),
        ("top_fifth_in_common<0.5", "needs a question of kind ranking"),
    ):
        with pytest.raises(BadInput, match=needed):
            parse_rules([rule], load("istv"), with_level=False)
    with pytest.raises(BadInput, match="linked_rightly needs a comparison"):
        parse_rules(["linked_rightly<0.2"], load("kent"), with_level=False)


def figure(subject: str, measure: str, group: str, value: float) -> Figure:
    section = "linkage" if subject == "identifiers" else "attack"
    return Figure(
        option=AS_PROPOSED, seed=1, section=section, subject=subject, measure=measure,
        group=group, value=value, unit="share",
    )  # fmt: skip


def crossed(rule: str, *figures: Figure) -> str:
    """What a rule says of a result with these figures; empty where it is not crossed."""
    result = sample_result().model_copy(update={"figures": figures})
    try:
        judge(parse_rules([rule], load("istv"), with_level=False), result)
    except RuleCrossed as problem:
        return str(problem)
    return ""


def test_of_an_attacker_of_feeds_everybody_is_judged_and_no_group_or_point_of_its_grid() -> None:
    held = [
        figure(ANALYST, "found", group, value)
        for group, value in (("all", 0.4), ("quiet=yes", 0.9), ("overlap=0.14,survival=0.8", 0.9))
    ]
    assert crossed("found>0.5", *held) == ""
    assert f"{ANALYST}: found is 0.4" in crossed("found>0.3", *held)


def test_a_measure_that_nobody_as_a_whole_has_is_judged_part_by_part() -> None:
    held = [
        figure("identifiers", "linked_rightly", f"overlap={overlap}", value)
        for overlap, value in (("0.14", 0.1), ("0.41", 0.3))
    ]
    said = crossed("linked_rightly>0.2", *held)
    assert "identifiers, overlap=0.41: linked_rightly is 0.3" in said
    assert "overlap=0.14" not in said
    window = figure(ANALYST, "expected_claims", "window=1 h, 200 m, means any", 9)
    quiet = figure(ANALYST, "expected_claims", "window=1 h, 200 m, means any,quiet=yes", 99)
    assert crossed("expected_claims>10", window, quiet) == ""
    assert "window=1 h" in crossed("expected_claims>5", window, quiet)


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
