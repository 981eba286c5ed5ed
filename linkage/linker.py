"""Linking: from a step and two datasets to Links, on one page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linkage.cascade_plan import ladder
from linkage.join import join_tokens, while_living_there
from linkage.record_links import link_records

if TYPE_CHECKING:
    from linkage.linked import Links
    from linkage.plan import LinkStep
    from simulator.schema import Dataset


def link(
    step_name: str,
    step: LinkStep,
    hub: Dataset,
    agency: Dataset,
    seed: int = 1,
) -> Links:
    """Carry out one link step.

    Args:
        step_name: Name of the step.
        step: How to link.
        hub: The hub's dataset: after ingest for `token`, else as it was recorded.
        agency: The agency's, likewise.
        seed: From which a plan that weighs pairs draws random ones.

    Returns:
        Links, ordered by `left_id`, then `right_id`.

    Raises:
        UnlikeTokens: If the tokens of the two datasets cannot be compared.
        ValueError: If a ladder or plan lacks a field in the clear.
    """
    if step.on is not None:
        links = join_tokens(hub, agency, step.on, step_name)
        return while_living_there(links, hub, agency) if step.dated else links
    plan = ladder(step.keys) if step.plan is None else step.plan
    return link_records(hub, agency, plan, step_name, seed)
