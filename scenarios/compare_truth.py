"""Comparison with the truth: what a question should have found. Reads the Truth.

Planted is what we put into the world. Realised is the same estimator on perfect links of the same
records, nothing coarsened. Answered is what the proposal gives. The difference of the last two is
the bias from linkage and from safeguards; chance is in both alike.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from linkage.assemble import assemble
from linkage.intervals import wilson
from linkage.quality import perfect_links
from scenarios.questions import alert, count, ranking, rate_ratio
from scenarios.questions.estimate import CannotAnswer, Estimate, Window, strata
from scenarios.questions.specs import AlertSpec, CountSpec, RankingSpec, RateRatioSpec
from scenarios.questions.standardised_mean import rank_agreement, standardised_means
from simulator.events.timeline import expected_costs

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl
    from numpy.typing import NDArray

    from linkage.linked import LinkedData, Provenance
    from linkage.plan import LinkStep
    from scenarios.questions.estimate import View
    from scenarios.questions.specs import LinkedQuestion
    from simulator.schema import Dataset
    from simulator.specs import AgencySpec, EffectSpec
    from simulator.state import World
    from simulator.truth import Truth

_PLANTED = "put into the world by us"


def answer(view: View, question: LinkedQuestion, window: Window) -> list[Estimate]:
    """Answers any question from a view; see the module of its kind.

    Returns:
        The estimates; one with value NaN and the reason as its method where the view cannot answer.
    """
    try:
        match question:
            case RateRatioSpec():
                return rate_ratio.answer(view, question, window)
            case RankingSpec():
                return ranking.answer(view, question, window)
            case CountSpec():
                return count.answer(view, question, window)
            case AlertSpec():
                return alert.answer(view, question, window)
    except CannotAnswer as missing:
        return [Estimate("estimate", float("nan"), _unit(question), method=f"no answer: {missing}")]


def _unit(question: LinkedQuestion) -> str:
    units = {"rate_ratio": "ratio", "ranking": "pounds", "count": "count", "alert": "count"}
    return units[question.kind]


def perfect(
    hub: Dataset,
    datasets: Mapping[str, Dataset],
    steps: Mapping[str, LinkStep],
    truth: Truth,
    seed: int,
) -> tuple[LinkedData, Provenance]:
    """Assembles the same records by perfect links.

    Args:
        hub: The hub, as treated.
        datasets: The other agencies' datasets, as treated.
        steps: The link steps that feed answers.
        truth: The truth.
        seed: The run's seed.
    """
    links = {
        step.agency: perfect_links(truth, name, step.hub, step.agency, step.unit)
        for name, step in steps.items()
    }
    return assemble(hub, datasets, links, seed)


def planted(
    question: LinkedQuestion,
    world: World,
    agencies: Mapping[str, AgencySpec],
    effects: Mapping[str, EffectSpec],
) -> list[Estimate]:
    """Returns what was planted for a question: the ratio of an effect, or expected costs per head.

    Counts and alerts have nothing planted: they follow from everything else.
    """
    if isinstance(question, RateRatioSpec):
        return [_planted_ratio(question, effects)]
    if isinstance(question, RankingSpec):
        return _planted_costs(question, world, agencies)
    return []


def _planted_ratio(question: RateRatioSpec, effects: Mapping[str, EffectSpec]) -> Estimate:
    """Multiplies the effects on just what a question asks for; NaN if one is on more or on less."""
    ratio, method = 1.0, _PLANTED
    for effect in effects.values():
        if (effect.exposure, effect.outcome) != (question.exposure, question.outcome):
            continue
        asked = {name: set(values) for name, values in question.exposure_where.items()}
        on = {name: set(values) for name, values in effect.exposure_where.items()}
        if any(asked[name].isdisjoint(on[name]) for name in asked.keys() & on.keys()):
            method = (
                f"{_PLANTED}; other exposures change the outcome, and more people have had them "
                "the later it is, so that unadjusted some of their effect shows here"
            )
            continue
        at_home = question.only_at_home == effect.only_at_home
        if asked != on or not at_home or question.age_from < effect.age_from:
            said = "put in by us on other exposures, contacts or ages than are asked for: no ratio"
            return Estimate("planted", float("nan"), "ratio", method=said)
        ratio *= effect.ratio.value
    return Estimate("planted", ratio, "ratio", method=method)


def _planted_costs(
    question: RankingSpec, world: World, agencies: Mapping[str, AgencySpec]
) -> list[Estimate]:
    window = Window(world.spec.start, world.spec.days)
    counted = [agencies[service] for service in question.services]
    pounds = expected_costs(
        world.seed, world.spec, world.people, world.homes, world.layout, counted
    )
    # Of those there at the end, whom the registers list.
    there = ~world.layout.leaves
    people = world.people.filter(there)
    group, codes = np.unique(people[question.group].to_numpy(), return_inverse=True)
    stratum = strata(people, window, with_area=False)
    pence = (pounds[there] * 100).round().astype(np.int64)
    means = standardised_means(pence, codes, stratum).mean / 100 / window.years
    labels = [f"{question.group}={name}" for name in group]
    overall = float(pence.sum()) / 100 / window.years / len(pence)
    return [
        Estimate("planted", overall, "pounds", method=_PLANTED),
        *(
            Estimate("planted", float(mean), "pounds", group=label, method=_PLANTED)
            for label, mean in zip(labels, means, strict=True)
        ),
    ]


def compare(
    question: LinkedQuestion, answered: list[Estimate], realised: list[Estimate]
) -> list[Estimate]:
    """Compares what was answered with what should have been.

    Returns:
        The linkage bias, and for a ranking how well ranks and values agree.
    """
    got = {e.group: e.value for e in answered if e.measure == "estimate"}
    right = {e.group: e.value for e in realised if e.measure == "estimate"}
    bias = got["all"] - right["all"]
    rows = [
        Estimate(
            "linkage_bias",
            bias,
            _unit(question),
            method="answered minus realised: linkage and safeguards, on the same people",
        )
    ]
    groups = [group for group in right if group != "all" and group in got]
    if groups:
        a = np.array([got[group] for group in groups])
        b = np.array([right[group] for group in groups])
        agreement = rank_agreement(a, b)
        rows += [
            Estimate("rank_agreement", agreement.spearman, "correlation", out_of=len(groups),
                     method="Spearman, answered with realised"),
            Estimate("top_fifth_in_common", agreement.top_fifth_in_common, "share",
                     out_of=len(groups), method="of the costliest fifth of groups"),
            Estimate("mean_error", _mean_error(a, b), "share", out_of=int((b > 0).sum()),
                     method="mean of |answered - realised| / realised over groups"),
        ]  # fmt: skip
    return rows


def _mean_error(answered: NDArray[np.float64], realised: NDArray[np.float64]) -> float:
    """Returns the mean relative error over groups that cost anything; NaN where none does."""
    costs = realised > 0
    errors = np.abs(answered - realised)[costs] / realised[costs]
    return float(np.mean(errors)) if errors.size else float("nan")


def compare_alerts(
    question: AlertSpec,
    view: View,
    origins: Provenance,
    truth_view: View,
    truth_origins: Provenance,
    window: Window,
) -> list[Estimate]:
    """Compares who raised an alert with who should have: recall and precision.

    Rows of different views are matched by the hub record that each was made from.
    """
    found = _records(alert.raised(view, question, window), origins)
    right = _records(alert.raised(truth_view, question, window), truth_origins)
    both = len(found & right)
    rows = []
    for measure, out_of in (("alert_recall", len(right)), ("alert_precision", len(found))):
        low, high = wilson(both, out_of)
        value = both / out_of if out_of else float("nan")
        rows.append(Estimate(measure, value, "share", low, high, count=both, out_of=out_of))
    return rows


def _records(row_ids: pl.Series, origins: Provenance) -> set[int]:
    kept = origins.people.filter(origins.people["row_id"].is_in(row_ids.implode()))
    return set(kept["record_id"].to_list())
