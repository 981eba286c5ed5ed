"""Reasons in words: why a pair is linked, is for review, or is not linked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenarios.figures.words import listed
from scenarios.link_report.words import bits_words, column_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from linkage.explain import Explained
    from linkage.match_plan import MatchPlan
    from linkage.why import Reason, Rival, RuleMissed


def decision_words(explained: Explained) -> str:
    """Says in two or three words what became of a pair."""
    return {"link": "linked", "review": "not linked, for review", "none": "not linked"}[
        explained.decision
    ]


def reason_words(
    explained: Explained, plan: MatchPlan, name: Callable[[Rival], str]
) -> tuple[str, ...]:
    """Says in sentences why a pair is not linked; nothing for one that is.

    Args:
        explained: The pair.
        plan: The plan.
        name: Writes which pair a rival is.
    """
    found: list[str] = []
    for reason in explained.reasons:
        if reason.kind == "not_found":
            found += [
                (
                    "No blocking rule brought it together, so it was not compared; it is "
                    "weighed here all the same."
                ),
                *(_missed(rule, plan) for rule in reason.rules),
            ]
        elif reason.kind == "below":
            short = bits_words(-reason.bits)
            found.append(f"It lacks {short} bits to the threshold.")
        elif reason.kind == "lead":
            found.append(_lead(reason, plan, name))
        else:
            found += _lost(explained, reason, name)
    if [reason.kind for reason in explained.reasons] == ["not_found"]:
        found.append("By its weight it would have reached the threshold.")
    return tuple(found)


def _missed(rule: RuleMissed, plan: MatchPlan) -> str:
    if rule.differs:
        columns = listed([column_words(each) for each in rule.differs])
        verb = "differs or is missing" if len(rule.differs) == 1 else "differ or are missing"
        return f"Rule {rule.rule}: {columns} {verb}."
    return (
        f"Rule {rule.rule}: they agree, but their block was left out, since it has "
        f"{rule.records:,} records on a side and {plan.largest_block:,} are the most."
    )


def _lead(reason: Reason, plan: MatchPlan, name: Callable[[Rival], str]) -> str:
    rival = reason.rivals[0]
    lead = (
        f"leads by {bits_words(reason.bits)} bits"
        if reason.bits >= 0
        else f"is behind by {bits_words(-reason.bits)} bits"
    )
    return (
        f"The next best pair of its records is {name(rival)}, of {bits_words(rival.weight)} bits; "
        f"this one {lead}, and the plan asks for a lead of {bits_words(plan.gap.value)}."
    )


def _lost(explained: Explained, reason: Reason, name: Callable[[Rival], str]) -> list[str]:
    if not reason.rivals:
        return ["It reaches the threshold, and was not chosen where each record is linked once."]
    said = []
    for rival in reason.rivals:
        if rival.weight is None:
            said.append(f"It lost to {name(rival)}, which was linked without a weight.")
            continue
        by = _more(rival.weight - explained.weight)
        said.append(f"Each record is linked once, and it lost to {name(rival)}, which weighs {by}.")
    return said


def _more(bits: float) -> str:
    """Says how much more a pair weighs than the one that lost to it."""
    if round(bits, 1) == 0:
        return "as much; of equals the first in order of ids is taken"
    if bits > 0:
        return f"{bits_words(bits)} bits more"
    return f"{bits_words(-bits)} bits less, but without this pair the links weigh more in all"
