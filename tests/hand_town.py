"""A town made by hand, for tests of feeds: a few streets, venues and map points."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import polars as pl


def hand_town() -> Any:
    """Gives three streets in two wards, three venues of which two share a name, and two points."""
    streets = pl.DataFrame(
        {
            "street": [0, 1, 2],
            "name": ["Mare Street", "Quiet Lane", "Long Road"],
            "ward": [0, 0, 1],
            "easting": [1_000, 1_400, 3_000],
            "northing": [1_000, 1_000, 1_000],
            "addresses": [40, 3, 60],
        },
        schema_overrides={
            "street": pl.UInt32(),
            "ward": pl.UInt32(),
            "easting": pl.Int32(),
            "northing": pl.Int32(),
        },
    )
    spots = pl.DataFrame(
        {
            "spot": [0, 1, 2, 3],
            "kind": ["licensed", "licensed", "licensed", "street"],
            "name": ["The Red Lion", "Crown", "Crown", None],
            "street": [0, 0, 2, 1],
            "ward": [0, 0, 1, 0],
            "point": [0, 0, 1, 0],
            "easting": [1_010, 1_060, 3_010, 1_400],
            "northing": [1_000, 1_000, 1_000, 1_000],
            "addresses": [1, 0, 1, 3],
        },
        schema_overrides={
            "spot": pl.UInt32(),
            "street": pl.UInt32(),
            "ward": pl.UInt32(),
            "point": pl.UInt32(),
            "easting": pl.Int32(),
            "northing": pl.Int32(),
        },
    )
    points = pl.DataFrame(
        {
            "point": [0, 1],
            "easting": [1_050, 3_000],
            "northing": [1_000, 1_000],
            "addresses": [43, 60],
        },
        schema_overrides={"point": pl.UInt32(), "easting": pl.Int32(), "northing": pl.Int32()},
    )
    return SimpleNamespace(streets=streets, spots=spots, points=points)
