"""Attacks on a split file: what its parties hold, put together and scored. Reads the Truth."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import polars as pl

from linkage.linking_names import OF_PEOPLE
from linkage.pseudonyms.linking_fields import Cipher
from linkage.pseudonyms.split_file import Databank
from linkage.pseudonyms.split_parts import split
from reidentify import risk, risk_token_coalition
from reidentify.adversaries.collusion import fits_alone
from reidentify.adversaries.token_coalition import CONTENT, NAME, Holding, try_coalitions
from reidentify.risk_token_coalition import ByAttributes
from reidentify.safeguards import coarsen_people
from scenarios.handover import resolved_by
from scenarios.linked_records import key_ring

if TYPE_CHECKING:
    from linkage.linked import Provenance
    from linkage.pseudonyms.split_parts import File3
    from linkage.split_file_plan import SplitFile
    from reidentify.identity_specs import TokenCoalitionSpec
    from reidentify.release import Release
    from reidentify.risk_rows import RiskRow
    from scenarios.handover import Run, Treated, Written
    from scenarios.stages import Made
    from simulator.schema import Dataset
    from simulator.truth import Truth

LOADER: Final = "loader of the databank"
CUSTODIAN: Final = "key custodian of the databank"
ANALYST: Final = "analyst"

_RECORD: Final = "record of "
_ATTRIBUTES: Final = ("date_of_birth", "sex", "lsoa")
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
    resolved = {
        name: resolved_by(
            plan,
            run.written[name],
            None if name == hub else run.written[hub],
            run.seed,
            run.stages,
        )
        for name in (hub, *names)
    }
    written = {name: run.stages.make(_dataset_alone, run.written[name]) for name in resolved}
    about = (spec.recipient, run.releases[spec.recipient], truth)
    return run.stages.make(
        _tried,
        plan,
        spec,
        hub,
        written,
        resolved,
        run.stages.make_pinned(_linking_fields, run.treated[hub], spec.recipient),
        run.stages.make_pinned(_seen, run.releases[spec.recipient]),
        run.stages.make_pinned(_owners, tuple(written), *about),
        run.seed,
    ).value


def _tried(
    plan: SplitFile,
    spec: TokenCoalitionSpec,
    hub: str,
    written: dict[str, Dataset],
    resolved: dict[str, File3],
    made_as: str,
    release: Release,
    owners: pl.DataFrame,
    seed: int,
) -> list[RiskRow]:
    holdings = _holdings(plan, spec.recipient, hub, written, resolved, made_as, release, seed)
    counted = [
        risk_token_coalition.count_opened(opened, owners)
        for opened in try_coalitions(holdings, hub, spec.most_parties)
    ]
    by_attributes = _by_attributes(plan.third_party, resolved[hub], release, spec.recipient, owners)
    return risk_token_coalition.score_coalitions(counted, by_attributes, _METHOD)


def _dataset_alone(written: Written) -> Dataset:
    """Leaves out the truth about an agency's records."""
    return written[0]


def _linking_fields(treated: Treated, recipient: str) -> str:
    """Says how the recipient's linking fields were made."""
    return str(treated[0].labels[f"{OF_PEOPLE}@{recipient}"])


def _seen(released: tuple[Release, Provenance]) -> Release:
    """Returns what the analyst brings in: rows, their linking fields, and what people are like."""
    release = released[0]
    wanted = ("row_id", "token", *_ATTRIBUTES)
    people = release.people.select(name for name in wanted if name in release.people.columns)
    # What else was handed over, or not, makes no difference to this attack.
    alike = release.spec.model_copy(update={"events": (), "homes": True, "moves": False})
    return replace(release, spec=alike, people=people, events={})


def _holdings(
    plan: SplitFile,
    recipient: str,
    hub: str,
    written: dict[str, Dataset],
    resolved: dict[str, File3],
    made_as: str,
    release: Release,
    seed: int,
) -> list[Holding]:
    """Gives each party what it holds, and nothing else.

    Where names do not go to the third party, it holds nothing, and the databank resolves them.
    """
    agencies = [name for name in written if name != hub]
    names = {name: _named(one, name) for name, one in written.items()}
    fields = {name: _fields(one, name) for name, one in resolved.items()}
    content = tuple(_content(written[name], name) for name in agencies)
    loaded = (*content, *(fields[name] for name in agencies))
    by_names = tuple(names[name] for name in agencies)
    resolving = (*names.values(), *fields.values())
    return [
        Holding(plan.third_party, resolving if plan.separate else ()),
        Holding(LOADER, loaded if plan.separate else (*loaded, *resolving)),
        Holding(CUSTODIAN, _keys(plan, recipient, resolved, made_as, seed)),
        Holding(ANALYST, (_rows(release, recipient),)),
        *(Holding(name, (table,), (name,)) for name, table in zip(agencies, by_names, strict=True)),
    ]


def _named(written: Dataset, name: str) -> pl.DataFrame:
    """File 1: a record's number, and a name."""
    ids = split(written)[0].frame["record_id"]
    return pl.DataFrame({f"{_RECORD}{name}": ids, f"{NAME}{name}": ids})


def _content(written: Dataset, name: str) -> pl.DataFrame:
    """File 2: a record's number, and content."""
    ids = split(written)[1].frame["record_id"]
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
    made_as: str,
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
    if label != made_as:
        raise AssertionError("the keys' last step is not the one that the recipient's fields had")
    return tuple(tables)


def _rows(release: Release, recipient: str) -> pl.DataFrame:
    """What the analyst holds: a row's content and its linking field."""
    rows = release.people.select(pl.col("row_id").alias(f"{CONTENT}{recipient}"))
    if release.label is None:
        return rows
    return rows.with_columns(release.people["token"].alias(str(release.label)))


def _owners(
    names: tuple[str, ...], recipient: str, released: tuple[Release, Provenance], truth: Truth
) -> pl.DataFrame:
    """Says whom each record, and each row, is about: `dataset`, `id`, `person_id`."""
    parts = [
        truth.owners(name).select(
            pl.lit(name).alias("dataset"), pl.col("record_id").alias("id"), "person_id"
        )
        for name in names
    ]
    rows = risk.row_owners(released[1], truth).select(
        pl.lit(recipient).alias("dataset"), pl.col("row_id").alias("id"), "person_id"
    )
    return pl.concat([*parts, rows])


def _by_attributes(
    third_party: str, register: File3, release: Release, recipient: str, owners: pl.DataFrame
) -> ByAttributes:
    """Lays the third party's people beside the analyst's rows by what both know of them."""
    known = coarsen_people(register.frame, release.spec)
    shared = [name for name in _ATTRIBUTES if {name} <= {*known.columns, *release.people.columns}]
    own = register.frame.select("record_id").hstack(known.select(shared))
    pairs = fits_alone(release.people.select("row_id", *shared), own)
    both = pairs.with_columns(pl.lit(recipient).alias("row of"), pl.lit(register.name).alias("of"))
    named = both.join(
        owners, left_on=["row of", "row_id"], right_on=["dataset", "id"], how="left"
    ).join(
        owners.rename({"person_id": "meant"}),
        left_on=["of", "record_id"],
        right_on=["dataset", "id"],
        how="left",
    )
    right = int((named["person_id"] == named["meant"]).fill_null(value=False).sum())
    words = {"date_of_birth": release.spec.age.replace("_", " "), "lsoa": "small area"}
    return ByAttributes(
        (third_party, ANALYST),
        ", ".join(words.get(name, name) for name in shared) or "nothing",
        right,
        named.height - right,
        release.people.height,
    )
