"""Ranking: what does care cost per head in each practice or area, allowing for age and sex?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scenarios.questions.estimate import (
    CannotAnswer,
    Estimate,
    home_codes,
    positions,
    require,
    strata,
)
from scenarios.questions.standardised_mean import standardised_means

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scenarios.questions.estimate import View, Window
    from scenarios.questions.specs import RankingSpec

_Z_95 = 1.959963984540054
_DETECTABLE_STANDARD_ERRORS = 2.8016  # z(0.975) + z(0.80)
METHOD = "mean cost per person and year, directly standardised to age and sex of all people"


def answer(view: View, spec: RankingSpec, window: Window) -> list[Estimate]:
    """Answers the question from linked data or from a release.

    Args:
        view: People and events.
        spec: The question.
        window: The window.

    Returns:
        The cost per head of each group and of all, and the smallest difference between a group of
        median size and all that could have been detected.

    Raises:
        CannotAnswer: If the view lacks what is needed, or holds nobody whose group is known.
    """
    require(view, spec.services, ("cost_pence",), (spec.group,))
    known = view.people[spec.group].is_not_null().to_numpy()
    if not known.any():
        raise CannotAnswer(f"nobody has a known {spec.group}")
    groups, codes = np.unique(view.people[spec.group].drop_nulls().to_numpy(), return_inverse=True)
    return cost_per_head(
        pence_per_person(view, spec.services)[known],
        codes,
        [f"{spec.group}={group}" for group in groups],
        strata(view.people, window, with_area=False)[known],
        home_codes(view.people)[known],
        window.years,
    )


def without_each_part(
    view: View, spec: RankingSpec, window: Window, part: NDArray[np.int64], parts: int
) -> NDArray[np.float64]:
    """Estimates the cost per head of all without each part of the people in turn.

    Args:
        view: People and events.
        spec: The question.
        window: The window.
        part: The part of each person, codes from 0, shape (people,).
        parts: How many parts there are.

    Returns:
        float64 (parts,), pounds: what `answer` estimates for all from everybody outside each part;
        nan where nobody's group is known.

    Raises:
        CannotAnswer: If the view lacks what is needed.
    """
    require(view, spec.services, ("cost_pence",), (spec.group,))
    known = view.people[spec.group].is_not_null().to_numpy()
    pence = pence_per_person(view, spec.services)[known]
    stratum = strata(view.people, window, with_area=False)[known]
    part = part[known]
    pounds = np.full(parts, np.nan)
    for left_out in range(parts):
        kept = np.flatnonzero(part != left_out)
        if kept.size:
            everybody = standardised_means(pence[kept], np.zeros_like(kept), stratum[kept])
            pounds[left_out] = everybody.mean[0] / 100 / window.years
    return pounds


def pence_per_person(view: View, services: tuple[str, ...]) -> NDArray[np.int64]:
    """Adds up each person's costs over services, in pence, int64, shape (people,)."""
    total = np.zeros(view.people.height, dtype=np.int64)
    for service in services:
        cost = view.events[service]["cost_pence"].fill_null(0).to_numpy()
        np.add.at(total, positions(view, service), cost)
    return total


def cost_per_head(
    pence: NDArray[np.int64],
    codes: NDArray[np.int64],
    labels: list[str],
    stratum: NDArray[np.int64],
    cluster: NDArray[np.int64],
    years: float,
) -> list[Estimate]:
    """Estimates the standardised cost per head and year of each group.

    Args:
        pence: Cost of each person over the window, shape (people,).
        codes: Group of each person, codes into `labels`.
        labels: Name of each group.
        stratum: Stratum of age and sex of each person.
        cluster: Home of each person.
        years: Length of the window in years.

    Returns:
        Estimates in pounds.
    """
    means = standardised_means(pence, codes, stratum, cluster)
    pounds, error = means.mean / 100 / years, means.standard_error / 100 / years
    estimates = [
        Estimate(
            "estimate",
            float(pounds[i]),
            "pounds",
            float(pounds[i] - _Z_95 * error[i]),
            float(pounds[i] + _Z_95 * error[i]),
            group=label,
            out_of=int(means.people[i]),
            method=METHOD,
        )
        for i, label in enumerate(labels)
    ]
    everybody = standardised_means(pence, np.zeros_like(codes), stratum, cluster)
    mean, spread = everybody.mean[0] / 100 / years, everybody.standard_error[0] / 100 / years
    detectable = _DETECTABLE_STANDARD_ERRORS * float(np.median(error))
    return [
        Estimate(
            "estimate",
            float(mean),
            "pounds",
            float(mean - _Z_95 * spread),
            float(mean + _Z_95 * spread),
            out_of=len(pence),
            method=METHOD,
        ),
        Estimate(
            "smallest_detectable_difference",
            detectable,
            "pounds",
            method="between one group and a fixed figure, 80 % power, two-sided 5 %, median group",
        ),
        *estimates,
    ]
