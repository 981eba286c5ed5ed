"""The workshop's red lines: what can be said about each of them, and no more.

The four red lines are those of the 2017 workshop report. A line *stops* a proposal, is *declared by
you* and not verified, or is *checked in simulation*. None of them says that a proposal is lawful.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from scenarios.result import Figure, RedLine

if TYPE_CHECKING:
    from scenarios.governance import Floor, Governance
    from scenarios.proposal import Proposal

Verdict = Literal["stops", "declared", "checked"]

LINES = {
    "RL-1": "No tangible benefit identified before sharing",
    "RL-2": "Open to legal challenge, or infringing human rights",
    "RL-3": "Poor or unreliable data",
    "RL-4": "No clear limits on who may access the data, and why",
}


def red_lines(proposal: Proposal, option: str, figures: list[Figure]) -> list[RedLine]:
    """Says what can be said about each red line for one option.

    Args:
        proposal: The proposal, with the option's changes made.
        option: Name of the option.
        figures: The option's figures.

    Returns:
        The four lines, in order.
    """
    said = {
        "RL-1": _benefit(proposal.governance, figures),
        "RL-2": _law(proposal),
        "RL-3": _data(proposal, figures),
        "RL-4": _access(proposal.governance),
    }
    return [
        RedLine(option=option, id=name, line=LINES[name], verdict=verdict, reason=reason)
        for name, (verdict, reason) in said.items()
    ]


def _benefit(declared: Governance, figures: list[Figure]) -> tuple[Verdict, str]:
    if not declared.benefit or not declared.benefit_question:
        return "stops", (
            "No benefit, or no question that would show it, is declared: set governance.benefit "
            "and governance.benefit_question."
        )
    if declared.benefit_threshold is None:
        return "declared", f"Benefit as declared: {declared.benefit} No threshold is declared."
    answered = [
        f
        for f in figures
        if (f.subject, f.measure, f.group) == (declared.benefit_question, "answered", "all")
    ]
    value = answered[0].value if answered else None
    threshold = declared.benefit_threshold
    return "declared", (
        f"Benefit as declared: {declared.benefit} Answered in simulation: "
        f"{'no figure' if value is None else format(value, '.3g')} against your threshold of "
        f"{threshold.value:g}."
    )


def _law(proposal: Proposal) -> tuple[Verdict, str]:
    declared = proposal.governance
    if not declared.legal_gateway or not declared.necessity:
        grounds = [g for g in (declared.consent, declared.serious_harm) if g]
        if not grounds or not declared.necessity:
            return "stops", (
                "No legal gateway with a note of necessity is declared, and no consent or risk of "
                "serious harm: set governance.legal_gateway and governance.necessity."
            )
        return "declared", f"Ground as declared: {'; '.join(grounds)}. {declared.necessity}"
    return "declared", f"Gateway as declared: {declared.legal_gateway}. {declared.necessity}"


def _data(proposal: Proposal, figures: list[Figure]) -> tuple[Verdict, str]:
    declared = proposal.governance
    floors = (
        ("linkage", "recall", declared.recall_floor),
        ("linkage", "precision", declared.precision_floor),
        ("ingest", "tokens", declared.completeness_floor),
    )
    if all(floor is None for _, _, floor in floors):
        return "stops", (
            "No floor of quality is declared: set governance.recall_floor, precision_floor and "
            "completeness_floor, each with its source."
        )
    feeding = {name for name, step in proposal.link.items() if step.feeds_answers}
    under: list[str] = []
    over: list[str] = []
    for section, measure, floor in floors:
        if floor is None:
            continue
        worst = _worst(figures, section, measure, feeding | set(proposal.agency))
        if worst is None:
            continue
        (under if _value(worst) < floor.value.value else over).append(_against(worst, floor))
    if under:
        return "stops", f"Below your floor, checked in simulation: {'; '.join(under)}."
    return "checked", f"Checked in simulation: {'; '.join(over)}."


def _value(figure: Figure) -> float:
    return figure.value if figure.value is not None else 1.0


def _worst(figures: list[Figure], section: str, measure: str, subjects: set[str]) -> Figure | None:
    found = [
        f
        for f in figures
        if (f.section, f.measure, f.group) == (section, measure, "all")
        and f.subject in subjects
        and f.value is not None
        and f.out_of
    ]
    return min(found, key=_value, default=None)


def _against(figure: Figure, floor: Floor) -> str:
    words = {
        "recall": "true pairs found",
        "precision": "right links",
        "tokens": "records with a token",
    }
    return (
        f"{words[figure.measure]} for {figure.subject}, the lowest: {_value(figure):.1%} "
        f"({figure.count:,} of {figure.out_of:,}) against {floor.value.value:.1%}, from "
        f"{floor.source}"
    )


def _access(declared: Governance) -> tuple[Verdict, str]:
    empty = [
        name
        for name in ("purposes", "roles", "key_holder", "retention", "audit")
        if not getattr(declared, name)
    ]
    if empty:
        return "stops", f"Not declared: {', '.join(f'governance.{name}' for name in empty)}."
    roles = "; ".join(f"{role}: {who}" for role, who in declared.roles.items())
    return "declared", (
        f"Purposes: {', '.join(declared.purposes)}. Roles: {roles}. Keys: {declared.key_holder}. "
        f"Retention: {declared.retention}. Audit: {declared.audit}."
    )
