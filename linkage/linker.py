"""Linking: from a step and two datasets to Links, on one page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linkage.cascade_plan import ladder
from linkage.hashed_plan import link_hashed
from linkage.join import join_match_keys, join_tokens, while_living_there
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
        hub: The hub's dataset: after ingest for `token`; its match-keys, in their order, where the
            step names `tokens` (see match_key_set.py); else as it was recorded.
        agency: The agency's, likewise.
        seed: From which a plan that weighs pairs draws random ones.

    Returns:
        Links, ordered by `left_id`, then `right_id`.

    Raises:
        UnlikeTokens: If the tokens of the two datasets cannot be compared.
        ValueError: If a ladder or plan lacks a field in the clear, or a plan on hashed columns
            looks at more than whether they are the same.
    """
    if step.on is not None:
        links = join_tokens(hub, agency, step.on, step_name)
        return while_living_there(links, hub, agency) if step.dated else links
    if step.tokens is not None:
        if step.plan is not None:
            return link_hashed(hub, agency, step.plan, step_name, seed)
        one_to_one = step.several_records is False
        keys = tuple(hub.labels)
        return join_match_keys(hub, agency, keys, step_name, one_to_one=one_to_one)
    plan = ladder(step.keys) if step.plan is None else step.plan
    return link_records(hub, agency, plan, step_name, seed)
