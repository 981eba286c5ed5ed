"""Intervals: published and hand-computed values, properties, and coverage."""

from __future__ import annotations

from math import inf, isnan, log, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from linkage.intervals import (
    brier,
    clustered_log_ratio,
    clustered_proportion,
    residual_risk,
    wilson,
)
from simulator import randomness

COUNTS = st.integers(1, 100_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_gives_the_bounds_that_newcombe_printed(
    successes: int, trials: int, low: float, high: float
) -> None:
    """Newcombe 1998, Statistics in Medicine 17: 857-872, table I, method 3."""
    assert wilson(successes, trials) == pytest.approx((low, high), abs=5e-5)


def test_wilson_by_hand_with_z_of_two() -> None:
    # 2 of 4 at z = 2: centre (1/2 + 4/8)/(1 + 1) = 1/2; half 2 sqrt(1/16 + 4/64)/2 = sqrt(1/8).
    half = sqrt(1 / 8)
    assert wilson(2, 4, z=2.0) == pytest.approx((0.5 - half, 0.5 + half), abs=1e-15)


def test_wilson_knows_nothing_without_trials() -> None:
    assert wilson(0, 0) == (0.0, 1.0)


def test_wilson_over_arrays_equals_wilson_over_each_pair() -> None:
    successes, trials = np.array([0, 0, 3, 7]), np.array([0, 5, 9, 7])
    low, high = wilson(successes, trials)
    each = [wilson(int(s), int(n)) for s, n in zip(successes, trials, strict=True)]
    assert low.tolist() == [interval.low for interval in each]
    assert high.tolist() == [interval.high for interval in each]


@given(COUNTS)
def test_wilson_contains_the_proportion_and_stays_within_0_and_1(pair: tuple[int, int]) -> None:
    low, high = wilson(*pair)
    assert 0 <= low <= pair[0] / pair[1] <= high <= 1
    assert low < high


@given(COUNTS)
def test_wilson_of_failures_mirrors_wilson_of_successes(pair: tuple[int, int]) -> None:
    successes, trials = pair
    low, high = wilson(successes, trials)
    assert wilson(trials - successes, trials) == pytest.approx((1 - high, 1 - low), abs=1e-12)


@pytest.mark.parametrize("pair", [(3, 2), (-1, 2), (float("nan"), 2), (0, -1)])
def test_wilson_refuses_impossible_counts(pair: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="successes must lie between 0 and trials"):
        wilson(*pair)


@pytest.mark.parametrize("trials", [20, 50, 200])
def test_wilson_covers_95_percent_on_average_over_proportions(trials: int) -> None:
    """Exact sums over the binomial, so no false alarm (Brown, Cai and DasGupta 2001)."""
    successes = np.arange(trials + 1)
    low, high = wilson(successes, np.full(trials + 1, trials))
    proportions = np.linspace(0.02, 0.98, 193)
    held = (low[:, None] <= proportions) & (proportions <= high[:, None])
    chance = stats.binom.pmf(successes[:, None], trials, proportions)
    coverage = np.sum(held * chance, axis=0)
    assert 0.945 <= coverage.mean() <= 0.96
    assert coverage.min() >= 0.83


def test_clustered_proportion_by_hand() -> None:
    # Three clusters of two: totals 2, 1, 0; p = 1/2, residuals 1, 0, -1.
    # v = 3/2 * 2 / 36 = 1/12; p(1-p)/(n-1) = 1/20; deff = 5/3; n/deff = 3.6.
    # t(5) = 2.570582 and t(2) = 4.302653 at 97.5 %, from printed tables.
    n_effective = 3.6 * (2.570582 / 4.302653) ** 2
    expected = wilson(n_effective / 2, n_effective)
    found = clustered_proportion(np.array([1, 1, 1, 0, 0, 0]), np.array([0, 0, 1, 1, 2, 2]))
    assert found == pytest.approx(expected, abs=1e-6)


@given(st.lists(st.booleans(), min_size=1, max_size=60))
def test_trials_that_are_each_a_cluster_give_plain_wilson(trials: list[bool]) -> None:
    successes = np.array(trials)
    found = clustered_proportion(successes, np.arange(len(trials)) * 3)
    assert found == pytest.approx(wilson(sum(trials), len(trials)), abs=1e-12)


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 8)), min_size=1, max_size=60))
def test_clustered_proportion_contains_its_proportion_and_is_never_narrower_than_wilson(
    trials: list[tuple[bool, int]],
) -> None:
    successes = np.array([success for success, _ in trials])
    low, high = clustered_proportion(successes, np.array([cluster for _, cluster in trials]))
    plain = wilson(float(successes.sum()), len(trials))
    assert 0 <= low <= successes.mean() <= high <= 1
    assert high - low >= plain.high - plain.low - 1e-12


@pytest.mark.parametrize("outcome", [0, 1])
def test_claims_that_all_end_alike_count_once_a_cluster(outcome: int) -> None:
    successes = np.full(12, outcome)
    clusters = np.repeat([0, 1, 5], 4)
    assert clustered_proportion(successes, clusters) == wilson(3 * outcome, 3)


def test_one_cluster_counts_as_one_trial() -> None:
    found = clustered_proportion(np.array([1, 0, 0, 0]), np.zeros(4, np.int64))
    assert found == wilson(0.25, 1)


def test_no_claims_leave_the_proportion_unknown() -> None:
    assert clustered_proportion(np.empty(0), np.empty(0, np.int64)) == (0.0, 1.0)


def test_clustered_proportion_refuses_columns_that_do_not_match() -> None:
    with pytest.raises(ValueError, match="one row a trial"):
        clustered_proportion(np.array([0, 1]), np.array([0]))
    with pytest.raises(ValueError, match="0 or 1"):
        clustered_proportion(np.array([0, 2]), np.array([0, 1]))


def test_clustered_proportion_covers_where_plain_wilson_does_not() -> None:
    """Beta-binomial clusters, correlation 0.3, 100 clusters of 5 on average, p = 0.3.

    2,000 repetitions of a fixed seed: at a true 95 % the coverage is below 93 % with
    probability 0.00003, and 96.5 % or more with probability 0.001.
    """
    random = np.random.default_rng(20260101)
    repetitions, truth, covered, covered_plainly = 2000, 0.3, 0, 0
    scale = (1 - 0.3) / 0.3
    for _ in range(repetitions):
        clusters = np.repeat(np.arange(100), 1 + random.poisson(4, 100))
        chance = random.beta(truth * scale, (1 - truth) * scale, 100)[clusters]
        successes = random.random(clusters.size) < chance
        interval = clustered_proportion(successes, clusters)
        plain = wilson(float(successes.sum()), clusters.size)
        covered += interval.low <= truth <= interval.high
        covered_plainly += plain.low <= truth <= plain.high
    assert 0.93 <= covered / repetitions < 0.965
    assert covered_plainly / repetitions < 0.85


def test_brier_by_hand() -> None:
    # (0.9-1)^2 = 0.01, (0.5-0)^2 = 0.25, (0-0)^2 = 0, (1-0)^2 = 1: mean 0.315.
    score = brier(np.array([0.9, 0.5, 0.0, 1.0]), np.array([True, False, False, False]))
    assert score == pytest.approx(0.315)


@given(st.lists(st.booleans(), min_size=1))
def test_saying_one_half_to_everything_scores_a_quarter(correct: list[bool]) -> None:
    assert brier(np.full(len(correct), 0.5), np.array(correct)) == 0.25


def test_brier_without_claims_is_not_a_number() -> None:
    assert isnan(brier(np.empty(0), np.empty(0, np.bool_)))


def test_brier_refuses_what_is_not_a_probability() -> None:
    with pytest.raises(ValueError, match="from 0 to 1"):
        brier(np.array([1.2]), np.array([True]))
    with pytest.raises(ValueError, match="one row a claim"):
        brier(np.array([0.2, 0.3]), np.array([True]))


def test_residual_risk_by_hand() -> None:
    # 80 and 20 of 100: R = 0.6/0.8. Wilson bounds .711169-.866633 and .133367-.288831 (one mirrors
    # the other), centres .788901 and .211099, so A = 1/.788901 = 1.267586 and
    # B = .211099 * 1.267586^2 = .339188. Below: (.088831 A)^2 + (.088831 B)^2 = .0135867.
    # Above: (.066633 A)^2 + (.066633 B)^2 = .0076447.
    risk = residual_risk((80, 100), (20, 100))
    assert risk.value == pytest.approx(0.75)
    assert risk.low == pytest.approx(0.75 - sqrt(0.0135867), abs=2e-5)
    assert risk.high == pytest.approx(0.75 + sqrt(0.0076447), abs=2e-5)


@given(COUNTS, COUNTS)
def test_residual_risk_lies_in_its_interval_and_under_one(
    attack: tuple[int, int], control: tuple[int, int]
) -> None:
    value, low, high = residual_risk(attack, control)
    if control[0] == control[1]:
        assert isnan(value)
        assert (low, high) == (-inf, 1.0)
    else:
        assert low <= value <= high <= 1
        assert (value > 0) == (attack[0] * control[1] > control[0] * attack[1])


@pytest.mark.parametrize(("attack", "control"), [((0, 0), (1, 9)), ((1, 9), (0, 0))])
def test_residual_risk_without_trials_is_undefined(
    attack: tuple[int, int], control: tuple[int, int]
) -> None:
    risk = residual_risk(attack, control)
    assert isnan(risk.value)
    assert (risk.low, risk.high) == (-inf, 1.0)


def test_a_perfect_attack_over_a_hopeless_control_still_has_a_range() -> None:
    risk = residual_risk((50, 50), (0, 50))
    assert risk.value == risk.high == 1.0
    assert 0.9 < risk.low < 1.0


@pytest.mark.parametrize(
    ("attack_rate", "control_rate", "trials"), [(0.3, 0.1, 100), (0.05, 0.05, 200), (0.9, 0.5, 100)]
)
def test_residual_risk_covers_the_truth(
    attack_rate: float, control_rate: float, trials: int
) -> None:
    """4,000 repetitions: a true 95 % falls below 93.5 % with probability 0.00001."""
    random = np.random.default_rng(20260102)
    truth = (attack_rate - control_rate) / (1 - control_rate)
    attacks = random.binomial(trials, attack_rate, 4000).tolist()
    controls = random.binomial(trials, control_rate, 4000).tolist()
    risks = [
        residual_risk((a, trials), (c, trials)) for a, c in zip(attacks, controls, strict=True)
    ]
    assert np.mean([risk.low <= truth <= risk.high for risk in risks]) >= 0.935


def test_the_logarithm_of_a_ratio_by_hand() -> None:
    # 2 of 4 against 1 of 4, each trial its own cluster: variances between are 4/3 * (1/4) / 4 and
    # 4/3 * (3/16) / 4, over p squared: 1/3 and 1.
    apart = np.arange(4)
    found = clustered_log_ratio((np.array([1, 1, 0, 0]), apart), (np.array([1, 0, 0, 0]), apart))
    assert found.value == pytest.approx(log(2))
    assert found.error == pytest.approx(sqrt(1 / 3 + 1))


def test_trials_that_repeat_each_other_add_nothing_to_what_a_ratio_knows() -> None:
    rng = np.arange(400)
    one, other = rng % 5 == 0, rng % 9 == 0
    once = clustered_log_ratio((one, rng), (other, rng))
    twice = clustered_log_ratio(
        (np.repeat(one, 3), np.repeat(rng, 3)), (np.repeat(other, 3), np.repeat(rng, 3))
    )
    assert twice == pytest.approx(once)


def test_a_ratio_without_a_success_or_with_one_cluster_is_not_a_number() -> None:
    some = (np.array([1, 0]), np.array([0, 1]))
    for empty in ((np.array([0, 0]), np.array([0, 1])), (np.array([1, 0]), np.array([0, 0]))):
        assert isnan(clustered_log_ratio(some, empty).value)
        assert isnan(clustered_log_ratio(empty, some).error)


def test_a_ratio_lies_in_its_interval_nineteen_times_of_twenty() -> None:
    # People with one to four records that are missed together, 3 % against 2 %.
    inside, worlds, people = 0, 400, 4_000
    ids = np.arange(people)
    records = 1 + randomness.whole(1, "records", ids, 4)
    cluster = np.repeat(ids, records)
    for seed in range(worlds):
        sides = [
            (randomness.happens(seed, side, ids, share)[cluster], cluster)
            for side, share in (("one", 0.03), ("other", 0.02))
        ]
        found = clustered_log_ratio(*sides)
        inside += abs(found.value - log(1.5)) < 1.96 * found.error
    # The normal range of 95 % of 400 at one false alarm in a million is 0.897 to 1.
    assert inside / worlds > 0.897
