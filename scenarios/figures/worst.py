"""The worst attacker: who finds most in the proposal as proposed, quiet and busy apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reidentify.identity_specs import TokenCoalitionSpec
from scenarios.figures.words import contacts_words, group_words, lower_first, plain
from scenarios.result import AS_PROPOSED

if TYPE_CHECKING:
    from scenarios.figures.reading import Reading
    from scenarios.result import Figure

LEAST_AT_RISK = 100
"""A group sets the worst attacker only from this many people at risk on."""


@dataclass(frozen=True)
class Worst:
    """The attacker, and the group of people, with the largest share found as proposed.

    Attributes:
        attack: Name of the attack.
        group: Its group.
    """

    attack: str
    group: str

    @property
    def words(self) -> str:
        """The attacker and the group in words."""
        if self.group.startswith("contacts="):
            return f"{lower_first(plain(self.attack))}, {contacts_words(self.group)}"
        if self.group == "all":
            return lower_first(plain(self.attack))
        return f"{lower_first(plain(self.attack))}, {lower_first(group_words(self.group))}"


def worst_attacker(reading: Reading) -> Worst | None:
    """Returns who finds most as proposed, quiet and busy apart; None where nobody was attacked.

    Parties of a split file are left out: two of them open everybody, whatever is handed over.
    """
    candidates = [
        (attack, group, figure)
        for attack in reading.attacks
        if not isinstance(reading.proposal.attack[attack], TokenCoalitionSpec)
        for group in _groups(reading, attack)
        if (figure := found_by(reading, attack, group, AS_PROPOSED)) is not None
    ]
    large = [one for one in candidates if (one[2].out_of or LEAST_AT_RISK) >= LEAST_AT_RISK]
    worst = max(large or candidates, key=lambda one: one[2].value or 0.0, default=None)
    return None if worst is None else Worst(worst[0], worst[1])


def _groups(reading: Reading, attack: str) -> tuple[str, ...]:
    if attack in reading.rememberers:
        return tuple(reading.contacts(attack)[-1:])
    if attack in reading.identity_attacks:
        return tuple(reading.groups_of(attack, "co_residents")[-1:]) or ("all",)
    apart = tuple(reading.groups_of(attack, "quiet"))
    return apart or ("all",)


def found_by(reading: Reading, attack: str, group: str, option: str) -> Figure | None:
    """Returns the share of people that an attack correctly finds, or names from their tokens."""
    if attack in reading.thieves:
        return reading.figure("attack", attack, "people_named", group, option)
    return reading.figure("attack", attack, "found", group, option)
