"""Carrying out a plan, of either sort: on two files, or on a hub's and an agency's records."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from linkage.cascade import link_in_steps
from linkage.cascade_plan import Cascade, LinkagePlan, names_of
from linkage.linked import LINK_COLUMNS, Links
from linkage.matcher import match

if TYPE_CHECKING:
    from collections.abc import Callable

    from linkage.matched import Matched
    from simulator.schema import Dataset


def carry_out(
    left: pl.DataFrame,
    right: pl.DataFrame | None,
    plan: LinkagePlan,
    *,
    seed: int = 1,
    labels: pl.DataFrame | None = None,
    progress: Callable[[str, float], None] | None = None,
) -> Matched:
    """Links two files, or finds duplicates in one, as a plan says.

    Args:
        left: A file: the plan's columns, as String; dates as ISO text.
        right: The other; None to find duplicates within the left one.
        plan: How to link.
        seed: From which random pairs are drawn.
        labels: Pairs known to match, from which a plan that weighs pairs learns.
        progress: Told each step, and what share of it is done.

    Returns:
        Pairs, and the figures that say how they were found.

    Raises:
        ValueError: If the plan cannot be carried out on these files; the message says why.
    """
    if not isinstance(plan, Cascade):
        return match(left, right, plan, seed=seed, labels=labels, progress=progress)
    if right is None:
        raise ValueError(
            "a plan in steps links two files, and cannot find duplicates in one: give a second "
            "file, or a plan with blocking and comparisons"
        )
    if labels is not None:
        raise ValueError("a plan in steps learns nothing from labels: leave them out")
    return link_in_steps(left, right, plan, seed=seed, progress=progress)


def link_records(hub: Dataset, agency: Dataset, plan: LinkagePlan, step: str, seed: int) -> Links:
    """Links an agency's records to a hub's on the clear text, as a plan says.

    Args:
        hub: The hub, in the clear.
        agency: The agency's records, in the clear.
        plan: How to link.
        step: Name of the link step.
        seed: From which a plan that weighs pairs draws random ones.

    Returns:
        The links, ordered by `left_id`, then `right_id`; the same whatever the order of records.

    Raises:
        ValueError: If a column of the plan is not in the clear in both datasets.
    """
    names = names_of(plan)
    _require_clear_text(hub, agency, names, step)
    left, right = (each.frame.sort("record_id") for each in (hub, agency))
    if not (left.height and right.height):
        return Links(step, hub.name, agency.name, pl.DataFrame(schema=dict(LINK_COLUMNS)))
    text = [each.select(pl.col(names).cast(pl.String)) for each in (left, right)]
    links = carry_out(text[0], text[1], plan, seed=seed).pairs.filter(pl.col("decision") == "link")
    frame = links.select(
        left["record_id"].gather(links["left"]).alias("left_id"),
        right["record_id"].gather(links["right"]).alias("right_id"),
        "match_weight",
        "match_probability",
        "rule",
    )
    return Links(step, hub.name, agency.name, frame.sort("left_id", "right_id"))


def _require_clear_text(
    hub: Dataset, agency: Dataset, names: tuple[str, ...], step: str
) -> None:
    """Raises ValueError unless both datasets hold every column in the clear."""
    for dataset in (hub, agency):
        lacking = [n for n in names if n not in dataset.frame.columns or n in dataset.labels]
        if lacking:
            message = (
                f"link step {step}: its plan needs {', '.join(lacking)} in the clear, which "
                f"dataset {dataset.name} does not hold; record the field, or leave it out of the "
                "plan"
            )
            raise ValueError(message)
