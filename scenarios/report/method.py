"""Method and limits: seeds, people, what the ranges mean, the words used, and every figure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenarios.figures.words import (
    count_words,
    group_words,
    listed,
    plain,
    range_words,
    unknown_words,
    value_words,
)
from scenarios.report.blocks import Block, Facts, Folded, Section, Table, Text

if TYPE_CHECKING:
    from scenarios.figures import Reading
    from scenarios.result import Figure

_SECTIONS = {
    "world": "The invented world",
    "ingest": "What came in",
    "linkage": "Linkage",
    "answer": "Answers",
    "attack": "Attacks",
}
_MANY = 500
"""Figures of a section from which on each method is written once."""

_UNKNOWN = (
    "This range comes from rerunning at both ends of each input that has a range, one at a time. "
    "Two inputs that are off at once may move a figure further, and inputs without a range are not "
    "in it. Where a figure has both ranges, the wider is shown, with no more digits than it "
    "supports."
)
_EFFECTS = (
    "Planted effects are put in by us, to see whether they come out again. They say nothing about "
    "the real service."
)
_GLOSSARY = (
    ("Attacker", "somebody who tries to find out who is in the data, or whose row one is"),
    ("Baseline", "what picking a compatible row at random would get"),
    ("Claim", "an attacker's statement that a row is a certain person: correct, or a wrong name"),
    ("Control", "the same attack on people who are not there: every claim is wrong"),
    ("False match", "a link between records of two people"),
    ("Missed match", "two records of one person that were not linked"),
    ("Option", "the proposal with some settings changed"),
    ("Planted", "put into the invented world by us, for the question to find"),
    ("Realised", "what the question would answer if every link were right"),
    ("Answered", "what the question answers from the linked data"),
    ("Pseudonymised", "identifiers replaced by tokens under a key: people may still be found"),
    ("Token", "the number that stands for an identifier"),
    ("Code", "what stands for an identifier and can be turned back by whoever holds the key"),
    ("Decode desk", "a service that turns codes back for those who may ask, and writes it down"),
    ("Feed", "rows about assaults, handed over month by month, without a word about the patient"),
    ("Quiet", "fewer than 0.05 other violent incidents expected within 200 m and 3 hours"),
    ("Grade", "how well an attacker knows the rates that it weighs: true, learnt or guessed"),
)


def method(reading: Reading) -> Section:
    """Says how the figures came about and where they end."""
    result, world = reading.result, reading.proposal.world
    seeds = listed([f"{seed}" for seed in result.seeds])
    facts = (
        ("People", _people_words(result.people, world.real_population)),
        ("Chance", _chance_words(seeds, len(result.seeds))),
        ("What we do not know", _UNKNOWN),
        ("Effects", _EFFECTS),
        ("Level of risk", _level_words(reading)),
        ("Reproduce", f"linkassay {result.linkassay}; digest of the result {result.digest}"),
    )
    blocks: list[Block] = [
        Facts(facts),
        Folded("Words used here", (Facts(_GLOSSARY),)),
        Text(
            "All figures of the proposal as proposed follow, section by section. Those of the "
            "options are in the result file beside this report."
        ),
        *_annex(reading),
    ]
    return Section("method", "Method and limits", tuple(blocks))


def _level_words(reading: Reading) -> str:
    report = reading.result.level
    if report is None:
        return (
            "This run gives no level of risk: it prints figures only. A level is found at the real "
            "population over 20 seeds, with --level."
        )
    return (
        f"Found by {report.level.version} at {report.people:,} people over {len(report.seeds):,} "
        "seeds. The figures of this report are those of the people and seeds above."
    )


def _people_words(simulated: int, real: int) -> str:
    return (
        f"{simulated:,} invented people were simulated; the real system holds about {real:,}. "
        f"Figures are not scaled to it: among more people, more are alike."
    )


def _chance_words(seeds: str, number: int) -> str:
    said = (
        "The range of chance is meant to hold the true value in 95 of 100 runs, for these inputs. "
        "A figure has none where it is an exact count of this run, or where no estimator for it is "
        "given."
    )
    if number == 1:
        return f"One seed was run: {seeds}. {said}"
    return (
        f"Seeds {seeds} were run. A value is that of the first seed; its range of chance is "
        f"widened to hold the values of all seeds. {said}"
    )


def _annex(reading: Reading) -> list[Block]:
    proposed = [figure for figure in reading.figures.values() if figure.option == "as proposed"]
    blocks: list[Block] = []
    for section, title in _SECTIONS.items():
        figures = [figure for figure in proposed if figure.section == section]
        if figures:
            blocks.append(
                Folded(f"{title}: {len(figures):,} figures", _every(reading, title, figures))
            )
    return blocks


def _every(reading: Reading, title: str, figures: list[Figure]) -> tuple[Block, ...]:
    """Lists figures with their methods; where these are long and many, each is written once."""
    numbers = {
        method: f"{number}"
        for number, method in enumerate(dict.fromkeys(f.method for f in figures), start=1)
    }
    once = len(figures) > _MANY
    rows = tuple(
        (*_row(reading, figure), numbers[figure.method] if once else figure.method)
        for figure in figures
    )
    columns = ("About", "What", "Group", "Value", "Chance", "Not known", "Out of", "Method")
    table = Table(f"{title}: every figure, as proposed", columns, rows, wide=True)
    if not once:
        return (table,)
    methods = Facts(tuple((f"Method {number}", said) for said, number in numbers.items()))
    return (table, Text("The methods, by their numbers in the table:"), methods)


def _row(reading: Reading, figure: Figure) -> tuple[str, ...]:
    name = figure.subject
    if name in reading.proposal.agency and figure.section in ("world", "ingest"):
        name = reading.agency_title(name)
    elif figure.section == "linkage" and name in reading.proposal.link:
        name = reading.step_title(name)
    return (
        name if name != figure.subject else plain(name),
        reading.named(figure),
        "" if figure.group == "all" else group_words(figure.group),
        value_words(figure),
        range_words(figure, figure.chance) or "none",
        unknown_words(figure),
        count_words(figure, reading.noun(figure)),
    )
