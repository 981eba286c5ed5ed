"""The rule of the level of risk, as it is printed with every level.

Every step stands with its source: most of them are our own choice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenarios.figures.words import group_words, listed, plain, quantity

if TYPE_CHECKING:
    from reidentify.level import Cuts, LevelRule, SureNames


def rule_facts(rule: LevelRule) -> tuple[tuple[str, str], ...]:
    """Writes the rule as terms and what holds of them, each with its source."""
    panels = "; ".join(listed(places) for places in rule.panels.values())
    groups = ", ".join(group_words(g) if "=" in g else plain(g) for g in rule.groups)
    return (
        ("Share found", f"{_cut_words(rule.cuts, percent=True)}. Source: {rule.cuts.source}"),
        ("Sure names", _sure_words(rule.sure_names)),
        (
            "Wrong names",
            f"{_cut_words(rule.wrong_names, percent=False)}. Source: {rule.wrong_names.source}",
        ),
        ("Seeds", f"{rule.seeds}, at the real population"),
        ("Panels", f"{panels}. A place that nobody fills is not assessed"),
        ("Groups", f"{groups}; of at least {rule.least_group} people. {rule.least_group_source}"),
        ("Rows", f"never below {rule.row_floor}. Source: {rule.row_floor_source}"),
        ("Failures", f"never below {rule.independent_floor}. Source: {rule.failures_source}"),
        ("Unknowns", rule.unknowns_source),
        ("Safeguards in use", rule.safeguards_source),
        ("Gaps", rule.gaps_source),
        ("Overall", rule.overall_source),
    )


def _sure_words(sure: SureNames) -> str:
    share, right, stated = (
        quantity(one, "share", 0) for one in (sure.share, sure.precision, sure.confidence)
    )
    return (
        f"at least {share} of people at risk and {sure.people} people claimed with at least "
        f"{right} right, by claims stated with a confidence of {stated} or more, or all claims "
        f"where none is stated: at least {sure.floor}. Source: {sure.source}"
    )


def _cut_words(cuts: Cuts, *, percent: bool) -> str:
    bounds = (
        ("very low", cuts.very_low),
        ("low", cuts.low),
        ("moderate", cuts.moderate),
        ("high", cuts.high),
    )
    up_to = "up to" if cuts.includes_bound else "below"
    said = [
        f"{up_to} {quantity(bound, 'share', 0) if percent else f'{bound:,.6g}'} {word}"
        for word, bound in bounds
        if bound is not None
    ]
    return f"{', '.join(said)}, else very high"
