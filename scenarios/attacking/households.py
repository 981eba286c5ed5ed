"""Attacks on linked rows by who lives with whom, scored. Reads the Truth."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from reidentify import risk
from reidentify.adversaries import household
from reidentify.knowledge_households import draw_household_knowledge
from reidentify.release import without_people
from scenarios.attacking.linked import owners_of

if TYPE_CHECKING:
    import polars as pl

    from linkage.linked import Provenance
    from reidentify.claims import Claims
    from reidentify.identity_specs import HouseholdSpec
    from reidentify.knowledge import TargetTruth
    from reidentify.knowledge_households import HouseholdKnowledge
    from reidentify.release import Release
    from reidentify.risk_rows import RiskRow
    from scenarios.handover import Run
    from scenarios.stages import Made
    from simulator.state import World
    from simulator.truth import Truth


_ALIKE: Final = "the same sex and area"


def households(run: Run, name: str, spec: HouseholdSpec, truth: Made[Truth]) -> list[RiskRow]:
    """Looks for people by who lives with them, and scores what is found."""
    owners = owners_of(run, spec.recipient, truth)
    known = run.stages.make(_knowledge, run.world, spec, name)
    seen = run.stages.make_pinned(_see, run.releases[spec.recipient])
    return run.stages.make(_score, seen, known, owners, spec).value


def households_kept(
    run: Run, name: str, spec: HouseholdSpec, truth: Made[Truth]
) -> tuple[dict[str, pl.DataFrame], dict[str, pl.DataFrame]]:
    """Gives what the attacker knew, and its claims with which of them were right, by name."""
    owners = owners_of(run, spec.recipient, truth)
    knowledge, targets = run.stages.make(_knowledge, run.world, spec, name).value
    seen = run.stages.make_pinned(_see, run.releases[spec.recipient])
    outcomes = {
        f"co-residents-{number}": risk.mark_claims(made, targets, owners.value)
        for number, made in household.attack(seen.value, knowledge, spec).items()
    }
    return {"targets": knowledge.targets, "co-residents": knowledge.co_residents}, outcomes


def _knowledge(
    world: World, spec: HouseholdSpec, name: str
) -> tuple[HouseholdKnowledge, TargetTruth]:
    return draw_household_knowledge(world, spec, name)


def _see(released: tuple[Release, Provenance]) -> Release:
    """Returns what the attacker looks at: rows without their tokens, and no events."""
    release = released[0]
    people = release.people.drop("token", strict=False)
    return replace(release, people=people, events={}, label=None)


def _score(
    release: Release,
    known: tuple[HouseholdKnowledge, TargetTruth],
    owners: pl.DataFrame,
    spec: HouseholdSpec,
) -> list[RiskRow]:
    """Scores the attack; its control is the same where none of the targets is there."""
    knowledge, targets = known
    claims: dict[int, Claims] = household.attack(release, knowledge, spec)
    absent = without_people(release, risk.target_rows(targets, owners))
    control = household.attack(absent, knowledge, spec)
    method = (
        f"{household.describe(spec)}; targets drawn from the {targets.qualifying:,} of "
        f"{targets.people:,} people there at some time who live there at the end"
    )
    # What anybody nearby might know: the baseline picks among those.
    plain = [name for name in household.PLAIN if name in knowledge.targets.columns]
    background = knowledge.targets.select("target_id", *plain)
    return risk.score_targets(
        release, background, claims, control, targets, owners, method, "co_residents", _ALIKE
    )
