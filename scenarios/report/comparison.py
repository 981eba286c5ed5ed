"""Comparisons: what identifiers would link of two agencies' incidents, beside place and time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenarios.figures.measures import measure_words
from scenarios.figures.words import count_words, group_words, stacked, told
from scenarios.report.blocks import Block, Folded, Heading, Points, Table, Text
from scenarios.report.costs import in_points

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scenarios.figures import Reading
    from scenarios.result import Figure

_MEASURES = (
    "realised_overlap",
    "predicted_by_errors",
    "linked_by_identifiers",
    "linked_rightly",
    "matched_by_place_and_time",
    "matched_rightly",
)
_WHAT = (
    "No part of the sharing: both ways of linking are tried on the same invented records, to see "
    "what each would find. Every share is of the A&E records."
)

_REPEATS = (
    "What is linked may differ from what recording errors alone predict. Repeat victims add to it: "
    "police may know of another incident of the same victim within days, and that one is linked."
)


def comparisons(reading: Reading) -> list[Block]:
    """Sets identifiers beside place and time, at every overlap that was tried."""
    blocks: list[Block] = []
    for name, spec in sorted(reading.proposal.comparison.items()):
        figures = reading.of("linkage", name)
        groups = tuple(dict.fromkeys(figure.group for figure in figures))
        if groups:
            blocks += [Heading(spec.title), Text(_WHAT), _table(reading, name, groups)]
            said = [words for group in groups if (words := _beyond(reading, name, group))]
            blocks += [Text(_REPEATS), Points(tuple(said))] if said else []
            blocks.append(Folded("How these figures were got", (_how(figures),)))
    return blocks


def _table(reading: Reading, name: str, groups: tuple[str, ...]) -> Table:
    rows = []
    for measure in _MEASURES:
        figures = [reading.figure("linkage", name, measure, group) for group in groups]
        words = measure_words(measure)
        rows.append((words[:1].upper() + words[1:], *(stacked(figure, "") for figure in figures)))
    caption = "What each way finds, where police record this share of the assaults"
    return Table(caption, ("What", *(group_words(group) for group in groups)), tuple(rows))


def _beyond(reading: Reading, name: str, group: str) -> str:
    """Says how far what is linked lies from what recording errors predict."""
    linked, rightly, predicted = (
        reading.figure("linkage", name, measure, group)
        for measure in ("linked_by_identifiers", "linked_rightly", "predicted_by_errors")
    )
    if linked is None or rightly is None or predicted is None:
        return ""
    if linked.value is None or rightly.value is None or predicted.value is None:
        return ""
    gap = in_points(linked.model_copy(update=_bare(linked.value - predicted.value)))
    side = "more" if linked.value > predicted.value else "less"
    beyond = f"{told(gap)} {side} than" if gap.value else "as much as"
    wrong = (linked.count or 0) - (rightly.count or 0)
    others = count_words(linked.model_copy(update={"count": wrong}))
    return (
        f"{group_words(group)}: identifiers link {beyond} recording errors predict. Linked to "
        f"another incident or person: {others}."
    )


def _bare(value: float) -> dict[str, object]:
    """Gives what a difference of two figures has: no range, and no count of its own."""
    none = dict.fromkeys(("count", "out_of", "chance", "unknown"))
    return {"value": abs(value), **none}


def _how(figures: Sequence[Figure]) -> Points:
    """Lists how each way was set; a method says first what is counted, which the table says too."""
    methods = dict.fromkeys(figure.method.partition("; ")[2] for figure in figures)
    said = (words.replace("_", " ") for words in methods if words)
    return Points(tuple(f"{words[:1].upper()}{words[1:]}." for words in said))
