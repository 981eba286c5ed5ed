"""Tokens: comparable values as 64-bit numbers, and the label that says how they were made.

A token is the leading bits of SHA-256 of the value's UTF-8 text (`plain-hash`), of its HMAC-SHA256
under a key (`keyed-hash`), or of what client and key server make of it (`blind`: a simulation, see
blind_parties.py). The plain kind keeps nothing from anybody who can list the values. Sources:
FIPS 180-4; RFC 2104; shortening to leading bits, NIST SP 800-107 section 5.1.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl

from linkage.keys import BlindKey
from linkage.normalise import normalisation
from linkage.pseudonyms.blind_parties import Client, KeyServer, Request
from linkage.pseudonyms.byte_rows import rows_of_text
from linkage.pseudonyms.sha256 import LONGEST_MESSAGE, keyed_digests, plain_digests
from simulator.schema import TokenLabel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from linkage.keys import Key
    from linkage.plan import Treatment

NO_KEY: Final = "none"
"""The key id in the label of a plain hash."""

_KEYED: Final = {"keyed-hash": "hmac-sha256", "blind": "oprf-p256-sha256"}
_DAY: Final = date(2000, 1, 1)  # of the one request of a session, which has no limit
_DIGEST_BITS: Final = 64
_DIGEST_BYTES: Final = 8


def tokens(
    values: pl.Series, treatment: Treatment, key: Key | BlindKey | None, threads: int = 1
) -> pl.Series:
    """Turn comparable values into tokens.

    Args:
        values: String, in comparable form (see `linkage.normalise.comparable`).
        treatment: One that makes tokens; gives the scheme and the length in bits.
        key: The key of a keyed hash, or of a key server; None for a plain hash.
        threads: Threads to use; the result is the same for any number.

    Returns:
        UInt64, same name and length: the first `bits` bits of the digest, as a number below
        2^bits. Null where the value is null.

    Raises:
        ValueError: If the treatment makes no tokens, or a key is missing or not wanted.
        TooManyIds: If blind tokens of more than `blind_parties.MOST_IDS` values are asked for.
    """
    _require_key_that_fits(treatment, key)
    if isinstance(key, BlindKey):
        digests = _blind_digests(values, key)
        return _leading(values, digests, treatment.bits)
    is_long = (values.str.len_bytes() > LONGEST_MESSAGE).fill_null(value=False).to_numpy()
    is_short = values.is_not_null().to_numpy() & ~is_long
    digests = np.zeros(len(values), dtype=np.uint64)
    digests[is_short] = _short_digests(values.filter(pl.Series(is_short)), key, threads)
    digests[is_long] = _long_digests(values.filter(pl.Series(is_long)), key)
    return _leading(values, digests, treatment.bits)


def label(field: str, treatment: Treatment, key: Key | BlindKey | None) -> TokenLabel:
    """Say how tokens of a field are made; equal labels mean that tokens may be compared.

    Args:
        field: The field that is tokenised.
        treatment: One that makes tokens.
        key: The key of a keyed hash, or of a key server; None for a plain hash, which no period
            changes.

    Raises:
        ValueError: If the treatment makes no tokens, or a key is missing or not wanted.
    """
    _require_key_that_fits(treatment, key)
    hash_name = "sha256" if key is None else _KEYED[treatment.scheme]
    return TokenLabel(
        scheme=f"{hash_name}/{treatment.bits}",
        field=field,
        normalisation=normalisation(field).name,
        key_id=NO_KEY if key is None else key.key_id,
        period="" if key is None else treatment.period,
    )


def leading_words(digests: Sequence[bytes]) -> NDArray[np.uint64]:
    """Give the first eight bytes of each digest as a number."""
    leading = b"".join(digest[:_DIGEST_BYTES] for digest in digests)
    numbers: NDArray[Any] = np.frombuffer(leading, dtype=">u8").astype(np.uint64)
    return numbers


def _leading(values: pl.Series, digests: NDArray[np.uint64], bits: int) -> pl.Series:
    """Give the first bits of each value's digest; null where the value is null."""
    numbers = pl.Series("numbers", digests >> np.uint64(_DIGEST_BITS - bits))
    made = pl.when(values.is_not_null().alias("present")).then(numbers).alias(values.name)
    return pl.select(made).to_series()


def _require_key_that_fits(treatment: Treatment, key: Key | BlindKey | None) -> None:
    """Raise ValueError unless the treatment makes tokens, with a key of its own kind or none."""
    if not treatment.makes_tokens:
        message = f"scheme {treatment.scheme} makes no tokens; use keyed-hash or plain-hash"
        raise ValueError(message)
    if treatment.is_keyed != (key is not None) or treatment.is_blind != isinstance(key, BlindKey):
        given = "no key was given" if key is None else f"key {key.key_id} was given"
        message = (
            f"scheme {treatment.scheme}: {given}; keyed-hash needs a key, blind that of a key "
            "server, plain-hash takes none"
        )
        raise ValueError(message)


def _blind_digests(values: pl.Series, key: BlindKey) -> NDArray[np.uint64]:
    """Let a client ask a key server for the digest of each value, in one session.

    Blinds are drawn from the list that is asked for, so that another list has none of them: the
    server cannot tell which values two lists share.
    """
    client = Client("ingest", seed=0)
    lengths = values.str.len_bytes().cast(pl.String).fill_null("")
    listed = (lengths + ":" + values.fill_null("")).str.join("")
    name = hashlib.sha256(listed.item().encode("utf-8")).hexdigest() if len(values) else ""
    session = client.blind(values, f"{key.key_id}/{name}")
    answer, _ = KeyServer(key).evaluate(Request(client.account, _DAY, session.elements))
    made = client.finalize(session, answer)
    numbers = pl.Series(leading_words(made["output"].to_list()), dtype=pl.UInt64)
    found = values.replace_strict(made["value"], numbers, default=0, return_dtype=pl.UInt64)
    return found.fill_null(0).to_numpy()


def _short_digests(values: pl.Series, key: Key | None, threads: int) -> NDArray[np.uint64]:
    """Hash values of up to 55 bytes, each as often as it comes: quicker than finding repeats."""
    if values.is_empty():
        return np.empty(0, dtype=np.uint64)
    lengths = values.str.len_bytes().to_numpy().astype(np.int64)
    messages = rows_of_text(values, lengths)
    if key is None:
        return plain_digests(messages, lengths, threads)
    return keyed_digests(messages, lengths, key.state, threads)


def _long_digests(values: pl.Series, key: Key | None) -> NDArray[np.uint64]:
    """Hash values over 55 bytes, which need several blocks: each distinct one once."""
    distinct = values.unique().sort()
    digests = [_one_digest(value.encode("utf-8"), key) for value in distinct]
    numbers = leading_words(digests)
    return numbers[distinct.search_sorted(values).to_numpy()] if len(values) else numbers


def _one_digest(message: bytes, key: Key | None) -> bytes:
    """Hash one message of any length."""
    if key is None:
        return hashlib.sha256(message).digest()
    return hmac.digest(key.material, message, "sha256")
