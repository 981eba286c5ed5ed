"""Chance: draws are a function of their key alone, and are spread as they should be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from simulator import randomness as r
from tests.statistical import assert_even, assert_mean, assert_share, assert_uncorrelated

if TYPE_CHECKING:
    from random import Random

    from numpy.typing import NDArray

IDS = np.arange(100_000)
SEED = 20_160_401


def scattered(ids: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Ids as the world has them: 64-bit, scrambled."""
    return r.combine("thing", ids, 0)


def test_the_same_key_gives_the_same_draw() -> None:
    assert np.array_equal(r.uniform(1, "a", IDS, 2), r.uniform(1, "a", IDS, 2))


def test_a_draw_is_pinned_so_that_a_change_of_it_is_noticed() -> None:
    # Printed by the first version: a change here changes every world.
    ids = np.array([0, 1, 2**64 - 1], dtype=np.uint64)
    assert r.words(1, "pinned", ids).tolist() == [
        12575649811631927392,
        15584136542783389109,
        8400867066160011303,
    ]


def test_fractions_are_refused_as_ids() -> None:
    # numpy turns such a list into float64, which would merge neighbouring ids.
    with pytest.raises(TypeError, match="whole numbers, given float64"):
        r.words(1, "fractions", [1, 2**63 + 1])
    with pytest.raises(TypeError, match="whole numbers"):
        r.combine("thing", [1.0], 0)
    assert r.words(1, "nobody", []).size == 0


@given(st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=50, unique=True), st.randoms())
@settings(max_examples=50)
def test_a_draw_does_not_depend_on_the_order_or_number_of_ids(
    ids: list[int], shuffler: Random
) -> None:
    array = np.array(ids, dtype=np.uint64)
    drawn = dict(zip(ids, r.uniform(7, "order", array), strict=True))
    shuffler.shuffle(ids)
    fewer = ids[: max(1, len(ids) // 2)]
    again = r.uniform(7, "order", np.array(fewer, dtype=np.uint64))
    assert [drawn[i] for i in fewer] == again.tolist()


@pytest.mark.parametrize(
    "other",
    [
        r.uniform(2, "a", IDS, 0),
        r.uniform(1, "b", IDS, 0),
        r.uniform(1, "a", IDS, 1),
        r.uniform(1, "a", IDS + 1, 0),
        r.uniform(-1, "a", IDS, 0),
    ],
    ids=["seed", "decision", "draw", "id", "negative seed"],
)
def test_another_seed_decision_draw_or_id_gives_an_unrelated_draw(
    other: NDArray[np.float64],
) -> None:
    base = r.uniform(1, "a", IDS, 0)
    assert not np.any(base == other)
    assert_uncorrelated(base, other, fault=0.02)


def test_seed_decision_and_draw_do_not_run_into_each_other() -> None:
    # Were the key a plain concatenation, ("1", "1a") and ("11", "a") would be one.
    assert not np.array_equal(r.uniform(1, "1a", IDS[:9]), r.uniform(11, "a", IDS[:9]))
    assert not np.array_equal(r.uniform(1, "a", IDS[:9], 11), r.uniform(1, "a1", IDS[:9], 1))


@pytest.mark.parametrize("ids", [IDS, scattered(IDS)], ids=["in a row", "scattered"])
def test_draws_are_uniform_and_strictly_inside_the_unit_interval(ids: NDArray[np.uint64]) -> None:
    drawn = r.uniform(SEED, "uniform", ids)
    assert drawn.min() > 0.0
    assert drawn.max() < 1.0
    assert_even(np.bincount((drawn * 1_000).astype(np.int64), minlength=1_000))
    # The low digits too.
    assert_even(np.bincount((drawn * 1e9).astype(np.int64) % 100, minlength=100))
    assert stats.kstest(drawn, "uniform").pvalue > 1e-6


def test_every_bit_of_a_word_is_even() -> None:
    words = r.words(SEED, "bits", IDS)
    for bit in range(64):
        ones = int(((words >> np.uint64(bit)) & np.uint64(1)).sum())
        assert_share(ones, IDS.size, 0.5, fault=0.02)


def test_neighbouring_ids_have_unrelated_draws() -> None:
    drawn = r.uniform(SEED, "serial", IDS)
    for lag in (1, 2, 10, 1_000):
        assert_uncorrelated(drawn[:-lag], drawn[lag:], fault=0.02)
    # Jointly even, not only uncorrelated: pairs of neighbours over a grid of 20 x 20.
    cell = (drawn[:-1] * 20).astype(np.int64) * 20 + (drawn[1:] * 20).astype(np.int64)
    assert_even(np.bincount(cell, minlength=400))


def test_words_over_distinct_ids_are_distinct() -> None:
    assert np.unique(r.words(SEED, "distinct", IDS)).size == IDS.size


def test_something_happens_as_often_as_stated_and_never_or_always_at_the_ends() -> None:
    assert_share(int(r.happens(SEED, "p", IDS, 0.03).sum()), IDS.size, 0.03, fault=0.1)
    assert not r.happens(SEED, "p", IDS, 0.0).any()
    assert r.happens(SEED, "p", IDS, 1.0).all()
    each = np.where(IDS % 2 == 0, 0.0, 1.0)
    assert np.array_equal(r.happens(SEED, "p", IDS, each), IDS % 2 == 1)


def test_choices_follow_their_weights_in_any_unit() -> None:
    weights = np.array([5.0, 0.0, 3.0, 2.0])
    chosen = r.choose(SEED, "choose", IDS, weights)
    counts = np.bincount(chosen, minlength=4)
    for count, share in zip(counts, weights / 10, strict=True):
        assert_share(int(count), IDS.size, float(share), fault=0.1)
    assert np.array_equal(chosen, r.choose(SEED, "choose", IDS, weights * 1_000))
    assert r.choose(SEED, "choose", IDS[:9], [1.0]).tolist() == [0] * 9


def test_whole_numbers_are_even_below_their_own_limit() -> None:
    assert_even(np.bincount(r.whole(SEED, "whole", IDS, 7), minlength=7))
    limits = 1 + IDS % 5
    drawn = r.whole(SEED, "whole", IDS, limits)
    assert np.all((drawn >= 0) & (drawn < limits))
    assert_even(np.bincount(drawn[limits == 5], minlength=5))


def test_normal_draws_have_mean_0_and_variance_1() -> None:
    drawn = r.normal(SEED, "normal", IDS)
    assert_mean(drawn, 0.0, fault=0.02)
    assert_mean(drawn**2, 1.0, fault=0.03)
    assert stats.kstest(drawn, "norm").pvalue > 1e-6


@pytest.mark.parametrize("shape", [0.5, 2.0, 10.0])
def test_gamma_draws_have_mean_1_and_variance_1_over_shape(shape: float) -> None:
    drawn = r.gamma(SEED, "gamma", IDS, shape)
    assert drawn.min() >= 0
    assert_mean(drawn, 1.0, fault=0.05)
    assert_mean((drawn - 1) ** 2, 1 / shape, fault=0.2 / shape)


def test_exponential_draws_have_mean_1_and_no_memory() -> None:
    drawn = r.exponential(SEED, "exponential", IDS)
    assert_mean(drawn, 1.0, fault=0.03)
    assert_mean(drawn[drawn > 1] - 1, 1.0, fault=0.05)


@pytest.mark.parametrize("mean", [0.01, 0.5, 3.0, 60.0, 500.0])
def test_poisson_counts_have_their_mean_and_variance(mean: float) -> None:
    counts = r.poisson(SEED, "poisson", IDS[:50_000], mean)
    assert_mean(counts, mean, fault=0.3 * mean)
    assert_mean((counts - mean) ** 2, mean, fault=0.3 * mean)


def test_poisson_counts_equal_the_exact_inverse_of_the_distribution() -> None:
    means = np.array([0.0, 0.2, 1.0, 7.5, 40.0])
    ids = np.arange(5_000)
    for mean in means:
        exact = stats.poisson.ppf(r.uniform(SEED, "inverse", ids), mean)
        assert np.array_equal(r.poisson(SEED, "inverse", ids, mean), np.maximum(exact, 0))


@given(st.floats(0, 200), st.floats(0, 200))
@settings(max_examples=40)
def test_a_larger_mean_never_gives_a_smaller_count(one: float, two: float) -> None:
    ids = np.arange(300)
    fewer = r.poisson(3, "monotone", ids, min(one, two))
    assert np.all(fewer <= r.poisson(3, "monotone", ids, max(one, two)))


@given(st.lists(st.integers(0, 2**63), min_size=1, max_size=40, unique=True), st.randoms())
@settings(max_examples=50)
def test_a_shuffle_is_a_permutation_that_ignores_the_order_it_is_given(
    ids: list[int], shuffler: Random
) -> None:
    array = np.array(ids, dtype=np.uint64)
    order = r.order(5, "shuffle", array)
    assert sorted(order.tolist()) == list(range(len(ids)))
    shuffler.shuffle(ids)
    other = np.array(ids, dtype=np.uint64)
    assert array[order].tolist() == other[r.order(5, "shuffle", other)].tolist()


def test_every_order_of_three_is_equally_likely() -> None:
    ids = np.arange(3)
    seen = [tuple(r.order(seed, "three", ids).tolist()) for seed in range(1_200)]
    assert_even([seen.count(order) for order in set(seen)])
    assert len(set(seen)) == 6


def test_a_sample_has_distinct_members_and_no_more_than_there_are() -> None:
    assert np.unique(r.sample(SEED, "sample", IDS, 500)).size == 500
    assert sorted(r.sample(SEED, "sample", IDS[:4], 9).tolist()) == [0, 1, 2, 3]
    # A larger sample only adds members.
    assert np.array_equal(r.sample(SEED, "s", IDS, 50), r.sample(SEED, "s", IDS, 90)[:50])


@given(st.one_of(st.integers(1, 40), st.integers(1, 3_000)), st.integers(0, 5))
@settings(max_examples=60)
def test_a_permutation_of_any_size_is_one_to_one(size: int, seed: int) -> None:
    sent = r.permuted(seed, "permute", np.arange(size), size)
    assert sorted(sent.tolist()) == list(range(size))


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 255, 256, 257, 65_537])
def test_a_permutation_is_one_to_one_at_the_edges_of_its_bits(size: int) -> None:
    sent = r.permuted(SEED, "edges", np.arange(size), size)
    assert np.unique(sent).size == size
    assert int(sent.max()) == size - 1


def test_a_permuted_index_goes_to_one_place_however_many_are_asked_for() -> None:
    every = r.permuted(SEED, "alone", np.arange(1_000), 90_909_091)
    some = np.array([999, 3, 500])
    assert np.array_equal(r.permuted(SEED, "alone", some, 90_909_091), every[some])
    assert np.unique(every).size == 1_000


def test_permuted_indices_are_spread_evenly_over_a_large_range() -> None:
    size = 90_909_091
    sent = r.permuted(SEED, "spread", IDS, size)
    assert_even(np.bincount((sent // np.uint64(size // 100 + 1)).astype(np.int64), minlength=100))
    assert_uncorrelated(IDS, sent, fault=0.02)


def test_combined_ids_are_distinct_by_owner_kind_and_ordinal() -> None:
    owners = np.repeat(np.arange(1_000), 20)
    ordinals = np.tile(np.arange(20), 1_000)
    kinds = [r.combine(kind, owners, ordinals) for kind in ("birth", "visit")]
    assert np.unique(np.concatenate(kinds)).size == 40_000
    # Owner and ordinal are not exchangeable.
    assert r.combine("birth", [1], 2) != r.combine("birth", [2], 1)


def test_poisson_counts_of_large_means_have_their_mean_and_variance() -> None:
    # Five standard errors: a false alarm in about one of two million.
    for mean in (600.0, 5_000.0):
        counts = r.poisson(3, "large", np.arange(20_000), mean)
        assert abs(counts.mean() - mean) < 5 * (mean / 20_000) ** 0.5
        assert abs(counts.var() / mean - 1) < 5 * (2 / 20_000) ** 0.5
