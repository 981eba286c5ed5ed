"""The standardised mean: worked examples, and its equality with slow obvious forms."""

from __future__ import annotations

from fractions import Fraction
from math import isnan, sqrt
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from scenarios.questions.standardised_mean import rank_agreement, ranks, standardised_means

if TYPE_CHECKING:
    from random import Random

PERSON = st.tuples(st.integers(-(10**9), 10**9), st.integers(0, 3), st.integers(0, 2))
FIGURES = st.lists(st.integers(-5, 5), min_size=2, max_size=30)


def slow_mean(people: list[tuple[int, int, int]], group: int) -> Fraction:
    """Directly standardised mean of one group in fractions, person by person."""
    total = Fraction(0)
    for k in {stratum for _, _, stratum in people}:
        everybody = [value for value, _, stratum in people if stratum == k]
        here = [value for value, g, stratum in people if stratum == k and g == group]
        chosen = here or everybody
        total += Fraction(len(everybody), len(people)) * Fraction(sum(chosen), len(chosen))
    return total


def test_two_groups_and_two_strata_by_hand() -> None:
    # Young (6 people): group 0 has 100, 300 (mean 200), group 1 has 100 four times (100).
    # Old (4 people): group 0 has 900, 1100 (1000), group 1 has 500, 700 (600).
    # Weights .6 and .4: group 0: 120 + 400 = 520; group 1: 60 + 240 = 300.
    value = np.array([100, 300, 900, 1100, 100, 100, 100, 100, 500, 700], np.int64)
    group = np.array([0, 0, 0, 0, 1, 1, 1, 1, 1, 1])
    stratum = np.array([0, 0, 1, 1, 0, 0, 0, 0, 1, 1])
    found = standardised_means(value, group, stratum)
    assert found.mean == pytest.approx([520, 300])
    # Variances s^2/n: 20000/2 in each spread cell: .36*10000 + .16*10000, and .16*10000.
    assert found.standard_error == pytest.approx([sqrt(5200), 40])
    assert found.people.tolist() == [4, 6]


def test_people_who_share_a_home_count_together_by_hand() -> None:
    # One stratum, values 0, 0, 4, 4: mean 2, influences -+2 sqrt(4/3)/4. Apart: 4 * 1/3 = 4/3
    # (that is s^2/n = (16/3)/4). In two homes of alike: (2 * 2 sqrt(4/3)/4)^2 * 2 = 8/3.
    value, zero = np.array([0, 0, 4, 4], np.int64), np.zeros(4, np.int64)
    apart = standardised_means(value, zero, zero)
    together = standardised_means(value, zero, zero, np.array([7, 7, 2, 2]))
    assert apart.standard_error == pytest.approx([sqrt(4 / 3)])
    assert together.standard_error == pytest.approx([sqrt(8 / 3)])
    assert together.mean == pytest.approx(apart.mean)


def test_a_home_split_between_groups_counts_apart_in_each() -> None:
    value = np.array([0, 4, 1, 9, 3, 5], np.int64)
    group, stratum = np.array([0, 0, 0, 1, 1, 1]), np.zeros(6, np.int64)
    split = standardised_means(value, group, stratum, np.array([0, 1, 2, 0, 1, 2]))
    alone = standardised_means(value, group, stratum)
    assert split.standard_error == pytest.approx(alone.standard_error)


def test_a_stratum_that_a_group_lacks_is_borrowed_from_everybody() -> None:
    # Group 1 has nobody old; old overall is 50, so its figure is 3/5 * 20 + 2/5 * 50 = 32.
    value = np.array([10, 40, 60, 20, 20], np.int64)
    group, stratum = np.array([0, 0, 0, 1, 1]), np.array([0, 1, 1, 0, 0])
    found = standardised_means(value, group, stratum)
    assert found.mean == pytest.approx([3 / 5 * 10 + 2 / 5 * 50, 32])


def test_the_only_person_of_a_cell_is_compared_with_the_whole_stratum() -> None:
    # Group 1 is one person of value 8; overall mean (0 + 4 + 8)/3 = 4: influence 4, error 4.
    value = np.array([0, 4, 8], np.int64)
    found = standardised_means(value, np.array([0, 0, 1]), np.zeros(3, np.int64))
    assert found.standard_error == pytest.approx([2, 4])


def test_a_group_code_without_people_has_no_figure() -> None:
    value = np.array([5, 7], np.int64)
    found = standardised_means(value, np.array([0, 2]), np.array([0, 0]))
    assert np.isnan(found.mean).tolist() == [False, True, False]
    assert np.isnan(found.standard_error).tolist() == [False, True, False]
    assert found.people.tolist() == [1, 0, 1]


def test_nobody_gives_no_groups() -> None:
    none = np.empty(0, np.int64)
    assert standardised_means(none, none, none, none).mean.size == 0


@given(st.lists(PERSON, min_size=1, max_size=40))
def test_the_means_equal_a_slow_obvious_loop(people: list[tuple[int, int, int]]) -> None:
    value, group, stratum = (np.array(column) for column in zip(*people, strict=True))
    found = standardised_means(value, group, stratum)
    for one in set(group.tolist()):
        expected = float(slow_mean(people, one))
        assert found.mean[one] == pytest.approx(expected, rel=1e-9, abs=1e-4)


@given(st.lists(PERSON, min_size=1, max_size=40))
def test_people_in_homes_of_one_are_independent_people(people: list[tuple[int, int, int]]) -> None:
    value, group, stratum = (np.array(column) for column in zip(*people, strict=True))
    alone = standardised_means(value, group, stratum)
    homes = standardised_means(value, group, stratum, np.arange(value.size)[::-1])
    assert homes.standard_error == pytest.approx(alone.standard_error, rel=1e-12, nan_ok=True)


def test_the_interval_of_a_standardised_mean_covers_the_truth() -> None:
    """Four repetitions of 500 groups of about 60 people in homes of two, with a shared home part.

    The truth is 1000, 2000, 4000 by stratum in every group. Of 2,000 intervals at a nominal 95 %
    fewer than 93 % cover with probability 0.00003; small cells may cost half a point.
    """
    random = np.random.default_rng(20260104)
    covered = 0
    for _ in range(4):
        home = np.repeat(np.arange(15_000), 2)
        group = random.integers(0, 500, 15_000)[home]
        stratum = random.integers(0, 3, home.size)
        noise = random.normal(0, 300, 15_000)[home] + random.normal(0, 300, home.size)
        value = (np.array([1000, 2000, 4000])[stratum] + noise).astype(np.int64)
        found = standardised_means(value, group, stratum, home)
        truth = np.array([1000, 2000, 4000]) @ np.bincount(stratum) / home.size
        covered += int(np.sum(np.abs(found.mean - truth) <= 1.96 * found.standard_error))
    assert covered / 2000 >= 0.925


def test_a_column_of_another_length_is_refused() -> None:
    value, code = np.array([1, 2], np.int64), np.zeros(2, np.int64)
    with pytest.raises(ValueError, match="same length"):
        standardised_means(value, code, np.zeros(3, np.int64))


@given(FIGURES)
def test_ranks_are_those_of_a_slow_count(figures: list[int]) -> None:
    expected = [
        sum(other < value for other in figures) + (sum(other == value for other in figures) + 1) / 2
        for value in figures
    ]
    assert ranks(np.array(figures)).tolist() == expected


@given(FIGURES, st.randoms(use_true_random=False))
def test_rank_agreement_is_spearmans_as_scipy_computes_it(
    figures: list[int], random: Random
) -> None:
    other = list(figures)
    random.shuffle(other)
    a, b = np.array(figures, np.float64), np.array(other, np.float64)
    found = rank_agreement(a, b).spearman
    if len(set(figures)) == 1:
        assert isnan(found)
    else:
        assert found == pytest.approx(stats.spearmanr(a, b).statistic, abs=1e-12)


def test_rank_agreement_by_hand() -> None:
    # Ranks 1 2 3 4 5 6 against 1 2 3 4 6 5: rho = 1 - 6*2/(6*35) = 1 - 2/35.
    # A fifth of six groups, rounded up, is two: {4, 5} and {4, 5} by code.
    a = np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0])
    found = rank_agreement(a, np.array([10.0, 20.0, 30.0, 40.0, 60.0, 50.0]))
    assert found.spearman == pytest.approx(1 - 2 / 35)
    assert found.top_fifth_in_common == 1.0
    assert rank_agreement(a, -a) == pytest.approx((-1.0, 0.0))


def test_top_fifth_counts_the_share_in_common() -> None:
    # Ten groups, top two: {8, 9} and {9, 0}.
    a = np.arange(10.0)
    b = np.array([20.0, 1, 2, 3, 4, 5, 6, 7, 8, 30])
    assert rank_agreement(a, b).top_fifth_in_common == 0.5


def test_groups_without_a_figure_are_left_out_of_both_orders() -> None:
    a, b = np.array([1.0, 2.0, np.nan, 3.0]), np.array([1.0, 2.0, 9.0, np.nan])
    assert rank_agreement(a, b) == pytest.approx((1.0, 1.0))
    nothing = rank_agreement(np.array([np.nan]), np.array([1.0]))
    assert all(isnan(figure) for figure in nothing)


def test_figures_of_other_groups_are_refused() -> None:
    with pytest.raises(ValueError, match="same order of groups"):
        rank_agreement(np.arange(3.0), np.arange(4.0))
