"""The runner: from a proposal to a Result. Reads the Truth, through the recipe."""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np

from reidentify.feed_specs import PoliceAnalystSpec
from scenarios.costs import option_costs
from scenarios.handover import hand_over, thief_prefixes
from scenarios.inputs import listed, uncertain, with_unknowns
from scenarios.keeping import Kept
from scenarios.loading import apply_option, with_setting
from scenarios.recipe import figures, keep
from scenarios.record import record, version
from scenarios.result import AS_PROPOSED, OptionRun, Result
from scenarios.stages import Stages
from scenarios.workshop import red_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from scenarios.proposal import Proposal
    from scenarios.record import RunRecord
    from scenarios.result import Figure, RedLine


MOST_SIDE_BY_SIDE = 500_000
"""People up to which options and ends run side by side: beyond, memory matters more than time."""


def run(
    proposal: Proposal,
    *,
    people: int | None = None,
    seeds: Sequence[int] = (1,),
    options: Sequence[str] | None = None,
    threads: int | None = None,
    progress: Callable[[str, float], None] | None = None,
) -> Result:
    """Runs a proposal.

    Args:
        proposal: The proposal, such as `load("kent")`.
        people: How many people to simulate; the proposal's own number if left out.
        seeds: Seeds to run.
        options: Names of the options to run beside "as proposed"; all of them if left out.
        threads: Threads to use; no figure depends on it.
        progress: Called with a stage in words and the share of the run that is done.

    Returns:
        The result.

    Raises:
        ProposalError: If an option is unknown or gives a proposal that does not hold together.
    """
    return run_with_record(
        proposal, people=people, seeds=seeds, options=options, threads=threads, progress=progress
    )[0]


def run_with_record(
    proposal: Proposal,
    *,
    people: int | None = None,
    seeds: Sequence[int] = (1,),
    options: Sequence[str] | None = None,
    threads: int | None = None,
    progress: Callable[[str, float], None] | None = None,
    kept: Kept | None = None,
) -> tuple[Result, RunRecord]:
    """Runs a proposal and says what it took; see `run`.

    What `kept` asks for of disclosures, knowledge and outcomes is put into it.
    """
    started = time.perf_counter()
    if people is not None:
        proposal = with_setting(proposal, "world.people", people)
    names = list(proposal.option) if options is None else list(options)
    variants = {name: without_grids(apply_option(proposal, name)) for name in names}
    variants = {AS_PROPOSED: proposal, **variants}
    workers = threads or os.cpu_count() or 1
    tell = _Progress(progress, len(seeds) * (len(variants) + len(_ends(proposal))))
    found: list[Figure] = []
    lines: list[RedLine] = []
    stage_seconds: dict[str, float] = {}
    for seed in seeds:
        stages = Stages(seconds=stage_seconds)
        more, said = _run_seed(variants, seed, workers, stages, tell, kept or Kept())
        found += more
        lines += said
    result = Result(
        linkassay=version(),
        proposal=proposal.model_dump(mode="json"),
        people=proposal.world.people,
        seeds=tuple(seeds),
        options=tuple(_described(proposal, name) for name in variants),
        figures=tuple(found),
        red_lines=tuple(lines),
        inputs=listed(proposal),
    )
    taken = time.perf_counter() - started
    return result, record(taken, stage_seconds, workers, result.digest)


def _run_seed(
    variants: dict[str, Proposal],
    seed: int,
    threads: int,
    stages: Stages,
    tell: _Progress,
    kept: Kept,
) -> tuple[list[Figure], list[RedLine]]:
    """Runs every option with one seed, and as proposed at the ends of what we do not know."""
    # One sweep a key serves every option: it looks for the tokens of all of them at once.
    swept = _all_prefixes(list(variants.values()), seed, threads, stages)
    found, costs = _run_options(variants, seed, threads, stages, tell, kept, swept)
    reruns = _run_ends(variants[AS_PROPOSED], seed, threads, stages, tell, swept)
    if reruns:
        found[AS_PROPOSED] = with_unknowns(found[AS_PROPOSED], reruns)
    lines = [line for name in found for line in red_lines(variants[name], name, seed, found[name])]
    return [figure for part in found.values() for figure in part] + costs, lines


def _run_options(
    variants: dict[str, Proposal],
    seed: int,
    threads: int,
    stages: Stages,
    tell: _Progress,
    kept: Kept,
    swept: NDArray[np.uint32],
) -> tuple[dict[str, list[Figure]], list[Figure]]:
    """Runs as proposed, then every option; returns each one's figures, and what options cost."""
    proposed = variants[AS_PROPOSED]
    tell(AS_PROPOSED)
    base = hand_over(proposed, seed, stages, threads, swept)
    central = figures(base, AS_PROPOSED)
    found = {AS_PROPOSED: central}
    keep(base, AS_PROPOSED, kept)
    costs: list[Figure] = []

    def run_option(name: str) -> tuple[list[Figure], list[Figure]]:
        tell(f"option: {name}")
        run = hand_over(variants[name], seed, stages.branch(), threads, swept)
        changed = figures(run, name)
        keep(run, name, kept)
        return changed, option_costs(name, (base, central), (run, changed))

    options = [name for name in variants if name != AS_PROPOSED]
    with ThreadPoolExecutor(_side_by_side(proposed, threads)) as pool:
        for name, (changed, lost) in zip(options, pool.map(run_option, options), strict=True):
            found[name] = changed
            costs += lost
    return found, costs


def _run_ends(
    proposed: Proposal,
    seed: int,
    threads: int,
    stages: Stages,
    tell: _Progress,
    swept: NDArray[np.uint32],
) -> list[list[Figure]]:
    """Runs as proposed at each end of what we do not know; empties `stages` where it can.

    Ends with a world of their own share nothing with the world as proposed but sweeps, unless
    attackers learn on it: they come last, when what was made of it is no longer needed.
    """
    ends = _ends(proposed)
    apart = [] if proposed.feed else [s for s in ends if ends[s].world != proposed.world]

    def rerun(setting: str) -> list[Figure]:
        tell(f"not known: {setting}")
        one = hand_over(ends[setting], seed, stages.branch(), threads, swept, learnt_on=proposed)
        return figures(one, AS_PROPOSED)

    with ThreadPoolExecutor(_side_by_side(proposed, threads)) as pool:
        reruns = list(pool.map(rerun, [setting for setting in ends if setting not in apart]))
        stages.forget_all_but("sweep")
        return reruns + list(pool.map(rerun, apart))


def _ends(proposal: Proposal) -> dict[str, Proposal]:
    """Returns the proposal with each uncertain input at each end that is not its central value."""
    return {
        f"{setting} = {end:g}": with_setting(proposal, f"{setting}.value", end)
        for setting, number in uncertain(proposal)
        for end in (number.low, number.high)
        if end is not None and end != number.value
    }


def without_grids(proposal: Proposal) -> Proposal:
    """Leaves out the grids of attackers, which are tried as proposed only."""
    attacks = {
        name: spec.model_copy(update={"overlaps": (), "survivals": ()})
        if isinstance(spec, PoliceAnalystSpec)
        else spec
        for name, spec in proposal.attack.items()
    }
    return proposal.model_copy(update={"attack": attacks})


def _side_by_side(proposal: Proposal, threads: int) -> int:
    """Says how many options or ends run at once; each holds what it makes, so large ones do not."""
    return threads if proposal.world.people <= MOST_SIDE_BY_SIDE else 1


def _all_prefixes(
    proposals: list[Proposal], seed: int, threads: int, stages: Stages
) -> NDArray[np.uint32]:
    """Returns what sweeps look for; the first proposal's stages are kept for the others."""
    parts = [thief_prefixes(proposals[0], seed, stages, threads)]
    parts += [thief_prefixes(one, seed, stages.branch(), threads) for one in proposals[1:]]
    return np.unique(np.concatenate(parts))


def _described(proposal: Proposal, name: str) -> OptionRun:
    if name == AS_PROPOSED:
        return OptionRun(name=name, title="As proposed", changes={})
    option = proposal.option[name]
    return OptionRun(name=name, title=option.title, changes=option.changes)


class _Progress:
    """Counts steps and tells how far a run has come."""

    def __init__(self, tell: Callable[[str, float], None] | None, steps: int) -> None:
        self._tell, self._steps, self._done = tell, max(steps, 1), 0

    def __call__(self, stage: str) -> None:
        if self._tell is not None:
            self._tell(stage, self._done / self._steps)
        self._done += 1
