"""Claims: what an adversary says: this row is that person, and how sure it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Mapping

CLAIM_COLUMNS: Mapping[str, pl.DataType] = MappingProxyType(
    {"row_id": pl.UInt64(), "target_id": pl.UInt64(), "confidence": pl.Float64()}
)


@dataclass(frozen=True)
class Claims:
    """Claims about a release. Both ids are opaque; only scoring can say whom they mean.

    Attributes:
        frame: `row_id` (UInt64, a person's row in the release), `target_id` (UInt64, somebody of
            the adversary's knowledge) and `confidence` (Float64, the stated probability that the
            claim is correct, 0 to 1), ordered by `row_id`, then `target_id`.
    """

    frame: pl.DataFrame = field(repr=False)

    @classmethod
    def of(cls, frame: pl.DataFrame) -> Claims:
        """Makes claims from a frame that holds the columns, in any order."""
        columns = [pl.col(name).cast(dtype) for name, dtype in CLAIM_COLUMNS.items()]
        return cls(frame.select(columns).sort("row_id", "target_id"))

    def __len__(self) -> int:
        """Gives how many claims there are."""
        return self.frame.height
