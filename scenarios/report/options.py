"""Options: what each costs and buys, side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenarios.figures.headlines import headlines
from scenarios.figures.reading import by_chance
from scenarios.figures.words import difference_words, listed, plain, stacked
from scenarios.report.blocks import Block, Folded, Section, Table, Text
from scenarios.report.costs import costs, in_points, is_exact
from scenarios.report.frontier import frontier
from scenarios.report.red_lines import stopping

if TYPE_CHECKING:
    from collections.abc import Callable

    from scenarios.figures import Reading
    from scenarios.figures.headlines import Headline
    from scenarios.report.blocks import Drawing
    from scenarios.result import Figure

_HOW_TO_READ = (
    "Ranges in these tables are of chance alone, to compare like with like: options are not rerun "
    "for what we do not know, which can move a figure further. All options run on the same "
    "invented people with the same draws, so most of chance cancels between them. The difference "
    "of an answer has a range of its own, found by leaving out one part of the homes at a time; "
    "other differences have none."
)


def options(reading: Reading, drawing: Callable[[str], tuple[Drawing, ...]]) -> Section:
    """Sets each option beside the proposal as proposed; recommends none."""
    title = "What each option costs and buys"
    if not reading.changed_options:
        alone = Text("No option was run beside the proposal as proposed.")
        return Section("options", title, (alone,))
    blocks: list[Block] = [Text(_choice(reading)), *drawing("options-compared")]
    blocks += [
        *_all_changes(reading),
        Text(_HOW_TO_READ),
        *costs(reading),
        *frontier(reading, drawing),
    ]
    return Section("options", title, tuple(blocks))


def _choice(reading: Reading) -> str:
    stopped = [line.id for line in stopping(reading)]
    if stopped:
        lines = f"red line{'s' if len(stopped) > 1 else ''} {listed(stopped)}"
        return (
            f"The proposal is stopped by {lines}. No option is recommended, and no benefit below "
            f"offsets that."
        )
    return "No option is recommended: weighing what each costs against what it buys is yours."


def _all_changes(reading: Reading) -> list[Block]:
    """Lists what each option changes, the leading key figures first."""
    held = headlines(reading)
    others = tuple(headline for headline in held if not headline.leading)
    leads = tuple(headline for headline in held if headline.leading)
    caption = "Key figures that each option changes; all others are as proposed"
    blocks: list[Block] = [_changes(reading, leads, caption)]
    if others:
        caption = "What each option changes for the other attackers"
        blocks.append(Folded(caption, (_changes(reading, others, caption),)))
    return blocks


def _changes(reading: Reading, compared: tuple[Headline, ...], caption: str) -> Table:
    """Lists the key figures that each option changes; those it leaves alone are not repeated."""
    titles = {option.name: option.title for option in reading.result.options}
    rows: list[tuple[str, ...]] = []
    for option in reading.changed_options:
        name = _named(option, titles[option])
        found = [_change(reading, headline, option) for headline in compared]
        changed = [cells for cells in found if cells]
        if not changed:
            changed = [("no key figure changes", "", "", "none")]
        # The option's title stands in its first row only.
        rows += [(plain(option) if i else name, *cells) for i, cells in enumerate(changed)]
    columns = ("Option", "Key figure", "As proposed", "With the option", "Difference")
    return Table(caption, columns, tuple(rows))


def _change(reading: Reading, headline: Headline, option: str) -> tuple[str, ...]:
    """Returns the cells of a key figure that an option changes; none where it is as proposed."""
    figure, proposed = headline.at(option), headline.as_proposed
    if proposed is None:
        return ()
    before = _cell(reading, headline, proposed)
    if figure is None:
        return (headline.label, before, "no figure", "")
    if figure.value == proposed.value and figure.chance == proposed.chance:
        return ()
    gap = difference_words(by_chance(figure), by_chance(proposed))
    return (headline.label, before, _cell(reading, headline, figure), _ranged(reading, figure, gap))


def _cell(reading: Reading, headline: Headline, figure: Figure) -> str:
    cell = stacked(by_chance(figure), reading.noun(figure))
    rests = "" if figure.out_of else headline.rests(figure.option)
    return f"{cell}\n{rests}" if rests else cell


def _ranged(reading: Reading, figure: Figure, gap: str) -> str:
    """Puts the paired range to the difference of an answer; other differences have none."""
    error = reading.figure("cost", figure.subject, "benefit_error", "all", figure.option)
    if figure.measure != "answered" or error is None or is_exact(error):
        return gap
    return stacked(in_points(error))


def _named(option: str, title: str) -> str:
    return plain(option) if title.casefold() == option.casefold() else f"{plain(option)}\n{title}"
