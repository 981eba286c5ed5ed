"""The level in report and summary: both opening boxes, the panel, the rule, and what is missing."""

from __future__ import annotations

import re
from html import unescape
from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from reidentify.level import PanelRow, level
from scenarios.commands.summary import print_summary
from scenarios.figures import Reading
from scenarios.levelling import level_rule
from scenarios.report import render
from scenarios.report.level import level_section, level_words
from scenarios.report.method import method
from scenarios.report.rests_on import rests_on_box
from scenarios.result import LevelReport, Mover, Result
from tests.sample_result import sample_result

RULE = level_rule()
LIST = "attack.thief_with_key.list_share"


def row(panel: str, found: float, setting: str = "hard", **given: Any) -> PanelRow:
    about: dict[str, Any] = {"attack": "dated_contacts", "people": 1_000.0, "found": found}
    about |= {"found_high": found + 0.02, "wrong_per_1000": 12.0, "input": LIST}
    return PanelRow(panel=panel, setting=setting, **(about | given))


ROWS = [
    row("I1", 0.25),
    row("I1", 0.12, "central", wrong_per_1000=4.0),
    row("I1", 0.31, group="sex=F"),
    row("I1", 0.22, group="quiet=yes"),
    row("I1", 0.21, group="quiet=no"),
    row("I4", 0.10, attack="thief_with_key", failures=1),
    PanelRow(panel="I2", attack="", setting="hard", not_assessed="nobody is there"),
]
MOVER = Mover(
    setting=LIST,
    value=1.0,
    low=0.04,
    high=1.0,
    hard=1.0,
    evidence="assumed",
    moves=0.2,
    moves_any=0.3,
    changes_at=0.5,
    changes_to="moderate",
)


def result(rows: list[PanelRow] | None = None, movers: tuple[Mover, ...] = (MOVER,)) -> Result:
    held = LevelReport(
        level=level(RULE, ROWS if rows is None else rows),
        rule=RULE,
        people=500_000,
        seeds=tuple(range(1, 21)),
        sensitivity_people=20_000,
        sensitivity_level="high",
        movers=movers,
        hard_ends={LIST: 1.0},
    )
    return sample_result().model_copy(update={"level": held})


def text_of(*parts: Any) -> str:
    """All the words of blocks, one after the other."""
    return re.sub(r"\s+", " ", unescape(" ".join(repr(part) for part in parts))).replace(
        "\\xa0", " "
    )


def test_a_level_is_said_with_the_central_one_wrong_names_and_what_is_missing() -> None:
    held = result().level
    assert held is not None
    assert level_words(held.level) == (
        "ILLUSTRATIVE: high (central: moderate), not assessed: I2; wrong names: high "
        "(central: moderate)"
    )


def test_a_level_of_the_teams_own_inputs_is_not_headed_illustrative() -> None:
    held = level(RULE, [row("I1", 0.25, yours=True)])
    assert level_words(held).startswith("high (central: not assessed)")


def test_no_attacker_that_ran_is_no_level() -> None:
    held = level(RULE, [ROWS[-1]])
    assert level_words(held).startswith("ILLUSTRATIVE: not assessed: no attacker of the panel")


def test_the_section_names_the_attacker_input_and_group_that_set_the_level() -> None:
    (section,) = level_section(Reading(result()))
    said = text_of(section)
    assert "Dated contacts (I1), female, inputs hard, 31.0 % found (up to 33.0 %)" in said
    assert f"the input that moves it most: {LIST}" in said


def test_the_section_holds_the_rule_failures_gaps_and_hard_inputs() -> None:
    (section,) = level_section(Reading(result()))
    said = text_of(section)
    for piece in (
        "rule 1",
        "up to 5 % very low, up to 9 % low, up to 20 % moderate, up to 33 % high, else very high",
        "If it fails",
        "one failure: counted in full",
        "I2: nobody is there.",
        "never netted off",
        "500,000 people, the real population, 20 seeds",
        "its use here is our choice",
    ):
        assert piece in said


@pytest.mark.parametrize("group", ["Quiet places and hours", "Busy places and hours", "Everybody"])
def test_quiet_and_busy_stand_beside_everybody(group: str) -> None:
    (section,) = level_section(Reading(result()))
    tables = [block for block in section.blocks if type(block).__name__ == "Table"]
    assert group in text_of(tables[0])


def test_a_run_without_a_level_has_no_section_and_says_how_to_get_one() -> None:
    reading = Reading(sample_result())
    assert level_section(reading) == ()
    assert "This run gives no level of risk" in text_of(method(reading))
    assert "no level was asked for" in text_of(rests_on_box(reading))


def test_the_second_box_says_where_the_level_changes() -> None:
    said = text_of(rests_on_box(Reading(result())))
    assert "0.5: moderate, from high" in said
    assert "among 20,000 people with one seed" in said
    still = MOVER.model_copy(update={"changes_at": None, "changes_to": ""})
    assert "none within its range" in text_of(rests_on_box(Reading(result(movers=(still,)))))
    assert "No input that the level of risk rests on" in text_of(
        rests_on_box(Reading(result(movers=())))
    )


def test_the_method_says_that_a_level_was_found_and_how() -> None:
    said = text_of(method(Reading(result())))
    assert "Found by rule 1 at 500,000 people over 20 seeds" in said
    assert "no level of risk" not in said


def test_the_summary_has_one_line_about_the_level_and_none_without() -> None:
    def lines(of: Result) -> list[str]:
        written = StringIO()
        print_summary(Console(file=written, width=200), of)
        return [line for line in written.getvalue().splitlines() if "Level of risk" in line]

    assert lines(sample_result()) == []
    (line,) = lines(result())
    assert "rule 1: ILLUSTRATIVE: high (central: moderate)" in line


def test_the_page_shows_the_level_after_both_boxes_and_before_what_is_handed_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("scenarios.report.charts", lambda _: ())
    page = render(result())
    places = [page.index(f'id="{name}"') for name in ("rests-on", "level", "handed-over")]
    assert places == sorted(places)
    assert "ILLUSTRATIVE: high (central: moderate)" in page
    assert 'id="level"' not in render(sample_result())


def test_a_result_with_a_level_is_read_back_as_it_was_written() -> None:
    held = result()
    assert Result.from_json(held.to_json()) == held
