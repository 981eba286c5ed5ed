"""Blanks: cells left empty, or filled with text that stands for nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from simulator.errors import ERRORS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.draft import Draft

_PLACEHOLDERS = {
    "first_name": np.array(["UNKNOWN", "BABY", "N/A", "XX"]),
    "surname": np.array(["UNKNOWN", "N/A", "XX"]),
    "postcode": np.array(["UNKNOWN", "N/A", "XX"]),
}


def blank(draft: Draft, error: str, at: NDArray[np.int64]) -> pl.Series:
    """Leaves cells empty."""
    column = draft.columns[ERRORS[error]]
    return pl.Series([None], dtype=column.dtype).new_from_index(0, len(at))


def placeholder(draft: Draft, error: str, at: NDArray[np.int64]) -> pl.Series:
    """Writes text that stands for nothing."""
    texts = _PLACEHOLDERS[ERRORS[error]]
    return pl.Series(texts[draft.chosen(error, at, len(texts))], dtype=pl.String)


def constant(value: str) -> pl.Series:
    """Returns one text as a column of one."""
    return pl.Series([value], dtype=pl.String)


def baby(_draft: Draft, _error: str, at: NDArray[np.int64]) -> pl.Series:
    """Writes Baby for a first name that is not there yet."""
    return constant("Baby").new_from_index(0, len(at))


def no_fixed_abode(_draft: Draft, _error: str, at: NDArray[np.int64]) -> pl.Series:
    """Writes the postcode of those without a home."""
    return constant("ZZ99 3VZ").new_from_index(0, len(at))


def sex_unknown(_draft: Draft, _error: str, at: NDArray[np.int64]) -> pl.Series:
    """Writes U for unknown."""
    return constant("U").new_from_index(0, len(at))


def other_sex(draft: Draft, error: str, at: NDArray[np.int64]) -> pl.Series:
    """Writes the other sex."""
    return draft.columns[ERRORS[error]].gather(at).replace({"F": "M", "M": "F"})
