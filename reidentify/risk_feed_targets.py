"""Risk to targets: what somebody who knows of events finds in a feed. Reads the Truth.

The queries are known events, each about a target. A target who has a row in the feed may be found;
a target who has none (never treated, or left out by a safeguard) is the control: every claim about
them is a wrong name, and makes somebody believe that they were treated.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from linkage.intervals import Interval, residual_risk, wilson
from reidentify.marked_claims import claims_about
from reidentify.risk_feed import GROUPS, claim_rows, mark, name_rows
from reidentify.risk_rows import RowMaker

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reidentify.marked_claims import MarkedClaims
    from reidentify.risk_feed import Attempt, FeedScene
    from reidentify.risk_rows import RiskRow


def score_targets(scene: FeedScene, attempt: Attempt, label: str = "all") -> list[RiskRow]:
    """Scores an attack whose queries are known events.

    Args:
        scene: What the feed is really about.
        attempt: The attack; `chances` is by `target_id`, and `control` is not read: the targets
            without a row are the control.
        label: Name of the group of all targets, such as `grade=naive`.

    Returns:
        Figures of all targets and, where the label is "all", of targets by what their first record
        says of GROUPS; otherwise with quiet and busy only.
    """
    targets = _described(scene, attempt)
    marked = mark(attempt.claims, attempt.targets, scene.owners)
    table = _Table(
        attempt.method,
        targets["there"].to_numpy(),
        targets["chance"].to_numpy(),
        claims_about(marked, targets, "target_id"),
    )
    rows = _score(table, label, np.ones(targets.height, np.bool_))
    for column in GROUPS if label == "all" else ("quiet",):
        if column not in targets.columns:
            continue
        for value in targets[column].drop_nulls().unique().sort(descending=True).to_list():
            name = f"{column}={value}" if label == "all" else f"{label},{column}={value}"
            where = (targets[column] == value).fill_null(value=False)
            rows += _score(table, name, where.to_numpy())
    return rows


class _Table(NamedTuple):
    """An attack beside its targets, arrays of shape (targets,) where not said.

    Attributes:
        method: The attacker and what it holds.
        there: bool, whether the target has a row.
        chance: float64, how likely a random candidate is right.
        claims: What is claimed; each is about the target at its position.
    """

    method: str
    there: NDArray[np.bool_]
    chance: NDArray[np.float64]
    claims: MarkedClaims


def _described(scene: FeedScene, attempt: Attempt) -> pl.DataFrame:
    """Gives each target its person, whether they have a row, and their groups.

    A person with several records is described by the first that has a row; targets who were never
    treated have no groups.
    """
    records = scene.records.sort(pl.col("row_id").is_null(), "record_id")
    first = records.unique("person_id", keep="first", maintain_order=True)
    groups = [c for c in GROUPS if c in first.columns]
    known = first.select("person_id", pl.col("row_id").is_not_null().alias("there"), *groups)
    return (
        attempt.targets.frame.join(known, on="person_id", how="left")
        .with_columns(pl.col("there").fill_null(value=False))
        .join(attempt.chances, on="target_id", how="left")
        .with_columns(pl.col("chance").fill_null(0.0))
        .sort("target_id")
    )


def _score(table: _Table, group: str, where: NDArray[np.bool_]) -> list[RiskRow]:
    """Scores the targets of one group."""
    chosen = int(np.count_nonzero(where))
    there = int(np.count_nonzero(table.there[where]))
    absent = chosen - there
    claims = table.claims.within(where)
    correct = int(np.count_nonzero(claims.correct))
    false_alarms = int(np.count_nonzero(~table.there[claims.at]))
    found = wilson(correct, there)
    alarms = wilson(false_alarms, absent)
    gain = residual_risk((correct, there), (false_alarms, absent))
    baseline = float(np.sum(table.chance[where & table.there])) / max(there, 1)
    maker = RowMaker(group, table.method)
    beyond = Interval(gain.low, gain.high)
    return [
        maker.number("targets", chosen),
        maker.number("rows", there, chosen, note="targets who have a row in the feed"),
        *claim_rows(maker, claims),
        maker.share("found", correct, there, found, "of targets who have a row in the feed"),
        maker.value("baseline", baseline, "share", note="naming a random candidate of each event"),
        maker.number(
            "control_claims",
            false_alarms,
            absent,
            Interval(alarms.low * absent, alarms.high * absent),
            "targets who have no row: every claim is a wrong name",
        ),
        maker.value(
            "residual_risk", gain.value, "share", beyond, "(found - control) / (1 - control)"
        ),
        maker.value(
            "attribute_gain",
            gain.value,
            "share",
            beyond,
            "learning from the right row that a target was treated in A&E, over the same belief "
            "about targets without a row",
        ),
        maker.skill(found, baseline),
        *name_rows(maker, claims, chosen),
    ]
