"""The vault: a 128-bit number in place of each value, and the table that turns it back.

A number has no relation to its value that can be worked out: only the table leads back. Here the
numbers are drawn by a keyed function of the value, whose key nobody is given, so that one proposal
gives the same bytes again and agencies that share a vault write the same number for one value.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from linkage.keys import Purpose
from linkage.plan import Treatment
from linkage.pseudonyms.codes import CannotDecode, sixteen_bytes
from linkage.pseudonyms.tokens import tokens
from linkage.secret import Secret

if TYPE_CHECKING:
    from linkage.keys import Key, KeyRing

_DRAW = Treatment(scheme="keyed-hash", bits=64)


@dataclass(frozen=True, eq=False)
class Vault(Secret):
    """Draws a number for each value of one field.

    Attributes:
        field: The field.
        halves: What the two halves of a number are drawn with.
    """

    field: str
    halves: tuple[Key, Key] = dataclasses.field(repr=False)

    @classmethod
    def of(cls, keys: KeyRing, purpose: Purpose) -> Vault:
        """Open the vault of one purpose.

        Raises:
            KeyDestroyed: If the purpose's keys were destroyed.
        """
        keys.require(purpose)
        first, second = (
            keys.derive(Purpose(purpose.field, f"{half} half/{purpose.holder}", purpose.period))
            for half in ("first", "second")
        )
        return cls(purpose.field, (first, second))

    @property
    def vault_id(self) -> str:
        """Eight hexadecimal digits that tell vaults apart."""
        return self.halves[0].key_id

    def encode(self, values: pl.Series) -> pl.Series:
        """Put a number in place of each comparable value.

        Args:
            values: String.

        Returns:
            Binary (16 bytes), same name and length; equal for equal values, null for null.
        """
        distinct = values.drop_nulls().unique().sort()
        halves = [tokens(distinct, _DRAW, key).to_numpy() for key in self.halves]
        numbers = pl.Series(values.name, sixteen_bytes(*halves), dtype=pl.Binary)
        return values.replace_strict(distinct, numbers, default=None, return_dtype=pl.Binary)

    def table(self, values: pl.Series) -> VaultTable:
        """Write the table of some values: what whoever runs the vault holds."""
        distinct = values.drop_nulls().unique().sort()
        columns = [self.encode(distinct).alias("code"), distinct.alias("value")]
        return VaultTable(self.field, pl.DataFrame(columns))


@dataclass(frozen=True, eq=False)
class VaultTable(Secret):
    """The way back from numbers to values.

    Attributes:
        field: The field.
        frame: `code` (Binary), `value` (String), a row a distinct value, ordered by `value`.
    """

    field: str
    frame: pl.DataFrame = dataclasses.field(repr=False)

    def open(self, codes: pl.Series) -> pl.Series:
        """Turn back the numbers that the table holds; null for every other."""
        return codes.replace_strict(
            self.frame["code"], self.frame["value"], default=None, return_dtype=pl.String
        )

    def decode(self, codes: pl.Series) -> pl.Series:
        """Turn numbers back.

        Raises:
            CannotDecode: If the table lacks any of them.
        """
        values = self.open(codes)
        if values.null_count() != codes.null_count():
            message = (
                f"codes of {self.field}: not all of them are in this vault; use the vault that "
                "gave them out"
            )
            raise CannotDecode(message)
        return values
