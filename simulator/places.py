"""Places: homes with addresses, small areas with deprivation, and sites of care.

Homes are numbered in order; areas are cut from that order by sizes drawn for each area by its own
number. A larger world therefore starts with the same homes, areas and postcodes as a smaller one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from simulator import randomness
from simulator.regions import REGIONS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.regions import RegionName

# Homes per Output Area: mean 131, standard deviation 29 (Census 2021, 188,880 areas).
_OUTPUT_AREA_HOMES = (131.0, 29.0)
# Output Areas per LSOA: mean 5.3 (188,880 / 35,672); LSOAs per MSOA: mean 4.9 (35,672 / 7,264).
_OUTPUT_AREAS_PER_LSOA = ((4, 5, 6, 7), (0.2, 0.4, 0.3, 0.1))
_LSOAS_PER_MSOA = ((4, 5, 6), (0.3, 0.5, 0.2))
# Addresses per unit postcode: mean about 15, at most 100 (ONS postal geography).
_POSTCODE_HOMES = (15.0, 2.0, 100)
_HOMES_PER_MSOA = 131 * 5.3 * 4.9

# Postcode areas begin with Q or V, which no real area does (XX is used, for returns to shops); 600
# units to a district and 200 to a sector (8,600 and 2,600 households; ICO 2012).
_UNIT_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"
_UNITS_PER_DISTRICT, _UNITS_PER_SECTOR = 600, 200
# UPRNs of up to twelve digits; the block from 990,000,000,000 is not in use.
_FIRST_UPRN = 990_000_000_000

KENT_METRES = REGIONS["shire_county"].metres_between_lsoas
_POSTCODE_SPREAD, _HOME_SPREAD = 700.0 / 1_940.0, 40.0 / 1_940.0  # of the metres between LSOAs
_ORIGIN = (580_000.0, 150_000.0)
_GOLDEN_ANGLE = np.pi * (3.0 - np.sqrt(5.0))


@dataclass(frozen=True)
class Areas:
    """Areas of each home, as numbers from 0.

    Attributes:
        output_area: int64, shape (homes,).
        lsoa: int64, shape (homes,).
        msoa: int64, shape (homes,).
        postcode: int64, shape (homes,), nested in Output Areas.
        deprivation_fifth: int64 1 (most deprived) to 5, shape (homes,).
    """

    output_area: NDArray[np.int64] = field(repr=False)
    lsoa: NDArray[np.int64] = field(repr=False)
    msoa: NDArray[np.int64] = field(repr=False)
    postcode: NDArray[np.int64] = field(repr=False)
    deprivation_fifth: NDArray[np.int64] = field(repr=False)


def _cut(sizes: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """Gives 0..count-1 the number of the group that each falls in, groups having these sizes."""
    return np.searchsorted(np.cumsum(sizes), np.arange(count), side="right")


def _grouped(
    seed: int, decision: str, count: int, table: tuple[tuple[int, ...], tuple[float, ...]]
) -> NDArray[np.int64]:
    """Groups 0..count-1 into runs whose lengths are drawn from a table of sizes and weights."""
    numbers = np.arange(count // table[0][0] + 1)
    sizes = np.array(table[0])[randomness.choose(seed, decision, numbers, table[1])]
    return _cut(sizes, count)


def areas(seed: int, homes: int, region: RegionName = "shire_county") -> Areas:
    """Cuts homes into Output Areas, LSOAs, MSOAs and postcodes, and gives LSOAs deprivation.

    Each run of LSOAs holds the region's mix of deprivation fifths in a random order, so that a
    small world has people of each.

    Args:
        seed: The run's seed.
        homes: How many homes.
        region: The region, for its mix of deprivation fifths.

    Returns:
        The areas of each home, in order of home.
    """
    numbers = np.arange(homes // 40 + 1)
    mean, spread = _OUTPUT_AREA_HOMES
    drawn = mean + spread * randomness.normal(seed, "homes of output area", numbers)
    output_area = _cut(np.clip(drawn.round(), 40, 250).astype(np.int64), homes)
    lsoa_of = _grouped(seed, "output areas of lsoa", len(numbers), _OUTPUT_AREAS_PER_LSOA)
    msoa_of = _grouped(seed, "lsoas of msoa", len(numbers), _LSOAS_PER_MSOA)
    lsoa = lsoa_of[output_area]
    mean, shape, most = _POSTCODE_HOMES
    runs = mean * randomness.gamma(seed, "homes of postcode", np.arange(homes // 8 + 100), shape)
    run = _cut(np.clip(runs.round(), 1, most).astype(np.int64), homes)
    starts_run = np.diff(run, prepend=-1) != 0
    starts = np.flatnonzero(starts_run | (np.diff(output_area, prepend=-1) != 0))
    postcode = np.searchsorted(starts, np.arange(homes), side="right") - 1
    return Areas(output_area, lsoa, msoa_of[lsoa], postcode, _fifths(seed, lsoa, region))


def _fifths(seed: int, lsoa: NDArray[np.int64], region: RegionName) -> NDArray[np.int64]:
    mix = np.array(REGIONS[region].fifths)
    numbers = np.arange(-(-(int(lsoa.max()) + 1) // len(mix)) * len(mix))
    draws = randomness.uniform(seed, "deprivation of lsoa", numbers).reshape(-1, len(mix))
    ranks = np.argsort(np.argsort(draws, axis=1), axis=1).reshape(-1)
    return np.asarray(mix[ranks[lsoa]], dtype=np.int64)


def _postcodes(number: NDArray[np.int64]) -> NDArray[np.str_]:
    """Writes invented postcodes such as QB7 4XD for postcode numbers."""
    district, unit = np.divmod(number, _UNITS_PER_DISTRICT)
    first, letter_district = np.divmod(district, 26 * 99)
    letter, small = np.divmod(letter_district, 99)
    letters = np.array([chr(65 + i) for i in range(26)])
    units = np.array([a + b for a in _UNIT_LETTERS for b in _UNIT_LETTERS])
    sector, inward = np.divmod(unit, _UNITS_PER_SECTOR)
    # Spread the units of a sector over the 400 pairs of letters; 7 and 400 share no factor.
    pair = (inward * 7 + sector * 13 + small * 29) % len(units)
    outward = np.char.add(
        np.char.add(np.array(["Q", "V"])[first % 2], letters[letter]),
        (small + 1).astype("U2"),
    )
    return np.char.add(np.char.add(outward, " "), np.char.add(sector.astype("U1"), units[pair]))


def homes_frame(seed: int, found: Areas, metres: float = KENT_METRES) -> pl.DataFrame:
    """Builds the frame of homes.

    Args:
        seed: The run's seed.
        found: The areas of each home.
        metres: Metres between small areas (LSOAs).

    Returns:
        Frame ordered by home number (row i is home i): `home_id` (UInt64), `uprn` (Int64),
        `postcode` (String), `oa`, `lsoa`, `msoa` (UInt32), `deprivation_fifth` (UInt8), `easting`
        and `northing` (Int32, metres on an invented plain).
    """
    number = np.arange(len(found.lsoa))
    easting, northing = _lsoa_centres(found.lsoa, metres)
    for spread, what, ids in (
        (_POSTCODE_SPREAD * metres, "postcode", found.postcode),
        (_HOME_SPREAD * metres, "home", number),
    ):
        easting = easting + spread * randomness.normal(seed, f"easting of {what}", ids)
        northing = northing + spread * randomness.normal(seed, f"northing of {what}", ids)
    # Postcodes are numbered from 0 without gaps: each is written once.
    units = pl.Series(_postcodes(np.arange(int(found.postcode[-1]) + 1)))
    return pl.DataFrame(
        {
            "home_id": randomness.combine("home", number, 0),
            "uprn": _FIRST_UPRN + number,
            "postcode": units.gather(found.postcode),
            "oa": found.output_area.astype(np.uint32),
            "lsoa": found.lsoa.astype(np.uint32),
            "msoa": found.msoa.astype(np.uint32),
            "deprivation_fifth": found.deprivation_fifth.astype(np.uint8),
            "easting": easting.round().astype(np.int32),
            "northing": northing.round().astype(np.int32),
        }
    )


def _lsoa_centres(
    lsoa: NDArray[np.int64], metres: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Places LSOAs on a sunflower spiral: even density, whatever their number."""
    radius = metres / np.sqrt(np.pi) * np.sqrt(lsoa + 0.5)
    angle = lsoa * _GOLDEN_ANGLE
    return _ORIGIN[0] + radius * np.cos(angle), _ORIGIN[1] + radius * np.sin(angle)


# Kinds of site, and how many people each serves; hospitals' numbers come from the proposal.
SITE_KINDS = ("hospital", "mental health team", "community team", "social care team")
PEOPLE_PER_TEAM = {
    "mental health team": 50_000,
    "community team": 30_000,
    "social care team": 60_000,
}


def site_number(kind: str, number: NDArray[np.int64]) -> NDArray[np.uint32]:
    """Numbers a site: its kind and its number within the kind, as in the frame of sites."""
    return (SITE_KINDS.index(kind) * 10_000 + number).astype(np.uint32)


def site_of_msoa(msoa: NDArray[np.int64], people_per_site: float) -> NDArray[np.int64]:
    """Gives each MSOA its site of a kind: a run of neighbouring MSOAs share one."""
    msoas_per_site = max(1.0, people_per_site / (_HOMES_PER_MSOA * 2.36))
    return (msoa // msoas_per_site).astype(np.int64)


def sites_frame(
    found: Areas, people_per_hospital: int, metres: float = KENT_METRES
) -> pl.DataFrame:
    """Builds the frame of sites of care: `place` (UInt32), `kind`, `easting`, `northing` (Int32).

    A site stands at the centre of the first LSOA that it serves.
    """
    msoas, first_home = np.unique(found.msoa, return_index=True)
    parts = []
    for kind in SITE_KINDS:
        people = PEOPLE_PER_TEAM.get(kind, people_per_hospital)
        numbers, first = np.unique(site_of_msoa(msoas, people), return_index=True)
        easting, northing = _lsoa_centres(found.lsoa[first_home[first]], metres)
        parts.append(
            pl.DataFrame(
                {
                    "place": site_number(kind, numbers),
                    "kind": [kind] * len(numbers),
                    "easting": easting.round().astype(np.int32),
                    "northing": northing.round().astype(np.int32),
                }
            )
        )
    return pl.concat(parts)
