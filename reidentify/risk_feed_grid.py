"""Grids of attackers: the best one, and fixed windows beside their closed form. Reads the Truth.

The best attacker is chosen on trials of other nights and judged on the draws at hand, so that it is
not chosen for its luck.
"""

from __future__ import annotations

from dataclasses import replace
from math import sqrt
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from linkage.intervals import Interval, wilson
from reidentify.adversaries.event_patterns import GAPS, levels
from reidentify.adversaries.event_windows import (
    DISTANCES,
    REACH,
    TIMES,
    Window,
    closed_form,
    coincidence_rates,
)
from reidentify.risk_feed import mark, mark_pairs, score_as
from reidentify.risk_rows import RowMaker

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from reidentify.adversaries.event_pairs import Comparison
    from reidentify.risk_feed import Attempt, FeedScene
    from reidentify.risk_rows import RiskRow

LADDER = (
    Window("15 min", "same place", "any"),
    Window("15 min", "50 m", "any"),
    Window("1 h", "200 m", "any"),
    Window("3 h", "200 m", "any"),
    Window("6 h", "500 m", "any"),
    Window("24 h", "500 m", "any"),
    Window("24 h", "ward", "any"),
)
"""Windows from narrow to wide, each within the next: the share of wrong names as they widen."""

DEVIATIONS = 3.0
"""Standard errors beyond which more found under coarser rows is an inversion."""


class Inversion(NamedTuple):
    """An attacker who finds more people in a coarser feed.

    Attributes:
        label: The attacker, such as a window.
        finer: Share found in the finer feed.
        coarser: Share found in the coarser one.
        deviations: Their difference in standard errors.
    """

    label: str
    finer: float
    coarser: float
    deviations: float


def best_of_grid(
    trial: tuple[FeedScene, Mapping[str, Attempt]], here: tuple[FeedScene, Mapping[str, Attempt]]
) -> list[RiskRow]:
    """Takes the attacker who finds most people on a trial, and judges it on the draws at hand.

    Args:
        trial: What a trial's feed is about, and every attacker of the grid there, by label.
        here: The same of the draws at hand, with the same labels.

    Returns:
        `best_found` for all people and for quiet and busy places and hours, with
        `best_claims` and `best_precision`; none for an empty grid. Of equals, the first label.

    Raises:
        KeyError: If the chosen attacker is not among those at hand.
    """
    scene, attempts = trial
    if not attempts:
        return []
    tried = _found_by_label(scene, attempts)
    best = max(tried, key=lambda label: tried[label])
    renamed = {"found": "best_found", "claims": "best_claims", "precision": "best_precision"}
    rows = []
    for row in score_as(here[0], here[1][best], "all"):
        if row.measure in renamed:
            group = row.group.removeprefix("all,")
            maker = RowMaker(group, f"{row.method}; best on a trial of {len(tried)} attackers")
            rows.append(_renamed(row, renamed[row.measure], maker, best))
    return rows


def _found_by_label(scene: FeedScene, attempts: Mapping[str, Attempt]) -> dict[str, int]:
    """Counts the people that each attacker correctly names, all attackers at once."""
    claims = [
        attempt.claims.frame.select("row_id", "target_id", label=pl.lit(label))
        for label, attempt in attempts.items()
    ]
    targets = next(iter(attempts.values())).targets
    marked = mark_pairs(pl.concat(claims), targets, scene.owners)
    right = marked.filter("correct").group_by("label").agg(pl.col("person_id").n_unique())
    counts = dict(zip(right["label"].to_list(), right["person_id"].to_list(), strict=True))
    return {label: counts.get(label, 0) for label in attempts}


def inversions(
    finer: Mapping[str, tuple[int, int]], coarser: Mapping[str, tuple[int, int]]
) -> list[Inversion]:
    """Lists attackers who find more people in a coarser feed, beyond DEVIATIONS standard errors.

    Args:
        finer: (people correctly named, people at risk) by attacker, from `found_of`.
        coarser: The same in the coarser feed.

    Returns:
        Inversions in the order of `finer`. The two feeds are taken as independent, which they are
        not: a finding here may be missed, hardly made up.
    """
    listed = []
    for label, (found, people) in finer.items():
        if label not in coarser or not people or not coarser[label][1]:
            continue
        shares = (found / people, coarser[label][0] / coarser[label][1])
        spread = shares[0] * (1 - shares[0]) / people
        spread += shares[1] * (1 - shares[1]) / coarser[label][1]
        apart = (shares[1] - shares[0]) / sqrt(spread) if spread > 0 else 0.0
        if apart > DEVIATIONS:
            listed.append(Inversion(label, *shares, apart))
    return listed


def score_windows(
    scene: FeedScene,
    comparison: Comparison,
    right: NDArray[np.bool_],
    attempts: Mapping[Window, Attempt],
) -> list[RiskRow]:
    """Scores fixed windows from narrow to wide, each beside its closed form.

    Args:
        scene: What the feed is really about.
        comparison: Rows beside what is known; rows are the queries.
        right: Which pairs are right, from `right_pairs`.
        attempts: The attack with each window; those of LADDER are scored.

    Returns:
        By window, in groups `window=...`, with quiet and busy beside: claims, correct claims, wrong
        names, precision, found, and `expected_claims` and `expected_precision` of the closed form,
        averaged over rows, each with its own rate of coincidence. The chance that a right event
        lies in the window is its share among rows alike (with a place or not, at midnight or not).
    """
    rows: list[RiskRow] = []
    for window in LADDER:
        attempt = attempts[window]
        known, rates = _known(comparison, right, window), coincidence_rates(comparison, window)
        marked = mark(attempt.claims, attempt.targets, scene.owners)
        told = pl.DataFrame({"row_id": comparison.query_ids, "known": known, "rate": rates})
        for quiet in (None, "yes", "no"):
            where = pl.lit(value=True) if quiet is None else pl.col("quiet") == quiet
            records = scene.records.filter(where)
            beside = "" if quiet is None else f",quiet={quiet}"
            maker = RowMaker(f"window={window}{beside}", attempt.method)
            rows += _beside_closed_form(maker, records, marked, told)
    return rows


def _beside_closed_form(
    maker: RowMaker, records: pl.DataFrame, marked: pl.DataFrame, told: pl.DataFrame
) -> list[RiskRow]:
    released = records.drop_nulls("row_id").select("row_id")
    claims = marked.join(released, on="row_id", how="semi", maintain_order="left")
    theirs = told.join(released, on="row_id", how="semi", maintain_order="left")
    expected, precision = closed_form(theirs["known"].to_numpy(), theirs["rate"].to_numpy())
    made, correct = claims.height, int(claims["correct"].sum())
    interval = wilson(correct, made)
    people = records["person_id"].n_unique()
    found = claims.filter("correct")["person_id"].n_unique()
    note = "closed form e^-l (ps + (1 - ps) l), each row with its own rate of coincidence l"
    return [
        maker.number("claims", made, released.height),
        maker.number("correct_claims", correct, made),
        maker.number(
            "wrong_names",
            made - correct,
            made,
            Interval((1 - interval.high) * made, (1 - interval.low) * made),
        ),
        maker.share("precision", correct, made, interval),
        maker.share("found", found, people, wilson(found, people)),
        maker.value("expected_claims", expected, "count", note=note),
        maker.value("expected_precision", precision, "share", note=note),
    ]


def _known(comparison: Comparison, right: NDArray[np.bool_], window: Window) -> NDArray[np.float64]:
    """Gives each row the share, among rows alike, of those with a right pair in a window."""
    gap = levels(comparison.patterns, "time") % GAPS
    place = REACH[levels(comparison.patterns, "place")]
    inside = right & (gap <= TIMES[window.time]) & (place <= DISTANCES[window.within])
    has = np.bincount(comparison.query_of_pairs()[inside], minlength=comparison.queries) > 0
    alike = comparison.rows.placed * 2 + comparison.rows.midnight
    size = np.maximum(np.bincount(alike), 1)
    return np.asarray((np.bincount(alike, has) / size)[alike], np.float64)


def _renamed(row: RiskRow, measure: str, maker: RowMaker, best: str) -> RiskRow:
    return replace(row, measure=measure, group=maker.group, method=f"{maker.method}: {best}")
