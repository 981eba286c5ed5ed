"""Recognising columns: what a column of text says about a person, by its name and its content."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from linkage.date_forms import date_share
from linkage.normalise import nhs_number
from linkage.roles import ROLES, is_record_id, role_by_name

if TYPE_CHECKING:
    import polars as pl

    from linkage.parts import Kind

SAMPLE: Final = 20_000
"""Records whose values are looked at; evenly spread over the file, so that no chance enters."""

_MOST: Final = 0.8  # share of values that must look like it before content alone says a role
_HALF: Final = 0.5  # share that must look like it where the name says so too
_UK_POSTCODE: Final = r"^[A-Za-z]{1,2}[0-9][A-Za-z0-9]? ?[0-9][A-Za-z]{2}$"
_EMAIL: Final = r"^[^@\s]+@[^@\s]+\.[^@\s]+$"
_NAME: Final = r"^[\p{L}][\p{L}'\u2019. -]*$"
_NHS: Final = r"^[0-9]{3}[ -]?[0-9]{3}[ -]?[0-9]{4}$"
_SEXES: Final = frozenset(
    ("m", "f", "male", "female", "man", "woman", "u", "unknown", "x", "other")
)
_DISTINCT_NAMES: Final = 20  # fewer distinct values are categories, not names
_LONGEST_NAME: Final = 25  # letters, on average
_RECORD_ID: Final = 0.95  # share of distinct values from which an unnamed column numbers records


@dataclass(frozen=True)
class Column:
    """What is seen of a column.

    Attributes:
        name: Its name.
        role: A name of ROLES; `record_id` for a number of the record; `empty` if all is missing,
            `constant` if all values are one.
        kind: How it would be compared.
        missing: Share of records without a value.
        values: String: the distinct values of the sample, in order; never shown or written.
    """

    name: str
    role: str
    kind: Kind
    missing: float
    values: frozenset[str]


def recognise(frame: pl.DataFrame) -> tuple[Column, ...]:
    """Tell what each column of a file says about a person.

    Args:
        frame: Records, every column String, null where a value is missing.

    Returns:
        The columns, in order.
    """
    sample = frame.gather_every(max(1, frame.height // SAMPLE))
    return tuple(_recognised(sample[name], frame[name]) for name in frame.columns)


def _recognised(sample: pl.Series, whole: pl.Series) -> Column:
    values = sample.drop_nulls()
    missing = whole.null_count() / max(len(whole), 1)
    distinct = frozenset(values.str.to_lowercase().unique())
    role = _role(sample.name, values, len(distinct))
    if whole.null_count() == len(whole):
        role = "empty"
    elif len(distinct) == 1 and len(whole) > 1 and whole.drop_nulls().n_unique() == 1:
        role = "constant"
    described = ROLES.get(role, ROLES["other"])
    return Column(sample.name, role, _kind(role, described.kind, values), missing, distinct)


def _role(name: str, values: pl.Series, distinct: int) -> str:
    by_name = role_by_name(name)
    if by_name is not None:
        return by_name
    by_content = _by_content(values, distinct)
    if is_record_id(name) and by_content in ("other", "record_id", "number"):
        return "record_id"
    return by_content


def _by_content(values: pl.Series, distinct: int) -> str:
    """Tell a role from values alone; `other` if they could be anything."""
    if values.is_empty():
        return "other"
    share_distinct = distinct / len(values)
    role = "other"
    if _share(values, _NHS) > _MOST and _valid_nhs(values) > _MOST:
        role = "nhs_number"
    elif _share(values, _UK_POSTCODE) > _MOST:
        role = "postcode"
    elif _share(values, _EMAIL) > _MOST:
        role = "email"
    elif date_share(values) > _MOST:
        role = "date_of_birth" if distinct > _DISTINCT_NAMES else "other"
    elif distinct > 1 and set(values.str.to_lowercase().unique()) <= _SEXES:
        role = "sex"
    elif share_distinct > _RECORD_ID and _share(values, r"[0-9]") > _MOST:
        role = "record_id"
    elif _looks_like_names(values, distinct):
        role = "a_name"
    return role


def _looks_like_names(values: pl.Series, distinct: int) -> bool:
    length = values.str.len_chars().mean()
    return (
        min(len(values), _DISTINCT_NAMES) <= distinct
        and _share(values, _NAME) > _MOST
        and isinstance(length, float)
        and length < _LONGEST_NAME
    )


def _kind(role: str, kind: Kind, values: pl.Series) -> Kind:
    """Give the kind of a role, unless the values do not have its form."""
    if kind == "date" and date_share(values) < _HALF:
        return "text"
    if kind == "postcode" and _share(values, _UK_POSTCODE) < _HALF:
        return "text"
    if role == "sex" and values.n_unique() > _DISTINCT_NAMES:
        return "text"
    return kind


def _share(values: pl.Series, pattern: str) -> float:
    found = values.str.contains(pattern).mean()
    return found if isinstance(found, float) else 0.0


def _valid_nhs(values: pl.Series) -> float:
    return 1.0 - nhs_number(values).null_count() / len(values)
