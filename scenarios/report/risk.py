"""Who could be found and who wrongly named: each attacker, its baseline and its control."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from scenarios.figures.measures import measure_words
from scenarios.figures.words import plain, stacked
from scenarios.report.attackers import does, holds
from scenarios.report.blocks import Block, Facts, Folded, Heading, Points, Section, Table, Text
from scenarios.report.desk_risk import desk_risk
from scenarios.report.feed_risk import feed_risk
from scenarios.report.identity_risk import identity_risk
from scenarios.report.skill import NO_SKILL, SKILLED, skill_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from scenarios.figures import Reading
    from scenarios.report.blocks import Drawing
    from scenarios.result import Figure

_CONTACTS = (
    "targets",
    "claims",
    "correct_claims",
    "wrong_names",
    "found",
    "precision",
    "baseline",
    "control_claims",
    "residual_risk",
    "candidates",
    "confidence_error",
)
_THIEF = (
    "valid_number_tokens",
    "tokens_opened",
    "right_number_among_candidates",
    "only_candidate",
    "candidates",
    "false_candidates",
    "claims",
    "correct_claims",
    "wrong_names",
    "people_named",
    "baseline",
    "control_wrong_names",
    "candidates_tried",
)
_NAMES_CONTACTS = {
    "baseline": "Baseline: of the people looked for, found by naming a random row that fits what "
    "else is known",
    "precision": "Claims that are right, of all claims made by its rule",
    "candidates": "Rows that fit what else is known (median)",
    "claims": "Claims made by its rule",
}
_NAMES_THIEF = {
    "baseline": "Baseline: of all rows, named by giving each a random name of the list",
    "people_named": "People correctly named, of all people in the rows",
    "candidates": "Candidates: numbers whose token is in the rows",
    "claims": "Claims: a candidate that is on the list",
}


def risk(reading: Reading, drawing: Callable[[str], tuple[Drawing, ...]]) -> Section:
    """Says, attacker by attacker, who is correctly found and who is wrongly named."""
    blocks: list[Block] = [
        Text(
            "A claim says that a row is a certain person. It is a correct claim or a wrong name; "
            "a wrong name may harm somebody too, so the two are never netted off. The baseline "
            "picks a compatible row at random. The control counts claims about people who are not "
            "there: all of them are wrong."
        )
    ]
    if not reading.attacks:
        blocks.append(Text("No attack was run: nothing is known about who could be found."))
    for attack in reading.rememberers:
        blocks += _contacts(reading, attack)
        blocks += drawing(f"contacts-{attack.replace('_', '-')}")
        blocks += [_contacts_table(reading, attack), *_how(reading, attack)]
    if reading.thieves:
        blocks += [*_thieves(reading), *drawing("numbers-reversed"), _thieves_table(reading)]
    blocks += [*feed_risk(reading, drawing), *desk_risk(reading), *identity_risk(reading)]
    return Section("risk", "Who could be found, and who wrongly named", tuple(blocks))


def _contacts(reading: Reading, attack: str) -> list[Block]:
    groups = reading.contacts(attack)
    without = [
        group.partition("=")[2] for group in groups if reading.has_skill(attack, group) is False
    ]
    known = any(reading.has_skill(attack, group) is not None for group in groups)
    overall = reading.has_skill(attack)
    if known:
        skill = f"{NO_SKILL} (known contacts: {', '.join(without)})" if without else SKILLED
    else:
        skill = skill_words(overall)
    return [
        Heading(f"{plain(attack)}: finding people from known contacts"),
        Facts(
            (
                ("What it holds", holds(reading, attack)),
                ("What it does", does(reading, attack)),
                ("Skill", skill),
            )
        ),
    ]


def _contacts_table(reading: Reading, attack: str) -> Table:
    groups = reading.contacts(attack)
    rows = _rows(_CONTACTS, _NAMES_CONTACTS, [partial(_figure, reading, attack, g) for g in groups])
    columns = ("What", *(f"Known contacts: {group.partition('=')[2]}" for group in groups))
    return Table(f"{plain(attack)}: claims, correct claims and wrong names", columns, rows)


def _how(reading: Reading, attack: str) -> list[Block]:
    """Returns the method of an attack in the run's own words, which name the rule for a claim."""
    figures = [reading.figure("attack", attack, "found", g) for g in reading.contacts(attack)]
    said = dict.fromkeys(figure.method for figure in figures if figure and figure.method)
    return [Folded("How these figures were got", (Points(tuple(said)),))] if said else []


def _thieves(reading: Reading) -> list[Block]:
    facts = tuple(
        (plain(thief), f"Holds {holds(reading, thief)}. Skill: {_skill(reading, thief)}.")
        for thief in reading.thieves
    )
    tried = does(reading, reading.thieves[0])
    scale = (
        "The block where the invented numbers live, 900 to 999, has 90,909,091 valid numbers. The "
        "live numbers are about 272.7 million: three times as many to try, so about three times "
        "the time."
    )
    return [
        Heading("Key thieves: turning tokens back into NHS numbers"),
        Text(tried),
        Facts(facts),
        Text(scale),
    ]


def _skill(reading: Reading, thief: str) -> str:
    return skill_words(reading.has_skill(thief))


def _thieves_table(reading: Reading) -> Block:
    thieves = reading.thieves
    rows = _rows(
        _THIEF, _NAMES_THIEF, [partial(_figure, reading, thief, "all") for thief in thieves]
    )
    columns = ("What", *(plain(thief) for thief in thieves))
    table = Table("Key thieves: tokens reversed, claims and wrong names", columns, rows)
    methods = tuple(
        (plain(thief), figure.method)
        for thief in thieves
        if (figure := reading.figure("attack", thief, "people_named")) and figure.method
    )
    return Folded("Every figure of the key thieves", (table, Facts(methods)))


def _figure(reading: Reading, attack: str, group: str, measure: str) -> Figure | None:
    return reading.figure("attack", attack, measure, group)


def _rows(
    measures: tuple[str, ...],
    names: dict[str, str],
    columns: list[Callable[[str], Figure | None]],
) -> tuple[tuple[str, ...], ...]:
    """Returns a row for each measure that any column has."""
    rows = []
    for measure in measures:
        figures = [at(measure) for at in columns]
        if any(figures):
            name = names.get(measure, measure_words(measure, "attack"))
            cells = (stacked(figure) for figure in figures)
            rows.append((name[:1].upper() + name[1:], *cells))
    return tuple(rows)
