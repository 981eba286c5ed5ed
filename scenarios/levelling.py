"""Levelling: runs a proposal's panel at its real population and finds the level of risk.

The panel runs with every uncertain input at its central value, and again with each that is not the
team's own at the hard end of its range. Which end is hard, and how much each input matters, is
found on a smaller world (see sensitivity.py). One world a seed serves all attackers, and whatever
the hard setting does not change of it serves both settings.
"""

from __future__ import annotations

import tomllib
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from reidentify.level import LevelRule, level
from scenarios.handover import hand_over, thief_prefixes
from scenarios.loading import with_setting
from scenarios.panel import as_fixed, panel_rows
from scenarios.recipe import attack_figures
from scenarios.result import AS_PROPOSED, LevelReport
from scenarios.runner import without_grids
from scenarios.sensitivity import MOVERS, hardened, rests_on_own, sensitivity
from scenarios.stages import Stages

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from reidentify.level import PanelRow, Setting
    from scenarios.proposal import Proposal
    from scenarios.result import Figure, Mover
    from scenarios.sensitivity import Sensitivity

MOST_SIDE_BY_SIDE = 700_000
"""People up to which two seeds run at once: beyond, memory matters more than time."""

_SENSITIVITY_SHARE = 0.25  # of the work, for progress


@cache
def level_rule() -> LevelRule:
    """Reads the rule that is shipped."""
    text = resources.files("scenarios").joinpath("level_rule.toml").read_text(encoding="utf-8")
    return LevelRule.model_validate(tomllib.loads(text))


def at_real_population(proposal: Proposal) -> Proposal:
    """Returns the proposal at the size at which a level is found.

    Raises:
        ProposalError: If that is more people than can be simulated.
    """
    return with_setting(proposal, "world.people", proposal.world.real_population)


def find_level(
    proposal: Proposal,
    threads: int,
    progress: Callable[[str, float], None] | None = None,
    seeds: Sequence[int] | None = None,
) -> LevelReport:
    """Finds the level of risk of a proposal as proposed.

    Args:
        proposal: The proposal; its attacks with a `panel` are run.
        threads: Threads to use; no figure depends on it.
        progress: Called with what is done in words, and the share of the work done.
        seeds: Seeds; 1 to the rule's number of seeds if left out.

    Returns:
        The level, its rows, and the inputs that move it most.

    Raises:
        ProposalError: If the real population is more people than can be simulated.
    """
    rule = level_rule()
    chosen = tuple(seeds or range(1, rule.seeds + 1))
    tell = progress or (lambda _stage, _share: None)
    fixed, names = as_fixed(without_grids(proposal))

    def attacked(one: Proposal, seed: int, stages: Stages) -> list[Figure]:
        return _figures(one, seed, threads, stages)

    def tell_input(stage: str) -> None:
        for place, name in names.items():
            stage = stage.replace(f".{place}.", f".{name}.")
        tell(stage, 0.0)

    learnt = sensitivity(fixed, rule, attacked, _workers(fixed, threads), tell_input)
    variants: dict[Setting, Proposal] = {
        "central": at_real_population(fixed),
        "hard": at_real_population(hardened(fixed, learnt.movers)),
    }
    gathered = _over_seeds(variants, chosen, threads, tell)
    rows = [
        _as_named(_with_inputs(row, fixed, learnt), names)
        for setting, runs in gathered.items()
        for row in panel_rows(fixed, rule, setting, runs)
    ]
    movers = [_mover_as_named(mover, names) for mover in learnt.movers]
    return LevelReport(
        level=level(rule, rows),
        rule=rule,
        people=proposal.world.real_population,
        seeds=chosen,
        sensitivity_people=fixed.world.people,
        sensitivity_level=learnt.level,
        movers=tuple(movers[:MOVERS]),
        hard_ends={one.setting: one.hard for one in movers if one.evidence != "yours"},
    )


def _figures(proposal: Proposal, seed: int, threads: int, stages: Stages) -> list[Figure]:
    """Runs a proposal's attacks; attackers learn on other nights of the same proposal."""
    swept = thief_prefixes(proposal, seed, stages, threads)
    run = hand_over(proposal, seed, stages, threads, swept, learnt_on=proposal)
    return attack_figures(run, AS_PROPOSED)


def _over_seeds(
    variants: dict[Setting, Proposal],
    seeds: Sequence[int],
    threads: int,
    tell: Callable[[str, float], None],
) -> dict[Setting, list[list[Figure]]]:
    """Runs both settings over all seeds; what a seed made is let go when it is done."""
    done = [0]

    def of_seed(seed: int) -> dict[Setting, list[Figure]]:
        kept, found = Stages(), {}
        for setting, variant in variants.items():
            found[setting] = _figures(variant, seed, threads, kept)
            kept = kept.branch()
        done[0] += 1
        share = _SENSITIVITY_SHARE + (1 - _SENSITIVITY_SHARE) * done[0] / len(seeds)
        tell(f"level: {done[0]} of {len(seeds)} seeds", share)
        return found

    with ThreadPoolExecutor(_workers(variants["central"], threads)) as pool:
        runs = list(pool.map(of_seed, seeds))
    return {setting: [run[setting] for run in runs] for setting in variants}


def _workers(proposal: Proposal, threads: int) -> int:
    return max(1, min(threads, 2)) if proposal.world.people <= MOST_SIDE_BY_SIDE else 1


def _with_inputs(row: PanelRow, proposal: Proposal, learnt: Sensitivity) -> PanelRow:
    moved = learnt.moved_by.get(row.attack, {})
    own = bool(row.attack) and rests_on_own(proposal, row.attack, moved)
    return row.model_copy(update={"input": learnt.most(row.attack), "yours": own})


def _as_named(row: PanelRow, names: dict[str, str]) -> PanelRow:
    """Gives a row the proposal's own name of its attack."""
    update: dict[str, Any] = {"attack": names.get(row.attack, row.attack)}
    update["input"] = _setting_as_named(row.input, names)
    return row.model_copy(update=update)


def _mover_as_named(mover: Mover, names: dict[str, str]) -> Mover:
    return mover.model_copy(update={"setting": _setting_as_named(mover.setting, names)})


def _setting_as_named(setting: str, names: dict[str, str]) -> str:
    table, _, rest = setting.partition(".")
    attack, _, last = rest.partition(".")
    return f"attack.{names[attack]}.{last}" if table == "attack" and attack in names else setting
