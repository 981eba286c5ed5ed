"""AES-SIV of a column gives the bytes of the library's AES-SIV, message by message."""

from __future__ import annotations

import numpy as np
import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR
from hypothesis import given
from hypothesis import strategies as st

from linkage.pseudonyms.siv import BLOCK, seal, unseal

keys = st.sampled_from((32, 48, 64)).flatmap(lambda size: st.binary(min_size=size, max_size=size))
parts = st.lists(st.binary(max_size=40), max_size=5)


@st.composite
def columns(draw: st.DrawFn) -> np.ndarray:
    """Draws a few messages of one length."""
    rows, blocks = draw(st.integers(1, 6)), draw(st.integers(1, 5))
    size = rows * blocks * BLOCK
    drawn = draw(st.binary(min_size=size, max_size=size))
    return np.frombuffer(drawn, np.uint8).reshape(rows, blocks * BLOCK)


@given(keys, columns(), parts, st.booleans())
def test_a_column_is_sealed_as_the_library_seals_each_message(
    key: bytes, messages: np.ndarray, associated: list[bytes], has_nonces: bool
) -> None:
    nonces = messages[:, ::-1][:, :BLOCK].copy() if has_nonces else None
    sealed = seal(key, messages, associated, nonces)
    for row, message in enumerate(messages):
        bound = [*associated, *([] if nonces is None else [nonces[row].tobytes()])]
        assert sealed[row].tobytes() == AESSIV(key).encrypt(message.tobytes(), bound or None)
    opened, is_right = unseal(key, sealed, associated, nonces)
    assert is_right.all()
    assert (opened == messages).all()


@given(keys, columns(), parts, st.integers(0, 7), st.data())
def test_a_changed_bit_is_found_in_its_own_message_alone(
    key: bytes, messages: np.ndarray, associated: list[bytes], bit: int, data: st.DataObject
) -> None:
    sealed = seal(key, messages, associated)
    row = data.draw(st.integers(0, len(sealed) - 1))
    sealed[row, data.draw(st.integers(0, sealed.shape[1] - 1))] ^= 1 << bit
    _, is_right = unseal(key, sealed, associated)
    assert np.flatnonzero(~is_right).tolist() == [row]
    with pytest.raises(InvalidTag):
        AESSIV(key).decrypt(sealed[row].tobytes(), associated or None)


@given(keys, st.binary(min_size=8, max_size=8), st.integers(1, 6))
def test_a_counter_that_begins_at_the_top_goes_on_as_the_library_counts(
    key: bytes, front: bytes, blocks: int
) -> None:
    """Such a tag is too rare to be met by sealing: its cipher is that of zeros under the key."""
    tag = front + b"\xff" * 8
    first = tag[:8] + b"\x7f\xff\xff\xff" * 2
    library = Cipher(AES(key[len(key) // 2 :]), CTR(first)).encryptor()
    made, _ = unseal(key, np.frombuffer(tag + bytes(blocks * BLOCK), np.uint8)[None], [])
    assert made.tobytes() == library.update(bytes(blocks * BLOCK))
