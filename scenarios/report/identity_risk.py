"""Risk in who lives with whom, and in linking fields: what each attacker of them finds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reidentify.identity_specs import HouseholdSpec
from scenarios.figures.words import plain
from scenarios.report.attack_tables import GIVEN, across, down
from scenarios.report.attackers import does, holds
from scenarios.report.blocks import Block, Facts, Folded, Heading, Points
from scenarios.report.skill import skill_words

if TYPE_CHECKING:
    from scenarios.figures import Reading

_HOUSEHOLD = (*GIVEN, "candidates")


def identity_risk(reading: Reading) -> list[Block]:
    """Says what each attacker of households and of linking fields finds."""
    blocks: list[Block] = []
    for attack in reading.identity_attacks:
        is_household = isinstance(reading.proposal.attack[attack], HouseholdSpec)
        blocks += _household(reading, attack) if is_household else _coalition(reading, attack)
    return blocks


def _household(reading: Reading, attack: str) -> list[Block]:
    groups = tuple(reading.groups_of(attack, "co_residents"))
    without = [group for group in groups if reading.has_skill(attack, group) is False]
    skill = skill_words(not without if groups else None)
    return [
        *_heading(reading, attack, "finding people by who lives with them", skill),
        across(reading, attack, f"{plain(attack)}: claims and names", groups, _HOUSEHOLD),
        *_how(reading, attack, groups[-1] if groups else "all", "found"),
    ]


def _coalition(reading: Reading, attack: str) -> list[Block]:
    groups = reading.groups_of(attack, "coalition")
    caption = f"{plain(attack)}: who together opens what, out of the content that they hold"
    return [
        *_heading(reading, attack, "who together sees whom", ""),
        across(reading, attack, f"{plain(attack)}: the smallest", ("all",), _SMALLEST),
        *down(reading, attack, caption, groups, ("opened", "opened_wrongly")),
        *_how(reading, attack, "all", "found"),
    ]


_SMALLEST = ("coalition_size", "found", "wrong_per_1000")


def _heading(reading: Reading, attack: str, what: str, skill: str) -> list[Block]:
    facts = [("What it holds", holds(reading, attack)), ("What it does", does(reading, attack))]
    if skill:
        facts.append(("Skill", skill))
    return [Heading(f"{plain(attack)}: {what}"), Facts(tuple(facts))]


def _how(reading: Reading, attack: str, group: str, measure: str) -> list[Block]:
    figure = reading.figure("attack", attack, measure, group)
    if figure is None or not figure.method:
        return []
    return [Folded("How these figures were got", (Points((figure.method,)),))]
