"""Misfit: something in one part of a proposal that another part does not bear out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from scenarios.problems import Path


@dataclass(frozen=True)
class Misfit:
    """Something in one part that another part does not bear out.

    Attributes:
        path: The setting, as keys and list positions.
        given: The value there.
        rule: What is allowed, in plain English.
        allowed: Names that would be allowed, where they can be listed.
    """

    path: Path
    given: object
    rule: str
    allowed: tuple[str, ...] = ()


def unnamed(path: Path, given: str, what: str, allowed: Collection[str]) -> Iterator[Misfit]:
    """Yields a name that no part of the proposal has.

    Args:
        path: The setting.
        given: The name there.
        what: What it should name, with its article: `a feed`.
        allowed: The names that there are.
    """
    if given not in allowed:
        yield Misfit(path, given, f"must be {what} of this proposal", tuple(allowed))
