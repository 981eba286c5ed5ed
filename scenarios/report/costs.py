"""Costs of an option: how far it moves each answer and each link, and whether that is a loss."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from scenarios.figures.measures import measure_words
from scenarios.figures.words import decimals_of, plain, quantity, told, wider
from scenarios.report.blocks import Block, Table

if TYPE_CHECKING:
    from scenarios.figures import Reading
    from scenarios.result import Figure

_ROUNDED = "the same but for rounding"
_POINTS = 100.0
_ROUNDING = 1e-9
"""Changes below this come from the order of sums in floating point, not from an option."""


def costs(reading: Reading) -> list[Block]:
    """Says what each option costs; what it leaves exactly the same is said once."""
    rows: list[tuple[str, ...]] = []
    for option in reading.changed_options:
        figures = [
            in_points(figure)
            for subject in (*reading.questions, *reading.steps)
            for figure in reading.of("cost", subject, option)
            if figure.value is not None
        ]
        same = [figure for figure in figures if is_exact(figure)]
        rows += [_cost(reading, figure) for figure in figures if figure not in same]
        if same:
            every = len(same) == len(figures)
            what = (
                "Every answer and every link step" if every else "All other answers and link steps"
            )
            cells = (f"{what} ({len(same)} figures)", "all of them", "none", "exactly the same")
            rows.append((plain(option), *cells))
    if not rows:
        return []
    columns = ("Option", "About", "Cost", "Change", "Reading")
    return [Table("What each option costs, against the proposal as proposed", columns, tuple(rows))]


def _cost(reading: Reading, figure: Figure) -> tuple[str, ...]:
    name = measure_words(figure.measure)
    return (
        plain(figure.option),
        _subject(reading, figure.subject),
        name[:1].upper() + name[1:],
        _ROUNDED if _is_rounding(figure) else told(figure),
        _loss(figure),
    )


def in_points(figure: Figure) -> Figure:
    """Returns a cost in shares as one in points, which a difference of shares is told in."""
    return figure.model_copy(update={"unit": "points"}) if figure.unit == "share" else figure


def is_exact(figure: Figure) -> bool:
    """Tells whether an option changes nothing: no cost, and no range around it."""
    unchanged = 1.0 if figure.measure == "interval_ratio" else 0.0
    held = figure.chance
    moved = held is not None and (held.low, held.high) != (unchanged, unchanged)
    return figure.value == unchanged and not moved


def _is_rounding(figure: Figure) -> bool:
    """Tells whether a change and its whole range are within the rounding of the arithmetic."""
    held = figure.chance
    ends = [figure.value or 0.0] if held is None else [figure.value or 0.0, held.low, held.high]
    return all(end is not None and abs(end) < _ROUNDING for end in ends)


def _loss(figure: Figure) -> str:
    """Says `no loss found, smaller than x` where the range of a cost holds zero."""
    if figure.measure == "interval_ratio":
        width = round(figure.value or 0.0, decimals_of(figure))
        return "as wide, at these digits" if width == 1 else "wider" if width > 1 else "narrower"
    if _is_rounding(figure):
        return f"no loss found: {_ROUNDED}"
    changes = detectable(figure)
    if changes is None:
        return "changes; no range is given"
    return f"changes by {told(figure)}" if changes else no_loss_words(figure)


def detectable(figure: Figure) -> bool | None:
    """Tells whether the range of a cost leaves out zero; None where it has no range."""
    if is_exact(figure) or _is_rounding(figure):
        return False
    held = wider(figure)
    if held is None or held.low is None or held.high is None:
        return None
    return not held.low <= 0 <= held.high


def no_loss_words(figure: Figure) -> str:
    """Writes `no loss found, smaller than x` of a cost whose range holds zero."""
    if is_exact(figure) or _is_rounding(figure):
        return "no loss found"
    held, told_in = wider(figure), in_points(figure)
    ends = () if held is None else (abs(end) for end in (held.low, held.high) if end is not None)
    return f"no loss found, smaller than {_bound(told_in, max(ends, default=0.0))}"


def _bound(figure: Figure, largest: float) -> str:
    """Writes the larger end of a range, rounded up: nothing within the range is larger."""
    decimals = decimals_of(figure)
    step = 10.0**-decimals / (_POINTS if figure.unit == "points" else 1.0)
    return quantity(ceil(largest / step - _ROUNDING) * step, figure.unit, decimals)


def _subject(reading: Reading, subject: str) -> str:
    if subject in reading.proposal.question:
        return reading.proposal.question[subject].title
    return reading.step_title(subject) if subject in reading.proposal.link else plain(subject)
