"""The rate ratio estimator: worked examples, and its equality with slow obvious forms."""

from __future__ import annotations

from dataclasses import astuple
from fractions import Fraction
from math import exp, inf, isnan, log, sqrt
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from scenarios.questions.rate_ratio_estimator import RateRatio, estimate_rate_ratio

if TYPE_CHECKING:
    from random import Random

    from numpy.typing import NDArray

People = list[tuple[bool, int, int, int, int]]

PERSON = st.tuples(
    st.booleans(), st.integers(0, 5), st.integers(0, 4), st.integers(0, 2), st.integers(0, 9)
)


def estimate(people: People) -> RateRatio:
    """Estimate from rows of (exposed, events, years, stratum, home)."""
    columns = [np.array(column) for column in zip(*people, strict=True)]
    exposed, events, years, stratum, home = columns
    return estimate_rate_ratio(exposed, events, years.astype(np.float64), stratum, home)


def slow_rate_ratio(people: People) -> Fraction | None:
    """Mantel-Haenszel rate ratio in fractions, stratum by stratum; None where undefined."""
    above, below = Fraction(0), Fraction(0)
    for k in {person[3] for person in people}:
        a = sum(y for exposed, y, _, s, _ in people if exposed and s == k)
        b = sum(y for exposed, y, _, s, _ in people if not exposed and s == k)
        t1 = sum(t for exposed, _, t, s, _ in people if exposed and s == k)
        t0 = sum(t for exposed, _, t, s, _ in people if not exposed and s == k)
        if t1 + t0 > 0:
            above += Fraction(a * t0, t1 + t0)
            below += Fraction(b * t1, t1 + t0)
    return above / below if above and below else None


def test_a_two_by_two_by_two_table_by_hand() -> None:
    # Stratum 0: 4 events in 10 exposed years, 20 in 30. Stratum 1: 9 in 30 exposed, 5 in 10.
    # R = 4*30/40 + 9*10/40 = 5.25; S = 20*10/40 + 5*30/40 = 8.75; RR = 0.6 (crude: 13/25).
    people: People = [
        *[(True, 2, 5, 0, home) for home in range(2)],
        *[(False, 4, 6, 0, home) for home in range(2, 7)],
        *[(True, 3, 10, 1, home) for home in range(7, 10)],
        *[(False, 1, 2, 1, home) for home in range(10, 15)],
    ]
    found = estimate(people)
    assert found.value == pytest.approx(0.6, abs=1e-15)
    # Everybody is average in their cell, so the Poisson variance is the larger:
    # (24 * 300/1600 + 14 * 300/1600) / (5.25 * 8.75) = 7.125/45.9375.
    assert found.standard_error_log == pytest.approx(sqrt(7.125 / 45.9375))
    # Five exposed homes leave 4 degrees of freedom: t = 2.776445 from printed tables.
    reach = 2.776445 * sqrt(7.125 / 45.9375)
    assert (found.low, found.high) == pytest.approx((0.6 * exp(-reach), 0.6 * exp(reach)), rel=1e-6)
    assert (found.exposed_events, found.unexposed_events) == (13, 25)
    assert (found.exposed_people, found.unexposed_people) == (5, 10)


def test_the_variance_counts_people_by_hand() -> None:
    # One stratum, a year each, own homes: events 0 and 4 exposed, 1 and 3 not. R = S = 2, c = 1.
    # Influences (0/2-1)/2 = -.5, +.5; -(1/2-1)/2 = +.25, -.25; 4/3 * .625 = 5/6 (Poisson: 1/2).
    people: People = [
        (True, 0, 1, 0, 0),
        (True, 4, 1, 0, 1),
        (False, 1, 1, 0, 2),
        (False, 3, 1, 0, 3),
    ]
    found = estimate(people)
    assert found.value == 1.0
    assert found.standard_error_log == pytest.approx(sqrt(5 / 6))
    # One degree of freedom: t = 12.7062.
    assert log(found.high) == pytest.approx(12.7062 * sqrt(5 / 6), rel=1e-5)


def test_the_variance_sums_within_homes_by_hand() -> None:
    # As above but for eight people in pairs that share a home and a fate: home sums of influence
    # are those of the example above, so a home counts as one person would.
    one: People = [(True, 0, 1, 0, 0), (True, 4, 1, 0, 1), (False, 1, 1, 0, 2), (False, 3, 1, 0, 3)]
    assert estimate(one * 2).standard_error_log == pytest.approx(sqrt(5 / 6))


def test_the_smallest_detectable_effect_has_80_percent_power() -> None:
    people: People = [
        (True, 0, 1, 0, 0),
        (True, 4, 1, 0, 1),
        (False, 1, 1, 0, 2),
        (False, 3, 1, 0, 3),
    ]
    found = estimate(people)
    # 1.959964 + 0.841621 standard errors, from printed tables of the normal distribution.
    assert -log(found.smallest_detectable_decrease) == pytest.approx(2.8016 * sqrt(5 / 6))
    assert log(found.smallest_detectable_increase) == pytest.approx(2.8016 * sqrt(5 / 6))


@given(st.lists(PERSON, min_size=1, max_size=40))
def test_the_point_estimate_equals_a_slow_obvious_loop(people: People) -> None:
    expected, found = slow_rate_ratio(people), estimate(people)
    if expected is None:
        assert isnan(found.value)
    else:
        assert found.value == pytest.approx(float(expected), rel=1e-12)
        assert found.low <= found.value <= found.high


@given(st.lists(PERSON, min_size=1, max_size=40))
def test_swapping_the_groups_inverts_the_ratio(people: People) -> None:
    found = estimate(people)
    swapped = estimate([(not e, y, t, s, home) for e, y, t, s, home in people])
    assume(not isnan(found.value))
    assert swapped.value == pytest.approx(1 / found.value, rel=1e-12)
    assert swapped.standard_error_log == pytest.approx(found.standard_error_log, rel=1e-9)
    assert (swapped.exposed_events, swapped.exposed_people) == (
        found.unexposed_events,
        found.unexposed_people,
    )


@given(st.lists(PERSON, min_size=2, max_size=40), st.randoms(use_true_random=False))
def test_order_of_rows_and_labels_of_codes_do_not_matter(people: People, random: Random) -> None:
    renamed = [(e, y, t, 2 - s, 3 * home + 1) for e, y, t, s, home in people]
    random.shuffle(renamed)
    assert astuple(estimate(renamed)) == pytest.approx(
        astuple(estimate(people)), rel=1e-9, nan_ok=True
    )


def test_the_standard_error_agrees_with_leaving_out_one_home_at_a_time() -> None:
    random = np.random.default_rng(20260103)
    home = np.sort(random.integers(0, 300, 900))
    exposed = (random.random(300) < 0.3)[home]
    stratum = random.integers(0, 4, 900)
    years = random.uniform(0.5, 2.0, 900)
    events = random.poisson((1 + stratum) * years * random.gamma(2, 0.5, 300)[home])

    def log_ratio(kept: NDArray[np.bool_]) -> float:
        found = estimate_rate_ratio(
            exposed[kept], events[kept], years[kept], stratum[kept], home[kept]
        )
        return log(found.value)

    homes = np.unique(home)
    left_out = np.array([log_ratio(home != one) for one in homes])
    spread = np.sum((left_out - left_out.mean()) ** 2) * (homes.size - 1) / homes.size
    found = estimate_rate_ratio(exposed, events, years, stratum, home)
    assert found.standard_error_log == pytest.approx(float(np.sqrt(spread)), rel=0.03)


@pytest.mark.parametrize(
    "people",
    [
        [(False, 1, 1, 0, 0), (False, 2, 1, 0, 1)],
        [(True, 1, 1, 0, 0), (True, 2, 1, 0, 1)],
        [(True, 0, 1, 0, 0), (False, 0, 1, 0, 1)],
        [(True, 0, 1, 0, 0), (False, 5, 1, 0, 1)],
        [(True, 5, 1, 0, 0), (False, 5, 1, 1, 1)],
    ],
    ids=["nobody exposed", "all exposed", "no events", "none exposed with events", "no overlap"],
)
def test_a_ratio_that_cannot_be_formed_is_nan_in_the_whole_range(people: People) -> None:
    found = estimate(people)
    assert isnan(found.value)
    assert (found.low, found.high, found.standard_error_log) == (0.0, inf, inf)
    assert (found.smallest_detectable_decrease, found.smallest_detectable_increase) == (0.0, inf)


def test_nobody_at_all_gives_an_undefined_ratio() -> None:
    none = np.empty(0, np.int64)
    found = estimate_rate_ratio(none.astype(np.bool_), none, none.astype(np.float64), none, none)
    assert isnan(found.value)
    assert (found.exposed_people, found.unexposed_people) == (0, 0)


def test_one_exposed_home_gives_a_value_without_a_range() -> None:
    people: People = [
        (True, 3, 1, 0, 0),
        (True, 1, 1, 0, 0),
        (False, 1, 1, 0, 1),
        (False, 1, 1, 0, 2),
    ]
    found = estimate(people)
    assert found.value == 2.0
    assert (found.low, found.high) == (0.0, inf)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"events": np.array([1])}, "same length"),
        ({"time": np.array([1.0, -1.0])}, "from 0 upwards"),
        ({"time": np.array([1.0, np.nan])}, "from 0 upwards"),
        ({"events": np.array([-1, 0])}, "from 0 upwards"),
        ({"exposed": np.array([0, 1])}, "must be bool"),
    ],
)
def test_columns_that_cannot_be_right_are_refused(
    change: dict[str, NDArray[Any]], message: str
) -> None:
    columns: dict[str, NDArray[Any]] = {
        "exposed": np.array([True, False]),
        "events": np.array([1, 0]),
        "time": np.ones(2),
        "stratum": np.zeros(2, np.int64),
        "cluster": np.arange(2),
    }
    with pytest.raises(ValueError, match=message):
        estimate_rate_ratio(**{**columns, **change})
