"""Soundex, the code of how an English name sounds, compiled.

A letter and three digits: `Robert` and `Rupert` are R163. American Soundex, as the United States
National Archives describe it ("The Soundex Indexing System"): letters of one digit side by side
count once, also with H or W between them; a vowel between them makes them two.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numba import njit

from linkage.dictionary import MISSING, symbols_of

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

_VOWEL: Final = 0
_PASSED_OVER: Final = 7
#                               ABCDEFGHIJKLMNOPQRSTUVWXYZ
_DIGITS: Final = np.array(list("01230127022455012623017202"), dtype=np.uint8)
_A: Final = ord("A")
_FIRST_DIGIT: Final = 100


def soundex(letters: pl.Series) -> NDArray[np.int32]:
    """Give the Soundex code of each name.

    Args:
        letters: String: letters A to Z only; null where there are none.

    Returns:
        int32: the code as a number, 1000 times the letter (A is 0) and its three digits; -1 for no
        letters.
    """
    buffer, offsets = symbols_of(letters.fill_null(""))
    codes = np.empty(len(letters), dtype=np.int32)
    _soundex(buffer.astype(np.uint8, copy=False), offsets, _DIGITS, codes)
    return codes


@njit(cache=True, nogil=True)
def _soundex(
    buffer: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    digits: NDArray[np.uint8],
    codes: NDArray[np.int32],
) -> None:
    """Fill in the code of each value."""
    for i in range(len(codes)):
        value = buffer[offsets[i] : offsets[i + 1]]
        if len(value) == 0:
            codes[i] = MISSING
            continue
        code = 1000 * (value[0] - _A)
        before = digits[value[0] - _A]
        place = _FIRST_DIGIT
        for symbol in value[1:]:
            digit = digits[symbol - _A]
            if digit == _PASSED_OVER:
                continue
            if digit > _VOWEL and digit != before:
                code += place * digit
                place //= 10
            before = digit
            if place == 0:
                break
        codes[i] = code
