"""Standardised mean: what a person costs in each group, had all groups the same age and sex mix.

The standard population is everybody who is given, so that the groups' figures compare with each
other and with the overall mean, and not with figures standardised elsewhere.

Sources:
    Armitage, Berry and Matthews 2002, Statistical Methods in Medical Research, 4th edition,
    section 19.3 (direct standardisation and its variance).
    Binder 1983, International Statistical Review 51(3): 279-292 (variance over clusters).
    Spearman 1904, American Journal of Psychology 15(1): 72-101 (rank correlation).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, nan
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

TOP_SHARE = 0.2
"""Share of the groups that "the top fifth" means."""


@dataclass(frozen=True)
class StandardisedMeans:
    """One figure a group, in the order of the group codes; each of shape (groups,).

    Attributes:
        mean: Directly standardised mean, float64 pence a person; nan for a group without people.
        standard_error: Its standard error, float64 pence; nan for a group without people.
        people: People in the group, int64.
    """

    mean: NDArray[np.float64]
    standard_error: NDArray[np.float64]
    people: NDArray[np.int64]


class RankAgreement(NamedTuple):
    """How far two sets of figures put the same groups in the same order.

    Attributes:
        spearman: Rank correlation in [-1, 1]; nan where either order says nothing.
        top_fifth_in_common: Of the top fifth of groups by one figure, the share that is also in
            the top fifth by the other; nan without groups.
    """

    spearman: float
    top_fifth_in_common: float


def standardised_means(
    value: NDArray[np.int64],
    group: NDArray[Any],
    stratum: NDArray[Any],
    cluster: NDArray[Any] | None = None,
) -> StandardisedMeans:
    """Directly standardised mean of each group.

    With N_k people in stratum k out of N in all, and m_gk the mean of group g in stratum k, the
    figure is sum over k of (N_k / N) m_gk. A stratum in which the group has nobody borrows the
    overall mean of that stratum, which draws a group with gaps towards the overall figure; the
    borrowed mean is taken as known and adds nothing to the standard error.

    The weights are taken as fixed. Person i in a cell of n people has influence
    (N_k / N) (value - m_gk) sqrt(n / (n-1)) / n, whose squares sum to the usual variance
    sum (N_k / N)^2 s_gk^2 / n_gk; with clusters, influences are first summed within cluster and
    group. The only person of a cell is compared with the overall mean of the stratum, for one
    value shows no spread.

    Args:
        value: Pence of each person, int64, shape (n,). Sums stay exact below 2^53 pence.
        group: Group of each person as a code from 0, shape (n,).
        stratum: Stratum (age and sex) of each person as a code from 0, shape (n,).
        cluster: Cluster (household) of each person as a code from 0, shape (n,); without it
            people are independent.

    Returns:
        Means, standard errors and people, for the groups 0 to the largest code.

    Raises:
        ValueError: If shapes differ.
    """
    _check_columns(value, group, stratum, cluster)
    groups, strata = int(group.max(initial=-1)) + 1, int(stratum.max(initial=-1)) + 1
    cell = group.astype(np.int64) * strata + stratum
    cell_people = np.bincount(cell, minlength=groups * strata)
    cell_sum = _totals(cell, value, groups * strata)
    people = cell_people.reshape(groups, strata).sum(axis=1)
    stratum_people = cell_people.reshape(groups, strata).sum(axis=0)
    stratum_sum = cell_sum.reshape(groups, strata).sum(axis=0)
    overall = np.tile(stratum_sum / np.maximum(stratum_people, 1), groups)
    weight = np.tile(stratum_people / max(value.size, 1), groups)

    cell_mean = np.where(cell_people > 0, cell_sum / np.maximum(cell_people, 1), overall)
    mean = (weight * cell_mean).reshape(groups, strata).sum(axis=1)
    centre = np.where(cell_people > 1, cell_mean, overall)
    correction = np.sqrt(cell_people / np.maximum(cell_people - 1, 1))
    per_person = weight * correction / np.maximum(cell_people, 1)
    influence = per_person[cell] * (value - centre[cell])
    variance = _variance_of_sums(influence, group, groups, cluster)
    empty = people == 0
    return StandardisedMeans(
        mean=np.where(empty, nan, mean),
        standard_error=np.where(empty, nan, np.sqrt(variance)),
        people=people.astype(np.int64),
    )


def ranks(values: NDArray[Any]) -> NDArray[np.float64]:
    """Rank of each value from 1 for the smallest; equal values share their average rank.

    Args:
        values: Numbers without nan, shape (n,).

    Returns:
        Ranks, float64, shape (n,).
    """
    _, position, count = np.unique(values, return_inverse=True, return_counts=True)
    average: NDArray[np.float64] = np.cumsum(count) - (count - 1) / 2
    return average[position]


def rank_agreement(a: NDArray[np.float64], b: NDArray[np.float64]) -> RankAgreement:
    """Compare the order in which two sets of figures put the same groups.

    Args:
        a: One figure a group, shape (groups,).
        b: The other figure for the same groups, shape (groups,).

    Returns:
        Spearman's correlation with average ranks, and the share of the top fifth (the highest,
        rounded up to a whole number of groups; ties go to the lower group code) in common.
        Groups whose figure is nan in either are left out of both.

    Raises:
        ValueError: If shapes differ.
    """
    if a.shape != b.shape or a.ndim != 1:
        msg = (
            f"rank_agreement: the figures have shapes {a.shape} and {b.shape}; "
            "each must be one column, one row a group, in the same order of groups."
        )
        raise ValueError(msg)
    known = ~(np.isnan(a) | np.isnan(b))
    a, b = a[known], b[known]
    if a.size == 0:
        return RankAgreement(nan, nan)
    top = ceil(TOP_SHARE * a.size)
    common = np.intersect1d(_highest(a, top), _highest(b, top)).size
    return RankAgreement(_correlation(ranks(a), ranks(b)), common / top)


def _variance_of_sums(
    influence: NDArray[np.float64],
    group: NDArray[Any],
    groups: int,
    cluster: NDArray[Any] | None,
) -> NDArray[np.float64]:
    """Sum of squared influences per group, summed within cluster and group first."""
    if cluster is None:
        return _totals(group, influence**2, groups)
    width = int(cluster.max(initial=-1)) + 1
    pair, position = np.unique(group.astype(np.int64) * width + cluster, return_inverse=True)
    return _totals(pair // max(width, 1), _totals(position, influence, 0) ** 2, groups)


def _totals(codes: NDArray[Any], values: NDArray[Any], at_least: int) -> NDArray[np.float64]:
    return np.bincount(codes, weights=values, minlength=at_least).astype(np.float64, copy=False)


def _highest(values: NDArray[np.float64], count: int) -> NDArray[np.int64]:
    return np.argsort(-values, kind="stable")[:count]


def _correlation(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    a, b = a - a.mean(), b - b.mean()
    spread = float(np.sqrt(np.sum(a**2) * np.sum(b**2)))
    return float(np.sum(a * b)) / spread if spread > 0 else nan


def _check_columns(
    value: NDArray[Any],
    group: NDArray[Any],
    stratum: NDArray[Any],
    cluster: NDArray[Any] | None,
) -> None:
    columns = [value, group, stratum, *([] if cluster is None else [cluster])]
    shapes = [column.shape for column in columns]
    if value.ndim != 1 or len(set(shapes)) > 1:
        msg = (
            f"standardised_means: value, group, stratum and cluster have shapes {shapes}; "
            "each must be one column of the same length, one row a person."
        )
        raise ValueError(msg)
