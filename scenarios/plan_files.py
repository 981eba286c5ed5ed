"""Plan files: how to link, read from TOML with everything that is wrong at once."""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING, Any, Final

from pydantic import ValidationError

from linkage.cascade_plan import Cascade
from linkage.match_plan import MatchPlan
from scenarios.plan_misfits import cascade_misfits, match_misfits
from scenarios.problems import Finding, PlanError, not_finite
from scenarios.rewording import findings
from scenarios.toml_files import Shipped, parse_toml, read_toml
from scenarios.toml_lines import toml_lines
from scenarios.vocabulary import Setting

if TYPE_CHECKING:
    from pathlib import Path

    from linkage.cascade_plan import LinkagePlan

_OF_STEPS: Final = ("steps", "columns")
_OF_PAIRS: Final = ("blocking", "comparisons", "deterministic")


def shipped_plans() -> tuple[str, ...]:
    """Returns the names of all shipped plans, in alphabetical order."""
    names = (entry.name for entry in resources.files("scenarios").joinpath("plans").iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


PLAN: Final = Shipped(
    "plan",
    "shipped plan",
    shipped_plans,
    PlanError,
    needs="a plan needs at least blocking, deterministic and [[comparisons]]; a plan in steps, "
    "[[columns]] and [[steps]]",
)


def load_plan(name_or_path: str | Path) -> LinkagePlan:
    """Reads a plan.

    Args:
        name_or_path: Name of a shipped plan, such as `people-tight`, or path of a plan file (TOML).

    Returns:
        The plan: one that weighs pairs, or a cascade where the file has steps.

    Raises:
        PlanError: If it cannot be read or is wrong; holds every problem, with its line.
    """
    if isinstance(name_or_path, str) and name_or_path in shipped_plans():
        place = resources.files("scenarios").joinpath("plans", f"{name_or_path}.toml")
        file, text = f"{name_or_path}.toml (shipped)", place.read_text(encoding="utf-8")
    else:
        file, text = read_toml(name_or_path, PLAN)
    plan, found = plan_of(parse_toml(file, text, PLAN))
    if plan is None or found:
        lines = toml_lines(text)
        problems = [finding.as_problem(file, lines.line_of(finding.path)) for finding in found]
        raise PlanError(sorted(problems, key=lambda problem: problem.line or 0))
    return plan


def plan_of(table: dict[str, Any]) -> tuple[LinkagePlan | None, list[Finding]]:
    """Makes a plan of a table of settings.

    Args:
        table: The settings, as read from a file; with steps, they are a cascade's.

    Returns:
        The plan, or null if something is wrong; and all that is wrong.
    """
    in_steps = any(name in table for name in _OF_STEPS) and not any(
        name in table for name in _OF_PAIRS
    )
    kind: type[LinkagePlan] = Cascade if in_steps else MatchPlan
    found = list(not_finite(table))
    plan: LinkagePlan | None = None
    try:
        plan = kind.model_validate(table)
    except ValidationError as error:
        covered = {finding.path for finding in found}
        reworded = findings(error.errors(include_url=False), table, Setting((), kind))
        found += [finding for finding in reworded if finding.path not in covered]
    found += cascade_misfits(table) if in_steps else match_misfits(table)
    return plan, found
