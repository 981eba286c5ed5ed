"""Charts of options: the same key figures, option by option."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenarios.figures.chart import Chart, to_svg
from scenarios.figures.headlines import leading
from scenarios.figures.reading import by_chance
from scenarios.figures.rows import Row, Rows
from scenarios.figures.words import plain, told, value_words
from scenarios.result import AS_PROPOSED

if TYPE_CHECKING:
    from scenarios.figures.headlines import Headline
    from scenarios.figures.reading import Reading
    from scenarios.result import Figure


def options_compared(reading: Reading) -> Chart | None:
    """Draws the missed pairs and what each attacker does; None without other options.

    An option has a line where it changes the key figure; the table has them all. Ranges are of
    chance alone, since options are not rerun for what we do not know.
    """
    if not reading.changed_options:
        return None
    compared = [headline for headline in leading(reading) if headline.kind != "answer"]
    if not compared:
        return None
    changed = [headline for headline in compared if _differs(reading, headline)]
    rows: list[Row] = []
    table: list[tuple[str, ...]] = []
    risks: list[tuple[str, dict[str, Figure]]] = []
    for headline in changed or compared:
        found = {option: headline.at(option) for option in reading.options}
        held = {option: by_chance(figure) for option, figure in found.items() if figure is not None}
        rows.append(Row(headline.label))
        rows += [
            Row(plain(option), (figure,))
            for option, figure in held.items()
            if option == AS_PROPOSED or figure.value != held[AS_PROPOSED].value
        ]
        table += [(headline.label, plain(option), told(figure)) for option, figure in held.items()]
        risks += [(headline.label, held)] if headline.kind == "risk" else []
    title = _finding(risks)
    words = "; ".join(f"{label}, {option}: {told_it}" for label, option, told_it in table)
    stem = "options-compared"
    drawing = Rows(tuple(rows), axis="Share: each heading says of what", unit="share").draw()
    return Chart(
        stem=stem,
        title=title,
        alternative=f"{words}.",
        columns=("Key figure", "Option", "Value"),
        rows=tuple(table),
        svg=to_svg(drawing, stem, title, f"{words}."),
        note=_note([headline.label for headline in compared if headline not in changed]),
    )


def _differs(reading: Reading, headline: Headline) -> bool:
    """Tells whether any option changes a key figure."""
    figures = [headline.at(option) for option in reading.options]
    return len({figure.value for figure in figures if figure is not None}) > 1


def _note(same: list[str]) -> str:
    said = (
        "Each heading is one key figure, with a line for each option that changes it. Ranges are "
        "of chance alone, to compare like with like: options are not rerun for what we do not know."
    )
    return f"{said} No option changes: {'; '.join(same)}." if same else said


def _finding(risks: list[tuple[str, dict[str, Figure]]]) -> str:
    """Says which option differs most from the proposal, in the first risk that any changes."""
    for label, held in risks:
        start = held[AS_PROPOSED].value or 0.0
        gaps = {option: abs((figure.value or 0.0) - start) for option, figure in held.items()}
        most = max(gaps, key=gaps.__getitem__)
        if gaps[most] > 0:
            verb = "found" if label.startswith("Found") else "named"
            return (
                f"{plain(most)}: {value_words(held[most])} {verb}, "
                f"as proposed {value_words(held[AS_PROPOSED])}"
            )
    return "No option changes what these attackers find"
