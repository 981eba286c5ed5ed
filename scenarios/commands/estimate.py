"""Estimate: which stages an option reruns, and roughly how long and how large a run will be.

The estimate is a sum: each stage costs a fixed time and a time per 100,000 people. An option costs
the stages from its first changed one on, and so does each end of the range of every uncertain
input. It knows nothing of the machine that it runs on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scenarios.inputs import uncertain

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scenarios.proposal import Option, Proposal

TIMED_ON = "two cores, Linux, Python 3.11"
UNIT = 100_000  # people


@dataclass(frozen=True)
class Cost:
    """What a stage costs, in seconds: once, and per 100,000 people."""

    once: float
    per_unit: float


# Timed on the machine above, otherwise idle, with `linkassay run kent` at 100,000 and 1.5 million
# people: stage_seconds of run.json. Attacks are costed one by one.
START = 4.0  # seconds until anything runs, first compilation included
STAGES: dict[str, Cost] = {
    "world": Cost(0.1, 0.5),
    "records": Cost(0.1, 0.3),
    "tokens": Cost(0.1, 0.3),
    "links": Cost(0.2, 1.1),
    "releases": Cost(0.1, 0.2),
    "answers": Cost(0.1, 0.4),
    "attacks": Cost(0.0, 0.0),
    "red lines": Cost(0.0, 0.0),
    "report": Cost(2.0, 0.0),
}
ATTACKS: dict[str, Cost] = {
    "key_thief": Cost(0.1, 0.1),
    "dated_events": Cost(0.1, 1.1),
    # Rough: read off runs at 5,000 to 30,000 people on the machine above while it was busy.
    "police_analyst": Cost(0.5, 0.6),
    "location_reader": Cost(0.1, 0.1),
    "acquaintance": Cost(0.5, 0.3),
    "onward_team": Cost(0.4, 0.2),
    "code_frequency": Cost(0.2, 1.5),
    "valid_decoder": Cost(0.2, 0.3),
    "custody_failure": Cost(0.2, 0.5),
    "coalition": Cost(0.3, 1.0),
    "household": Cost(0.2, 0.3),
    "token_coalition": Cost(1.0, 8.0),
}
SWEEP = 2.5  # seconds to try every number with one key; done once a seed for all options
BLIND = 500.0  # blind tokens: per 100,000 people and agency or recipient
RERUN = 0.4  # share of a stage that a rerun repeats: only what changed, and ends run side by side
MEGABYTES_ONCE = 500.0
MEGABYTES_PER_UNIT = 870.0

# The first stage that reads a part of the proposal.
FIRST_STAGE: dict[str, str] = {
    "world": "world",
    "effect": "world",
    "violence": "world",
    "agency": "records",
    "recording": "records",
    "consent": "records",
    "identity": "tokens",
    "split_file": "tokens",
    "link": "links",
    "recipient": "releases",
    "feed": "releases",
    "desk": "answers",
    "comparison": "links",
    "question": "answers",
    "leak": "attacks",
    "attack": "attacks",
    "governance": "red lines",
    "about": "report",
    "published": "report",
    "version": "report",
}


def first_stage(option: Option) -> str:
    """Returns the first stage that an option changes; that and what builds on it is rerun."""
    order = list(STAGES)
    return min((_stage_of(setting) for setting in option.changes), key=order.index)


def _stage_of(setting: str) -> str:
    return FIRST_STAGE[setting.partition(".")[0]]


def rerun(stage: str) -> tuple[str, ...]:
    """Returns the stages that are rerun when one changes, in order.

    Attacks do not read answers, so a changed question reruns no attack.
    """
    order = list(STAGES)
    after = order[order.index(stage) :]
    return tuple(each for each in after if (stage, each) != ("answers", "attacks"))


def seconds(proposal: Proposal, people: int, seeds: int, options: Iterable[Option]) -> float:
    """Estimates how long a run takes, in seconds."""
    changed = [first_stage(option) for option in options]
    for setting, number in uncertain(proposal):
        ends = {number.low, number.high} - {number.value}
        changed += [_stage_of(setting)] * len(ends)
    once = sum(_stage_seconds(proposal, people, stage) for stage in STAGES)
    again = sum(
        _stage_seconds(proposal, people, stage)
        for first in changed
        for stage in rerun(first)
        if stage != "report"
    )
    thieves = [attack for attack in proposal.attack.values() if attack.adversary == "key_thief"]
    sweeps = len(thieves) + 1 if thieves else 0  # one besides for the control
    return START + seeds * (once + RERUN * again + SWEEP * sweeps)


def _stage_seconds(proposal: Proposal, people: int, stage: str) -> float:
    costs = [STAGES[stage]]
    if stage == "tokens":
        columns = len(proposal.agency) + len(proposal.recipient)
        costs += [Cost(0.0, BLIND * columns) for one in proposal.identity.values() if one.is_blind]
    if stage == "attacks":
        costs = [ATTACKS[attack.adversary] for attack in proposal.attack.values()]
    return sum(cost.once + cost.per_unit * people / UNIT for cost in costs)


def megabytes(people: int) -> float:
    """Estimates the most memory that a run needs, in megabytes."""
    return MEGABYTES_ONCE + MEGABYTES_PER_UNIT * people / UNIT
