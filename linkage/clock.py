"""A clock: seconds by step of a match, and who is told of progress."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Clock:
    """Seconds by step, and who is told of progress.

    Attributes:
        tell: Told a step, and what share of it is done.
        laps: Seconds of each step that has ended, in order.
    """

    def __init__(self, tell: Callable[[str, float], None] | None) -> None:
        """Starts the first step.

        Args:
            tell: Told a step and its share; null to tell nobody.
        """
        self.tell = tell or (lambda _step, _share: None)
        self.laps: dict[str, float] = {}
        self._since = perf_counter()

    def lap(self, step: str) -> None:
        """Ends a step."""
        now = perf_counter()
        self.laps[step] = round(now - self._since, 3)
        self._since = now
        self.tell(step, 1.0)

    @property
    def summary(self) -> dict[str, float]:
        """Seconds as they stand in a summary."""
        return {f"seconds_{step.replace(' ', '_')}": taken for step, taken in self.laps.items()}
