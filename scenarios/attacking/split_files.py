"""Attacks on a split file: what its parties hold, put together and scored. Reads the Truth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from linkage.linking_names import OF_PEOPLE
from linkage.pseudonyms.linking_fields import Cipher
from linkage.pseudonyms.split_file import Databank, split
from reidentify import risk, risk_token_coalition
from reidentify.adversaries.collusion import fits_alone
from reidentify.adversaries.token_coalition import CONTENT, NAME, Holding, try_coalitions
from reidentify.safeguards import coarsen_people
from scenarios.handover import resolved_by
from scenarios.linked_records import key_ring

if TYPE_CHECKING:
    from linkage.linked import Provenance
    from linkage.pseudonyms.split_file import File3
    from linkage.split_file_plan import SplitFile
    from reidentify.identity_specs import TokenCoalitionSpec
    from reidentify.release import Release
    from reidentify.risk_rows import RiskRow
    from scenarios.handover import Run, Treated, Written
    from scenarios.stages import Made
    from simulator.truth import Truth

LOADER: Final = "loader of the databank"
CUSTODIAN: Final = "key custodian of the databank"
ANALYST: Final = "analyst"

_RECORD: Final = "record of "
_METHOD: Final = (
    "token coalition: parties lay all their tables and keys together and follow equal tokens from "
    "names to content, homes aside; every coalition is tried; nobody's own records count as opened"
)


def token_coalition(run: Run, spec: TokenCoalitionSpec, truth: Made[Truth]) -> list[RiskRow]:
    """Tries who together sees whom, and scores what is opened."""
    plan, hub = run.proposal.split_file, run.proposal.hub
    if plan is None:
        return []
    names = [s.agency for s in run.proposal.link.values() if s.on == OF_PEOPLE]
    written = {name: run.written[name] for name in (hub, *names)}
    resolved = {
        name: resolved_by(plan, one, None if name == hub else written[hub], run.seed, run.stages)
        for name, one in written.items()
    }
    return run.stages.make(
        _tried,
        plan,
        spec,
        hub,
        written,
        resolved,
        run.treated[hub],
        run.releases[spec.recipient],
        truth,
        run.seed,
    ).value


def _tried(
    plan: SplitFile,
    spec: TokenCoalitionSpec,
    hub: str,
    written: dict[str, Written],
    resolved: dict[str, File3],
    treated: Treated,
    released: tuple[Release, Provenance],
    truth: Truth,
    seed: int,
) -> list[RiskRow]:
    release, origins = released
    holdings = _holdings(plan, spec.recipient, hub, written, resolved, treated, release, seed)
    about_rows = risk.row_owners(origins, truth)
    owners = _owners([*written], spec.recipient, truth, about_rows)
    counted = [
        risk_token_coalition.count_opened(opened, owners)
        for opened in try_coalitions(holdings, hub, spec.most_parties)
    ]
    return risk_token_coalition.score_coalitions(
        counted,
        _by_attributes(resolved[hub], release, about_rows, truth.owners(hub)),
        (plan.third_party, ANALYST),
        release.people.height,
        _METHOD,
    )


def _holdings(
    plan: SplitFile,
    recipient: str,
    hub: str,
    written: dict[str, Written],
    resolved: dict[str, File3],
    treated: Treated,
    release: Release,
    seed: int,
) -> list[Holding]:
    """Gives each party what it holds, and nothing else."""
    agencies = [name for name in written if name != hub]
    names = {name: _named(one, name) for name, one in written.items()}
    fields = {name: _fields(one, name) for name, one in resolved.items()}
    content = tuple(_content(written[name], name) for name in agencies)
    loaded = (*content, *(fields[name] for name in agencies))
    by_names = tuple(names[name] for name in agencies)
    return [
        Holding(plan.third_party, (*names.values(), *fields.values())),
        Holding(LOADER, loaded if plan.separate else (*loaded, *names.values(), *fields.values())),
        Holding(CUSTODIAN, _keys(plan, recipient, resolved, treated, seed)),
        Holding(ANALYST, (_rows(release, recipient),)),
        *(Holding(name, (table,), (name,)) for name, table in zip(agencies, by_names, strict=True)),
    ]


def _named(written: Written, name: str) -> pl.DataFrame:
    """File 1: a record's number, and a name."""
    ids = split(written[0])[0].frame["record_id"]
    return pl.DataFrame({f"{_RECORD}{name}": ids, f"{NAME}{name}": ids})


def _content(written: Written, name: str) -> pl.DataFrame:
    """File 2: a record's number, and content."""
    ids = split(written[0])[1].frame["record_id"]
    return pl.DataFrame({f"{_RECORD}{name}": ids, f"{CONTENT}{name}": ids})


def _fields(resolved: File3, name: str) -> pl.DataFrame:
    """File 3: a record's number, and the linking field under the third party's key."""
    frame = resolved.frame.select("record_id", OF_PEOPLE)
    return frame.rename(
        {"record_id": f"{_RECORD}{name}", OF_PEOPLE: str(resolved.labels[OF_PEOPLE])}
    )


def _keys(
    plan: SplitFile,
    recipient: str,
    resolved: dict[str, File3],
    treated: Treated,
    seed: int,
) -> tuple[pl.DataFrame, ...]:
    """The databank's keys, as tables of what goes in and comes out, for all fields."""
    ring = key_ring(seed)
    given = pl.concat([one.frame[OF_PEOPLE] for one in resolved.values()]).drop_nulls().unique()
    label = str(next(iter(resolved.values())).labels[OF_PEOPLE])
    steps = []
    if plan.second_encryption:
        steps.append(Cipher.of(ring, OF_PEOPLE, plan.databank))
    if plan.project_keys:
        steps.append(Databank(plan, ring).project(OF_PEOPLE, recipient))
    tables = []
    for step in steps:
        made = step.encipher(given)
        tables.append(pl.DataFrame({label: given, str(step.label): made}))
        given, label = made, str(step.label)
    if label != str(treated[0].labels[f"{OF_PEOPLE}@{recipient}"]):
        raise AssertionError("the keys' last step is not the one that the recipient's fields had")
    return tuple(tables)


def _rows(release: Release, recipient: str) -> pl.DataFrame:
    """What the analyst holds: a row's content and its linking field."""
    rows = release.people.select(pl.col("row_id").alias(f"{CONTENT}{recipient}"))
    if release.label is None:
        return rows
    return rows.with_columns(release.people["token"].alias(str(release.label)))


def _owners(
    names: list[str], recipient: str, truth: Truth, about_rows: pl.DataFrame
) -> pl.DataFrame:
    """Says whom each record, and each row, is about."""
    parts = [
        truth.owners(name).select(
            pl.lit(name).alias("dataset"), pl.col("record_id").alias("id"), "person_id"
        )
        for name in names
    ]
    rows = about_rows.select(
        pl.lit(recipient).alias("dataset"), pl.col("row_id").alias("id"), "person_id"
    )
    return pl.concat([*parts, rows])


def _by_attributes(
    register: File3, release: Release, about_rows: pl.DataFrame, owners: pl.DataFrame
) -> tuple[int, int, int]:
    """Lays the third party's people beside the analyst's rows by what both know of them.

    Returns:
        Rows named rightly, rows named wrongly, and all rows.
    """
    known = coarsen_people(register.frame, release.spec)
    shared = [name for name in ("date_of_birth", "sex", "lsoa") if name in known.columns]
    own = register.frame.select("record_id").hstack(known.select(shared))
    pairs = fits_alone(release.people.select("row_id", *shared), own)
    named = pairs.join(about_rows, on="row_id", how="left").join(
        owners.select("record_id", meant="person_id"), on="record_id", how="left"
    )
    right = int((named["person_id"] == named["meant"]).fill_null(value=False).sum())
    return right, named.height - right, release.people.height
