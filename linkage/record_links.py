"""Records linked by a plan, of either sort: those of an agency to those of a hub."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from linkage.cascade import link_in_steps
from linkage.cascade_plan import Cascade, names_of
from linkage.clear_text import require_clear_text
from linkage.linked import LINK_COLUMNS, Links
from linkage.matcher import match

if TYPE_CHECKING:
    from linkage.cascade_plan import LinkagePlan
    from simulator.schema import Dataset


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
        ValueError: If a column of the plan is not in the clear in both datasets, or the plan is
            more than the engine can do.
    """
    for dataset in (hub, agency):
        require_clear_text(dataset, names_of(plan), f"link step {step}: its plan", "the plan")
    return link_columns(hub, agency, plan, step, seed)


def link_columns(hub: Dataset, agency: Dataset, plan: LinkagePlan, step: str, seed: int) -> Links:
    """Links an agency's records to a hub's on whatever columns a plan names.

    Args:
        hub: The hub, with the plan's columns, of which equal values must mean the same in both.
        agency: The agency's records; so is the rest as for `link_records`.
        plan: How to link.
        step: Name of the link step.
        seed: From which a plan that weighs pairs draws random ones.

    Returns:
        As `link_records` does.

    Raises:
        ValueError: If the plan is more than the engine can do.
    """
    names = names_of(plan)
    left, right = (each.frame.sort("record_id") for each in (hub, agency))
    if not (left.height and right.height):
        return Links(step, hub.name, agency.name, pl.DataFrame(schema=dict(LINK_COLUMNS)))
    ours, theirs = (each.select(pl.col(names).cast(pl.String)) for each in (left, right))
    if isinstance(plan, Cascade):
        pairs = link_in_steps(ours, theirs, plan, seed=seed).pairs
    else:
        pairs = match(ours, theirs, plan, seed=seed).pairs
    links = pairs.filter(pl.col("decision") == "link")
    frame = links.select(
        left["record_id"].gather(links["left"]).alias("left_id"),
        right["record_id"].gather(links["right"]).alias("right_id"),
        "match_weight",
        "match_probability",
        "rule",
    )
    return Links(step, hub.name, agency.name, frame.sort("left_id", "right_id"))
