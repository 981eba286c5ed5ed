"""Attacks on codes and their desk: frequency, decoder, custody, coalition. Reads the Truth."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from linkage.keys import KeyRing, Purpose, simulated_master
from linkage.normalise import comparable
from linkage.pseudonyms.books import book_of
from linkage.pseudonyms.vault import Vault
from reidentify import risk_desk
from reidentify.adversaries import collusion, decoder, frequency
from reidentify.custody import hand_out, numbers_opened
from reidentify.knowledge_register import draw_register
from reidentify.service import Desk
from scenarios.attacking.linked import owners_of

if TYPE_CHECKING:
    from linkage.linked import Provenance
    from linkage.plan import Treatment
    from linkage.pseudonyms.books import Book
    from linkage.pseudonyms.vault import VaultTable
    from reidentify.adversaries.frequency import Guesses
    from reidentify.desk_specs import (
        CoalitionSpec,
        CodeFrequencySpec,
        Custody,
        CustodyFailureSpec,
        DeskSpec,
        ValidDecoderSpec,
    )
    from reidentify.knowledge import TargetTruth
    from reidentify.knowledge_register import NameRegister
    from reidentify.release import Release
    from reidentify.risk_rows import RiskRow
    from scenarios.handover import Run, Written
    from scenarios.stages import Made
    from simulator.schema import Dataset
    from simulator.state import World
    from simulator.truth import RecordTruth, Truth

NUMBER = "code_nhs_number"
_FIELDS = ("postcode", "surname")


def by_frequency(run: Run, name: str, spec: CodeFrequencySpec, truth: Made[Truth]) -> list[RiskRow]:
    """Matches codes to names and postcodes without a key, and scores it."""
    owners = owners_of(run, spec.recipient, truth)
    release, hub = _rows_alone(run, spec.recipient), run.written[run.proposal.hub]
    register = run.stages.make(_register, run.world, spec.register_share.value, name)
    guesses = run.stages.make(_guess, release, register, spec)
    people = _people(run, truth)
    return run.stages.make(
        _score_frequency, release, hub, guesses, register, owners, people, spec
    ).value


def valid_decoder(run: Run, spec: ValidDecoderSpec, truth: Made[Truth]) -> list[RiskRow]:
    """Asks a desk for people outside the asker's own list, and scores what it gives."""
    desk = run.proposal.desk[spec.desk]
    owners = owners_of(run, desk.recipient, truth)
    return run.stages.make(
        _score_decoder, _rows_alone(run, desk.recipient), run.written[run.proposal.hub],
        _right(run, desk, owners), owners, _people(run, truth), desk, spec,
        run.proposal.identity.get("nhs_number"), run.seed,
    ).value  # fmt: skip


def custody_failure(run: Run, spec: CustodyFailureSpec, truth: Made[Truth]) -> list[RiskRow]:
    """Lets each party who holds a way back fail in turn."""
    desk = run.proposal.desk[spec.desk]
    owners = owners_of(run, desk.recipient, truth)
    right, numbers = _right(run, desk, owners), _numbers(run, desk)
    return run.stages.make(
        _score_failures, right, owners, _people(run, truth), desk.custody, numbers
    ).value


def coalition(run: Run, spec: CoalitionSpec, truth: Made[Truth]) -> list[RiskRow]:
    """Tries what parties open together."""
    desk = run.proposal.desk[spec.desk]
    owners = owners_of(run, desk.recipient, truth)
    hospital = run.written.get(collusion.HOSPITAL_EVENTS)
    rows = _rows_alone(run, desk.recipient, collusion.HOSPITAL_EVENTS)
    hub = run.written[run.proposal.hub]
    return run.stages.make(
        _score_coalitions,
        rows,
        hub,
        hospital,
        _right(run, desk, owners),
        owners,
        _people(run, truth),
        desk.custody,
        _numbers(run, desk),
        spec.opened.value,
    ).value


def _people(run: Run, truth: Made[Truth]) -> Made[pl.DataFrame]:
    """Returns people's groups, keyed by content."""
    return run.stages.make_pinned(_groups_of, truth)


def _groups_of(truth: Truth) -> pl.DataFrame:
    return truth.people


def _right(run: Run, desk: DeskSpec, owners: Made[pl.DataFrame]) -> Made[pl.DataFrame]:
    """Says of each row whether the number behind its code is the person's own."""
    rows, hub = _rows_alone(run, desk.recipient), run.written[run.proposal.hub]
    return run.stages.make(_right_numbers, rows, hub, run.world, owners)


def _numbers(run: Run, desk: DeskSpec) -> Made[dict[tuple[str, ...], pl.DataFrame]]:
    """Returns the numbers that holders of the way back open, alone and two together."""
    return run.stages.make(
        _opened_numbers,
        _rows_alone(run, desk.recipient),
        run.written[run.proposal.hub],
        desk.custody,
        run.proposal.identity.get("nhs_number"),
        tuple(run.proposal.agency),
        desk.daily_limit * run.proposal.world.days if desk.custody == "oracle" else 0,
        run.seed,
    )


def _opened_numbers(
    released: tuple[Release, Provenance],
    hub: Written,
    custody: Custody,
    treatment: Treatment | None,
    agencies: tuple[str, ...],
    most_asked: int,
    seed: int,
) -> dict[tuple[str, ...], pl.DataFrame]:
    release = released[0]
    opener = way_back(hub[0], release.name, treatment, seed)
    if opener is None or NUMBER not in release.people.columns:
        return {}
    holdings = hand_out(opener, custody, agencies, most_asked)
    return numbers_opened(holdings, release.people.select("row_id", code=NUMBER))


def desk_at_work(
    release: Release,
    written: Written,
    rules: DeskSpec,
    treatment: Treatment | None,
    lists: pl.DataFrame,
    seed: int,
) -> Desk:
    """Opens a desk for a release: its rules, the way back, and who is on whose list."""
    opener = way_back(written[0], rules.recipient, treatment, seed)
    return Desk(rules, opener if NUMBER in release.people.columns else None, lists)


def way_back(
    hub: Dataset, recipient: str, treatment: Treatment | None, seed: int
) -> Book | VaultTable | None:
    """Derives what turns back a recipient's codes of NHS numbers; None where none are made."""
    if treatment is None or not treatment.makes_codes:
        return None
    keys = KeyRing.from_bytes(simulated_master(seed, "agencies"))
    own = treatment.key_scope == "per-recipient"
    holder = recipient if own else treatment.link_holder
    purpose = Purpose("nhs_number", holder, treatment.period)
    if treatment.scheme == "vault":
        return Vault.of(keys, purpose).table(comparable(hub.frame, "nhs_number"))
    return book_of(keys, purpose, treatment)


def _rows_alone(run: Run, recipient: str, events: str = "") -> Made[tuple[Release, Provenance]]:
    """Returns what an attacker of codes looks at, keyed by content: people, and one's contacts."""
    return run.stages.make_pinned(_without_events, run.releases[recipient], events)


def _without_events(
    released: tuple[Release, Provenance], events: str
) -> tuple[Release, Provenance]:
    release, origins = released
    kept = {name: rows for name, rows in release.events.items() if name == events}
    return replace(release, events=kept), replace(origins, events={})


def _register(world: World, share: float, name: str) -> tuple[NameRegister, TargetTruth]:
    return draw_register(world, share, name)


def _guess(
    released: tuple[Release, Provenance],
    register: tuple[NameRegister, TargetTruth],
    spec: CodeFrequencySpec,
) -> Guesses:
    return frequency.attack(released[0], register[0], spec)


def _score_frequency(
    released: tuple[Release, Provenance],
    hub: Written,
    guesses: Guesses,
    register: tuple[NameRegister, TargetTruth],
    owners: pl.DataFrame,
    people: pl.DataFrame,
    spec: CodeFrequencySpec,
) -> list[RiskRow]:
    values = {
        field: risk_desk.values_of_rows(released[1], hub[0], field)
        for field in _FIELDS
        if field in hub[0].frame.columns
    }
    method = frequency.describe(spec)
    return risk_desk.score_frequency(
        released[0], guesses, values, register[1], owners, people, method
    )


def _right_numbers(
    released: tuple[Release, Provenance], hub: Written, world: World, owners: pl.DataFrame
) -> pl.DataFrame:
    values = risk_desk.values_of_rows(released[1], hub[0], "nhs_number")
    own = world.people.select("person_id", own=pl.col("nhs_number").cast(pl.String))
    known = owners.join(own, on="person_id", how="inner").join(values, on="row_id", how="left")
    return known.select(
        "row_id", correct=(pl.col("own") == pl.col("value")).fill_null(value=False)
    ).sort("row_id")


def _score_decoder(
    released: tuple[Release, Provenance],
    hub: Written,
    right: pl.DataFrame,
    owners: pl.DataFrame,
    people: pl.DataFrame,
    rules: DeskSpec,
    spec: ValidDecoderSpec,
    treatment: Treatment | None,
    seed: int,
) -> list[RiskRow]:
    release = released[0]
    lists = _practice_lists(release, spec.practice_lists)
    desk = desk_at_work(release, hub, rules, treatment, lists, seed)
    return risk_desk.score_decoder(
        decoder.look_for_targets(desk, release, NUMBER, spec, seed),
        decoder.ask_in_bulk(desk, release, NUMBER, spec, seed),
        right,
        owners,
        people,
        decoder.describe(spec),
    )


def _practice_lists(release: Release, practices: int) -> pl.DataFrame:
    """Puts the people of the first practices on the decoder's own list."""
    if "practice" not in release.people.columns:
        return pl.DataFrame(schema={"account": pl.String, "row_id": pl.UInt64})
    chosen = release.people["practice"].unique().sort().head(practices)
    own = release.people.filter(pl.col("practice").is_in(chosen.implode()))
    return own.select(account=pl.lit(decoder.ACCOUNT), row_id="row_id")


def _score_failures(
    right: pl.DataFrame,
    owners: pl.DataFrame,
    people: pl.DataFrame,
    custody: str,
    numbers: dict[tuple[str, ...], pl.DataFrame],
) -> list[RiskRow]:
    alone = {parties[0]: found for parties, found in numbers.items() if len(parties) == 1}
    method = f"one failure: custody is {custody}; codes are tried with what one party holds"
    return risk_desk.score_failures(alone, right, owners, people, method)


def _score_coalitions(
    released: tuple[Release, Provenance],
    hub: Written,
    hospital: Written | None,
    right: pl.DataFrame,
    owners: pl.DataFrame,
    people: pl.DataFrame,
    custody: str,
    numbers: dict[tuple[str, ...], pl.DataFrame],
    threshold: float,
) -> list[RiskRow]:
    own, recorded = _own_people(released[0], hub, hospital)
    tried = collusion.try_coalitions(released[0], numbers, own)
    method = f"coalition: custody is {custody}; what each holds is tried together"
    return risk_desk.score_coalitions(tried, right, owners, recorded, people, threshold, method)


def _own_people(
    release: Release, hub: Written, hospital: Written | None
) -> tuple[dict[str, pl.DataFrame], pl.DataFrame]:
    """Gives a practice's and a hospital's own people, and whom each record is about."""
    register: tuple[Dataset, RecordTruth] = hub
    practice = register[0].frame["practice"].min()
    patients = register[0].frame.filter(pl.col("practice") == practice)
    own = {collusion.PRACTICE: collusion.own_records(patients, release.spec)}
    recorded = [register[1].owners.select("record_id", "person_id")]
    if hospital is not None and "event_time" in hospital[0].frame.columns:
        frame = hospital[0].frame
        number = comparable(frame, "nhs_number").alias("number")
        seen = frame.select("record_id", "event_time", "date_of_birth", "sex").with_columns(number)
        # A hospital knows its patients by their number, and each of their visits.
        first = seen.drop_nulls("number").with_columns(
            patient=pl.col("record_id").min().over("number")
        )
        people = first.filter(pl.col("record_id") == pl.col("patient"))
        events = first.select(record_id="patient", event_time="event_time")
        own[collusion.HOSPITAL] = collusion.own_records(
            people.select("record_id", "date_of_birth", "sex"), release.spec, events
        )
        recorded.append(hospital[1].owners.select("record_id", "person_id"))
    return own, pl.concat(recorded)
