"""The cascade: steps carried out in order, each on what no earlier step linked.

A step finds pairs, by equal codes or by a plan of its own, and links those that stand alone on the
sides that it asks for. It works on codes and columns; pairs are made a block at a time.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from linkage.blocking import blocks_of, candidates
from linkage.cascade_plan import names_of
from linkage.compare import Compared, in_comparable_form
from linkage.dictionary import MISSING, Dictionary, dictionary_of
from linkage.forms import in_form
from linkage.levels import parse_level
from linkage.matched import Matched
from linkage.matcher import match

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from linkage.blocking import Blocks
    from linkage.cascade_plan import Cascade, CascadeStep

_OPEN: Final = "\0open"
"""A column of its own, that only records have which no step linked; no real one has the name."""

_NO_LIMIT: Final = 2**31
_ELSE: Final = 1  # the digit of a pair that reaches no level; 0 is that of a missing value


@dataclass(frozen=True)
class Found:
    """Pairs that a step found, before it is asked which stand alone.

    Attributes:
        left: Positions of left records, int32, shape (pairs,).
        right: Of right records, int32.
        rank: How good each pair is; only the order counts, float64.
        pairs: Pairs that were tried.
        found: Pairs that were found, some of which may not be listed as they stand alone nowhere.
        largest: Pairs of the largest block.
        left_out: Pairs of values that were too common to compare.
        weighed: Of a step with a plan: what its match gave, in positions of the whole files.
    """

    left: NDArray[np.int32] = field(repr=False)
    right: NDArray[np.int32] = field(repr=False)
    rank: NDArray[np.float64] = field(repr=False)
    pairs: int
    found: int
    largest: int = 0
    left_out: int = 0
    weighed: Matched | None = None


def link_in_steps(
    left: pl.DataFrame,
    right: pl.DataFrame,
    plan: Cascade,
    *,
    seed: int = 1,
    progress: Callable[[str, float], None] | None = None,
) -> Matched:
    """Finds the records of two files that are about the same person or home, in steps.

    Args:
        left: The register: the plan's columns, as String; dates as ISO text.
        right: The records that are linked to it.
        plan: The steps.
        seed: From which steps with a plan of their own draw random pairs.
        progress: Told each step, and what share of it is done.

    Returns:
        Links, with null weight and probability where a step is met or not, and pairs for review of
        steps with a plan. The rule is the step's name; a column `status` is there if the plan
        has codes. `blocks` has a row a step.

    Raises:
        ValueError: If a level or part does not fit its column.
    """
    files = tuple(_formed(each, plan) for each in (left, right))
    dictionaries = _dictionaries(files[0], files[1], plan)
    is_open = (np.ones(left.height, dtype=np.bool_), np.ones(right.height, dtype=np.bool_))
    pairs, rows, weighed = [], [], list[tuple[str, Matched]]()
    seconds: dict[str, float] = {}
    for step in plan.steps:
        began = perf_counter()
        if step.match is None:
            found = _agreeing(step, plan, dictionaries, is_open)
        else:
            found = _weighed(step, files, is_open, seed)
        stands = alone(found, step)
        linked = _as_pairs(step, found, stands)
        pairs.append(linked)
        rows.append(_row(step, found, int(stands.sum())))
        if found.weighed is not None:
            weighed.append((step.name, found.weighed))
        is_open[1][found.right[stands]] = False
        if plan.one_to_one:
            is_open[0][found.left[stands]] = False
        seconds[f"seconds_{step.name}"] = round(perf_counter() - began, 3)
        if progress is not None:
            progress(step.name, 1.0)
    every = _without_overtaken(pl.concat(pairs), is_open, plan)
    return Matched(
        (every if plan.has_status else every.drop("status")).sort("left", "right"),
        pl.concat([pl.DataFrame(), *(each.patterns for _, each in weighed)], how="diagonal"),
        pl.concat([_NO_LEVELS, *(_named(step, each.levels) for step, each in weighed)]),
        pl.DataFrame(rows),
        {
            "left_records": left.height,
            "right_records": right.height,
            "pairs": sum(int(row["pairs"]) for row in rows),
            "links": int((every["decision"] == "link").sum()),
            "for_review": int((every["decision"] == "review").sum()),
            **seconds,
        },
    )


def statuses(matched: Matched, plan: Cascade) -> pl.DataFrame:
    """Counts right records by status code.

    Args:
        matched: What the plan's steps linked.
        plan: The plan.

    Returns:
        `status` (String), `records` and `out_of` (Int64, all right records), a row a code in the
        order of the steps, and then that of records that stay unlinked.
    """
    total = int(matched.summary["right_records"])
    if not plan.has_status:
        return pl.DataFrame(schema={"status": pl.String, "records": pl.Int64, "out_of": pl.Int64})
    links = matched.pairs.filter(pl.col("decision") == "link")
    codes = dict.fromkeys(step.status for step in plan.steps if step.status is not None)
    counts = {
        code: links.filter(pl.col("status") == code)["right"].n_unique() for code in codes
    }
    if plan.status_of_rest is not None:
        rest = total - links["right"].n_unique()
        counts[plan.status_of_rest] = counts.get(plan.status_of_rest, 0) + rest
    return pl.DataFrame(
        {"status": list(counts), "records": list(counts.values()), "out_of": [total] * len(counts)}
    )


def alone(found: Found, step: CascadeStep) -> NDArray[np.bool_]:
    """Says which pairs stand alone on the sides that a step asks for: bool, shape (pairs,).

    A pair stands alone on a side if it is the only one of that record, or, where the step takes the
    best of several, if no other pair of that record is as good.
    """
    rank = found.rank if step.of_several == "best" else np.zeros(len(found.left))
    stands = np.ones(len(found.left), dtype=np.bool_)
    if step.unique in ("left", "both"):  # one left record for each right one
        stands &= _alone_best(found.right, rank)
    if step.unique in ("right", "both"):
        stands &= _alone_best(found.left, rank)
    return stands


def _alone_best(side: NDArray[np.int32], rank: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Says which pairs are better than every other of their record on one side."""
    records = int(side.max(initial=-1)) + 1
    best = np.full(records, -np.inf)
    np.maximum.at(best, side, rank)
    is_best: NDArray[np.bool_] = rank == best[side]
    is_best &= np.bincount(side[is_best], minlength=records)[side] == 1
    return is_best


def _formed(file: pl.DataFrame, plan: Cascade) -> pl.DataFrame:
    """Gives a file's columns, those with a form in it; invalid values are missing."""
    forms = {each.column: each.form for each in plan.columns}
    return file.select(
        in_form(file[name], forms.get(name, "")).alias(name) for name in names_of(plan)
    )


def _dictionaries(left: pl.DataFrame, right: pl.DataFrame, plan: Cascade) -> dict[str, Dictionary]:
    """Makes the dictionary of each column that steps compare, in comparable form."""
    found = {}
    for each in plan.columns:
        sides = (left[each.column], right[each.column])
        if not each.form:
            sides = tuple(in_comparable_form(side, each.kind) for side in sides)
        found[each.column] = dictionary_of(*sides)
    return found


def _agreeing(
    step: CascadeStep,
    plan: Cascade,
    dictionaries: Mapping[str, Dictionary],
    is_open: tuple[NDArray[np.bool_], NDArray[np.bool_]],
) -> Found:
    """Finds the open pairs that agree on all columns, and reach a level in the others."""
    both = {**dictionaries, _OPEN: _of_open(is_open)}
    # Where a value must single records out and nothing else is asked, no pair need be made to see
    # that it does not, so a common value costs nothing.
    is_exact = not step.reach and step.unique != "no"
    limit = _NO_LIMIT if is_exact else plan.largest_block
    (block,) = blocks_of([(*step.agree, _OPEN)], both, limit, itself=False)
    made = candidates([_singled_out(block, step) if is_exact else block], itself=False)
    kept = [_reaching(part.left, part.right, step, plan, dictionaries) for part in made]
    none = np.empty(0, dtype=np.int32)
    left, right, rank = (
        np.concatenate([first, *(part[at] for part in kept)])
        for at, first in enumerate((none, none, np.empty(0)))
    )
    found = block.pairs if is_exact else len(left)
    return Found(left, right, rank, block.pairs, found, block.largest, block.left_out)


def _of_open(is_open: tuple[NDArray[np.bool_], NDArray[np.bool_]]) -> Dictionary:
    """Makes the column that open records have, and no others."""
    left, right = (np.where(side, 0, MISSING).astype(np.int32) for side in is_open)
    counts = np.array([sum(int(side.sum()) for side in is_open)])
    return Dictionary(pl.Series([""]), left, right, counts)


def _singled_out(block: Blocks, step: CascadeStep) -> Blocks:
    """Leaves the blocks that have one record on each side that a step asks for."""
    on_left = np.diff(block.start)
    on_right = np.bincount(block.key[block.key >= 0], minlength=len(on_left))
    is_one = np.ones(len(on_left), dtype=np.bool_)
    if step.unique in ("left", "both"):
        is_one &= on_left == 1
    if step.unique in ("right", "both"):
        is_one &= on_right == 1
    stays = np.append(is_one, np.False_)[block.key]  # -1, no block, is the last
    return replace(block, key=np.where(stays, block.key, np.int32(MISSING)))


def _reaching(
    left: NDArray[np.int32],
    right: NDArray[np.int32],
    step: CascadeStep,
    plan: Cascade,
    dictionaries: Mapping[str, Dictionary],
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float64]]:
    """Keeps the pairs that reach a level in every column, with their rank by levels, in order."""
    kinds = {each.column: each.kind for each in plan.columns}
    rank = np.zeros(len(left))
    for each in step.reach:
        levels = tuple(parse_level(level, kinds[each.column]) for level in each.levels)
        compared = Compared(each.column, dictionaries[each.column], levels, term_frequency=False)
        digits = compared.digits(left, right, itself=False)
        keep = digits > _ELSE
        left, right = left[keep], right[keep]
        rank = rank[keep] * compared.radix + digits[keep]
    return left, right, rank


def _weighed(
    step: CascadeStep,
    files: tuple[pl.DataFrame, ...],
    is_open: tuple[NDArray[np.bool_], NDArray[np.bool_]],
    seed: int,
) -> Found:
    """Matches what is open by the step's own plan."""
    none = np.empty(0, dtype=np.int32)
    if step.match is None or not all(side.any() for side in is_open):
        return Found(none, none, np.empty(0), 0, 0)
    at = tuple(np.flatnonzero(side) for side in is_open)
    rest = [file.filter(side) for file, side in zip(files, is_open, strict=True)]
    matched = match(rest[0], rest[1], step.match, seed=seed)
    of_files = matched.pairs.with_columns(
        pl.Series(name, positions[matched.pairs[name].to_numpy()], dtype=pl.UInt32)
        for name, positions in zip(("left", "right"), at, strict=True)
    )
    links = of_files.filter(pl.col("decision") == "link")
    left, right = (links[name].cast(pl.Int32).to_numpy() for name in ("left", "right"))
    return Found(
        left,
        right,
        links["match_weight"].to_numpy(),
        int(matched.summary["pairs"]),
        links.height,
        int(matched.blocks["largest_block"].max() or 0),  # type: ignore[call-overload]
        int(matched.blocks["left_out"].sum()),
        replace(matched, pairs=of_files),
    )


_NO_LEVELS: Final = pl.DataFrame(
    schema={
        "comparison": pl.String,
        "level": pl.String,
        "m": pl.Float64,
        "u": pl.Float64,
        "weight": pl.Float64,
    }
)


def _named(step: str, levels: pl.DataFrame) -> pl.DataFrame:
    """Says of each level of which step it is."""
    return levels.with_columns(pl.format("{}: {}", pl.lit(step), "comparison").alias("comparison"))


def _as_pairs(step: CascadeStep, found: Found, stands: NDArray[np.bool_]) -> pl.DataFrame:
    """Writes a step's links, and its pairs for review, as rows of `Matched.pairs` with a status."""
    nothing = pl.lit(None, dtype=pl.Float64)
    if found.weighed is None:
        rows = pl.DataFrame({"left": found.left[stands], "right": found.right[stands]}).select(
            pl.col("left", "right").cast(pl.UInt32),
            nothing.alias("match_weight"),
            nothing.alias("match_probability"),
            pl.lit("link").alias("decision"),
        )
    else:
        is_link = found.weighed.pairs["decision"] == "link"
        stay = ~is_link
        stay[np.flatnonzero(is_link.to_numpy())] = pl.Series(stands)
        rows = found.weighed.pairs.filter(stay).drop("rule")
    code = pl.when(pl.col("decision") == "link").then(pl.lit(step.status, dtype=pl.String))
    return rows.select(
        "left",
        "right",
        "match_weight",
        "match_probability",
        pl.lit(step.name).alias("rule"),
        "decision",
        code.alias("status"),
    )


def _without_overtaken(
    pairs: pl.DataFrame, is_open: tuple[NDArray[np.bool_], NDArray[np.bool_]], plan: Cascade
) -> pl.DataFrame:
    """Drops pairs for review of records that were linked after all."""
    open_left, open_right = (pl.Series(side) for side in is_open)
    stays = (pairs["decision"] == "link") | (
        open_right.gather(pairs["right"]) & (open_left.gather(pairs["left"]) | (not plan.one_to_one))
    )
    return pairs.filter(stays)


def _row(step: CascadeStep, found: Found, linked: int) -> dict[str, str | int]:
    return {
        "rule": step.name,
        "pairs": found.pairs,
        "linked": linked,
        "not_unique": found.found - linked,
        "largest_block": found.largest,
        "left_out": found.left_out,
    }
