"""Attacks with keys: the key thief, by a sweep, a list or a key server, scored. Reads the Truth."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from linkage.keys import KeyRing, Purpose, simulated_master
from linkage.plan import SHARED_HOLDER
from linkage.pseudonyms.sweep import SweepHits, sweep_block
from reidentify import risk_keythief
from reidentify.adversaries import keythief
from reidentify.knowledge import draw_number_list
from scenarios.attacking.linked import owners_of
from simulator.identifiers import VALID_IN_BLOCK

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

    from linkage.keys import Key
    from linkage.linked import Provenance
    from linkage.plan import Treatment
    from reidentify.knowledge import NumberList, TargetTruth
    from reidentify.release import Release
    from reidentify.risk_rows import RiskRow
    from reidentify.specs import KeyThiefSpec, LeakSpec
    from scenarios.handover import Run
    from scenarios.stages import Made
    from simulator.schema import Dataset
    from simulator.state import World
    from simulator.truth import RecordTruth, Truth

# Holder of the key that a thief makes up: part of no proposal, so it is always a wrong one.
_MADE_UP = "made up by a thief"


def thief(run: Run, name: str, spec: KeyThiefSpec, truth: Made[Truth]) -> list[RiskRow]:
    """Tries numbers against the tokens of a release, and scores what is found."""
    release = run.releases[spec.recipient]
    treatment = run.proposal.identity.get("nhs_number")
    leak = run.proposal.leak[spec.leak] if spec.leak else None
    listed = run.stages.make(_number_list, run.world, spec.list_share.value, name)
    holder, period = key_tried(spec, treatment, leak)
    by_list = treatment is not None and treatment.is_blind and bool(holder)
    if treatment is not None and by_list and spec.key == "account":
        limit = treatment.daily_limit
        hits = run.stages.make(_ask_server, listed, holder, period, limit, spec.days, run.seed)
    else:
        hits = _tried(run, release, listed, holder, period)
    control = _tried(run, release, listed, _MADE_UP, treatment.period if treatment else "")
    return run.stages.make(
        _score_thief,
        run.stages.make_pinned(_tokens_alone, release),
        hits,
        control,
        listed,
        owners_of(run, spec.recipient, truth),
        run.stages.make_pinned(_row_numbers, release, run.written[run.proposal.hub]),
        spec,
        leak,
        by_list,
    ).value


def _tried(
    run: Run,
    release: Made[tuple[Release, Provenance]],
    listed: Made[tuple[NumberList, TargetTruth]],
    holder: str,
    period: str,
) -> Made[SweepHits]:
    """Tries a key: on the whole block, or, where tokens are blind, on the thief's list."""
    treatment = run.proposal.identity.get("nhs_number")
    if treatment is not None and treatment.is_blind and holder:
        return run.stages.make(_hash_list, listed, holder, period, run.seed)
    prefixes = run.prefixes_to_sweep(release)
    return run.stages.make(sweep, prefixes, holder, period, run.seed, run.threads)


def key_tried(
    spec: KeyThiefSpec, treatment: Treatment | None, leak: LeakSpec | None
) -> tuple[str, str]:
    """Says whose key the thief tries, and of which period: nobody's for plain hashes.

    A stolen key opens tokens only if they were made with one; against plain hashes a thief needs
    none, whatever it holds. Where the key of the tokens' own period did not leak, it tries the last
    that did. An account at a key server is of use only against its own, blind tokens.
    """
    period = treatment.period if treatment else ""
    if spec.key == "none" or treatment is None or not treatment.is_keyed:
        return "", period
    if spec.key == "account":
        own = spec.recipient if treatment.key_scope == "per-recipient" else SHARED_HOLDER
        return (own if treatment.is_blind else ""), period
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


def _ask_server(
    listed: tuple[NumberList, TargetTruth],
    holder: str,
    period: str,
    daily_limit: int | None,
    days: int,
    seed: int,
) -> SweepHits:
    key = _ring(seed).derive_blind(Purpose("nhs_number", holder, period))
    return keythief.ask_server(listed[0], key, daily_limit, days, seed)


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
        len(hits.numbers) if by_list else VALID_IN_BLOCK,
    )
