"""Keyboard: slips of the fingers in typed text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from simulator import randomness
from simulator.errors import ERRORS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from simulator.draft import Draft

# Mistyping: substitute, insert, delete, swap neighbours. Shares of the four, assumed.
TYPING = (0.45, 0.25, 0.20, 0.10)
_OF_DIGITS = (0.0, 0.25, 0.20, 0.10)  # a substituted digit is an error of its own
_USUAL_WIDTH = 32  # of texts as arrays; longer ones take as much as they need
_ASCII = 128
_NEIGHBOURS = {
    "A": "QWSZ", "B": "VGHN", "C": "XDFV", "D": "SERFCX", "E": "WSDR", "F": "DRTGVC", "G": "FTYHBV",
    "H": "GYUJNB", "I": "UJKO", "J": "HUIKMN", "K": "JIOLM", "L": "KOP", "M": "NJK", "N": "BHJM",
    "O": "IKLP", "P": "OL", "Q": "WA", "R": "EDFT", "S": "AWEDXZ", "T": "RFGY", "U": "YHJI",
    "V": "CFGB", "W": "QASE", "X": "ZSDC", "Y": "TGHU", "Z": "ASX", "0": "9O", "1": "2I", "2": "13",
    "3": "24", "4": "35", "5": "46S", "6": "57", "7": "68", "8": "79B", "9": "80",
}  # fmt: skip
_NUMBER_PAD = {
    "0": "12", "1": "024", "2": "0135", "3": "26", "4": "157", "5": "2468", "6": "359",
    "7": "48", "8": "579", "9": "68",
}  # fmt: skip


def _table(neighbours: Mapping[str, str]) -> NDArray[np.uint32]:
    """Tables 12 neighbouring keys for each ASCII code, in the letter's own case."""
    table = np.tile(np.arange(_ASCII, dtype=np.uint32)[:, None], (1, 12))
    for key, near in neighbours.items():
        row = np.array([ord(near[i % len(near)]) for i in range(12)], dtype=np.uint32)
        table[ord(key)] = row
        if key.isalpha():
            table[ord(key.lower())] = [ord(chr(code).lower()) for code in row]
    return table


_KEYS, _PAD = _table(_NEIGHBOURS), _table(_NUMBER_PAD)


def typed(draft: Draft, error: str, at: NDArray[np.int64]) -> pl.Series:
    """Mistypes one character after the first."""
    text = draft.columns[ERRORS[error]].gather(at)
    return pl.Series(mistype(draft, error, at, _as_array(text)), dtype=pl.String)


def typed_first(draft: Draft, error: str, at: NDArray[np.int64]) -> pl.Series:
    """Mistypes the first character."""
    text = draft.columns[ERRORS[error]].gather(at)
    wrong = mistype(draft, error, at, _as_array(text), first=True)
    return pl.Series(wrong, dtype=pl.String)


def typed_street(draft: Draft, error: str, at: NDArray[np.int64]) -> pl.Series:
    """Mistypes one character of the street, after its first and behind the house number."""
    text = draft.columns["address"].gather(at)
    numbers = text.str.extract(r"^(.*\d+ )").fill_null("")
    street = mistype(draft, error, at, _as_array(text.str.replace(r"^.*\d+ ", "")))
    return numbers + pl.Series(street, dtype=pl.String)


def typed_number(draft: Draft, error: str, at: NDArray[np.int64]) -> pl.Series:
    """Inserts, loses or swaps a digit of an NHS number, after its first.

    A number that does not begin with 9 any more is left alone: a second slip could make it valid,
    and then it could be a real person's.
    """
    text = draft.columns["nhs_number"].gather(at)
    typed = mistype(draft, error, at, _as_array(text), keys=_PAD, kinds=_OF_DIGITS)
    wrong, ours = pl.Series(typed, dtype=pl.String), text.str.starts_with("9")
    return pl.select(pl.when(ours).then(wrong).otherwise(text)).to_series()


def _as_array(text: pl.Series) -> NDArray[np.str_]:
    """Gives texts as an array that has room for one character more than the longest."""
    longest = text.str.len_chars().max()
    width = max(_USUAL_WIDTH, longest + 1 if isinstance(longest, int) else 0)
    return text.fill_null("").to_numpy().astype(f"U{width}")


def mistype(
    draft: Draft,
    error: str,
    at: NDArray[np.int64],
    text: NDArray[np.str_],
    *,
    first: bool = False,
    keys: NDArray[np.uint32] = _KEYS,
    kinds: tuple[float, ...] = TYPING,
) -> NDArray[np.str_]:
    """Mistypes one character of each text.

    Args:
        draft: The draft, for its draws.
        error: Name of the error, part of every draw.
        at: Positions of the records, shape (n,).
        text: Texts, shape (n,); shorter than two characters, or with no room for one more in an
            array of at least 32, they stay as they are.
        first: Whether it is the first character that is mistyped, or never the first.
        keys: Neighbouring keys of each ASCII code, shape (128, 12).
        kinds: Weights of substitution, insertion, deletion, and swap with the neighbour.

    Returns:
        Texts, shape (n,).
    """
    width = max(_USUAL_WIDTH, text.dtype.itemsize // 4)
    wide = np.ascontiguousarray(text.astype(f"U{width}"))
    letters = wide.view(np.uint32).reshape(len(text), width)
    length = (letters != 0).sum(axis=1)
    rows = np.arange(len(text))
    if first:
        place = np.zeros(len(text), dtype=np.int64)
    else:
        place = 1 + draft.chosen(f"{error}: place", at, 10**6) % np.maximum(length - 1, 1)
        place = np.minimum(place, width - 1)
    kind = randomness.choose(draft.seed, f"{error}: kind", draft.record_id[at], kinds)
    hit = letters[rows, place]
    near = keys[np.minimum(hit, _ASCII - 1), draft.chosen(f"{error}: key", at, 12)]
    neighbour = np.where(hit < _ASCII, near, hit)
    column = np.arange(width)
    ahead = np.concatenate([letters[:, 1:], np.zeros((len(text), 1), np.uint32)], axis=1)
    behind = np.concatenate([letters[:, :1], letters[:, :-1]], axis=1)
    here, after = column == place[:, None], column > place[:, None]
    substituted = np.where(here, neighbour[:, None], letters)
    inserted = np.where(here, neighbour[:, None], np.where(after, behind, letters))
    deleted = np.where(here | after, ahead, letters)
    # Where the first character keeps its place, the earliest swap is of the second and third.
    earliest = 1 if first else 2
    second = np.maximum(place, earliest)[:, None]
    swapped = np.where(column == second - 1, ahead, np.where(column == second, behind, letters))
    swapped[length <= earliest] = letters[length <= earliest]
    choices = np.stack([substituted, inserted, deleted, swapped])
    damaged = choices[kind, rows]
    damaged[length < 2] = letters[length < 2]  # noqa: PLR2004 - nothing after the first character
    # An insertion into a full-width text would lose its end: leave such a text alone.
    damaged[length == width] = letters[length == width]
    return np.ascontiguousarray(damaged).view(f"U{width}").reshape(-1)
