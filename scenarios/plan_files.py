"""Plan files: how to match, read from TOML with everything that is wrong at once, and written."""

from __future__ import annotations

import json
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

from pydantic import ValidationError

from linkage.levels import parse_level
from linkage.match_plan import MatchPlan
from linkage.parts import part_named
from scenarios.problems import NOTHING, Finding, PlanError, nearest
from scenarios.rewording import findings
from scenarios.toml_files import Shipped, parse_toml, read_toml
from scenarios.toml_lines import toml_lines
from scenarios.validate import not_finite
from scenarios.vocabulary import Setting
from simulator.settings import Number

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from linkage.cluster_rules import ClusterRules

ROOT: Final = Setting((), MatchPlan)


def shipped_plans() -> tuple[str, ...]:
    """Returns the names of all shipped plans, in alphabetical order."""
    names = (entry.name for entry in resources.files("scenarios").joinpath("plans").iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


PLAN: Final = Shipped(
    "plan",
    "shipped plan",
    shipped_plans,
    PlanError,
    needs="a plan needs at least blocking, deterministic and [[comparisons]]",
)


def load_plan(name_or_path: str | Path) -> MatchPlan:
    """Reads a plan.

    Args:
        name_or_path: Name of a shipped plan, such as `people-tight`, or path of a plan file (TOML).

    Returns:
        The plan.

    Raises:
        PlanError: If it cannot be read or is wrong; holds every problem, with its line.
    """
    if isinstance(name_or_path, str) and name_or_path in shipped_plans():
        place = resources.files("scenarios").joinpath("plans", f"{name_or_path}.toml")
        file, text = f"{name_or_path}.toml (shipped)", place.read_text(encoding="utf-8")
    else:
        file, text = read_toml(name_or_path, PLAN)
    table = parse_toml(file, text, PLAN)
    found = list(not_finite(table))
    plan: MatchPlan | None = None
    try:
        plan = MatchPlan.model_validate(table)
    except ValidationError as error:
        covered = {finding.path for finding in found}
        reworded = findings(error.errors(include_url=False), table, ROOT)
        found += [finding for finding in reworded if finding.path not in covered]
    found += misfits(table)
    if plan is None or found:
        lines = toml_lines(text)
        problems = [finding.as_problem(file, lines.line_of(finding.path)) for finding in found]
        raise PlanError(sorted(problems, key=lambda problem: problem.line or 0))
    return plan


def misfits(table: dict[str, Any]) -> Iterator[Finding]:
    """Yields what does not fit together in a plan that may be wrong in other ways too.

    Args:
        table: The plan as it was read from a file, or as a plan writes itself.
    """
    compared = [each for each in _list(table.get("comparisons")) if isinstance(each, dict)]
    kinds = {str(each.get("column")): each.get("kind") for each in compared}
    for place, comparison in enumerate(_list(table.get("comparisons"))):
        if isinstance(comparison, dict):
            yield from _unlike_levels(place, comparison)
            yield from _unlike_swap(place, comparison, kinds)
    columns = [str(each.get("column")) for each in compared]
    for place, column in enumerate(columns):
        if column in columns[:place]:
            rule = "is compared already; once is all"
            yield Finding(("comparisons", place, "column"), column, rule)
    for setting in ("blocking", "deterministic"):
        for place, rule in enumerate(_list(table.get(setting))):
            yield from _unlike_parts((setting, place), _list(rule), kinds)
    yield from _ends_crossed(table)


def plan_toml(plan: MatchPlan) -> str:
    """Writes a plan as TOML that `load_plan` reads back as an equal plan."""
    lines = []
    for setting in ("blocking", "deterministic"):
        rules = [f"    {_text(rule)}," for rule in getattr(plan, setting)]
        lines += [f"{setting} = [", *rules, "]"]
    for setting in type(plan).model_fields:
        if setting not in ("blocking", "deterministic", "comparisons", "clusters"):
            lines.append(f"{setting} = {_value(getattr(plan, setting))}")
    for comparison in plan.comparisons:
        lines += ["", "[[comparisons]]"]
        lines += [
            f"{setting} = {_value(getattr(comparison, setting))}"
            for setting in type(comparison).model_fields
        ]
    if plan.clusters is not None:
        lines += _clusters_toml(plan.clusters)
    return "\n".join(lines) + "\n"


def _clusters_toml(rules: ClusterRules) -> list[str]:
    plain = [name for name in type(rules).model_fields if name != "conflicts"]
    lines = ["", "[clusters]", *(f"{name} = {_value(getattr(rules, name))}" for name in plain)]
    for conflict in rules.conflicts:
        lines += ["", "[[clusters.conflicts]]"]
        lines += [f"{name} = {_value(getattr(conflict, name))}" for name in ("columns", "forms")]
    return lines


def _value(value: Any) -> str:  # noqa: ANN401 - a setting
    if isinstance(value, Number):
        if value == type(value)(value=value.value):
            return repr(value.value)
        parts = value.model_dump()
        return "{ " + ", ".join(f"{key} = {_value(part)}" for key, part in parts.items()) + " }"
    return _text(value)


def _list(value: Any) -> list[Any]:  # noqa: ANN401 - as read from a file
    return list(value) if isinstance(value, list | tuple) else []


def _unlike_levels(place: int, comparison: dict[str, Any]) -> Iterator[Finding]:
    """Yields levels that there are not, or that do not fit the kind of their column."""
    kind = comparison.get("kind")
    known = kind if kind in _KINDS else None
    levels = [each for each in _list(comparison.get("levels")) if isinstance(each, str)]
    for number, level in enumerate(levels):
        path = ("comparisons", place, "levels", number)
        try:
            parse_level(level, known)
        except ValueError as wrong:
            yield Finding(path, NOTHING, str(wrong))
        if level in levels[:number]:
            yield Finding(path, level, "stands above already; each level once, best first")


def _unlike_swap(
    place: int, comparison: dict[str, Any], kinds: dict[str, Any]
) -> Iterator[Finding]:
    """Yields a column with which values cannot be swapped."""
    other, column = comparison.get("swapped_with"), comparison.get("column")
    if not isinstance(other, str) or not other:
        return
    path = ("comparisons", place, "swapped_with")
    others = [name for name in kinds if name != column]
    if other not in others:
        near = nearest(other, others)
        rule = f"must be another column that is compared, one of: {', '.join(others) or 'none is'}"
        yield Finding(path, other, rule, near)
    elif kinds[other] != comparison.get("kind") or kinds[other] not in ("name", "text"):
        rule = "is swapped only with a column of its own kind, both names or both texts"
        yield Finding(path, other, rule)


_KINDS: Final = ("name", "date", "postcode", "text", "exact", "number")


def _unlike_parts(
    path: tuple[str, int], rule: list[Any], kinds: dict[str, Any]
) -> Iterator[Finding]:
    """Yields parts of columns that there are not, or that a column of that kind has not."""
    for number, written in enumerate(rule):
        column, colon, part = str(written).partition(":")
        if not colon:
            continue
        kind = kinds.get(column)
        try:
            part_named(part, kind if kind in _KINDS else None)
        except ValueError as wrong:
            yield Finding((*path, number), written, str(wrong))


def _ends_crossed(table: dict[str, Any]) -> Iterator[Finding]:
    ends = [table.get(name) for name in ("review_from", "threshold")]
    low, high = (end.get("value") if isinstance(end, dict) else end for end in ends)
    if isinstance(low, int | float) and isinstance(high, int | float) and low > high:
        rule = f"must not be above threshold, which is {high}"
        yield Finding(("review_from",), low, rule)


def _text(value: str | list[str] | tuple[str, ...]) -> str:
    """Writes text, or a list of it, as in TOML: as in JSON, but for the delete character."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
