"""Regions: how densely people live, and which ethnic groups they are of; reads as a table.

Sources: Census 2021 (ethnic group by district; counts of LSOAs) and areas of the districts.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

RegionName = Literal["shire_county", "inner_borough"]


@dataclass(frozen=True)
class Region:
    """A kind of region.

    Attributes:
        metres_between_lsoas: Square root of the area of a small area (LSOA), in metres.
        ethnic_shares: Shares of White, Asian, Black, Mixed and Other.
    """

    metres_between_lsoas: float
    ethnic_shares: tuple[float, float, float, float, float]


REGIONS: Mapping[RegionName, Region] = MappingProxyType(
    {
        # Kent: 3,544 square kilometres, 938 LSOAs.
        "shire_county": Region(1_940.0, (0.893, 0.043, 0.026, 0.024, 0.014)),
        # Hackney: 19.05 square kilometres, 149 LSOAs; all else is as in a shire county.
        "inner_borough": Region(358.0, (0.531, 0.104, 0.211, 0.067, 0.087)),
    }
)
