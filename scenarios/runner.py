"""The runner: from a proposal to a Result. Reads the Truth, through the recipe."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from scenarios.costs import option_costs
from scenarios.inputs import listed, uncertain, with_unknowns
from scenarios.load import apply_option, with_setting
from scenarios.recipe import figures, hand_over, thief_prefixes
from scenarios.record import record, version
from scenarios.result import AS_PROPOSED, OptionRun, Result
from scenarios.stages import Stages
from scenarios.workshop import red_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from scenarios.proposal import Proposal
    from scenarios.recipe import Run
    from scenarios.record import RunRecord
    from scenarios.result import Figure, RedLine


def run(  # noqa: PLR0913 - what a user may choose about a run
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


def run_with_record(  # noqa: PLR0913 - as for run
    proposal: Proposal,
    *,
    people: int | None = None,
    seeds: Sequence[int] = (1,),
    options: Sequence[str] | None = None,
    threads: int | None = None,
    progress: Callable[[str, float], None] | None = None,
) -> tuple[Result, RunRecord]:
    """Runs a proposal and says what it took; see `run`."""
    started = time.perf_counter()
    if people is not None:
        proposal = with_setting(proposal, "world.people", people)
    names = list(proposal.option) if options is None else list(options)
    variants = {AS_PROPOSED: proposal, **{name: apply_option(proposal, name) for name in names}}
    workers = threads or os.cpu_count() or 1
    tell = _Progress(progress, len(seeds) * (2 * len(variants) + 2 * len(uncertain(proposal))))
    found: list[Figure] = []
    lines: list[RedLine] = []
    stage_seconds: dict[str, float] = {}
    for seed in seeds:
        more, said = _run_seed(variants, seed, workers, Stages(seconds=stage_seconds), tell)
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
    variants: dict[str, Proposal], seed: int, threads: int, stages: Stages, tell: _Progress
) -> tuple[list[Figure], list[RedLine]]:
    """Runs every option with one seed, and as proposed at the ends of what we do not know."""
    runs = {}
    for name, variant in variants.items():
        tell(f"linking: {name}")
        branch = stages if name == AS_PROPOSED else stages.branch()
        runs[name] = hand_over(variant, seed, branch, threads)
    # One sweep a key serves every option: it looks for the tokens of all of them at once.
    swept = np.unique(np.concatenate([thief_prefixes(one) for one in runs.values()]))
    found: dict[str, list[Figure]] = {}
    for name, one in runs.items():
        tell(f"answering and attacking: {name}")
        found[name] = figures(_sweeping(one, swept), name)
    central = found[AS_PROPOSED]
    ends = _at_the_ends(variants[AS_PROPOSED], seed, threads, stages, swept, tell)
    if ends:
        found[AS_PROPOSED] = with_unknowns(central, ends)
    costs = [f for name in found for f in option_costs(name, seed, central, found[name])]
    lines = [line for name in found for line in red_lines(variants[name], name, found[name])]
    return [figure for part in found.values() for figure in part] + costs, lines


def _at_the_ends(  # noqa: PLR0913 - a rerun needs all of a run's parts
    proposal: Proposal,
    seed: int,
    threads: int,
    stages: Stages,
    swept: NDArray[np.uint32],
    tell: _Progress,
) -> list[list[Figure]]:
    """Reruns the proposal as proposed with each uncertain input at its low and at its high end."""
    reruns = []
    for setting, number in uncertain(proposal):
        for end in (number.low, number.high):
            tell(f"rerunning: {setting} = {end:g}")
            changed = with_setting(proposal, f"{setting}.value", end)
            one = hand_over(changed, seed, stages.branch(), threads)
            reruns.append(figures(_sweeping(one, swept), AS_PROPOSED))
    return reruns


def _sweeping(run: Run, swept: NDArray[np.uint32]) -> Run:
    return replace(run, swept=swept)


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
