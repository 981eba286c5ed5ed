"""Pseudonymising a file, the main path: treat what was read and checked, put it back in place.

The rules are those of `linkage.ingest` and `linkage.match_key_set`: the file becomes a `Dataset`,
and what they make of it takes the place of its columns. Rows leave in the order of what is written,
since that of the file, say by surname, would tell.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import polars as pl

from linkage.date_forms import iso_dates
from linkage.ingest import pseudonymise
from linkage.match_key_set import make_match_keys
from linkage.pseudonyms.blind_parties import TooManyIds
from linkage.pseudonyms.crate import Crate
from scenarios.file_labels import digest_of, frequency_of
from scenarios.linking_files import as_text
from scenarios.problems import Problem
from scenarios.treatment import TreatmentError
from simulator.schema import FIELDS, Dataset

if TYPE_CHECKING:
    from collections.abc import Mapping

    from linkage.keys import KeyRing
    from scenarios.authority import Authority
    from scenarios.treating_checks import Fit, UntreatedFile
    from scenarios.treating_columns import FileColumns
    from scenarios.treatment import FileTreatment
    from simulator.schema import TokenLabel

_NUMBERS: Final = "record_id"


@dataclass(frozen=True)
class TreatedFile:
    """A file after its treatment.

    Attributes:
        file: The file as it was.
        fit: What its columns were found to be, and the hazards of the treatment.
        table: What is written, but for its provenance: ids if asked for, tokens and match-keys
            (UInt64), codes (Binary, or String of an identifier's own shape), frequencies if asked
            for (Float64) and the columns that stay.
        labels: How tokens, match-keys and codes were made, by column.
        authority: Who answers for it; null where everybody is invented.
        treatment: What was done.
    """

    file: UntreatedFile
    fit: Fit
    table: pl.DataFrame = field(repr=False)
    labels: Mapping[str, TokenLabel]
    authority: Authority | None
    treatment: FileTreatment

    @property
    def as_in_the_file(self) -> tuple[str, ...]:
        """Columns of the table that were not made."""
        made = {*self.labels, *map(frequency_of, self.labels)}
        return tuple(name for name in self.table.columns if name not in made)


def treat(
    file: UntreatedFile,
    fit: Fit,
    treatment: FileTreatment,
    keys: KeyRing,
    authority: Authority | None,
    threads: int = 1,
) -> TreatedFile:
    """Puts tokens, codes and match-keys in place of a file's identifiers.

    Args:
        file: The file.
        fit: How the treatment fits it.
        treatment: What is done.
        keys: Ring from which each field's key is derived.
        authority: Who answers for a supplied file; not used for an invented one.
        threads: Threads to hash with.

    Raises:
        TreatmentError: If columns of one name would be written, or a simulated scheme is asked for
            more than it can do.
    """
    dataset = _dataset(file, fit.columns, treatment)
    try:
        treated, _ = pseudonymise(dataset, treatment.identity, keys, (), None, threads)
    except TooManyIds as too_many:
        raise _refused(file, str(too_many)) from None
    hashed, labels = _match_keys(dataset, treatment, keys, threads)
    columns = [*_put_back(file, fit.columns, treated, treatment), *hashed]
    _check_names(file, [each.name for each in columns], treatment)
    table = _in_own_order(pl.DataFrame(columns), treatment)
    answers = authority if file.provenance == "supplied" else None
    return TreatedFile(file, fit, table, {**treated.labels, **labels}, answers, treatment)


def _dataset(file: UntreatedFile, columns: FileColumns, treatment: FileTreatment) -> Dataset:
    """Gives the file's fields as a dataset.

    Of a field of which nothing is made, only the name is there: ingest says whether it stays, and
    what stays is taken from the file as it stands. The name is the file's digest, so that nonces
    of codes are the same for the same file alone.
    """
    rows = pl.int_range(file.table.height, dtype=pl.UInt64, eager=True).alias(_NUMBERS)
    made = [rows]
    for name, column in columns.of_field.items():
        dtype = FIELDS[name].dtype
        if name in treatment.read:
            values = as_text(file.table[column])
            values = iso_dates(values).str.to_date("%Y-%m-%d") if dtype == pl.Date else values
        else:
            values = pl.repeat(None, file.table.height, dtype=dtype, eager=True)
        made.append(values.alias(name))
    per_row = any(each.scheme == "coded-per-row" for each in treatment.identity.values())
    called = digest_of(file.source) if per_row else file.source.name
    return Dataset(called, pl.DataFrame(made), {}, file.provenance)


def _match_keys(
    dataset: Dataset, treatment: FileTreatment, keys: KeyRing, threads: int
) -> tuple[list[pl.Series], dict[str, TokenLabel]]:
    """Makes the hashed columns of each set, each with its frequencies where these are asked for."""
    columns: list[pl.Series] = []
    labels: dict[str, TokenLabel] = {}
    for each in treatment.match_keys.values():
        made = make_match_keys(dataset, each, keys, threads)
        columns += [made.frame[name] for name in made.labels]
        if each.frequencies:
            shares = Crate().frequencies(made)
            columns += [shares[name].alias(frequency_of(name)) for name in made.labels]
        labels |= made.labels
    return columns, labels


def _put_back(
    file: UntreatedFile, columns: FileColumns, treated: Dataset, treatment: FileTreatment
) -> list[pl.Series]:
    """Puts what was made in the place of the file's columns, and drops what does not stay."""
    field_of = {column: name for name, column in columns.of_field.items()}
    written = []
    for name in file.table.columns:
        known = field_of.get(name, "")
        if known in treated.labels:
            written.append(treated.frame[known])
        elif (
            known in treated.frame.columns
            or name in columns.kept
            or (name == treatment.id_column and treatment.ids == "own")
        ):
            written.append(file.table[name])
    return written


def _check_names(file: UntreatedFile, names: list[str], treatment: FileTreatment) -> None:
    """Refuses columns of one name, such as one that is kept and one that is made."""
    taken = {_NUMBERS} if treatment.ids == "numbered" else set()
    twice = sorted({name for name in names if names.count(name) > 1 or name in taken})
    if twice:
        rule = f"would be written twice: {', '.join(twice)}; drop or rename the file's column"
        raise _refused(file, rule)


def _refused(file: UntreatedFile, rule: str) -> TreatmentError:
    return TreatmentError([Problem(str(file.source), None, "", None, rule)])


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
