"""Red lines: what stops a proposal, what is only declared, what is checked."""

from __future__ import annotations

from typing import Any

import pytest

from scenarios.loading import load, with_setting
from scenarios.result import AS_PROPOSED, Figure, RedLine
from scenarios.workshop import red_lines


def figure(section: Any, subject: str, measure: str, count: int, out_of: int) -> Figure:
    return Figure(
        option=AS_PROPOSED, seed=1, section=section, subject=subject, measure=measure,
        value=count / out_of, unit="share", count=count, out_of=out_of,
    )  # fmt: skip


GOOD = [
    figure("linkage", "a_and_e", "recall", 990, 1000),
    figure("linkage", "a_and_e", "precision", 999, 1000),
    figure("ingest", "a_and_e", "tokens", 980, 1000),
]


def lines(figures: list[Figure], **settings: Any) -> dict[str, RedLine]:
    kent = load("kent")
    for name, value in settings.items():
        kent = with_setting(kent, f"governance.{name}", value)
    return {line.id: line for line in red_lines(kent, AS_PROPOSED, 1, figures)}


def test_there_are_four_lines_in_order() -> None:
    assert list(lines(GOOD)) == ["RL-1", "RL-2", "RL-3", "RL-4"]


@pytest.mark.parametrize("setting", ["benefit", "benefit_question"])
def test_a_benefit_that_is_not_declared_stops(setting: str) -> None:
    assert lines(GOOD, **{setting: ""})["RL-1"].verdict == "stops"


def test_a_declared_benefit_is_not_verified() -> None:
    line = lines(GOOD)["RL-1"]
    assert line.verdict == "declared"
    assert "at most 0.9" in line.reason


@pytest.mark.parametrize("setting", ["legal_gateway", "necessity"])
def test_no_gateway_or_no_necessity_stops_without_another_ground(setting: str) -> None:
    assert lines(GOOD, **{setting: ""})["RL-2"].verdict == "stops"


def test_a_risk_of_serious_harm_is_a_ground() -> None:
    declared = lines(GOOD, legal_gateway="", serious_harm="a child may be hurt")
    assert declared["RL-2"].verdict == "declared"


def test_data_above_the_floors_are_checked_with_figures_and_source() -> None:
    line = lines(GOOD)["RL-3"]
    assert line.verdict == "checked"
    assert "99.0 % (990 of 1,000) against 95 %, from our assumption" in line.reason


@pytest.mark.parametrize(
    "low",
    [
        figure("linkage", "social_care", "recall", 940, 1000),
        figure("linkage", "social_care", "precision", 900, 1000),
        figure("ingest", "social_care", "tokens", 800, 1000),
    ],
)
def test_data_below_a_floor_stop(low: Figure) -> None:
    line = lines([*GOOD, low])["RL-3"]
    assert line.verdict == "stops"
    assert "Adult social care" in line.reason


def test_a_comparison_on_clear_text_neither_stops_nor_excuses() -> None:
    ladder = figure("linkage", "a_and_e_clear_text", "recall", 1, 1000)
    assert lines([*GOOD, ladder])["RL-3"].verdict == "checked"


@pytest.mark.parametrize(
    ("setting", "empty"),
    [("purposes", []), ("roles", {}), ("key_holder", ""), ("retention", ""), ("audit", "")],
)
def test_access_without_limits_stops(setting: str, empty: Any) -> None:
    line = lines(GOOD, **{setting: empty})["RL-4"]
    assert line.verdict == "stops"
    assert f"governance.{setting}" in line.reason


def test_no_line_ever_says_lawful_safe_pass_or_fail() -> None:
    for line in lines(GOOD).values():
        words = f"{line.line} {line.reason}".lower().replace(",", " ").split()
        assert not {"lawful", "safe", "passed", "failed", "pass", "fail"} & set(words)
