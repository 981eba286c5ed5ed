"""Shaped codes: an NHS number coded as an NHS number, a postcode as one of the same shape.

A code fits wherever its value did: it has as many characters, of the same kinds in the same places,
and passes the same checks. The holder of the key turns it back.

* `nhs_number`: a valid number of the block that is never issued, 900 000 0000 to 999 999 9999,
  becomes another of the block, so that no code is anybody's number.
* `postcode`: capitals and digits without blanks; a letter stays some letter and a digit some digit.
  A code may be the postcode of a real place, and says nothing about it.

What cannot be coded has no code: null in place of missing and empty values; of text with any other
character (marks, other scripts, blanks, control characters); of numbers out of the block or with a
wrong check digit; of shapes with fewer than a million texts, such as half a postcode, of which
anybody could soon make a table, or more than 2^32, such as eight letters.

What it leaks: equal values have equal codes, as with AES-SIV, and the shape shows. Nothing is
authenticated: with another key, field or period a code turns back to a wrong value, without a sign.
Only the key's id tells. Source: see `ff1.py`; the key is derived from the key for codes of the same
purpose, and the tweak is project, field, rule of normalisation, period and shape.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from linkage.pseudonyms.codes import CannotDecode, placed
from linkage.pseudonyms.shapes import nhs_numbers_in, written_in

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from linkage.keys import CodingKey
    from linkage.pseudonyms.codes import Domain
    from linkage.pseudonyms.ff1 import Numerals
    from linkage.pseudonyms.shapes import Ranks, Shape

    Finder = Callable[[pl.Series], Sequence[tuple[Shape, NDArray[np.int64]]]]
    Cipher = Callable[[Numerals, int, bytes], Numerals]

SHAPED: Final[Mapping[str, Finder]] = MappingProxyType(
    {"nhs_number": nhs_numbers_in, "postcode": written_in}
)
"""Field that has shaped codes -> what finds its values' shapes."""


@dataclass(frozen=True)
class ShapeBook:
    """A key in use: turns values of one domain into codes of the same shape, and back.

    Attributes:
        key: The key; its material is in no `repr`.
        domain: What codes are bound to; its field is one of SHAPED.
    """

    key: CodingKey = field(repr=False)
    domain: Domain

    def __post_init__(self) -> None:
        """Checks the field.

        Raises:
            ValueError: If values of the field have no shape.
        """
        require_shaped(self.domain.field)

    def encode(self, values: pl.Series) -> pl.Series:
        """Codes comparable values.

        Args:
            values: String, in comparable form.

        Returns:
            String, same name and length; null where a value is missing or has no code.
        """
        return self._carried(values, self.key.encipher)

    def open(self, codes: pl.Series) -> pl.Series:
        """Turns codes back; null for what is no code of any key, wrong for those of another key."""
        return self._carried(codes, self.key.decipher)

    def decode(self, codes: pl.Series) -> pl.Series:
        """Turns codes back; null stays null.

        Raises:
            CannotDecode: If any of them is no code of any key.
        """
        values = self.open(codes)
        if values.null_count() != codes.null_count():
            message = (
                f"codes of {self.domain.field}: not all of them have the shape of a code; use the "
                "codes as they were written"
            )
            raise CannotDecode(message)
        return values

    def _carried(self, texts: pl.Series, cipher: Cipher) -> pl.Series:
        made = [
            (rows, shape.texts(self._walked(shape, shape.ranks(texts.gather(rows)), cipher)))
            for shape, rows in SHAPED[self.domain.field](texts)
        ]
        return placed(made, len(texts), pl.String).alias(texts.name)

    def _walked(self, shape: Shape, ranks: Ranks, cipher: Cipher) -> Ranks:
        """Carries each rank on until it is that of a text again."""
        tweak = _tweak([*self.domain.associated_data, shape.name.encode()])
        walked, going = ranks.copy(), np.arange(len(ranks))
        while len(going):
            text = _numerals(walked[going], shape)
            walked[going] = _number(cipher(text, shape.radix, tweak), shape.radix)
            going = going[~shape.has(walked[going])]
        return walked


def require_shaped(name: str) -> None:
    """Raise ValueError if a field has no shaped codes."""
    if name not in SHAPED:
        message = (
            f"codes in the same shape are made of {' and '.join(SHAPED)}, and {name} is neither: "
            "use coded"
        )
        raise ValueError(message)


def with_code(name: str, values: pl.Series) -> pl.Series:
    """Gives the values of a field that have a shaped code; null in place of others.

    Raises:
        ValueError: If values of the field have no shape.
    """
    require_shaped(name)
    found = [(rows, values.gather(rows)) for _, rows in SHAPED[name](values)]
    return placed(found, len(values), pl.String).alias(values.name)


def _tweak(parts: list[bytes]) -> bytes:
    """Puts parts together, each after its own length, so that no two lists give one tweak."""
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def _numerals(ranks: Ranks, shape: Shape) -> NDArray[np.uint16]:
    """Writes ranks as numerals, uint16 (n, numerals)."""
    powers = shape.radix ** np.arange(shape.numerals)[::-1]
    return (ranks[:, None] // powers % shape.radix).astype(np.uint16)


def _number(numerals: Numerals, radix: int) -> Ranks:
    """Reads numerals as ranks."""
    return np.asarray(numerals @ radix ** np.arange(numerals.shape[1])[::-1])
