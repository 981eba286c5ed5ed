"""Quality of a cascade: how good its links are, by step, by pairs known to be true."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from linkage.against_truth import accuracy_of
from linkage.record_groups import PairsJudged, linked_against_unlinked, shares_by_group

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from linkage.against_truth import Accuracy
    from linkage.known import Known
    from linkage.record_groups import RecordGroups
    from linkage.stepped import Stepped

NOT_LINKED: Final = "the right record is linked to none"
LINKED_ELSEWHERE: Final = "the right record is linked to another"


@dataclass(frozen=True)
class StepTruth:
    """What the truth says of a cascade's links.

    Attributes:
        links: Of all links.
        by_step: Of the links of each step, in order; recall is out of all true pairs, so that the
            steps' true pairs add up to those of all links.
        by_group: Missed share and precision by group (`linkage.record_groups.shares_by_group`).
        errors: `error` (String, `missed` or `false`), `left`, `right` (UInt32, positions),
            `match_weight` (Float64), `stage` and `reason` (String): for a false match the step, for
            a missed one whether its right record is linked to another or to none.
    """

    links: Accuracy
    by_step: tuple[tuple[str, Accuracy], ...]
    by_group: pl.DataFrame = field(repr=False)
    errors: pl.DataFrame = field(repr=False)


@dataclass(frozen=True)
class StepQuality:
    """The quality of a cascade's links.

    Attributes:
        balance: Linked against unlinked records by group.
        truth: What the truth says; null where nobody knows it.
    """

    balance: pl.DataFrame = field(repr=False)
    truth: StepTruth | None


def step_quality(
    stepped: Stepped,
    known: Known | None = None,
    groupings: Sequence[RecordGroups] = (),
    *,
    hide_small: bool = False,
) -> StepQuality:
    """Says how good the links of a cascade are.

    Args:
        stepped: What the cascade found.
        known: The true pairs; null where nobody knows them. A record without one is taken to have
            none.
        groupings: Groups of records, for whom it is judged apart.
        hide_small: Whether small counts by group are hidden, as for supplied files.
    """
    links = stepped.pairs.filter(pl.col("decision") == "link")
    linked = tuple(
        np.zeros(int(stepped.summary[f"{side}_records"]), dtype=np.bool_)
        for side in ("left", "right")
    )
    left, right = (links[side].cast(pl.Int32).to_numpy() for side in ("left", "right"))
    linked[0][left] = True
    linked[1][right] = True
    balance = linked_against_unlinked(groupings, (linked[0], linked[1]), hide_small=hide_small)
    if known is None:
        return StepQuality(balance, None)
    place = known.place_of(left, right, len(linked[1]))
    people = known.people((len(linked[0]), len(linked[1])), itself=False)
    of_steps = []
    for name in stepped.steps["rule"]:
        at = (links["rule"] == name).to_numpy()
        of_steps.append((name, accuracy_of(right[at], place[at], people, known)))
    is_missed = np.ones(len(known), dtype=np.bool_)
    is_missed[place[place >= 0]] = False
    judged = (
        PairsJudged("missed", known.left, known.right, is_missed, people[known.right]),
        PairsJudged("precision", left, right, place >= 0, people[right]),
    )
    return StepQuality(
        balance,
        StepTruth(
            accuracy_of(right, place, people, known),
            tuple(of_steps),
            shares_by_group(groupings, judged, hide_small=hide_small),
            _errors(links, place, known, is_missed, linked[1]),
        ),
    )


def _errors(
    links: pl.DataFrame,
    place: NDArray[np.int64],
    known: Known,
    is_missed: NDArray[np.bool_],
    is_linked: NDArray[np.bool_],
) -> pl.DataFrame:
    """Lists missed and false matches, missed ones first, each in order of position."""
    false = links.filter(place < 0).select(
        pl.lit("false").alias("error"),
        "left",
        "right",
        "match_weight",
        pl.lit("linked").alias("stage"),
        pl.col("rule").alias("reason"),
    )
    right = known.right[is_missed]
    elsewhere = pl.Series(is_linked[right])
    missed = pl.DataFrame({"left": known.left[is_missed], "right": right}).select(
        pl.lit("missed").alias("error"),
        pl.col("left", "right").cast(pl.UInt32),
        pl.lit(None, dtype=pl.Float64).alias("match_weight"),
        pl.lit("not linked").alias("stage"),
        pl.when(elsewhere)
        .then(pl.lit(LINKED_ELSEWHERE))
        .otherwise(pl.lit(NOT_LINKED))
        .alias("reason"),
    )
    return pl.concat([missed.sort("left", "right"), false.sort("left", "right")])
