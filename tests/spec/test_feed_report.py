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
from scenarios.report.comparison import comparisons
from scenarios.report.feed_risk import feed_risk
from scenarios.report.linking import linking
from scenarios.report.options import options
from scenarios.result import AS_PROPOSED, Section
from tests.sample_feed_result import desk_result, figure, istv_result


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


def test_rows_about_the_worst_venue_are_of_rows_about_any() -> None:
    said = "Rows of the feed about the venue that is ranked worst: 9 (4 to 17), of 120 about any"
    assert said in istv_text()


def test_methods_call_agencies_by_their_titles() -> None:
    how = [b for b in feed_risk(Reading(istv_result()), lambda _: ()) if isinstance(b, Folded)]
    told = [b for b in how if b.summary == "How these figures were got"]
    assert "holds Police: violent offences, made up" in str(told)
    assert "police_crimes" not in str(told)


def test_a_published_finding_is_printed_once_as_published_with_its_source() -> None:
    said = istv_text()
    published = "Published elsewhere, and no figure of this run 42 % fewer hospital admissions"
    assert said.count(published) == 1
    assert "BMJ 342:d3313" in said


def test_identifiers_stand_beside_place_and_time_in_a_table_of_overlaps() -> None:
    table = next(t for t in tables(comparisons(Reading(istv_result()))))
    assert table.columns == ("What", "Overlap 14\u00a0%", "Overlap 41\u00a0%")
    cells = {row[0]: [cell.splitlines() for cell in row[1:]] for row in table.rows}
    assert [cell[0] for cell in cells["Linked by identifiers"]] == ["15\u00a0%", "38\u00a0%"]
    assert cells["Matched by place and time alone"][0][-1] == "30\u00a0of\u00a01,000"
    assert len(cells) == 6


def test_what_repeat_victims_add_is_said_in_the_figures_of_the_run() -> None:
    said = istv_text()
    assert "Repeat victims add to it" in said
    assert (
        "Overlap 14 %: identifiers link 1.9 points more than recording errors predict. "
        "Linked to another incident or person: 18 of 1,000 A&E records."
    ) in said
    assert "Overlap 41 %: identifiers link as much as recording errors predict." in said
    assert "Keys in order: first name + surname." in said


def test_a_run_without_link_steps_says_so_and_shows_no_table_of_them() -> None:
    section = linking(Reading(istv_result()), lambda _: ())
    assert section.title == "How well records would link"
    assert not [t for t in tables(section.blocks) if "step" in t.caption or "came in" in t.caption]
    bare = istv_result().model_copy(update={"figures": ()})
    assert linking(Reading(bare), lambda _: ()).blocks == (section.blocks[0],)


@pytest.mark.parametrize("page", [istv_result, desk_result])
def test_no_table_is_empty(page: object) -> None:
    html_of = render(page() if callable(page) else istv_result())
    assert not re.search(r"<tbody>\s*</tbody>", html_of)


def test_the_best_attacker_of_a_grid_is_told_once_with_quiet_and_busy_apart() -> None:
    said = istv_text()
    assert said.count("The best attacker of its grid") == 1
    assert (
        "chosen on other draws (best on a trial of 93 attackers: informed), finds: quiet places "
        "and hours 30 % (26 to 34 %), 150 of 500 people at risk; busy places and hours 11 %"
    ) in said


def test_who_has_a_row_is_told_from_who_was_looked_for() -> None:
    assert "people looked for with a row" in istv_text()
    assert "The last column also holds those who have none" in istv_text()


def test_an_attacker_who_had_nobody_to_look_for_is_called_not_tried() -> None:
    decoder: tuple[str, Section, str] = (AS_PROPOSED, "attack", "valid_decoder")
    nobody = [
        figure(decoder, "targets", 0, "count"),
        figure(decoder, "wrong_per_1000", 0, "per 1,000", (0, 793)),
        figure(decoder, "skill", 0, "flag"),
    ]
    made = desk_result()
    result = made.model_copy(update={"figures": (*made.figures, *nobody)})
    said = text_of(render(result))
    assert "not tried: in this population there was nobody whom it could look for" in said
    assert "Wrongly named by valid decoder" not in said


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
    assert "What each feed hands over, and to whom" in istv_text()
    assert "Times to the minute" in istv_text()


def test_a_desk_shows_its_rules_and_what_the_audit_can_do() -> None:
    said = desk_text()
    assert "50 codes a day for each account" in said
    assert "the vendor of the platform can decode alone" in said
    assert "The chain shows what was asked; it stops nothing by itself." in said
    assert "shown, and not counted in the level of risk" in said


def test_codes_are_called_reversibly_coded() -> None:
    assert "reversibly coded: equal values give equal codes, under a key" in desk_text()
    assert "NHS number, first name, surname and postcode" in desk_text()


def test_a_count_of_alerts_is_a_count_of_people_once() -> None:
    assert "the linked data raise an alert for 90 (75 to 105) people." in desk_text()


def test_short_names_of_roles_are_read_letter_by_letter() -> None:
    assert "Roles that may ask GP and Hospital" in desk_text()


def test_a_difference_of_shares_is_told_in_points() -> None:
    changes = tables(options(Reading(istv_result()), lambda _: ()).blocks)[0]
    gaps = [row[-1] for row in changes.rows if row[1].startswith("Assaults within reach")]
    assert gaps
    assert all("points" in gap and "%" not in gap for gap in gaps)


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
