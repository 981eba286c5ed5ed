"""The statistical assertions themselves: what is right passes, what is wrong or too small fails."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from tests.statistical import (
    assert_count,
    assert_even,
    assert_mean,
    assert_share,
    assert_uncorrelated,
)


def test_a_share_passes_within_its_exact_range_and_fails_outside_it() -> None:
    low, high = stats.binom.ppf([0.005, 0.995], 10_000, 0.1)
    for observed in (low, 1_000, high):
        assert_share(int(observed), 10_000, 0.1, false_alarm=0.01)
    for observed in (low - 1, high + 1):
        with pytest.raises(AssertionError, match=r"expected 0\.1"):
            assert_share(int(observed), 10_000, 0.1, false_alarm=0.01)


def test_a_false_alarm_is_as_rare_as_stated() -> None:
    # The chance of all counts that would fail, summed exactly.
    low, high = stats.binom.ppf([0.005, 0.995], 10_000, 0.1)
    alarm = stats.binom.cdf(low - 1, 10_000, 0.1) + stats.binom.sf(high, 10_000, 0.1)
    assert 0.005 < alarm <= 0.01


def test_a_sample_that_cannot_decide_fails_with_a_message_that_says_so() -> None:
    with pytest.raises(AssertionError, match="too small to decide"):
        assert_share(1, 100, 0.01)
    with pytest.raises(AssertionError, match="too small to decide"):
        assert_share(0, 0, 0.5)
    with pytest.raises(AssertionError, match="too small to decide"):
        assert_mean([0.9, 1.1, 1.0], 1.0, fault=0.01)
    with pytest.raises(AssertionError, match="too small to decide"):
        assert_count(1, [0.5, 0.5])
    with pytest.raises(AssertionError, match="too small to decide"):
        assert_even([10, 12, 9])
    with pytest.raises(AssertionError, match="too small to decide"):
        assert_uncorrelated([1, 2, 3, 4], [4, 1, 3, 2])


def test_none_and_all_allow_no_exception() -> None:
    assert_share(0, 50, 0.0)
    assert_share(50, 50, 1.0)
    with pytest.raises(AssertionError, match="expected none"):
        assert_share(1, 50, 0.0)


def test_means_counts_and_correlations_notice_what_is_wrong() -> None:
    values = np.tile([0.0, 2.0], 5_000)
    assert_mean(values, 1.0)
    with pytest.raises(AssertionError, match=r"expected 1\.1"):
        assert_mean(values, 1.1)
    assert_count(1_000, np.full(10_000, 0.1))
    with pytest.raises(AssertionError, match="expected 1000"):
        assert_count(1_200, np.full(10_000, 0.1))
    steps = np.arange(10_000)
    assert_uncorrelated(steps % 2, steps // 2 % 2)
    with pytest.raises(AssertionError, match="correlation"):
        assert_uncorrelated(steps, steps % 5_000)


def test_even_counts_pass_and_a_heavy_cell_fails() -> None:
    assert_even([100, 105, 95, 100])
    with pytest.raises(AssertionError, match="uneven"):
        assert_even([100, 100, 100, 180])
