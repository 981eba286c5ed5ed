"""Streets: runs of neighbouring postcodes, each with an invented name of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulator import randomness

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

_POSTCODES_PER_STREET = 3

_FIRST = (  # noqa: SIM905 - shorter to read than a list
    "Alder Amber Ash Barn Beech Birch Black Bramble Brook Cedar Chalk Church Clay Copper Crow "
    "Dove Elder Elm Fern Flint Fox Frost Glen Gold Grange Green Grey Hart Hawk Hazel Heath Heron "
    "Holly Ivy Juniper King Lark Laurel Lime Linden Maple Marsh Meadow Mill Moor Moss Oak Orchard "
    "Otter Park Pear Pine Quarry Queen Raven Red River Robin Rose Rowan Sand Silver Stone Swan "
    "Thorn Vale Walnut Well White Willow Wren"
).split()
_SECOND = (  # noqa: SIM905
    "bourne bridge combe cote dale den field ford gate ham hill hurst lea ley mere stead stow ton "
    "wick worth"
).split()
_ENDINGS = (  # noqa: SIM905
    "Street Road Avenue Lane Close Gardens Terrace Grove Place Way Crescent Square"
).split()
SHORT_ENDINGS = {"Street": "St", "Road": "Rd", "Avenue": "Ave", "Lane": "Ln", "Gardens": "Gdns",
                 "Square": "Sq", "Place": "Pl", "Close": "Cl", "Terrace": "Ter", "Crescent": "Cres",
                 "Grove": "Gr"}  # fmt: skip
"""How the last word of a street's name is written in short."""

_SIDES = ("", "Old ", "New ", "Upper ", "Lower ", "East ", "West ", "North ", "South ")


def postcode_runs(postcodes: pl.Series) -> NDArray[np.int64]:
    """Numbers the postcodes of homes from 0, in the order of homes, int64."""
    changes = (postcodes != postcodes.shift(1)).fill_null(value=False).to_numpy()
    return np.cumsum(changes)


def streets_of(runs: NDArray[np.int64]) -> NDArray[np.int64]:
    """Returns the number of each home's street from that of its postcode."""
    return runs // _POSTCODES_PER_STREET


def place_names() -> list[str]:
    """Lists names of invented places, such as Alderham."""
    return [f"{a}{b}" for a in _FIRST for b in _SECOND]


def street_names(seed: int, number: NDArray[np.int64]) -> list[str]:
    """Returns the names of streets by their numbers, all different.

    Args:
        seed: The run's seed.
        number: Whole numbers from 0, shape (streets,).

    Raises:
        ValueError: If there are more streets than names.
    """
    stems = place_names()
    everything = len(stems) * len(_ENDINGS) * len(_SIDES)
    plain = len(stems) * len(_ENDINGS)
    # The first names have no side, so that a small town has no Upper and Lower of everything.
    block, within = np.divmod(number, plain)
    code = randomness.permuted(seed, "names of streets", within, plain).astype(np.int64)
    stem, ending = np.divmod(code, len(_ENDINGS))
    if len(number) > everything:
        raise ValueError(f"a town of {len(number):,} streets has more than there are names")
    return [
        f"{_SIDES[side]}{stems[s]} {_ENDINGS[e]}"
        for side, s, e in zip(block.tolist(), stem.tolist(), ending.tolist(), strict=True)
    ]
