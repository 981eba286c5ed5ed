"""The audit chain: a log in which every row carries a digest of the row before.

A row's digest is SHA-256 over the digest before it and the row's own fields, each after its length.
Another party keeps the anchor: the last digest and how many rows there are. Whoever changes, puts
in, takes out or cuts off a row would have to change the anchor as well.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Mapping

START: Final = hashlib.sha256(b"linkassay/1/audit").hexdigest()
"""What the first row carries as the digest before it."""

AUDIT_COLUMNS: Mapping[str, pl.DataType] = MappingProxyType(
    {
        "minute": pl.Int64(),
        "account": pl.String(),
        "role": pl.String(),
        "reason": pl.String(),
        "row_id": pl.UInt64(),
        "outside": pl.Boolean(),
        "second": pl.Boolean(),
        "outcome": pl.String(),
        "alarm": pl.Boolean(),
    }
)
"""What is written down of a request: who asked for which row and why, and what became of it."""


@dataclass(frozen=True)
class Anchor:
    """What another party keeps of a chain: the last digest, and how many rows there are."""

    head: str
    length: int


@dataclass(frozen=True)
class AuditChain:
    """A log of requests.

    Attributes:
        frame: Columns of AUDIT_COLUMNS, `before` and `digest` (String, 64 hexadecimal digits), in
            order of time.
    """

    frame: pl.DataFrame = field(repr=False)

    @classmethod
    def empty(cls) -> AuditChain:
        """Begins a log."""
        schema = {**AUDIT_COLUMNS, "before": pl.String(), "digest": pl.String()}
        return cls(pl.DataFrame(schema=schema))

    @property
    def anchor(self) -> Anchor:
        """What another party is to keep."""
        digests = self.frame["digest"]
        return Anchor(digests[-1] if len(digests) else START, len(digests))

    def with_rows(self, rows: pl.DataFrame) -> AuditChain:
        """Returns the log with rows written after it, in the order given."""
        columns = [pl.col(name).cast(dtype) for name, dtype in AUDIT_COLUMNS.items()]
        added = rows.select(columns)
        befores, digests = _digests(added, self.anchor.head)
        chained = added.with_columns(
            before=pl.Series(befores, dtype=pl.String), digest=pl.Series(digests, dtype=pl.String)
        )
        return AuditChain(pl.concat([self.frame, chained]))


def broken_at(chain: AuditChain, anchor: Anchor) -> int | None:
    """Checks a log against what another party kept.

    Returns:
        The first row, from 0, at which the log was changed; its number of rows where the end is
        missing or rows were added; None where all is as it was.
    """
    befores, digests = _digests(chain.frame.select(list(AUDIT_COLUMNS)), START)
    held = zip(chain.frame["before"], chain.frame["digest"], befores, digests, strict=True)
    for at, (before, digest, right_before, right) in enumerate(held):
        if (before, digest) != (right_before, right):
            return at
    if chain.anchor != anchor:
        return min(chain.frame.height, anchor.length)
    return None


def _digests(rows: pl.DataFrame, head: str) -> tuple[list[str], list[str]]:
    """Gives the digest before each row, and of each row. Each needs the one before: no columns."""
    befores, digests = [], []
    for row in rows.iter_rows():
        befores.append(head)
        written = b"".join(_part(value) for value in (head, *row))
        head = hashlib.sha256(written).hexdigest()
        digests.append(head)
    return befores, digests


def _part(value: object) -> bytes:
    """Writes one field after its length; what is missing has a mark of its own."""
    if value is None:
        return b"\xff"
    text = str(value).encode()
    return len(text).to_bytes(4, "big") + text
