"""Losses: the stage at which each true pair was found or lost."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from linkage.decide import FATES, LINKED, THRESHOLD
from linkage.parts import of_records, part_codes
from linkage.proportions import proportion

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from linkage.known import Known
    from linkage.weighed import Weighed

STAGES: Final = (*FATES, "large_block", "blocking")
"""Where a true pair ended, by its code: the fates of a pair that was compared (see
`linkage.decide.FATES`); in blocks that were left out, being too large; in no block together."""

LARGE_BLOCK, BLOCKING = len(FATES), len(FATES) + 1


@dataclass(frozen=True)
class Ends:
    """Where each true pair ended.

    Attributes:
        stage: int8, shape (true pairs,), as in STAGES.
        pattern: Pattern of agreement, int32, also of pairs that were not compared.
        bits: Match weight, float64; that which a pair would have if it was not compared.
    """

    stage: NDArray[np.int8] = field(repr=False)
    pattern: NDArray[np.int32] = field(repr=False)
    bits: NDArray[np.float64] = field(repr=False)


def ends_of(known: Known, weighed: Weighed, place: NDArray[np.int64]) -> Ends:
    """Follows every true pair to the stage at which it was found or lost.

    Args:
        known: The true pairs.
        weighed: The match.
        place: Of each weighed pair, its place among the true ones, from `Known.place_of`.

    Returns:
        Stage, pattern and weight of each true pair. What was compared and then let go as hopeless
        ended at the threshold.
    """
    size = len(known)
    stage = np.full(size, THRESHOLD, dtype=np.int8)
    pattern, bits = np.zeros(size, dtype=np.int32), np.zeros(size)
    is_there = np.zeros(size, dtype=np.bool_)
    at = np.flatnonzero(place >= 0)
    true = place[at]
    stage[true], pattern[true], bits[true] = weighed.fate[at], weighed.pattern[at], weighed.bits[at]
    is_there[true] = True
    rest = np.flatnonzero(~is_there)
    left, right = known.left[rest], known.right[rest]
    pattern[rest], bits[rest] = weighed.weigh(left, right)
    outside = ~weighed.blocked(left, right)
    stage[rest[outside]] = BLOCKING
    agree = agree_on_a_rule(weighed, left[outside], right[outside])
    stage[rest[outside][agree]] = LARGE_BLOCK
    return Ends(stage, pattern, bits)


def agree_on_a_rule(
    weighed: Weighed, left: NDArray[np.int32], right: NDArray[np.int32]
) -> NDArray[np.bool_]:
    """Says which pairs agree on all of at least one blocking rule, however large the blocks are."""
    found = np.zeros(len(left), dtype=np.bool_)
    for rule in weighed.plan.blocking:
        found |= _agree(rule, weighed, left, right)
    return found


def _agree(
    rule: Sequence[str],
    weighed: Weighed,
    left: NDArray[np.int32],
    right: NDArray[np.int32],
) -> NDArray[np.bool_]:
    agree = np.ones(len(left), dtype=np.bool_)
    for column in rule:
        name, _, part = column.partition(":")
        values = weighed.dictionaries[name]
        sides = (values.left[left], (values.left if weighed.itself else values.right)[right])
        if part:
            codes = part_codes(values, part)
            sides = (of_records(codes, sides[0]), of_records(codes, sides[1]))
        agree &= (sides[0] == sides[1]) & (sides[0] >= 0)
    return agree


def losses_table(ends: Ends, threshold: float, clusters: NDArray[np.integer]) -> pl.DataFrame:
    """Counts true pairs by the stage at which they ended.

    Args:
        ends: From `ends_of`.
        threshold: Match weight from which a pair is linked.
        clusters: Person of each true pair, as small non-negative whole numbers.

    Returns:
        A row a stage of STAGES: `stage`, `pairs`, `out_of` (true pairs), `would_link` (Int64, of
        them, pairs that weigh the threshold or more), `value`, `low`, `high` (share of true pairs).
    """
    rows = []
    for code, name in enumerate(STAGES):
        here = ends.stage == code
        share = proportion(here, clusters)
        would = int((here & (ends.bits >= threshold)).sum())
        rows.append((name, share.count, share.out_of, would, share.value, share.low, share.high))
    schema: dict[str, type[pl.DataType]] = {"stage": pl.String, "pairs": pl.Int64}
    schema |= {"out_of": pl.Int64, "would_link": pl.Int64}
    schema |= {"value": pl.Float64, "low": pl.Float64, "high": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def is_lost(ends: Ends) -> NDArray[np.bool_]:
    """Says which true pairs are missed matches."""
    return np.asarray(ends.stage != LINKED)
