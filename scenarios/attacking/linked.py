"""Attacks on linked rows by dated contacts, scored. Reads the Truth."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reidentify import risk
from reidentify.adversaries import events
from reidentify.adversaries.tables import order_events
from reidentify.knowledge import draw_dated_knowledge
from reidentify.release import without_people

if TYPE_CHECKING:
    import polars as pl

    from linkage.linked import Provenance
    from reidentify.adversaries.tables import OrderedEvents
    from reidentify.claims import Claims
    from reidentify.knowledge import DatedKnowledge, TargetTruth
    from reidentify.release import Release
    from reidentify.risk_rows import RiskRow
    from reidentify.specs import DatedEventsSpec
    from scenarios.handover import Run
    from scenarios.stages import Made
    from simulator.state import World
    from simulator.truth import Truth


def dated(run: Run, name: str, spec: DatedEventsSpec, truth: Made[Truth]) -> list[RiskRow]:
    """Looks for people from a few dated contacts, and scores what is found."""
    owners = owners_of(run, spec.recipient, truth)
    known, seen, ordered, claims = _dated_claims(run, name, spec)
    control = run.stages.make(_look_for_absent, seen, ordered, known, owners, spec, run.threads)
    return run.stages.make(_score_dated, seen, known, claims, control, owners, spec).value


def dated_kept(
    run: Run, name: str, spec: DatedEventsSpec, truth: Made[Truth]
) -> tuple[dict[str, pl.DataFrame], dict[str, pl.DataFrame]]:
    """Gives what the attacker knew, and its claims with which of them were right, by name."""
    owners = owners_of(run, spec.recipient, truth)
    known, _, _, claims = _dated_claims(run, name, spec)
    knowledge, targets = known.value
    outcomes = {
        f"contacts-{contacts}": risk.mark_claims(made, targets, owners.value)
        for contacts, made in claims.value.items()
    }
    return {"targets": knowledge.targets, "contacts": knowledge.contacts}, outcomes


def _dated_claims(
    run: Run, name: str, spec: DatedEventsSpec
) -> tuple[
    Made[tuple[DatedKnowledge, TargetTruth]],
    Made[Release],
    Made[OrderedEvents],
    Made[dict[int, Claims]],
]:
    known = run.stages.make(_knowledge, run.world, spec, name)
    seen = run.stages.make_pinned(_see, run.releases[spec.recipient], spec)
    ordered = run.stages.make(order_events, seen, spec.services)
    claims = run.stages.make(_look_for, seen, ordered, known, spec, run.threads)
    return known, seen, ordered, claims


def owners_of(run: Run, recipient: str, truth: Made[Truth]) -> Made[pl.DataFrame]:
    """Says whom each row of a recipient's release is about, keyed by content."""
    return run.stages.make_pinned(_owners, run.releases[recipient], truth)


def _owners(released: tuple[Release, Provenance], truth: Truth) -> pl.DataFrame:
    return risk.row_owners(released[1], truth)


def _see(released: tuple[Release, Provenance], spec: DatedEventsSpec) -> Release:
    """Returns what the attacker looks at: no tokens, and only services of which it knows."""
    release = released[0]
    unread = [name for name in ("token", "home") if name in release.people.columns]
    events = {agency: release.events[agency] for agency in spec.services}
    return replace(release, people=release.people.drop(unread), events=events, label=None)


def _knowledge(
    world: World, spec: DatedEventsSpec, name: str
) -> tuple[DatedKnowledge, TargetTruth]:
    return draw_dated_knowledge(world, spec, name)


def _look_for(
    release: Release,
    ordered: OrderedEvents,
    known: tuple[DatedKnowledge, TargetTruth],
    spec: DatedEventsSpec,
    threads: int,
) -> dict[int, Claims]:
    return events.attack(release, ordered, known[0], spec, threads)


def _look_for_absent(
    release: Release,
    ordered: OrderedEvents,
    known: tuple[DatedKnowledge, TargetTruth],
    owners: pl.DataFrame,
    spec: DatedEventsSpec,
    threads: int,
) -> dict[int, Claims]:
    """The same attack where none of the targets is there: every claim is a wrong name."""
    gone = risk.target_rows(known[1], owners)
    stays = ~release.people["row_id"].is_in(gone.implode()).to_numpy()
    absent = without_people(release, gone)
    return events.attack(absent, ordered.of(stays), known[0], spec, threads)


def _score_dated(
    release: Release,
    known: tuple[DatedKnowledge, TargetTruth],
    claims: dict[int, Claims],
    control: dict[int, Claims],
    owners: pl.DataFrame,
    spec: DatedEventsSpec,
) -> list[RiskRow]:
    knowledge, targets = known
    method = (
        f"{events.describe(spec)}; targets drawn from the {targets.qualifying:,} of "
        f"{targets.people:,} people there at some time, with at least {max(claims)} contacts"
    )
    return risk.score_targets(
        release, knowledge.targets, claims, control, targets, owners, method, "contacts"
    )
