"""Plans of link steps: a name, a file or a table in a proposal becomes a plan."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from linkage.cascade_plan import Cascade
from linkage.match_plan import MatchPlan
from scenarios.plan_files import load_plan, plan_of, shipped_plans
from scenarios.problems import NOTHING, Finding, PlanError, nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

_PLAN: Final = "plan"
_HOME_PLAN: Final = "home_plan"


def with_plans(table: Mapping[str, Any]) -> tuple[dict[str, Any], list[Finding]]:
    """Puts plans in the place of their names, files and tables.

    Args:
        table: The settings of a proposal.

    Returns:
        The settings, in which each link step, and the split file, has the plan that it names; and
        what is wrong with plans. Where a plan is wrong, what was given stays.
    """
    found: list[Finding] = []
    changed = dict(table)
    steps = table.get("link")
    if isinstance(steps, dict):
        changed["link"] = {
            name: _planned(step, ("link", name), (_PLAN,), found) for name, step in steps.items()
        }
    if "split_file" in table:
        changed["split_file"] = _planned(
            table["split_file"], ("split_file",), (_PLAN, _HOME_PLAN), found
        )
    return changed, found


def _planned(
    given: Any,  # noqa: ANN401 - as read from a file
    path: tuple[str, ...],
    settings: tuple[str, ...],
    found: list[Finding],
) -> Any:  # noqa: ANN401 - likewise
    """Puts plans in the place of their names in one table, and adds what is wrong with them."""
    if not isinstance(given, dict):
        return given
    changed = dict(given)
    for setting in settings:
        if given.get(setting) is not None:
            plan, wrong = _plan(given[setting], (*path, setting))
            found += wrong
            changed[setting] = given[setting] if plan is None else plan
    return changed


def beside_proposal(table: Any, place: Path, inside: tuple[str, ...] = ()) -> Any:  # noqa: ANN401
    """Finds the plan files that a proposal names from its own directory.

    Args:
        table: The settings of a proposal, or a part of them.
        place: The proposal's directory.
        inside: Where in the proposal the part stands.

    Returns:
        The part, with the paths of plan files in link steps, and in options that change them, put
        behind the directory; names of shipped plans and full paths stay as they are.
    """
    if isinstance(table, dict):
        return {name: beside_proposal(each, place, (*inside, name)) for name, each in table.items()}
    parts = ".".join(inside).split(".")
    is_plan = parts[-1] in (_PLAN, _HOME_PLAN) and parts[0] in ("link", "split_file", "option")
    is_plan &= "link" in parts or "split_file" in parts
    if is_plan and isinstance(table, str) and table and table not in shipped_plans():
        return str(place / table) if _is_file(table) else table
    return table


def _is_file(given: str) -> bool:
    """Whether what was given looks like a file, and not like the name of a shipped plan."""
    path = Path(given)
    return bool(path.suffix) or len(path.parts) > 1


def _plan(
    given: Any,  # noqa: ANN401 - as read from a file
    path: tuple[str, ...],
) -> tuple[MatchPlan | Cascade | None, list[Finding]]:
    """Makes a plan of what a step gives for one."""
    if isinstance(given, MatchPlan | Cascade):
        return given, []
    if isinstance(given, dict):
        plan, found = plan_of(given)
        inside = [
            Finding((*path, *each.path), each.given, each.rule, each.suggestion) for each in found
        ]
        return (None if found else plan), inside
    if not isinstance(given, str):
        rule = "must be the name of a shipped plan, the path of a plan file, or a table"
        return None, [Finding(path, given, rule)]
    if given not in shipped_plans() and not _is_file(given):
        rule = f"must be a shipped plan ({', '.join(shipped_plans())}), a plan file or a table"
        return None, [Finding(path, given, rule, nearest(given, shipped_plans()))]
    try:
        return load_plan(given), []
    except PlanError as error:
        return None, [Finding(path, NOTHING, str(each)) for each in error.problems]
