"""Codes and tokens of a column of NHS numbers, timed: HMAC of 64 bits, AES-SIV, FF1, shaped codes.

Run `python -m pytest benchmarks/test_codes_speed.py`. The number of people is 10,000 unless
LINKASSAY_BENCH_PEOPLE says otherwise; 1,500,000 is the other size that is reported. All values are
distinct. Bars at 1.5 million: HMAC under a second, AES-SIV
and FF1 at 300,000 values a second or better; larger sizes than 100,000 are held to them.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl
import pytest

from linkage.keys import KeyRing, Purpose, simulated_master
from linkage.plan import Treatment
from linkage.pseudonyms.codes import CodeBook, Domain
from linkage.pseudonyms.shaped import ShapeBook
from linkage.pseudonyms.shapes import Written
from linkage.pseudonyms.tokens import tokens
from simulator.identifiers import VALID_IN_BLOCK, nhs_number

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

PEOPLE: Final = int(os.environ.get("LINKASSAY_BENCH_PEOPLE", "10000"))
THREADS: Final = min(os.cpu_count() or 1, 2)
RING: Final = KeyRing.from_bytes(simulated_master(2017, "benchmarks"))
PURPOSE: Final = Purpose(field="nhs_number", holder="benchmarks", period="2017")
FIELD: Final = Domain("nhs_number", "2017")
HMAC_RATE, CODE_RATE = 1_500_000, 300_000
"""Values a second at least."""

_TIMED_RATES_FROM: Final = 100_000


@pytest.fixture(scope="module")
def numbers() -> pl.Series:
    """One valid number a person, spread over the unissued block."""
    # A step without a common factor with the size of the block reaches distinct ranks.
    ranks = np.arange(PEOPLE) * 56_184_901 % VALID_IN_BLOCK
    return pl.Series("nhs_number", nhs_number(ranks)).cast(pl.String)


@pytest.fixture(scope="module")
def nine_digits(numbers: pl.Series) -> np.ndarray:
    """The numbers without their check digits, a digit a numeral."""
    bodies = numbers.cast(pl.Int64).to_numpy() // 10
    return (bodies[:, None] // 10 ** np.arange(9)[::-1] % 10).astype(np.uint8)


@pytest.fixture(scope="module")
def postcodes() -> pl.Series:
    """One postcode such as QB74XD a person."""
    return Written("AA99AA").texts(np.arange(PEOPLE) * 7_919 % (26**4 * 100)).alias("postcode")


def hold(benchmark: BenchmarkFixture, rate: int) -> None:
    """Holds a long column, by its quickest round, to values a second."""
    if PEOPLE > _TIMED_RATES_FROM and benchmark.stats is not None:
        assert PEOPLE / benchmark.stats.stats.min >= rate


@pytest.mark.benchmark(group="column of NHS numbers")
def test_tokens_of_64_bits_by_hmac(benchmark: BenchmarkFixture, numbers: pl.Series) -> None:
    key, treatment = RING.derive(PURPOSE), Treatment(scheme="keyed-hash")
    made = benchmark(lambda: tokens(numbers, treatment, key, THREADS))
    hold(benchmark, HMAC_RATE)
    assert made.n_unique() == PEOPLE


@pytest.mark.benchmark(group="column of NHS numbers")
def test_codes_by_aes_siv(benchmark: BenchmarkFixture, numbers: pl.Series) -> None:
    book = CodeBook(RING.derive_coding(PURPOSE), FIELD)
    codes = benchmark(lambda: book.encode(numbers))
    hold(benchmark, CODE_RATE)
    assert book.decode(codes).equals(numbers)


@pytest.mark.benchmark(group="column of NHS numbers")
def test_codes_by_aes_siv_turned_back(benchmark: BenchmarkFixture, numbers: pl.Series) -> None:
    book = CodeBook(RING.derive_coding(PURPOSE), FIELD)
    codes = book.encode(numbers)
    values = benchmark(lambda: book.decode(codes))
    hold(benchmark, CODE_RATE)
    assert values.equals(numbers)


@pytest.mark.benchmark(group="column of NHS numbers")
def test_nine_digits_by_ff1(benchmark: BenchmarkFixture, nine_digits: np.ndarray) -> None:
    key = RING.derive_coding(PURPOSE)
    codes = benchmark(lambda: key.encipher(nine_digits, 10, b""))
    hold(benchmark, CODE_RATE)
    assert (key.decipher(codes, 10, b"") == nine_digits).all()


@pytest.mark.benchmark(group="column of NHS numbers")
def test_codes_that_are_nhs_numbers(benchmark: BenchmarkFixture, numbers: pl.Series) -> None:
    book = ShapeBook(RING.derive_coding(PURPOSE), FIELD)
    codes = benchmark(lambda: book.encode(numbers))
    hold(benchmark, CODE_RATE)
    assert book.decode(codes).equals(numbers)


@pytest.mark.benchmark(group="column of postcodes")
def test_codes_that_are_postcodes(benchmark: BenchmarkFixture, postcodes: pl.Series) -> None:
    book = ShapeBook(RING.derive_coding(PURPOSE), Domain("postcode"))
    codes = benchmark(lambda: book.encode(postcodes))
    hold(benchmark, CODE_RATE)
    assert book.decode(codes).equals(postcodes)
