"""Hazards: the catalogue, the collisions of short tokens, and what a salt file gives away."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest

from linkage.pseudonyms.collisions import collisions
from linkage.pseudonyms.hazards import HAZARDS, LENGTHS, short_tokens
from linkage.pseudonyms.openpseudonymiser import OpenPseudonymiser
from linkage.pseudonyms.salt_file import (
    EXPONENT,
    KEY_BITS,
    SaltFile,
    fresh_key_pair,
    lock_salt,
    open_salt,
)

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

ROOT = Path(__file__).parents[2]

# Table of section 1.1 of the reference on encodings: bits, values, expected pairs, chance of one.
TABLE = [
    (32, 1_500_000, 262, 1),
    (32, 60_000_000, 419_000, 1),
    (40, 1_500_000, 1.02, 0.64),
    (40, 60_000_000, 1_640, 1),
    (48, 1_500_000, 4.0e-3, 4.0e-3),
    (48, 60_000_000, 6.39, 0.998),
    (53, 1_500_000, 1.25e-4, None),
    (53, 60_000_000, 0.20, 0.18),
    (63, 1_500_000, 1.2e-7, None),
    (63, 60_000_000, 1.95e-4, None),
    (64, 1_500_000, 6.1e-8, None),
    (64, 60_000_000, 9.76e-5, None),
    (96, 1_500_000, 1.4e-17, None),
    (96, 60_000_000, 2.3e-14, None),
]


@pytest.fixture(scope="module")
def pair() -> RSAPrivateKey:
    return fresh_key_pair()


@pytest.mark.parametrize(("bits", "values", "expected", "chance"), TABLE)
def test_collisions_are_those_of_the_reference_table(
    bits: int, values: int, expected: float, chance: float | None
) -> None:
    found = collisions(values, bits)
    assert found.expected_pairs == pytest.approx(expected, rel=0.025)
    if chance is not None:
        assert found.at_least_one == pytest.approx(chance, rel=0.025)


def exact_chance(values: int, bits: int) -> float:
    """Chance that some pair of values shares a token, one value after another."""
    none = 1.0
    for taken in range(values):
        none *= 1 - taken / 2**bits
    return 1 - none


@pytest.mark.parametrize(("values", "bits"), [(0, 8), (1, 8), (2, 8), (200, 20), (2_000, 24)])
def test_the_chance_is_that_of_the_birthday_problem_while_values_are_few(
    values: int, bits: int
) -> None:
    assert collisions(values, bits).at_least_one == pytest.approx(
        exact_chance(values, bits), rel=2e-3
    )


def test_with_more_values_than_tokens_a_collision_is_certain() -> None:
    assert collisions(1_000, 8).at_least_one == pytest.approx(1)


@pytest.mark.parametrize(("values", "bits"), [(-1, 64), (10, 0), (10, 257)])
def test_lengths_and_counts_out_of_range_are_refused(values: int, bits: int) -> None:
    with pytest.raises(ValueError, match="0 values or more, and a token has 1 to 256 bits"):
        collisions(values, bits)


def test_the_table_of_lengths_has_a_row_a_length() -> None:
    table = short_tokens(1_500_000)
    assert table["bits"].to_list() == list(LENGTHS)
    assert table["expected_pairs"].is_sorted(descending=True)
    assert table["at_least_one"].is_between(0, 1).all()


def test_every_hazard_has_a_name_of_its_own_a_source_and_a_file_that_shows_it() -> None:
    named = {hazard.name for hazard in HAZARDS}
    assert {"plain-hash", "field-hash", "public-salt", "salt-file", "short-token"} <= named
    assert len({hazard.name for hazard in HAZARDS}) == len(HAZARDS)
    for hazard in HAZARDS:
        assert all(hazard)
        assert (ROOT / hazard.shown_by).is_file()


@pytest.mark.parametrize("salt", ["mackerel", "  padded\t", "sält 漢", "x" * 127])
def test_whoever_holds_a_salt_file_recovers_the_salt_with_the_public_key_alone(
    pair: RSAPrivateKey, salt: str
) -> None:
    file = lock_salt(salt, pair)
    assert len(file.block) == KEY_BITS // 8
    assert salt.strip().encode() not in file.block
    opened = open_salt(file, pair.public_key().public_numbers())
    assert opened == salt.strip()


def test_the_recovered_salt_makes_the_digests(pair: RSAPrivateKey) -> None:
    frame = pl.DataFrame({"NHSNumber": ["9990000018", "9990000026"]})
    thief = open_salt(lock_salt("mackerel", pair), pair.public_key().public_numbers())
    theirs = OpenPseudonymiser(thief).digests(frame)
    assert theirs.to_list() == OpenPseudonymiser("mackerel").digests(frame).to_list()


def test_a_key_pair_is_like_the_original_s_and_new_each_time(pair: RSAPrivateKey) -> None:
    numbers = pair.public_key().public_numbers()
    assert (pair.key_size, numbers.e) == (1024, EXPONENT) == (1024, 65_537)
    assert fresh_key_pair().public_key().public_numbers().n != numbers.n


@pytest.mark.parametrize("salt", ["", " \t", "x" * 129])
def test_a_salt_that_fits_no_block_is_refused(pair: RSAPrivateKey, salt: str) -> None:
    with pytest.raises(ValueError, match="one of 1 to 127 bytes fits a block"):
        lock_salt(salt, pair)


def test_another_public_key_does_not_open_the_file(pair: RSAPrivateKey) -> None:
    # 128 bytes at random are UTF-8 text with a chance below 1e-30.
    other = fresh_key_pair().public_key().public_numbers()
    with pytest.raises(ValueError, match="does not open to text with this public key"):
        open_salt(lock_salt("mackerel", pair), other)


def test_any_length_of_file_is_answered_or_refused_by_value_error(pair: RSAPrivateKey) -> None:
    numbers = pair.public_key().public_numbers()
    assert open_salt(SaltFile(b""), numbers) == ""
    with pytest.raises(ValueError, match="does not open"):
        open_salt(SaltFile(b"\xff" * 500), numbers)
