"""Rate ratio of an exposure given to homes, from events and person-time in strata.

The estimator sees columns only; whether they come from linked data or from perfect links is the
caller's affair, so that the same lines give `realised` and `answered`.

Sources:
    Mantel and Haenszel 1959, JNCI 22(4): 719-748, and Rothman and Boice 1979 (person-time form).
    Greenland and Robins 1985, Biometrics 41(1): 55-68 (its properties with sparse strata).
    Binder 1983, International Statistical Review 51(3): 279-292 (variance by linearisation).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, inf, isnan, log, nan, sqrt
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import stdtrit

if TYPE_CHECKING:
    from numpy.typing import NDArray

DETECTABLE_STANDARD_ERRORS = 2.8016
"""z(0.975) + z(0.80): a two-sided 5 % test finds an effect this far from 0 in 80 % of trials."""

_UPPER_TAIL = 0.975
_MOST_EXPONENT = 700.0


@dataclass(frozen=True)
class RateRatio:
    """A rate ratio, exposed over unexposed, and what the data could have shown.

    Attributes:
        value: Rate ratio adjusted for stratum; nan where it is undefined.
        low: Lower bound of the 95 % interval; 0 where undefined.
        high: Upper bound of the 95 % interval; inf where undefined.
        standard_error_log: Standard error of log(value), counted over clusters; inf where
            undefined or where a group has fewer than two clusters.
        smallest_detectable_decrease: Largest ratio below 1 that these data would find with 80 %
            power at two-sided 5 %: exp(-2.8016 * standard_error_log).
        smallest_detectable_increase: The same above 1: exp(+2.8016 * standard_error_log).
        exposed_events: Events of exposed people.
        unexposed_events: Events of unexposed people.
        exposed_people: Exposed people.
        unexposed_people: Unexposed people.
    """

    value: float
    low: float
    high: float
    standard_error_log: float
    smallest_detectable_decrease: float
    smallest_detectable_increase: float
    exposed_events: int
    unexposed_events: int
    exposed_people: int
    unexposed_people: int


@dataclass(frozen=True)
class _Strata:
    """Totals per stratum, float64 of shape (strata,); 1 is exposed, 0 unexposed.

    `share_1` and `share_0` are shares of the stratum's time, t1/T and t0/T; `time` is T, or 1 in
    a stratum without time.
    """

    events_1: NDArray[np.float64]
    events_0: NDArray[np.float64]
    share_1: NDArray[np.float64]
    share_0: NDArray[np.float64]
    time: NDArray[np.float64]

    @property
    def exposed_sum(self) -> float:
        """R of the formula."""
        return float(np.sum(self.events_1 * self.share_0))

    @property
    def unexposed_sum(self) -> float:
        """S of the formula."""
        return float(np.sum(self.events_0 * self.share_1))

    @property
    def ratio(self) -> float:
        """R over S; nan unless both are above 0."""
        if self.exposed_sum > 0 and self.unexposed_sum > 0:
            return self.exposed_sum / self.unexposed_sum
        return nan


def estimate_rate_ratio(
    exposed: NDArray[np.bool_],
    events: NDArray[Any],
    time: NDArray[np.float64],
    stratum: NDArray[Any],
    cluster: NDArray[Any],
) -> RateRatio:
    """Mantel-Haenszel rate ratio with a variance that counts people and homes, not events.

    In stratum k let a and b be the events of exposed and unexposed people, t1 and t0 their
    person-years and T = t1 + t0. Then RR = R/S with R = sum a t0/T and S = sum b t1/T
    (Greenland and Robins 1985, person-time data).

    Events of one person, and of people in one home, are not independent, so the Poisson variance
    of that paper is too small. Instead log(RR) is differentiated with respect to each person's
    events y and time t (Binder 1983). With c = a/(T R) + b/(T S), a person in stratum k has

        influence = +(t0/T) (y/R - t c)  if exposed,
                    -(t1/T) (y/S - t c)  if not.

    These sum to 0. Let u be their sum in a cluster; the variance of log(RR) is
    C/(C-1) * sum of u^2 over the C clusters, and never less than the Poisson variance
    sum((a+b) t1 t0/T^2) / (R S) of Greenland and Robins, which a few homes that happen to agree
    could otherwise undercut. The 95 % interval is RR * exp(-+ q * standard error), where q is the
    97.5 % quantile of Student's t with one degree of freedom fewer than the smaller of the
    numbers of exposed and unexposed clusters, so that a handful of exposed homes gives a wide
    interval; with hundreds q is the normal 1.96.

    Args:
        exposed: Whether each person is exposed, bool, shape (n,).
        events: Number of events of each person, integers from 0, shape (n,).
        time: Person-years that each person was observed, from 0, shape (n,).
        stratum: Stratum of each person as a small non-negative code, shape (n,).
        cluster: Cluster (household) of each person as a small non-negative code, shape (n,).
            Unused codes do no harm. A cluster may span strata and both groups.

    Returns:
        The rate ratio. It is undefined (value nan, interval 0 to inf) where no stratum that holds
        time of both groups has an event of the exposed, or none has one of the unexposed. With
        fewer than two clusters in a group the value stands and the interval is 0 to inf.

    Raises:
        ValueError: If shapes differ, or events or time are negative or not a number.
    """
    _check_columns(exposed, events, time, stratum, cluster)
    cell = 2 * stratum.astype(np.int64) + exposed
    strata = _strata(cell, events, time)
    value, error, quantile = strata.ratio, inf, 1.0
    if not isnan(value):
        freedom = min(_count(cluster[exposed]), _count(cluster[~exposed])) - 1
        if freedom >= 1:
            influence = _influence(cell, events, time, strata)
            error = sqrt(max(_clustered_variance(influence, cluster), _poisson_variance(strata)))
            quantile = float(stdtrit(float(freedom), _UPPER_TAIL))
    low, high = _around(value, quantile * error)
    decrease, increase = _around(1.0, DETECTABLE_STANDARD_ERRORS * error)
    exposed_people = int(np.count_nonzero(exposed))
    exposed_events = int(events[exposed].sum())
    return RateRatio(
        value=value,
        low=low,
        high=high,
        standard_error_log=error,
        smallest_detectable_decrease=decrease,
        smallest_detectable_increase=increase,
        exposed_events=exposed_events,
        unexposed_events=int(events.sum()) - exposed_events,
        exposed_people=exposed_people,
        unexposed_people=exposed.size - exposed_people,
    )


def point_rate_ratio(
    exposed: NDArray[np.bool_],
    events: NDArray[Any],
    time: NDArray[np.float64],
    stratum: NDArray[Any],
) -> float:
    """The value of `estimate_rate_ratio` without its interval: nan where it is undefined."""
    _check_columns(exposed, events, time, stratum, stratum)
    strata = _strata(2 * stratum.astype(np.int64) + exposed, events, time)
    return strata.ratio


def _strata(cell: NDArray[np.int64], events: NDArray[Any], time: NDArray[np.float64]) -> _Strata:
    """Totals from cells 2 * stratum + exposed."""
    cells = 2 * (int(cell.max(initial=-1)) // 2 + 1)
    counts = _totals(cell, events, cells)
    years = _totals(cell, time, cells)
    stratum_years = years[0::2] + years[1::2]
    divisor = np.where(stratum_years > 0, stratum_years, 1.0)
    return _Strata(
        events_1=counts[1::2],
        events_0=counts[0::2],
        share_1=years[1::2] / divisor,
        share_0=years[0::2] / divisor,
        time=divisor,
    )


def _influence(
    cell: NDArray[np.int64], events: NDArray[Any], time: NDArray[np.float64], strata: _Strata
) -> NDArray[np.float64]:
    """Each person's derivative of log(RR), as tables over cells looked up per person."""
    exposed_sum, unexposed_sum = strata.exposed_sum, strata.unexposed_sum
    rate = (strata.events_1 / exposed_sum + strata.events_0 / unexposed_sum) / strata.time
    per_event = np.stack([-strata.share_1 / unexposed_sum, strata.share_0 / exposed_sum], axis=1)
    per_year = np.stack([strata.share_1 * rate, -strata.share_0 * rate], axis=1)
    result: NDArray[np.float64] = events * per_event.ravel()[cell] + time * per_year.ravel()[cell]
    return result


def _clustered_variance(influence: NDArray[np.float64], cluster: NDArray[Any]) -> float:
    count = _count(cluster)
    return count / (count - 1) * float(np.sum(_totals(cluster, influence, 0) ** 2))


def _poisson_variance(strata: _Strata) -> float:
    terms = (strata.events_1 + strata.events_0) * strata.share_1 * strata.share_0
    return float(np.sum(terms)) / (strata.exposed_sum * strata.unexposed_sum)


def _totals(codes: NDArray[Any], values: NDArray[Any], at_least: int) -> NDArray[np.float64]:
    return np.bincount(codes, weights=values, minlength=at_least).astype(np.float64, copy=False)


def _count(codes: NDArray[Any]) -> int:
    """How many codes are in use."""
    return int(np.count_nonzero(np.bincount(codes)))


def _around(value: float, log_distance: float) -> tuple[float, float]:
    """Bounds at a distance on the log scale; an endless or overflowing one gives (0, inf)."""
    if not log_distance < _MOST_EXPONENT - abs(log(value)):
        return 0.0, inf
    return value * exp(-log_distance), value * exp(log_distance)


def _check_columns(
    exposed: NDArray[Any],
    events: NDArray[Any],
    time: NDArray[Any],
    stratum: NDArray[Any],
    cluster: NDArray[Any],
) -> None:
    shapes = [column.shape for column in (exposed, events, time, stratum, cluster)]
    if exposed.ndim != 1 or len(set(shapes)) > 1:
        msg = (
            "estimate_rate_ratio: exposed, events, time, stratum and cluster have shapes "
            f"{shapes}; each must be one column of the same length, one row a person."
        )
        raise ValueError(msg)
    if exposed.dtype != np.bool_:
        msg = f"estimate_rate_ratio: exposed has dtype {exposed.dtype}; it must be bool."
        raise ValueError(msg)
    if not (np.all(events >= 0) and np.all(time >= 0) and np.all(np.isfinite(time))):
        msg = (
            "estimate_rate_ratio: events and time must be numbers from 0 upwards; "
            "fill people without events with 0 and drop people never observed."
        )
        raise ValueError(msg)
