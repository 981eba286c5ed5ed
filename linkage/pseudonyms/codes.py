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
from cryptography.exceptions import InvalidTag

from linkage.normalise import normalisation
from simulator.randomness import words
from simulator.schema import TokenLabel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from linkage.keys import CodingKey, KeyRing, Purpose
    from linkage.plan import Treatment

PROJECT: Final = b"linkassay/1"
"""First part of every code's associated data."""

PADDED_BYTES: Final = 32
"""Values are padded to a multiple of so many bytes: names of up to 31 letters look alike."""

NONCE_BYTES: Final = 16

LABEL_SCHEMES: Final = {"coded": "aes-siv", "coded-per-row": "aes-siv-per-row", "vault": "vault"}
"""Scheme of a treatment -> scheme in the label of its codes."""

_PAD: Final = b"\x80"


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
        if nonces is not None:
            return self._encode_rows(values, nonces)
        distinct = values.drop_nulls().unique().sort()
        seal, bound = self.key.cipher.encrypt, self.domain.associated_data
        made = [seal(_pad(value), bound) for value in distinct]
        codes = pl.Series(values.name, made, dtype=pl.Binary)
        return values.replace_strict(distinct, codes, default=None, return_dtype=pl.Binary)

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
        distinct = codes.drop_nulls().unique().sort()
        bound = self.domain.associated_data
        values = [self._open_one(code, bound) for code in distinct]
        opened = pl.Series(codes.name, values, dtype=pl.String)
        return codes.replace_strict(distinct, opened, default=None, return_dtype=pl.String)

    def _encode_rows(self, values: pl.Series, nonces: list[bytes]) -> pl.Series:
        seal, bound = self.key.cipher.encrypt, self.domain.associated_data
        made = [
            None if value is None else nonce + seal(_pad(value), [*bound, nonce])
            for value, nonce in zip(values, nonces, strict=True)
        ]
        return pl.Series(values.name, made, dtype=pl.Binary)

    def _open_one(self, code: bytes, bound: list[bytes]) -> str | None:
        nonce = code[:NONCE_BYTES] if self.per_row else b""
        sealed = code[len(nonce) :]
        try:
            padded = self.key.cipher.decrypt(sealed, [*bound, nonce] if self.per_row else bound)
        except (InvalidTag, ValueError):
            return None
        return padded.rstrip(b"\0").removesuffix(_PAD).decode()


def book_of(keys: KeyRing, purpose: Purpose, treatment: Treatment) -> CodeBook:
    """Derive the code book of one purpose, for a treatment that is `coded` or `coded-per-row`."""
    domain = Domain(purpose.field, purpose.period)
    return CodeBook(keys.derive_coding(purpose), domain, treatment.scheme == "coded-per-row")


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


def _pad(value: str) -> bytes:
    """Give a value's UTF-8 text, 0x80, and zeros up to a multiple of PADDED_BYTES."""
    marked = value.encode() + _PAD
    return marked + bytes(-len(marked) % PADDED_BYTES)
