"""FF1 against the samples of NIST and the cases of Wycheproof."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from published_vectors import kept
from slow_ff1 import slow_ff1

from linkage.pseudonyms.ff1 import decipher, encipher

if TYPE_CHECKING:
    from numpy.typing import NDArray

ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"
KEY = bytes.fromhex("2b7e151628aed2a6abf7158809cf4f3cef4359d8d580aa4f7f036d6f04fc6a94")
DIGITS = "0123456789"
LETTERS = "0123456789abcdefghi"

# NIST, "Examples with Intermediate Values: FF1" (FF1samples.pdf), samples 1 to 9: bytes of KEY,
# tweak, radix, plaintext, ciphertext.
NIST = [
    (16, b"", 10, DIGITS, "2433477484"),
    (16, b"9876543210", 10, DIGITS, "6124200773"),
    (16, b"7777pqrs777", 36, LETTERS, "a9tv40mll9kdu509eum"),
    (24, b"", 10, DIGITS, "2830668132"),
    (24, b"9876543210", 10, DIGITS, "2496655549"),
    (24, b"7777pqrs777", 36, LETTERS, "xbj3kv35jrawxv32ysr"),
    (32, b"", 10, DIGITS, "6657667009"),
    (32, b"9876543210", 10, DIGITS, "1001623463"),
    (32, b"7777pqrs777", 36, LETTERS, "xs8a0azh2avyalyzuwd"),
]


def numerals(text: str, alphabet: str = ALPHABET) -> NDArray[np.uint8]:
    """One string as a column; characters out of the alphabet follow those within."""
    return np.array([[(alphabet + text).index(character) for character in text]], np.uint8)


@pytest.mark.parametrize("sample", NIST)
def test_samples_of_nist_are_met_both_ways(sample: tuple[int, bytes, int, str, str]) -> None:
    size, tweak, radix, plain, code = sample
    assert encipher(KEY[:size], numerals(plain), radix, tweak).tolist() == numerals(code).tolist()
    assert decipher(KEY[:size], numerals(code), radix, tweak).tolist() == numerals(plain).tolist()


@pytest.mark.parametrize("sample", NIST)
def test_the_slow_ff1_of_these_tests_meets_the_samples_of_nist(
    sample: tuple[int, bytes, int, str, str],
) -> None:
    size, tweak, radix, plain, code = sample
    text, made = numerals(plain)[0].tolist(), numerals(code)[0].tolist()
    assert slow_ff1(KEY[:size], text, radix, tweak) == made
    assert slow_ff1(KEY[:size], made, radix, tweak, backwards=True) == text


def test_valid_cases_of_wycheproof_are_met_and_invalid_ones_refused() -> None:
    cases: list[dict[str, Any]] = kept("aes_ff1_vectors.json")["wycheproof"]
    for case in cases:
        key, tweak = bytes.fromhex(case["key"]), bytes.fromhex(case["tweak"])
        plain = numerals(case["msg"], case["alphabet"]).reshape(1, -1)
        code = numerals(case["ct"], case["alphabet"]).reshape(1, -1)
        if case["result"] == "valid":
            assert encipher(key, plain, case["radix"], tweak).tolist() == code.tolist()
            assert decipher(key, code, case["radix"], tweak).tolist() == plain.tolist()
        else:
            with pytest.raises(ValueError, match=r"below the radix|two numerals at least"):
                encipher(key, plain, case["radix"], tweak)
    assert len([case for case in cases if case["result"] == "valid"]) > 100
    assert len([case for case in cases if case["result"] == "invalid"]) > 10
