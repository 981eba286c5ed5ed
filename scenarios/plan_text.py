"""Plans as text: TOML that reads back as the same plan."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from linkage.cascade_plan import Cascade
from simulator.settings import Number, Spec

if TYPE_CHECKING:
    from linkage.cascade_plan import CascadeStep, LinkagePlan
    from linkage.cluster_rules import ClusterRules
    from linkage.match_plan import MatchPlan


def plan_toml(plan: LinkagePlan) -> str:
    """Writes a plan as TOML that `load_plan` reads back as an equal plan."""
    lines = _cascade_toml(plan) if isinstance(plan, Cascade) else _match_toml(plan, "")
    return "\n".join(lines) + "\n"


def _cascade_toml(plan: Cascade) -> list[str]:
    lines = _given(plan, "columns", "steps")
    for column in plan.columns:
        lines += ["", "[[columns]]", *_given(column)]
    for step in plan.steps:
        lines += ["", "[[steps]]", *_step_toml(step)]
    return lines[1:] if lines[0] == "" else lines


def _step_toml(step: CascadeStep) -> list[str]:
    lines = _given(step, "reach", "match")
    if step.reach:
        reach = [f"    {{ {', '.join(_given(each))} }}," for each in step.reach]
        lines += ["reach = [", *reach, "]"]
    if step.match is not None:
        lines += ["", "[steps.match]", *_match_toml(step.match, "steps.match.")]
    return lines


def _given(spec: Spec, *apart: str) -> list[str]:
    """Writes the settings that differ from their default, but for some that are written apart."""
    return [
        f"{name} = {_value(value)}"
        for name, setting in type(spec).model_fields.items()
        if name not in apart and (value := getattr(spec, name)) != setting.default
    ]


def _match_toml(plan: MatchPlan, place: str) -> list[str]:
    lines = []
    for setting in ("blocking", "deterministic"):
        rules = [f"    {_text(rule)}," for rule in getattr(plan, setting)]
        lines += [f"{setting} = [", *rules, "]"]
    for setting in type(plan).model_fields:
        if setting not in ("blocking", "deterministic", "comparisons", "clusters"):
            lines.append(f"{setting} = {_value(getattr(plan, setting))}")
    for comparison in plan.comparisons:
        lines += ["", f"[[{place}comparisons]]"]
        lines += [
            f"{setting} = {_value(getattr(comparison, setting))}"
            for setting in type(comparison).model_fields
        ]
    if plan.clusters is not None:
        lines += _clusters_toml(plan.clusters, place)
    return lines


def _clusters_toml(rules: ClusterRules, place: str) -> list[str]:
    plain = [name for name in type(rules).model_fields if name != "conflicts"]
    lines = [
        "",
        f"[{place}clusters]",
        *(f"{name} = {_value(getattr(rules, name))}" for name in plain),
    ]
    for conflict in rules.conflicts:
        lines += ["", f"[[{place}clusters.conflicts]]"]
        lines += [f"{name} = {_value(getattr(conflict, name))}" for name in ("columns", "forms")]
    return lines


def _value(value: Any) -> str:  # noqa: ANN401 - a setting
    if isinstance(value, Number):
        if value == type(value)(value=value.value):
            return repr(value.value)
        parts = value.model_dump()
        return "{ " + ", ".join(f"{key} = {_value(part)}" for key, part in parts.items()) + " }"
    return _text(value)


def _text(value: str | list[str] | tuple[str, ...]) -> str:
    """Writes text, or a list of it, as in TOML: as in JSON, but for the delete character."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
