"""Dangers: hazards of a proposal's treatments and match-keys, as proposed and in its options."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from linkage.pseudonyms.collisions import collisions
from linkage.pseudonyms.hazards import hazards_of, hazards_of_match_keys
from scenarios.loading import apply_option
from scenarios.result import AS_PROPOSED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from linkage.pseudonyms.hazards import Hazard
    from scenarios.proposal import Proposal

_WITHOUT_A_SECRET: Final = ("plain-hash", "field-hash")


@dataclass(frozen=True)
class Danger:
    """A hazard where it applies.

    Attributes:
        option: The option that has it, or AS_PROPOSED.
        table: The table of the proposal that it is a hazard of.
        name: The field that is treated so, or the set of match-keys.
        hazard: The row of the catalogue.
        reason: Why it is a hazard here, with the numbers of this proposal.
    """

    option: str
    table: Literal["identity", "match_keys"]
    name: str
    hazard: Hazard
    reason: str


def dangers(proposal: Proposal, options: Iterable[str]) -> list[Danger]:
    """Gives the hazards of a proposal, then those that options add.

    Args:
        proposal: The proposal.
        options: Names of the options to look at; AS_PROPOSED among them is passed over.

    Returns:
        A danger for each row of the catalogue that a field or set of match-keys is; often none.
    """
    proposed = list(_of(proposal, AS_PROPOSED))
    known = {(one.table, one.name, one.reason) for one in proposed}
    added = [
        one
        for name in options
        if name != AS_PROPOSED
        for one in _of(apply_option(proposal, name), name)
        if (one.table, one.name, one.reason) not in known
    ]
    return [*proposed, *added]


def hazard_lines(proposal: Proposal, options: Iterable[str]) -> Iterator[str]:
    """Yields the dangers in words, a line each; nothing where there is none."""
    for one in dangers(proposal, options):
        where = "" if one.option == AS_PROPOSED else f" (option {one.option})"
        yield (
            f"Hazard {one.hazard.name}, {one.table}.{one.name}{where}: {one.hazard.scheme}. "
            f"{one.reason}. Source: {one.hazard.source}"
        )


def _of(proposal: Proposal, option: str) -> Iterator[Danger]:
    people = proposal.world.real_population
    for field, treatment in sorted(proposal.identity.items()):
        for hazard in hazards_of(field, treatment):
            reason = hazard.reason
            if hazard.name == "short-token":
                reason = _collisions_words(treatment.bits, people)
            elif hazard.name == "salt-file":
                reason += _leaked(proposal, field)
            elif hazard.name in _WITHOUT_A_SECRET and treatment.key_scope == "per-recipient":
                reason += "; key_scope per-recipient changes nothing, since there is no key"
            yield Danger(option, "identity", field, hazard, reason[:1].upper() + reason[1:])
    for name, match_keys in sorted(proposal.match_keys.items()):
        for hazard in hazards_of_match_keys(match_keys, with_frequencies=False):
            words = _collisions_words(match_keys.bits, people)
            yield Danger(option, "match_keys", name, hazard, words[:1].upper() + words[1:])


def _collisions_words(bits: int, people: int) -> str:
    """Says what to expect of tokens of one length in the real system."""
    found = collisions(people, bits)
    return (
        f"different people share a token by chance and are linked: with {bits} bits, "
        f"{found.expected_pairs:,.3g} pairs are to be expected among {people:,} different values, "
        f"as many as the real system has people"
    )


def _leaked(proposal: Proposal, field: str) -> str:
    """Says which leaks of a salt file the proposal supposes."""
    names = [name for name, leak in proposal.leak.items() if leak.kind == "salt-file"]
    if field != "nhs_number" or not names:
        return ""
    return f"; this proposal supposes it leaked ({', '.join(names)})"
