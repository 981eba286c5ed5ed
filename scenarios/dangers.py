"""Dangers: the hazards that a proposal's treatments are, as proposed and in its options."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from linkage.pseudonyms.collisions import collisions
from linkage.pseudonyms.hazards import hazards_of
from scenarios.loading import apply_option
from scenarios.result import AS_PROPOSED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from linkage.plan import Treatment
    from linkage.pseudonyms.hazards import Hazard
    from scenarios.proposal import Proposal


@dataclass(frozen=True)
class Danger:
    """A hazard where it applies.

    Attributes:
        option: The option whose treatment it is, or AS_PROPOSED.
        field: The field that is treated so.
        hazard: The row of the catalogue.
        reason: Why it is a hazard here, with the numbers of this proposal.
    """

    option: str
    field: str
    hazard: Hazard
    reason: str


def dangers(proposal: Proposal, options: Iterable[str]) -> list[Danger]:
    """Gives the hazards of a proposal, then those that options add.

    Args:
        proposal: The proposal.
        options: Names of the options to look at; AS_PROPOSED among them is passed over.

    Returns:
        A danger for each field and row of the catalogue; none where no treatment is one.
    """
    proposed = list(_of(proposal, AS_PROPOSED))
    known = {(one.field, one.reason) for one in proposed}
    added = [
        one
        for name in options
        if name != AS_PROPOSED
        for one in _of(apply_option(proposal, name), name)
        if (one.field, one.reason) not in known
    ]
    return [*proposed, *added]


def hazard_lines(proposal: Proposal, options: Iterable[str]) -> Iterator[str]:
    """Yields the dangers in words, a line each; nothing where there is none."""
    for one in dangers(proposal, options):
        where = "" if one.option == AS_PROPOSED else f" (option {one.option})"
        yield (
            f"Hazard {one.hazard.name}, identity.{one.field}{where}: {one.hazard.scheme}. "
            f"{one.reason}. Source: {one.hazard.source}"
        )


def _of(proposal: Proposal, option: str) -> Iterator[Danger]:
    people = proposal.world.real_population
    for field, treatment in sorted(proposal.identity.items()):
        for hazard in hazards_of(field, treatment):
            reason = hazard.reason
            if hazard.name == "short-token":
                reason = _collisions_words(treatment, people)
            elif hazard.name == "salt-file":
                reason += _leaked(proposal, field)
            yield Danger(option, field, hazard, reason[:1].upper() + reason[1:])


def _collisions_words(treatment: Treatment, people: int) -> str:
    """Says what to expect of tokens of one length in the real system."""
    found = collisions(people, treatment.bits)
    return (
        f"different people share a token by chance and are linked: with {treatment.bits} bits, "
        f"{found.expected_pairs:,.3g} pairs are to be expected among {people:,} different values, "
        f"as many as the real system has people"
    )


def _leaked(proposal: Proposal, field: str) -> str:
    """Says which leaks of a salt file the proposal supposes."""
    names = [name for name, leak in proposal.leak.items() if leak.kind == "salt-file"]
    if field != "nhs_number" or not names:
        return ""
    return f"; this proposal supposes it leaked ({', '.join(names)})"
