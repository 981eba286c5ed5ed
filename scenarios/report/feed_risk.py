"""Risk in a feed: each of its attackers, quiet and busy apart, by group, month and grade."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenarios.figures.feed import APART
from scenarios.figures.words import plain, told
from scenarios.report.attack_tables import GIVEN, SHORT, across, down
from scenarios.report.attackers import does, holds
from scenarios.report.blocks import Block, Facts, Folded, Heading, Points, Text
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
_EXPECTED = ("expected_claims", "expected_precision")
_READ = (
    "A quiet place and hour is one where fewer than one violent incident in twenty such places and "
    "hours is expected besides. Quiet and busy are shown apart: together they would hide that a "
    "lonely assault is easily told from others."
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
    people = [g for kind in _PEOPLE for g in reading.groups_of(attack, kind)]
    tables: list[Block] = list(down(reading, attack, f"{name}: by group", people))
    for kind, caption in _TABLES.items():
        measures = (*SHORT, *_EXPECTED) if kind == "window" else SHORT
        held = reading.groups_of(attack, kind)
        tables += down(reading, attack, f"{name}: {_lower(caption)}", held, measures)
    blocks += [Folded(f"{name}: groups, months, settings and grades", tuple(tables))] * bool(tables)
    return blocks + _best(reading, attack) + _how(reading, attack)


def _best(reading: Reading, attack: str) -> list[Block]:
    """Says what the best attacker of the grid finds, and every inversion of a fixed window."""
    said = []
    for figure in reading.of("attack", attack):
        if figure.measure == "best_found" and figure.value is not None:
            said.append(
                f"The best attacker of its grid, chosen on other draws, finds "
                f"{told(figure, reading.noun(figure))}: {figure.method}."
            )
    inversions = [f for f in reading.of("attack", attack) if f.measure.startswith("inversion")]
    for figure in inversions:
        if figure.value:
            said.append(
                f"Inversion: {figure.group} finds more in coarser rows than in finer ones, "
                f"{told(figure)}: {figure.method}."
            )
    if said and not any(figure.value for figure in inversions):
        said.append("No inversion of a fixed window was seen in this run.")
    return [Points(tuple(said))] if said else []


def _how(reading: Reading, attack: str) -> list[Block]:
    figures = [reading.figure("attack", attack, "found", group) for group in APART]
    said = dict.fromkeys(figure.method for figure in figures if figure and figure.method)
    return [Folded("How these figures were got", (Points(tuple(said)),))] if said else []


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
