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


def red_lines(proposal: Proposal, option: str, seed: int, figures: list[Figure]) -> list[RedLine]:
    """Says what can be said about each red line for one option and one seed.

    Args:
        proposal: The proposal, with the option's changes made.
        option: Name of the option.
        seed: The seed.
        figures: The option's figures with that seed.

    Returns:
        The four lines, in order.
    """
    said = {
        "RL-1": _benefit(proposal.governance, figures),
        "RL-2": _law(proposal.governance),
        "RL-3": _data(proposal, figures),
        "RL-4": _access(proposal.governance),
    }
    return [
        RedLine(option=option, seed=seed, id=name, line=LINES[name], verdict=verdict, reason=reason)
        for name, (verdict, reason) in said.items()
    ]


def _benefit(declared: Governance, figures: list[Figure]) -> tuple[Verdict, str]:
    threshold = declared.benefit_threshold
    if not declared.benefit or not declared.benefit_question or threshold is None:
        return "stops", (
            "No benefit is declared with a question that would show it and the answer that would "
            "be worth having: set governance.benefit, benefit_question and benefit_threshold."
        )
    answered = [
        figure.value
        for figure in figures
        if (figure.subject, figure.measure, figure.group)
        == (declared.benefit_question, "answered", "all")
    ]
    value = answered[0] if answered else None
    found = "no figure" if value is None else f"{value:.2f}"
    source = f", from {threshold.source}" if threshold.source else ""
    return "declared", (
        f"Benefit as declared: {declared.benefit} The simulated answer is {found}, against "
        f"{declared.benefit_direction} {threshold.value:g}{source}; effects were put in by us, so "
        "this says nothing about the real benefit."
    )


def _law(declared: Governance) -> tuple[Verdict, str]:
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
    subjects = {"linkage": feeding, "ingest": set(proposal.agency)}
    under: list[str] = []
    over: list[str] = []
    for section, measure, floor in floors:
        worst = _worst(figures, section, measure, subjects[section])
        if floor is not None and worst is not None:
            said = _against(proposal, worst, floor)
            (under if _value(worst) < floor.value.value else over).append(said)
    if under:
        return "stops", f"Below your floor, checked in simulation: {'; '.join(under)}."
    if not over:
        return "declared", (
            "Floors are declared, but nothing here can be held against them: no records are linked."
        )
    if not over:
        return "declared", (
            "A floor is declared, and nothing is linked or made into tokens that could be held "
            "against it: how badly records are written down is in the tables of this report."
        )
    return "checked", f"Checked in simulation: {'; '.join(over)}."


def _value(figure: Figure) -> float:
    return figure.value if figure.value is not None else 1.0


def _worst(figures: list[Figure], section: str, measure: str, subjects: set[str]) -> Figure | None:
    """Returns the lowest figure of a measure that has a denominator."""
    found = [
        figure
        for figure in figures
        if (figure.section, figure.measure, figure.group) == (section, measure, "all")
        and figure.subject in subjects
        and figure.value is not None
        and figure.out_of
    ]
    return min(found, key=_value, default=None)


def _against(proposal: Proposal, figure: Figure, floor: Floor) -> str:
    step = proposal.link.get(figure.subject)
    agency = step.agency if figure.section == "linkage" and step else figure.subject
    title = proposal.agency[agency].title
    what = {
        "recall": f"true pairs found with {title}",
        "precision": f"right links with {title}",
        "tokens": f"records with a token from {title}",
    }[figure.measure]
    return (
        f"{what}, the lowest: {100 * _value(figure):.1f} % ({figure.count:,} of "
        f"{figure.out_of:,}) against {100 * floor.value.value:g} %, from {floor.source}"
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
