"""A plan on hashed columns: what can be seen of tokens, and links by what is seen.

Equal tokens are all that can be seen, and how often each occurs: agreement on a rare one may count
for more than on a common one, as in the program CRATE (Cardinal et al. 2023).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from linkage.cascade_plan import Cascade, kinds_of, names_of
from linkage.join import require_like_tokens
from linkage.record_links import link_columns

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linkage.cascade_plan import LinkagePlan
    from linkage.linked import Links
    from simulator.schema import Dataset


def link_hashed(hub: Dataset, agency: Dataset, plan: LinkagePlan, step: str, seed: int) -> Links:
    """Links an agency's records to a hub's by a plan on their hashed columns.

    Args:
        hub: The hub, with the plan's columns of tokens (see `pseudonyms/recipes.py`).
        agency: The agency's records, with the same columns under the same labels.
        plan: How to link; looks at no more than whether whole columns are the same.
        step: Name of the link step.
        seed: From which a plan that weighs pairs draws random ones.

    Returns:
        Links, ordered by `left_id`, then `right_id`.

    Raises:
        UnlikeTokens: If a dataset lacks tokens of a column, or their labels differ in any part.
        ValueError: If the plan looks at more than that, or is more than the engine can do.
    """
    unseen = tuple(unseen_in_tokens(plan))
    if unseen:
        raise ValueError(f"link step {step}: {'; '.join(unseen)}")
    for column in names_of(plan):
        require_like_tokens(hub, agency, column, step)
    return link_columns(hub, agency, plan, step, seed)


def unseen_in_tokens(plan: LinkagePlan) -> Iterator[str]:
    """Yields what a plan looks at and cannot see of tokens, which are the same or are not."""
    for column, kind in kinds_of(plan).items():
        if kind != "exact":
            yield f"{column} is of kind {kind}, and only kind exact can be seen of a hashed column"
    for written in dict.fromkeys(_rules(plan)):
        column, colon, part = written.partition(":")
        if colon:
            yield f"no part {part} of hashed column {column} can be seen; hash the part by itself"
    for each in plan.columns if isinstance(plan, Cascade) else ():
        if each.form:
            yield f"{each.column} is hashed, and form {each.form} would have to read it"


def _rules(plan: LinkagePlan) -> Iterator[str]:
    """Yields columns and parts of columns that must be the same, as they are written."""
    if isinstance(plan, Cascade):
        for step in plan.steps:
            yield from step.agree
            yield from _rules(step.match) if step.match is not None else ()
    else:
        for rule in (*plan.blocking, *plan.deterministic):
            yield from rule
