"""A file before its treatment: read, and refused with everything wrong with the two at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from linkage.pseudonyms.hazards import hazards_of, hazards_of_match_keys
from linkage.pseudonyms.shaped import SHAPED
from scenarios.authority import no_authority
from scenarios.file_labels import labels_of, provenance_of
from scenarios.linking_files import read_table
from scenarios.problems import NOTHING, Finding, Problem, SuppliedError
from scenarios.treating_columns import columns_of
from scenarios.treatment import TreatmentError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    import polars as pl

    from linkage.pseudonyms.hazards import Hazard
    from scenarios.treating_columns import FileColumns
    from scenarios.treatment import FileTreatment
    from simulator.schema import Provenance

PROVENANCE: Final = "provenance"

# Hazard -> the setting that makes it one, what to do instead; of any other it is the scheme.
_SAFE: Final = {
    "short-token": ("bits", "take 64"),
    "frequency-in-clear": ("frequencies", "leave it out"),
}


@dataclass(frozen=True)
class UntreatedFile:
    """A file as it is.

    Attributes:
        source: Where it was read.
        kind: `CSV` or `Parquet`.
        provenance: Whether it says that everybody in it is invented.
        table: Its columns, without that of provenance.
    """

    source: Path
    kind: str
    provenance: Provenance
    table: pl.DataFrame = field(repr=False)


@dataclass(frozen=True)
class Fit:
    """A treatment that fits a file.

    Attributes:
        columns: What each column of the file was found to be.
        hazards: Hazards of the treatment, each with its table, such as `identity.nhs_number`.
    """

    columns: FileColumns
    hazards: tuple[tuple[str, Hazard], ...]


def read_untreated(source: Path) -> UntreatedFile:
    """Reads a file that is to be pseudonymised.

    Raises:
        SuppliedError: If it cannot be used, holds no rows, or is pseudonymised already.
    """
    kind, table = read_table(source)
    if not table.height:
        rule = "holds no rows; a header alone has nobody to pseudonymise"
        raise SuppliedError([Problem(str(source), None, "", None, rule)])
    if labelled := labels_of(source, kind):
        rule = f"is pseudonymised already ({', '.join(labelled)}); give the file it was made from"
        raise SuppliedError([Problem(str(source), None, "", None, rule)])
    rest = table.drop(name for name in (PROVENANCE,) if name in table.columns)
    return UntreatedFile(source, kind, provenance_of(source, kind), rest)


def fit(
    file: UntreatedFile,
    treatment: FileTreatment,
    placed: Callable[[Iterable[Finding]], Iterable[Problem]],
    *,
    is_answered: bool,
    with_hazards: bool,
) -> Fit:
    """Finds what a treatment means in a file, and refuses what must not be done to it.

    Args:
        file: The file.
        treatment: What is to be done.
        placed: Says where in the treatment's file findings stand.
        is_answered: Whether an authority was given, right or wrong.
        with_hazards: Whether a treatment with hazards was asked for all the same.

    Raises:
        TreatmentError: If it does not fit, is a hazard nobody asked for, or nobody answers for
            records of real people; holds every problem.
    """
    hazards = tuple(_hazards(treatment))
    found = list(_unfit(file, treatment))
    if not with_hazards:
        found += [_refused(*each) for each in hazards]
    problems = list(placed(found)) if found else []
    if file.provenance == "supplied" and not is_answered:
        problems += no_authority(file.source).problems
    columns: FileColumns | None = None
    try:
        columns = columns_of(file.source, file.table, treatment)
    except TreatmentError as error:
        problems += error.problems
    if columns is None or problems:
        raise TreatmentError(problems)
    return Fit(columns, hazards)


def _hazards(treatment: FileTreatment) -> Iterator[tuple[str, Hazard]]:
    for name in treatment.made:
        for hazard in hazards_of(name, treatment.identity[name]):
            yield f"identity.{name}", hazard
    for name, made in treatment.match_keys.items():
        for hazard in hazards_of_match_keys(made, with_frequencies=made.frequencies):
            yield f"match_keys.{name}", hazard


def _unfit(file: UntreatedFile, treatment: FileTreatment) -> Iterator[Finding]:
    """Yields schemes that are not for this file, or not for their field."""
    for name, each in treatment.identity.items():
        path = ("identity", name, "scheme")
        if each.is_blind and file.provenance == "supplied":
            rule = "is a simulation, and must not guard real data; take keyed-hash"
            yield Finding(path, each.scheme, rule)
        if each.scheme == "coded-shape" and name not in SHAPED:
            rule = f"has no shape of its own; those that have: {', '.join(SHAPED)}; take coded"
            yield Finding(path, each.scheme, rule)


def _refused(table: str, hazard: Hazard) -> Finding:
    """Says what a hazard is, at the setting that makes it one, and what to do instead."""
    top, _, name = table.partition(".")
    setting, instead = _SAFE.get(hazard.name, ("scheme", "take keyed-hash"))
    rule = f"is a hazard, {hazard.name} ({hazard.scheme}): {hazard.reason} [{hazard.source}]"
    return Finding((top, name, setting), NOTHING, f"{rule}; {instead}, or give --hazard")
