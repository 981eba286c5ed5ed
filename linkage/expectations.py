"""Expectations: what a match says of its own quality, where nobody knows the truth.

All of it holds only as far as the model does: see `linkage.calibration`, which holds predicted
probabilities against the truth where there is one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from linkage.decide import LINKED
from linkage.intervals import Z_95
from linkage.proportions import share_columns
from linkage.weights import probability

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from linkage.resolution import Resolution
    from linkage.weighed import Weighed


@dataclass(frozen=True)
class Expected:
    """A share that the model expects.

    Attributes:
        value: The share; not a number where there is nothing to divide by.
        count: The numerator, an expected number of pairs.
        out_of: The denominator, a number of pairs, expected or counted.
        low: Lower end of the 95 % range of chance if every probability is right and pairs have
            nothing to do with each other.
        high: Upper end.
    """

    value: float
    count: float
    out_of: float
    low: float
    high: float


@dataclass(frozen=True)
class Expectations:
    """What a match expects of itself.

    Attributes:
        precision: Links that are right, out of links. The probability of a pair says nothing of
            its rivals, so that one-to-one links are right more often than this.
        recall_compared: Matches linked, out of those expected among all pairs that were compared;
            where each record is linked once, out of those expected among pairs that stand when
            they are taken best first at no threshold, as a record's other pairs are then no match.
        recall: Matches linked, out of those that the prior expects among all pairs of records. The
            prior rests on the share of matches that the plan's deterministic rules are taken to
            find, and the range takes it as known.
        unlinkable: `side`, `threshold` (bits), `records` (Int64), `out_of` (Int64, records of the
            side), `share`, `share_low`, `share_high` (Float64): records that weigh less than the
            threshold even when compared with themselves, so that they can be linked to nobody.
    """

    precision: Expected
    recall_compared: Expected
    recall: Expected
    unlinkable: pl.DataFrame = field(repr=False)


def expectations(
    weighed: Weighed, resolution: Resolution, thresholds: NDArray[np.float64]
) -> Expectations:
    """Says what a match expects of itself.

    Args:
        weighed: The match.
        resolution: Its pairs in order, from `linkage.resolution.resolve`.
        thresholds: Match weights at which records that cannot be linked are counted.

    Returns:
        The expectations.
    """
    chance = probability(weighed.bits)
    is_link = weighed.fate == LINKED
    spread = chance * (1 - chance)
    links = int(is_link.sum())
    linked, linked_spread = float(chance[is_link].sum()), float(spread[is_link].sum())
    others, others_spread = (0.0, 0.0)
    rivals = np.flatnonzero(~is_link)
    if resolution.standing is None:
        others, others_spread = _of_light_pairs(weighed)
    else:
        rivals = resolution.standing[~is_link[resolution.standing]]
    others += float(chance[rivals].sum())
    others_spread += float(spread[rivals].sum())
    every = weighed.weights.prior * _possible(weighed)
    # The error of linked / (linked + others), to first order in either.
    both = max(linked + others, 1e-12) ** 2
    error = np.sqrt(others**2 * linked_spread + linked**2 * others_spread) / both
    return Expectations(
        _expected(linked, links, np.sqrt(linked_spread) / max(links, 1)),
        _expected(linked, linked + others, float(error)),
        _expected(linked, every, np.sqrt(linked_spread) / max(every, 1e-12)),
        _unlinkable(weighed, thresholds),
    )


def _expected(count: float, out_of: float, error: float) -> Expected:
    value = count / out_of if out_of > 0 else float("nan")
    if out_of <= 0:
        return Expected(value, count, out_of, 0.0, 1.0)
    value = min(value, 1.0)
    low, high = max(value - Z_95 * error, 0.0), min(value + Z_95 * error, 1.0)
    return Expected(value, count, out_of, float(low), float(high))


def _possible(weighed: Weighed) -> float:
    left, right = weighed.sizes
    return left * (left - 1) / 2 if weighed.itself else float(left) * right


def _of_light_pairs(weighed: Weighed) -> tuple[float, float]:
    """Sums the probabilities, and their spread, of pairs that were compared and let go."""
    every = weighed.counts.group_by("pattern").agg(pl.col("pairs").cast(pl.Int64).sum())
    every = every.sort("pattern")
    kept = pl.DataFrame({"pattern": weighed.pattern}).group_by("pattern").len("kept")
    rest = every.join(kept, on="pattern", how="left").sort("pattern").fill_null(0)
    let_go = (rest["pairs"] - rest["kept"].cast(pl.Int64)).to_numpy()
    pattern = rest["pattern"].cast(pl.Int64).to_numpy()
    bits = weighed.weights.bits(weighed.comparisons, pattern)
    # What rare values add is not known of them: all of them weigh less than the least.
    chance = probability(np.minimum(bits, weighed.least))
    # Sums, and not products of vectors, whose libraries round otherwise at other thread counts.
    return float((let_go * chance).sum()), float((let_go * chance * (1 - chance)).sum())


def _unlinkable(weighed: Weighed, thresholds: NDArray[np.float64]) -> pl.DataFrame:
    """Counts records of each side that weigh less than thresholds when compared with themselves."""
    tables = []
    for side in ("left",) if weighed.itself else ("left", "right"):
        own = np.sort(weighed.own_bits(side))
        records = np.searchsorted(own, thresholds, side="left")
        table = {
            "side": pl.Series([side] * len(thresholds), dtype=pl.String),
            "threshold": thresholds,
            "records": records,
            "out_of": np.full(len(thresholds), len(own)),
            **share_columns("share", records, len(own)),
        }
        tables.append(pl.DataFrame(table))
    return pl.concat(tables)
