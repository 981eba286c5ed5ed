"""Blind pseudonyms against RFC 9497 and RFC 9380, and the curve against an independent library."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st
from published_vectors import kept

from linkage.pseudonyms import oprf, p256
from linkage.pseudonyms.hash_to_curve import expand_message, hash_to_curve, map_to_curve
from linkage.pseudonyms.p256 import GENERATOR, ORDER, PRIME, BadElement, Point

SEED = "a3" * 32
KEY_INFO = "74657374206b6579"
BLINDS = (
    "3338fa65ec36e0290022b48eb562889d89dbfa691d1cde91517fa222ed7ad364",
    "f9db001266677f62c095021db018cd8cbb55941d4073698ce45c405d1348b7b1",
)
ZEROS, FIVES = "00", "5a" * 17

# RFC 9497, appendices A.3.1 and A.3.2: mode, secret key, public key, and of each case the inputs,
# blinds, blinded elements, evaluated elements, outputs, the proof's random scalar and the proof.
RFC_9497: list[dict[str, Any]] = [
    {
        "mode": 0,
        "secret": "159749d750713afe245d2d39ccfaae8381c53ce92d098a9375ee70739c7ac0bf",
        "public": None,
        "cases": [
            (
                [ZEROS],
                BLINDS[:1],
                ["03723a1e5c09b8b9c18d1dcbca29e8007e95f14f4732d9346d490ffc195110368d"],
                ["030de02ffec47a1fd53efcdd1c6faf5bdc270912b8749e783c7ca75bb412958832"],
                ["a0b34de5fa4c5b6da07e72af73cc507cceeb48981b97b7285fc375345fe495dd"],
                None,
                None,
            ),
            (
                [FIVES],
                BLINDS[:1],
                ["03cc1df781f1c2240a64d1c297b3f3d16262ef5d4cf102734882675c26231b0838"],
                ["03a0395fe3828f2476ffcd1f4fe540e5a8489322d398be3c4e5a869db7fcb7c52c"],
                ["c748ca6dd327f0ce85f4ae3a8cd6d4d5390bbb804c9e12dcf94f853fece3dcce"],
                None,
                None,
            ),
        ],
    },
    {
        "mode": 1,
        "secret": "ca5d94c8807817669a51b196c34c1b7f8442fde4334a7121ae4736364312fca6",
        "public": "03e17e70604bcabe198882c0a1f27a92441e774224ed9c702e51dd17038b102462",
        "cases": [
            (
                [ZEROS],
                BLINDS[:1],
                ["02dd05901038bb31a6fae01828fd8d0e49e35a486b5c5d4b4994013648c01277da"],
                ["0209f33cab60cf8fe69239b0afbcfcd261af4c1c5632624f2e9ba29b90ae83e4a2"],
                ["0412e8f78b02c415ab3a288e228978376f99927767ff37c5718d420010a645a1"],
                BLINDS[1],
                (
                    "e7c2b3c5c954c035949f1f74e6bce2ed539a3be267d1481e9ddb178533df4c26"
                    "64f69d065c604a4fd953e100b856ad83804eb3845189babfa5a702090d6fc5fa"
                ),
            ),
            (
                [FIVES],
                BLINDS[:1],
                ["03cd0f033e791c4d79dfa9c6ed750f2ac009ec46cd4195ca6fd3800d1e9b887dbd"],
                ["030d2985865c693bf7af47ba4d3a3813176576383d19aff003ef7b0784a0d83cf1"],
                ["771e10dcd6bcd3664e23b8f2a710cfaaa8357747c4a8cbba03133967b5c24f18"],
                BLINDS[1],
                (
                    "2787d729c57e3d9512d3aa9e8708ad226bc48e0f1750b0767aaff73482c44b8d"
                    "2873d74ec88aebd3504961acea16790a05c542d9fbff4fe269a77510db00abab"
                ),
            ),
            (
                [ZEROS, FIVES],
                BLINDS,
                [
                    "02dd05901038bb31a6fae01828fd8d0e49e35a486b5c5d4b4994013648c01277da",
                    "03462e9ae64cae5b83ba98a6b360d942266389ac369b923eb3d557213b1922f8ab",
                ],
                [
                    "0209f33cab60cf8fe69239b0afbcfcd261af4c1c5632624f2e9ba29b90ae83e4a2",
                    "02bb24f4d838414aef052a8f044a6771230ca69c0a5677540fff738dd31bb69771",
                ],
                [
                    "0412e8f78b02c415ab3a288e228978376f99927767ff37c5718d420010a645a1",
                    "771e10dcd6bcd3664e23b8f2a710cfaaa8357747c4a8cbba03133967b5c24f18",
                ],
                "350e8040f828bf6ceca27405420cdf3d63cb3aef005f40ba51943c8026877963",
                (
                    "bdcc351707d02a72ce49511c7db990566d29d6153ad6f8982fad2b435d6ce4d6"
                    "0da1e6b3fa740811bde34dd4fe0aa1b5fe6600d0440c9ddee95ea7fad7a60cf2"
                ),
            ),
        ],
    },
]

# RFC 9380, appendix J.1.1 (suite P256_XMD:SHA-256_SSWU_RO_): message, x and y.
RFC_9380 = [
    (
        b"",
        "2c15230b26dbc6fc9a37051158c95b79656e17a1a920b11394ca91c44247d3e4",
        "8a7a74985cc5c776cdfe4b1f19884970453912e9d31528c060be9ab5c43e8415",
    ),
    (
        b"abc",
        "0bb8b87485551aa43ed54f009230450b492fead5f1cc91658775dac4a3388a0f",
        "5c41b3d0731a27a7b14bc0bf0ccded2d8751f83493404c84a88e71ffd424212e",
    ),
    (
        b"abcdef0123456789",
        "65038ac8f2b1def042a5df0b33b1f4eca6bff7cb0f9c6c1526811864e544ed80",
        "cad44d40a656e7aff4002a8de287abc8ae0482b5ae825822bb870d6df9b56ca3",
    ),
]

# RFC 9380, appendix K.1 (expand_message_xmd, SHA-256), 32 bytes: message and what it gives.
EXPANDED = [
    (b"", "68a985b87eb6b46952128911f2a4412bbc302a9d759667f87f7a21d803f07235"),
    (b"abc", "d8ccab23b5985ccea865c6c97b6e5b8350e794e603b4b97902f53a8a0d605615"),
    (b"abcdef0123456789", "eff31487c770a893cfb36f912fbfcbff40d5661771ca4b2cb4eafe524333f5c1"),
]

scalars = st.integers(1, ORDER - 1)


def hold_to_case(mode: oprf.Mode, secret: str, case: tuple[Any, ...]) -> None:
    """Goes through one published case from the input to the output, and to its proof."""
    inputs = [bytes.fromhex(one) for one in case[0]]
    blinds = [int(one, 16) for one in case[1]]
    key = int(secret, 16)
    blinded = oprf.blind(inputs, blinds, mode)
    assert [p256.encode(one).hex() for one in blinded] == list(case[2])
    assert [p256.decode(p256.encode(one)) for one in blinded] == blinded
    evaluated = oprf.evaluate(key, blinded)
    assert [p256.encode(one).hex() for one in evaluated] == list(case[3])
    assert [one.hex() for one in oprf.finalize(inputs, blinds, evaluated)] == list(case[4])
    if case[6] is not None:
        proof = oprf.prove(key, blinded, evaluated, int(case[5], 16))
        assert proof.encode().hex() == case[6]
        assert oprf.decode_proof(proof.encode()) == proof
        oprf.verify(oprf.public_key(key), blinded, evaluated, proof)


@pytest.mark.parametrize("suite", RFC_9497, ids=lambda suite: f"mode {suite['mode']}")
def test_every_step_gives_what_rfc_9497_prints(suite: dict[str, Any]) -> None:
    seed, info = bytes.fromhex(SEED), bytes.fromhex(KEY_INFO)
    derived = oprf.derive_key(seed, info, suite["mode"])
    assert f"{derived:064x}" == suite["secret"]
    if suite["public"]:
        assert p256.encode(oprf.public_key(derived)).hex() == suite["public"]
    for case in suite["cases"]:
        hold_to_case(suite["mode"], suite["secret"], case)


def test_every_step_gives_what_the_file_of_all_vectors_holds() -> None:
    suites = [
        one
        for one in kept("rfc9497_oprf_allVectors.json")
        if one["identifier"] == "P256-SHA256" and one["mode"] in (oprf.OPRF, oprf.VOPRF)
    ]
    for suite in suites:
        seed, info = bytes.fromhex(suite["seed"]), bytes.fromhex(suite["keyInfo"])
        assert f"{oprf.derive_key(seed, info, suite['mode']):064x}" == suite["skSm"]
        for one in suite["vectors"]:
            names = ("Input", "Blind", "BlindedElement", "EvaluationElement", "Output")
            proof = one.get("Proof", {"r": None, "proof": None})
            parts = [one[name].split(",") for name in names]
            hold_to_case(suite["mode"], suite["skSm"], (*parts, proof["r"], proof["proof"]))
    assert sum(len(suite["vectors"]) for suite in suites) == 5


@pytest.mark.parametrize(("message", "x", "y"), RFC_9380)
def test_messages_are_hashed_to_the_points_of_rfc_9380(message: bytes, x: str, y: str) -> None:
    point = hash_to_curve(message, b"QUUX-V01-CS02-with-P256_XMD:SHA-256_SSWU_RO_")
    assert point == Point(int(x, 16), int(y, 16))


# The two u, up to sign, at which Z^2 u^4 + Z u^2 is zero, with Z = -10: u = 0, and 10 u^2 = 1.
@pytest.mark.parametrize("root_of_10_u_squared", [0, 1])
def test_where_a_denominator_is_zero_x_is_b_over_z_a_as_rfc_9380_says(
    root_of_10_u_squared: int,
) -> None:
    u = p256.square_root(root_of_10_u_squared * pow(10, -1, PRIME) % PRIME)
    assert u is not None
    assert 10 * u * u % PRIME == root_of_10_u_squared
    point = map_to_curve(u)
    assert 30 * point.x % PRIME == p256.B  # x = B/(Z A) with A = -3, since that x is on the curve
    assert point.y * point.y % PRIME == (point.x**3 - 3 * point.x + p256.B) % PRIME
    assert point.y % 2 == u % 2


@pytest.mark.parametrize(("message", "expanded"), EXPANDED)
def test_messages_are_stretched_as_rfc_9380_prints(message: bytes, expanded: str) -> None:
    assert expand_message(message, b"QUUX-V01-CS02-with-expander-SHA256-128", 32).hex() == expanded


@pytest.mark.parametrize("tag", [b"", b"x" * 256])
def test_a_tag_that_is_empty_or_too_long_is_refused(tag: bytes) -> None:
    with pytest.raises(ValueError, match="1 to 255"):
        expand_message(b"", tag, 32)


@settings(max_examples=30)
@given(scalars)
def test_multiples_of_the_generator_are_those_of_an_independent_library(scalar: int) -> None:
    theirs = ec.derive_private_key(scalar, ec.SECP256R1()).public_key().public_numbers()
    assert p256.multiples((scalar,), (GENERATOR,)) == [Point(theirs.x, theirs.y)]


@settings(max_examples=15)
@given(scalars, scalars)
def test_multiples_of_any_point_are_those_of_an_independent_library(one: int, other: int) -> None:
    point = p256.multiples((other,), (GENERATOR,))[0]
    public = ec.EllipticCurvePublicNumbers(point.x, point.y, ec.SECP256R1()).public_key()
    shared = ec.derive_private_key(one, ec.SECP256R1()).exchange(ec.ECDH(), public)
    assert p256.multiples((one,), (point,))[0].x == int.from_bytes(shared, "big")


@settings(max_examples=20)
@given(st.lists(st.integers(1, 40), min_size=1, max_size=5))
def test_a_sum_of_multiples_of_one_point_is_a_multiple_of_the_sum(parts: list[int]) -> None:
    # Small scalars bring about sums of equal points, which the formula of addition cannot add.
    found = p256.sum_of_multiples(parts, [GENERATOR] * len(parts))
    assert [found] == p256.multiples([sum(parts)], [GENERATOR])


@pytest.mark.parametrize("scalar", [0, ORDER, 2 * ORDER])
def test_a_product_that_is_the_identity_is_refused(scalar: int) -> None:
    with pytest.raises(BadElement, match="identity"):
        p256.multiples((scalar,), (GENERATOR,))
    with pytest.raises(BadElement, match="identity"):
        p256.sum_of_multiples((1, ORDER - 1), (GENERATOR, GENERATOR))


def x_of_no_point() -> int:
    return next(x for x in range(1, 100) if p256.square_root(p256.right_side(x)) is None)


@pytest.mark.parametrize(
    "element",
    [
        b"",
        b"\x00",  # the identity, as SEC 1 writes it
        b"\x00" * 33,
        b"\x02" + x_of_no_point().to_bytes(32, "big"),
        b"\x02" + PRIME.to_bytes(32, "big"),
        b"\x02" + (PRIME + GENERATOR.x % 2**200).to_bytes(32, "big"),
        b"\x05" + GENERATOR.x.to_bytes(32, "big"),
        b"\x04" + GENERATOR.x.to_bytes(32, "big") + GENERATOR.y.to_bytes(32, "big"),
        p256.encode(GENERATOR)[:-1],
        p256.encode(GENERATOR) + b"\x00",
    ],
)
def test_bytes_that_are_no_point_are_refused_and_not_repeated(element: bytes) -> None:
    with pytest.raises(BadElement, match="not a point") as refusal:
        p256.decode(element)
    assert not element or element.hex() not in str(refusal.value)


@pytest.mark.parametrize("written", [b"", bytes(32), ORDER.to_bytes(32, "big"), b"\x01" * 31])
def test_bytes_that_are_no_scalar_are_refused(written: bytes) -> None:
    with pytest.raises(BadElement, match="scalar"):
        p256.decode_scalar(written)


KEY, OTHER_KEY = 11, 13
INPUTS = [b"one", b"two", b"three"]
BLINDED = oprf.blind(INPUTS, [3, 5, 7], oprf.VOPRF)
MADE = oprf.evaluate(KEY, BLINDED)
PROOF = oprf.prove(KEY, BLINDED, MADE, 17)


def test_a_proof_holds_for_its_batch_and_for_no_other() -> None:
    public = oprf.public_key(KEY)
    oprf.verify(public, BLINDED, MADE, PROOF)
    mixed = [*MADE[:2], oprf.evaluate(OTHER_KEY, BLINDED)[2]]
    changed = PROOF._replace(response=PROOF.response ^ 1)
    zero = PROOF._replace(challenge=0, response=0)
    for wrong in (
        (oprf.public_key(OTHER_KEY), BLINDED, MADE, PROOF),
        (public, BLINDED, mixed, PROOF),
        (public, BLINDED[::-1], MADE[::-1], PROOF),
        (public, BLINDED, MADE, changed),
        (public, BLINDED, MADE, zero),
    ):
        with pytest.raises(oprf.BadProof, match="another key"):
            oprf.verify(*wrong)


def test_a_proof_over_nothing_or_over_unlike_lists_is_refused() -> None:
    for blinded, made in (([], []), (BLINDED, MADE[:2])):
        with pytest.raises(BadElement, match="as many answers"):
            oprf.verify(oprf.public_key(KEY), blinded, made, PROOF)


def test_an_input_of_65536_bytes_is_refused() -> None:
    with pytest.raises(ValueError, match="65535"):
        oprf.blind([bytes(2**16)], [1])
