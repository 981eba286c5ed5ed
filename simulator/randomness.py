"""Chance: the only source of it in linkassay.

A draw is a stateless function of (seed, decision, id, draw). Two runs that differ by one option
therefore share every draw that the option does not touch, whatever the order or the number of
other draws (common random numbers; Salmon et al. 2011, "Parallel random numbers: as easy as
1, 2, 3", SC'11, for counter-based generation). The mixing function is the 64-bit finaliser
"variant 13" of Stafford (2011), applied in two keyed rounds.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import special

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

_MULTIPLIERS = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))
_SHIFTS = (np.uint64(30), np.uint64(27), np.uint64(31))
_UNIT = 2.0**-53
_LARGE_MEAN = 500.0


def _mix(state: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Scrambles 64-bit words one to one (Stafford variant 13)."""
    state = (state ^ (state >> _SHIFTS[0])) * _MULTIPLIERS[0]
    state = (state ^ (state >> _SHIFTS[1])) * _MULTIPLIERS[1]
    return state ^ (state >> _SHIFTS[2])


def _as_words(ids: ArrayLike) -> NDArray[np.uint64]:
    """Returns ids as 64-bit words; fractions are refused, since they hold only 53 bits of an id."""
    given = np.atleast_1d(ids)
    if given.size and given.dtype.kind not in "iu":
        raise TypeError(
            f"ids must be whole numbers, given {given.dtype}; pass a uint64 array (a list of "
            "numbers of 2^63 and more becomes fractions)"
        )
    return given.astype(np.uint64)


def _decision_keys(seed: int, decision: str, draw: int) -> tuple[np.uint64, np.uint64]:
    """Returns two 64-bit words that stand for (seed, decision, draw)."""
    label = f"{seed}\x1f{decision}\x1f{draw}".encode()
    digest = hashlib.blake2b(label, digest_size=16, person=b"linkassay").digest()
    return (
        np.uint64(int.from_bytes(digest[:8], "little")),
        np.uint64(int.from_bytes(digest[8:], "little")),
    )


def words(seed: int, decision: str, ids: ArrayLike, draw: int = 0) -> NDArray[np.uint64]:
    """Returns one uniform 64-bit word per id.

    For a fixed (seed, decision, draw) the function is one to one in the id, so words over distinct
    ids are distinct; it also makes fresh, opaque ids.

    Args:
        seed: The run's seed, any integer.
        decision: What is being decided, in words; part of the key.
        ids: Stable 64-bit ids, shape (n,).
        draw: Number of the draw, for decisions that need several.

    Returns:
        uint64 array, shape (n,).

    Raises:
        TypeError: If ids are not whole numbers.
    """
    first, second = _decision_keys(seed, decision, draw)
    return _mix(_mix(_as_words(ids) ^ first) + second)


def uniform(seed: int, decision: str, ids: ArrayLike, draw: int = 0) -> NDArray[np.float64]:
    """Returns one uniform draw per id, strictly between 0 and 1.

    Args:
        seed: The run's seed.
        decision: What is being decided, in words.
        ids: Stable 64-bit ids, shape (n,).
        draw: Number of the draw.

    Returns:
        float64 array, shape (n,), on the grid (i + 1/2) / 2^53.
    """
    bits = words(seed, decision, ids, draw) >> np.uint64(11)
    return (bits.astype(np.float64) + 0.5) * _UNIT


def happens(
    seed: int, decision: str, ids: ArrayLike, probability: ArrayLike, draw: int = 0
) -> NDArray[np.bool_]:
    """Returns True for each id with the stated probability (a number, or one per id)."""
    return uniform(seed, decision, ids, draw) < np.asarray(probability, dtype=np.float64)


def choose(
    seed: int, decision: str, ids: ArrayLike, weights: Sequence[float] | NDArray[Any], draw: int = 0
) -> NDArray[np.int64]:
    """Chooses one of k alternatives per id.

    Args:
        seed: The run's seed.
        decision: What is being decided.
        ids: Stable 64-bit ids, shape (n,).
        weights: Non-negative weights, shape (k,), in any unit.
        draw: Number of the draw.

    Returns:
        int64 array of positions 0..k-1, shape (n,).
    """
    cumulative = np.cumsum(np.asarray(weights, dtype=np.float64))
    position = uniform(seed, decision, ids, draw) * cumulative[-1]
    chosen = np.searchsorted(cumulative, position, side="right")
    return np.asarray(np.minimum(chosen, len(cumulative) - 1), dtype=np.int64)


def whole(
    seed: int, decision: str, ids: ArrayLike, count: ArrayLike, draw: int = 0
) -> NDArray[np.int64]:
    """Chooses a whole number 0..count-1 per id; `count` is a number, or one per id."""
    limit = np.asarray(count, dtype=np.float64)
    return (uniform(seed, decision, ids, draw) * limit).astype(np.int64)


def normal(seed: int, decision: str, ids: ArrayLike, draw: int = 0) -> NDArray[np.float64]:
    """Returns one standard normal draw per id, by inversion."""
    return np.asarray(special.ndtri(uniform(seed, decision, ids, draw)), dtype=np.float64)


def gamma(
    seed: int, decision: str, ids: ArrayLike, shape: float, draw: int = 0
) -> NDArray[np.float64]:
    """Returns one gamma draw with mean 1 and variance 1 / shape per id, by inversion."""
    levels = uniform(seed, decision, ids, draw)
    return np.asarray(special.gammaincinv(shape, levels) / shape, dtype=np.float64)


def exponential(seed: int, decision: str, ids: ArrayLike, draw: int = 0) -> NDArray[np.float64]:
    """Returns one exponential draw with mean 1 per id, by inversion."""
    return -np.log1p(-uniform(seed, decision, ids, draw))


def poisson(
    seed: int, decision: str, ids: ArrayLike, mean: ArrayLike, draw: int = 0
) -> NDArray[np.int64]:
    """Returns one Poisson count per id with the given mean, by inversion.

    A larger mean never gives a smaller count for the same draw, so a planted effect adds or
    removes events and leaves the others where they were.

    Args:
        seed: The run's seed.
        decision: What is being counted.
        ids: Stable 64-bit ids, shape (n,).
        mean: Mean counts, a number or shape (n,).
        draw: Number of the draw.

    Returns:
        int64 array, shape (n,).
    """
    levels = uniform(seed, decision, ids, draw)
    means = np.broadcast_to(np.asarray(mean, dtype=np.float64), levels.shape)
    counts = np.zeros(levels.shape, dtype=np.int64)
    # Terms of large means underflow; their quantiles come from the incomplete gamma function.
    large = np.flatnonzero(means > _LARGE_MEAN)
    counts[large] = np.ceil(special.pdtrik(levels[large], means[large])).astype(np.int64)
    some = np.flatnonzero((levels > np.exp(-means)) & (means <= _LARGE_MEAN))
    term = np.exp(-means[some])
    below = term.copy()
    level = levels[some]
    step = 0
    while some.size:
        step += 1
        term = term * means[some] / step
        below = below + term
        counts[some] = step
        # Past the far tail the terms no longer move the sum: stop there.
        more = (level > below) & (term > 0)
        some, term, below, level = some[more], term[more], below[more], level[more]
    return counts


def order(seed: int, decision: str, ids: ArrayLike, draw: int = 0) -> NDArray[np.int64]:
    """Returns positions that put ids in a random order: the rank of keyed words.

    Args:
        seed: The run's seed.
        decision: What is being shuffled.
        ids: Distinct 64-bit ids, shape (n,).
        draw: Number of the draw.

    Returns:
        int64 array, shape (n,); `ids[order(...)]` is shuffled, whatever order ids came in.
    """
    return np.argsort(words(seed, decision, ids, draw), kind="stable")


def sample(seed: int, decision: str, ids: ArrayLike, size: int) -> NDArray[np.int64]:
    """Returns positions of `size` ids chosen without replacement (all, if there are fewer)."""
    return order(seed, decision, ids)[:size]


def combine(kind: str, ids: ArrayLike, ordinals: ArrayLike) -> NDArray[np.uint64]:
    """Returns stable ids for things keyed by (owner, kind, ordinal), such as events of a person.

    Args:
        kind: What the thing is, in words.
        ids: Owners' stable ids, shape (n,).
        ordinals: Whole numbers that tell an owner's things apart, shape (n,) or one number.

    Returns:
        uint64 array, shape (n,). Distinct owners and ordinals collide with probability about
        n^2 / 2^65 (6e-8 at 1.5 million).
    """
    first, second = _decision_keys(0, kind, 0)
    owners = _mix(_as_words(ids) ^ first)
    return _mix(owners + _mix(_as_words(ordinals) + second))


def permuted(
    seed: int, decision: str, indices: ArrayLike, size: int, rounds: int = 4
) -> NDArray[np.uint64]:
    """Sends the whole numbers 0..size-1 one to one onto themselves, in a keyed random order.

    A Feistel network on an even number of bits, walked again while a value falls outside the range
    (Black and Rogaway 2002, "Ciphers with arbitrary finite domains", CT-RSA). An index goes to the
    same place however many indices are asked for.

    Args:
        seed: The run's seed.
        decision: What is being permuted.
        indices: Whole numbers below `size`, shape (n,).
        size: How many numbers there are, at most 2^62.
        rounds: Rounds of the network.

    Returns:
        uint64 array, shape (n,).
    """
    half = np.uint64(max(1, (max(size - 1, 1).bit_length() + 1) // 2))
    mask = (np.uint64(1) << half) - np.uint64(1)
    values = np.asarray(indices).astype(np.uint64)
    at = np.arange(values.size)
    while at.size:
        left, right = values[at] >> half, values[at] & mask
        for turn in range(rounds):
            left, right = right, left ^ (words(seed, decision, right, turn) & mask)
        values[at] = (left << half) | right
        at = at[values[at] >= np.uint64(size)]
    return values
