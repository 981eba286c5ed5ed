"""Regions: how densely people live, who they are and what homes they have; reads as a table.

Census 2021 unless a line says otherwise: areas and counts of LSOAs (Kent, Hackney), ethnic group by
district, household size (TS017), residents of communal establishments (TS001), council tax bands of
2024 (VOA). A region without a figure of its own takes that of England and Wales (council tax:
England), and its line says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

RegionName = Literal["shire_county", "inner_borough", "city", "welsh_county", "estate"]

SIZES = ("1", "2", "3", "4", "5", "6", "7", "8+")
BANDS = ("A", "B", "C", "D", "E", "F", "G", "H")


@dataclass(frozen=True)
class Region:
    """A kind of region.

    Attributes:
        metres_between_lsoas: Square root of the area of a small area (LSOA), in metres.
        fifths: Deprivation fifths of a run of neighbouring LSOAs, shuffled in each run.
        ethnic_shares: Shares of White, Asian, Black, Mixed and Other; they add up to 1.
        household_sizes: Households of 1, 2, ..., 7, 8 and more people, in per cent.
        council_tax: Homes in bands A to H, in per cent.
        communal: People who live in communal establishments, in per cent.
    """

    metres_between_lsoas: float
    fifths: tuple[int, ...]
    ethnic_shares: tuple[float, float, float, float, float]
    household_sizes: tuple[float, ...]
    council_tax: tuple[float, ...]
    communal: float = 1.75


# Groups are sums of the 19 detailed ones, rounded so that they add up to 1.
EW_ETHNIC = (0.817, 0.0925, 0.0405, 0.0289, 0.0211)
EW_SIZES = (30.19, 34.10, 15.96, 12.84, 4.49, 1.51, 0.53, 0.38)
ENGLAND_BANDS = (23.81, 19.49, 21.93, 15.65, 9.78, 5.20, 3.54, 0.60)
# Household sizes of England's deprivation fifths (IMD 2025), most deprived first, in per cent.
SIZES_BY_FIFTH = (
    (34.7, 27.7, 15.9, 11.6, 5.8, 2.5, 1.0, 0.8),
    (32.1, 32.1, 16.0, 12.0, 4.8, 1.8, 0.7, 0.5),
    (30.1, 35.7, 15.8, 12.4, 4.1, 1.3, 0.4, 0.3),
    (28.1, 37.2, 15.9, 13.3, 3.9, 1.1, 0.3, 0.2),
    (25.3, 37.6, 16.3, 15.4, 4.1, 1.0, 0.2, 0.1),
)
_ALL_FIFTHS = (1, 2, 3, 4, 5)

REGIONS: Mapping[RegionName, Region] = MappingProxyType(
    {
        # Kent: 3,544 square kilometres, 938 LSOAs. Every fifth once: assumed.
        "shire_county": Region(
            1_940.0,
            _ALL_FIFTHS,
            (0.893, 0.044, 0.026, 0.024, 0.013),
            (28.35, 34.70, 16.35, 13.88, 4.67, 1.40, 0.43, 0.22),
            (9.9, 18.4, 27.2, 20.3, 11.7, 6.9, 5.2, 0.5),
            communal=1.69,
        ),
        # Hackney: 19.05 square kilometres, 149 LSOAs. More deprived than most: assumed.
        "inner_borough": Region(
            358.0,
            (1, 1, 2, 3, 4, 5),
            (0.531, 0.104, 0.211, 0.067, 0.087),
            (32.93, 30.78, 16.15, 10.96, 4.92, 2.09, 0.97, 1.20),
            (6.8, 26.2, 29.8, 20.9, 11.2, 4.1, 1.1, 0.0),
        ),
        # A city: density and fifths assumed; groups, sizes and bands are those of E&W, of England.
        "city": Region(600.0, (1, 1, 1, 2, 2, 3, 3, 4, 4, 5), EW_ETHNIC, EW_SIZES, ENGLAND_BANDS),
        # A Welsh county: density assumed; the rest is that of E&W, of England.
        "welsh_county": Region(2_600.0, _ALL_FIFTHS, EW_ETHNIC, EW_SIZES, ENGLAND_BANDS),
        # A deprived estate: density and fifths assumed; sizes of England's most deprived fifth;
        # groups are those of E&W, bands those of England.
        "estate": Region(400.0, (*(1,) * 9, 2), EW_ETHNIC, SIZES_BY_FIFTH[0], ENGLAND_BANDS),
    }
)
