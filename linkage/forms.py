"""Forms: rules by which a plan says what a value is, and which values do not count.

They are the rules of `normalise.NORMALISATIONS`, by which tokens are made too, and those by which
NHS Digital's HESID calls a value invalid ("Replacement of the HES Patient ID (HESID)").
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import polars as pl

from linkage import normalise
from linkage.parts import dates

if TYPE_CHECKING:
    from collections.abc import Mapping

_FIRST_BIRTH: Final = pl.date(1895, 1, 1)
_ALL_SAME: Final = tuple(digit * 10 for digit in "0123456789")
_POSTCODE: Final = "^[A-Z]{1,2}[0-9][A-Z0-9]?[0-9][A-Z]{2}$"


def iso_date(values: pl.Series) -> pl.Series:
    """Give a date as ISO 8601 text; null for anything else."""
    return dates(values).cast(pl.String)


def hes_nhs_number(values: pl.Series) -> pl.Series:
    """Give ten digits; null unless the check digit is right and they are not all the same."""
    valid = normalise.nhs_number(values)
    return _where(~valid.is_in(_ALL_SAME), valid)


def hes_date_of_birth(values: pl.Series) -> pl.Series:
    """Give a date as ISO 8601 text; null for anything else, and before 1895."""
    found = dates(values)
    return _where(pl.select(found >= _FIRST_BIRTH).to_series(), found.cast(pl.String))


def hes_postcode(values: pl.Series) -> pl.Series:
    """Give a whole postcode without blanks; null for another pattern, and for ZZ (no address)."""
    found = normalise.postcode(values)
    return _where(found.str.contains(_POSTCODE) & ~found.str.starts_with("ZZ"), found)


def _where(is_right: pl.Series, values: pl.Series) -> pl.Series:
    """Give the values where something is true of them, else null."""
    return values.set(~is_right.fill_null(value=False), None)


FORMS: Final[Mapping[str, normalise.Function]] = MappingProxyType(
    {
        **{rule.name: rule.function for rule in normalise.NORMALISATIONS.values()},
        normalise.AS_WRITTEN.name: normalise.as_written,
        "iso-date": iso_date,
        "hes-nhs-number": hes_nhs_number,
        "hes-date-of-birth": hes_date_of_birth,
        "hes-postcode": hes_postcode,
    }
)
"""By name: each takes text, and gives text or null, as long as what it takes."""


def in_form(values: pl.Series, form: str) -> pl.Series:
    """Bring the values of a column to a form.

    Args:
        values: String.
        form: A name of `FORMS`; empty for the values as they are.

    Returns:
        String: never empty text, null where a value is missing or breaks the rule.
    """
    return (FORMS[form](values) if form else values).replace("", None)
