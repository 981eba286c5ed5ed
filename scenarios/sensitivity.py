"""Sensitivity: which uncertain inputs move what a panel finds, and which end of each is hard.

One input at a time is set to each of its ends, on a world of the proposal's default size with one
seed: at full size this would take hours. Where an end gives another level, the value at which the
level changes is found by bisection. Two inputs that are off at once may do more than both alone.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from reidentify.level import level
from scenarios.inputs import numbers, uncertain
from scenarios.loading import with_setting
from scenarios.panel import panel_rows
from scenarios.result import Mover
from scenarios.stages import Stages

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from reidentify.level import LevelRule, PanelRow
    from reidentify.level_words import LevelWord
    from scenarios.proposal import Proposal
    from scenarios.result import Figure
    from simulator.settings import Number

    Attacked = Callable[[Proposal, int, Stages], list[Figure]]

SEED = 1
"""Seed on which inputs are tried."""

MOVERS = 5
"""How many of the inputs that move the level most are listed."""

BISECTIONS = 5
"""Halvings of the distance between a value with one level and a value with another."""

_NOT_READ = ("governance.", "option.", "question.", "effect.", "published.", "comparison.")


@dataclass(frozen=True)
class Sensitivity:
    """What was learnt by trying each uncertain input at both of its ends.

    Attributes:
        movers: Every uncertain input that the panel may read, those that move the level most first;
            of the first MOVERS it is known where the level changes.
        level: The level with all inputs at their central values, on this world.
        moved_by: By attack: each uncertain input that moves what it finds, and how far.
    """

    movers: tuple[Mover, ...]
    level: LevelWord | None
    moved_by: dict[str, dict[str, float]] = field(repr=False)

    def most(self, attack: str) -> str:
        """Returns the input that moves an attack most; empty where none moves it."""
        moved = self.moved_by.get(attack, {})
        return max(moved, key=lambda setting: moved[setting], default="")


@dataclass(frozen=True)
class _Tried:
    """An uncertain input with what the panel found at each of its ends."""

    setting: str
    number: Number
    ends: dict[float, list[PanelRow]]


def sensitivity(
    proposal: Proposal,
    rule: LevelRule,
    attacked: Attacked,
    workers: int,
    tell: Callable[[str], None],
) -> Sensitivity:
    """Tries each uncertain input at both of its ends.

    Args:
        proposal: The proposal with its panel, from `panel.as_fixed`, at the size to try it at.
        rule: The rule.
        attacked: Runs a proposal's attacks with a seed.
        workers: How many are tried at once.
        tell: Called with what is done in words.
    """
    stages = Stages()

    def found(one: Proposal, kept: Stages) -> list[PanelRow]:
        return panel_rows(one, rule, "central", [attacked(one, SEED, kept)])

    def at(setting: str, value: float) -> list[PanelRow]:
        tell(f"level: {setting} at {value:g}")
        return found(with_setting(proposal, f"{setting}.value", value), stages.branch())

    tell("level: all inputs at their central values")
    base = found(proposal, stages)
    asked = [
        (setting, number, end)
        for setting, number in uncertain(proposal)
        if not setting.startswith(_NOT_READ)
        for end in (number.low, number.high)
        if end is not None and end != number.value
    ]
    with ThreadPoolExecutor(workers) as pool:
        answers = list(pool.map(lambda one: at(one[0], one[2]), asked))
        tried: dict[str, _Tried] = {}
        for (setting, number, end), rows in zip(asked, answers, strict=True):
            tried.setdefault(setting, _Tried(setting, number, {})).ends[end] = rows
        movers = sorted((_mover(one, base, rule) for one in tried.values()), key=_most_first)
        turned = list(
            pool.map(lambda m: _with_change(m, tried[m.setting], base, rule, at), movers[:MOVERS])
        )
    moved = _moved_by(tried.values(), base)
    return Sensitivity((*turned, *movers[MOVERS:]), level(rule, base).overall, moved)


def hardened(proposal: Proposal, movers: Iterable[Mover]) -> Proposal:
    """Puts every uncertain input without the team's own evidence at its hard end."""
    for mover in movers:
        if mover.evidence != "yours" and mover.hard != mover.value:
            proposal = with_setting(proposal, f"{mover.setting}.value", mover.hard)
    return proposal


def rests_on_own(proposal: Proposal, attack: str, moved: dict[str, float]) -> bool:
    """Tells whether the inputs that set what an attack finds are the team's own.

    A number that is not theirs counts, unless it has a range and neither end moved the attack.
    """
    for setting, number in numbers(proposal):
        of_other = setting.startswith("attack.") and setting.split(".")[1] != attack
        if number.evidence == "yours" or of_other or setting.startswith(_NOT_READ):
            continue
        if not number.is_uncertain or setting in moved:
            return False
    return True


def _reach(rows: list[PanelRow], rule: LevelRule) -> tuple[float, float]:
    """Returns the largest share found or gained of any row, and the sum over attacks."""
    assessed = [row for row in rows if rule.looks_at(row) and not row.not_assessed]
    largest = max((_value(row) for row in assessed), default=0.0)
    return largest, float(np.sum([_value(row) for row in assessed if row.group == "all"]))


def _value(row: PanelRow) -> float:
    return max(row.found, row.gain or 0.0)


def _mover(tried: _Tried, base: list[PanelRow], rule: LevelRule) -> Mover:
    """Says how far an input moves what is found, and at which end most is found."""
    start = _reach(base, rule)
    reach = {end: _reach(rows, rule) for end, rows in tried.ends.items()}
    hard = max(reach, key=lambda end: reach[end])
    all_reach = [start[0], *(one[0] for one in reach.values())]
    number = tried.number
    return Mover(
        setting=tried.setting,
        value=number.value,
        low=number.value if number.low is None else number.low,
        high=number.value if number.high is None else number.high,
        hard=hard if reach[hard] > start else number.value,
        evidence=number.evidence,
        moves=max(all_reach) - min(all_reach),
        moves_any=max(_moved(tried, base).values(), default=0.0),
        changes_at=None,
        changes_to="",
    )


def _most_first(mover: Mover) -> tuple[float, float, str]:
    return (-mover.moves, -mover.moves_any, mover.setting)


def _moved(tried: _Tried, base: list[PanelRow]) -> dict[str, float]:
    """Says how far an input moves what each attack finds among everybody, where it does."""
    start = {row.attack: _value(row) for row in base if row.group == "all"}
    moved: dict[str, float] = {}
    for rows in tried.ends.values():
        for row in rows:
            far = abs(_value(row) - start.get(row.attack, 0.0))
            if row.group == "all" and far > moved.get(row.attack, 0.0):
                moved[row.attack] = far
    return moved


def _moved_by(tried: Iterable[_Tried], base: list[PanelRow]) -> dict[str, dict[str, float]]:
    by_attack: dict[str, dict[str, float]] = {}
    for one in tried:
        for attack, far in _moved(one, base).items():
            by_attack.setdefault(attack, {})[one.setting] = far
    return by_attack


def _with_change(
    mover: Mover,
    tried: _Tried,
    base: list[PanelRow],
    rule: LevelRule,
    at: Callable[[str, float], list[PanelRow]],
) -> Mover:
    """Finds where the level changes between the central value and an end, the hard one first."""
    first = level(rule, base).overall
    for end in dict.fromkeys((mover.hard, *tried.ends)):
        said = first if end == mover.value else level(rule, tried.ends[end]).overall
        if said == first:
            continue
        near, far = mover.value, end
        for _ in range(BISECTIONS):
            middle = (near + far) / 2
            here = level(rule, at(mover.setting, middle)).overall
            near, far, said = (middle, far, said) if here == first else (near, middle, here)
        return mover.model_copy(update={"changes_at": far, "changes_to": said or ""})
    return mover
