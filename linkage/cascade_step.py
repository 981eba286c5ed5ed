"""A step of a cascade: the pairs of open records that it finds, and which of them stand alone.

Records agree by equal codes, and pairs are made block by block; or a plan of the step's own weighs
pairs of what is left.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from linkage.blocking import blocks_of, candidates
from linkage.compare import Compared, Comparer
from linkage.dictionary import MISSING, Dictionary
from linkage.levels import parse_level
from linkage.matcher import match

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from linkage.blocking import Blocks, Candidates
    from linkage.cascade_plan import Cascade, CascadeStep
    from linkage.match_plan import MatchPlan

    Open = tuple[NDArray[np.bool_], NDArray[np.bool_]]
    """Which left and which right records no step linked."""

    Ranked = tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float64]]
    """Left and right positions, and rank, of pairs."""

_OPEN: Final = "\0open"
"""A column that only open records have; no plan can name it."""

_NO_LIMIT: Final = 2**31
_ELSE: Final = 1  # the digit of a pair that reaches no level; 0 is that of a missing value


@dataclass(frozen=True)
class Found:
    """Pairs that a step found, before it is asked which stand alone.

    Attributes:
        left: Positions of left records, int32, shape (pairs,).
        right: Of right records, int32.
        rank: How good each pair is among those of its records, float64; only the order counts.
        weight: Match weights, float64, bits; NaN where nothing is weighed.
        probability: Match probabilities, float64; NaN likewise.
        pairs: Pairs that were tried.
        found: Pairs that were found; more than are listed, where a record that is not singled out
            needs no pairs to say so.
        largest: Pairs of the largest block.
        left_out: Pairs of values that were too common to compare.
        review: Pairs for review: `left`, `right`, `match_weight`, `match_probability`, `decision`.
        levels: Of a plan: its levels, as in `Matched.levels`.
    """

    left: NDArray[np.int32] = field(repr=False)
    right: NDArray[np.int32] = field(repr=False)
    rank: NDArray[np.float64] = field(repr=False)
    weight: NDArray[np.float64] = field(repr=False)
    probability: NDArray[np.float64] = field(repr=False)
    pairs: int = 0
    found: int = 0
    largest: int = 0
    left_out: int = 0
    review: pl.DataFrame | None = field(default=None, repr=False)
    levels: pl.DataFrame | None = field(default=None, repr=False)


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


def agreeing(
    step: CascadeStep, plan: Cascade, dictionaries: Mapping[str, Dictionary], is_open: Open
) -> Found:
    """Finds the open pairs that agree on all columns, and reach a level in the others.

    Args:
        step: A step without a plan of its own.
        plan: The cascade.
        dictionaries: Dictionary of each column.
        is_open: Which records are tried.

    Raises:
        ValueError: If a level or part does not fit its column.
    """
    # Where a value must single records out and nothing else is asked, no pairs are needed to see
    # that it does not, so that a common value costs nothing.
    is_exact = not step.reach and step.unique != "no"
    limit = _NO_LIMIT if is_exact else plan.largest_block
    both = {**dictionaries, _OPEN: _of_open(is_open)}
    (block,) = blocks_of([(*step.agree, _OPEN)], both, limit, itself=False)
    made = candidates([_singled_out(block, step) if is_exact else block], itself=False)
    left, right, rank = _reaching(made, step, plan, dictionaries)
    unknown = np.full(len(left), np.nan)
    found = block.pairs if is_exact else len(left)
    return Found(
        left, right, rank, unknown, unknown, block.pairs, found, block.largest, block.left_out
    )


def weighed(
    plan: MatchPlan, files: tuple[pl.DataFrame, pl.DataFrame], is_open: Open, seed: int
) -> Found:
    """Matches the open records by a plan.

    Args:
        plan: The plan; of it, clusters mean nothing here.
        files: Both files.
        is_open: Which records are tried.
        seed: From which random pairs are drawn.

    Raises:
        ValueError: If a level or part does not fit its column, or the plan has too many.
    """
    if not all(side.any() for side in is_open):
        return Found(_NOBODY, _NOBODY, *(np.empty(0),) * 3)
    left, right = (file.filter(side) for file, side in zip(files, is_open, strict=True))
    matched = match(left, right, plan, seed=seed)
    ours, theirs = (np.flatnonzero(side) for side in is_open)
    pairs = matched.pairs.with_columns(
        pl.Series("left", ours[matched.pairs["left"]], dtype=pl.UInt32),
        pl.Series("right", theirs[matched.pairs["right"]], dtype=pl.UInt32),
    )
    is_link = pairs["decision"] == "link"
    links = pairs.filter(is_link)
    weight = links["match_weight"].to_numpy()
    return Found(
        links["left"].cast(pl.Int32).to_numpy(),
        links["right"].cast(pl.Int32).to_numpy(),
        weight,
        weight,
        links["match_probability"].to_numpy(),
        int(matched.summary["pairs"]),
        links.height,
        max(matched.blocks["largest_block"], default=0),
        int(matched.blocks["left_out"].sum()),
        pairs.filter(~is_link),
        matched.levels,
    )


_NOBODY: Final = np.empty(0, dtype=np.int32)


def _alone_best(side: NDArray[np.int32], rank: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Says which pairs are better than every other of their record on one side."""
    records = int(side.max(initial=-1)) + 1
    best = np.full(records, -np.inf)
    np.maximum.at(best, side, rank)
    is_best: NDArray[np.bool_] = rank == best[side]
    is_best &= np.bincount(side[is_best], minlength=records)[side] == 1
    return is_best


def _of_open(is_open: Open) -> Dictionary:
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
    stays = np.append(is_one, np.False_)[block.key]  # -1, no block, leads to the last place
    return replace(block, key=np.where(stays, block.key, np.int32(MISSING)))


def _reaching(
    made: Iterator[Candidates],
    step: CascadeStep,
    plan: Cascade,
    dictionaries: Mapping[str, Dictionary],
) -> Ranked:
    """Keeps the pairs that reach a level in every column, ranked by their levels in order."""
    compared = _compared(step, plan, dictionaries)
    comparer = Comparer(compared, itself=False) if compared else None
    kept: list[Ranked] = [(_NOBODY, _NOBODY, np.empty(0))]
    for part in made:
        left, right = part.left, part.right
        rank = np.zeros(len(left))
        if comparer is not None:
            digits = comparer.digits(left, right)
            reached = (digits > _ELSE).all(axis=0)
            left, right = left[reached], right[reached]
            for each, digit in zip(compared, digits[:, reached], strict=True):
                rank = rank[: len(left)] * each.radix + digit
        kept.append((left, right, rank))
    left, right, rank = (np.concatenate(parts) for parts in zip(*kept, strict=True))
    return left, right, rank


def _compared(
    step: CascadeStep, plan: Cascade, dictionaries: Mapping[str, Dictionary]
) -> tuple[Compared, ...]:
    """Gives how the columns of a step are compared that need not be the same."""
    kinds = {each.column: each.kind for each in plan.columns}
    return tuple(
        Compared(
            each.column,
            dictionaries[each.column],
            tuple(parse_level(level, kinds[each.column]) for level in each.levels),
            term_frequency=False,
        )
        for each in step.reach
    )
