"""The compiled SHA-256 and HMAC-SHA256 against published samples and the standard library."""

from __future__ import annotations

import hashlib
import hmac
import pickle
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from reference_vectors import vectors

from linkage.pseudonyms.compression import BATCH
from linkage.pseudonyms.sha256 import LONGEST_MESSAGE, key_state, keyed_digests, plain_digests

# FIPS 180-4 example values (csrc.nist.gov, "SHA-256"): "abc"; and NIST's empty message.
SHA_256_SAMPLES = [
    (b"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (b"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
]

# RFC 4231, sections 4.2-4.5 and 4.7: key, data, HMAC-SHA-256. Case 7's data is longer than a block.
RFC_4231 = {
    1: (b"\x0b" * 20, b"Hi There", "b0344c61d8db38535ca8afceaf0bf12b"),
    2: (b"Jefe", b"what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c7"),
    3: (b"\xaa" * 20, b"\xdd" * 50, "773ea91e36800e46854db8ebd09181a7"),
    4: (bytes(range(1, 26)), b"\xcd" * 50, "82558a389a443c0ea4cc819899f2083a"),
    6: (
        b"\xaa" * 131,
        b"Test Using Larger Than Block-Size Key - Hash Key First",
        "60e431591ee0b67f0d8a26aacbf5b77f",
    ),
}

# The first example may compile a kernel, so no example has a deadline.
untimed = settings(deadline=None)

Column = tuple[NDArray[np.uint8], NDArray[np.int64]]


def column(messages: list[bytes], width: int = LONGEST_MESSAGE) -> Column:
    """Messages as a matrix and their lengths; what follows a message is not zero."""
    matrix = np.full((len(messages), width), 0xEE, dtype=np.uint8)
    for row, message in zip(matrix, messages, strict=True):
        row[: len(message)] = np.frombuffer(message, dtype=np.uint8)
    return matrix, np.array([len(message) for message in messages], dtype=np.int64)


def first_eight(digest: bytes) -> int:
    """The first eight bytes as a big-endian number."""
    return int.from_bytes(digest[:8])


def numbered(count: int) -> Column:
    """Distinct messages of lengths 1 to 7: 0, 1, 2, ..."""
    return column([str(i).encode() for i in range(count)], width=8)


@pytest.mark.parametrize(("message", "digest"), SHA_256_SAMPLES)
def test_plain_digests_meet_the_samples_of_fips_180_4(message: bytes, digest: str) -> None:
    assert plain_digests(*column([message])).tolist() == [int(digest[:16], 16)]


@pytest.mark.parametrize("case", RFC_4231)
def test_keyed_digests_meet_the_samples_of_rfc_4231(case: int) -> None:
    key, data, mac = RFC_4231[case]
    assert keyed_digests(*column([data]), key_state(key)).tolist() == [int(mac[:16], 16)]


def test_keyed_digests_meet_every_short_valid_case_of_wycheproof() -> None:
    groups = vectors("hmac_sha256_wycheproof.json")["testGroups"]
    cases: list[dict[str, Any]] = [
        case
        for group in groups
        for case in group["tests"]
        if case["result"] == "valid" and len(case["msg"]) <= 2 * LONGEST_MESSAGE
    ]
    for case in cases:
        state = key_state(bytes.fromhex(case["key"]))
        token = keyed_digests(*column([bytes.fromhex(case["msg"])]), state)
        assert token.tolist() == [int(case["tag"][:16], 16)], case["tcId"]
    assert len(cases) > 30


@untimed
@given(messages=st.lists(st.binary(max_size=LONGEST_MESSAGE), max_size=40))
def test_plain_digests_equal_hashlib(messages: list[bytes]) -> None:
    slow = [first_eight(hashlib.sha256(message).digest()) for message in messages]
    assert plain_digests(*column(messages)).tolist() == slow


@untimed
@given(
    key=st.binary(max_size=200),
    messages=st.lists(st.binary(max_size=LONGEST_MESSAGE), max_size=40),
)
def test_keyed_digests_equal_hmac(key: bytes, messages: list[bytes]) -> None:
    slow = [first_eight(hmac.digest(key, message, "sha256")) for message in messages]
    assert keyed_digests(*column(messages), key_state(key)).tolist() == slow


def test_every_message_length_that_fits_one_block_is_hashed_rightly() -> None:
    messages = [bytes(range(200, 200 + length)) for length in range(LONGEST_MESSAGE + 1)]
    slow = [first_eight(hashlib.sha256(message).digest()) for message in messages]
    assert plain_digests(*column(messages)).tolist() == slow


@pytest.mark.parametrize("length", [0, 1, 63, 64, 65, 200])
def test_keys_on_either_side_of_a_block_are_padded_or_hashed_first(length: int) -> None:
    key = bytes(range(length))
    slow = first_eight(hmac.digest(key, b"9000000009", "sha256"))
    assert keyed_digests(*column([b"9000000009"]), key_state(key)).tolist() == [slow]


@pytest.mark.parametrize("count", [0, 1, BATCH - 1, BATCH, BATCH + 1])
def test_rows_at_the_edges_of_a_batch_are_hashed_once_and_in_order(count: int) -> None:
    slow = [first_eight(hashlib.sha256(str(i).encode()).digest()) for i in range(count)]
    assert plain_digests(*numbered(count)).tolist() == slow


def test_a_short_message_is_not_touched_by_a_long_one_of_an_earlier_batch() -> None:
    messages = [b"\xff" * LONGEST_MESSAGE] * BATCH + [b"x" * (i % 50) for i in range(BATCH)]
    slow = [first_eight(hashlib.sha256(message).digest()) for message in messages]
    assert plain_digests(*column(messages)).tolist() == slow


def test_the_number_of_threads_changes_no_token() -> None:
    messages, lengths = numbered(40 * BATCH + 7)
    state = key_state(b"key")
    one, two, five = (keyed_digests(messages, lengths, state, threads) for threads in (1, 2, 5))
    assert one.tobytes() == two.tobytes() == five.tobytes()
    assert len(np.unique(one)) == len(one)


def test_a_view_of_a_wider_table_hashes_like_a_copy() -> None:
    messages, lengths = numbered(300)
    wide = np.zeros((300, 20), dtype=np.uint8)
    wide[:, 5:13] = messages
    wide.flags.writeable = False
    assert (
        plain_digests(wide[::-1, 5:13], lengths[::-1].astype(np.uint8)).tolist()
        == plain_digests(messages, lengths).tolist()[::-1]
    )


def test_a_message_of_56_bytes_is_refused_and_the_limit_is_named() -> None:
    messages, lengths = column([b"x" * 56], width=60)
    with pytest.raises(ValueError, match="most 55"):
        plain_digests(messages, lengths)


@pytest.mark.parametrize("length", [-1, 9])
def test_a_length_outside_the_width_is_refused(length: int) -> None:
    with pytest.raises(ValueError, match="from 0 to 8"):
        plain_digests(np.zeros((1, 8), dtype=np.uint8), np.array([length]))


def test_a_length_missing_for_a_message_is_refused() -> None:
    with pytest.raises(ValueError, match=r"lengths \(n,\)"):
        plain_digests(np.zeros((2, 8), dtype=np.uint8), np.array([1]))


def test_a_key_state_shows_and_pickles_nothing() -> None:
    state = key_state(b"a secret of some length")
    assert repr(state) == "KeyState()"
    with pytest.raises(TypeError, match="holds a secret"):
        pickle.dumps(state)
