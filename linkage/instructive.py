"""Instructive pairs: a handful that shows where links begin and end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from linkage.matched import Matched

Part = Literal["typical link", "weakest link", "strongest not linked", "nearest to the threshold"]


class Instructive(NamedTuple):
    """A pair and what it is an example of.

    Attributes:
        part: What it shows.
        left: Position of its left record.
        right: Position of its right record.
    """

    part: Part
    left: int
    right: int


def instructive(matched: Matched) -> tuple[Instructive, ...]:
    """Picks pairs worth explaining, each once.

    They are the link of median weight, the weakest link, the strongest pair that is not linked, and
    of all others the one nearest to the threshold. Of pairs that weigh the same, the first in order
    of position is taken. Pairs without a weight are not picked.

    Returns:
        Up to four; none where no pair could be linked.
    """
    pairs = matched.pairs.filter(pl.col("match_weight").is_not_null())
    linked = pairs.filter(pl.col("decision") == "link").sort("match_weight", "left", "right")
    others = pairs.filter(pl.col("decision") != "link")
    if not others.height:  # none is for review: look among those that could have been linked
        others = could_be_linked(matched).filter(pl.col("decision") == "none")
    best_first = others.sort("match_weight", "left", "right", descending=[True, False, False])
    order: tuple[tuple[Part, pl.DataFrame], ...] = (
        ("typical link", linked.slice(linked.height // 2)),
        ("weakest link", linked),
        ("strongest not linked", best_first),
        ("nearest to the threshold", _by_nearness(matched, pl.concat(
            [each.select("left", "right", "match_weight") for each in (linked, others)]
        ))),
    )  # fmt: skip
    chosen: list[Instructive] = []
    for part, frame in order:
        taken = {(each.left, each.right) for each in chosen}
        for left, right in frame.select("left", "right").head(len(taken) + 1).iter_rows():
            if (left, right) not in taken:
                chosen.append(Instructive(part, left, right))
                break
    return tuple(chosen)


def could_be_linked(matched: Matched) -> pl.DataFrame:
    """Lists all pairs that were not let go as hopeless, with weight and decision.

    Returns:
        `left`, `right` (UInt32), `match_weight` (Float64, bits) and `decision` (`link`, `review` or
        `none`), in no stated order.
    """
    weighed = matched.weighed
    every = pl.DataFrame(
        {
            "left": weighed.left.astype(np.uint32),
            "right": weighed.right.astype(np.uint32),
            "match_weight": weighed.bits,
        }
    )
    decided = matched.pairs.select("left", "right", "decision")
    return every.join(decided, on=["left", "right"], how="left").with_columns(
        pl.col("decision").fill_null("none")
    )


def _by_nearness(matched: Matched, pairs: pl.DataFrame) -> pl.DataFrame:
    at = matched.weighed.threshold
    if not np.isfinite(at):
        return pairs.clear()
    distance = (pl.col("match_weight") - at).abs()
    return pairs.sort(distance, "left", "right")
