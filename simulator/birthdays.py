"""Birthdays: who is of an age on a day."""

from __future__ import annotations

from calendar import isleap
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray


def born_by(born: pl.Series, day: date, years: int) -> NDArray[np.bool_]:
    """Says who is of an age or older on a day, bool, shape (people,).

    Whoever was born on 29 February is a year older on 1 March where the year has no such day.

    Args:
        born: Dates of birth (Date); whoever has none is of no age above 0.
        day: The day.
        years: The age in years; everybody is of age 0, even who is born later.
    """
    if years == 0:
        return np.ones(len(born), dtype=np.bool_)
    year = day.year - years
    is_missing = (day.month, day.day) == (2, 29) and not isleap(year)
    latest = date(year, day.month, 28 if is_missing else day.day)
    return (born <= latest).fill_null(value=False).to_numpy()
