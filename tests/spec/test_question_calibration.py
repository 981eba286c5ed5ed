"""The question stage alone, over 1,000 fixed seeds: it rejects, covers and errs as it should.

Homes of one to six people, some of them given an exposure; person-time events with strata that
confound, people of unequal proneness and homes that share theirs. Nothing is linked: lost links
are made by hand, so that whatever moves is the estimator's doing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pytest

from scenarios.questions.rate_ratio_estimator import RateRatio, estimate_rate_ratio
from simulator.randomness import choose, gamma, happens, poisson, uniform

if TYPE_CHECKING:
    from numpy.typing import NDArray

SEEDS = 1000
PLANTED = 0.80
LOSSES = (0.05, 0.20)
HOMES = 1200
HOME_SIZES = (0.30, 0.34, 0.16, 0.13, 0.05, 0.02)
AGE_SHARES = (0.35, 0.45, 0.20)
DEPRIVATION_SHARES = (0.4, 0.4, 0.2)
EXPOSED_BY_DEPRIVATION = np.array([0.05, 0.15, 0.30])
EXPOSED_WITH_AN_OLD_MEMBER = 0.20
RATE_BY_AGE = np.array([0.5, 0.4, 1.2])
RATIO_BY_DEPRIVATION = np.array([1.0, 1.3, 1.9])


@dataclass(frozen=True)
class Town:
    """Who lives where and who is exposed, a row a person; `expected` is events a year unexposed."""

    home: NDArray[np.int64]
    stratum: NDArray[np.int64]
    exposed: NDArray[np.bool_]
    years: NDArray[np.float64]
    expected: NDArray[np.float64]

    def estimate(
        self, events: NDArray[np.int64], exposed: NDArray[np.bool_], *, adjusted: bool = True
    ) -> RateRatio:
        """Answer the question for these events and this view of who is exposed."""
        stratum = self.stratum if adjusted else np.zeros_like(self.stratum)
        return estimate_rate_ratio(exposed, events, self.years, stratum, self.home)


def build_town(seed: int) -> Town:
    """Draw one town; the chance of exposure and the rate both follow age and deprivation."""
    homes = np.arange(HOMES, dtype=np.uint64)
    home = np.repeat(homes.astype(np.int64), 1 + choose(seed, "home size", homes, HOME_SIZES))
    people = np.arange(home.size, dtype=np.uint64)
    age = choose(seed, "age", people, AGE_SHARES)
    deprivation = choose(seed, "deprivation", homes, DEPRIVATION_SHARES)
    with_old_member = np.bincount(home, weights=age == 2, minlength=HOMES) > 0
    chance = EXPOSED_BY_DEPRIVATION[deprivation] + EXPOSED_WITH_AN_OLD_MEMBER * with_old_member
    proneness = gamma(seed, "person", people, 2.0) * gamma(seed, "home", homes, 2.0)[home]
    years = 0.5 + 1.5 * uniform(seed, "years", people)
    rate = RATE_BY_AGE[age] * RATIO_BY_DEPRIVATION[deprivation[home]]
    return Town(
        home=home,
        stratum=3 * age + deprivation[home],
        exposed=happens(seed, "exposed", homes, chance)[home],
        years=years,
        expected=rate * proneness * years,
    )


@dataclass(frozen=True)
class Runs:
    """One row a seed: estimates on perfect links, and answers with lost exposure links."""

    null: list[RateRatio]
    planted: list[RateRatio]
    crude_null: NDArray[np.float64]
    expected_exposed: NDArray[np.float64]
    answered: dict[float, NDArray[np.float64]]
    answered_null: NDArray[np.float64]


@pytest.fixture(scope="module")
def runs() -> Runs:
    """Run every seed once; planted and null events share their draws."""
    found = Runs([], [], np.empty(SEEDS), np.empty(SEEDS), {}, np.empty(SEEDS))
    found.answered.update({loss: np.empty(SEEDS) for loss in (0.0, *LOSSES)})
    homes = np.arange(HOMES, dtype=np.uint64)
    for seed in range(SEEDS):
        town = build_town(seed)
        people = np.arange(town.home.size, dtype=np.uint64)
        null = poisson(seed, "events", people, town.expected)
        mean = np.where(town.exposed, PLANTED, 1.0) * town.expected
        events = poisson(seed, "events", people, mean)
        found.null.append(town.estimate(null, town.exposed))
        found.planted.append(town.estimate(events, town.exposed))
        found.crude_null[seed] = town.estimate(null, town.exposed, adjusted=False).value
        found.expected_exposed[seed] = town.expected[town.exposed].sum()
        for loss, answered in found.answered.items():
            lost = happens(seed, "exposure link lost", homes, loss)[town.home]
            answered[seed] = town.estimate(events, town.exposed & ~lost).value
        found.answered_null[seed] = town.estimate(null, town.exposed & ~lost).value
    return found


def mean_and_error(values: NDArray[np.float64]) -> tuple[float, float]:
    """Mean over seeds, and its standard error."""
    return float(values.mean()), float(values.std(ddof=1) / np.sqrt(values.size))


def realised(estimates: list[RateRatio]) -> NDArray[np.float64]:
    """Values on perfect links."""
    return np.array([estimate.value for estimate in estimates])


def test_every_seed_expects_at_least_400_exposed_events(runs: Runs) -> None:
    assert PLANTED * runs.expected_exposed.min() >= 400


def test_the_strata_confound_so_a_crude_ratio_would_mislead(runs: Runs) -> None:
    assert runs.crude_null.mean() > 1.2


def test_the_adjusted_ratio_is_centred_on_what_was_planted(runs: Runs) -> None:
    """Three standard errors of the mean log ratio: false alarm 0.3 % a value, seeds fixed."""
    for estimates, truth in ((runs.null, 1.0), (runs.planted, PLANTED)):
        mean, error = mean_and_error(np.log(realised(estimates) / truth))
        assert abs(mean) <= 3 * error


def test_a_null_is_rejected_in_3_3_to_6_9_percent_of_seeds(runs: Runs) -> None:
    """At a true 5 % a share of 1,000 falls outside 3.3-6.9 % with probability 0.01."""
    rejected = np.mean([not estimate.low <= 1 <= estimate.high for estimate in runs.null])
    assert 0.033 <= rejected <= 0.069


def test_a_planted_ratio_is_covered_in_at_least_93_percent_of_seeds(runs: Runs) -> None:
    """At a true 95 % a share of 1,000 falls below 93 % with probability 0.003."""
    covered = np.mean([estimate.low <= PLANTED <= estimate.high for estimate in runs.planted])
    assert covered >= 0.93


def test_the_stated_standard_error_is_the_spread_over_seeds(runs: Runs) -> None:
    """The spread of 1,000 values is itself known to about 2.2 %: 8 % is over three of those."""
    stated = np.sqrt(np.mean([estimate.standard_error_log**2 for estimate in runs.planted]))
    spread = np.log(realised(runs.planted)).std(ddof=1)
    assert stated == pytest.approx(spread, rel=0.08)


def test_no_lost_links_answer_exactly_what_was_realised(runs: Runs) -> None:
    assert np.array_equal(runs.answered[0.0], realised(runs.planted))


def test_lost_exposure_links_move_the_answer_towards_one(runs: Runs) -> None:
    """Paired by seed; without a shift each of the three passes with probability 0.001."""
    few, many = (runs.answered[loss] - realised(runs.planted) for loss in LOSSES)
    for shift in (few, many, many - few):
        mean, error = mean_and_error(shift)
        assert mean > 3 * error


def test_lost_exposure_links_move_no_answer_where_there_is_no_effect(runs: Runs) -> None:
    """Paired by seed on the log scale; false alarm 0.3 %, seeds fixed."""
    mean, error = mean_and_error(np.log(runs.answered_null / realised(runs.null)))
    assert abs(mean) <= 3 * error
