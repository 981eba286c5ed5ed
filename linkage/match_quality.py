"""Quality of a match: what can be said without the truth, and beside it what the truth says."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from linkage.against_truth import AgainstTruth, against_truth
from linkage.clerical import ReviewDesign, review_design
from linkage.curves import thresholds_of
from linkage.decide import LINKED
from linkage.expectations import Expectations, expectations
from linkage.record_groups import linked_against_unlinked
from linkage.resolution import resolve
from linkage.weights import probability

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl
    from numpy.typing import NDArray

    from linkage.known import Known
    from linkage.record_groups import RecordGroups
    from linkage.weighed import Weighed

MARGIN: Final = 0.01
"""Half the width of the ranges for which a clerical review is laid out; our choice."""


@dataclass(frozen=True)
class MatchQuality:
    """The quality of a match.

    Attributes:
        expected: What the match expects of itself, and records that can be linked to nobody.
        review: How many pairs of which weight to review to know precision and recall.
        balance: Linked against unlinked records by group
            (`linkage.record_groups.linked_against_unlinked`).
        truth: What the truth says; null where nobody knows it.
        threshold: Match weight from which a pair may be linked, in bits.
    """

    expected: Expectations
    review: ReviewDesign = field(repr=False)
    balance: pl.DataFrame = field(repr=False)
    truth: AgainstTruth | None
    threshold: float


def match_quality(
    weighed: Weighed,
    known: Known | None = None,
    groupings: Sequence[RecordGroups] = (),
    *,
    hide_small: bool = False,
    margin: float = MARGIN,
) -> MatchQuality:
    """Says how good a match is.

    Args:
        weighed: The match, as `linkage.matcher.match` gives it.
        known: The true pairs; null where nobody knows them. A record without one is taken to have
            none.
        groupings: Groups of records, for whom it is judged apart.
        hide_small: Whether small counts by group are hidden, as for supplied files.
        margin: Half the width that a clerical review is to leave the ranges of precision and
            recall.

    Returns:
        All that is found.
    """
    chance = probability(weighed.bits)
    thresholds = thresholds_of(weighed.bits, weighed.least, [weighed.threshold])
    resolution = resolve(weighed)
    truth = None
    if known is not None:
        truth = against_truth(weighed, resolution, known, groupings, hide_small=hide_small)
    return MatchQuality(
        expectations(weighed, resolution, thresholds),
        review_design(weighed.bits, chance, weighed.fate == LINKED, margin),
        linked_against_unlinked(groupings, linked_records(weighed), hide_small=hide_small),
        truth,
        weighed.threshold,
    )


def linked_records(weighed: Weighed) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Says which left and which right records are linked: two bool arrays, shape (records,)."""
    at = weighed.fate == LINKED
    left, right = (np.zeros(size, dtype=np.bool_) for size in weighed.sizes)
    left[weighed.left[at]] = True
    right[weighed.right[at]] = True
    return (left | right, left | right) if weighed.itself else (left, right)
