"""Summary of a run for the terminal: links, answers, attackers and red lines, with ranges.

Numbers are written by `scenarios.figures.words`, so that they read as in the report.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich import box
from rich.table import Table

from scenarios.commands.terminal import print_wrapped
from scenarios.figures.headlines import headlines
from scenarios.figures.measures import measure_words
from scenarios.figures.reading import Reading
from scenarios.figures.words import (
    contacts_words,
    count_words,
    decimals_of,
    quantity,
    range_words,
    value_words,
    wider,
)
from scenarios.result import AS_PROPOSED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from scenarios.result import Figure, Result

_ANSWERS = (
    "planted",
    "realised",
    "answered",
    "rank_agreement",
    "alert_recall",
    "alert_precision",
    "lead_time",
)
_THIEF = ("right_number_among_candidates", "people_named", "correct_claims", "wrong_names")
_CONTACTS = ("correct_claims", "wrong_names", "found")
_VERDICTS = {"stops": "stops", "declared": "declared by you, not verified", "checked": "checked"}


def print_summary(console: Console, result: Result) -> None:
    """Prints the summary: the proposal as proposed, then what each option changes."""
    reading = Reading(result)
    seeds = f"seed {result.seeds[0]}" if len(result.seeds) == 1 else f"{len(result.seeds)} seeds"
    console.print(
        f"{reading.proposal.about.title}: {result.people:,} invented people, {seeds}", style="bold"
    )
    for table in (_links(reading), _answers(reading), _attackers(reading)):
        if table.row_count:
            console.print(table)
    for line in (*_red_lines(result), *_options(reading)):
        print_wrapped(console, line)


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)
    for column in (*columns, "Value", "Range", "Of"):
        table.add_column(column, overflow="fold")
    return table


def _row(table: Table, figure: Figure | None, *labels: str) -> None:
    if figure is not None:
        spread = range_words(figure, wider(figure))
        table.add_row(*labels, value_words(figure), spread, count_words(figure))


def _links(reading: Reading) -> Table:
    table = _table("Links: true pairs found", "Step")
    for step in reading.steps:
        _row(table, reading.figure("linkage", step, "recall"), reading.step_title(step))
    return table


def _answers(reading: Reading) -> Table:
    table = _table("Answers", "Question", "")
    for name, question in reading.proposal.question.items():
        label = question.title
        for measure in _ANSWERS:
            figure = reading.figure("answer", name, measure)
            _row(table, figure, label, measure_words(measure))
            label = "" if figure else label
    return table


def _attackers(reading: Reading) -> Table:
    table = _table("Attackers", "Attack", "")
    for name in reading.thieves:
        label = f"{name}{_skill(reading, name)}"
        for measure in _THIEF:
            figure = reading.figure("attack", name, measure)
            _row(table, figure, label, measure_words(measure))
            label = "" if figure else label
    for name in reading.rememberers:
        for group in reading.contacts(name):
            label = f"{name}, {contacts_words(group)}{_skill(reading, name, group)}"
            for measure in _CONTACTS:
                figure = reading.figure("attack", name, measure, group)
                _row(table, figure, label, measure_words(measure))
                label = "" if figure else label
    return table


def _skill(reading: Reading, attack: str, group: str = "all") -> str:
    return " (no skill)" if reading.has_skill(attack, group) is False else ""


def _red_lines(result: Result) -> Iterator[str]:
    said = dict.fromkeys(result.red_lines)  # several seeds often say the same
    lines = [line for line in said if line.option == AS_PROPOSED]
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
        yield from changes or ["      no key figure changes"]


def _changes(reading: Reading, option: str) -> Iterator[str]:
    for headline in headlines(reading):
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
