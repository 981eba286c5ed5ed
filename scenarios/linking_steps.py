"""Linking supplied files in steps: link, judge, and what is written of it."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from linkage.cascade import link_in_steps
from linkage.step_quality import step_quality
from scenarios.linking import PROVENANCE, links_of
from scenarios.linking_errors import errors_of
from scenarios.linking_quality import accuracy_table
from scenarios.linking_summary import about_linkage, timings
from scenarios.problems import PlanError, Problem
from scenarios.tables import rows_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import polars as pl

    from linkage.step_quality import StepQuality, StepTruth
    from linkage.stepped import Stepped
    from scenarios.linking import Prepared
    from scenarios.written_files import Places


def link_prepared(
    prepared: Prepared, seed: int, progress: Callable[[str, float], None] | None = None
) -> Stepped:
    """Links files that were prepared, by a plan in steps.

    Raises:
        PlanError: If the plan is more than the engine can do.
    """
    left, right = prepared.aligned.left, prepared.aligned.right
    if right is None:
        raise TypeError("a cascade links two files")
    try:
        return link_in_steps(left, right, prepared.cascade, seed=seed, progress=progress)
    except ValueError as beyond:
        raise PlanError([Problem("plan", None, "", None, str(beyond))]) from beyond


def judge_steps(prepared: Prepared, stepped: Stepped) -> StepQuality:
    """Says how good the links are, by the truth where it was given."""
    known = prepared.truth.known if prepared.truth is not None else None
    return step_quality(stepped, known, prepared.groups, hide_small=True)


def steps_summary(
    prepared: Prepared,
    stepped: Stepped,
    quality: StepQuality,
    seed: int,
    seconds: dict[str, float],
) -> dict[str, Any]:
    """Gives the summary of a linkage in steps: plan, steps, statuses, counts and quality.

    Args:
        prepared: The files and the plan.
        stepped: What was found.
        quality: How good it is.
        seed: The seed.
        seconds: Seconds of each step.

    Returns:
        A table that JSON can write, as `linking_summary.summary_of` gives it for a match.
    """
    table = {
        **about_linkage(prepared, stepped.summary, seed),
        "levels": rows_of(stepped.levels),
        "steps": rows_of(stepped.steps),
        "statuses": rows_of(stepped.statuses),
        "balance": rows_of(quality.balance),
    }
    if quality.truth is not None:
        table["quality"] = _against_truth(quality.truth)
    if prepared.truth is not None:
        table["true_pairs_elsewhere"] = prepared.truth.elsewhere
    return table | {"timings": timings(prepared, stepped.summary, seconds)}


def steps_tables(
    where: Places, prepared: Prepared, stepped: Stepped, quality: StepQuality
) -> dict[Path, pl.DataFrame]:
    """Gives the tables that are written: ids, weights, rules and status codes, no other value."""
    tables = {
        where.links: links_of(prepared, stepped.pairs),
        where.review: links_of(prepared, stepped.pairs, "review"),
    }
    if where.errors is not None and quality.truth is not None:
        tables[where.errors] = errors_of(quality.truth, prepared.left, prepared.right, PROVENANCE)
    return tables


def _against_truth(truth: StepTruth) -> dict[str, Any]:
    reasons = truth.errors.group_by("error", "reason").len("pairs").sort("error", "reason")
    return {
        "true_pairs": truth.links.recall.out_of,
        "links": accuracy_table(truth.links),
        "by_step": [
            {
                "rule": name,
                "precision": asdict(each.precision),
                "recall": asdict(each.recall),
            }
            for name, each in truth.by_step
        ],
        "by_group": rows_of(truth.by_group),
        "errors": rows_of(reasons),
    }
