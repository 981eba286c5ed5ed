"""Tokens: comparable values as numbers or digests, and the label that says how they were made.

A token is the leading bits of a digest of the value's UTF-8 text:

    plain-hash      SHA-256(value)
    salted-hash     SHA-256(value & salt), as OpenPseudonymiser appends its salt
    keyed-hash      HMAC-SHA256(key, value)
    blind           what client and key server make of it: a simulation, see blind_parties.py

or, of `open-pseudonymiser`, the whole digest as that software writes it: 64 hexadecimal digits, so
that a file of tokens can be laid beside one that the original made. A plain hash keeps nothing from
anybody who can list the values, and a salted one nothing from anybody who has the salt: all whom it
was told (`hazards.py`). Fields share such a hash, so that a first name shows as somebody else's
surname; frequencies show in tokens of every kind. A missing value has no token; values of any
length are hashed whole. Sources: FIPS 180-4; RFC 2104; shortening to leading bits, NIST SP 800-107
section 5.1.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import date
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np
import polars as pl

from linkage.keys import BlindKey, Key, Salt
from linkage.normalise import normalisation
from linkage.pseudonyms.blind_parties import Client, KeyServer, Request
from linkage.pseudonyms.byte_rows import rows_of_text
from linkage.pseudonyms.openpseudonymiser import OpenPseudonymiser
from linkage.pseudonyms.sha256 import LONGEST_MESSAGE, keyed_digests, plain_digests
from simulator.schema import TokenLabel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from linkage.keys import KeyRing, Purpose
    from linkage.plan import Treatment

Secret: TypeAlias = Key | BlindKey | Salt
"""What is hashed with."""

NO_KEY: Final = "none"
"""The key id in the label of a plain hash."""

_WHOLE_BITS: Final = 256
_HASHES: Final = {
    "plain-hash": "sha256",
    "salted-hash": "salted-sha256",
    "open-pseudonymiser": "open-pseudonymiser",
    "keyed-hash": "hmac-sha256",
    "blind": "oprf-p256-sha256",
}
"""Scheme of a treatment -> scheme in the label of its tokens, before the slash and the length."""

_SECRETS: Final[dict[str, type]] = {
    "plain-hash": type(None),
    "salted-hash": Salt,
    "open-pseudonymiser": Salt,
    "keyed-hash": Key,
    "blind": BlindKey,
}
_DAY: Final = date(2000, 1, 1)  # of the one request of a session, which has no limit
_DIGEST_BITS: Final = 64
_DIGEST_BYTES: Final = 8


def tokens(
    values: pl.Series, treatment: Treatment, key: Secret | None, threads: int = 1
) -> pl.Series:
    """Turn comparable values into tokens.

    Args:
        values: String, in comparable form (see `linkage.normalise.comparable`).
        treatment: One that makes tokens; gives the scheme and the length in bits.
        key: The key of a keyed hash, or of a key server, or a salt; None for a plain hash.
        threads: Threads to use; the result is the same for any number.

    Returns:
        UInt64, same name and length: the first `bits` bits of the digest, as a number below
        2^bits; or String, 64 hexadecimal digits in capitals, of `open-pseudonymiser`. Null where
        the value is null.

    Raises:
        ValueError: If the treatment makes no tokens, or a key is missing or not wanted.
        TooManyIds: If blind tokens of more than `blind_parties.MOST_IDS` values are asked for.
    """
    _require_key_that_fits(treatment, key)
    if isinstance(key, BlindKey):
        digests = _blind_digests(values, key)
        return _leading(values, digests, treatment.bits)
    if isinstance(key, Salt):
        if treatment.scheme == "open-pseudonymiser":
            return OpenPseudonymiser(key.text).digests(values.to_frame()).alias(values.name)
        values, key = values + key.text, None
    is_long = (values.str.len_bytes() > LONGEST_MESSAGE).fill_null(value=False).to_numpy()
    is_short = values.is_not_null().to_numpy() & ~is_long
    digests = np.zeros(len(values), dtype=np.uint64)
    digests[is_short] = _short_digests(values.filter(pl.Series(is_short)), key, threads)
    digests[is_long] = _long_digests(values.filter(pl.Series(is_long)), key)
    return _leading(values, digests, treatment.bits)


def secret_of(keys: KeyRing, purpose: Purpose, treatment: Treatment) -> Secret | None:
    """Derive what a treatment hashes with for one purpose: a key, a salt, or nothing."""
    if treatment.is_salted:
        return keys.derive_salt(purpose)
    if treatment.is_blind:
        return keys.derive_blind(purpose)
    return keys.derive(purpose) if treatment.is_keyed else None


def label(field: str, treatment: Treatment, key: Secret | None) -> TokenLabel:
    """Say how tokens of a field are made; equal labels mean that tokens may be compared.

    Args:
        field: The field that is tokenised.
        treatment: One that makes tokens.
        key: The key of a keyed hash, or of a key server, or a salt; None for a plain hash, which no
            period changes.

    Raises:
        ValueError: If the treatment makes no tokens, or a key is missing or not wanted.
    """
    _require_key_that_fits(treatment, key)
    bits = _WHOLE_BITS if treatment.scheme == "open-pseudonymiser" else treatment.bits
    return TokenLabel(
        scheme=f"{_HASHES[treatment.scheme]}/{bits}",
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


def _require_key_that_fits(treatment: Treatment, key: Secret | None) -> None:
    """Raise ValueError unless the treatment makes tokens, with a secret of its own kind or none."""
    if not treatment.makes_tokens:
        message = f"scheme {treatment.scheme} makes no tokens; use keyed-hash or plain-hash"
        raise ValueError(message)
    has_own_kind = isinstance(key, _SECRETS[treatment.scheme])
    if not has_own_kind:
        given = "no key was given" if key is None else f"key {key.key_id} was given"
        message = (
            f"scheme {treatment.scheme}: {given}; keyed-hash needs a key, blind that of a key "
            "server, salted-hash and open-pseudonymiser a salt, plain-hash takes none"
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
