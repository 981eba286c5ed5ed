"""Transcryption: tokens sealed for one recipient, and re-keyed for another without clear text.

    sealed = AES-SIV(key of the recipient, token; what the token is of)

Deterministic: equal tokens are sealed alike for one recipient, and unlike for two, so that each can
join its own files and none can join another's. Whoever holds both keys opens with one and seals
with the other; no identifier is needed, or had. Sources: AES-SIV is RFC 5297; the flow is OPPRL's
(draft, "Transcryption"), which hands over with a recipient's public key: here keys are symmetric.

What leaks: frequencies, as of the tokens themselves. Whoever re-keys can join both recipients'
files, and has the tokens in passing: with the tokens' own key as well, it can try all values.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from linkage.keys import Purpose
from linkage.pseudonyms.byte_rows import as_binary, rows_of_binary
from linkage.pseudonyms.codes import PROJECT, CannotDecode
from linkage.pseudonyms.siv import BLOCK
from simulator.schema import TokenLabel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from linkage.keys import CodingKey, KeyRing
    from linkage.pseudonyms.siv import Bytes

SEALED_BYTES: Final = 2 * BLOCK
"""Bytes of a sealed token: the tag, and a block with the token in front."""

_TOKEN_BYTES: Final = 8
_USE: Final = b"transcryption"


@dataclass(frozen=True)
class Recipient:
    """Somebody for whom tokens of one kind are sealed.

    Attributes:
        name: The recipient.
        key: The recipient's key; its material is in no `repr`.
        made_as: Label of the tokens.
        period: Period of the recipient's key; empty for good.
    """

    name: str
    key: CodingKey = field(repr=False)
    made_as: TokenLabel
    period: str = ""

    @classmethod
    def of(cls, keys: KeyRing, name: str, made_as: TokenLabel, period: str = "") -> Recipient:
        """Derive a recipient's key for tokens of one kind and a period."""
        purpose = Purpose(f"transcryption/{made_as.field}", name, period)
        return cls(name, keys.derive_coding(purpose), made_as, period)

    @property
    def label(self) -> TokenLabel:
        """Say how sealed tokens are made: two recipients' labels differ, and so never join."""
        made_as = self.made_as
        return TokenLabel(
            "sealed", f"token of {made_as.field}", str(made_as), self.key.key_id, self.period
        )

    def seal(self, tokens: pl.Series) -> pl.Series:
        """Seal tokens.

        Args:
            tokens: UInt64; null stays null.

        Returns:
            Binary, same name and length: SEALED_BYTES each.
        """
        present = tokens.drop_nulls().to_numpy()
        blocks = np.zeros((len(present), BLOCK), np.uint8)
        blocks[:, :_TOKEN_BYTES] = present.astype(">u8").view(np.uint8).reshape(-1, _TOKEN_BYTES)
        sealed = as_binary(self.key.seal(blocks, self._bound)) if len(present) else None
        return _spread(tokens, sealed, pl.Binary())

    def open(self, sealed: pl.Series) -> pl.Series:
        """Open sealed tokens.

        Args:
            sealed: Binary; null stays null.

        Returns:
            UInt64, same name and length.

        Raises:
            CannotDecode: If any of them is not opened; nothing is said of which, or of the others.
        """
        present = sealed.drop_nulls()
        if present.is_empty():
            return _spread(sealed, None, pl.UInt64())
        if not (present.bin.size() == SEALED_BYTES).all():
            raise self._cannot_open()
        blocks, is_right = self.key.unseal(rows_of_binary(present, SEALED_BYTES), self._bound)
        if not is_right.all():
            raise self._cannot_open()
        return _spread(sealed, pl.Series(_numbers(blocks)), pl.UInt64())

    @property
    def _bound(self) -> list[bytes]:
        """What every sealed token is bound to, besides the key."""
        made_as = self.made_as
        parts = (made_as.scheme, made_as.field, made_as.normalisation, made_as.key_id)
        return [PROJECT, _USE, *(part.encode() for part in (*parts, made_as.period))]

    def _cannot_open(self) -> CannotDecode:
        return CannotDecode(
            f"sealed tokens: not all of them are opened by the key of {self.name}, "
            f"{self.key.key_id}, as {self.made_as}; use the recipient and the tokens' label with "
            "which they were sealed, and the bytes as they were"
        )


def transcrypt(sealed: pl.Series, giver: Recipient, taker: Recipient) -> pl.Series:
    """Re-key tokens that are sealed for one recipient, for another.

    Args:
        sealed: Binary, sealed for `giver`; null stays null.
        giver: For whom they are sealed.
        taker: For whom they are to be.

    Returns:
        Binary, same name and length: what sealing the same tokens for `taker` gives.

    Raises:
        CannotDecode: If any of them is not opened.
        ValueError: If the two are for tokens of different kinds.
    """
    if giver.made_as != taker.made_as:
        message = (
            f"tokens for {giver.name} are {giver.made_as}, and for {taker.name} {taker.made_as}; "
            "tokens stay what they are when they are re-keyed: give both one label"
        )
        raise ValueError(message)
    return taker.seal(giver.open(sealed))


def _numbers(blocks: Bytes) -> NDArray[np.uint64]:
    """Read the token in front of each block."""
    front = np.ascontiguousarray(blocks[:, :_TOKEN_BYTES])
    return front.view(">u8").ravel().astype(np.uint64)


def _spread(like: pl.Series, present: pl.Series | None, dtype: pl.DataType) -> pl.Series:
    """Put what was made of the values that are there at their places; null at every other."""
    if present is None:
        return pl.Series(like.name, [None] * len(like), dtype=dtype)
    place = pl.select(
        pl.when(like.is_not_null()).then(like.is_not_null().cum_sum() - 1)
    ).to_series()
    return present.cast(dtype).gather(place).alias(like.name)
