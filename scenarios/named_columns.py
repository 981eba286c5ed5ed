"""Named columns: which columns of supplied files a plan means by the names that it gives."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from linkage.cascade_plan import Cascade, kinds_of, names_of
from linkage.column_pairs import ColumnPair
from linkage.roles import plain, role_by_name
from scenarios.problems import PlanError, Problem, nearest

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from linkage.cascade_plan import LinkagePlan
    from linkage.match_plan import MatchPlan
    from scenarios.linking_files import SuppliedFile


_MANY_THINGS = (None, "national_id", "other")
"""Roles by which a column is not found under another name: a UPN is no prison number."""


def named_pairs(
    file: str,
    plan: LinkagePlan,
    pairs: Sequence[ColumnPair],
    files: tuple[SuppliedFile, SuppliedFile | None],
) -> tuple[ColumnPair, ...]:
    """Finds the columns that a plan names.

    A name means the column of that name; where a file has none, that which pairs with the other
    file's, or says the same (`dob` for `date_of_birth`).

    Args:
        file: How the plan is called in messages.
        plan: The plan.
        pairs: The columns of both files that say the same.
        files: Both files.

    Returns:
        Each name that the plan uses, with the column of either file and the kind that the plan
        gives it.

    Raises:
        PlanError: If a file has no such column, or no value in it; holds all of them.
    """
    kinds = kinds_of(plan)
    found, problems = [], []
    for name in names_of(plan):
        pair = _pair_named(name, pairs, files)
        if pair is None:
            problems += _absent(file, name, files)
        elif max(pair.missing) == 1:
            problems += _empty(file, pair, files)
        else:
            found.append(replace(pair, kind=kinds.get(name, pair.kind)))
    if problems:
        raise PlanError(problems)
    return tuple(found)


def without_absent(
    plan: LinkagePlan,
    pairs: Sequence[ColumnPair],
    files: tuple[SuppliedFile, SuppliedFile | None],
) -> tuple[LinkagePlan, tuple[str, ...]]:
    """Leaves out of a shipped plan what files do not have, if something of each part is left.

    Returns:
        The plan, and the names that were left out; the plan as it is if too little would be left.
        A step that needs one of them is left out whole.
    """
    absent = tuple(name for name in names_of(plan) if _pair_named(name, pairs, files) is None)
    shorter = _steps_left(plan, absent) if isinstance(plan, Cascade) else _pairs_left(plan, absent)
    return (plan, ()) if not absent or shorter is None else (shorter, absent)


def _pairs_left(plan: MatchPlan, absent: tuple[str, ...]) -> MatchPlan | None:
    """Gives the plan without some columns; null if a part of it would be empty."""
    lasting = {
        "blocking": _without(plan.blocking, absent),
        "deterministic": _without(plan.deterministic, absent),
        "comparisons": tuple(each for each in plan.comparisons if each.column not in absent),
    }
    return plan.model_copy(update=lasting) if all(lasting.values()) else None


def _steps_left(plan: Cascade, absent: tuple[str, ...]) -> Cascade | None:
    """Gives the cascade without the steps that need some columns; null if none would be left."""
    left = []
    for step in plan.steps:
        named = {each.partition(":")[0] for each in step.agree}
        named |= {each.column for each in step.reach}
        match = None if step.match is None else _pairs_left(step.match, absent)
        if not named & set(absent) and (step.match is None or match is not None):
            left.append(step.model_copy(update={"match": match}))
    columns = tuple(each for each in plan.columns if each.column not in absent)
    if not left or not columns:
        return None
    return plan.model_copy(update={"columns": columns, "steps": tuple(left)})


def _without(
    rules: tuple[tuple[str, ...], ...], absent: tuple[str, ...]
) -> tuple[tuple[str, ...], ...]:
    return tuple(
        rule for rule in rules if not any(each.partition(":")[0] in absent for each in rule)
    )


def _pair_named(
    name: str,
    pairs: Sequence[ColumnPair],
    files: tuple[SuppliedFile, SuppliedFile | None],
) -> ColumnPair | None:
    left, right = files[0].frame, (files[1] or files[0]).frame
    for each in pairs:
        if name in (each.left, each.right):
            return replace(each, name=name)
    role = role_by_name(name)
    same = [each for each in pairs if role not in _MANY_THINGS and each.role == role]
    if len(same) == 1:
        return replace(same[0], name=name)
    ours, theirs = _column(name, left), _column(name, right)
    if ours is None or theirs is None:
        return None
    missing = [frame[column].null_count() / frame.height
               for frame, column in ((left, ours), (right, theirs))]  # fmt: skip
    return ColumnPair(name, ours, theirs, role or "other", "exact", (missing[0], missing[1]))


def _column(name: str, frame: pl.DataFrame) -> str | None:
    """Returns a file's column of that name, written in another way at most."""
    return next((each for each in frame.columns if plain(each) == plain(name)), None)


def _absent(file: str, name: str, files: tuple[SuppliedFile, SuppliedFile | None]) -> list[Problem]:
    problems = []
    for each in files:
        if each is not None and _column(name, each.frame) is None:
            columns = each.frame.columns
            rule = f"{each.path} has no such column; columns there: {', '.join(columns)}"
            near = nearest(name, columns)
            problems.append(Problem(file, None, f"column {name}", None, rule, near))
    if not problems:
        rule = "the files do not agree in what they call so; give both columns the same name"
        problems.append(Problem(file, None, f"column {name}", None, rule))
    return problems


def _empty(
    file: str, pair: ColumnPair, files: tuple[SuppliedFile, SuppliedFile | None]
) -> list[Problem]:
    return [
        Problem(
            file, None, f"column {pair.name}", None,
            f"{each.path} holds no value in its column {column}; leave it out of the plan",
        )
        for each, column, missing in zip(files, (pair.left, pair.right), pair.missing, strict=True)
        if each is not None and missing == 1
    ]  # fmt: skip
