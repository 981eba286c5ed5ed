"""Consistency of columns: what link steps read must be recorded, or hashed by match-keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linkage.cascade_plan import names_of
from linkage.hashed_plan import unseen_in_tokens
from scenarios.misfit import Misfit, unnamed
from scenarios.problems import NOTHING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from linkage.cascade_plan import LinkagePlan
    from linkage.match_key_set import MatchKeySet
    from linkage.plan import LinkStep
    from scenarios.problems import Path
    from scenarios.proposal import Proposal


def column_misfits(proposal: Proposal, aside: Collection[Path]) -> Iterator[Misfit]:
    """Yields what link steps read that agencies do not record, or a set of match-keys not make.

    Args:
        proposal: The proposal.
        aside: Parts in whose place something else stands: what names them is not looked at.
    """
    for name, step in proposal.link.items():
        path: Path = ("link", name)
        if step.is_on_clear_text:
            yield from _in_clear(proposal, path, step)
        elif step.tokens is not None and ("match_keys", step.tokens) not in aside:
            yield from _hashed(proposal, path, step, step.tokens)


def _in_clear(proposal: Proposal, path: Path, step: LinkStep) -> Iterator[Misfit]:
    """Yields fields of a ladder or plan that are not recorded."""
    keys = [
        ((*path, "keys", row, at), name)
        for row, key in enumerate(step.keys)
        for at, name in enumerate(key)
    ]
    names = names_of(step.plan) if step.plan is not None else ()
    for place, name in [*keys, *(((*path, "plan"), name) for name in names)]:
        yield from unrecorded(proposal, place, step, name)


def _hashed(proposal: Proposal, path: Path, step: LinkStep, name: str) -> Iterator[Misfit]:
    """Yields match-keys that are not, or cannot be made, and what a plan cannot see of them."""
    made = proposal.match_keys.get(name)
    if made is None:
        yield from unnamed((*path, "tokens"), name, "a set of match-keys", proposal.match_keys)
        return
    for field in made.fields:
        for misfit in unrecorded(proposal, (*path, "tokens"), step, field):
            yield Misfit(misfit.path, name, f"is made of {field}, which {misfit.rule}")
    if step.plan is not None:
        yield from _unseen((*path, "plan"), step.plan, name, made)


def unrecorded(proposal: Proposal, path: Path, step: LinkStep, name: str) -> Iterator[Misfit]:
    """Yields a field that the hub, or the agency, of a step does not record."""
    for agency in (step.hub, step.agency):
        spec = proposal.agency.get(agency)
        if spec is not None and name not in spec.fields:
            yield Misfit(path, name, f"is not recorded by {agency}", spec.fields)


def _unseen(path: Path, plan: LinkagePlan, name: str, made: MatchKeySet) -> Iterator[Misfit]:
    """Yields columns of a plan that the set does not make, or else what it cannot see of them."""
    strange = [column for column in names_of(plan) if column not in made.names]
    for column in strange:
        yield Misfit(path, column, f"is no column of match_keys.{name}", made.names)
    for unseen in unseen_in_tokens(plan) if not strange else ():
        yield Misfit(path, NOTHING, unseen)
