"""Consistency of keys: what leaked keys, salt files and blind tokens need of other parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linkage.plan import WAREHOUSE
from linkage.pseudonyms.blind_parties import MOST_IDS
from reidentify.specs import KeyThiefSpec
from scenarios.misfit import Misfit, unnamed
from scenarios.problems import NOTHING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from scenarios.problems import Path
    from scenarios.proposal import Proposal

MOST_PEOPLE_BLIND = MOST_IDS // 2
"""Most people whose identifiers are made blind tokens: lists hold others too, who come and go."""


def key_misfits(proposal: Proposal, aside: Collection[Path]) -> Iterator[Misfit]:
    """Yields what does not fit between keys and everything else.

    Args:
        proposal: The proposal.
        aside: Parts in whose place something else stands: what names them is not looked at.
    """
    yield from _blind(proposal)
    for name, leak in proposal.leak.items():
        holders = (*proposal.recipient, WAREHOUSE)
        path: Path = ("leak", name, "holder")
        yield from unnamed(path, leak.holder, "a recipient, or warehouse,", holders)
    if ("identity", "nhs_number") not in aside:
        yield from _periods(proposal)
        yield from _kinds(proposal)
        yield from _second_leaks(proposal)
    if not any(path[0] == "attack" for path in aside):
        yield from _unused(proposal)


def _blind(proposal: Proposal) -> Iterator[Misfit]:
    """Yields a world that is too large for blind tokens."""
    people = proposal.world.people
    for name, treatment in proposal.identity.items():
        if treatment.is_blind and people > MOST_PEOPLE_BLIND:
            rule = (
                f"must be at most {MOST_PEOPLE_BLIND:,} where identity.{name}.scheme is blind, "
                "which is a simulation in plain numbers; use fewer people, or keyed-hash"
            )
            yield Misfit(("world", "people"), people, rule)


def _periods(proposal: Proposal) -> Iterator[Misfit]:
    """Yields periods in which a key is known that has none."""
    treatment = proposal.identity.get("nhs_number")
    if treatment is None or treatment.period or not (treatment.is_keyed or treatment.is_salted):
        return
    for name, leak in proposal.leak.items():
        for setting, period in (("since", leak.since), ("until", leak.until)):
            if period:
                rule = "is of a key that never changes: set identity.nhs_number.period"
                yield Misfit(("leak", name, setting), period, rule)


def _kinds(proposal: Proposal) -> Iterator[Misfit]:
    """Yields leaks of a key where a salt stands in its place, and of a salt file where none is."""
    treatment = proposal.identity.get("nhs_number")
    has_file = treatment is not None and treatment.scheme == "open-pseudonymiser"
    for name, leak in proposal.leak.items():
        path: Path = ("leak", name, "kind")
        if leak.kind == "salt-file" and not has_file:
            rule = (
                "is of a scheme that NHS numbers do not have here: use key, or set "
                "identity.nhs_number.scheme to open-pseudonymiser"
            )
            yield Misfit(path, leak.kind, rule, ("key",))
        elif leak.kind == "key" and has_file:
            rule = "must be salt-file: open-pseudonymiser (identity.nhs_number.scheme) has no key"
            yield Misfit(path, leak.kind, rule, ("salt-file",))


def _second_leaks(proposal: Proposal) -> Iterator[Misfit]:
    """Yields second leaks where one is enough."""
    treatment = proposal.identity.get("nhs_number")
    if treatment is not None and treatment.is_sealed:
        return
    for name, attack in proposal.attack.items():
        if isinstance(attack, KeyThiefSpec) and attack.second_leak is not None:
            rule = "is for sealed tokens: set identity.nhs_number.key_scope to transcrypted"
            yield Misfit(("attack", name, "second_leak"), attack.second_leak, rule)


def _unused(proposal: Proposal) -> Iterator[Misfit]:
    """Yields a leak that changes nothing, because no attacker has the key from it."""
    thieves = [one for one in proposal.attack.values() if isinstance(one, KeyThiefSpec)]
    used = {leak for one in thieves for leak in one.leaks}
    for name in proposal.leak:
        if name not in used:
            rule = "is used by no attack: name it as the leak of a key_thief"
            yield Misfit(("leak", name), NOTHING, rule)
