"""AES-SIV against RFC 5297, against cryptography's own vectors, and against Wycheproof's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cryptography_vectors
import polars as pl
import pytest
from cryptography.exceptions import InvalidTag
from reference_vectors import vectors

from linkage.keys import CodingKey

A1 = {
    "key": "fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff",
    "associated": ["101112131415161718191a1b1c1d1e1f2021222324252627"],
    "plain": "112233445566778899aabbccddee",
    "code": "85632d07c6e8f37f950acd320a2ecc9340c02b9690c4dc04daef7f6afe5c",
}
A2 = {
    "key": "7f7e7d7c7b7a79787776757473727170404142434445464748494a4b4c4d4e4f",
    "associated": [
        "00112233445566778899aabbccddeeffdeaddadadeaddadaffeeddccbbaa99887766554433221100",
        "102030405060708090a0",
        "09f911029d74e35bd84156c5635688c0",
    ],
    "plain": (
        "7468697320697320736f6d6520706c61696e7465787420746f20656e6372797074207573696e67205349562d"
        "414553"
    ),
    "code": (
        "7bdb6e3b432667eb06f4d14bff2fbd0fcb900f2fddbe404326601965c889bf17dba77ceb094fa663b7a3f748"
        "ba8af829ea64ad544a272e9c485b62a3fd5c0d"
    ),
}


def bytes_of(*texts: str) -> list[bytes]:
    return [bytes.fromhex(text) for text in texts]


@pytest.mark.parametrize("vector", [A1, A2], ids=["A.1", "A.2"])
def test_keys_seal_as_the_appendix_of_rfc_5297_does(vector: dict[str, Any]) -> None:
    key, plain, code = bytes_of(vector["key"], vector["plain"], vector["code"])
    cipher, associated = CodingKey(key).cipher, bytes_of(*vector["associated"])
    assert cipher.encrypt(plain, associated) == code
    assert cipher.decrypt(code, associated) == plain


def own_vectors() -> list[dict[str, Any]]:
    """Reads the blocks of `NAME = VALUE` lines of the package's file; AAD, AAD2 ... are parts."""
    folder = Path(cryptography_vectors.__file__).parent / "ciphers" / "AES" / "SIV"
    found: list[dict[str, Any]] = []
    for line in (folder / "openssl.txt").read_text(encoding="utf-8").splitlines():
        name, _, value = (part.strip() for part in line.partition("="))
        if name.removeprefix("# ") == "Cipher":
            found.append({"AAD": []})
        elif name.startswith("AAD"):
            found[-1]["AAD"].append(value)
        elif found and value:
            found[-1][name] = value
    return found


def test_keys_seal_as_the_vectors_of_cryptography_say() -> None:
    vectors = own_vectors()
    assert len(vectors) == 4
    for vector in vectors:
        key, plain, tag, code = bytes_of(
            vector["Key"], vector["Plaintext"], vector["Tag"], vector["Ciphertext"]
        )
        associated = bytes_of(*vector["AAD"])
        assert CodingKey(key).cipher.encrypt(plain, associated) == tag + code


def test_keys_seal_and_open_as_wycheproof_says() -> None:
    tests = pl.DataFrame(vectors("aes_siv_vectors.json")["tests"])
    assert set(tests["result"]) == {"valid", "invalid"}
    for test in tests.iter_rows(named=True):
        key, aad, plain, code = (bytes.fromhex(test[name]) for name in ("key", "aad", "msg", "ct"))
        cipher = CodingKey(key).cipher
        if test["result"] == "valid":
            assert cipher.encrypt(plain, [aad]) == code
            assert cipher.decrypt(code, [aad]) == plain
        else:
            with pytest.raises(InvalidTag):
                cipher.decrypt(code, [aad])
