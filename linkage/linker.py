"""Linking: from a step and two datasets to Links, on one page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linkage.join import join_tokens
from linkage.ladder import climb_ladder

if TYPE_CHECKING:
    from collections.abc import Mapping

    from linkage.linked import Links
    from linkage.plan import LinkStep
    from simulator.schema import Dataset


def link(
    step_name: str,
    step: LinkStep,
    clear: Mapping[str, Dataset],
    treated: Mapping[str, Dataset],
) -> Links:
    """Carry out one link step.

    Args:
        step_name: Name of the step.
        step: How to link; `token` uses what left ingest, `ladder` the clear text.
        clear: Datasets as they were recorded, by name.
        treated: The same after ingest, by name.

    Returns:
        Links, ordered by `left_id`, then `right_id`.

    Raises:
        UnlikeTokens: If the tokens of the two datasets cannot be compared.
        ValueError: If a ladder lacks a field in the clear.
    """
    if step.on is not None:
        return join_tokens(treated[step.hub], treated[step.agency], step.on, step_name)
    return climb_ladder(clear[step.hub], clear[step.agency], step.keys, step_name)
