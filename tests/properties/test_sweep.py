"""The sweep equals a slow loop over hashlib, at any thread count, and finds no more than chance."""

from __future__ import annotations

import hashlib
import hmac
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.pseudonyms.sha256 import key_state
from linkage.pseudonyms.sweep import (
    _CHUNK_BODIES,
    SweepHits,
    _match,
    _targets,
    sweep_block,
)
from simulator.identifiers import (
    FIRST_BODY,
    NO_CHECK_DIGIT,
    VALID_IN_BLOCK,
    check_digit,
    nhs_number,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

KEY = b"a key for invented people only.."
MILLION = (FIRST_BODY, FIRST_BODY + 999_999)

# The first example may compile a kernel, so no example has a deadline.
untimed = settings(deadline=None)

keys = st.one_of(st.none(), st.binary(min_size=1, max_size=70))
starts = st.integers(0, 999_999_999 - 300)


def slow_digests(first: int, last: int, key: bytes | None) -> dict[int, int]:
    """The 64-bit digest of every valid number of a range of bodies, by hashlib or hmac."""
    bodies = np.arange(first, last + 1)
    checks = check_digit(bodies)
    digests = {}
    for number in (bodies * 10 + checks)[checks != NO_CHECK_DIGIT].tolist():
        message = f"{number:010d}".encode()
        whole = (
            hashlib.sha256(message).digest() if key is None else hmac.digest(key, message, "sha256")
        )
        digests[number] = int.from_bytes(whole[:8])
    return digests


def prefixes_of(digests: list[int]) -> NDArray[np.uint32]:
    """The leading 32 bits of digests, sorted and distinct."""
    return np.unique(np.array([digest >> 32 for digest in digests], dtype=np.uint32))


def sweep(
    prefixes: NDArray[np.uint32], key: bytes | None, threads: int, bodies: tuple[int, int]
) -> SweepHits:
    """Sweep with a key given as bytes."""
    state = None if key is None else key_state(key)
    return sweep_block(prefixes, state, threads, bodies=bodies)


@untimed
@given(first=starts, size=st.integers(1, 300), key=keys)
def test_a_sweep_for_every_digest_of_a_range_tries_each_valid_number_once(
    first: int, size: int, key: bytes | None
) -> None:
    slow = slow_digests(first, first + size - 1, key)
    hits = sweep(prefixes_of(list(slow.values())), key, 1, (first, first + size - 1))
    assert dict(zip(hits.numbers.tolist(), hits.digests.tolist(), strict=True)) == slow
    assert hits.numbers.tolist() == list(slow)


@untimed
@given(first=starts, key=keys, chosen=st.sets(st.integers(0, 255), max_size=40))
def test_a_sweep_keeps_only_numbers_whose_digest_begins_like_a_target(
    first: int, key: bytes | None, chosen: set[int]
) -> None:
    slow = slow_digests(first, first + 299, key)
    wanted = [digest for i, digest in enumerate(slow.values()) if i in chosen]
    # Neighbours of a target share its bucket and its bit of the bitmap.
    beside = [min(max(d + shift, 0), 2**64 - 1) for d in wanted for shift in (-(2**32), 2**32)]
    targets = prefixes_of(wanted + beside)
    kept = {number: digest for number, digest in slow.items() if digest >> 32 in set(targets)}
    hits = sweep(targets, key, 1, (first, first + 299))
    assert dict(zip(hits.numbers.tolist(), hits.digests.tolist(), strict=True)) == kept


@untimed
@given(first=st.integers(30, 999_999_999 - 100), size=st.integers(1, 40))
def test_numbers_outside_the_range_are_not_tried(first: int, size: int) -> None:
    around = slow_digests(first - 30, first + size + 30, None)
    inside = slow_digests(first, first + size - 1, None)
    hits = sweep(prefixes_of(list(around.values())), None, 1, (first, first + size - 1))
    assert hits.numbers.tolist() == list(inside)


def test_numbers_where_the_work_of_two_threads_meets_are_tried_once() -> None:
    first = FIRST_BODY + 7
    edge = first + _CHUNK_BODIES
    slow = slow_digests(edge - 25, edge + 25, None)
    hits = sweep(prefixes_of(list(slow.values())), None, 2, (first, edge + 25))
    near = hits.numbers[hits.numbers >= (edge - 25) * 10]
    assert near.tolist() == list(slow)


@pytest.mark.parametrize("key", [None, KEY])
def test_the_number_of_threads_changes_no_hit(key: bytes | None) -> None:
    bodies = (FIRST_BODY + 123, FIRST_BODY + 3_500_000)
    rng = np.random.default_rng(1)
    prefixes = np.unique(rng.integers(0, 2**32, 300_000, dtype=np.uint32))
    one, two, five = (sweep(prefixes, key, threads, bodies) for threads in (1, 2, 5))
    assert one.numbers.tobytes() == two.numbers.tobytes() == five.numbers.tobytes()
    assert one.digests.tobytes() == two.digests.tobytes() == five.digests.tobytes()
    assert (np.diff(one.numbers) > 0).all()
    assert len(one.numbers) > 100


def test_the_right_key_finds_everybody_and_the_wrong_key_finds_chance_alone() -> None:
    # Some 360 people and 2,000,000 tokens of nobody: over 909,091 numbers a wrong key is expected
    # to hit 909,091 * 2,000,000 / 2**32, about 423, like a Poisson count. Two counts, each within
    # five standard deviations: a false alarm less than once in 100,000 choices of keys.
    slow = slow_digests(FIRST_BODY + 5_000, FIRST_BODY + 5_400, KEY)
    people = np.array(list(slow.values()), dtype=np.uint64)
    rng = np.random.default_rng(2)
    nobody = rng.integers(0, 2**32, 2_000_000, dtype=np.uint32)
    prefixes = np.unique(np.concatenate([(people >> np.uint64(32)).astype(np.uint32), nobody]))
    right = sweep(prefixes, KEY, 2, MILLION)
    wrong = sweep(prefixes, KEY[::-1], 2, MILLION)
    tried = np.count_nonzero(check_digit(np.arange(MILLION[0], MILLION[1] + 1)) != NO_CHECK_DIGIT)
    expected = tried * len(prefixes) / 2**32
    assert np.isin(people, right.digests).all()
    assert not np.isin(people, wrong.digests).any()
    assert abs(len(wrong.numbers) - expected) < 5 * sqrt(expected)
    assert abs(len(right.numbers) - len(people) - expected) < 5 * sqrt(expected)


def test_no_targets_give_no_hits() -> None:
    nothing = sweep(np.zeros(0, dtype=np.uint32), None, 2, MILLION)
    assert [str(nothing.numbers.dtype), str(nothing.digests.dtype)] == ["int64", "uint64"]
    assert len(nothing.numbers) == len(nothing.digests) == 0


@untimed
@given(
    chosen=st.sets(st.sampled_from([0, 1, 2**31 - 1, 2**31, 2**32 - 2, 2**32 - 1])),
    more=st.sets(st.integers(0, 2**32 - 1), max_size=50),
)
def test_prefixes_at_either_end_are_looked_up_like_the_rest(
    chosen: set[int], more: set[int]
) -> None:
    prefixes = np.array(sorted(chosen | more), dtype=np.uint32)
    tried = [0, 1, 2, 2**31 - 1, 2**31, 2**32 - 2, 2**32 - 1, *more]
    digests = (np.array(tried, dtype=np.uint64) << np.uint64(32)) | np.uint64(7)
    matches = np.empty(len(digests), dtype=np.int64)
    found = _match(digests, len(digests), _targets(prefixes), matches)
    assert matches[:found].tolist() == [i for i, p in enumerate(tried) if p in chosen | more]


def test_progress_rises_to_one() -> None:
    told: list[float] = []
    bodies = (FIRST_BODY, FIRST_BODY + 3_000_000)
    sweep_block(np.zeros(1, dtype=np.uint32), None, 2, told.append, bodies)
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert len(told) > 1


def test_hits_never_print_a_number() -> None:
    hits = SweepHits(np.array([9_000_000_009]), np.array([7], dtype=np.uint64))
    assert repr(hits) == "SweepHits(1 hits)"


@pytest.mark.parametrize(
    "prefixes",
    [
        np.array([2, 1], dtype=np.uint32),
        np.array([1, 1], dtype=np.uint32),
        np.array([1, 2], dtype=np.int64),
        np.zeros((2, 2), dtype=np.uint32),
    ],
)
def test_prefixes_that_are_not_one_ascending_column_are_refused(
    prefixes: NDArray[np.uint32],
) -> None:
    with pytest.raises(ValueError, match="strictly ascending"):
        sweep_block(prefixes, None, 1, bodies=MILLION)


@pytest.mark.parametrize("bodies", [(-1, 5), (5, 4), (0, 1_000_000_000)])
def test_bodies_that_are_not_a_range_of_nine_digits_are_refused(bodies: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="not a range"):
        sweep_block(np.zeros(1, dtype=np.uint32), None, 1, bodies=bodies)


@pytest.mark.long
def test_a_sweep_of_the_whole_block_finds_its_first_its_last_and_a_thousand_between() -> None:
    ranks = np.append(np.arange(0, VALID_IN_BLOCK, 90_817), VALID_IN_BLOCK - 1)
    numbers = nhs_number(ranks)
    digests = [
        int.from_bytes(hmac.digest(KEY, str(number).encode(), "sha256")[:8]) for number in numbers
    ]
    hits = sweep_block(prefixes_of(digests), key_state(KEY), 2)
    whole = np.isin(hits.digests, np.array(digests, dtype=np.uint64))
    assert hits.numbers[whole].tolist() == numbers.tolist()
