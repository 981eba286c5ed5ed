"""Keeping: what a run disclosed, what attackers knew, and which claims were right, as frames.

A training page is built from these. Outcomes say who was named rightly: everybody is invented.
Reads the Truth, through the outcomes of attacks.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scenarios.attacking import kept

if TYPE_CHECKING:
    import polars as pl

    from scenarios.handover import Run
    from scenarios.stages import Made
    from simulator.truth import Truth


@dataclass
class Kept:
    """What is kept of a run, filled while it goes on.

    Attributes:
        kinds: Which are kept, of releases, knowledge and outcomes.
        frames: Frames by file name without ending: `OPTION/seed-N/KIND/NAME`.
    """

    kinds: tuple[str, ...] = ()
    frames: dict[str, pl.DataFrame] = field(default_factory=dict, repr=False)

    def take(self, run: Run, option: str, truth: Made[Truth]) -> None:
        """Keeps what is asked for of one option with one seed, in the order of the proposal."""
        place = f"{option.replace(' ', '-')}/seed-{run.seed}"
        if "releases" in self.kinds:
            self._add(f"{place}/releases", _disclosed(run))
        if {"knowledge", "outcomes"} & set(self.kinds):
            for attack in run.proposal.attack:
                knowledge, outcomes = kept(run, attack, truth)
                for kind, frames in (("knowledge", knowledge), ("outcomes", outcomes)):
                    if kind in self.kinds:
                        named = {f"{attack}-{name}": frame for name, frame in frames.items()}
                        self._add(f"{place}/{kind}", named)

    def _add(self, place: str, frames: dict[str, pl.DataFrame]) -> None:
        self.frames |= {f"{place}/{name}": frame for name, frame in frames.items()}


def _disclosed(run: Run) -> dict[str, pl.DataFrame]:
    """Returns every frame that leaves, by name."""
    found = {}
    for recipient, made in run.releases.items():
        release = made.value[0]
        found[f"{recipient}-people"] = release.people
        found |= {f"{recipient}-{agency}": rows for agency, rows in release.events.items()}
    for name, fed in run.feeds.items():
        found[f"{name}-rows"] = fed.value[0].rows
    return found
