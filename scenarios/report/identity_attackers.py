"""Attackers of households and of split files in words: what they hold, and what they do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reidentify.identity_specs import HouseholdSpec, IdentityAttackSpec
from scenarios.figures.words import listed
from scenarios.report.settings import share_with_ends

if TYPE_CHECKING:
    from scenarios.figures import Reading

_KNOWN = {"sex": "sex", "age": "age", "area": "area", "moved": "month of moving in"}


def holds(reading: Reading, spec: IdentityAttackSpec) -> str:
    """Says what an attacker holds before it starts."""
    recipient = reading.recipient_title(spec.recipient)
    if isinstance(spec, HouseholdSpec):
        known = listed([_KNOWN[name] for name in spec.knows])
        return (
            f"the rows handed to {recipient}; {known} of a person, and of up to "
            f"{max(spec.co_residents)} people who live with them; remembers the birth of "
            f"{share_with_ends(spec.misremembered)} of people wrongly"
        )
    return (
        "what each of its members holds and no more: files, tables, keys, and the rows handed to "
        f"{recipient}"
    )


def does(spec: IdentityAttackSpec) -> str:
    """Says what an attacker does, in a sentence or two."""
    if isinstance(spec, HouseholdSpec):
        return (
            f"Looks for {spec.targets:,} people, one by one. It claims a row that alone fits, or "
            "that, of the rows that fit, alone has most of the known co-residents in its home."
        )
    return (
        f"Tries every group of up to {spec.most_parties} parties: lays all their tables and keys "
        "together, and follows equal marks from a name to content. What a supplying agency had "
        "anyway does not count."
    )


def in_short(reading: Reading, spec: IdentityAttackSpec) -> str:
    """Names an attacker in one line, for the list of those that were tried."""
    recipient = reading.recipient_title(spec.recipient)
    if isinstance(spec, HouseholdSpec):
        return f"somebody who knows who lives together, and looks in the rows handed to {recipient}"
    return f"parties of the split file, with the analyst of {recipient}, who put all together"
