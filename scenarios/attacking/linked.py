"""Attacks on linked rows: the key thief and dated contacts, scored. Reads the Truth."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from linkage.keys import KeyRing, Purpose, simulated_master
from linkage.plan import SHARED_HOLDER
from linkage.pseudonyms.sweep import SweepHits, sweep_block
from reidentify import risk, risk_keythief
from reidentify.adversaries import events, keythief
from reidentify.adversaries.tables import order_events
from reidentify.knowledge import draw_dated_knowledge, draw_number_list
from reidentify.release import without_people
from simulator.identifiers import VALID_IN_BLOCK

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

    from linkage.keys import Key
    from linkage.linked import Provenance
    from linkage.plan import Treatment
    from reidentify.adversaries.tables import OrderedEvents
    from reidentify.claims import Claims
    from reidentify.knowledge import DatedKnowledge, NumberList, TargetTruth
    from reidentify.release import Release
    from reidentify.risk_rows import RiskRow
    from reidentify.specs import DatedEventsSpec, KeyThiefSpec, LeakSpec
    from scenarios.handover import Run
    from scenarios.stages import Made
    from simulator.schema import Dataset
    from simulator.state import World
    from simulator.truth import RecordTruth, Truth

# Holder of the key that a thief makes up: part of no proposal, so it is always a wrong one.
_MADE_UP = "made up by a thief"


def thief(run: Run, name: str, spec: KeyThiefSpec, truth: Made[Truth]) -> list[RiskRow]:
    """Tries every number against the tokens of a release, and scores what is found."""
    release = run.releases[spec.recipient]
    owners = owners_of(run, spec.recipient, truth)
    treatment = run.proposal.identity.get("nhs_number")
    prefixes = run.prefixes_to_sweep(release)
    leak = run.proposal.leak[spec.leak] if spec.leak else None
    holder, period = key_tried(spec, treatment, leak)
    now = treatment.period if treatment else ""
    listed = run.stages.make(_number_list, run.world, spec.list_share.value, name)
    by_list = treatment is not None and treatment.is_blind
    if by_list and holder:
        hits = run.stages.make(_hash_list, listed, holder, period, run.seed)
    else:
        hits = run.stages.make(sweep, prefixes, holder, period, run.seed, run.threads)
    if by_list:
        control = run.stages.make(_hash_list, listed, _MADE_UP, now, run.seed)
    else:
        control = run.stages.make(sweep, prefixes, _MADE_UP, now, run.seed, run.threads)
    numbers = run.stages.make_pinned(_row_numbers, release, run.written[run.proposal.hub])
    tokens = run.stages.make_pinned(_tokens_alone, release)
    return run.stages.make(
        _score_thief,
        tokens,
        hits,
        control,
        listed,
        owners,
        numbers,
        spec,
        leak,
        by_list and bool(holder),
    ).value


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


def key_tried(
    spec: KeyThiefSpec, treatment: Treatment | None, leak: LeakSpec | None
) -> tuple[str, str]:
    """Says whose key the thief tries, and of which period: nobody's for plain hashes.

    A stolen key opens tokens only if they were made with one; against plain hashes a thief needs
    none, whatever it holds. Where the key of the tokens' own period did not leak, it tries the last
    that did.
    """
    period = treatment.period if treatment else ""
    if spec.key == "none" or treatment is None or not treatment.is_keyed:
        return "", period
    if leak is None:
        return _MADE_UP, period
    holder = leak.holder if treatment.key_scope == "per-recipient" else SHARED_HOLDER
    return holder, period if leak.knows(period) else leak.until or leak.since


def run_key(seed: int, holder: str, period: str) -> Key:
    """Derives a key for NHS numbers in a run of invented people."""
    return _ring(seed).derive(Purpose("nhs_number", holder, period))


def _ring(seed: int) -> KeyRing:
    return KeyRing.from_bytes(simulated_master(seed, "agencies"))


def _hash_list(
    listed: tuple[NumberList, TargetTruth], holder: str, period: str, seed: int
) -> SweepHits:
    key = _ring(seed).derive_blind(Purpose("nhs_number", holder, period))
    return keythief.hash_list(listed[0], key)


def sweep(
    prefixes: NDArray[np.uint32], holder: str, period: str, seed: int, threads: int
) -> SweepHits:
    """Sweeps the whole block with one key, or with none, once for all truncations.

    Where there are no tokens there is nothing to compare with, and no number is tried.
    """
    if not prefixes.size:
        return SweepHits(np.zeros(0, np.int64), np.zeros(0, np.uint64))
    state = run_key(seed, holder, period).state if holder else None
    return sweep_block(prefixes, state, threads)


def _number_list(world: World, share: float, name: str) -> tuple[NumberList, TargetTruth]:
    return draw_number_list(world, share, name)


def _row_numbers(
    released: tuple[Release, Provenance], hub: tuple[Dataset, RecordTruth]
) -> pl.DataFrame:
    return risk_keythief.row_numbers(released[1], hub[0])


def _tokens_alone(released: tuple[Release, Provenance]) -> Release:
    """Returns what a thief looks at: rows and their tokens, whatever else was handed over."""
    release = released[0]
    read = [name for name in ("row_id", "token") if name in release.people.columns]
    return replace(release, people=release.people.select(read), events={})


def _score_thief(
    release: Release,
    hits: SweepHits,
    control: SweepHits,
    listed: tuple[NumberList, TargetTruth],
    owners: pl.DataFrame,
    row_numbers: pl.DataFrame,
    spec: KeyThiefSpec,
    leak: LeakSpec | None,
    by_list: bool,  # noqa: FBT001 - a stage's arguments go by position
) -> list[RiskRow]:
    numbers, targets = listed
    return risk_keythief.score_thief(
        release,
        keythief.attack(release, hits, numbers),
        keythief.attack(release, control, numbers),
        targets,
        owners,
        row_numbers,
        keythief.describe(spec, leak, by_list=by_list),
        numbers.frame.height if by_list else VALID_IN_BLOCK,
    )


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
    return risk.score_events(
        release, known[0], claims, control, known[1], owners, events.describe(spec)
    )
