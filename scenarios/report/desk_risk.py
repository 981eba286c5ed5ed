"""Risk in codes: who turns them back without a key, through the desk, or when a party fails."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenarios.figures.words import group_words, plain, stacked
from scenarios.report.attack_tables import GIVEN, across, down
from scenarios.report.attackers import does, holds
from scenarios.report.blocks import Block, Facts, Folded, Heading, Points, Table, Text
from scenarios.report.desk_attackers import rules
from scenarios.report.skill import skill_words

if TYPE_CHECKING:
    from scenarios.figures import Reading

_BESIDES = ("decoded_before_alarm", "decoded_in_all", "coalition_size")
# Kinds of groups -> what their table is headed, and its measures.
_TABLES = {
    "field": ("Codes turned back, by what was coded", ("recovered", "baseline")),
    "failure": ("One failure at a time: people opened", ("found", "wrong_per_1000")),
    "coalition": ("The smallest coalitions: people opened", ("coalition_size", "found")),
    "area": ("With and without the small area", ("recovered", "found", "wrong_per_1000")),
    "people": ("At other numbers of people", ("recovered", "found", "wrong_per_1000")),
}
_AUDIT = (
    "Every request is written to a chain: each row holds the digest of the one before, and another "
    "party keeps the head and the length. A changed, inserted, removed or cut row is found when "
    "the chain is checked. The chain shows what was asked; it stops nothing by itself."
)


def desk_risk(reading: Reading) -> list[Block]:
    """Says what protects codes, and what each attacker of them opens."""
    blocks: list[Block] = []
    for _, desk in sorted(reading.proposal.desk.items()):
        blocks += [Heading(f"{desk.title}: its rules"), Facts(rules(desk)), Text(_AUDIT)]
    for attack in reading.desk_attacks:
        blocks += _attacker(reading, attack)
    return blocks


def _skill(reading: Reading, attack: str) -> str:
    nobody = "not tried: in this population there was nobody whom it could look for"
    return nobody if reading.has_nobody(attack) else skill_words(reading.has_skill(attack))


def _attacker(reading: Reading, attack: str) -> list[Block]:
    name = plain(attack)
    blocks: list[Block] = [
        Heading(name),
        Facts(
            (
                ("What it holds", holds(reading, attack)),
                ("What it does", does(reading, attack)),
                ("Skill", _skill(reading, attack)),
            )
        ),
        across(reading, attack, f"{name}: what it opens", ("all",), (*GIVEN, *_BESIDES)),
    ]
    shown = {"all"}
    for kind, (caption, measures) in _TABLES.items():
        groups = reading.groups_of(attack, kind)
        shown |= set(groups)
        blocks += down(
            reading, attack, f"{name}: {caption[:1].lower()}{caption[1:]}", groups, measures
        )
    rest = [
        f for f in reading.of("attack", attack) if f.group not in shown and f.measure == "found"
    ]
    if rest:
        rows = tuple((group_words(f.group), stacked(f, reading.noun(f))) for f in rest)
        table = Table(f"{name}: by group", ("Which", "People opened or found"), rows)
        blocks.append(Folded(f"{name}: by group", (table,)))
    figure = reading.figure("attack", attack, "found")
    if figure is not None and figure.method:
        blocks.append(Folded("How these figures were got", (Points((figure.method,)),)))
    return blocks
