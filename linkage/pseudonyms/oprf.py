"""Oblivious pseudorandom function: the steps of RFC 9497, suite P256-SHA256, as pure functions.

A client hides an input by multiplying its point with a random blind; the server multiplies what it
is sent by its key; the client takes the blind off and hashes. The server never learns the input,
the client never the key. In verifiable mode (VOPRF) the server also proves, for a whole batch, that
it used the key behind its public key. Who holds what is in blind_parties.py.

A simulation: not constant-time, so it must not guard real data. Sources: RFC 9497 sections 3.3.1,
3.3.2, 4.3 and appendix A; the proof of equal discrete logarithms, section 2.2.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from linkage.pseudonyms.hash_to_curve import hash_to_curve, hash_to_scalar
from linkage.pseudonyms.p256 import (
    GENERATOR,
    ORDER,
    BadElement,
    Point,
    decode_scalar,
    encode,
    encode_scalar,
    multiples,
    sum_of_multiples,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

Mode = Literal[0, 1]

OPRF: Final[Mode] = 0
VOPRF: Final[Mode] = 1
"""Modes of RFC 9497, section 3.1: without and with a proof."""

LONGEST_INPUT: Final = 2**16 - 1
"""Most bytes of an input."""

_MOST_TRIES: Final = 256


class BadProof(ValueError):  # noqa: N818 - named for what it says
    """A server did not prove that it used the key behind its public key."""


class Proof(NamedTuple):
    """A proof that two lists of points have one ratio: a challenge and a response, scalars."""

    challenge: int
    response: int

    def encode(self) -> bytes:
        """Write both scalars, 64 bytes."""
        return encode_scalar(self.challenge) + encode_scalar(self.response)


def derive_key(seed: bytes, info: bytes, mode: Mode) -> int:
    """Derive a server's secret scalar from 32 secret bytes and a public text (section 3.2.1)."""
    given = seed + len(info).to_bytes(2, "big") + info
    tag = b"DeriveKeyPair" + _context(mode)
    tries = (hash_to_scalar(given + bytes([at]), tag) for at in range(_MOST_TRIES))
    return next(scalar for scalar in tries if scalar)


def public_key(secret: int) -> Point:
    """Give the point that stands for a secret scalar, against which proofs are checked."""
    return multiples((secret,), (GENERATOR,))[0]


def blind(inputs: Sequence[bytes], blinds: Sequence[int], mode: Mode = OPRF) -> list[Point]:
    """Hide inputs, each with a blind of its own that is used once.

    Raises:
        ValueError: If an input has 65,536 bytes or more.
        BadElement: If a blind is 0 modulo the order.
    """
    if any(len(one) > LONGEST_INPUT for one in inputs):
        raise ValueError(f"an input has more than {LONGEST_INPUT} bytes")
    tag = b"HashToGroup-" + _context(mode)
    return multiples(blinds, [hash_to_curve(one, tag) for one in inputs])


def evaluate(secret: int, blinded: Sequence[Point]) -> list[Point]:
    """Multiply what a client sent by the server's key."""
    return multiples([secret] * len(blinded), blinded)


def finalize(
    inputs: Sequence[bytes], blinds: Sequence[int], evaluated: Sequence[Point]
) -> list[bytes]:
    """Take the blinds off and hash: 32 bytes an input, the same whatever the blind was."""
    inverses = [pow(one, -1, ORDER) for one in blinds]
    found = multiples(inverses, evaluated)
    return [
        hashlib.sha256(_joined(given, encode(point)) + b"Finalize").digest()
        for given, point in zip(inputs, found, strict=True)
    ]


def outputs(secret: int, inputs: Sequence[bytes], mode: Mode = OPRF) -> list[bytes]:
    """Give the outputs that whoever holds the key works out without a client (section 3.3.1)."""
    ones = [1] * len(inputs)
    return finalize(inputs, ones, evaluate(secret, blind(inputs, ones, mode)))


def prove(secret: int, blinded: Sequence[Point], evaluated: Sequence[Point], random: int) -> Proof:
    """Prove that a whole batch was evaluated with the key behind the public key.

    Args:
        secret: The key.
        blinded: What the client sent.
        evaluated: What was made of it, in the same order.
        random: A scalar drawn for this proof alone; used twice, it gives the key away.
    """
    public = public_key(secret)
    combined = sum_of_multiples(_weights(public, blinded, evaluated), blinded)
    # The server knows the ratio, so one product stands for a second sum.
    outcome = multiples((secret,), (combined,))[0]
    commitments = multiples((random, random), (GENERATOR, combined))
    challenge = _challenge(public, combined, outcome, *commitments)
    return Proof(challenge, (random - challenge * secret) % ORDER)


def verify(
    public: Point, blinded: Sequence[Point], evaluated: Sequence[Point], proof: Proof
) -> None:
    """Check a server's proof.

    Raises:
        BadProof: If it does not hold.
        BadElement: If there are not as many answers as questions, or none.
    """
    expected = _expected_challenge(public, blinded, evaluated, proof)
    if expected != proof.challenge:
        message = (
            "the server's proof does not hold: it used another key than its public key, or its "
            "answer was changed on the way; take nothing from this answer"
        )
        raise BadProof(message)


def _expected_challenge(
    public: Point, blinded: Sequence[Point], evaluated: Sequence[Point], proof: Proof
) -> int | None:
    """Give the challenge that a right proof has; None where a sum is the identity."""
    weights = _weights(public, blinded, evaluated)
    both = (proof.response, proof.challenge)
    try:
        combined = sum_of_multiples(weights, blinded)
        outcome = sum_of_multiples(weights, evaluated)
        first = sum_of_multiples(both, (GENERATOR, public))
        second = sum_of_multiples(both, (combined, outcome))
    except BadElement:
        return None
    return _challenge(public, combined, outcome, first, second)


def decode_proof(written: bytes) -> Proof:
    """Read a proof of 64 bytes.

    Raises:
        BadElement: If it is not two scalars.
    """
    half = len(written) // 2
    return Proof(decode_scalar(written[:half]), decode_scalar(written[half:]))


def _weights(public: Point, blinded: Sequence[Point], evaluated: Sequence[Point]) -> list[int]:
    """Give each pair the weight with which it enters the sums: fixed by all that was sent."""
    if not blinded or len(blinded) != len(evaluated):
        raise BadElement("a proof is over as many answers as questions, and at least one")
    context = _context(VOPRF)
    seed = hashlib.sha256(_joined(encode(public), b"Seed-" + context)).digest()
    tag = b"HashToScalar-" + context
    return [
        hash_to_scalar(
            _joined(seed) + at.to_bytes(2, "big") + _joined(encode(one), encode(made))
            + b"Composite",
            tag,
        )
        for at, (one, made) in enumerate(zip(blinded, evaluated, strict=True))
    ]  # fmt: skip


def _challenge(*points: Point) -> int:
    """Hash everything that a proof is about to a scalar."""
    transcript = _joined(*(encode(point) for point in points)) + b"Challenge"
    return hash_to_scalar(transcript, b"HashToScalar-" + _context(VOPRF))


def _context(mode: Mode) -> bytes:
    """Name the protocol, mode and suite, which every hash is bound to (section 3.1)."""
    return b"OPRFV1-" + bytes([mode]) + b"-P256-SHA256"


def _joined(*parts: bytes) -> bytes:
    """Write parts one after the other, each after its length in two bytes."""
    return b"".join(len(part).to_bytes(2, "big") + part for part in parts)
