"""Communal establishments: halls, care homes, hostels and prisons, and who lives in them.

An establishment stands in the place of a home, and its residents in that of a household.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from simulator import randomness
from simulator.household_types import PEOPLE_BY_SIZE
from simulator.regions import REGIONS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.regions import RegionName


@dataclass(frozen=True)
class Establishment:
    """A kind of establishment, a row of the table below.

    Attributes:
        title: What it is.
        share: Share of all communal residents.
        residents: Mean number of residents.
        ages: Youngest, commonest and oldest age, in years.
        women: Share of residents who are women.
    """

    title: str
    share: float
    residents: float
    ages: tuple[float, float, float]
    women: float


# Assumed, so that 54 % of LSOAs have none (Census 2021 TS001: 1.75 % of people live in one).
ESTABLISHMENTS: tuple[Establishment, ...] = (
    Establishment("care home", 0.40, 35.0, (65.0, 88.0, 101.0), 0.70),
    Establishment("hall of residence", 0.41, 150.0, (18.0, 19.0, 24.0), 0.53),
    Establishment("hostel", 0.09, 14.0, (18.0, 25.0, 66.0), 0.35),
    Establishment("prison", 0.10, 600.0, (18.0, 30.0, 70.0), 0.04),
)

NONE = -1
"""The code of a home that is no establishment."""

_SPREAD, _LEAST, _MOST = 3.0, 0.3, 3.0  # gamma shape; fewest and most residents, of the mean


def people_per_household(region: RegionName) -> float:
    """Returns the mean size of private households; those of 8 and more have 8.96 people."""
    shares = np.array(REGIONS[region].household_sizes)
    return float(shares @ PEOPLE_BY_SIZE / shares.sum())


def draw_establishments(
    seed: int, region: RegionName, number: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Draws which of the homes are establishments, and how many live there.

    Args:
        seed: The run's seed.
        region: The region, for the share of people who live in one.
        number: Numbers of the homes' households, shape (n,).

    Returns:
        Codes into ESTABLISHMENTS or NONE, and residents (0 for NONE), int64, shape (n,).
    """
    share = REGIONS[region].communal / 100
    residents = share / (1 - share) * people_per_household(region)  # for each household
    chances = np.array([residents * kind.share / kind.residents for kind in ESTABLISHMENTS])
    level = randomness.uniform(seed, "communal establishment", number)
    kind = np.searchsorted(np.cumsum(chances), level, side="right")
    kind[kind == len(ESTABLISHMENTS)] = NONE
    size = np.zeros(len(number), dtype=np.int64)
    at = np.flatnonzero(kind != NONE)
    mean = np.array([kind.residents for kind in ESTABLISHMENTS])[kind[at]]
    times = randomness.gamma(seed, "residents of establishment", number[at], _SPREAD)
    size[at] = np.round(mean * np.clip(times, _LEAST, _MOST)).astype(np.int64)
    return kind, size


def triangular(level: NDArray[np.float64], ages: tuple[float, float, float]) -> NDArray[np.float64]:
    """Returns the quantiles of a triangular distribution (youngest, commonest, oldest)."""
    low, mode, high = ages
    turn = (mode - low) / (high - low)
    rising = low + np.sqrt(level * (high - low) * (mode - low))
    falling = high - np.sqrt((1 - level) * (high - low) * (high - mode))
    return np.where(level < turn, rising, falling)
