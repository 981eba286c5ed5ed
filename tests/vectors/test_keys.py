"""Keys against RFC 5869, and the promises that a key ring makes."""

from __future__ import annotations

import copy
import hmac
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reference_vectors import vectors

from linkage.keys import Key, KeyRing, Purpose, simulated_master

MASTER = bytes(range(32))
PURPOSE = Purpose(field="nhs_number", holder="police", period="2017")

# RFC 5869, appendix A.1 and A.3: ikm, salt, info, okm (42 bytes).
RFC_5869 = [
    (
        b"\x0b" * 22,
        bytes(range(13)),
        bytes(range(0xF0, 0xFA)),
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
    ),
    (
        b"\x0b" * 22,
        b"",
        b"",
        "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
    ),
]

purposes = st.builds(Purpose, *[st.text(alphabet="ab/\0\x01", max_size=3)] * 3)


def slow_hkdf(ikm: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    """HKDF-SHA256 as RFC 5869 sections 2.2 and 2.3 print it."""
    prk = hmac.digest(salt or bytes(32), ikm, "sha256")
    okm, block = b"", b""
    for i in range(1, -(-length // 32) + 1):
        block = hmac.digest(prk, block + info + bytes([i]), "sha256")
        okm += block
    return okm[:length]


def spelled_out(label: str, *parts: str) -> bytes:
    """The info of a derivation: the label, then each part after its length in four bytes."""
    info = f"linkassay/1/{label}/".encode()
    for part in parts:
        info += len(part.encode()).to_bytes(4) + part.encode()
    return info


@pytest.mark.parametrize(("ikm", "salt", "info", "okm"), RFC_5869)
def test_the_slow_hkdf_of_these_tests_meets_rfc_5869(
    ikm: bytes, salt: bytes, info: bytes, okm: str
) -> None:
    assert slow_hkdf(ikm, salt, info, 42).hex() == okm


def test_the_slow_hkdf_of_these_tests_meets_wycheproof() -> None:
    groups = vectors("hkdf_sha256_wycheproof.json")["testGroups"]
    cases = [case for group in groups for case in group["tests"] if case["result"] == "valid"]
    for case in cases:
        ikm, salt, info = (bytes.fromhex(case[name]) for name in ("ikm", "salt", "info"))
        assert slow_hkdf(ikm, salt, info, case["size"]).hex() == case["okm"], case["tcId"]
    assert len(cases) > 50


def test_a_key_is_hkdf_of_the_master_with_its_purpose_spelled_out() -> None:
    key = KeyRing.from_bytes(MASTER).derive(PURPOSE)
    parts = ("nhs_number", "police", "2017")
    assert key.material == slow_hkdf(MASTER, b"", spelled_out("key", *parts), 32)
    assert key.key_id == slow_hkdf(MASTER, b"", spelled_out("key-id", *parts), 4).hex()


def test_a_ring_id_and_a_simulated_master_have_labels_of_their_own() -> None:
    assert (
        KeyRing.from_bytes(MASTER).ring_id
        == slow_hkdf(MASTER, b"", spelled_out("ring-id"), 4).hex()
    )
    assert simulated_master(2017, "agencies") == slow_hkdf(
        b"2017", b"", spelled_out("simulated-master", "agencies"), 32
    )


@given(one=purposes, other=purposes)
def test_two_purposes_share_a_key_only_if_they_are_the_same(one: Purpose, other: Purpose) -> None:
    ring = KeyRing.from_bytes(MASTER)
    assert (ring.derive(one).material == ring.derive(other).material) == (one == other)


def test_a_slash_inside_a_value_does_not_make_two_purposes_collide() -> None:
    ring = KeyRing.from_bytes(MASTER)
    one, other = Purpose("a/b", "c", "d"), Purpose("a", "b/c", "d")
    assert ring.derive(one).material != ring.derive(other).material
    assert ring.derive(one).key_id != ring.derive(other).key_id


def test_a_new_period_is_a_new_key() -> None:
    ring = KeyRing.from_bytes(MASTER)
    rotated = Purpose(field="nhs_number", holder="police", period="2018")
    assert ring.derive(PURPOSE).key_id != ring.derive(rotated).key_id


def test_another_master_gives_another_key_for_the_same_purpose() -> None:
    one, other = (KeyRing.from_bytes(m).derive(PURPOSE) for m in (MASTER, MASTER[::-1]))
    assert one.key_id != other.key_id
    assert one.material != other.material


@pytest.mark.parametrize("length", [0, 15])
def test_a_master_under_16_bytes_is_refused_without_being_shown(length: int) -> None:
    with pytest.raises(ValueError, match="at least 16") as refusal:
        KeyRing.from_bytes(b"Q" * length)
    assert "Q" not in str(refusal.value)


def test_a_master_of_16_bytes_is_enough() -> None:
    assert len(KeyRing.from_bytes(b"Q" * 16).ring_id) == 8


def test_the_master_is_held_as_it_was_given() -> None:
    master = bytearray(MASTER)
    ring = KeyRing.from_bytes(bytes(master))
    before = ring.derive(PURPOSE).key_id
    master[:] = bytes(32)
    assert ring.derive(PURPOSE).key_id == before


def test_keys_and_rings_show_their_ids_and_nothing_else() -> None:
    ring = KeyRing.from_bytes(MASTER)
    key = ring.derive(PURPOSE)
    assert key.state is key.state
    assert repr(key) == f"Key(key_id='{key.key_id}')"
    assert repr(ring) == f"KeyRing(ring_id='{ring.ring_id}')"


@pytest.mark.parametrize("write", [pickle.dumps, copy.copy, copy.deepcopy])
def test_keys_and_rings_refuse_to_be_pickled_or_copied(write: object) -> None:
    assert callable(write)
    ring = KeyRing.from_bytes(MASTER)
    for secret in (ring, ring.derive(PURPOSE)):
        with pytest.raises(TypeError, match="holds a secret") as refusal:
            write(secret)
        assert MASTER.hex() not in str(refusal.value)


def test_a_key_hashes_with_its_own_material() -> None:
    one, other = Key("00000000", b"a" * 32), Key("00000000", b"b" * 32)
    assert one.state.states.tolist() != other.state.states.tolist()


def test_simulated_masters_differ_by_seed_and_by_purpose() -> None:
    masters = {simulated_master(seed, purpose) for seed in (-1, 0, 1) for purpose in ("a", "b")}
    assert len(masters) == 6
    assert {len(master) for master in masters} == {32}
