"""Codes: comparable values sealed with AES-SIV, which the holder of the key can turn back.

`coded` is deterministic: equal values have equal codes, so codes can be joined, and their
frequencies show. `coded-per-row` seals a fresh 16-byte nonce in with each value and writes it in
front: no two codes are equal. Every code is bound to its domain (project, field, rule of
normalisation, period) as associated data, and is opened in no other.

Values are padded before they are sealed, so that a code's length does not tell that of a name.

Sources: AES-SIV is RFC 5297; padding, ISO/IEC 9797-1 method 2 (0x80, then zeros).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from linkage.normalise import normalisation
from linkage.pseudonyms.byte_rows import as_binary, rows_of_binary, rows_of_text
from linkage.pseudonyms.siv import BLOCK
from simulator.randomness import words
from simulator.schema import TokenLabel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from linkage.keys import CodingKey
    from linkage.plan import Treatment
    from linkage.pseudonyms.siv import Bytes

PROJECT: Final = b"linkassay/1"
"""First part of every code's associated data."""

PADDED_BYTES: Final = 32
"""Values are padded to a multiple of so many bytes: names of up to 31 letters look alike."""

NONCE_BYTES: Final = 16

LABEL_SCHEMES: Final = {
    "coded": "aes-siv",
    "coded-per-row": "aes-siv-per-row",
    "coded-shape": "ff1",
    "vault": "vault",
}
"""Scheme of a treatment -> scheme in the label of its codes."""

_PAD: Final = 0x80


class CannotDecode(ValueError):  # noqa: N818 - named for what it says
    """A code was not opened: another key, another domain, or bytes that were changed."""


@dataclass(frozen=True)
class Domain:
    """What a code is bound to, besides its key.

    Attributes:
        field: The coded field.
        period: Period of the key; empty for good.
    """

    field: str
    period: str = ""

    @property
    def associated_data(self) -> list[bytes]:
        """The parts that AES-SIV authenticates with every value, each apart."""
        rule = normalisation(self.field).name
        return [PROJECT, *(part.encode() for part in (self.field, rule, self.period))]


@dataclass(frozen=True)
class CodeBook:
    """A key in use: turns values of one domain into codes and back.

    Attributes:
        key: The key; its material is in no `repr`.
        domain: What codes are bound to.
        per_row: Whether every row has a nonce of its own.
    """

    key: CodingKey = field(repr=False)
    domain: Domain
    per_row: bool = False

    def encode(self, values: pl.Series, nonces: list[bytes] | None = None) -> pl.Series:
        """Code comparable values.

        Args:
            values: String, in comparable form.
            nonces: For `per_row`: 16 bytes a row, none of them twice under one key.

        Returns:
            Binary, same name and length; null where the value is null.

        Raises:
            ValueError: If nonces are missing or not wanted.
        """
        if self.per_row != (nonces is not None):
            raise ValueError("codes of each row need a nonce a row, and other codes take none")
        sizes = values.str.len_bytes().cast(pl.Int64).fill_null(-1).to_numpy()
        padded = np.where(sizes < 0, 0, (sizes // PADDED_BYTES + 1) * PADDED_BYTES)
        own = None if nonces is None else np.frombuffer(b"".join(nonces), np.uint8)
        made = []
        for width, at in _by_width(padded):
            fresh = None if own is None else own.reshape(-1, NONCE_BYTES)[at]
            made.append((at, self._seal(_padded(values.gather(at), sizes[at], width), fresh)))
        return placed(made, len(values), pl.Binary).alias(values.name)

    def decode(self, codes: pl.Series) -> pl.Series:
        """Turn codes back.

        Args:
            codes: Binary; null stays null.

        Returns:
            String, same name and length.

        Raises:
            CannotDecode: If any of them is not opened; nothing is said of the others.
        """
        values = self.open(codes)
        if values.null_count() != codes.null_count():
            message = (
                f"codes of {self.domain.field}: not all of them are opened by key "
                f"{self.key.key_id}, period {self.domain.period or 'any'}; use the key, field and "
                "period under which they were made, and the bytes as they were"
            )
            raise CannotDecode(message)
        return values

    def open(self, codes: pl.Series) -> pl.Series:
        """Turn back the codes that this key opens; null for every other."""
        sizes = codes.bin.size().cast(pl.Int64).fill_null(0).to_numpy()
        width = sizes - BLOCK - NONCE_BYTES * self.per_row
        # Of any other length is no code that a book makes.
        width = np.where((width > 0) & (width % PADDED_BYTES == 0), width, 0)
        opened = [
            (at, self._unseal(rows_of_binary(codes.gather(at), int(sizes[at[0]]))))
            for _, at in _by_width(width)
        ]
        return placed(opened, len(codes), pl.String).alias(codes.name)

    def _seal(self, messages: Bytes, nonces: Bytes | None) -> pl.Series:
        sealed = self.key.seal(messages, self.domain.associated_data, nonces)
        return as_binary(sealed if nonces is None else np.concatenate([nonces, sealed], axis=1))

    def _unseal(self, rows: Bytes) -> pl.Series:
        start = NONCE_BYTES * self.per_row
        nonces = rows[:, :start] if self.per_row else None
        bound = self.domain.associated_data
        messages, is_right = self.key.unseal(rows[:, start:], bound, nonces)
        return _unpadded(messages, is_right)


def row_nonces(record_ids: pl.Series, purpose: str, seed: int) -> list[bytes]:
    """Give each record 16 bytes of the simulated chance, for invented people only.

    Args:
        record_ids: UInt64, distinct.
        purpose: Dataset and field, so that no two columns share a nonce.
        seed: The run's seed.
    """
    halves = [words(seed, f"nonce/{purpose}", record_ids.to_numpy(), draw) for draw in (0, 1)]
    return sixteen_bytes(*halves)


def sixteen_bytes(first: NDArray[np.uint64], second: NDArray[np.uint64]) -> list[bytes]:
    """Put two columns of 64-bit words together as 16 bytes a row, the first word in front."""
    packed = np.stack([first, second], axis=1).astype(">u8").tobytes()
    return [packed[at : at + NONCE_BYTES] for at in range(0, len(packed), NONCE_BYTES)]


def label(field: str, treatment: Treatment, key_id: str) -> TokenLabel:
    """Say how codes of a field are made; equal labels mean that codes may be compared.

    Raises:
        KeyError: If the treatment makes no codes.
    """
    return TokenLabel(
        scheme=LABEL_SCHEMES[treatment.scheme],
        field=field,
        normalisation=normalisation(field).name,
        key_id=key_id,
        period=treatment.period,
    )


def _padded(values: pl.Series, sizes: NDArray[np.int64], width: int) -> Bytes:
    """Give each value's UTF-8 text, the mark of its end, and zeros, uint8 (n, width)."""
    rows = rows_of_text(values, sizes, width).copy()
    rows[np.arange(len(rows)), sizes] = _PAD
    return rows


def _unpadded(rows: Bytes, is_right: NDArray[np.bool_]) -> pl.Series:
    """Give the text before the mark of its end; null where a row is not right."""
    ends = rows.shape[1] - 1 - np.argmax(rows[:, ::-1] != 0, axis=1)
    table = pl.DataFrame({"text": as_binary(rows), "end": ends, "is_right": is_right})
    text = pl.when("is_right").then(pl.col("text").bin.slice(0, pl.col("end")))
    return table.select(text.cast(pl.String)).to_series()


def _by_width(widths: NDArray[np.int64]) -> list[tuple[int, NDArray[np.int64]]]:
    """Give the positions of each width that there is, but for 0."""
    found = np.flatnonzero(np.bincount(widths)) if len(widths) else widths
    return [(int(width), np.flatnonzero(widths == width)) for width in found if width]


def placed(
    parts: list[tuple[NDArray[np.int64], pl.Series]], length: int, dtype: type[pl.DataType]
) -> pl.Series:
    """Put parts of a column at their positions; null at every other."""
    source = np.full(length, -1)
    if parts:
        source[np.concatenate([at for at, _ in parts])] = np.arange(sum(len(at) for at, _ in parts))
    taken = pl.Series(source)
    taken = pl.select(pl.when(taken >= 0).then(taken)).to_series()
    return pl.concat([pl.Series([], dtype=dtype), *(part for _, part in parts)]).gather(taken)
