"""Tables of attacks: measures down, groups across; and one group a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenarios.figures.measures import measure_words
from scenarios.figures.words import group_words, stacked
from scenarios.report.blocks import Table

if TYPE_CHECKING:
    from scenarios.figures import Reading
    from scenarios.result import Figure

GIVEN = (
    "rows",
    "targets",
    "claims",
    "correct_claims",
    "wrong_names",
    "precision",
    "found",
    "wrong_per_1000",
    "baseline",
    "control_claims",
    "residual_risk",
    "attribute_gain",
    "sure_claims",
    "sure_correct",
    "confidence_error",
)
"""Measures of every attack on a feed or on codes, in the order in which they are told."""

SHORT = ("claims", "precision", "found", "wrong_per_1000")
"""Measures told of each smaller group."""


def across(
    reading: Reading, attack: str, caption: str, groups: tuple[str, ...], measures: tuple[str, ...]
) -> Table:
    """Sets measures down and groups across; what no group has is left out."""
    rows = []
    for measure in measures:
        figures = [reading.figure("attack", attack, measure, group) for group in groups]
        first = next((figure for figure in figures if figure is not None), None)
        if first is not None:
            name = reading.named(first)
            cells = (_cell(reading, figure) for figure in figures)
            rows.append((_sentence(name), *cells))
    names = (
        _TOGETHER if group == "all" and len(groups) > 1 else group_words(group) for group in groups
    )
    return Table(caption, ("What", *names), tuple(rows))


def down(
    reading: Reading,
    attack: str,
    caption: str,
    groups: list[str],
    measures: tuple[str, ...] = SHORT,
) -> list[Table]:
    """Sets groups down and measures across; nothing where there are no groups."""
    held = [m for m in measures if any(reading.figure("attack", attack, m, g) for g in groups)]
    if not held:
        return []
    names = (measure_words(measure, "attack") for measure in held)
    rows = tuple(
        (
            group_words(group),
            *(_cell(reading, reading.figure("attack", attack, m, group)) for m in held),
        )
        for group in groups
    )
    columns = ("Which", *map(_sentence, names))
    return [Table(caption, columns, rows)]


_TOGETHER = "Both together"
_APART = {"quiet": ",quiet=yes", "busy": ",quiet=no", "together": ""}


def apart(
    reading: Reading, attack: str, caption: str, groups: list[str], measures: tuple[str, ...]
) -> list[Table]:
    """Sets groups down, and measures across for quiet, busy and both together."""
    columns = [
        (f"{_sentence(measure_words(measure, 'attack'))}: {where}", measure, part)
        for measure in measures
        for where, part in _APART.items()
        if any(reading.figure("attack", attack, measure, group + part) for group in groups)
    ]
    if not columns:
        return []
    rows = tuple(
        (
            group_words(group),
            *(
                _cell(reading, reading.figure("attack", attack, measure, group + part))
                for _, measure, part in columns
            ),
        )
        for group in groups
    )
    return [Table(caption, ("Which", *(name for name, _, _ in columns)), rows, wide=True)]


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _cell(reading: Reading, figure: Figure | None) -> str:
    return "none" if figure is None else stacked(figure, reading.noun(figure))
