"""The data dictionary of agencies: every field that they record, and what goes wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from simulator.errors import ERROR_TYPES
from simulator.schema import FIELDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from simulator.settings import Share
    from simulator.specs import AgencySpec

COLUMNS = ("agency", "title", "field", "type", "role", "meaning", "recorded_wrongly")


def dictionary(agencies: Mapping[str, AgencySpec]) -> pl.DataFrame:
    """Lists every field of every agency.

    Returns:
        COLUMNS (String): agency and title; field with its type, role and meaning; and each
        recording error on it with its rate and where that comes from.
    """
    rows = [
        _row(name, agency, field)
        for name, agency in agencies.items()
        for field in ("record_id", *agency.fields)
    ]
    return pl.DataFrame(rows, schema=dict.fromkeys(COLUMNS, pl.String()))


def _row(name: str, agency: AgencySpec, field: str) -> dict[str, str]:
    entry = FIELDS[field]
    wrong = [
        f"{error}, {ERROR_TYPES[error].does}: {_rate(rate)}"
        for error, rate in agency.errors.items()
        if field in ERROR_TYPES[error].fields
    ]
    values = (name, agency.title, field, str(entry.dtype), entry.role, entry.meaning)
    return dict(zip(COLUMNS, (*values, "; ".join(wrong)), strict=True))


def _rate(rate: Share) -> str:
    source = f": {rate.source.removeprefix(f'{rate.evidence}: ')}" if rate.source else ""
    return f"{rate.value:.4%} ({rate.evidence}{source})"
