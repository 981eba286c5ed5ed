"""Levelling: runs a proposal's panel at its real population and finds the level of risk.

The panel runs with every uncertain input at its central value, and again with each that is not the
team's own at the hard end of its range. Which end is hard, and how much each input matters, is
found one input at a time on a world of the proposal's default size: at full size that would take
hours. The same world serves both settings of a seed.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import stdtrit

from linkage.intervals import wilson
from reidentify.level import WORDS, LevelRule, PanelRow, level
from scenarios.handover import hand_over, thief_prefixes
from scenarios.inputs import uncertain
from scenarios.loading import with_setting
from scenarios.recipe import attack_figures
from scenarios.result import AS_PROPOSED, LevelReport, Mover
from scenarios.runner import without_grids
from scenarios.stages import Stages

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from reidentify.level import Level, Setting
    from scenarios.proposal import Proposal
    from scenarios.result import Figure

MOVERS = 5
"""How many of the inputs that move the level most are listed."""

_BISECTIONS = 5
_SENSITIVITY_SEED = 1
_UPPER = 0.975
# Where an attacker's own figures say how many it looked for, in order of preference.
_FOUND = ("best_found", "found", "people_named")


@cache
def level_rule() -> LevelRule:
    """Reads the rule that is shipped."""
    text = resources.files("scenarios").joinpath("level_rule.toml").read_text(encoding="utf-8")
    return LevelRule.model_validate(tomllib.loads(text))


def panel_of(proposal: Proposal) -> dict[str, str]:
    """Returns the attacks that have a place in the panel: name -> place."""
    return {name: spec.panel for name, spec in proposal.attack.items() if spec.panel}


def find_level(
    proposal: Proposal,
    threads: int,
    progress: Callable[[str, float], None] | None = None,
    seeds: Sequence[int] | None = None,
) -> LevelReport:
    """Finds the level of risk of a proposal as proposed.

    Args:
        proposal: The proposal; its attacks with a `panel` are run.
        threads: Threads to use.
        progress: Called with what is done in words, and the share of the work done.
        seeds: Seeds; 1 to the rule's number of seeds if left out.

    Returns:
        The level, its rows, and the inputs that move it most.
    """
    rule = level_rule()
    chosen = tuple(seeds or range(1, rule.seeds + 1))
    tell = progress or (lambda _stage, _share: None)
    alone = _panel_alone(proposal)
    movers = _movers(alone, rule, threads, lambda stage: tell(stage, 0.0))
    hard = _hardened(alone, movers)
    people = alone.world.real_population
    variants: dict[Setting, Proposal] = {
        "central": with_setting(alone, "world.people", people),
        "hard": with_setting(hard, "world.people", people),
    }
    gathered: dict[Setting, list[list[Figure]]] = {"central": [], "hard": []}
    for at, seed in enumerate(chosen):
        tell(f"level: seed {at + 1} of {len(chosen)}", at / len(chosen))
        stages = Stages()
        for setting, variant in variants.items():
            gathered[setting].append(_figures(variant, seed, threads, stages))
            stages = stages.branch()
    most = movers[0].setting if movers else ""
    yours = all(number.evidence == "yours" for _, number in uncertain(alone))
    rows = [
        row
        for setting, runs in gathered.items()
        for row in panel_rows(alone, setting, runs, most, yours=yours)
    ]
    return LevelReport(
        level=level(rule, rows),
        rule=rule,
        people=people,
        seeds=chosen,
        sensitivity_people=alone.world.people,
        movers=tuple(movers[:MOVERS]),
        hard_ends={one.setting: one.hard for one in movers},
    )


def _panel_alone(proposal: Proposal) -> Proposal:
    """Keeps the panel's attackers, and takes safeguards without evidence out of force.

    A role check, a limit or an alarm counts only with named evidence that it is in use.
    """
    proposal = without_grids(proposal)
    attacks = {name: spec for name, spec in proposal.attack.items() if spec.panel}
    desks = {
        name: desk
        if desk.evidence
        else desk.model_copy(
            update={
                "relationship": False,
                "outside_needs_two": False,
                "daily_limit": 1_000_000,
                "alarm_daily": 1_000_000,
                "alarm_outside": 1_000_000,
            }
        )
        for name, desk in proposal.desk.items()
    }
    return proposal.model_copy(update={"attack": attacks, "desk": desks, "comparison": {}})


def _figures(proposal: Proposal, seed: int, threads: int, stages: Stages) -> list[Figure]:
    swept = thief_prefixes(proposal, seed, stages, threads)
    run = hand_over(proposal, seed, stages, threads, swept, learnt_on=proposal)
    return attack_figures(run, AS_PROPOSED)


def _hardened(proposal: Proposal, movers: Iterable[Mover]) -> Proposal:
    for mover in movers:
        if mover.evidence != "yours":
            proposal = with_setting(proposal, f"{mover.setting}.value", mover.hard)
    return proposal


def _movers(
    proposal: Proposal, rule: LevelRule, threads: int, tell: Callable[[str], None]
) -> list[Mover]:
    """Lists the uncertain inputs, those that move the level's figure most first."""
    stages = Stages()

    def rows(one: Proposal) -> list[PanelRow]:
        figures = _figures(one, _SENSITIVITY_SEED, threads, stages.branch())
        return panel_rows(proposal, "hard", [figures], "", yours=False)

    def word(one: Proposal) -> str:
        return level(rule, rows(one)).overall or "not assessed"

    base = _figures(proposal, _SENSITIVITY_SEED, threads, stages)
    start = _reach(panel_rows(proposal, "hard", [base], "", yours=False))
    found = []
    for setting, number in uncertain(proposal):
        tell(f"level: how much does {setting} matter?")
        ends = {}
        for end in (number.low, number.high):
            if end is not None and end != number.value:
                ends[end] = _reach(rows(with_setting(proposal, f"{setting}.value", end)))
        hard = max(ends, key=lambda end: ends[end])
        if ends[hard] < start:
            hard = number.value
        moved = max(abs(reach[0] - start[0]) for reach in ends.values())
        found.append(
            Mover(
                setting=setting,
                value=number.value,
                low=number.low if number.low is not None else number.value,
                high=number.high if number.high is not None else number.value,
                hard=hard,
                evidence=number.evidence,
                moves=moved,
                changes_at=None,
                changes_to="",
            )
        )
    found.sort(key=lambda mover: (-mover.moves, mover.setting))
    first = word(proposal)
    return [
        _with_change(proposal, mover, first, word) if at < MOVERS else mover
        for at, mover in enumerate(found)
    ]


def _reach(rows: list[PanelRow]) -> tuple[float, float]:
    """Returns the largest share found or gained of any row, and the sum over attacks."""
    values = [max(row.found, row.gain or 0.0) for row in rows]
    return max(values, default=0.0), float(np.sum(values))


def _with_change(
    proposal: Proposal, mover: Mover, first: str, word: Callable[[Proposal], str]
) -> Mover:
    """Finds by bisection where the level changes between the central value and either end."""
    for end in dict.fromkeys((mover.hard, mover.low, mover.high)):
        if end == mover.value:
            continue
        near, far = mover.value, end
        other = word(with_setting(proposal, f"{mover.setting}.value", far))
        if other == first:
            continue
        for _ in range(_BISECTIONS):
            middle = (near + far) / 2
            said = word(with_setting(proposal, f"{mover.setting}.value", middle))
            near, far, other = (middle, far, other) if said == first else (near, middle, said)
        return mover.model_copy(update={"changes_at": far, "changes_to": other})
    return mover


def panel_rows(
    proposal: Proposal, setting: Setting, runs: list[list[Figure]], most: str, *, yours: bool
) -> list[PanelRow]:
    """Pools what each attacker of the panel does over seeds, for everybody and each group.

    Args:
        proposal: The proposal whose panel was run.
        setting: Whether inputs were central or hard.
        runs: The attacks' figures of each seed.
        most: The input that moves the level most.
        yours: Whether all uncertain inputs are the team's own.
    """
    rows = []
    for attack, place in panel_of(proposal).items():
        held = [[f for f in figures if f.subject == attack] for figures in runs]
        groups = _groups(held)
        if not groups:
            rows.append(
                PanelRow(
                    panel=place,
                    attack=attack,
                    setting=setting,
                    not_assessed="it gave no figure of people found: nothing it could attack",
                )
            )
        for group in groups:
            row = _pooled(held, group)
            rows.append(
                row.model_copy(
                    update={
                        "panel": place,
                        "attack": attack,
                        "setting": setting,
                        "failures": _failures(proposal, attack),
                        "row_level": _is_row_level(proposal, attack),
                        "input": most,
                        "yours": yours,
                    }
                )
            )
    return rows


_NOT_GROUPS = ("grade=", "overlap=", "window=", "month=", "field=", "failure=", "coalition=")


def _groups(held: list[list[Figure]]) -> list[str]:
    """Lists the groups with a share found: everybody first; grids, grades and parts left out."""
    found = [
        figure.group
        for figures in held
        for figure in figures
        if figure.measure in _FOUND and figure.out_of and not figure.group.startswith(_NOT_GROUPS)
    ]
    contacts = [group for group in found if group.startswith("contacts=")]
    return [g for g in dict.fromkeys(found) if g not in contacts or g in _PANEL_CONTACTS]


_PANEL_CONTACTS = ("contacts=2",)
"""Of an attacker of dated contacts, two contacts are the panel's."""


def _pooled(held: list[list[Figure]], group: str) -> PanelRow:
    """Adds up one attacker and group over seeds."""
    found = [_of(figures, _FOUND, group) for figures in held]
    pairs = [(f.count or 0, f.out_of or 0) for f in found if f is not None]
    gains = [f.value for figures in held if (f := _of(figures, ("attribute_gain",), group))]
    gained = [gain for gain in gains if gain is not None]
    wrong = [f.value for figures in held if (f := _of(figures, ("wrong_per_1000",), group))]
    counted = [value for value in wrong if value is not None]
    sure = [
        sum(f.value or 0.0 for figures in held if (f := _of(figures, (measure,), group)))
        for measure in ("sure_claims", "sure_correct")
    ]
    seeds = max(len(held), 1)
    people = sum(out_of for _, out_of in pairs)
    count = sum(number for number, _ in pairs)
    shares = [number / out_of for number, out_of in pairs if out_of]
    gain = float(np.mean(gained)) if gained else None
    return PanelRow(
        panel="",
        attack="",
        setting="central",
        group=group if not group.startswith("contacts=") else "all",
        people=people / seeds,
        found=count / people if people else 0.0,
        found_high=_upper(count, people, shares),
        gain=gain,
        gain_high=None if gain is None else min(1.0, gain + _reach_of_mean(gained)),
        wrong_per_1000=float(np.mean(counted)) if counted else None,
        sure_claims=sure[0] / seeds,
        sure_correct=sure[1] / seeds,
    )


def _of(figures: list[Figure], measures: tuple[str, ...], group: str) -> Figure | None:
    for measure in measures:
        for figure in figures:
            if figure.measure == measure and figure.group == group and figure.value is not None:
                return figure
    return None


def _upper(count: int, people: int, shares: list[float]) -> float:
    """Returns the upper end of a pooled share: Wilson's, or that of the mean over seeds."""
    if not people:
        return 0.0
    high = float(wilson(count, people).high)
    return min(1.0, max(high, count / people + _reach_of_mean(shares)))


def _reach_of_mean(values: list[float]) -> float:
    """Returns half the width of the 95 % interval of a mean over seeds (Student's t)."""
    if len(values) < 2:  # noqa: PLR2004 - one seed shows no spread
        return 0.0
    error = float(np.std(values, ddof=1)) / sqrt(len(values))
    return float(stdtrit(len(values) - 1, _UPPER)) * error


def _failures(proposal: Proposal, attack: str) -> int:
    """Counts the independent failures that an attack needs before it starts."""
    kind = proposal.attack[attack].adversary
    return {"custody_failure": 1, "coalition": 2, "key_thief": 1}.get(kind, 0)


def _is_row_level(proposal: Proposal, attack: str) -> bool:
    feed = getattr(proposal.attack[attack], "feed", "")
    return not (feed and proposal.feed[feed].as_table)


def worst_word(report: LevelReport) -> int:
    """Returns the position of the overall level in WORDS; -1 where nothing was assessed."""
    held: Level = report.level
    return -1 if held.overall is None else WORDS.index(held.overall)
