"""Soundness of learnt weights: what of m and u rests on little, or came out oddly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple

import numpy as np
import polars as pl

from linkage.compare import digits_of
from linkage.weights import probability

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linkage.matched import Matched

FEW_MATCHES: Final = 20.0
"""Expected matches with a level below which its m is said to rest on few; our choice."""
_NEAR_FLOOR: Final = 1.2  # u is freed of matches and scaled after half a pair is put in
_HALF_A_PAIR: Final = 0.5
_COUNTED: Final = "exact"  # a level whose u is counted over all pairs, not drawn


class Doubt(NamedTuple):
    """Something that a person should look at before trusting the weights.

    Attributes:
        kind: `not_at_rest` (EM stopped before it came to rest), `too_few` (rules from which
            nothing was learnt, having too few pairs or fixing all columns), `order` (a level weighs
            more than a better one), `few` (m of a level rests on few expected matches), `unseen`
            (no random pair had the level, so that u is at its floor) or `not_learnt` (all rules fix
            the column, so that its m is set).
        comparison: The column; empty for the whole.
        level: The level; empty for the column or the whole.
        value: Rules for `not_at_rest` and `too_few`; bits by which it is out of order; expected
            matches for `few`; the u for `unseen`; 0 otherwise.
    """

    kind: Literal["not_at_rest", "too_few", "order", "few", "unseen", "not_learnt"]
    comparison: str
    level: str
    value: float


def expected_matches(matched: Matched) -> pl.DataFrame:
    """Counts, level by level, the matches that the model expects among the compared pairs.

    Returns:
        `comparison`, `level` (String), `pairs` (Int64, compared pairs with that level) and
        `matches` (Float64, the sum of their probabilities, without what rare values add).
    """
    weighed = matched.weighed
    counts = weighed.counts
    pattern, pairs = (counts[name].cast(pl.Int64).to_numpy() for name in ("pattern", "pairs"))
    matches = pairs * probability(weighed.weights.bits(weighed.comparisons, pattern))
    digits = digits_of(weighed.comparisons, pattern)
    found = [
        pl.DataFrame(
            {
                "comparison": [each.column] * each.radix,
                "level": each.names,
                "pairs": np.bincount(digit, pairs, each.radix).astype(np.int64),
                "matches": np.bincount(digit, matches, each.radix),
            }
        )
        for each, digit in zip(weighed.comparisons, digits.T, strict=True)
    ]
    return pl.concat(found)


def doubts(matched: Matched, *, labelled: bool) -> tuple[Doubt, ...]:
    """Lists what of the weights rests on little, or came out oddly; empty where nothing did.

    Args:
        matched: What matching yielded.
        labelled: Whether m was learnt from pairs that are known to match, and not by EM.
    """
    return (*(() if labelled else _of_learning(matched)), *_of_levels(matched))


def _of_learning(matched: Matched) -> Iterator[Doubt]:
    weighed = matched.weighed
    rested, rules = weighed.weights.converged, weighed.plan.blocking
    if not all(rested):
        yield Doubt("not_at_rest", "", "", float(len(rested) - sum(rested)))
    if len(rested) < len(rules):
        yield Doubt("too_few", "", "", float(len(rules) - len(rested)))
    for each in weighed.comparisons:
        if all(each.column in {name.partition(":")[0] for name in rule} for rule in rules):
            yield Doubt("not_learnt", each.column, "", 0.0)


def _of_levels(matched: Matched) -> Iterator[Doubt]:
    matches = {
        (row["comparison"], row["level"]): row["matches"]
        for row in expected_matches(matched).iter_rows(named=True)
    }
    floor = _NEAR_FLOOR * _HALF_A_PAIR / max(drawn(matched), 1)
    before: tuple[str, float] = ("", 0.0)
    for name, level, u, weight in matched.levels.select(
        "comparison", "level", "u", "weight"
    ).iter_rows():
        if name == before[0] and weight > before[1]:
            yield Doubt("order", name, level, weight - before[1])
        before = (name, weight)
        held = matches.get((name, level), 0.0)
        if held < FEW_MATCHES:
            yield Doubt("few", name, level, held)
        if u <= floor and level != _COUNTED:
            yield Doubt("unseen", name, level, u)


def drawn(matched: Matched) -> int:
    """Returns how many random pairs u was learnt from, at most."""
    left = int(matched.summary["left_records"])
    right = left if matched.weighed.itself else int(matched.summary["right_records"])
    return min(matched.weighed.plan.random_pairs, left * right)
