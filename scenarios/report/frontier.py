"""The frontier in words: one picture of risk and benefit, and safeguards that cost nothing seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenarios.figures.headlines import answer_label, headlines
from scenarios.figures.reading import by_chance
from scenarios.figures.trade import benefit_question
from scenarios.figures.words import listed, lower_first, plain, told
from scenarios.figures.worst import worst_attacker
from scenarios.report.blocks import Block, Heading, Points, Text
from scenarios.report.costs import detectable, in_points, is_exact, no_loss_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from scenarios.figures import Reading
    from scenarios.report.blocks import Drawing
    from scenarios.result import Figure

_COSTS = {"answered": "benefit_error", "delivered_recall": "delivery_error"}
_FOUND, _WRONG = "Found", "Wrongly named"
_SAFEGUARDS = ("feed", "desk", "recipient", "identity", "consent", "match_keys", "link")


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
        f"Risk is what one attacker finds: {worst.words}. Of all that were run, it finds most as "
        f"proposed. Another attacker may gain from an option that hinders this one; each "
        f"has its own table above. Benefit is the answer to: {title}"
    )


def _free(reading: Reading) -> list[Block]:
    said: list[str] = []
    idle: list[str] = []
    lost: list[str] = []
    unknown: list[str] = []
    for option in reading.result.options:
        if not option.changes or not all(s.startswith(_SAFEGUARDS) for s in option.changes):
            continue
        costs = _costs(reading, option.name)
        unanswered = [
            name
            for name in costs
            if reading.figure("answer", name, _stands(reading, name), "all", option.name) is None
        ]
        detected = [None if one is None else detectable(one) for one in costs.values()]
        fall = _largest_fall(reading, option.name)
        if unanswered:
            questions = listed([lower_first(_label(reading, name)) for name in unanswered])
            lost.append(f"{plain(option.name)} no longer answers: {questions}.")
        elif None in detected:
            unknown.append(plain(option.name))
        elif not any(detected) and fall is None:
            idle.append(plain(option.name))
        elif not any(detected) and fall is not None:
            said.append(f"{plain(option.name)}: {_unmoved(reading, costs)}. {fall}")
    return [*_listed(reading, said), *_set_aside(idle, lost, unknown)]


def _listed(reading: Reading, said: list[str]) -> list[Block]:
    if not said:
        none = "None was found: no safeguard leaves every answer without a detectable change."
        return [Text(none)]
    known = "No loss found is not no loss: the bound says how large one may be."
    gains = [
        f"{lower_first(_label(reading, question))}, {told(in_points(gain), reading.noun(gain))}"
        for question in reading.questions
        if (gain := reading.figure("answer", question, "benefit")) is not None
    ]
    if gains:
        known += f" Read it against what the feed adds as proposed: {'; '.join(gains)}."
    return [Text(known), Points(tuple(said))]


def _set_aside(idle: list[str], lost: list[str], unknown: list[str]) -> list[Block]:
    """Says which options are not among them, and why."""
    blocks: list[Block] = [Points(tuple(lost))] if lost else []
    if idle:
        names = "; ".join(idle)
        blocks.append(Text(f"Change no answer detectably, and lower no attacker's share: {names}."))
    if unknown:
        names = "; ".join(unknown)
        blocks.append(Text(f"Not assessed, since some answer's change has no range: {names}."))
    return blocks


def _largest_fall(reading: Reading, option: str) -> str | None:
    """Says whom an option hinders most, and what becomes of the wrong names; None if nobody."""
    falls = [
        (was.value - now.value, headline.label, was, now)
        for headline in headlines(reading)
        if headline.label.startswith(_FOUND)
        and (was := headline.as_proposed) is not None
        and (now := headline.at(option)) is not None
        and was.value is not None
        and now.value is not None
    ]
    most = max(falls, key=lambda fall: fall[0], default=None)
    if most is None or most[0] <= 0:
        return None
    _, label, was, now = most
    said = f"Largest fall: {lower_first(label)}, {_moved(reading, was, now)}"
    wrong = next((h for h in headlines(reading) if h.label == label.replace(_FOUND, _WRONG)), None)
    before, after = (None, None) if wrong is None else (wrong.as_proposed, wrong.at(option))
    if before is None or after is None:
        return f"{said}."
    return f"{said}; wrongly named by the same, {_moved(reading, before, after)}."


def _moved(reading: Reading, was: Figure, now: Figure) -> str:
    before, after = by_chance(was), by_chance(now)
    return f"{told(after, reading.noun(after))}, as proposed {told(before, reading.noun(before))}"


def _unmoved(reading: Reading, costs: dict[str, Figure | None]) -> str:
    """Says of each answer that no loss was found, and how large one might be."""
    held = {name: figure for name, figure in costs.items() if figure is not None}
    if all(is_exact(figure) for figure in held.values()):
        return "every answer exactly the same"
    return "; ".join(
        f"{lower_first(_label(reading, name))}: "
        f"{'exactly the same' if is_exact(figure) else no_loss_words(figure)}"
        for name, figure in held.items()
    )


def _costs(reading: Reading, option: str) -> dict[str, Figure | None]:
    """Returns the change of each answer that the proposal as proposed gives."""
    answered = (q for q in reading.questions if reading.figure("answer", q, "answered"))
    return {
        question: reading.figure(
            "cost", question, _COSTS[_stands(reading, question)], "all", option
        )
        for question in answered
    }


def _stands(reading: Reading, question: str) -> str:
    """Returns the measure that stands for an answer: through a desk, what reaches the practice."""
    held = reading.figure("answer", question, "delivered_recall")
    return "answered" if held is None else "delivered_recall"


def _label(reading: Reading, question: str) -> str:
    return answer_label(reading, reading.proposal.question[question])
