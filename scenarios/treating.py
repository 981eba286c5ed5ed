"""Pseudonymising a file, the main path: read, check, treat, put back in place.

The rules are those of `linkage.ingest`: the file becomes a `Dataset`, and what ingest makes of it
takes the place of its columns. Rows leave in the order of what is written, since that of the file,
say by surname, would tell.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import polars as pl

from linkage.date_forms import iso_dates
from linkage.ingest import pseudonymise
from linkage.pseudonyms.blind_parties import TooManyIds
from linkage.pseudonyms.hazards import hazards_of
from linkage.pseudonyms.shaped import SHAPED
from scenarios.authority import no_authority
from scenarios.file_labels import digest_of, labels_of, provenance_of
from scenarios.linking_files import as_text, read_table
from scenarios.problems import Problem, ProblemsError, SuppliedError
from scenarios.treating_columns import columns_of
from scenarios.treatment import TreatmentError
from simulator.schema import FIELDS, Dataset

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from linkage.keys import KeyRing
    from linkage.pseudonyms.hazards import Hazard
    from scenarios.authority import Authority
    from scenarios.treating_columns import FileColumns
    from scenarios.treatment import FileTreatment
    from simulator.schema import Provenance, TokenLabel

_PROVENANCE: Final = "provenance"
_NUMBERS: Final = "record_id"


@dataclass(frozen=True)
class TreatedFile:
    """A file after its treatment.

    Attributes:
        source: The file as it was.
        kind: `CSV` or `Parquet`: what the file was.
        provenance: Whether it says that everybody in it is invented.
        table: What is written, but for its provenance: ids if asked for, tokens (UInt64), codes
            (Binary, or String of an identifier's own shape) and the columns that stay.
        labels: How tokens and codes were made, by column.
        columns: What each column of the file was found to be.
        hazards: Hazards of the treatment, each with its field.
        authority: Who answers for it; null where everybody is invented.
        treatment: What was done.
    """

    source: Path
    kind: str
    provenance: Provenance
    table: pl.DataFrame = field(repr=False)
    labels: Mapping[str, TokenLabel]
    columns: FileColumns
    hazards: tuple[tuple[str, Hazard], ...]
    authority: Authority | None
    treatment: FileTreatment


def treat(
    source: Path,
    treatment: FileTreatment,
    keys: KeyRing,
    authority: Authority | None,
    *,
    with_hazards: bool,
    threads: int = 1,
) -> TreatedFile:
    """Reads a file, and puts tokens and codes in place of its identifiers.

    Args:
        source: CSV or Parquet.
        treatment: What is done.
        keys: Ring from which each field's key is derived.
        authority: Who answers for a supplied file; not used for an invented one.
        with_hazards: Whether a treatment with hazards was asked for all the same.
        threads: Threads to hash with.

    Raises:
        SuppliedError: If the file cannot be used.
        TreatmentError: If the treatment does not fit it, or is a hazard nobody asked for.
        AuthorityError: If the file is supplied and there is no authority.
    """
    kind, table = read_table(source)
    if not table.height:
        rule = "holds no rows; a header alone has nobody to pseudonymise"
        raise SuppliedError([Problem(str(source), None, "", None, rule)])
    if labelled := labels_of(source, kind):
        rule = f"is pseudonymised already ({', '.join(labelled)}); give the file it was made from"
        raise SuppliedError([Problem(str(source), None, "", None, rule)])
    provenance = provenance_of(source, kind)
    table = table.drop(name for name in (_PROVENANCE,) if name in table.columns)
    hazards = tuple(
        (name, hazard)
        for name in treatment.made
        for hazard in hazards_of(name, treatment.identity[name])
    )
    _check(source, treatment, provenance, hazards, authority, with_hazards=with_hazards)
    columns = columns_of(source, table, treatment)
    dataset = _dataset(source, table, columns, treatment, provenance)
    try:
        treated, _ = pseudonymise(dataset, treatment.identity, keys, (), None, threads)
    except TooManyIds as too_many:
        raise TreatmentError([Problem(str(source), None, "", None, str(too_many))]) from None
    return TreatedFile(
        source,
        kind,
        provenance,
        _in_own_order(_put_back(source, table, columns, treated, treatment), treatment),
        treated.labels,
        columns,
        hazards,
        authority if provenance == "supplied" else None,
        treatment,
    )


def _check(
    source: Path,
    treatment: FileTreatment,
    provenance: Provenance,
    hazards: tuple[tuple[str, Hazard], ...],
    authority: Authority | None,
    *,
    with_hazards: bool,
) -> None:
    """Refuses what must not be done to a file, before any column of it is looked at."""
    problems: list[Problem] = []
    for name, each in treatment.identity.items():
        setting = f"identity.{name}.scheme"
        if each.is_blind and provenance == "supplied":
            rule = "is a simulation, and must not guard real data; take keyed-hash"
            problems.append(Problem(str(source), None, setting, '"blind"', rule))
        if each.scheme == "coded-shape" and name not in SHAPED:
            rule = f"has no shape of its own; those that have: {', '.join(SHAPED)}; take coded"
            problems.append(Problem(str(source), None, setting, '"coded-shape"', rule))
    if not with_hazards:
        for name, hazard in hazards:
            rule = f"is a hazard, {hazard.name} ({hazard.scheme}): {hazard.reason} "
            rule += f"[{hazard.source}]; take keyed-hash with 64 bits, or give --hazard"
            problems.append(Problem(str(source), None, f"identity.{name}", None, rule))
    if provenance == "supplied" and authority is None:
        missing: ProblemsError = no_authority(source)
        problems += missing.problems
        if len(problems) == len(missing.problems):
            raise missing
    if problems:
        raise TreatmentError(problems)


def _dataset(
    source: Path,
    table: pl.DataFrame,
    columns: FileColumns,
    treatment: FileTreatment,
    provenance: Provenance,
) -> Dataset:
    """Gives the file's fields as a dataset.

    Of a field of which nothing is made, only the name is there: ingest says whether it stays, and
    what stays is taken from the file as it stands. The name is the file's digest, so that nonces
    of codes are the same for the same file alone.
    """
    rows = pl.int_range(table.height, dtype=pl.UInt64, eager=True).alias(_NUMBERS)
    made = [rows]
    for name, column in columns.of_field.items():
        dtype = FIELDS[name].dtype
        if name in treatment.made:
            values = as_text(table[column])
            values = iso_dates(values).str.to_date("%Y-%m-%d") if dtype == pl.Date else values
        else:
            values = pl.repeat(None, table.height, dtype=dtype, eager=True)
        made.append(values.alias(name))
    per_row = any(each.scheme == "coded-per-row" for each in treatment.identity.values())
    called = digest_of(source) if per_row else source.name
    return Dataset(called, pl.DataFrame(made), {}, provenance)


def _put_back(
    source: Path,
    table: pl.DataFrame,
    columns: FileColumns,
    treated: Dataset,
    treatment: FileTreatment,
) -> pl.DataFrame:
    """Puts what was made in the place of the file's columns, and drops what does not stay."""
    field_of = {column: name for name, column in columns.of_field.items()}
    written = []
    for name in table.columns:
        known = field_of.get(name, "")
        if known in treated.labels:
            written.append(treated.frame[known])
        elif (
            known in treated.frame.columns
            or name in columns.kept
            or (name == treatment.id_column and treatment.ids == "own")
        ):
            written.append(table[name])
    names = [each.name for each in written]
    taken = {_NUMBERS} if treatment.ids == "numbered" else set()
    twice = sorted({name for name in names if names.count(name) > 1 or name in taken})
    if twice:
        rule = f"would be written twice: {', '.join(twice)}; drop or rename the file's column"
        raise TreatmentError([Problem(str(source), None, "", None, rule)])
    return pl.DataFrame(written)


def _in_own_order(table: pl.DataFrame, treatment: FileTreatment) -> pl.DataFrame:
    """Orders rows by ids of their own if they stay, else by all that is written; numbers them."""
    if treatment.ids == "own":
        others = [name for name in table.columns if name != treatment.id_column]
        return table.sort(treatment.id_column, *others)
    ordered = table.sort([*treatment.made, *(c for c in table.columns if c not in treatment.made)])
    if treatment.ids == "none":
        return ordered
    numbers = pl.int_range(1, table.height + 1, dtype=pl.UInt64, eager=True).alias(_NUMBERS)
    return ordered.insert_column(0, numbers)
