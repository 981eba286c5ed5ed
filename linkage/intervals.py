"""Intervals: how far a proportion, a stated confidence or a residual risk may be from the truth.

All intervals are two-sided 95 % unless `wilson` is given another normal quantile. Nothing here
draws at random, and nothing reads the truth: callers bring counts.

Sources:
    Wilson 1927, JASA 22(158): 209-212 (score interval for a proportion).
    Korn and Graubard 1998, Survey Methodology 24(2): 193-201 (effective sample size).
    Katz et al. 1978, Biometrics 34(3): 469-474 (logarithm of a ratio of two proportions).
    Brier 1950, Monthly Weather Review 78(1): 1-3 (score of a stated probability).
    Giomi et al. 2022, PoPETs 2023(2): 312-328 (residual risk of an attack over its control).
"""

from __future__ import annotations

from math import inf, log, nan, sqrt
from typing import Any, Generic, NamedTuple, TypeVar, overload

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

Z_95 = 1.959963984540054
"""Normal quantile of a two-sided 95 % interval."""

_UPPER_TAIL = 0.975

Bound = TypeVar("Bound", float, NDArray[np.float64])


class Interval(NamedTuple, Generic[Bound]):
    """A lower and an upper bound: two floats, or two float64 arrays of one shape."""

    low: Bound
    high: Bound


class ResidualRisk(NamedTuple):
    """What an attack gains over its control, as a share of what the control left to gain.

    `value` is at most 1 and is negative where the attack did worse than its control.
    """

    value: float
    low: float
    high: float


class LogRatio(NamedTuple):
    """The natural logarithm of a ratio of two proportions, and its standard error."""

    value: float
    error: float


@overload
def wilson(successes: float, trials: float, z: float = ...) -> Interval[float]: ...
@overload
def wilson(
    successes: NDArray[Any], trials: NDArray[Any] | float, z: float = ...
) -> Interval[NDArray[np.float64]]: ...
def wilson(
    successes: NDArray[Any] | float, trials: NDArray[Any] | float, z: float = Z_95
) -> Interval[float] | Interval[NDArray[np.float64]]:
    """Score interval for a proportion (Wilson 1927).

    With p = successes / trials and n = trials, the bounds are
    (p + z^2/2n -+ z sqrt(p(1-p)/n + z^2/4n^2)) / (1 + z^2/n).

    Args:
        successes: How many trials succeeded, out of `trials`. May be fractional where `trials` is
            an effective sample size. A number or an array.
        trials: How many trials there were; an array must broadcast with `successes`.
        z: Normal quantile; the default gives 95 %.

    Returns:
        Bounds in [0, 1] that contain successes / trials. No trials give (0, 1): nothing is known.

    Raises:
        ValueError: If a count is negative or not a number, or successes exceed trials.
    """
    s, n = np.broadcast_arrays(np.asarray(successes, np.float64), np.asarray(trials, np.float64))
    if not np.all((s >= 0) & (s <= n)):
        msg = (
            "intervals.wilson: successes must lie between 0 and trials; "
            f"at least one of {s.size} pairs does not. Check the order of the arguments."
        )
        raise ValueError(msg)
    empty = n == 0
    safe_n = np.where(empty, 1.0, n)
    p = s / safe_n
    centre, half = _wilson_centre(p, safe_n, z), _wilson_half_width(p, safe_n, z)
    low = np.where(empty, 0.0, np.clip(np.minimum(centre - half, p), 0.0, 1.0))
    high = np.where(empty, 1.0, np.clip(np.maximum(centre + half, p), 0.0, 1.0))
    if s.ndim == 0:
        return Interval(float(low), float(high))
    return Interval(low, high)


def clustered_proportion(successes: NDArray[Any], clusters: NDArray[Any]) -> Interval[float]:
    """Interval for a proportion whose trials come in clusters, as claims about one target do.

    The proportion p = y/n is a ratio of cluster totals, so its variance is that of the ratio
    estimator, v = C/(C-1) * sum over clusters of (y_c - p n_c)^2 / n^2 for C clusters. The design
    effect is v over p(1-p)/(n-1), and never counted below 1. The effective sample size
    n_e = n / deff * (t(n-1) / t(C-1))^2 goes into Wilson's formula in place of n; the 97.5 %
    quantiles of Student's t pay for judging the variance by C clusters (Korn and Graubard 1998).
    Where every trial succeeded, or none did, or there is one cluster, no variance can be seen
    and n_e = C: a cluster counts as one trial.

    Args:
        successes: 0 or 1 (or bool) per trial, shape (n,).
        clusters: Cluster of each trial, shape (n,), as small non-negative integer codes;
            unused codes do no harm.

    Returns:
        Bounds in [0, 1] that contain the proportion. Trials that are each a cluster of their own
        give exactly `wilson`; no trials give (0, 1).

    Raises:
        ValueError: If the shapes differ or a success is neither 0 nor 1.
    """
    y = np.asarray(successes, np.float64)
    if y.shape != clusters.shape or y.ndim != 1:
        msg = (
            f"intervals.clustered_proportion: successes has shape {y.shape} and clusters "
            f"{clusters.shape}; both must be one column, one row a trial."
        )
        raise ValueError(msg)
    if not np.all((y == 0) | (y == 1)):
        msg = "intervals.clustered_proportion: a success must be 0 or 1; pass one row a trial."
        raise ValueError(msg)
    n = y.size
    if n == 0:
        return Interval(0.0, 1.0)
    p = float(y.sum()) / n
    n_effective = _effective_trials(y, p, clusters)
    return wilson(p * n_effective, n_effective)


def clustered_log_ratio(
    one: tuple[NDArray[Any], NDArray[Any]], other: tuple[NDArray[Any], NDArray[Any]]
) -> LogRatio:
    """Logarithm of the ratio of two proportions whose trials come in clusters.

    The variance is v_1/p_1^2 + v_2/p_2^2 (Katz et al. 1978), with v the variance of each proportion
    between clusters, as in `clustered_proportion`. No cluster may have trials in both.

    Args:
        one: Successes (0 or 1) and clusters (small non-negative codes) of the numerator, each of
            shape (trials,).
        other: The same of the denominator.

    Returns:
        The logarithm and its standard error; not a number where a proportion has no success, or no
        more than one cluster.
    """
    logs, variance = [], 0.0
    for successes, clusters in (one, other):
        y = np.asarray(successes, np.float64)
        sizes = np.bincount(clusters)
        count = int(np.count_nonzero(sizes))
        if count < 2 or not y.any():  # noqa: PLR2004 - one cluster has no variance between
            return LogRatio(nan, nan)
        p = float(y.mean())
        residuals = np.bincount(clusters, weights=y) - p * sizes
        variance += count / (count - 1) * float(np.sum(residuals**2)) / (y.size * p) ** 2
        logs.append(log(p))
    return LogRatio(logs[0] - logs[1], sqrt(variance))


def brier(confidence: NDArray[Any], correct: NDArray[Any]) -> float:
    """Mean squared difference between a stated confidence and what came true (Brier 1950).

    Args:
        confidence: Probability stated for each claim, in [0, 1], shape (n,).
        correct: Whether each claim was correct, bool or 0/1, shape (n,).

    Returns:
        A score in [0, 1]: 0 is perfect, 0.25 is what "one half" always earns; nan without claims.

    Raises:
        ValueError: If the shapes differ or a confidence lies outside [0, 1].
    """
    stated = np.asarray(confidence, np.float64)
    happened = np.asarray(correct, np.float64)
    if stated.shape != happened.shape:
        msg = (
            f"intervals.brier: confidence has shape {stated.shape} and correct {happened.shape}; "
            "they must be the same, one row a claim."
        )
        raise ValueError(msg)
    if not np.all((stated >= 0) & (stated <= 1)):
        msg = "intervals.brier: every confidence must be a probability from 0 to 1."
        raise ValueError(msg)
    return float(np.mean((stated - happened) ** 2)) if stated.size else nan


def residual_risk(attack: tuple[float, float], control: tuple[float, float]) -> ResidualRisk:
    """Compare an attack with its control (Giomi et al. 2022, section 3).

    The value is R = (r_a - r_c) / (1 - r_c): of the cases that the control got wrong, the share
    that the attack gets right besides. Its interval propagates the Wilson half-widths,

        low  = R - sqrt(((r_a - low_a) A)^2 + ((high_c - r_c) B)^2)
        high = R + sqrt(((high_a - r_a) A)^2 + ((r_c - low_c) B)^2)

    with the derivatives A = dR/dr_a = 1/(1 - r_c) and B = |dR/dr_c| = (1 - r_a)/(1 - r_c)^2 taken
    at the centres of the Wilson intervals, which are never 0 or 1. Each side uses the half-width
    on the side that moves R that way. The two groups of trials are taken as independent. R bends
    as r_c nears 1, so the propagation is rough for a control that is right in more than about 80 %
    of its trials: at 90 % of 100 trials the interval holds R in 93 % of repetitions.

    Args:
        attack: (successes, trials) of the attack on people who are in the release.
        control: (successes, trials) of the same attack on people who are not.

    Returns:
        The value and its interval, not cut off below 0, so that a mean over seeds of an attack
        without skill is 0; `high` is at most 1. Without trials in either group, or with a
        control that is always right, R is undefined: nan in the whole range (-inf, 1).

    Raises:
        ValueError: As `wilson`.
    """
    (s_a, n_a), (s_c, n_c) = attack, control
    low_a, high_a = wilson(s_a, n_a)
    low_c, high_c = wilson(s_c, n_c)
    if n_a == 0 or n_c in {0, s_c}:
        return ResidualRisk(nan, -inf, 1.0)
    r_a, r_c = s_a / n_a, s_c / n_c
    centre_a, centre_c = _wilson_centre(r_a, n_a, Z_95), _wilson_centre(r_c, n_c, Z_95)
    by_attack = 1 / (1 - centre_c)
    by_control = (1 - centre_a) / (1 - centre_c) ** 2
    value = (r_a - r_c) / (1 - r_c)
    below = sqrt(((r_a - low_a) * by_attack) ** 2 + ((high_c - r_c) * by_control) ** 2)
    above = sqrt(((high_a - r_a) * by_attack) ** 2 + ((r_c - low_c) * by_control) ** 2)
    return ResidualRisk(value, value - below, min(value + above, 1.0))


def _wilson_centre(p: Bound, n: Bound, z: float) -> Bound:
    return (p + z**2 / (2 * n)) / (1 + z**2 / n)


def _wilson_half_width(
    p: NDArray[np.float64], n: NDArray[np.float64], z: float
) -> NDArray[np.float64]:
    half: NDArray[np.float64] = z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
    return half


def _effective_trials(y: NDArray[np.float64], p: float, clusters: NDArray[Any]) -> float:
    n = y.size
    sizes = np.bincount(clusters)
    count = int(np.count_nonzero(sizes))
    if count == 1 or p in (0.0, 1.0):
        return float(count)
    residuals = np.bincount(clusters, weights=y) - p * sizes
    variance = count / (count - 1) * float(np.sum(residuals**2)) / n**2
    design_effect = max(1.0, variance * (n - 1) / (p * (1 - p)))
    quantiles = stdtrit(np.array([n - 1, count - 1], np.float64), _UPPER_TAIL)
    return float(n / design_effect * (quantiles[0] / quantiles[1]) ** 2)
