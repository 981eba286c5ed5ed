"""Characters: one letter or digit of a number written as another.

Characters by which a number is known not to be a real one are never changed (Official.kept): a
wrong number stays in the block that is not issued.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from simulator.errors import ERRORS
from simulator.issuing import OFFICIAL

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.draft import Draft

_ZERO, _NINE, _A, _Z = (ord(each) for each in "09AZ")


def wrong_character(draft: Draft, error: str, at: NDArray[np.int64]) -> pl.Series:
    """Writes another digit for a digit, or another letter for a letter, in one place.

    A stroke or blank is left alone: where the lot falls on it, the number stays as it is.
    """
    name = ERRORS[error]
    text = draft.columns[name].gather(at)
    width = int(text.str.len_chars().max() or 0)  # type: ignore[arg-type]
    kept = OFFICIAL[name].kept if name in OFFICIAL else 0
    if width <= kept:
        return text
    codes = text.fill_null("").to_numpy().astype(f"U{width}").view(np.uint32)
    codes = codes.reshape(len(at), width).copy()
    place = kept + draft.chosen(f"{error}: place", at, width - kept)
    row = np.arange(len(at))
    right = codes[row, place].astype(np.int64)
    wrong = right
    for low, high in ((_ZERO, _NINE), (_A, _Z)):
        step = 1 + draft.chosen(f"{error}: from {chr(low)}", at, high - low)
        other = low + (right - low + step) % (high - low + 1)
        wrong = np.where((right >= low) & (right <= high), other, wrong)
    codes[row, place] = wrong
    written = pl.Series(codes.view(f"U{width}").reshape(len(at)), dtype=pl.String)
    return written.zip_with(text.is_not_null(), text)
