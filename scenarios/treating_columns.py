"""Columns of a file under a treatment: which field each is, which stay and which are dropped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from linkage.recognise import SAMPLE, recognise
from linkage.roles import plain, role_by_name
from scenarios.linking_files import as_text
from scenarios.problems import Problem, nearest
from scenarios.treatment import TREATABLE, TreatmentError
from simulator.schema import FIELDS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import polars as pl

    from scenarios.treatment import FileTreatment

_BY_PLAIN_NAME: Final = {plain(field): field for field in TREATABLE}
_BY_CONTENT: Final = ("nhs_number", "postcode")
"""Fields that content alone tells; any column of dates looks like one of birth."""

_OF_A_PERSON: Final = (
    "national_id", "full_name", "middle_name", "email", "phone", "house_number", "address_2",
    "a_name",
)  # fmt: skip
"""Roles that name a person or a home, and are no field of the vocabulary."""


@dataclass(frozen=True)
class FileColumns:
    """What each column of a file is.

    Attributes:
        of_field: Column by field, for each field that a column was found for.
        kept: Other columns that stay, in order of the file.
        naming: Those of `kept` that look as if they named a person, with what they look like.
    """

    of_field: Mapping[str, str]
    kept: tuple[str, ...]
    naming: Mapping[str, str]


def columns_of(path: Path, table: pl.DataFrame, treatment: FileTreatment) -> FileColumns:
    """Finds the column of each field, as the treatment names it or as `link` recognises columns.

    A field without a column is missing only where something is made of it. A field that several
    columns may be is refused if it matters which one is meant.

    Raises:
        TreatmentError: If columns are not there, or do not fit; holds every problem.
    """
    problems = _absent(path, table, treatment)
    taken = {treatment.id_column, *treatment.keep, *treatment.drop, *treatment.columns.values()}
    free = table.select(name for name in table.columns if name not in taken)
    named, looks = _named(free.columns), _looks(table)
    of_field = dict(treatment.columns)
    for field in TREATABLE:
        if field in of_field:
            continue
        found = named.get(field, [])
        matters = field in (*treatment.identity, *treatment.hashed)
        if not found and matters and field in _BY_CONTENT:
            found = [name for name in free.columns if looks.get(name) == field]
        if len(found) == 1:
            of_field[field] = found[0]
        elif found and (matters or FIELDS[field].role == "attribute"):
            rule = f"columns {', '.join(found)} may all be {field}; name one in [columns]"
            problems.append(_problem(path, f"{rule}, and the rest in `drop`"))
        elif not found and field in treatment.read:
            rule = f"no column is recognised as {field}; name it in [columns]; columns: "
            problems.append(_problem(path, rule + ", ".join(table.columns)))
    problems += _hidden_identifiers(path, treatment, looks)
    if problems:
        raise TreatmentError(problems)
    naming = {
        name: role
        for name in treatment.keep
        if (role := role_by_name(name) or looks.get(name)) in _OF_A_PERSON
    }
    kept = tuple(name for name in table.columns if name in treatment.keep)
    return FileColumns(of_field, kept, naming)


def _named(names: list[str]) -> dict[str, list[str]]:
    """Gives the columns whose name says a field, by field."""
    found: dict[str, list[str]] = {}
    for name in names:
        if field := field_by_name(name):
            found.setdefault(field, []).append(name)
    return found


def field_by_name(name: str) -> str | None:
    """Tells the field that a column's name says, such as `NHS No`; null if it says none."""
    role = role_by_name(name)
    return _BY_PLAIN_NAME.get(plain(name)) or (role if role in TREATABLE else None)


def _looks(table: pl.DataFrame) -> dict[str, str]:
    """Gives what columns look like by their content, where their name says nothing."""
    sample = table.gather_every(max(1, table.height // SAMPLE))
    unnamed = [name for name in table.columns if role_by_name(name) is None]
    text = sample.select(as_text(sample[name]) for name in unnamed)
    return {each.name: each.role for each in recognise(text)}


def _absent(path: Path, table: pl.DataFrame, treatment: FileTreatment) -> list[Problem]:
    """Names the columns that the treatment names and the file does not have."""
    named = [("id_column", treatment.id_column)] if treatment.id_column else []
    named += [(f"columns.{field}", name) for field, name in treatment.columns.items()]
    named += [("keep", name) for name in treatment.keep]
    named += [("drop", name) for name in treatment.drop]
    return [
        _problem(
            path,
            f"has no column {name}, which `{setting}` names; columns: {', '.join(table.columns)}",
            nearest(name, table.columns),
        )
        for setting, name in named
        if name not in table.columns
    ]


def _hidden_identifiers(
    path: Path, treatment: FileTreatment, looks: Mapping[str, str]
) -> list[Problem]:
    """Refuses to keep a column that is an identifier: to leave it in the clear is said of it."""
    problems = []
    stay = [(name, "keep") for name in treatment.keep]
    stay += [(treatment.id_column, "id_column")] if treatment.ids == "own" else []
    for name, setting in stay:
        field = field_by_name(name) or looks.get(name)
        if field in TREATABLE and FIELDS[field].role == "identifier":
            rule = f"column {name}, named in `{setting}`, is taken for {field}, an identifier; to "
            rule += f'leave it as it is, write [identity.{field}] with scheme = "clear", and '
            problems.append(_problem(path, f'{rule}{field} = "{name}" under [columns]'))
    return problems


def _problem(path: Path, rule: str, suggestion: str | None = None) -> Problem:
    return Problem(str(path), None, "", None, rule, suggestion)
