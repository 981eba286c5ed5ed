"""Attacks with keys: the key thief, by a sweep, a list or a key server, scored. Reads the Truth."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np

from linkage.keys import Purpose
from linkage.plan import SHARED_HOLDER, WAREHOUSE
from linkage.pseudonyms.salt_file import fresh_key_pair, lock_salt, open_salt
from linkage.pseudonyms.sweep import SweepHits, sweep_block
from linkage.pseudonyms.transcryption import Recipient
from reidentify import risk_keythief
from reidentify.adversaries import keythief
from reidentify.knowledge import draw_number_list
from scenarios.attacking.linked import owners_of
from scenarios.linked_records import key_ring
from simulator.identifiers import VALID_IN_BLOCK

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl
    from numpy.typing import NDArray

    from linkage.keys import Key
    from linkage.linked import Provenance
    from linkage.plan import Treatment
    from reidentify.knowledge import NumberList, TargetTruth
    from reidentify.release import Release
    from reidentify.risk_rows import RiskRow
    from reidentify.specs import KeyThiefSpec, LeakSpec
    from scenarios.handover import Run, Treated
    from scenarios.stages import Made
    from simulator.schema import Dataset
    from simulator.state import World
    from simulator.truth import RecordTruth, Truth

# Holder of the key that a thief makes up: part of no proposal, so it is always a wrong one.
_MADE_UP = "made up by a thief"


def thief(run: Run, name: str, spec: KeyThiefSpec, truth: Made[Truth]) -> list[RiskRow]:
    """Tries numbers against the tokens of a release, and scores what is found."""
    treatment = run.proposal.identity.get("nhs_number")
    leaks = tuple(run.proposal.leak[name] for name in spec.leaks)
    listed = run.stages.make(_number_list, run.world, spec.list_share.value, name)
    holder, period = key_tried(spec, treatment, _of_tokens(treatment, leaks))
    release, is_opened = _looked_at(run, spec.recipient, treatment, leaks)
    by_list = treatment is not None and treatment.is_blind and bool(holder)
    if treatment is not None and by_list and spec.key == "account":
        limit = treatment.daily_limit
        hits = run.stages.make(_ask_server, listed, holder, period, limit, spec.days, run.seed)
    else:
        hits = _tried(run, release, listed, holder, period)
    control = _tried(run, release, listed, _MADE_UP, treatment.period if treatment else "")
    return run.stages.make(
        _score_thief,
        release,
        hits,
        control,
        listed,
        owners_of(run, spec.recipient, truth),
        run.stages.make_pinned(
            _row_numbers, run.releases[spec.recipient], run.written[run.proposal.hub]
        ),
        spec,
        leaks,
        treatment,
        by_list,
        is_opened,
    ).value


def _of_tokens(treatment: Treatment | None, leaks: Sequence[LeakSpec]) -> LeakSpec | None:
    """Returns the leak of what tokens are made with: of sealed ones, that of the link key alone."""
    if treatment is not None and treatment.is_sealed:
        return next((leak for leak in leaks if leak.holder == WAREHOUSE), None)
    return leaks[0] if leaks else None


def _looked_at(
    run: Run, recipient: str, treatment: Treatment | None, leaks: Sequence[LeakSpec]
) -> tuple[Made[Release], bool | None]:
    """Returns rows and tokens as a thief reads them, and whether sealed ones were opened."""
    release = run.releases[recipient]
    closed = run.stages.make_pinned(_tokens_alone, release)
    label = closed.value.label
    if treatment is None or label is None or not label.is_sealed:
        return closed, None
    treated = run.treated[run.proposal.hub]
    for leak in leaks:
        period = _known_period(leak, treatment.period)
        found = run.stages.make_pinned(_opened, release, treated, leak.holder, period, run.seed)
        if found.value is not None:
            return cast("Made[Release]", found), True
    return closed, False


def _tried(
    run: Run,
    release: Made[Release],
    listed: Made[tuple[NumberList, TargetTruth]],
    holder: str,
    period: str,
) -> Made[SweepHits]:
    """Tries a key: on the whole block, or, where tokens are blind, on the thief's list."""
    treatment = run.proposal.identity.get("nhs_number")
    if treatment is not None and treatment.is_blind and holder:
        return run.stages.make(_hash_list, listed, holder, period, run.seed)
    prefixes = run.prefixes_to_sweep(release.value)
    salted = treatment.scheme if treatment is not None and treatment.is_salted and holder else ""
    return run.stages.make(sweep, prefixes, holder, period, salted, run.seed, run.threads)


def key_tried(
    spec: KeyThiefSpec, treatment: Treatment | None, leak: LeakSpec | None
) -> tuple[str, str]:
    """Says whose key or salt the thief tries, and of which period: nobody's for plain hashes.

    A stolen key opens tokens only if they were made with one; against plain hashes a thief needs
    none, whatever it holds, and a public salt is anybody's. Where the key of the tokens' own period
    did not leak, it tries the last that did. An account at a key server is of use only against its
    own, blind tokens. `leak` is that of what the tokens were made with, if the thief has it.
    """
    period = treatment.period if treatment else ""
    if treatment is None or treatment.scheme == "plain-hash" or not treatment.makes_tokens:
        return "", period
    own = spec.recipient if treatment.key_scope == "per-recipient" else treatment.link_holder
    if treatment.scheme == "salted-hash":
        return own, period
    if spec.key in ("none", "account"):
        return (own if spec.key == "account" and treatment.is_blind else ""), period
    if leak is None:
        return _MADE_UP, period
    holder = SHARED_HOLDER if treatment.key_scope == "shared" else leak.holder
    return holder, _known_period(leak, period)


def _known_period(leak: LeakSpec, period: str) -> str:
    """Returns a period if its key leaked, else the last whose key did."""
    return period if leak.knows(period) else leak.until or leak.since


def run_key(seed: int, holder: str, period: str) -> Key:
    """Derives a key for NHS numbers in a run of invented people."""
    return key_ring(seed).derive(Purpose("nhs_number", holder, period))


def _hash_list(
    listed: tuple[NumberList, TargetTruth], holder: str, period: str, seed: int
) -> SweepHits:
    key = key_ring(seed).derive_blind(Purpose("nhs_number", holder, period))
    return keythief.hash_list(listed[0], key)


def _ask_server(
    listed: tuple[NumberList, TargetTruth],
    holder: str,
    period: str,
    daily_limit: int | None,
    days: int,
    seed: int,
) -> SweepHits:
    key = key_ring(seed).derive_blind(Purpose("nhs_number", holder, period))
    return keythief.ask_server(listed[0], key, daily_limit, days, seed)


def sweep(
    prefixes: NDArray[np.uint32], holder: str, period: str, salted: str, seed: int, threads: int
) -> SweepHits:
    """Sweeps the whole block with one key or salt, or with none, once for all truncations.

    `salted` is the scheme whose salt is tried in place of a key; empty for a key. Where there are
    no tokens there is nothing to compare with, and no number is tried.
    """
    if not prefixes.size:
        return SweepHits(np.zeros(0, np.int64), np.zeros(0, np.uint64))
    if salted:
        salt = key_ring(seed).derive_salt(Purpose("nhs_number", holder, period)).text
        known = _from_file(salt) if salted == "open-pseudonymiser" else salt
        return sweep_block(prefixes, None, threads, salt=known)
    state = run_key(seed, holder, period).state if holder else None
    return sweep_block(prefixes, state, threads)


def _from_file(salt: str) -> str:
    """Locks a salt in a file as its maker does, and opens it as whoever has the file does."""
    private = fresh_key_pair()
    return open_salt(lock_salt(salt, private), private.public_key().public_numbers())


def _number_list(world: World, share: float, name: str) -> tuple[NumberList, TargetTruth]:
    return draw_number_list(world, share, name)


def _row_numbers(
    released: tuple[Release, Provenance], hub: tuple[Dataset, RecordTruth]
) -> pl.DataFrame:
    return risk_keythief.row_numbers(released[1], hub[0])


def _tokens_alone(released: tuple[Release, Provenance]) -> Release:
    """Returns what a thief looks at: rows and their tokens, whatever else was handed over."""
    return keythief.as_numbers(released[0])


def _opened(
    released: tuple[Release, Provenance], treated: Treated, holder: str, period: str, seed: int
) -> Release | None:
    """Opens sealed link tokens of the hub with the key of one holder, if it opens them."""
    made_as = treated[0].labels["nhs_number"]
    recipient = Recipient.of(key_ring(seed), holder, made_as, period)
    found = keythief.opened(released[0], recipient)
    return None if found is None else keythief.as_numbers(found)


def _score_thief(
    release: Release,
    hits: SweepHits,
    control: SweepHits,
    listed: tuple[NumberList, TargetTruth],
    owners: pl.DataFrame,
    row_numbers: pl.DataFrame,
    spec: KeyThiefSpec,
    leaks: tuple[LeakSpec, ...],
    treatment: Treatment | None,
    by_list: bool,  # noqa: FBT001 - a stage's arguments go by position
    is_opened: bool | None,  # noqa: FBT001
) -> list[RiskRow]:
    numbers, targets = listed
    return risk_keythief.score_thief(
        release,
        keythief.attack(release, hits, numbers),
        keythief.attack(release, control, numbers),
        targets,
        owners,
        row_numbers,
        keythief.describe(spec, leaks, treatment, by_list=by_list),
        len(hits.numbers) if by_list else VALID_IN_BLOCK,
        opened=is_opened,
    )
