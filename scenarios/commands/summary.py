"""Summary of a run for the terminal: links, answers, attackers and red lines, with ranges.

Numbers are written by `scenarios.figures.words`, so that they read as in the report.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich import box
from rich.table import Table

from scenarios.commands.terminal import print_wrapped
from scenarios.dangers import hazard_lines
from scenarios.figures.headlines import leading, other_attackers_move, rests_on
from scenarios.figures.reading import Reading
from scenarios.figures.words import (
    contacts_words,
    count_words,
    decimals_of,
    group_words,
    lower_first,
    plain,
    quantity,
    range_words,
    value_words,
    wider,
)
from scenarios.report.level import level_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from scenarios.result import Figure, Result

_ANSWERS = (
    "planted",
    "police_only",
    "realised",
    "answered",
    "benefit",
    "rank_agreement",
    "alert_recall",
    "alert_precision",
    "delivered",
    "delivered_recall",
    "lead_time",
)
_THIEF = (
    "tokens_opened",
    "right_number_among_candidates",
    "people_named",
    "correct_claims",
    "wrong_names",
)
_CONTACTS = ("correct_claims", "wrong_names", "found")
_GIVEN = ("claims", "found", "wrong_per_1000", "decoded_before_alarm", "coalition_size")
_COLUMNS = (("", 36), ("Value", 11), ("Range", 22), ("Of", 25))
_WIDEST = 104
_Line = tuple[str, str, str, str]
_VERDICTS = {
    "stops": "stops",
    "declared": "declared by you, not verified",
    "checked": "checked in simulation",
}


def print_summary(console: Console, result: Result) -> None:
    """Prints the summary: the proposal as proposed, then what each option changes."""
    reading = Reading(result)
    seeds = f"seed {result.seeds[0]}" if len(result.seeds) == 1 else f"{len(result.seeds)} seeds"
    console.print(
        f"{reading.proposal.about.title}: {result.people:,} invented people, {seeds}", style="bold"
    )
    print_wrapped(console, "Ranges: the wider of chance, at 95 %, and what we do not know.")
    links = [("", _links(reading))]
    for heading, tables in (
        ("Links: true pairs found", links),
        ("Answers", list(_answers(reading))),
        ("Attackers", list(_attackers(reading))),
    ):
        told = [(title, lines) for title, lines in tables if lines]
        if told:
            console.print(f"\n{heading}", style="bold")
        for title, lines in told:
            if title:
                print_wrapped(console, title)
            console.print(_table(lines, min(console.width, _WIDEST)))
    hazards = hazard_lines(reading.proposal, [option.name for option in result.options])
    for line in (*_level(result), *_red_lines(reading), *hazards, *_options(reading)):
        print_wrapped(console, line)


def _table(lines: list[_Line], width: int) -> Table:
    """Sets lines in columns of the same widths in every table of the summary."""
    table = Table(box=box.SIMPLE_HEAD, width=width)
    for column, ratio in _COLUMNS:
        table.add_column(column, ratio=ratio, overflow="fold")
    for line in lines:
        table.add_row(*line)
    return table


def _line(reading: Reading, label: str, figure: Figure, noun: str | None = None) -> _Line:
    spread = range_words(figure, wider(figure))
    if figure.measure == "planted" and figure.chance is None:
        return (label, value_words(figure), "none: a setting", "")
    counts = count_words(figure, reading.noun(figure) if noun is None else noun)
    if not counts and figure.section == "answer" and figure.measure == "answered":
        counts = rests_on(reading, figure.subject, figure.option)
    return (label, value_words(figure), spread, counts)


def _lines(reading: Reading, measures: tuple[str, ...], figures: list[Figure]) -> list[_Line]:
    held = {figure.measure: figure for figure in figures if figure.value is not None}
    return [
        _line(reading, reading.named(held[measure]), held[measure])
        for measure in measures
        if measure in held
    ]


def _links(reading: Reading) -> list[_Line]:
    found = [(step, reading.figure("linkage", step, "recall")) for step in reading.steps]
    return [
        _line(reading, reading.step_title(step), figure, "") for step, figure in found if figure
    ]


def _answers(reading: Reading) -> Iterator[tuple[str, list[_Line]]]:
    for name in reading.questions:
        overall = [figure for figure in reading.of("answer", name) if figure.group == "all"]
        title = reading.proposal.question[name].title
        yield title, _lines(reading, _ANSWERS, overall)


def _attackers(reading: Reading) -> Iterator[tuple[str, list[_Line]]]:
    for name in reading.thieves:
        title = f"{plain(name)}{_skill(reading, name)}"
        yield title, _lines(reading, _THIEF, reading.of("attack", name))
    for name in reading.rememberers:
        for group in reading.contacts(name):
            known = f"{contacts_words(group)}{_skill(reading, name, group)}"
            figures = [f for f in reading.of("attack", name) if f.group == group]
            yield f"{plain(name)}, {known}", _lines(reading, _CONTACTS, figures)
    for name in reading.identity_attacks:
        for group in reading.groups_of(name, "co_residents") or ["all"]:
            where = "" if group == "all" else f", {lower_first(group_words(group))}"
            figures = [f for f in reading.of("attack", name) if f.group == group]
            title = f"{plain(name)}{where}{_skill(reading, name, group)}"
            yield title, _lines(reading, (*_CONTACTS, "coalition_size"), figures)
    for name in (*reading.feed_attacks, *reading.desk_attacks):
        apart = reading.groups_of(name, "quiet") or ["all"]
        for group in apart:
            where = "" if group == "all" else f", {lower_first(group_words(group))}"
            title = f"{plain(name)}{where}{_skill(reading, name, group)}"
            figures = [f for f in reading.of("attack", name) if f.group == group]
            yield title, _lines(reading, _GIVEN, figures)


def _skill(reading: Reading, attack: str, group: str = "all") -> str:
    return " (no skill)" if reading.has_skill(attack, group) is False else ""


def _level(result: Result) -> Iterator[str]:
    if result.level is not None:
        yield f"Level of risk, {result.level.level.version}: {level_words(result.level.level)}"


def _red_lines(reading: Reading) -> Iterator[str]:
    lines = reading.red_lines()
    if lines:
        yield "Red lines"
    for line in lines:
        yield f"  {line.id} {_VERDICTS[line.verdict]}: {line.line}"
        yield f"      {line.reason}"


def _options(reading: Reading) -> Iterator[str]:
    """Yields, for each option, the key figures that read differently from as proposed."""
    if reading.changed_options:
        yield ""
        yield "Options, where a key figure changes"
    titles = {option.name: option.title for option in reading.result.options}
    for option in reading.changed_options:
        yield f"  {option}: {titles[option]}"
        changes = list(_changes(reading, option))
        if other_attackers_move(reading, option):
            changes.append("      other attackers' figures change: see the report")
        yield from changes or ["      no key figure changes"]


def _changes(reading: Reading, option: str) -> Iterator[str]:
    for headline in leading(reading):
        before, after = headline.as_proposed, headline.at(option)
        if before is None or after is None:
            continue
        decimals = min(decimals_of(before), decimals_of(after))  # what both ranges support
        was, now = _at(before, decimals), _at(after, decimals)
        if was != now:
            yield f"      {headline.label}: {now} (as proposed {was})"


def _at(figure: Figure, decimals: int) -> str:
    if figure.value is None:
        return value_words(figure)
    return quantity(figure.value, figure.unit, decimals)
