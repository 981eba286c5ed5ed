"""Costs of an option, against the proposal as proposed, on fixed axes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenarios.accounts import Accountant
from scenarios.result import AS_PROPOSED

if TYPE_CHECKING:
    from scenarios.result import Figure


def option_costs(
    option: str, seed: int, proposed: list[Figure], changed: list[Figure]
) -> list[Figure]:
    """Says what an option costs: error of each answer, precision of each answer, coverage.

    Args:
        option: Name of the option; "as proposed" costs nothing and gives no figures.
        seed: The seed.
        proposed: Figures of the proposal as proposed.
        changed: Figures of the option.

    Returns:
        For each question `benefit_error` (answered with the option minus as proposed, same people
        and same draws) and `interval_ratio` (width of its interval over the width as proposed); for
        each link step `coverage` (recall with the option minus as proposed).
    """
    if option == AS_PROPOSED:
        return []
    before = {figure.key[2:]: figure for figure in proposed}
    write = Accountant(option, seed)
    costs = []
    for figure in changed:
        was = before.get(figure.key[2:])
        if was is None or figure.group != "all" or was.value is None:
            continue
        if figure.section == "answer" and figure.measure == "answered":
            lost = None if figure.value is None else figure.value - was.value
            costs.append(write.cost(figure.subject, "benefit_error", lost, figure.unit, _ERROR))
            costs.append(
                write.cost(figure.subject, "interval_ratio", _ratio(figure, was), "ratio", _WIDTH)
            )
        if figure.section == "linkage" and figure.measure == "recall" and figure.value is not None:
            gained = figure.value - was.value
            costs.append(write.cost(figure.subject, "coverage", gained, "share", _COVERAGE))
    return costs


_ERROR = "answered with the option minus as proposed; same people, same draws"
_WIDTH = "width of the 95 % interval over its width as proposed"
_COVERAGE = "share of true pairs found with the option minus as proposed"


def _ratio(figure: Figure, was: Figure) -> float | None:
    widths = []
    for one in (figure, was):
        if one.chance is None or one.chance.low is None or one.chance.high is None:
            return None
        widths.append(one.chance.high - one.chance.low)
    return widths[0] / widths[1] if widths[1] else None
