"""Numbers: NHS numbers of other people, and with wrong digits.

A number that is wrong by its digits keeps its first digit, 9, or fails its check digit: a valid one
from another block could be a real person's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from simulator import randomness

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.draft import Draft

DIGIT_WRONG = 0.1
"""Chance that each digit is wrong in a number misread as a whole; as in pseudopeople 1.3.1."""

_DIGITS = 10


def of_mate(draft: Draft, _error: str, at: NDArray[np.int64]) -> pl.Series:
    """Writes a household member's number."""
    return _number_of(draft, draft.sources.mate[draft.person[at]])


def of_twin(draft: Draft, _error: str, at: NDArray[np.int64]) -> pl.Series:
    """Writes the twin's number; the person's own where there is none."""
    person = draft.person[at]
    twin = draft.sources.twin[person]
    return _number_of(draft, np.where(twin >= 0, twin, person))


def of_somebody(draft: Draft, error: str, at: NDArray[np.int64]) -> pl.Series:
    """Writes anybody's number."""
    return _number_of(draft, draft.chosen(error, at, draft.sources.people.height))


def _number_of(draft: Draft, person: NDArray[np.int64]) -> pl.Series:
    return draft.sources.people["nhs_number"].gather(person).cast(pl.String)


def wrong_digit(draft: Draft, error: str, at: NDArray[np.int64]) -> pl.Series:
    """Writes another digit in one place."""
    written = draft.columns["nhs_number"].gather(at).cast(pl.Int64)
    number = written.fill_null(0).to_numpy()
    place = 10 ** draft.chosen(f"{error}: place", at, _DIGITS)
    digit = number // place % 10
    wrong = (digit + 1 + draft.chosen(f"{error}: digit", at, 9)) % 10
    changed = pl.Series(number + (wrong - digit) * place).cast(pl.String).str.zfill(_DIGITS)
    return pl.select(pl.when(written.is_null()).then(None).otherwise(changed)).to_series()


def wrong_digits(draft: Draft, error: str, at: NDArray[np.int64]) -> pl.Series:
    """Writes another digit in each place after the first, each with the same small chance."""
    text = draft.columns["nhs_number"].gather(at)
    # Numbers that a slip made longer or shorter, or took out of the block, are left alone.
    whole = text.str.contains("^9[0-9]{9}$")
    number = pl.select(pl.when(whole).then(text)).to_series().cast(pl.Int64).fill_null(0).to_numpy()
    ids = draft.record_id[at]
    wrong = number.copy()
    for place in range(_DIGITS - 1):
        label = f"{draft.agency}: {error}: digit {place}"
        hit = randomness.happens(draft.seed, label, ids, DIGIT_WRONG)
        step = 1 + randomness.whole(draft.seed, label, ids, 9, draw=1)
        digit = number // 10**place % 10
        wrong += np.where(hit, (digit + step) % 10 - digit, 0) * 10**place
    changed = pl.Series(wrong).cast(pl.String)
    return pl.select(pl.when(whole).then(changed).otherwise(text)).to_series()
