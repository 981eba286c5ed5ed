"""Tokens and sweeps, timed: ours beside the standard library and `cryptography` on the same values.

Run `python -m pytest benchmarks/test_tokens_speed.py`. The number of people is 10,000 unless
LINKASSAY_BENCH_PEOPLE says otherwise; 100,000 and 1,500,000 are the other sizes that are reported.
A sweep tries a million bodies, unless LINKASSAY_BENCH_SWEEP is `block`, for the whole unissued
block of 90,909,091 numbers, or `live`, which times the 272,727,273 of 400-499 and 600-799. Its
targets are the tokens of nobody.
"""

from __future__ import annotations

import hmac
import os
from datetime import date
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl
import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC

from linkage.keys import KeyRing, Purpose, simulated_master
from linkage.pseudonyms import oprf
from linkage.pseudonyms.blind_parties import Client, KeyServer, Request
from linkage.pseudonyms.sha256 import keyed_digests, plain_digests
from linkage.pseudonyms.sweep import SweepHits, sweep_block
from simulator.identifiers import (
    FIRST_BODY,
    LAST_BODY,
    VALID_IN_BLOCK,
    is_valid_nhs_number,
    nhs_number,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pytest_benchmark.fixture import BenchmarkFixture

PEOPLE: Final = int(os.environ.get("LINKASSAY_BENCH_PEOPLE", "10000"))
THREADS: Final = min(os.cpu_count() or 1, 2)
KEY: Final = KeyRing.from_bytes(simulated_master(2017, "benchmarks")).derive(
    Purpose(field="nhs_number", holder="benchmarks", period="2017")
)
SWEEPS: Final = {
    "million": [(FIRST_BODY, FIRST_BODY + 999_999)],
    "block": [(FIRST_BODY, LAST_BODY)],
    "live": [(400_000_000, 499_999_999), (600_000_000, 799_999_999)],
}
RANGES: Final = SWEEPS[os.environ.get("LINKASSAY_BENCH_SWEEP", "million")]


@pytest.fixture(scope="module")
def numbers() -> NDArray[np.int64]:
    """One valid number a person, spread over the unissued block."""
    # A step without a common factor with the size of the block reaches distinct ranks.
    return nhs_number(np.arange(PEOPLE) * 56_184_901 % VALID_IN_BLOCK)


@pytest.fixture(scope="module")
def texts(numbers: NDArray[np.int64]) -> list[bytes]:
    """The same numbers as the peers take them."""
    return [str(number).encode("ascii") for number in numbers.tolist()]


def as_messages(numbers: NDArray[np.int64]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Ten ASCII digits a row, with their lengths."""
    digits = np.empty((len(numbers), 10), dtype=np.uint8)
    rest = numbers
    for place in range(9, -1, -1):
        rest, digit = np.divmod(rest, 10)
        digits[:, place] = digit + ord("0")
    return digits, np.full(len(numbers), 10)


def token(code: bytes) -> int:
    """The first eight bytes as a number."""
    return int.from_bytes(code[:8])


@pytest.mark.benchmark(group="tokens")
@pytest.mark.parametrize("threads", sorted({1, THREADS}))
def test_tokens_by_linkassay_from_numbers_to_64_bits(
    benchmark: BenchmarkFixture, numbers: NDArray[np.int64], threads: int
) -> None:
    state = KEY.state
    tokens = benchmark(lambda: keyed_digests(*as_messages(numbers), state, threads))
    assert int(tokens[0]) == token(hmac.digest(KEY.material, b"%d" % numbers[0], "sha256"))


@pytest.mark.benchmark(group="tokens")
def test_tokens_by_the_standard_library(benchmark: BenchmarkFixture, texts: list[bytes]) -> None:
    material = KEY.material
    tokens = benchmark(lambda: [token(hmac.digest(material, text, "sha256")) for text in texts])
    assert len(tokens) == PEOPLE


@pytest.mark.benchmark(group="tokens")
def test_tokens_by_copies_of_a_cryptography_hmac(
    benchmark: BenchmarkFixture, texts: list[bytes]
) -> None:
    keyed = HMAC(KEY.material, SHA256())

    def one(text: bytes) -> int:
        copy = keyed.copy()
        copy.update(text)
        return token(copy.finalize())

    tokens = benchmark(lambda: [one(text) for text in texts])
    assert tokens[-1] == token(hmac.digest(KEY.material, texts[-1], "sha256"))


@pytest.mark.benchmark(group="plain tokens")
def test_plain_tokens_by_linkassay(benchmark: BenchmarkFixture, numbers: NDArray[np.int64]) -> None:
    messages = as_messages(numbers)
    assert len(benchmark(plain_digests, *messages, THREADS)) == PEOPLE


@pytest.mark.benchmark(group="sweep")
@pytest.mark.parametrize("scheme", ["keyed", "plain"])
def test_a_sweep_against_the_tokens_of_nobody(benchmark: BenchmarkFixture, scheme: str) -> None:
    # The targets are digests of 16-byte messages, so that no number is a true hit.
    messages = np.zeros((PEOPLE, 16), dtype=np.uint8)
    messages[:, :8] = np.arange(PEOPLE).astype(">u8").view(np.uint8).reshape(PEOPLE, 8)
    digests = plain_digests(messages, np.full(PEOPLE, 16), THREADS)
    prefixes = np.unique((digests >> np.uint64(32)).astype(np.uint32))
    state = KEY.state if scheme == "keyed" else None

    def sweep() -> list[SweepHits]:
        return [sweep_block(prefixes, state, THREADS, bodies=bodies) for bodies in RANGES]

    hits = benchmark(sweep)
    assert all(is_valid_nhs_number(found.numbers).all() for found in hits)


@pytest.mark.parametrize("mode", [oprf.OPRF, oprf.VOPRF], ids=["without-proof", "with-proof"])
@pytest.mark.benchmark(group="blind pseudonyms of 50 numbers, client and server")
def test_blind_pseudonyms(
    benchmark: BenchmarkFixture, numbers: NDArray[np.int64], mode: oprf.Mode
) -> None:
    purpose = Purpose(field="nhs_number", holder="benchmarks", period="2017")
    ring = KeyRing.from_bytes(simulated_master(2017, "benchmarks"))
    server = KeyServer(ring.derive_blind(purpose, mode))
    client = Client("benchmarks", 1, server.key.public if mode == oprf.VOPRF else None)
    values = pl.Series(numbers[:50]).cast(pl.String)

    def asked_and_answered() -> pl.DataFrame:
        session = client.blind(values, "speed")
        request = Request(client.account, date(2017, 1, 1), session.elements)
        return client.finalize(session, server.evaluate(request)[0])

    made = benchmark(asked_and_answered)
    assert made["output"].to_list() == server.key.outputs(made["value"].to_list())
