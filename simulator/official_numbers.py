"""Official numbers other than the NHS number: right shapes, all from blocks that are never issued.

| number | shape | block | why nobody has one |
|---|---|---|---|
| NINO | two letters, six digits, A to D | first letter Q | HMRC uses no Q in prefixes (NIM39110) |
| UPN | check letter, authority, school, year, serial | authority 099 | codes begin at 201 |
| PNC id | year, seven digits, check letter | 2090 to 2099, serials from 9,000,000 | years to come |
| prison number | letter, four digits, two letters | X, Y, Z | NOMIS counts from A0001AA: assumed |
| MPAN | distributor, ten digits, check digit | distributor 99 | not among the ids: assumed |

A rank gives a number one to one, so that distinct ranks give distinct numbers. A NINO is distinct
without its last letter, as HMRC's are; a UPN is without its year.

Check characters: UPN, Data Standards Catalogue, Unique Pupil Number 2.0: digits weighed by their
places 2 to 13, modulo 23, a letter without I, O and S. PNC id, Criminal Justice Hub: two digits of
the year and the serial as one number, modulo 23, Z for 0, then A onwards without I, O and S. MPAN:
digits weighed by the primes from 3 without 11, modulo 11, modulo 10 (bitbucket.org/tlocke/mpan).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ranks = NDArray[np.uint64] | NDArray[np.int64]

_SIX, _SEVEN = 10**6, 10**7

NINO_LETTERS: Final = "ABCEGHJKLMNPRSTWXYZ"
"""Second letters of our NINOs: those of real prefixes (neither D, F, I, O, Q, U nor V)."""

NINO_SUFFIXES: Final = "ABCD"
NINOS: Final = len(NINO_LETTERS) * _SIX
"""How many distinct NINOs there are, without their last letters."""

UPN_AUTHORITY: Final = "099"
UPNS: Final = _SEVEN
"""How many distinct UPNs there are, without their years."""

PNC_FIRST_YEAR, PNC_YEARS, PNC_FIRST_SERIAL = 2090, 10, 9_000_000
PNC_IDS: Final = PNC_YEARS * _SIX
"""How many distinct PNC ids there are."""

PRISON_LETTERS: Final = "XYZ"
_ENDINGS: Final = 26 * 26
PRISON_NUMBERS: Final = len(PRISON_LETTERS) * 10_000 * _ENDINGS
"""How many distinct prison numbers there are."""

MPAN_DISTRIBUTOR: Final = "99"
MPANS: Final = 10**10
"""How many distinct MPANs there are."""

_UPN_CHECK = "ABCDEFGHJKLMNPQRTUVWXYZ"
_PNC_CHECK = "ZABCDEFGHJKLMNPQRTUVWXY"
_UPN_WEIGHTS = tuple(range(2, 14))
_PRIMES = (3, 5, 7, 13, 17, 19, 23, 29, 31, 37, 41, 43)
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def nino(ranks: Ranks, suffixes: NDArray[np.int64]) -> pl.Series:
    """Gives the rank-th NINO with one of the four last letters (0 to 3); String."""
    high, low = _split(ranks, NINOS, _SIX)
    return "Q" + _letters(NINO_LETTERS, high) + _digits(low, 6) + _letters(NINO_SUFFIXES, suffixes)


def upn(ranks: Ranks, years: NDArray[np.int64]) -> pl.Series:
    """Gives the rank-th UPN, allocated in a calendar year; String."""
    school, serial = _split(ranks, UPNS, 1_000)
    body = ((int(UPN_AUTHORITY) * 10_000 + school) * 100 + years % 100) * 1_000 + serial
    check = _weighed(body, _UPN_WEIGHTS) % 23
    return _letters(_UPN_CHECK, check) + _digits(body, 12)


def pnc_id(ranks: Ranks) -> pl.Series:
    """Gives the rank-th PNC id; String."""
    high, low = _split(ranks, PNC_IDS, _SIX)
    year, serial = PNC_FIRST_YEAR + high, PNC_FIRST_SERIAL + low
    check = (year % 100 * _SEVEN + serial) % 23
    return _digits(year, 4) + "/" + _digits(serial, 7) + _letters(_PNC_CHECK, check)


def prison_number(ranks: Ranks) -> pl.Series:
    """Gives the rank-th prison number; String."""
    high, low = _split(ranks, PRISON_NUMBERS, 10_000)
    first, ending = np.divmod(high, _ENDINGS)
    last = _letters(_ALPHABET, ending // 26) + _letters(_ALPHABET, ending % 26)
    return _letters(PRISON_LETTERS, first) + _digits(low, 4) + last


def mpan(ranks: Ranks) -> pl.Series:
    """Gives the rank-th core of an MPAN, 13 digits; String."""
    _, low = _split(ranks, MPANS, MPANS)
    body = int(MPAN_DISTRIBUTOR) * MPANS + low
    return _digits(body * 10 + _weighed(body, _PRIMES) % 11 % 10, 13)


def is_valid_upn(values: pl.Series) -> pl.Series:
    """Says which texts are UPNs, temporary ones too, with the right check letter; Boolean."""
    shape = values.str.contains(f"^[{_UPN_CHECK}][0-9]{{11}}[0-9{_UPN_CHECK}]$").fill_null(
        value=False
    )
    whole = _where(values, shape, "A000000000000")
    last = whole.str.slice(12, 1)
    ends = {letter: at for at, letter in enumerate(_UPN_CHECK)} | {str(n): n for n in range(10)}
    end = last.replace_strict(ends, return_dtype=pl.Int64).to_numpy()
    body = whole.str.slice(1, 11).cast(pl.Int64).to_numpy()
    check = (_weighed(body, _UPN_WEIGHTS[:-1]) + _UPN_WEIGHTS[-1] * end) % 23
    return shape & (whole.str.slice(0, 1) == _letters(_UPN_CHECK, check))


def is_valid_pnc_id(values: pl.Series) -> pl.Series:
    """Says which texts are PNC ids in full, `YYYY/NNNNNNNC`, with the right letter; Boolean."""
    shape = values.str.contains(f"^[0-9]{{4}}/[0-9]{{7}}[{_PNC_CHECK}]$").fill_null(value=False)
    whole = _where(values, shape, "2000/0000000Z")
    number = (whole.str.slice(2, 2) + whole.str.slice(5, 7)).cast(pl.Int64).to_numpy()
    return shape & (whole.str.slice(12, 1) == _letters(_PNC_CHECK, number % 23))


def is_valid_mpan(values: pl.Series) -> pl.Series:
    """Says which texts are cores of MPANs, 13 digits, with the right check digit; Boolean."""
    shape = values.str.contains("^[0-9]{13}$").fill_null(value=False)
    body, last = np.divmod(_where(values, shape, "0" * 13).cast(pl.Int64).to_numpy(), 10)
    return shape & pl.Series(_weighed(body, _PRIMES) % 11 % 10 == last)


def _split(ranks: Ranks, size: int, low: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Splits ranks into a high and a low part; refuses those that are not below `size`."""
    if ranks.size and (int(ranks.min()) < 0 or int(ranks.max()) >= size):
        raise ValueError(
            f"a rank must be a whole number from 0 to {size - 1:,}; the ranks given run from "
            f"{int(ranks.min()):,} to {int(ranks.max()):,}"
        )
    return np.divmod(ranks.astype(np.int64), low)


def _weighed(values: NDArray[np.int64], weights: tuple[int, ...]) -> NDArray[np.int64]:
    """Sums digits times weights; the last weight is that of the last digit."""
    total = np.zeros_like(values)
    rest = values
    for weight in reversed(weights):
        rest, digit = np.divmod(rest, 10)
        total += weight * digit
    return total


def _digits(values: NDArray[np.int64], width: int) -> pl.Series:
    return pl.Series(values, dtype=pl.Int64).cast(pl.String).str.zfill(width)


def _letters(letters: str, at: NDArray[np.int64]) -> pl.Series:
    return pl.Series(list(letters)).gather(at)


def _where(values: pl.Series, there: pl.Series, otherwise: str) -> pl.Series:
    """Returns texts where they have the shape, and elsewhere one that can be reckoned with."""
    chosen: dict[str, Any] = {"values": values, "there": there}
    return pl.DataFrame(chosen).select(
        pl.when("there").then("values").otherwise(pl.lit(otherwise)).alias("values")
    )["values"]
