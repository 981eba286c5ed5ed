"""Risk: what attacks found, against a baseline and a control. Reads the Truth.

A claim is correct if the row was made from a record about the person whom the target is; any other
claim is a wrong name. Baseline: what naming a random compatible candidate would find. Control: the
same attack where it cannot be right (the targets' rows are gone, or the key is wrong), so that
every name it gives is wrong. Residual risk over control: Giomi et al. 2022 (see intervals.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from linkage.intervals import Interval, brier, clustered_proportion, residual_risk, wilson
from reidentify.adversaries.tables import as_released
from reidentify.risk_rows import RowMaker

if TYPE_CHECKING:
    from collections.abc import Mapping

    from linkage.linked import Provenance
    from reidentify.claims import Claims
    from reidentify.knowledge import TargetTruth
    from reidentify.release import Release
    from reidentify.risk_rows import RiskRow
    from simulator.truth import Truth


def row_owners(provenance: Provenance, truth: Truth) -> pl.DataFrame:
    """Says whom each row of a release is about.

    Returns:
        `row_id`, `person_id` (UInt64), ordered by `row_id`.
    """
    owners = truth.owners(provenance.hub).select("record_id", "person_id")
    found = provenance.people.join(owners, on="record_id", how="inner")
    return found.select("row_id", "person_id").sort("row_id")


def target_rows(targets: TargetTruth, owners: pl.DataFrame) -> pl.Series:
    """Gives the `row_id` of every row about a target, ascending: what a control leaves out.

    Args:
        targets: Who the targets are.
        owners: Whom each row is about, from `row_owners`.
    """
    return owners.join(targets.frame, on="person_id", how="semi")["row_id"].sort()


def mark_claims(claims: Claims, targets: TargetTruth, owners: pl.DataFrame) -> pl.DataFrame:
    """Says of each claim whether it is correct.

    Returns:
        The claims in their order, with `correct` (Boolean).
    """
    meant = targets.frame.rename({"person_id": "meant"})
    return (
        claims.frame.join(owners, on="row_id", how="left", maintain_order="left")
        .join(meant, on="target_id", how="left", maintain_order="left")
        .with_columns(
            (pl.col("person_id") == pl.col("meant")).fill_null(value=False).alias("correct")
        )
        .drop("person_id", "meant")
    )


def score_targets(
    release: Release,
    known: pl.DataFrame,
    claims: Mapping[int, Claims],
    control: Mapping[int, Claims],
    targets: TargetTruth,
    owners: pl.DataFrame,
    method: str,
    group: str,
    alike: str = "the same known attributes",
) -> list[RiskRow]:
    """Scores an attack on targets, for each amount of what is known of them.

    Args:
        release: What was attacked.
        known: `target_id` and the attributes by which the baseline picks a row.
        claims: Its claims, by how much is known; at most one a target.
        control: Claims of the same attack on the release without the targets' rows.
        targets: Who the targets are.
        owners: Whom each row is about, from `row_owners`.
        method: The attacker and what it holds, and how targets were drawn.
        group: What is counted of what is known, such as `contacts`.
        alike: What the rows share that the baseline picks among, in words.

    Returns:
        Rows for groups such as `contacts=k`, in the order of `claims`. `found` is out of all
        targets, also those who are not in the release.
    """
    compatible = _compatible(release, known, targets, owners)
    rows: list[RiskRow] = []
    for number, made in claims.items():
        maker = RowMaker(f"{group}={number}", method)
        marked = mark_claims(made, targets, owners)
        rows += _score_number(maker, marked, len(control[number]), compatible, alike)
    return rows


def _score_number(
    maker: RowMaker,
    marked: pl.DataFrame,
    control_claims: int,
    compatible: pl.DataFrame,
    alike: str,
) -> list[RiskRow]:
    """Scores one amount of what is known."""
    targets = compatible.height
    correct = int(marked["correct"].sum())
    found = wilson(correct, targets)
    false_alarms = wilson(control_claims, targets)
    residual = residual_risk((correct, targets), (control_claims, targets))
    baseline = float(np.sum(compatible["chance"].to_numpy())) / max(targets, 1)
    return [
        maker.number("targets", targets),
        *claim_rows(maker, marked),
        maker.share("found", correct, targets, found),
        maker.value("baseline", baseline, "share", note=f"naming a random row with {alike}"),
        maker.number(
            "control_claims",
            control_claims,
            targets,
            Interval(false_alarms.low * targets, false_alarms.high * targets),
            "the release without the targets' rows: every claim is a wrong name",
        ),
        maker.value(
            "residual_risk",
            residual.value,
            "share",
            Interval(residual.low, residual.high),
            "(found - control) / (1 - control), control being control_claims out of targets",
        ),
        maker.value(
            "confidence_error",
            brier(marked["confidence"].to_numpy(), marked["correct"].to_numpy()),
            "score",
            note="Brier score of the stated confidence of claims; 0 is perfect",
        ),
        maker.value(
            "candidates",
            float(np.median(compatible["rows"].to_numpy())) if targets else float("nan"),
            "candidates",
            note=f"median number of rows with {alike}",
        ),
        maker.skill(found, baseline),
    ]


def claim_rows(maker: RowMaker, marked: pl.DataFrame) -> list[RiskRow]:
    """Counts claims, correct claims and wrong names; claims about one row are one cluster."""
    claims, correct = marked.height, int(marked["correct"].sum())
    row = marked["row_id"].rank("dense").cast(pl.Int64()).to_numpy()
    precision = clustered_proportion(marked["correct"].to_numpy(), row)
    wrong = Interval((1 - precision.high) * claims, (1 - precision.low) * claims)
    return [
        maker.number("claims", claims),
        maker.number("correct_claims", correct, claims),
        maker.number("wrong_names", claims - correct, claims, wrong),
        maker.share("precision", correct, claims, precision),
    ]


def _compatible(
    release: Release, known: pl.DataFrame, targets: TargetTruth, owners: pl.DataFrame
) -> pl.DataFrame:
    """Counts the rows that have all of a target's known attributes.

    Returns:
        By target: `rows`, and `chance` that a random one of them is the target's own (0 where its
        own row has other attributes, or is not there), ordered by `target_id`.
    """
    known = as_released(release, known)
    on = [column for column in known.columns if column != "target_id"]
    if not on:
        known, on = known.with_columns(pl.lit(0).alias("any")), ["any"]
    people = release.people.with_columns(pl.lit(0).alias("any")).select("row_id", *on)
    own = (
        targets.frame.join(owners, on="person_id", how="inner")
        .join(people, on="row_id", how="inner")
        .join(known, on=["target_id", *on], how="semi")
        .group_by("target_id")
        .len("own")
    )
    return (
        known.join(people.group_by(on).len("rows"), on=on, how="left")
        .join(own, on="target_id", how="left")
        .select(
            "target_id",
            pl.col("rows").fill_null(0),
            (pl.col("own") / pl.col("rows")).fill_null(0.0).alias("chance"),
        )
        .sort("target_id")
    )
