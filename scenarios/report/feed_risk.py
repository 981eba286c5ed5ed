"""Risk in a feed: each of its attackers, quiet and busy apart, by group, month and grade."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reidentify.feed_specs import AcquaintanceSpec, OnwardTeamSpec
from scenarios.figures.feed import APART
from scenarios.figures.words import group_words, plain, told
from scenarios.report.attack_tables import GIVEN, across, apart, down
from scenarios.report.attackers import does, holds
from scenarios.report.blocks import Block, Facts, Folded, Heading, Points, Text
from scenarios.report.inversions import inversions_told
from scenarios.report.skill import skill_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from scenarios.figures import Reading
    from scenarios.report.blocks import Drawing

_PEOPLE = (
    "sex",
    "under_18",
    "age",
    "ethnic_group",
    "home",
    "reported",
    "rare_method",
    "deprivation_fifth",
)
# Kinds of groups -> what their table is headed.
_TABLES = {
    "month": "As months of rows add up",
    "overlap": "Over how many assaults police know of, and how well A&E writes them down",
    "grade": "By how well the attacker knows the rates",
    "window": "Fixed windows: a claim where exactly one police record lies within",
}
_SHOWN = ("found", "wrong_per_1000")
_EXPECTED = ("expected_precision", "found")
_READ = (
    "A place and hour is quiet where fewer than 0.05 other violent incidents known to police are "
    "expected within 200 m and 3 hours. Quiet and busy are shown apart: together they would hide "
    "that a lonely assault is easily told from others."
)

_LOOKED_FOR = (
    "Quiet and busy hold the people looked for who have a row. The last column also holds those "
    "who have none: every claim about them is a wrong name, and of people wrongly named it is a "
    "share of more people."
)


def feed_risk(reading: Reading, drawing: Callable[[str], tuple[Drawing, ...]]) -> list[Block]:
    """Says, attacker by attacker, who is found in a feed and who wrongly named."""
    if not reading.feed_attacks:
        return []
    blocks: list[Block] = [
        Heading("Attackers of the feed"),
        Text(_READ),
        *drawing("feed-attackers"),
    ]
    for attack in reading.feed_attacks:
        blocks += _attacker(reading, attack)
    return blocks


def _attacker(reading: Reading, attack: str) -> list[Block]:
    name = plain(attack)
    groups = tuple(g for g in APART if reading.figure("attack", attack, "claims", g)) or ("all",)
    blocks: list[Block] = [
        Heading(name),
        Facts(
            (
                ("What it holds", holds(reading, attack)),
                ("What it does", does(reading, attack)),
                ("Skill", skill_words(reading.has_skill(attack))),
            )
        ),
        across(reading, attack, f"{name}: claims, correct claims and wrong names", groups, GIVEN),
    ]
    looks_for_people = isinstance(
        reading.proposal.attack[attack], AcquaintanceSpec | OnwardTeamSpec
    )
    blocks += [Text(_LOOKED_FOR)] if looks_for_people and len(groups) > 1 else []
    people = [g for kind in _PEOPLE for g in reading.groups_of(attack, kind)]
    tables: list[Block] = list(down(reading, attack, f"{name}: by group", people))
    for kind, caption in _TABLES.items():
        measures = ("precision", *_EXPECTED) if kind == "window" else _SHOWN
        held = reading.groups_of(attack, kind)
        tables += apart(reading, attack, f"{name}: {_lower(caption)}", held, measures)
    blocks += [Folded(f"{name}: groups, months, settings and grades", tuple(tables))] * bool(tables)
    return blocks + _best(reading, attack) + _how(reading, attack)


def _best(reading: Reading, attack: str) -> list[Block]:
    """Says what the best attacker of the grid finds, and every inversion between two feeds."""
    bests = [
        (group, figure)
        for group in APART
        if (figure := reading.figure("attack", attack, "best_found", group)) is not None
    ]
    if not bests:
        return []
    found = "; ".join(
        f"{_lower(group_words(group))} {told(figure, reading.noun(figure))}"
        for group, figure in bests
    )
    # A method ends with which attacker was best, and of how many; the rest is told below.
    which = bests[0][1].method.rpartition("; ")[2]
    said = f"The best attacker of its grid, chosen on other draws ({which}), finds: {found}."
    return [Points((said, *inversions_told(reading, attack)))]


def _how(reading: Reading, attack: str) -> list[Block]:
    figures = [reading.figure("attack", attack, "found", group) for group in APART]
    methods = dict.fromkeys(figure.method for figure in figures if figure and figure.method)
    said = [_with_titles(reading, method) for method in methods]
    return [Folded("How these figures were got", (Points(tuple(said)),))] if said else []


def _with_titles(reading: Reading, method: str) -> str:
    """Calls agencies by their titles where a method has their short names."""
    for name, agency in reading.proposal.agency.items():
        title = agency.title.replace("\\", r"\\")  # a title is text, not a template
        method = re.sub(rf"\b{re.escape(name)}\b", title, method)
    return method


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
