"""Attacking: carries out a proposal's attacks on what it discloses, and scores them.

One file a kind of attack: on linked rows, feeds, codes with their desk, and split files.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reidentify.desk_specs import (
    CoalitionSpec,
    CodeFrequencySpec,
    CustodyFailureSpec,
    ValidDecoderSpec,
)
from reidentify.feed_specs import (
    AcquaintanceSpec,
    LocationReaderSpec,
    OnwardTeamSpec,
    PoliceAnalystSpec,
)
from reidentify.identity_specs import HouseholdSpec, TokenCoalitionSpec
from reidentify.specs import DatedEventsSpec, KeyThiefSpec
from scenarios.attacking import desks, feeds, households, linked, split_files, thieves

if TYPE_CHECKING:
    import polars as pl

    from reidentify.desk_specs import DeskAttackSpec
    from reidentify.identity_specs import IdentityAttackSpec
    from reidentify.risk_rows import RiskRow
    from scenarios.handover import Run
    from scenarios.stages import Made
    from simulator.truth import Truth

Frames = dict[str, "pl.DataFrame"]


def attack(run: Run, name: str, truth: Made[Truth]) -> list[RiskRow]:
    """Carries out one attack of a run's proposal and scores it.

    Args:
        run: The run so far: world, releases, feeds, stages.
        name: Name of the attack.
        truth: The truth, for scoring.

    Returns:
        The attack's figures.
    """
    match run.proposal.attack[name]:
        case KeyThiefSpec() as spec:
            rows = thieves.thief(run, name, spec, truth)
        case DatedEventsSpec() as spec:
            rows = linked.dated(run, name, spec, truth)
        case PoliceAnalystSpec() as spec:
            rows = feeds.police(run, name, spec)
        case LocationReaderSpec() as spec:
            rows = feeds.reader(run, name, spec)
        case AcquaintanceSpec() | OnwardTeamSpec() as spec:
            rows = feeds.by_events(run, name, spec)
        case (
            CodeFrequencySpec() | ValidDecoderSpec() | CustodyFailureSpec() | CoalitionSpec()
        ) as spec:
            rows = _of_codes(run, name, spec, truth)
        case HouseholdSpec() | TokenCoalitionSpec() as spec:
            rows = _of_identities(run, name, spec, truth)
    return rows


def _of_codes(run: Run, name: str, spec: DeskAttackSpec, truth: Made[Truth]) -> list[RiskRow]:
    match spec:
        case CodeFrequencySpec():
            return desks.by_frequency(run, name, spec, truth)
        case ValidDecoderSpec():
            return desks.valid_decoder(run, spec, truth)
        case CustodyFailureSpec():
            return desks.custody_failure(run, spec, truth)
        case CoalitionSpec():
            return desks.coalition(run, spec, truth)


def _of_identities(
    run: Run, name: str, spec: IdentityAttackSpec, truth: Made[Truth]
) -> list[RiskRow]:
    if isinstance(spec, HouseholdSpec):
        return households.households(run, name, spec, truth)
    return split_files.token_coalition(run, spec, truth)


def kept(run: Run, name: str, truth: Made[Truth]) -> tuple[Frames, Frames]:
    """Gives what an attacker knew, and its claims with which of them were right.

    Returns:
        Frames of knowledge and of outcomes, by name; none for an attack that sweeps numbers, whose
        knowledge is identifiers.
    """
    match run.proposal.attack[name]:
        case DatedEventsSpec() as spec:
            return linked.dated_kept(run, name, spec, truth)
        case PoliceAnalystSpec() | AcquaintanceSpec() | OnwardTeamSpec() as spec:
            return feeds.kept(run, name, spec)
        case HouseholdSpec() as spec:
            return households.households_kept(run, name, spec, truth)
    return {}, {}
