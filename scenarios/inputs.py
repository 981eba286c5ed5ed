"""Inputs: every number that a proposal rests on, and the ranges of those we do not know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from scenarios.result import Figure, Input, Range
from simulator.settings import Number

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scenarios.proposal import Proposal


def numbers(part: Any, name: str = "") -> Iterator[tuple[str, Number]]:  # noqa: ANN401 - any part
    """Walks a proposal and yields each number with its dotted name, in the order of the file."""
    if isinstance(part, Number):
        yield name, part
    elif isinstance(part, BaseModel):
        for key in type(part).model_fields:
            yield from numbers(getattr(part, key), f"{name}.{key}" if name else key)
    elif isinstance(part, dict):
        for key, value in part.items():
            yield from numbers(value, f"{name}.{key}")


def uncertain(proposal: Proposal) -> list[tuple[str, Number]]:
    """Returns the numbers that have a range, and are simulated: all but those of governance."""
    return [
        (name, number)
        for name, number in numbers(proposal)
        if number.is_uncertain and not name.startswith(("governance.", "option."))
    ]


def listed(proposal: Proposal) -> tuple[Input, ...]:
    """Lists every number that the proposal rests on."""
    rerun = {name for name, _ in uncertain(proposal)}
    return tuple(
        Input(
            setting=name,
            value=number.value,
            low=number.low,
            high=number.high,
            evidence=number.evidence,
            source=number.source,
            rerun=name in rerun,
        )
        for name, number in numbers(proposal)
        if not name.startswith(("governance.", "option."))
    )


def with_unknowns(central: list[Figure], reruns: Iterable[list[Figure]]) -> list[Figure]:
    """Gives figures their range over what we do not know.

    Args:
        central: Figures at the central value of every input.
        reruns: The same figures at one end of one input, for each end.

    Returns:
        The central figures, each with the lowest and highest value that it took; without a range
        where no rerun gives the figure.
    """
    seen: dict[tuple[str, int, str, str, str, str], list[float]] = {}
    for figures in ([*central], *reruns):
        for figure in figures:
            if figure.value is not None:
                seen.setdefault(figure.key, []).append(figure.value)
    return [
        figure.model_copy(
            update={"unknown": Range(low=min(seen[figure.key]), high=max(seen[figure.key]))}
        )
        if figure.value is not None and len(seen[figure.key]) > 1
        else figure
        for figure in central
    ]
