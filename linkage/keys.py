"""Keys: secrets bound to one purpose, derived from one master by HKDF-SHA256.

A purpose is a field, the party that holds the key, and a period. Two purposes have unrelated
keys, so tokens of one project, holder or year cannot be compared with those of another; rotating
a key is deriving it for the next period. Sources: HKDF is RFC 5869; HMAC is RFC 2104.

A key is destroyed by giving up the ring for one that refuses its purpose. While somebody keeps a
ring from before, or the master, the key can be derived again: destruction is what is done to all of
them, and here it is modelled, not enforced.

There is no default key. Material is never in a `repr`, a log or an error, and a key refuses to be
pickled or copied; this stops accidents, not a programmer.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from linkage.pseudonyms import ff1, oprf, p256, siv
from linkage.pseudonyms.sha256 import KeyState, key_state
from linkage.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from linkage.pseudonyms.ff1 import Numerals
    from linkage.pseudonyms.siv import Bytes

MINIMUM_MASTER_BYTES: Final = 16
"""Shortest master accepted: 128 bits."""

_KEY_BYTES: Final = 32
_CODING_KEY_BYTES: Final = 64
_ID_BYTES: Final = 4
_SALT_BYTES: Final = 16
_WIDE_BYTES: Final = 48
_KEY_LABEL: Final = b"linkassay/1/key/"
_KEY_ID_LABEL: Final = b"linkassay/1/key-id/"
_SALT_LABEL: Final = b"linkassay/1/salt/"
_SALT_ID_LABEL: Final = b"linkassay/1/salt-id/"
_CODING_KEY_LABEL: Final = b"linkassay/1/coding-key/"
_CODING_KEY_ID_LABEL: Final = b"linkassay/1/coding-key-id/"
_SHAPING_LABEL: Final = b"linkassay/1/shaping-key/"
_BLIND_KEY_LABEL: Final = b"linkassay/1/blind-key/"
_BLIND_KEY_ID_LABEL: Final = b"linkassay/1/blind-key-id/"
_PROOF_LABEL: Final = b"linkassay/1/proof/"
_SHARE_LABEL: Final = b"linkassay/1/share/"
_RING_ID_LABEL: Final = b"linkassay/1/ring-id/"
_SIMULATED_LABEL: Final = b"linkassay/1/simulated-master/"


class KeyDestroyed(LookupError):  # noqa: N818 - named for what it says
    """A ring was asked for a key that was destroyed."""


@dataclass(frozen=True)
class Purpose:
    """What a key is for, and nothing else.

    Attributes:
        field: The identifier that it pseudonymises, such as `nhs_number`.
        holder: Who holds the key: an agency, a project or a trusted third party.
        period: The time for which the key is used, such as `2017`; a new period is a rotation.
    """

    field: str
    holder: str
    period: str


@dataclass(frozen=True, eq=False)
class Key(Secret):
    """One purpose's secret, of 32 bytes.

    Attributes:
        key_id: Eight hexadecimal digits that tell keys apart and reveal nothing about the material.
        material: The secret; hidden from `repr`.
    """

    key_id: str
    material: bytes = field(repr=False)

    @cached_property
    def state(self) -> KeyState:
        """The HMAC-SHA256 state of this key, worked out once."""
        return key_state(self.material)


@dataclass(frozen=True, eq=False)
class Salt(Secret):
    """One purpose's salt: text that is hashed behind every value.

    A salt is a secret while nobody has it but those who hash; whoever has it can try all values.

    Attributes:
        key_id: Eight hexadecimal digits that tell salts apart and reveal nothing about the text.
        text: 32 hexadecimal digits; hidden from `repr`.
    """

    key_id: str
    text: str = field(repr=False)


@dataclass(frozen=True, eq=False)
class CodingKey(Secret):
    """One purpose's secret for codes that can be turned back: 64 bytes for AES-256-SIV.

    The id is worked out from the material, so that a key put together from its shares has the id of
    the key that was split.

    Attributes:
        material: The secret (32, 48 or 64 bytes: RFC 5297); hidden from `repr`.
    """

    material: bytes = field(repr=False)

    def __repr__(self) -> str:
        """Shows the id alone."""
        return f"CodingKey({self.key_id})"

    @cached_property
    def key_id(self) -> str:
        """Eight hexadecimal digits that tell keys apart and reveal nothing about the material."""
        return _expand(self.material, _CODING_KEY_ID_LABEL, (), _ID_BYTES).hex()

    @cached_property
    def cipher(self) -> AESSIV:
        """The library's AES-SIV under this key: the reference for that of columns, in siv.py."""
        return AESSIV(self.material)

    @cached_property
    def _shaping(self) -> bytes:
        """The AES-256 key for codes of the same shape: derived, and unrelated to the material."""
        return _expand(self.material, _SHAPING_LABEL, (), _KEY_BYTES)

    def seal(
        self, messages: Bytes, associated: Sequence[bytes], nonces: Bytes | None = None
    ) -> Bytes:
        """Seal messages under this key; see `siv.seal`."""
        return siv.seal(self.material, messages, associated, nonces)

    def unseal(
        self, sealed: Bytes, associated: Sequence[bytes], nonces: Bytes | None = None
    ) -> tuple[Bytes, NDArray[np.bool_]]:
        """Open sealed messages with this key; see `siv.unseal`."""
        return siv.unseal(self.material, sealed, associated, nonces)

    def encipher(self, numerals: Numerals, radix: int, tweak: bytes) -> Numerals:
        """Encipher strings under a key derived from this one; see `ff1.encipher`."""
        return ff1.encipher(self._shaping, numerals, radix, tweak)

    def decipher(self, numerals: Numerals, radix: int, tweak: bytes) -> Numerals:
        """Turn enciphered strings back; see `ff1.decipher`."""
        return ff1.decipher(self._shaping, numerals, radix, tweak)

    def split(self) -> tuple[CodingKey, CodingKey]:
        """Split the key into two shares, of which either alone says nothing about it.

        The first share is derived from the key, which makes a run of invented people repeatable; a
        real one comes from a random source. The second is the key XOR the first.
        """
        size = len(self.material)
        first = CodingKey(_expand(self.material, _SHARE_LABEL, (), size))
        return first, self.combine(first)

    def combine(self, other: CodingKey) -> CodingKey:
        """Put two shares together: XOR, so that a key with its first share gives the second.

        Raises:
            ValueError: If the shares differ in length.
        """
        pairs = zip(self.material, other.material, strict=True)
        return CodingKey(bytes(ours ^ theirs for ours, theirs in pairs))


@dataclass(frozen=True, eq=False)
class BlindKey(Secret):
    """A key server's secret for blind pseudonyms (RFC 9497): a scalar of 32 bytes.

    A simulation in plain numbers, not constant-time: it must not guard real data.

    Attributes:
        key_id: Eight hexadecimal digits that tell keys apart and reveal nothing about the material.
        material: The secret; hidden from `repr`.
        mode: Without or with a proof that this key was used.
    """

    key_id: str
    material: bytes = field(repr=False)
    mode: oprf.Mode = oprf.OPRF

    @cached_property
    def public(self) -> bytes:
        """The public key, against which proofs are checked: 33 bytes."""
        return p256.encode(oprf.public_key(p256.decode_scalar(self.material)))

    def outputs(self, values: Sequence[str]) -> list[bytes]:
        """Give what whoever holds this key can work out alone: 32 bytes for each value."""
        inputs = [value.encode() for value in values]
        return oprf.outputs(p256.decode_scalar(self.material), inputs, self.mode)

    def evaluate(self, elements: Sequence[bytes]) -> tuple[list[bytes], bytes]:
        """Answer a batch of blinded elements, with one proof for all of them.

        The proof's random scalar is derived from the key and the batch, so that no two batches
        share one, which would give the key away.

        Returns:
            The evaluated elements, and a proof of 64 bytes; an empty one in mode OPRF.

        Raises:
            BadElement: If an element is no point; nothing is said of the others.
        """
        points = [p256.decode(one) for one in elements]
        secret = p256.decode_scalar(self.material)
        made = oprf.evaluate(secret, points)
        answer = [p256.encode(one) for one in made]
        if self.mode == oprf.OPRF or not points:
            return answer, b""
        parts = tuple(one.hex() for one in elements)
        random = int.from_bytes(_expand(self.material, _PROOF_LABEL, parts, _WIDE_BYTES), "big")
        proof = oprf.prove(secret, points, made, random % p256.ORDER)
        return answer, proof.encode()


@dataclass(frozen=True, eq=False)
class KeyRing(Secret):
    """A master secret, from which every purpose's key is derived. Made by `from_bytes`.

    Attributes:
        ring_id: Eight hexadecimal digits that tell rings apart and reveal nothing about the master.
        destroyed: Purposes whose keys were destroyed, and are refused.
    """

    ring_id: str
    _master: bytes = field(repr=False)
    destroyed: frozenset[Purpose] = field(default=frozenset(), repr=False)

    @classmethod
    def from_bytes(cls, master: bytes) -> KeyRing:
        """Make a ring from a master secret.

        Args:
            master: At least 16 bytes from a random source.

        Raises:
            ValueError: If the master is shorter than 16 bytes.
        """
        if len(master) < MINIMUM_MASTER_BYTES:
            message = (
                f"a master key of {len(master)} bytes was given; it must have at least "
                f"{MINIMUM_MASTER_BYTES}: make one with a random source, as `openssl rand 32` does"
            )
            raise ValueError(message)
        held = bytes(master)
        return cls(_expand(held, _RING_ID_LABEL, (), _ID_BYTES).hex(), held)

    def derive(self, purpose: Purpose) -> Key:
        """Derive the key of one purpose: always the same one from the same master and purpose.

        Raises:
            KeyDestroyed: If it was destroyed; so for every kind of key.
        """
        parts = self._parts(purpose)
        return Key(
            key_id=_expand(self._master, _KEY_ID_LABEL, parts, _ID_BYTES).hex(),
            material=_expand(self._master, _KEY_LABEL, parts, _KEY_BYTES),
        )

    def derive_salt(self, purpose: Purpose) -> Salt:
        """Derive the salt of one purpose, as text."""
        parts = self._parts(purpose)
        return Salt(
            key_id=_expand(self._master, _SALT_ID_LABEL, parts, _ID_BYTES).hex(),
            text=_expand(self._master, _SALT_LABEL, parts, _SALT_BYTES).hex(),
        )

    def derive_coding(self, purpose: Purpose) -> CodingKey:
        """Derive the key for codes of one purpose; unrelated to its key for tokens."""
        parts = self._parts(purpose)
        return CodingKey(_expand(self._master, _CODING_KEY_LABEL, parts, _CODING_KEY_BYTES))

    def derive_blind(self, purpose: Purpose, mode: oprf.Mode = oprf.OPRF) -> BlindKey:
        """Derive a key server's key of one purpose (RFC 9497, section 3.2.1)."""
        parts = self._parts(purpose)
        seed = _expand(self._master, _BLIND_KEY_LABEL, parts, _KEY_BYTES)
        return BlindKey(
            key_id=_expand(self._master, _BLIND_KEY_ID_LABEL, parts, _ID_BYTES).hex(),
            material=p256.encode_scalar(oprf.derive_key(seed, b"", mode)),
            mode=mode,
        )

    def destroy(self, purpose: Purpose) -> KeyRing:
        """Give the ring without the keys of one purpose, of every kind; all others stay."""
        return replace(self, destroyed=self.destroyed | {purpose})

    def require(self, purpose: Purpose) -> None:
        """Raise KeyDestroyed if the keys of a purpose were destroyed."""
        if purpose in self.destroyed:
            message = (
                f"the key for {purpose.field}, holder {purpose.holder}, period "
                f"{purpose.period or 'any'} was destroyed: what was coded under it cannot be "
                "opened, nor can more be coded; code anew from the source, under another period"
            )
            raise KeyDestroyed(message)

    def _parts(self, purpose: Purpose) -> tuple[str, str, str]:
        """Spell a purpose out, unless its keys were destroyed."""
        self.require(purpose)
        return purpose.field, purpose.holder, purpose.period


def simulated_master(seed: int, purpose: str) -> bytes:
    """Derive a master of 32 bytes from a run's seed, for invented people only.

    A simulated master is not secret against anybody who knows the seed: it makes a run
    repeatable, and protects nothing.

    Args:
        seed: The run's seed, any whole number.
        purpose: Sets this master apart from others of the same run, such as `agencies`.
    """
    return _expand(str(seed).encode("ascii"), _SIMULATED_LABEL, (purpose,), _KEY_BYTES)


def _expand(material: bytes, label: bytes, parts: tuple[str, ...], length: int) -> bytes:
    """HKDF-SHA256 without salt; the info is the label, then every part after its own length."""
    encoded = [part.encode("utf-8") for part in parts]
    info = label + b"".join(len(part).to_bytes(4, "big") + part for part in encoded)
    return HKDF(SHA256(), length, salt=None, info=info).derive(material)
