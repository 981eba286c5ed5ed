"""Named columns: which columns of supplied files a plan means by the names that it gives."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from linkage.column_pairs import ColumnPair
from linkage.roles import plain, role_by_name
from scenarios.problems import PlanError, Problem, nearest

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from linkage.match_plan import MatchPlan
    from scenarios.linking_files import SuppliedFile


def named_pairs(
    file: str,
    plan: MatchPlan,
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
    kinds = {each.column: each.kind for each in plan.comparisons}
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
    plan: MatchPlan,
    pairs: Sequence[ColumnPair],
    files: tuple[SuppliedFile, SuppliedFile | None],
) -> tuple[MatchPlan, tuple[str, ...]]:
    """Leaves out of a shipped plan what files do not have, if something of each part is left.

    Returns:
        The plan, and the names that were left out; the plan as it is if too little would be left.
    """
    absent = tuple(name for name in names_of(plan) if _pair_named(name, pairs, files) is None)
    lasting = {
        "blocking": _without(plan.blocking, absent),
        "deterministic": _without(plan.deterministic, absent),
        "comparisons": tuple(each for each in plan.comparisons if each.column not in absent),
    }
    if not absent or not all(lasting.values()):
        return plan, ()
    return plan.model_copy(update=lasting), absent


def names_of(plan: MatchPlan) -> tuple[str, ...]:
    """Returns every column that a plan names, each once."""
    rules = [column for rule in (*plan.blocking, *plan.deterministic) for column in rule]
    columns = [each.column for each in plan.comparisons]
    of_clusters = plan.clusters.columns if plan.clusters is not None else ()
    blocked = (each.partition(":")[0] for each in rules)
    return tuple(dict.fromkeys([*columns, *blocked, *of_clusters]))


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
    same = [each for each in pairs if role is not None and each.role == role]
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
