"""The report of feeds and desks: plain words, quiet and busy apart, and nothing pooled alone."""

from __future__ import annotations

import html
import re
from functools import cache
from io import StringIO

import pytest
from rich.console import Console

from scenarios.commands.summary import print_summary
from scenarios.figures import Reading, charts
from scenarios.figures.headlines import headlines
from scenarios.report import render
from scenarios.report.blocks import Block, Folded, Table
from scenarios.report.feed_risk import feed_risk
from tests.sample_feed_result import desk_result, istv_result


@cache
def istv_text() -> str:
    return text_of(render(istv_result()))


@cache
def desk_text() -> str:
    return text_of(render(desk_result()))


def text_of(page: str) -> str:
    plain = re.sub(r"<(svg|style)\b.*?</\1>", " ", page, flags=re.DOTALL)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", plain)))


def tables(blocks: tuple[Block, ...] | list[Block]) -> list[Table]:
    inner = [table for b in blocks if isinstance(b, Folded) for table in tables(b.blocks)]
    return [block for block in blocks if isinstance(block, Table)] + inner


def test_police_alone_and_the_feed_stand_side_by_side() -> None:
    assert "With police records alone: 25 % (21 to 29 %), 100 of 400 assaults." in istv_text()
    assert "With the feed beside them: 30 % (26 to 35 %), 120 of 400 assaults." in istv_text()
    assert "Its range holds no gain at all." in istv_text()


def test_a_published_finding_is_printed_as_published_with_its_source() -> None:
    said = istv_text()
    assert "Published elsewhere, and no figure of this run: 42 % fewer hospital admissions" in said
    assert "BMJ 342:d3313" in said


def test_no_headline_pools_quiet_and_busy() -> None:
    labels = [h.label for h in headlines(Reading(istv_result())) if h.kind == "risk"]
    assert labels
    assert all("quiet places" in label or "busy places" in label for label in labels)


def test_tables_of_months_and_windows_give_quiet_and_busy_beside_both_together() -> None:
    found = tables(feed_risk(Reading(istv_result()), lambda _: ()))
    months = next(table for table in found if "months" in table.caption)
    assert [name.rpartition(": ")[2] for name in months.columns[1:4]] == [
        "quiet",
        "busy",
        "together",
    ]


def test_every_attacker_says_what_it_holds_and_does() -> None:
    said = istv_text()
    assert "every record, with its name, of Police: violent offences" in said
    assert "It makes a claim only where the best fit is at least 50 % probable" in said


def test_attacks_that_were_not_run_are_listed_as_not_assessed() -> None:
    assert "Listed, but not assessed: it was not run." in istv_text()
    assert "a team to which the rows handed to Community safety partnership" in istv_text()


def test_a_feed_is_handed_over_in_plain_words() -> None:
    assert "What each feed hands over" in istv_text()
    assert "to the minute" in istv_text()


def test_a_desk_shows_its_rules_and_what_the_audit_can_do() -> None:
    said = desk_text()
    assert "50 codes a day for each account" in said
    assert "the vendor of the platform can decode alone" in said
    assert "The chain shows what was asked; it stops nothing by itself." in said
    assert "shown, and not counted in the level of risk" in said


def test_codes_are_called_reversibly_coded() -> None:
    assert "reversibly coded: equal values give equal codes, under a key" in desk_text()
    assert "NHS number, first name, surname and postcode" in desk_text()


def test_codes_turned_back_are_told_field_by_field() -> None:
    assert "Field postcode" in desk_text()
    assert "30 of 600 codes" in desk_text()


@pytest.mark.parametrize("page", [istv_text, desk_text])
def test_no_loose_word_is_used(page: object) -> None:
    said = page() if callable(page) else ""
    for word in (
        r"\bsafe\b",
        r"\blawful",
        r"\bmeasured\b",
        r"\banonymised\b",
        r"\bNone\b(?! of| was)",
    ):
        assert not re.search(word, said), word


@pytest.mark.parametrize("result", [istv_result, desk_result])
def test_every_chart_has_a_finding_and_a_table_of_its_width(result: object) -> None:
    drawn = charts(result() if callable(result) else istv_result())
    assert drawn
    for chart in drawn:
        assert chart.title
        assert all(len(row) == len(chart.columns) for row in chart.rows)


@pytest.mark.parametrize("result", [istv_result, desk_result])
def test_the_summary_names_every_attacker_that_was_run(result: object) -> None:
    made = result() if callable(result) else istv_result()
    out = StringIO()
    print_summary(Console(file=out, width=100), made)
    for attack in Reading(made).attacks:
        assert attack.replace("_", " ").capitalize() in out.getvalue()


def test_the_summary_says_where_only_other_attackers_change() -> None:
    out = StringIO()
    print_summary(Console(file=out, width=100), istv_result())
    assert "other attackers' figures change: see the report" in out.getvalue()
