"""Forms of dates: columns of text in common British and ISO forms, brought to ISO 8601 text.

Day comes before month. A form is taken as it is written: a value that is no date in it (a 13th
month, 30 February, a year of two digits) becomes missing, and is counted by whoever asks.
"""

from __future__ import annotations

from typing import Final

import polars as pl

# Reads as a table: what is written, as a pattern with year, month and day in that order of groups.
_FORMS: Final = (
    (r"^(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})$", "%Y-%m-%d"),
    (r"^(?P<y>\d{4})/(?P<m>\d{1,2})/(?P<d>\d{1,2})$", "%Y/%m/%d"),
    (r"^\d{8}$", "%Y%m%d"),
    (r"^\d{1,2}/\d{1,2}/\d{4}$", "%d/%m/%Y"),
    (r"^\d{1,2}-\d{1,2}-\d{4}$", "%d-%m-%Y"),
    (r"^\d{1,2}\.\d{1,2}\.\d{4}$", "%d.%m.%Y"),
    (r"^\d{1,2}[ -][A-Za-z]{3}[ -]\d{4}$", "%d-%b-%Y"),
    (r"^\d{1,2}[ -][A-Za-z]{4,9}[ -]\d{4}$", "%d-%B-%Y"),
)
_CLOCK: Final = r"[T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?$"
_EARLIEST, _LATEST = 1850, 2100  # years; what lies outside is no date of a person's life


def iso_dates(values: pl.Series) -> pl.Series:
    """Give dates as ISO 8601 text.

    Args:
        values: String: dates as somebody wrote them, with or without a time of day.

    Returns:
        String, as long and of the same name: such as `1948-07-05`; null where a value is missing or
        is no date from 1850 to 2100 in a form that is known.
    """
    distinct = values.drop_nulls().unique()
    return values.replace_strict(
        distinct, _read(distinct), default=None, return_dtype=pl.String
    ).alias(values.name)


def date_share(values: pl.Series) -> float:
    """Give the share of the values that are dates, out of those that are not missing.

    Args:
        values: String.

    Returns:
        0 to 1; 0 where all are missing.
    """
    present = values.drop_nulls()
    if present.is_empty():
        return 0.0
    return 1.0 - iso_dates(present).null_count() / len(present)


def _read(distinct: pl.Series) -> pl.Series:
    plain = distinct.str.strip_chars().str.replace(_CLOCK, "")
    dashed = plain.str.replace_all(" ", "-")
    found = pl.Series([None] * len(distinct), dtype=pl.Date)
    for pattern, form in _FORMS:
        text = dashed if "%b" in form.lower() else plain
        fits = plain.str.contains(pattern).fill_null(value=False)
        read = text.zip_with(fits, pl.Series([None] * len(text), dtype=pl.String))
        found = found.zip_with(found.is_not_null(), read.str.to_date(form, strict=False))
    is_life = found.dt.year().is_between(_EARLIEST, _LATEST).fill_null(value=False)
    return found.zip_with(is_life, pl.Series([None] * len(found), dtype=pl.Date)).cast(pl.String)
