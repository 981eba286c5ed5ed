"""Options: what each costs and buys, side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenarios.figures.headlines import headlines
from scenarios.figures.measures import measure_words
from scenarios.figures.words import decimals_of as digits
from scenarios.figures.words import (
    difference_words,
    listed,
    plain,
    quantity,
    stacked,
    told,
    value_words,
    wider,
)
from scenarios.report.blocks import Block, Folded, Section, Table, Text
from scenarios.report.red_lines import stopping
from scenarios.result import AS_PROPOSED

if TYPE_CHECKING:
    from collections.abc import Callable

    from scenarios.figures import Reading
    from scenarios.figures.headlines import Headline
    from scenarios.report.blocks import Drawing
    from scenarios.result import Figure

_SPREAD_MEASURES = ("benefit_error", "coverage")


def options(reading: Reading, drawing: Callable[[str], tuple[Drawing, ...]]) -> Section:
    """Sets the options side by side; recommends none."""
    if not reading.changed_options:
        alone = Text("No option was run beside the proposal as proposed.")
        return Section("options", "What each option costs and buys", (alone,))
    blocks: list[Block] = [Text(_choice(reading)), *drawing("options-compared"), _matrix(reading)]
    blocks.append(
        Text(
            "A difference is that of the two values; it has no range of its own here. All options "
            "run on the same invented people, so most of chance cancels between them."
        )
    )
    costs = _costs(reading)
    blocks += [costs] if costs is not None else []
    return Section("options", "What each option costs and buys", tuple(blocks))


def _choice(reading: Reading) -> str:
    stopped = [line.id for line in stopping(reading)]
    if stopped:
        lines = f"red line{'s' if len(stopped) > 1 else ''} {listed(stopped)}"
        return (
            f"The proposal is stopped by {lines}. No option is recommended, and no benefit below "
            f"offsets that."
        )
    return "No option is recommended: weighing what each costs against what it buys is yours."


def _matrix(reading: Reading) -> Table:
    key = headlines(reading)
    titles = {option.name: option.title for option in reading.result.options}
    rows = tuple(
        (
            _named(option, titles[option]),
            *(_cell(headline, option) for headline in key),
        )
        for option in reading.options
    )
    columns = ("Option", *(headline.label for headline in key))
    return Table("Key figures of each option, with the difference", columns, rows, wide=True)


def _named(option: str, title: str) -> str:
    return plain(option) if title.casefold() == option.casefold() else f"{plain(option)}\n{title}"


def _cell(headline: Headline, option: str) -> str:
    figure, proposed = headline.at(option), headline.as_proposed
    if figure is None:
        return "not run"
    lines = stacked(figure)
    if option == AS_PROPOSED or proposed is None:
        return lines
    if figure.value == proposed.value and figure.chance == proposed.chance:
        return "as proposed"
    return f"{lines}\n{difference_words(figure, proposed)}"


def _costs(reading: Reading) -> Block | None:
    rows = tuple(
        (
            plain(option),
            _subject(reading, figure.subject),
            _sentence(measure_words(figure.measure)),
            told(figure),
            _loss(figure),
        )
        for option in reading.changed_options
        for subject in (*reading.questions, *reading.steps)
        for figure in reading.of("cost", subject, option)
        if figure.value is not None
    )
    if not rows:
        return None
    columns = ("Option", "About", "Cost", "Value", "Reading")
    return Folded("What each option costs, figure by figure", (Table("Costs", columns, rows),))


def _loss(figure: Figure) -> str:
    """Says `no loss found, smaller than x` where the range of a cost holds zero."""
    held = wider(figure)
    if figure.measure in _SPREAD_MEASURES and not figure.value and held is None:
        return "no change at all"
    if figure.measure not in _SPREAD_MEASURES:
        return "wider" if (figure.value or 0) > 1 else "no wider"
    if held is None or held.low is None or held.high is None:
        return "no range is given"
    if held.low <= 0 <= held.high:
        largest = quantity(max(-held.low, held.high), figure.unit, digits(figure))
        return f"no loss found, smaller than {largest}"
    return f"a change beyond its range: {value_words(figure)}"


def _subject(reading: Reading, subject: str) -> str:
    if subject in reading.proposal.question:
        return reading.proposal.question[subject].title
    return reading.step_title(subject) if subject in reading.proposal.link else plain(subject)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
