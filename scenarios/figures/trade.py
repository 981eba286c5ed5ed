"""Trade-offs: what each option is good for, beside whom its worst attacker finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scenarios.figures.feed import found_and_wrong
from scenarios.figures.headlines import answer_measure
from scenarios.figures.reading import by_chance
from scenarios.figures.worst import Worst, found_by, worst_attacker
from scenarios.questions.specs import RankingSpec, RateRatioSpec
from scenarios.result import AS_PROPOSED, Figure, Range

if TYPE_CHECKING:
    from scenarios.figures.reading import Reading

_CERTAIN = Range(low=0.0, high=0.0)


@dataclass(frozen=True)
class Point:
    """One option on the frontier; figures with their ranges of chance.

    Attributes:
        number: Its number on the picture; 0 is the proposal as proposed.
        option: Name of the option.
        benefit: What it is good for.
        found: Share of people correctly found.
        wrong: Share wrongly named; None where the run has none.
    """

    number: int
    option: str
    benefit: Figure
    found: Figure
    wrong: Figure | None


def _both(reading: Reading, worst: Worst, option: str) -> tuple[Figure | None, Figure | None]:
    found, wrong = found_and_wrong(reading, worst.attack, worst.group, option)
    if worst.attack in reading.rememberers:
        wrong = reading.wrongly_named(worst.attack, worst.group, option)
    return found or found_by(reading, worst.attack, worst.group, option), wrong


def benefit_question(reading: Reading) -> str | None:
    """Returns the question that stands for the benefit: as declared, or else the first."""
    declared = reading.proposal.governance.benefit_question
    if declared in reading.questions:
        return declared
    return reading.questions[0] if reading.questions else None


def benefit(reading: Reading, question: str, option: str) -> Figure | None:
    """Returns the benefit of an option: its answer, or how far the answer moved.

    A ratio or an error of a ranking is no amount of benefit; there, and only there, the change of
    the answer against as proposed stands for it.
    """
    spec = reading.proposal.question[question]
    if not isinstance(spec, RateRatioSpec | RankingSpec):
        return reading.figure("answer", question, answer_measure(spec), "all", option)
    if option != AS_PROPOSED:
        return reading.figure("cost", question, "benefit_error", "all", option)
    answered = reading.figure("answer", question, "answered")
    if answered is None:
        return None
    none = {"measure": "benefit_error", "section": "cost", "value": 0.0, "chance": _CERTAIN}
    return answered.model_copy(update={**none, "count": None, "out_of": None, "unknown": None})


def points(reading: Reading) -> tuple[Point, ...]:
    """Returns every option that has a benefit and an attacker's figure, as proposed first."""
    worst, question = worst_attacker(reading), benefit_question(reading)
    if worst is None or question is None:
        return ()
    held = []
    for number, option in enumerate(reading.options):
        found, wrong = _both(reading, worst, option)
        gained = benefit(reading, question, option)
        if found is not None and gained is not None:
            marks = [by_chance(found), None if wrong is None else by_chance(wrong)]
            held.append(Point(number, option, by_chance(gained), found=marks[0] or found,
                              wrong=marks[1]))  # fmt: skip
    return tuple(held)
