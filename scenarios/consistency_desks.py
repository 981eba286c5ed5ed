"""Consistency of desks: what codes, decode desks and their attackers need of other parts.

A desk whose recipient is given no codes is not refused: it has nothing to decode, which is a
finding.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reidentify.desk_specs import CodeFrequencySpec, DeskAttackSpec, ValidDecoderSpec
from scenarios.misfit import Misfit, unnamed
from scenarios.questions.specs import AlertSpec

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from scenarios.problems import Path
    from scenarios.proposal import Proposal


def desk_misfits(proposal: Proposal, aside: Collection[Path]) -> Iterator[Misfit]:
    """Yields what does not fit between codes, desks and everything else.

    Args:
        proposal: The proposal.
        aside: Parts in whose place something else stands: what names them is not looked at.
    """
    if not any(path[0] == "identity" for path in aside):
        yield from _codes(proposal)
    for name, desk in proposal.desk.items():
        path: Path = ("desk", name, "recipient")
        yield from unnamed(path, desk.recipient, "a recipient", proposal.recipient)
    for name, question in proposal.question.items():
        if isinstance(question, AlertSpec) and question.desk and _is_sound(question.desk, aside):
            yield from _alert(proposal, ("question", name), question)
    for name, attack in proposal.attack.items():
        if isinstance(attack, DeskAttackSpec) and _is_sound(getattr(attack, "desk", ""), aside):
            yield from _attack(proposal, ("attack", name), attack)


def _is_sound(desk: str, aside: Collection[Path]) -> bool:
    return ("desk", desk) not in aside


def _codes(proposal: Proposal) -> Iterator[Misfit]:
    """Yields a code that is to be handed over and that nobody makes."""
    coded = tuple(name for name, treatment in proposal.identity.items() if treatment.makes_codes)
    for name, release in proposal.recipient.items():
        for at, field in enumerate(release.codes):
            if field not in coded:
                rule = f"needs a treatment that makes codes: set identity.{field}.scheme"
                yield Misfit(("recipient", name, "codes", at), field, rule, coded)


def _alert(proposal: Proposal, path: Path, question: AlertSpec) -> Iterator[Misfit]:
    unknown = list(unnamed((*path, "desk"), question.desk, "a desk", proposal.desk))
    yield from unknown
    if unknown:
        return
    recipient = proposal.desk[question.desk].recipient
    if question.recipient != recipient:
        rule = f"must be {recipient}, whose codes desk.{question.desk} can turn back"
        yield Misfit((*path, "recipient"), question.recipient, rule, (recipient,))


def _attack(proposal: Proposal, path: Path, attack: DeskAttackSpec) -> Iterator[Misfit]:
    if isinstance(attack, CodeFrequencySpec):
        yield from unnamed(
            (*path, "recipient"), attack.recipient, "a recipient", proposal.recipient
        )
        return
    yield from unnamed((*path, "desk"), attack.desk, "a desk", proposal.desk)
    if isinstance(attack, ValidDecoderSpec) and attack.desk in proposal.desk:
        roles = proposal.desk[attack.desk].roles
        if attack.role not in roles:
            rule = f"must be one of desk.{attack.desk}.roles"
            yield Misfit((*path, "role"), attack.role, rule, roles)
