"""The frontier in words: one picture of risk and benefit, and safeguards that cost nothing seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenarios.figures.headlines import answer_label
from scenarios.figures.trade import benefit_question, points
from scenarios.figures.words import difference_words, listed, lower_first, plain, told
from scenarios.figures.worst import worst_attacker
from scenarios.report.blocks import Block, Heading, Points, Text
from scenarios.report.costs import detectable, in_points, is_exact, no_loss_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from scenarios.figures import Reading
    from scenarios.figures.trade import Point
    from scenarios.report.blocks import Drawing
    from scenarios.result import Figure

_SAFEGUARDS = ("feed", "desk", "recipient", "identity", "consent", "link")


def frontier(reading: Reading, drawing: Callable[[str], tuple[Drawing, ...]]) -> list[Block]:
    """Shows every option's risk beside its benefit, and names safeguards whose cost went unseen."""
    drawn = drawing("frontier")
    if not drawn:
        return []
    blocks: list[Block] = [Heading("Risk beside benefit"), Text(_introduction(reading)), *drawn]
    return [*blocks, Heading("Safeguards that cost nothing detectable"), *_free(reading)]


def _introduction(reading: Reading) -> str:
    worst, question = worst_attacker(reading), benefit_question(reading)
    if worst is None or question is None:
        return ""
    title = reading.proposal.question[question].title
    return (
        f"Risk is what {worst.words} finds: of all attackers that were run, the one that finds "
        f"most as proposed. Another attacker may gain from an option that hinders this one; each "
        f"has its own table above. Benefit is the answer to: {title}"
    )


def _free(reading: Reading) -> list[Block]:
    held = {point.option: point for point in points(reading)}
    said, unknown, lost = [], [], []
    for option in reading.result.options:
        if not option.changes or not all(s.startswith(_SAFEGUARDS) for s in option.changes):
            continue
        costs = _costs(reading, option.name)
        unanswered = [
            name
            for name in costs
            if reading.figure("answer", name, "answered", "all", option.name) is None
        ]
        detected = [None if one is None else detectable(one) for one in costs.values()]
        if unanswered:
            questions = listed([lower_first(_label(reading, name)) for name in unanswered])
            lost.append(f"{plain(option.name)} no longer answers: {questions}.")
        elif None in detected:
            unknown.append(plain(option.name))
        elif not any(detected):
            said.append(_sentence(reading, option.name, costs, held))
    known = "No loss found is not no loss: the bound says how large one may be."
    gains = [
        f"{lower_first(_label(reading, question))}, {told(in_points(gain), '')}"
        for question in reading.questions
        if (gain := reading.figure("answer", question, "benefit")) is not None
    ]
    if gains:
        known += f" Read it against what the feed adds as proposed: {'; '.join(gains)}."
    none = "None was found: no safeguard leaves every answer without a detectable change."
    blocks: list[Block] = [Text(known), Points(tuple(said))] if said else [Text(none)]
    blocks += [Points(tuple(lost))] if lost else []
    if unknown:
        names = "; ".join(unknown)
        blocks.append(Text(f"Not assessed, since some answer's change has no range: {names}."))
    return blocks


def _costs(reading: Reading, option: str) -> dict[str, Figure | None]:
    """Returns the change of each answer that the proposal as proposed gives."""
    answered = (q for q in reading.questions if reading.figure("answer", q, "answered"))
    return {
        question: reading.figure("cost", question, "delivery_error", "all", option)
        or reading.figure("cost", question, "benefit_error", "all", option)
        for question in answered
    }


def _label(reading: Reading, question: str) -> str:
    return answer_label(reading, reading.proposal.question[question])


def _sentence(
    reading: Reading, option: str, costs: dict[str, Figure | None], held: dict[str, Point]
) -> str:
    """Says for one option that no loss was found, how large one might be, and what it buys."""
    answers = "; ".join(
        f"{lower_first(_label(reading, name))}: "
        f"{'exactly the same' if is_exact(figure) else no_loss_words(figure)}"
        for name, figure in costs.items()
        if figure is not None
    )
    said = f"{plain(option)}: {answers}."
    point, first = held.get(option), next(iter(held.values()), None)
    if point is None or first is None:
        return said
    gap = difference_words(point.found, first.found)
    said = f"{said} Found: {told(point.found, reading.noun(point.found))} ({gap})."
    if point.wrong is None or first.wrong is None:
        return said
    gap = difference_words(point.wrong, first.wrong)
    return f"{said} Wrongly named: {told(point.wrong)} ({gap})."
