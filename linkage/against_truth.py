"""A match against the truth: how good it is, judged by pairs known to be true.

Scoring lets pairs go that cannot be linked. What is said here of thresholds holds from
`AgainstTruth.least` up, where every candidate is seen, and nothing is said below it. Expectations,
which need no truth, are in `linkage.expectations`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from linkage import reasons
from linkage.calibration import Calibration, calibration
from linkage.curves import recall_at_precision, threshold_curve, thresholds_of
from linkage.decide import LINKED, ONE_TO_ONE
from linkage.losses import BLOCKING, LARGE_BLOCK, ends_of, is_lost, losses_table
from linkage.proportions import Proportion, proportion
from linkage.record_groups import PairsJudged, shares_by_group
from linkage.weights import probability

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl
    from numpy.typing import NDArray

    from linkage.known import Known
    from linkage.losses import Ends
    from linkage.reasons import Wrong
    from linkage.record_groups import RecordGroups
    from linkage.resolution import Resolution
    from linkage.weighed import Weighed


@dataclass(frozen=True)
class Accuracy:
    """How good some links are. Ranges are of pairs that cluster by person.

    Attributes:
        precision: Right links, out of links; `precision.rest` is false matches.
        recall: True pairs linked, out of true pairs; `recall.rest` is missed matches.
        f: Twice the right links, out of links and true pairs together: value, low, high.
    """

    precision: Proportion
    recall: Proportion
    f: tuple[float | None, float, float]


@dataclass(frozen=True)
class Curves:
    """Precision and recall by threshold.

    Attributes:
        curve: A row a match weight, as `linkage.curves.threshold_curve` gives it.
        at_precision: A row a precision, as `linkage.curves.recall_at_precision` gives it.
    """

    curve: pl.DataFrame = field(repr=False)
    at_precision: pl.DataFrame = field(repr=False)


@dataclass(frozen=True)
class AgainstTruth:
    """A match held against the truth.

    Attributes:
        true_pairs: True pairs.
        before: Of pairs that reach the threshold and the gap, before each record is linked once.
        after: Of the links.
        lost: True pairs lost by blocking (no rule made them, or the block was left out), out of
            true pairs; they are apart from those lost by decision.
        losses: True pairs by the stage at which they ended (`linkage.losses.losses_table`).
        unresolved: Curves of all pairs.
        resolved: Curves of pairs taken best first, each record once; null where the plan links a
            record as often as it may. (`linkage.resolution`).
        calibration: Predicted probabilities beside shares of true pairs, before resolution.
        by_group: Missed share and precision by group (`linkage.record_groups.shares_by_group`).
        missed: Missed matches with their reasons.
        false: False matches with their reasons.
        least: Match weight from which every candidate is seen.
    """

    true_pairs: int
    before: Accuracy
    after: Accuracy
    lost: Proportion
    losses: pl.DataFrame = field(repr=False)
    unresolved: Curves = field(repr=False)
    resolved: Curves | None = field(repr=False)
    calibration: Calibration
    by_group: pl.DataFrame = field(repr=False)
    missed: Wrong = field(repr=False)
    false: Wrong = field(repr=False)
    least: float


def against_truth(
    weighed: Weighed,
    resolution: Resolution,
    known: Known,
    groupings: Sequence[RecordGroups] = (),
    *,
    hide_small: bool = False,
) -> AgainstTruth:
    """Judges a match by pairs known to be true.

    Args:
        weighed: The match, as `linkage.matcher.match` gives it.
        resolution: Its pairs in order, from `linkage.resolution.resolve`.
        known: The true pairs. A record without one is taken to have none.
        groupings: Groups of records, for whom it is judged apart.
        hide_small: Whether small counts by group are hidden, as for supplied files.

    Returns:
        All that is found.
    """
    place = known.place_of(weighed.left, weighed.right, weighed.sizes[1])
    people = known.people(weighed.sizes, itself=weighed.itself)
    ends = ends_of(known, weighed, place)
    is_true, of_true = place >= 0, people[known.right]
    after = weighed.fate == LINKED
    blocking = (ends.stage == BLOCKING) | (ends.stage == LARGE_BLOCK)
    unresolved, resolved = _curves(weighed, resolution, is_true, len(known))
    return AgainstTruth(
        len(known),
        _accuracy(after | (weighed.fate == ONE_TO_ONE), weighed, place, people, known),
        _accuracy(after, weighed, place, people, known),
        proportion(blocking, of_true),
        losses_table(ends, weighed.threshold, of_true),
        unresolved,
        resolved,
        calibration(probability(weighed.bits), is_true, people[weighed.right]),
        shares_by_group(
            groupings, _judged(weighed, known, ends, is_true, people), hide_small=hide_small
        ),
        reasons.missed_matches(known, weighed, ends),
        reasons.false_matches(known, weighed, place),
        weighed.least,
    )


def _accuracy(
    chosen: NDArray[np.bool_],
    weighed: Weighed,
    place: NDArray[np.int64],
    people: NDArray[np.int64],
    known: Known,
) -> Accuracy:
    return accuracy_of(weighed.right[chosen], place[chosen], people, known)


def accuracy_of(
    right: NDArray[np.int32], place: NDArray[np.int64], people: NDArray[np.int64], known: Known
) -> Accuracy:
    """Says how good some links are.

    Args:
        right: Positions of their right records, int32, shape (links,).
        place: Their places among the true pairs, int64, -1 for none (`Known.place_of`).
        people: The person of each right record (`Known.people`).
        known: The true pairs.
    """
    is_right = place >= 0
    found = np.zeros(len(known), dtype=np.bool_)
    found[place[is_right]] = True
    of_true, of_links = people[known.right], people[right]
    # F is 2J / (1 + J) of J, the share of right links among pairs that are linked or true.
    either = np.concatenate([found, np.zeros(int((~is_right).sum()), dtype=np.bool_)])
    shared = proportion(either, np.concatenate([of_true, of_links[~is_right]]))
    value = None if shared.value is None else _f(shared.value)
    return Accuracy(
        proportion(is_right, of_links),
        proportion(found, of_true),
        (value, _f(shared.low), _f(shared.high)),
    )


def _f(shared: float) -> float:
    return 2 * shared / (1 + shared)


def _curves(
    weighed: Weighed, resolution: Resolution, is_true: NDArray[np.bool_], true_pairs: int
) -> tuple[Curves, Curves | None]:
    """Gives the curves of all pairs, and of those that stand when each record is linked once."""
    thresholds = thresholds_of(weighed.bits, weighed.least, [weighed.threshold])

    def curves(at: NDArray[np.int64]) -> Curves:
        given = (weighed.bits[at], is_true[at], true_pairs)
        return Curves(threshold_curve(*given, thresholds), recall_at_precision(*given))

    every, standing = resolution
    return curves(every), None if standing is None else curves(standing)


def _judged(
    weighed: Weighed,
    known: Known,
    ends: Ends,
    is_true: NDArray[np.bool_],
    people: NDArray[np.int64],
) -> tuple[PairsJudged, PairsJudged]:
    at = np.flatnonzero(weighed.fate == LINKED)
    left, right = weighed.left[at], weighed.right[at]
    return (
        PairsJudged("missed", known.left, known.right, is_lost(ends), people[known.right]),
        PairsJudged("precision", left, right, is_true[at], people[right]),
    )
