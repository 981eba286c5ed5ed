"""Household types: the table of them, and how many there are of each size in a region.

Shares are those of Census 2021, England and Wales (TS003), in per cent of households; weights of
sizes within a type are assumed, and then fitted so that the region's table of sizes holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from simulator.fitting import rake
from simulator.regions import EW_SIZES, REGIONS, SIZES_BY_FIFTH

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.regions import RegionName


@dataclass(frozen=True)
class HouseholdType:
    """A type of household, a row of the table below.

    Attributes:
        title: What it is.
        share: Share of households, in per cent.
        lives: `even`, `better` or `worse`: which areas it leans to (see _LEANS).
        sizes: Weights of 1, 2, ..., 7, 8 and more people.
        ages: Youngest, commonest and oldest age of the reference person, in whole years: where
            the fit of ages starts (see ages.py); assumed.
        couple: Whether person 2 is the partner.
        others: Role of the others: `none`, `child`, `grown` or `sharer`.
        women: Share of reference persons who are women: assumed.
    """

    title: str
    share: float
    lives: str
    sizes: tuple[float, ...]
    ages: tuple[int, int, int]
    couple: bool
    others: str
    women: float


def _row(
    title: str,
    share: float,
    lives: str,
    sizes: tuple[float, ...],
    ages: tuple[int, int, int],
    others: str,
    women: float,
    *,
    couple: bool = False,
) -> HouseholdType:
    padded = (*sizes, *(0.0,) * (8 - len(sizes)))
    return HouseholdType(title, share, lives, padded, ages, couple, others, women)


HOUSEHOLD_TYPES: tuple[HouseholdType, ...] = (
    _row("one person, 66 and over", 12.90, "better", (1,), (66, 75, 104), "none", 0.67),
    _row("one person, under 66", 17.29, "worse", (1,), (18, 55, 65), "none", 0.44),
    _row("family, all 66 and over", 9.21, "better", (0, 1), (66, 70, 104), "none", 0.35,
         couple=True),
    _row("couple, no children", 16.74, "even", (0, 1), (18, 58, 65), "none", 0.38, couple=True),
    _row("couple, dependent children", 18.79, "even", (0, 0, 39, 43, 13, 3.5, 1, 0.5),
         (20, 40, 59), "child", 0.40, couple=True),
    _row("couple, grown children", 6.35, "even", (0, 0, 62, 30, 8), (40, 56, 84), "grown", 0.36,
         couple=True),
    _row("lone parent, dependent children", 6.94, "worse", (0, 53, 32, 11, 4), (18, 38, 59),
         "child", 0.87),
    _row("lone parent, grown children", 4.19, "even", (0, 74, 21, 5), (40, 58, 94), "grown", 0.82),
    # Other single families 0.77, other households 2.65 + 4.16.
    _row("other", 7.59, "worse", (0, 30, 30, 22, 10, 5, 2, 1.5), (18, 25, 84), "sharer", 0.48),
)  # fmt: skip

# How far a type leans to an area, most deprived fifth first. Those worse off follow the share of
# homes that are rented there, those better off the root of the share that are owned (Census 2021
# by fifth of IMD 2025, England: 38.2, 52.0, 64.0, 72.1, 81.0 % owned); that they do is assumed.
_OWNED = np.array([38.2, 52.0, 64.0, 72.1, 81.0])
_LEANS = {
    "even": np.ones(5),
    "better": np.sqrt(_OWNED / _OWNED.mean()),
    "worse": (100 - _OWNED) / (100 - _OWNED).mean(),
}

PEOPLE_BY_SIZE = np.array([1, 2, 3, 4, 5, 6, 7, 8.96])
"""People in a household of each size; those of 8 and more have 8.96 (TS017 with TS001)."""

# Households of 8 and more: shares fall by a constant factor, to 8.96 people on average.
MORE_THAN_8 = tuple(0.51 * 0.49**more for more in range(10))


def _shares(percent: tuple[float, ...]) -> NDArray[np.float64]:
    given = np.array(percent)
    return np.asarray(given / given.sum())


@cache
def sizes_of_types() -> NDArray[np.float64]:
    """Returns shares of households by type and size in England and Wales, shape (types, 8)."""
    shares = _shares(tuple(t.share for t in HOUSEHOLD_TYPES))
    seed = np.array([_shares(t.sizes) for t in HOUSEHOLD_TYPES]) * shares[:, None]
    return rake(seed, shares, _shares(EW_SIZES))


@cache
def households_of_region(region: RegionName) -> NDArray[np.float64]:
    """Returns shares of households by fifth, type and size, shape (5, types, 8), adding up to 1.

    Sizes are the region's; sizes in each fifth are as far from them as England's fifths are; types
    of each size are those of England and Wales, leaning to areas as _LEANS says.
    """
    found = REGIONS[region]
    fifths = np.bincount(found.fifths, minlength=6)[1:] / len(found.fifths)
    wanted = _shares(found.household_sizes)
    england = np.array([_shares(row) for row in SIZES_BY_FIFTH])
    by_fifth = rake(england * fifths[:, None], fifths, wanted)
    of_types = sizes_of_types()
    leans = np.array([_LEANS[t.lives] for t in HOUSEHOLD_TYPES]).T
    table = np.zeros((5, *of_types.shape))
    for size in range(of_types.shape[1]):
        types = of_types[:, size] / of_types[:, size].sum() * wanted[size]
        table[:, :, size] = rake(leans * types, by_fifth[:, size], types)
    return table
