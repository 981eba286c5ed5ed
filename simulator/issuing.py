"""Issuing: who has which official number, and which records can carry it; reads as a table.

Numbers are reckoned for the records that carry them, and for nobody else: a world in which no
agency asks for a number does no work for it. Each is a keyed permutation of the person's or home's
place in the world, so that it is the same in all agencies, and no two have the same.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

import numpy as np
import polars as pl

from simulator import official_numbers as numbers
from simulator import randomness
from simulator.services import SERVICES, Service

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

_DAYS_PER_YEAR = 365.25
_FIRST_SCHOOL_YEAR = 4  # completed by 31 August before a child first goes to school
_SCHOOL_YEAR_BEGINS = 9  # September

Condition = tuple[str, tuple[str, ...]] | None
"""A content field and its values that records must have to carry a number; None for all records."""


@dataclass(frozen=True)
class Official:
    """An official number: a row of the table below.

    Attributes:
        of: Whether it is a person's or a home's.
        written: Gives the numbers of people or homes: seed, their frame, positions in it.
        kept: How many leading characters keep it apart from real ones; no error changes them.
        carried_by: Services whose records can carry it, and which of them do.
        whose: Which those are, in words.
        ages: From which age, and below which, people have one, in years.
    """

    of: Literal["person", "home"]
    written: Callable[[int, pl.DataFrame, NDArray[np.int64]], pl.Series] = field(repr=False)
    kept: int
    carried_by: Mapping[Service, Condition] = field(repr=False)
    whose: str
    ages: tuple[int, int] = (0, 1_000)


def _ninos(seed: int, people: pl.DataFrame, at: NDArray[np.int64]) -> pl.Series:
    ranks = randomness.permuted(seed, "nino", at, numbers.NINOS)
    ids = people["person_id"].gather(at).to_numpy()
    last = randomness.whole(seed, "last letter of nino", ids, len(numbers.NINO_SUFFIXES))
    return numbers.nino(ranks, last)


def _upns(seed: int, people: pl.DataFrame, at: NDArray[np.int64]) -> pl.Series:
    ranks = randomness.permuted(seed, "upn", at, numbers.UPNS)
    born = people["date_of_birth"].gather(at)
    year = born.dt.year() + _FIRST_SCHOOL_YEAR + (born.dt.month() >= _SCHOOL_YEAR_BEGINS)
    return numbers.upn(ranks, year.cast(pl.Int64).to_numpy())


def _pnc_ids(seed: int, _people: pl.DataFrame, at: NDArray[np.int64]) -> pl.Series:
    return numbers.pnc_id(randomness.permuted(seed, "pnc id", at, numbers.PNC_IDS))


def _prison_numbers(seed: int, _people: pl.DataFrame, at: NDArray[np.int64]) -> pl.Series:
    ranks = randomness.permuted(seed, "prison number", at, numbers.PRISON_NUMBERS)
    return numbers.prison_number(ranks)


def _mpans(seed: int, _homes: pl.DataFrame, at: NDArray[np.int64]) -> pl.Series:
    return numbers.mpan(randomness.permuted(seed, "mpan", at, numbers.MPANS))


_NAMING: Mapping[Service, Condition] = {
    s: None for s, kind in SERVICES.items() if kind.of != "home"
}
_OF_HOMES: Mapping[Service, Condition] = {
    s: None for s, kind in SERVICES.items() if kind.of != "person"
}
_POLICE_RECORD: Mapping[Service, Condition] = {
    "offending": None,
    "prison": None,
    "probation": None,
    "police_contacts": ("contact_kind", ("suspect", "custody")),
}
_IMPRISONED: Mapping[Service, Condition] = {"prison": None, "probation": ("sentence", ("licence",))}

OFFICIAL: Mapping[str, Official] = MappingProxyType(
    {
        "nino": Official("person", _ninos, 1, _NAMING, "people", ages=(16, 1_000)),
        "upn": Official("person", _upns, 4, _NAMING, "people", ages=(5, 19)),
        "pnc_id": Official(
            "person", _pnc_ids, 6, _POLICE_RECORD, "offenders, suspects and people in custody"
        ),
        "prison_number": Official(
            "person", _prison_numbers, 1, _IMPRISONED, "people who are or were in prison"
        ),
        "mpan": Official("home", _mpans, 2, _OF_HOMES, "homes and households"),
    }
)


def has_one(
    name: str, people: pl.DataFrame, person: NDArray[np.int64], date: NDArray[np.datetime64]
) -> NDArray[np.bool_]:
    """Says which people are of an age to have a number on a date.

    Args:
        name: A number of people.
        people: The world's people.
        person: Positions in it, int64, shape (n,).
        date: datetime64[D], shape (n,).
    """
    born = people["date_of_birth"].gather(person).to_numpy().astype("datetime64[D]")
    age = (date - born).astype(np.int64) / _DAYS_PER_YEAR
    low, high = OFFICIAL[name].ages
    return np.asarray((age >= low) & (age < high))


def issued(
    name: str,
    service: Service,
    seed: int,
    frame: pl.DataFrame,
    at: NDArray[np.int64],
    date: NDArray[np.datetime64],
    content: pl.DataFrame,
) -> pl.Series:
    """Gives the numbers that records rightly carry.

    Args:
        name: A number of the table.
        service: What the records are of.
        seed: The run's seed.
        frame: The world's people or homes, as the number is of.
        at: Position of the person or home in it, int64, shape (records,); -1 for none.
        date: Date of each record, datetime64[D].
        content: What else is written of each.

    Returns:
        String, shape (records,); null where the record carries none.
    """
    kind = OFFICIAL[name]
    carries = at >= 0
    condition = kind.carried_by[service]
    if condition is not None:
        carries &= content[condition[0]].is_in(condition[1]).fill_null(value=False).to_numpy()
    some = np.flatnonzero(carries)
    if kind.of == "person":
        some = some[has_one(name, frame, at[some], date[some])]
    found = pl.Series([None], dtype=pl.String).new_from_index(0, len(at))
    return found.scatter(some, kind.written(seed, frame, at[some])) if some.size else found


def number_of(name: str, seed: int, frame: pl.DataFrame, at: NDArray[np.int64]) -> pl.Series:
    """Gives the number of people or homes at positions of their frame, whether or not in use."""
    return OFFICIAL[name].written(seed, frame, at)
