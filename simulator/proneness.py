"""Proneness to error: whose records go wrong more often, where, and when.

The chance of an error is its rate for the agency, times a multiplier of the person: a proneness of
their own, shared by all agencies, times the multipliers of the groups that they belong to, times a
factor of the site or practice that wrote the record, times one of that provider's month. Errors
therefore cluster in people, groups, providers and time (Lam et al. 2024, IJPDS 9(1):2389, found
that dependence on groups is what makes synthetic linkage error come out right).
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from simulator import randomness
from simulator.damages.spellings import families_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import polars as pl
    from numpy.typing import NDArray

    from simulator.draft import Draft
    from simulator.errors import Who

MOST_LIKELY = 0.5
"""No slip is likelier than this for anybody."""

# Multipliers of the rates, and the share of people in each group that keeps the mean near 1.
# Directions are published (Hagger-Johnson 2015); sizes are assumed.
_MINORITY, _INFANT, _YOUNG_ADULT, _MAN, _MOST_DEPRIVED = 1.6, 2.0, 1.4, 1.15, 1.5
_INFANT_BELOW, _YOUNG_ADULT_AGES = 2, (20, 30)
MEAN_OF_GROUPS = 1.064 * 1.022 * 1.044 * 1.074 * 1.10

# After a move the old address stays on record; every six months half of those still old are
# corrected (40 % of movers had not registered after six months).
STALE_HALF_LIFE_DAYS = 182.0

# What "who" means, beyond the shared multipliers. All sizes are assumed.
_PHONETIC_MINORITY = 2.0 / _MINORITY  # twice as often in all
_SWAPPED_MINORITY = 10.0 / _MINORITY  # 3 % against 0.3 %
_ARRIVED_MINORITY, _ARRIVED_WHITE = 3.0, 0.5  # most who were born abroad, and 1 in 12 of others
_GROWN_UP, _OLD, _OLD_TIMES, _CHILD_TIMES = 18.0, 65.0, 2.5, 0.5  # nicknames: 4 %, 10 % from 65
_BABY_BELOW, _BABY_TIMES = 1.0, 5.0 / _INFANT  # five times as often in all
_NEWBORN_DAYS = 7
_DAYS_PER_YEAR = 365.25


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
    return np.asarray(raw / MEAN_OF_GROUPS)


def stale_chance(
    rate: float,
    days_since_move: NDArray[np.float64],
    half_life: float = STALE_HALF_LIFE_DAYS,
) -> NDArray[np.float64]:
    """Returns the chance that the old address is still on record.

    Args:
        rate: The chance on the day of the move.
        days_since_move: Days since the move, float64; negative where it lies ahead or never was.
        half_life: Days in which half of the addresses still old are corrected; 0 for at once.

    Returns:
        float64 array of the same shape; 0 where nobody has moved yet.
    """
    if half_life == 0.0:
        return np.zeros_like(days_since_move)
    halved = rate * 0.5 ** (np.maximum(days_since_move, 0.0) / half_life)
    return np.where(days_since_move >= 0, halved, 0.0)


def provider_factor(
    seed: int, agency: str, provider: NDArray[np.int64], variance: float
) -> NDArray[np.float64]:
    """Returns the factor of each record's site or practice, gamma with mean 1.

    Args:
        seed: The run's seed.
        agency: Name of the agency.
        provider: Number of the site or practice, shape (records,); -1 for none.
        variance: Variance of the factor among providers; 0 for factors of 1.

    Returns:
        float64, shape (records,); 1 where there is no provider.
    """
    return _factor(seed, f"{agency}: care of provider", provider, provider >= 0, variance)


def month_factor(
    seed: int,
    agency: str,
    provider: NDArray[np.int64],
    date: NDArray[np.datetime64],
    variance: float,
) -> NDArray[np.float64]:
    """Returns the factor of each provider's calendar month, gamma with mean 1 (see above).

    Agencies without sites have months of their own as a whole.
    """
    month = date.astype("datetime64[M]").astype(np.int64)
    whole = randomness.combine("month of provider", provider + 1, month)
    return _factor(seed, f"{agency}: month", whole, np.ones(len(month), np.bool_), variance)


def _factor(
    seed: int,
    decision: str,
    ids: NDArray[np.int64] | NDArray[np.uint64],
    known: NDArray[np.bool_],
    variance: float,
) -> NDArray[np.float64]:
    if variance == 0.0:
        return np.ones(len(ids))
    distinct, which = np.unique(np.where(known, ids, 0), return_inverse=True)
    drawn = randomness.gamma(seed, decision, distinct, 1 / variance)
    return np.where(known, drawn[which], 1.0)


def age_of(draft: Draft) -> NDArray[np.float64]:
    """Returns the age in years at the date of each record, float64; below 0 before birth."""
    if draft.date is None:
        raise ValueError(f"{draft.agency}: errors by age need the date of each record")
    born = draft.sources.people["date_of_birth"].to_numpy().astype("datetime64[D]")
    days = (draft.date - born[np.maximum(draft.person, 0)]).astype(np.int64)
    return np.asarray(days / _DAYS_PER_YEAR)


def is_newborn(draft: Draft) -> NDArray[np.bool_]:
    """Says which records are of the first week of the person's life."""
    age = age_of(draft)
    return (age >= 0) & (age * _DAYS_PER_YEAR < _NEWBORN_DAYS) & (draft.person >= 0)


def _is_minority(draft: Draft) -> NDArray[np.bool_]:
    group = draft.sources.people["ethnic_group"].to_numpy()
    return np.asarray(group[np.maximum(draft.person, 0)] != "White") & (draft.person >= 0)


def _adults(draft: Draft) -> NDArray[np.float64]:
    age = age_of(draft)
    return np.where(age >= _OLD, _OLD_TIMES, np.where(age >= _GROWN_UP, 1.0, _CHILD_TIMES))


def _twins(draft: Draft) -> NDArray[np.float64]:
    twin = draft.sources.twin[np.maximum(draft.person, 0)]
    return ((twin >= 0) & (draft.person >= 0)).astype(np.float64)


# How much likelier an error is for each record, by "who" and the error's main field.
WHO: Mapping[Who, Callable[[Draft, str], NDArray[np.float64]]] = MappingProxyType(
    {
        "minorities": lambda d, _: np.where(_is_minority(d), _PHONETIC_MINORITY, 1.0),
        "other_scripts": lambda d, _: np.where(_is_minority(d), _SWAPPED_MINORITY, 1.0),
        "arrivals": lambda d, _: np.where(_is_minority(d), _ARRIVED_MINORITY, _ARRIVED_WHITE),
        "adults": lambda d, _: _adults(d),
        "infants": lambda d, _: np.where(age_of(d) < _BABY_BELOW, _BABY_TIMES, 1.0),
        "newborns": lambda d, _: is_newborn(d).astype(np.float64),
        "twins": lambda d, _: _twins(d),
        "spelt_many_ways": lambda d, field: families_of(d.columns[field]),
    }
)
