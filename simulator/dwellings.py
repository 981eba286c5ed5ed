"""Dwellings: how a home is held, what is built there, its council tax band and energy rating.

Tenure and type follow the deprivation fifth of the area, the council tax band the region and the
type, the energy rating the type. All are fitted on small tables and drawn for each home by its own
number.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from simulator import randomness
from simulator.communal import ESTABLISHMENTS, NONE
from simulator.fitting import rake
from simulator.regions import BANDS, REGIONS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.regions import RegionName

TENURES = ("owned", "private rent", "social rent", "other")
TYPES = ("detached", "semi-detached", "terrace", "flat")
RATINGS = ("A", "B", "C", "D", "E", "F", "G")
COMMUNAL = "communal"
"""The tenure and type of an establishment."""

# By deprivation fifth, most deprived first, per cent of households (Census 2021 by IMD 2025,
# England). What tenures lack of 100 is shared ownership and rent free; types lack caravans.
_TENURE_BY_FIFTH = (
    (38.2, 24.2, 36.5),
    (52.0, 24.3, 22.4),
    (64.0, 21.2, 13.6),
    (72.1, 18.3, 8.4),
    (81.0, 14.0, 4.1),
)
_TYPE_BY_FIFTH = (
    (6.5, 29.2, 33.5, 30.8),
    (13.3, 29.7, 27.3, 29.3),
    (23.5, 31.8, 22.3, 21.7),
    (30.8, 33.5, 18.2, 16.9),
    (41.2, 33.3, 13.2, 12.1),
)
# How much likelier than by chance each tenure (row) has each type (column): assumed.
_TENURE_AND_TYPE = np.array(
    [
        [2.0, 1.5, 1.0, 0.4],
        [0.5, 0.7, 1.1, 2.0],
        [0.2, 0.8, 1.1, 2.0],
        [0.5, 0.8, 1.0, 1.5],
    ]
)
# Where the band of each type lies, in bands above A, in the middle fifth; a fifth less deprived is
# half a band higher; bands spread by 1.2 around that. Assumed; the region's bands then hold.
_BAND_OF_TYPE = np.array([4.5, 2.7, 1.8, 1.2])
_BAND_OF_FIFTH, _BAND_SPREAD = 0.5, 1.2
# Energy ratings A to G of each type, in per cent: assumed, flats better and detached worse.
_RATING_OF_TYPE = (
    (0.5, 6.0, 24.5, 41.0, 20.0, 6.0, 2.0),
    (0.3, 4.7, 34.0, 47.0, 12.0, 1.6, 0.4),
    (0.3, 4.7, 37.0, 45.0, 11.0, 1.6, 0.4),
    (0.5, 14.5, 50.0, 27.0, 6.5, 1.2, 0.3),
)


@dataclass(frozen=True)
class DwellingTables:
    """Fitted shares of a region.

    Attributes:
        holding: Of tenure and type (flattened) in each fifth, shape (5, 16), rows adding up to 1.
        band: Of bands by fifth and type, shape (5, 4, 8), rows adding up to 1.
    """

    holding: NDArray[np.float64] = field(repr=False)
    band: NDArray[np.float64] = field(repr=False)


@cache
def dwelling_tables(region: RegionName) -> DwellingTables:
    """Fits tenure with type in each fifth of England, and bands to those of the region."""
    fifths = np.bincount(REGIONS[region].fifths, minlength=6)[1:] / len(REGIONS[region].fifths)
    holding = np.empty((5, len(TENURES), len(TYPES)))
    for fifth, (tenures, types) in enumerate(zip(_TENURE_BY_FIFTH, _TYPE_BY_FIFTH, strict=True)):
        rows = np.array([*tenures, 100 - sum(tenures)]) / 100
        columns = np.array(types) / sum(types)
        holding[fifth] = rake(_TENURE_AND_TYPE * np.outer(rows, columns), rows, columns)
    cells = (holding.sum(axis=1) * fifths[:, None]).reshape(-1)
    middle = _BAND_OF_TYPE + _BAND_OF_FIFTH * (np.arange(5)[:, None] - 2)
    away = (np.arange(len(BANDS)) - middle.reshape(-1)[:, None]) / _BAND_SPREAD
    wanted = np.array(REGIONS[region].council_tax)
    seed = (np.exp(-(away**2) / 2) + 1e-4) * cells[:, None]
    bands = rake(seed, cells, wanted / wanted.sum())
    total = bands.sum(axis=1, keepdims=True)
    even = np.full_like(bands, 1 / len(BANDS))
    shares = np.divide(bands, total, out=even, where=total > 0)
    return DwellingTables(holding.reshape(5, -1), shares.reshape(5, len(TYPES), len(BANDS)))


def draw_dwellings(
    seed: int,
    region: RegionName,
    fifth: NDArray[np.int64],
    establishment: NDArray[np.int64],
) -> pl.DataFrame:
    """Draws what each home is.

    Args:
        seed: The run's seed.
        region: The region.
        fifth: Deprivation fifth of each home, 1 to 5, shape (homes,).
        establishment: Code into communal.ESTABLISHMENTS of each home, or NONE.

    Returns:
        Frame in order of home: `tenure`, `dwelling_type`, `council_tax_band`, `energy_rating`,
        `establishment` (String; the last null for private homes, the two before it for others).
    """
    number = np.arange(len(fifth))
    tables = dwelling_tables(region)
    holding = _by_row(seed, "tenure and type of dwelling", number, fifth - 1, tables.holding)
    tenure, kind = np.divmod(holding, len(TYPES))
    row = (fifth - 1) * len(TYPES) + kind
    band = _by_row(seed, "council tax band", number, row, tables.band.reshape(-1, len(BANDS)))
    rating = _by_row(seed, "energy rating", number, kind, np.array(_RATING_OF_TYPE))
    communal = establishment != NONE
    tenure, kind = (np.where(communal, len(n), c) for n, c in ((TENURES, tenure), (TYPES, kind)))
    band, rating = np.where(communal, NONE, band), np.where(communal, NONE, rating)
    columns = {
        "tenure": ((*TENURES, COMMUNAL), tenure),
        "dwelling_type": ((*TYPES, COMMUNAL), kind),
        "council_tax_band": (BANDS, band),
        "energy_rating": (RATINGS, rating),
        "establishment": (tuple(e.title for e in ESTABLISHMENTS), establishment),
    }
    return pl.DataFrame(
        {
            name: pl.Series(words).gather(pl.Series(codes).replace(NONE, None))
            for name, (words, codes) in columns.items()
        }
    )


def _by_row(
    seed: int,
    decision: str,
    ids: NDArray[np.int64],
    row: NDArray[np.int64],
    weights: NDArray[np.float64],
) -> NDArray[np.int64]:
    """Chooses by the weights of each one's row."""
    chosen = np.zeros(len(ids), dtype=np.int64)
    for value in np.unique(row):
        at = np.flatnonzero(row == value)
        chosen[at] = randomness.choose(seed, decision, ids[at], weights[value])
    return chosen
