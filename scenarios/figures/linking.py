"""Charts of linkage: what each step found, and whom the worst step missed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenarios.figures.chart import Chart, to_svg
from scenarios.figures.reading import LEAST_PAIRS
from scenarios.figures.rows import Row, Rows
from scenarios.figures.words import (
    count_words,
    group_words,
    lower_first,
    range_words,
    told,
    value_words,
    wider,
)

if TYPE_CHECKING:
    from scenarios.figures.reading import Reading
    from scenarios.result import Figure

_GROUPINGS = {
    "sex": "By sex",
    "age": "By age",
    "ethnic_group": "By ethnic group",
    "deprivation_fifth": "By deprivation of the area",
}


def recall_by_step(reading: Reading) -> Chart | None:
    """Draws the share of true pairs that each link step found; None without link steps."""
    worst = reading.worst_step
    found = {step: reading.figure("linkage", step, "recall") for step in reading.steps}
    recalls = {step: recall for step, recall in found.items() if recall is not None}
    if worst is None or not recalls:
        return None
    floor = reading.proposal.governance.recall_floor
    missed = reading.missed(worst)
    share = "" if missed is None else value_words(missed)
    title = f"{reading.step_title(worst)}: {share} of true pairs missed, the most"
    told_each = "; ".join(f"{reading.step_title(s)} {told(f)}" for s, f in recalls.items())
    alternative = f"Share of true pairs found by each link step: {told_each}."
    rows = tuple(Row(reading.step_title(step), (recall,)) for step, recall in recalls.items())
    drawing = Rows(
        rows=rows,
        axis="Share of true pairs found",
        unit="share",
        from_zero=False,
        marks=((floor.value.value, "floor in the proposal"),) if floor else (),
    ).draw()
    stem = "recall-by-step"
    return Chart(
        stem=stem,
        title=title,
        alternative=alternative,
        columns=("Link step", "True pairs found", "Range", "Pairs found of true pairs"),
        rows=tuple((reading.step_title(step), *_cells(f)) for step, f in recalls.items()),
        svg=to_svg(drawing, stem, title, alternative),
        note="A point is the share found. Thick line: range of chance. Dashed line: range over "
        "what we do not know. The axis does not start at zero.",
    )


def missed_by_group(reading: Reading) -> Chart | None:
    """Draws the share of true pairs that the worst step missed, group by group."""
    step = reading.worst_step
    overall = None if step is None else reading.missed(step)
    if step is None or overall is None or overall.value is None:
        return None
    groups = [recall.group for recall in reading.groups("linkage", step, "recall")]
    missed = [m for group in groups if (m := reading.missed(step, group)) is not None]
    if not missed:
        return None
    worst = reading.worst_group(step)
    most = f"no group of {LEAST_PAIRS} pairs above that"
    title = f"No group of {LEAST_PAIRS} pairs is missed above {value_words(overall)}"
    if worst is not None:
        name = lower_first(group_words(worst.group))
        most, title = (
            f"most for {name}, {told(worst)}",
            f"Missed most: {name}, {value_words(worst)}",
        )
    alternative = (
        f"Share of true pairs that {reading.step_title(step)} missed: {told(overall)} over "
        f"everybody, {most}."
    )
    drawing = Rows(
        rows=_grouped(missed),
        axis=f"Share of true pairs missed: {reading.step_title(step)}",
        unit="share",
        marks=((overall.value, f"everybody {value_words(overall)}"),),
    ).draw()
    stem = "missed-by-group"
    return Chart(
        stem=stem,
        title=title,
        alternative=alternative,
        columns=("Group", "True pairs missed", "Range", "Pairs missed of true pairs"),
        rows=tuple((group_words(f.group), *_cells(f)) for f in (overall, *missed)),
        svg=to_svg(drawing, stem, title, alternative),
        note=(
            f"The step that misses most: {reading.step_title(step)}. Thick line: range of chance. "
            f"Dashed line: range over what we do not know. "
            f"Groups of fewer than {LEAST_PAIRS} true pairs are shown, not named as missed most."
        ),
    )


def _grouped(missed: list[Figure]) -> tuple[Row, ...]:
    """Returns the rows with a heading before each kind of group."""
    rows: list[Row] = []
    kind = ""
    for figure in missed:
        now = figure.group.partition("=")[0]
        if now != kind:
            rows.append(Row(_GROUPINGS.get(now, f"By {now.replace('_', ' ')}")))
            kind = now
        label = group_words(figure.group).removeprefix("Ethnic group ").removeprefix("Deprivation ")
        rows.append(Row(label[:1].upper() + label[1:], (figure,)))
    return tuple(rows)


def _cells(figure: Figure) -> tuple[str, str, str]:
    return value_words(figure), range_words(figure, wider(figure)), count_words(figure)
