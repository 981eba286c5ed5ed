"""Consistency of match-keys: what link steps on hashed columns need of other parts."""

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
    from scenarios.problems import Path
    from scenarios.proposal import Proposal


def match_key_misfits(proposal: Proposal, aside: Collection[Path]) -> Iterator[Misfit]:
    """Yields what does not fit between sets of match-keys and the link steps that name them.

    Args:
        proposal: The proposal.
        aside: Parts in whose place something else stands: what names them is not looked at.
    """
    for name, step in proposal.link.items():
        if step.tokens is None or ("match_keys", step.tokens) in aside:
            continue
        path: Path = ("link", name, "tokens")
        made = proposal.match_keys.get(step.tokens)
        if made is None:
            yield from unnamed(path, step.tokens, "a set of match-keys", proposal.match_keys)
            continue
        for agency in (step.hub, step.agency):
            yield from _unrecorded(proposal, path, step.tokens, made, agency)
        if step.plan is not None:
            yield from _unseen(("link", name, "plan"), step.plan, step.tokens, made)


def _unrecorded(
    proposal: Proposal, path: Path, name: str, made: MatchKeySet, agency: str
) -> Iterator[Misfit]:
    """Yields a set that is made of what an agency does not record."""
    spec = proposal.agency.get(agency)
    for field in made.fields:
        if spec is not None and field not in spec.fields:
            yield Misfit(path, name, f"is made of {field}, which is not recorded by {agency}")


def _unseen(path: Path, plan: LinkagePlan, name: str, made: MatchKeySet) -> Iterator[Misfit]:
    """Yields columns of a plan that the set does not make, or else what it cannot see of them."""
    strange = [column for column in names_of(plan) if column not in made.names]
    for column in strange:
        yield Misfit(path, column, f"is no column of match_keys.{name}", made.names)
    for unseen in unseen_in_tokens(plan) if not strange else ():
        yield Misfit(path, NOTHING, unseen)
