"""Recording errors: what goes wrong when a record is written down.

Flags are drawn first, one chance per record and error; the damage is then done to flagged cells
only, so that cost follows errors and not records. Errors are applied in the order of
`simulator.specs.ERRORS`, and each cell that really changed is logged.

The chance of an error is its rate for the agency, times a multiplier of the person: a proneness of
their own, shared by all agencies, times the multipliers of the groups that they belong to. Errors
therefore cluster in people and in groups (Lam et al. 2024, IJPDS 9(1):2389, found that this
dependence is what makes synthetic linkage error come out right).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from simulator import randomness
from simulator.specs import ERRORS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from simulator.settings import Share

_MOST_LIKELY = 0.5  # no error is likelier than this for anybody

# Multipliers of the rates, and the share of people in each group that keeps the mean near 1.
# Directions are published (Hagger-Johnson 2015); sizes are assumed.
_MINORITY, _INFANT, _YOUNG_ADULT, _MAN, _MOST_DEPRIVED = 1.6, 2.0, 1.4, 1.15, 1.5
_INFANT_BELOW, _YOUNG_ADULT_AGES = 2, (20, 30)
_MEAN_OF_GROUPS = 1.064 * 1.022 * 1.044 * 1.074 * 1.10

# After a move the old address stays on record; every six months half of those still old are
# corrected (40 % of movers had not registered after six months).
_STALE_HALF_LIFE_DAYS = 182.0

# Mistyping: substitute, insert, delete, swap neighbours. Shares of the four, assumed.
_TYPING = (0.45, 0.25, 0.20, 0.10)
_LONGEST_TEXT = 32
_NEIGHBOURS = {
    "A": "QWSZ", "B": "VGHN", "C": "XDFV", "D": "SERFCX", "E": "WSDR", "F": "DRTGVC", "G": "FTYHBV",
    "H": "GYUJNB", "I": "UJKO", "J": "HUIKMN", "K": "JIOLM", "L": "KOP", "M": "NJK", "N": "BHJM",
    "O": "IKLP", "P": "OL", "Q": "WA", "R": "EDFT", "S": "AWEDXZ", "T": "RFGY", "U": "YHJI",
    "V": "CFGB", "W": "QASE", "X": "ZSDC", "Y": "TGHU", "Z": "ASX", "0": "9O", "1": "2I", "2": "13",
    "3": "24", "4": "35", "5": "46S", "6": "57", "7": "68", "8": "79B", "9": "80",
}  # fmt: skip


@dataclass(frozen=True)
class Sources:
    """What a record can wrongly be filled with; positions are rows of the world's frames.

    Attributes:
        people: The world's people.
        homes: The world's homes.
        mate: Position of another member of each person's household; their own if they live alone.
        last_year: The latest year that a date of birth may show.
    """

    people: pl.DataFrame = field(repr=False)
    homes: pl.DataFrame = field(repr=False)
    mate: NDArray[np.int64] = field(repr=False)
    last_year: int


@dataclass(frozen=True)
class Draft:
    """Records of one agency before and while errors are applied.

    Attributes:
        agency: Name of the agency.
        seed: The run's seed.
        record_id: uint64, shape (records,).
        person: Position of the person, int64; -1 where a record is about a home alone.
        home: Position of the home whose address is written, int64.
        multiplier: Multiplier of every rate, float64.
        columns: Values as they would rightly be written, by field.
        sources: What they can wrongly be filled with.
    """

    agency: str
    seed: int
    record_id: NDArray[np.uint64] = field(repr=False)
    person: NDArray[np.int64] = field(repr=False)
    home: NDArray[np.int64] = field(repr=False)
    multiplier: NDArray[np.float64] = field(repr=False)
    columns: Mapping[str, pl.Series] = field(repr=False)
    sources: Sources = field(repr=False)

    def chosen(self, what: str, at: NDArray[np.int64], count: int) -> NDArray[np.int64]:
        """Draws a whole number 0..count-1 for each flagged record."""
        label = f"{self.agency}: {what}"
        # Draw 0 of the error decided the flag: flagged records share its low end.
        return randomness.whole(self.seed, label, self.record_id[at], count, draw=1)


def group_multiplier(people: pl.DataFrame, age: NDArray[np.float64]) -> NDArray[np.float64]:
    """Returns each person's multiplier of all error rates from their groups, mean about 1."""
    young, grown = _YOUNG_ADULT_AGES
    raw = (
        np.where((people["ethnic_group"] != "White").to_numpy(), _MINORITY, 1.0)
        * np.where(age < _INFANT_BELOW, _INFANT, 1.0)
        * np.where((age >= young) & (age < grown), _YOUNG_ADULT, 1.0)
        * np.where((people["sex"] == "M").to_numpy(), _MAN, 1.0)
        * np.where((people["deprivation_fifth"] == 1).to_numpy(), _MOST_DEPRIVED, 1.0)
    )
    return np.asarray(raw / _MEAN_OF_GROUPS)


def stale_chance(rate: float, days_since_move: NDArray[np.float64]) -> NDArray[np.float64]:
    """Returns the chance that the old address is still on record.

    Args:
        rate: The chance on the day of the move.
        days_since_move: Days since the move, float64; negative where it lies ahead or never was.

    Returns:
        float64 array of the same shape; 0 where nobody has moved yet.
    """
    halved = rate * 0.5 ** (np.maximum(days_since_move, 0.0) / _STALE_HALF_LIFE_DAYS)
    return np.where(days_since_move >= 0, halved, 0.0)


def _flags(draft: Draft, error: str, rate: float) -> NDArray[np.int64]:
    chance = np.minimum(rate * draft.multiplier, _MOST_LIKELY)
    label = f"{draft.agency}: {error}"
    return np.flatnonzero(randomness.happens(draft.seed, label, draft.record_id, chance))


def _blank(draft: Draft, error: str, at: NDArray[np.int64]) -> pl.Series:
    column = draft.columns[ERRORS[error]]
    return pl.Series([None], dtype=column.dtype).new_from_index(0, len(at))


def _number_of_mate(draft: Draft, _error: str, at: NDArray[np.int64]) -> pl.Series:
    mate = draft.sources.mate[draft.person[at]]
    return draft.sources.people["nhs_number"].gather(mate).cast(pl.String)


def _number_of_somebody(draft: Draft, error: str, at: NDArray[np.int64]) -> pl.Series:
    somebody = draft.chosen(error, at, draft.sources.people.height)
    return draft.sources.people["nhs_number"].gather(somebody).cast(pl.String)


def _wrong_digit(draft: Draft, error: str, at: NDArray[np.int64]) -> pl.Series:
    written = draft.columns["nhs_number"].gather(at).cast(pl.Int64)
    number = written.fill_null(0).to_numpy()
    place = 10 ** draft.chosen(f"{error}: place", at, 10)
    digit = number // place % 10
    wrong = (digit + 1 + draft.chosen(f"{error}: digit", at, 9)) % 10
    changed = pl.Series(number + (wrong - digit) * place).cast(pl.String).str.zfill(10)
    return pl.select(pl.when(written.is_null()).then(None).otherwise(changed)).to_series()


def _mistyped(draft: Draft, error: str, at: NDArray[np.int64]) -> pl.Series:
    text = draft.columns[ERRORS[error]].gather(at)
    changed = pl.Series(mistype(draft, error, at, text.fill_null("").to_numpy().astype("U32")))
    return pl.select(pl.when(text.is_null()).then(None).otherwise(changed)).to_series()


def mistype(
    draft: Draft, error: str, at: NDArray[np.int64], text: NDArray[np.str_]
) -> NDArray[np.str_]:
    """Mistypes one character of each text, never the first.

    Args:
        draft: The draft, for its draws.
        error: Name of the error, part of every draw.
        at: Positions of the records, shape (n,).
        text: Texts of up to 32 ASCII characters, shape (n,); shorter than two stay as they are.

    Returns:
        Texts, shape (n,).
    """
    letters = text.astype(f"S{_LONGEST_TEXT}").view(np.uint8).reshape(len(text), _LONGEST_TEXT)
    length = (letters != 0).sum(axis=1)
    rows = np.arange(len(text))
    place = 1 + draft.chosen(f"{error}: place", at, 10**6) % np.maximum(length - 1, 1)
    place = np.minimum(place, _LONGEST_TEXT - 1)
    kind = randomness.choose(draft.seed, f"{error}: kind", draft.record_id[at], _TYPING)
    neighbour = _NEIGHBOUR_TABLE[letters[rows, place], draft.chosen(f"{error}: key", at, 12)]
    column = np.arange(_LONGEST_TEXT)
    ahead = np.concatenate([letters[:, 1:], np.zeros((len(text), 1), np.uint8)], axis=1)
    behind = np.concatenate([letters[:, :1], letters[:, :-1]], axis=1)
    here, after = column == place[:, None], column > place[:, None]
    substituted = np.where(here, neighbour[:, None], letters)
    inserted = np.where(here, neighbour[:, None], np.where(after, behind, letters))
    deleted = np.where(here | after, ahead, letters)
    # The first character keeps its place, so the earliest swap is of the second and third.
    second = np.maximum(place, 2)[:, None]
    swapped = np.where(column == second - 1, ahead, np.where(column == second, behind, letters))
    swapped[length <= 2] = letters[length <= 2]  # noqa: PLR2004 - nothing to swap
    choices = np.stack([substituted, inserted, deleted, swapped])
    damaged = choices[kind, rows]
    damaged[length < 2] = letters[length < 2]  # noqa: PLR2004 - nothing after the first character
    # An insertion into a full-width text would lose its end: leave such a text alone.
    damaged[length == _LONGEST_TEXT] = letters[length == _LONGEST_TEXT]
    return np.ascontiguousarray(damaged).view(f"S{_LONGEST_TEXT}").reshape(-1).astype("U32")


def _build_neighbour_table() -> NDArray[np.uint8]:
    """Tables 12 neighbouring keys for each ASCII code, in the letter's own case."""
    table = np.tile(np.arange(128, dtype=np.uint8)[:, None], (1, 12))
    for key, near in _NEIGHBOURS.items():
        row = np.array([ord(near[i % len(near)]) for i in range(12)], dtype=np.uint8)
        table[ord(key)] = row
        if key.isalpha():
            table[ord(key.lower())] = [ord(chr(code).lower()) for code in row]
    return table


_NEIGHBOUR_TABLE = _build_neighbour_table()


def _initial(draft: Draft, error: str, at: NDArray[np.int64]) -> pl.Series:
    return draft.columns[ERRORS[error]].gather(at).str.slice(0, 1)


def _former_surname(draft: Draft, error: str, at: NDArray[np.int64]) -> pl.Series:
    former = draft.sources.people["former_surname"].gather(draft.person[at])
    written = draft.columns[ERRORS[error]].gather(at)
    return pl.select(pl.coalesce(former, written)).to_series()


def _wrong_part_of_date(draft: Draft, error: str, at: NDArray[np.int64]) -> pl.Series:
    """Changes day, month or year; days past the 28th are brought to it, so that dates exist."""
    frame = pl.DataFrame({"date": draft.columns["date_of_birth"].gather(at)})
    day, month, year = pl.col("date").dt.day(), pl.col("date").dt.month(), pl.col("date").dt.year()
    if error == "birth_date_day":
        shift = pl.Series(draft.chosen(error, at, 27) + 1)
        day = (day.cast(pl.Int64).clip(1, 28) - 1 + shift) % 28 + 1
    elif error == "birth_date_month":
        shift = pl.Series(draft.chosen(error, at, 11) + 1)
        day, month = day.clip(1, 28), (month.cast(pl.Int64) - 1 + shift) % 12 + 1
    else:
        slip = pl.Series(np.array([1, -1, 1, -1, 2, -2, 10, -10])[draft.chosen(error, at, 8)])
        late = year.cast(pl.Int64) + slip > draft.sources.last_year
        day = day.clip(1, 28)
        year = pl.when(late).then(year.cast(pl.Int64) - slip.abs()).otherwise(year + slip)
    return frame.select(pl.date(year, month, day)).to_series()


def _other_sex(draft: Draft, error: str, at: NDArray[np.int64]) -> pl.Series:
    return draft.columns[ERRORS[error]].gather(at).replace({"F": "M", "M": "F"})


def _uprn_of_neighbour(draft: Draft, error: str, at: NDArray[np.int64]) -> pl.Series:
    side = 2 * draft.chosen(error, at, 2) - 1
    last = draft.sources.homes.height - 1
    next_door = np.abs(draft.home[at] + side)
    next_door = np.where(next_door > last, last - 1, next_door)
    return draft.sources.homes["uprn"].gather(next_door).cast(pl.String)


# The damage of each error, in the order of application. A stale address is not here: it decides
# which home's address is written, before the record is (see extracts.py).
DAMAGE: Mapping[str, Callable[[Draft, str, NDArray[np.int64]], pl.Series]] = {
    "nhs_number_missing": _blank,
    "nhs_number_of_household_member": _number_of_mate,
    "nhs_number_of_someone_else": _number_of_somebody,
    "nhs_number_digit": _wrong_digit,
    "first_name_typing": _mistyped,
    "first_name_initial": _initial,
    "surname_typing": _mistyped,
    "surname_former": _former_surname,
    "birth_date_missing": _blank,
    "birth_date_day": _wrong_part_of_date,
    "birth_date_month": _wrong_part_of_date,
    "birth_date_year": _wrong_part_of_date,
    "sex_wrong": _other_sex,
    "postcode_missing": _blank,
    "postcode_typing": _mistyped,
    "uprn_missing": _blank,
    "uprn_of_neighbour": _uprn_of_neighbour,
}


def corrupt(
    draft: Draft, rates: Mapping[str, Share]
) -> tuple[dict[str, pl.Series], list[pl.DataFrame]]:
    """Applies recording errors to a draft.

    A missing value stays missing: an error that would overwrite it leaves it alone.

    Args:
        draft: The records as they would rightly be written.
        rates: Rate of each error per record.

    Returns:
        The columns as written, and for each error with effect a frame `record_id`, `error` of the
        cells that changed.
    """
    columns = dict(draft.columns)
    logs = []
    for error, damage in DAMAGE.items():
        rate = rates.get(error)
        if rate is None or rate.value == 0.0:
            continue
        column = columns[ERRORS[error]]
        at = _flags(draft, error, rate.value)
        at = at[column.gather(at).is_not_null().to_numpy()]
        wrong = damage(replace(draft, columns=columns), error, at)
        changed = column.gather(at).ne_missing(wrong).to_numpy()
        at, wrong = at[changed], wrong.filter(pl.Series(changed))
        if at.size:
            # scatter works in place: the draft keeps its column.
            columns[ERRORS[error]] = column.clone().scatter(at, wrong)
            logged = pl.DataFrame({"record_id": draft.record_id[at]})
            logs.append(logged.with_columns(error=pl.lit(error)))
    return columns, logs
