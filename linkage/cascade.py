"""The cascade: steps carried out in order, each on what no earlier step linked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from linkage.cascade_plan import names_of
from linkage.cascade_step import Found, agreeing, alone, weighed
from linkage.clock import Clock
from linkage.compare import FORMS_OF_KINDS
from linkage.dictionary import Dictionary, dictionary_of
from linkage.forms import in_form
from linkage.stepped import Stepped

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from linkage.cascade_plan import Cascade, CascadeStep
    from linkage.cascade_step import Open


def link_in_steps(
    left: pl.DataFrame,
    right: pl.DataFrame,
    plan: Cascade,
    *,
    seed: int = 1,
    progress: Callable[[str, float], None] | None = None,
) -> Stepped:
    """Finds the records of two files that are about the same person or home, in steps.

    Args:
        left: The register: the plan's columns, as String; dates as ISO text.
        right: The records that are linked to it.
        plan: The steps.
        seed: From which steps with a plan of their own draw random pairs.
        progress: Told each step, and what share of it is done.

    Returns:
        Links and pairs for review, and what each step did. Steps without a plan of their own give
        the same links whatever the order of rows.

    Raises:
        ValueError: If a level or part does not fit its column.
    """
    clock = Clock(progress)
    files = (_formed(left, plan), _formed(right, plan))
    dictionaries = _dictionaries(files[0], files[1], plan)
    clock.lap("encode")
    is_open = (np.ones(left.height, dtype=np.bool_), np.ones(right.height, dtype=np.bool_))
    pairs, rows, levels = [], [], [_NO_LEVELS]
    for step in plan.steps:
        if step.match is None:
            found = agreeing(step, plan, dictionaries, is_open)
        else:
            found = weighed(step.match, files, is_open, seed)
        stands = alone(found, step)
        pairs.append(_as_pairs(step, found, stands))
        rows.append(_row(step, found, int(stands.sum())))
        if found.levels is not None:
            levels.append(_named(step, found.levels))
        is_open[1][found.right[stands]] = False
        if plan.one_to_one:
            is_open[0][found.left[stands]] = False
        clock.lap(step.name)
    every = _not_overtaken(pl.concat(pairs), is_open, plan).sort("left", "right")
    return Stepped(
        every if plan.has_status else every.drop("status"),
        pl.DataFrame(rows, schema=_STEPS),
        pl.concat(levels),
        _statuses(every, plan, right.height),
        {
            "left_records": left.height,
            "right_records": right.height,
            "pairs": sum(int(row["pairs"]) for row in rows),
            "links": int((every["decision"] == "link").sum()),
            "for_review": int((every["decision"] == "review").sum()),
            **clock.summary,
        },
    )


_STEPS: Final = {
    "rule": pl.String,
    "pairs": pl.Int64,
    "linked": pl.Int64,
    "not_unique": pl.Int64,
    "largest_block": pl.Int64,
    "left_out": pl.Int64,
}
_NO_LEVELS: Final = pl.DataFrame(
    schema={
        "comparison": pl.String,
        "level": pl.String,
        "m": pl.Float64,
        "u": pl.Float64,
        "weight": pl.Float64,
    }
)


def _formed(file: pl.DataFrame, plan: Cascade) -> pl.DataFrame:
    """Gives a file's columns, those with a form in it; values that break it are missing."""
    forms = {each.column: each.form for each in plan.columns}
    return file.select(
        in_form(file[name], forms.get(name, "")).alias(name) for name in names_of(plan)
    )


def _dictionaries(left: pl.DataFrame, right: pl.DataFrame, plan: Cascade) -> dict[str, Dictionary]:
    """Makes the dictionary of each column that steps compare, in comparable form."""
    return {
        each.column: dictionary_of(
            left[each.column],
            right[each.column],
            None if each.form else FORMS_OF_KINDS[each.kind],
        )
        for each in plan.columns
    }


def _as_pairs(step: CascadeStep, found: Found, stands: NDArray[np.bool_]) -> pl.DataFrame:
    """Writes a step's links, and its pairs for review, as rows with a status."""
    links = pl.DataFrame(
        {
            "left": found.left[stands].astype(np.uint32),
            "right": found.right[stands].astype(np.uint32),
            "match_weight": found.weight[stands],
            "match_probability": found.probability[stands],
        }
    ).with_columns(
        pl.col("match_weight", "match_probability").fill_nan(None),
        pl.lit(step.name).alias("rule"),
        pl.lit("link").alias("decision"),
        pl.lit(step.status, dtype=pl.String).alias("status"),
    )
    if found.review is None:
        return links
    nothing = pl.lit(None, dtype=pl.String).alias("status")
    review = found.review.with_columns(pl.lit(step.name).alias("rule"), nothing)
    return pl.concat([links, review.select(links.columns)])


def _not_overtaken(pairs: pl.DataFrame, is_open: Open, plan: Cascade) -> pl.DataFrame:
    """Drops pairs for review of records that were linked after all."""
    left, right = (pl.Series(side) for side in is_open)
    stays = right.gather(pairs["right"])
    if plan.one_to_one:
        stays &= left.gather(pairs["left"])
    return pairs.filter(stays | (pairs["decision"] == "link"))


def _row(step: CascadeStep, found: Found, linked: int) -> dict[str, str | int]:
    return {
        "rule": step.name,
        "pairs": found.pairs,
        "linked": linked,
        "not_unique": found.found - linked,
        "largest_block": found.largest,
        "left_out": found.left_out,
    }


def _named(step: CascadeStep, levels: pl.DataFrame) -> pl.DataFrame:
    """Says of each level of which step it is."""
    name = pl.lit(f"{step.name}: ") + pl.col("comparison")
    return levels.with_columns(name.alias("comparison"))


def _statuses(pairs: pl.DataFrame, plan: Cascade, total: int) -> pl.DataFrame:
    """Counts right records by status code, those that stay unlinked last."""
    links = pairs.filter(pl.col("decision") == "link")
    codes = dict.fromkeys(step.status for step in plan.steps if step.status is not None)
    counts = {code: links.filter(pl.col("status") == code)["right"].n_unique() for code in codes}
    if plan.status_of_rest is not None:
        rest = total - links["right"].n_unique()
        counts[plan.status_of_rest] = counts.get(plan.status_of_rest, 0) + rest
    columns = {
        "status": list(counts), "records": list(counts.values()), "out_of": [total] * len(counts)
    }  # fmt: skip
    return pl.DataFrame(
        columns, schema={"status": pl.String, "records": pl.Int64, "out_of": pl.Int64}
    )
