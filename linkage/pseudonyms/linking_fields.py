"""Linking fields: a 64-bit number for a person (ALF) or a home (RALF), enciphered again and again.

    ALF    = E(key of the third party, the register's own number of the person)
    ALF_E  = E(key of the databank, ALF)
    ALF_PE = E(key of the databank for one project, ALF_E)

and so RALF, RALF_E and RALF_PE of homes. E is FF1 over four numerals of 16 bits: a permutation of
all 64-bit numbers, so that no two people share a field by chance and each holder of a key turns its
own step back. Sources: who enciphers what for whom, Lyons et al. 2009, BMC Med Inform Decis Mak
9:3, Ford et al. 2009, BMC Health Serv Res 9:157, and SAIL's guides; FF1, NIST SP 800-38G Rev. 1.
The cipher that SAIL uses is not public: this one is our choice.

What leaks: a field is the same wherever the person is met, so whatever is known of one record is
known of all that carry it; whoever has a key joins what was to be kept apart. A missing number
stays missing: a record that was resolved to nobody has no field, and joins nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from linkage.keys import Purpose
from simulator.schema import TokenLabel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from linkage.keys import CodingKey, KeyRing
    from linkage.linking_names import LinkingName

_RADIX: Final = 1 << 16
_NUMERALS: Final = 4
_SCHEME: Final = "ff1-linking-field/64"


@dataclass(frozen=True)
class Cipher:
    """One step of encipherment of one linking field.

    Attributes:
        name: The linking field.
        holder: Who holds the key.
        key: The key; its material is in no `repr`.
    """

    name: LinkingName
    holder: str
    key: CodingKey = field(repr=False)

    @classmethod
    def of(cls, keys: KeyRing, name: LinkingName, holder: str, period: str = "") -> Cipher:
        """Derives the step of one holder for a period."""
        return cls(
            name, holder, keys.derive_coding(Purpose(f"linking-field/{name}", holder, period))
        )

    @property
    def label(self) -> TokenLabel:
        """Says how numbers that left this step were made: those of two holders never join."""
        return TokenLabel(_SCHEME, self.name, "register number", self.key.key_id, "")

    def encipher(self, numbers: pl.Series) -> pl.Series:
        """Enciphers numbers.

        Args:
            numbers: UInt64; null stays null.

        Returns:
            UInt64, same name and length: a permutation of all 64-bit numbers.
        """
        return self._carried(numbers, forwards=True)

    def decipher(self, numbers: pl.Series) -> pl.Series:
        """Turns numbers back; those made under another key give other numbers, and no error."""
        return self._carried(numbers, forwards=False)

    def _carried(self, numbers: pl.Series, *, forwards: bool) -> pl.Series:
        """Carries each distinct number through the permutation once."""
        distinct = numbers.drop_nulls().unique().sort()
        if distinct.is_empty():
            return numbers
        strings = distinct.to_numpy().astype(">u8").view(">u2").reshape(-1, _NUMERALS)
        step = self.key.encipher if forwards else self.key.decipher
        made = _as_numbers(step(strings.astype(np.uint16), _RADIX, self.name.encode()))
        place = distinct.search_sorted(numbers.fill_null(distinct[0])).to_numpy()
        return pl.Series(numbers.name, made[place]).set(numbers.is_null(), None)


def _as_numbers(strings: NDArray[np.uint8] | NDArray[np.uint16]) -> NDArray[np.uint64]:
    """Reads four numerals of 16 bits as one number."""
    rows = np.ascontiguousarray(strings.astype(">u2"))
    return rows.view(">u8").ravel().astype(np.uint64)
