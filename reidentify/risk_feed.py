"""Risk of a feed: whom attackers found in its rows, and whom they wrongly named. Reads the Truth.

A claim is correct if the row is about the person who is meant. People at risk are the distinct
people with a record in the agency's file, whether or not a safeguard left their rows out, so that
options are compared over the same people. Baseline: naming a random candidate. Control: the same
attack with what would be known of other nights of the same town, so that its claims are wrong
names. Claims about one person are one cluster.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from linkage.intervals import Interval, brier, clustered_proportion, residual_risk, wilson
from reidentify.risk_rows import RowMaker

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from reidentify.adversaries.event_pairs import Comparison
    from reidentify.claims import Claims
    from reidentify.feed import FeedOrigins
    from reidentify.knowledge import TargetTruth
    from reidentify.risk_rows import RiskRow

SURE = 0.9
"""Stated confidence from which a claim is sure."""

GROUPS = (
    "quiet",
    "sex",
    "under_18",
    "home",
    "rare_method",
    "domestic",
    "reported",
    "age",
    "ethnic_group",
)
"""Groups for which figures are reported, in order."""

_YES_OR_NO = ("quiet", "under_18", "home", "rare_method", "domestic", "reported")
MONTHS = (1, 12, 60)
"""How many months of the feed have come, where figures are given by month."""


@dataclass(frozen=True)
class FeedScene:
    """What a feed is really about: for scoring only.

    Attributes:
        records: One row a record of the agency, ordered by `record_id`: `row_id` (UInt64, null
            where a safeguard left it out), `person_id` (UInt64), `month` (Int32, of the window,
            from 0, in which it happened), and of GROUPS those that are known (String).
    """

    records: pl.DataFrame = field(repr=False)

    @property
    def owners(self) -> pl.DataFrame:
        """Whom each row is about: `row_id`, `person_id`, ordered by `row_id`."""
        released = self.records.drop_nulls("row_id")
        return released.select("row_id", "person_id").sort("row_id")


@dataclass(frozen=True)
class Attempt:
    """One attack to be scored.

    Attributes:
        claims: What it claims.
        control: What the same attack claims of other nights: all wrong names.
        targets: Whom its targets are.
        chances: `row_id` and `chance` (Float64): how likely a random candidate of the row is right;
            rows that are not there have none. From `random_chances`.
        method: The attacker and what it holds.
    """

    claims: Claims
    control: Claims
    targets: TargetTruth
    chances: pl.DataFrame = field(repr=False)
    method: str


def make_scene(
    origins: FeedOrigins,
    about: pl.DataFrame,
    people: pl.DataFrame,
    start: date,
    reported: pl.DataFrame | None = None,
) -> FeedScene:
    """Gathers what a feed is really about.

    Args:
        origins: Where its rows came from.
        about: What each record of the agency is about, from violence.answers.record_incidents.
        people: Truth.people: `person_id`, `age_band`, `ethnic_group`.
        start: First day of the window.
        reported: What each crime record is about, from the same function: a record is reported if
            one is about the same incident and person. None leaves `reported` out.
    """
    kept = pl.DataFrame({"record_id": origins.records})
    known = about.join(kept, on="record_id", how="semi").join(
        people.select("person_id", pl.col("age_band").alias("age"), "ethnic_group"),
        on="person_id",
        how="left",
    )
    if reported is not None:
        victims = reported.select("incident_id", "person_id", pl.lit(value=True).alias("reported"))
        known = known.join(victims.unique(), on=["incident_id", "person_id"], how="left")
        known = known.with_columns(pl.col("reported").fill_null(value=False))
    month = (pl.col("time").dt.year() - start.year) * 12 + pl.col("time").dt.month().cast(pl.Int32)
    yes = [
        pl.when(c).then(pl.lit("yes")).otherwise(pl.lit("no")).alias(c)
        for c in _YES_OR_NO
        if c in known.columns
    ]
    groups = [c for c in GROUPS if c in known.columns]
    together = known.with_columns((month - start.month).cast(pl.Int32).alias("month"), *yes).join(
        origins.frame, on="record_id", how="left"
    )
    return FeedScene(
        together.select("record_id", "row_id", "person_id", "month", *groups).sort("record_id")
    )


def right_pairs(
    comparison: Comparison, targets: TargetTruth, owners: pl.DataFrame
) -> NDArray[np.bool_]:
    """Says of each pair whether the row is about the person who is meant, bool (pairs,).

    Args:
        comparison: The pairs.
        targets: Whom the targets are.
        owners: Whom each row is about, from FeedScene.owners.
    """
    row, target = comparison.row_and_target()
    pairs = pl.DataFrame({"row_id": row, "target_id": target})
    marked = _marked(pairs, targets, owners)
    return marked["correct"].to_numpy()


def random_chances(comparison: Comparison, right: NDArray[np.bool_]) -> pl.DataFrame:
    """Gives how likely a random candidate of each query is right, ordered by id.

    Returns:
        `row_id` (or `target_id`, where known events are the queries) and `chance` (Float64).
    """
    query = comparison.query_of_pairs()
    sizes = np.bincount(query, minlength=comparison.queries)
    hits = np.bincount(query, right.astype(np.float64), minlength=comparison.queries)
    name = "row_id" if comparison.by_rows else "target_id"
    chance = hits / np.maximum(sizes, 1)
    return pl.DataFrame({name: comparison.query_ids, "chance": chance}).sort(name)


def mark(claims: Claims, targets: TargetTruth, owners: pl.DataFrame) -> pl.DataFrame:
    """Says of each claim whether it is correct, and whom it names.

    Returns:
        The claims in their order, with `person_id` (whose the row is), `meant` (who is named;
        UInt64) and `correct` (Boolean).
    """
    return _marked(claims.frame, targets, owners)


def mark_pairs(pairs: pl.DataFrame, targets: TargetTruth, owners: pl.DataFrame) -> pl.DataFrame:
    """Says of each pair of `row_id` and `target_id` whether the row is about the target."""
    return _marked(pairs, targets, owners)


def score(scene: FeedScene, attempt: Attempt) -> list[RiskRow]:
    """Scores an attack whose queries are rows: all rows, each group, and months as they come.

    Returns:
        Figures of group "all", then of `quiet=yes`, `quiet=no` and the other groups of GROUPS, then
        of `month=1` and so on, cumulative, for as many of MONTHS as the feed has, with quiet and
        busy beside.
    """
    marked = mark(attempt.claims, attempt.targets, scene.owners)
    rows = _score(scene, attempt, marked, "all", pl.lit(value=True))
    for column in (c for c in GROUPS if c in scene.records.columns):
        for value in _values(scene.records, column):
            rows += _score(scene, attempt, marked, f"{column}={value}", pl.col(column) == value)
    months = int(scene.records.select((pl.col("month") + 1).max().fill_null(0)).item())
    for month in MONTHS:
        if month <= months:
            so_far = pl.col("month") < month
            rows += _score(scene, attempt, marked, f"month={month}", so_far)
            for quiet in _values(scene.records, "quiet"):
                where = so_far & (pl.col("quiet") == quiet)
                rows += _score(scene, attempt, marked, f"month={month},quiet={quiet}", where)
    return rows


def score_as(scene: FeedScene, attempt: Attempt, label: str) -> list[RiskRow]:
    """Scores an attack under one label, such as `grade=naive`, with quiet and busy beside it.

    Returns:
        Figures of group `label`, then of `label,quiet=yes` and `label,quiet=no`.
    """
    marked = mark(attempt.claims, attempt.targets, scene.owners)
    rows = _score(scene, attempt, marked, label, pl.lit(value=True))
    for quiet in _values(scene.records, "quiet"):
        rows += _score(scene, attempt, marked, f"{label},quiet={quiet}", pl.col("quiet") == quiet)
    return rows


def found_of(scene: FeedScene, attempt: Attempt) -> tuple[int, int]:
    """Counts the people correctly named, and the people at risk."""
    marked = mark(attempt.claims, attempt.targets, scene.owners)
    correct = marked.filter("correct")["person_id"].n_unique()
    return correct, scene.records["person_id"].n_unique()


def _values(records: pl.DataFrame, column: str) -> list[str]:
    order = records[column].drop_nulls().unique().sort(descending=column in _YES_OR_NO)
    return order.to_list()


def _marked(claims: pl.DataFrame, targets: TargetTruth, owners: pl.DataFrame) -> pl.DataFrame:
    meant = targets.frame.rename({"person_id": "meant"})
    return (
        claims.join(owners, on="row_id", how="left", maintain_order="left")
        .join(meant, on="target_id", how="left", maintain_order="left")
        .with_columns(
            (pl.col("person_id") == pl.col("meant")).fill_null(value=False).alias("correct")
        )
    )


def _score(
    scene: FeedScene, attempt: Attempt, marked: pl.DataFrame, group: str, where: pl.Expr
) -> list[RiskRow]:
    """Scores the rows of one group."""
    records = scene.records.filter(where)
    released = records.drop_nulls("row_id").select("row_id", "person_id")
    claims = marked.join(released.select("row_id"), on="row_id", how="semi", maintain_order="left")
    control = attempt.control.frame.join(released, on="row_id", how="inner")
    chances = released.join(attempt.chances, on="row_id", how="left")["chance"].fill_null(0.0)
    maker = RowMaker(group, attempt.method)
    people = records["person_id"].n_unique()
    correct = claims.filter("correct")["person_id"].n_unique()
    found = wilson(correct, people)
    claimed = control["person_id"].n_unique()
    baseline = float(np.sum(chances.sort().to_numpy())) / max(people, 1)
    return [
        maker.number("rows", released.height, records.height),
        maker.number("targets", people),
        *claim_rows(maker, claims),
        maker.share(
            "found", correct, people, found, "of people with a record in the agency's file"
        ),
        maker.value("baseline", baseline, "share", note="naming a random candidate of each row"),
        *control_rows(maker, correct, people, claimed, (control.height, released.height)),
        maker.skill(found, baseline),
        *name_rows(maker, claims, released["person_id"].n_unique()),
    ]


def claim_rows(maker: RowMaker, claims: pl.DataFrame) -> list[RiskRow]:
    """Counts claims, correct claims, wrong names, sure claims, and the error of confidence."""
    made, correct = claims.height, int(claims["correct"].sum())
    precision = _precision(claims)
    wrong = Interval((1 - precision.high) * made, (1 - precision.low) * made)
    sure = claims.filter(pl.col("confidence") >= SURE)
    error = brier(claims["confidence"].to_numpy(), claims["correct"].to_numpy())
    return [
        maker.number("claims", made),
        maker.number("correct_claims", correct, made),
        maker.number("wrong_names", made - correct, made, wrong),
        maker.share("precision", correct, made, precision),
        maker.number("sure_claims", sure.height, made),
        maker.share("sure_correct", int(sure["correct"].sum()), sure.height, _precision(sure)),
        maker.value(
            "confidence_error",
            error,
            "score",
            note="Brier score of the stated confidence of claims; 0 is perfect",
        ),
    ]


def control_rows(
    maker: RowMaker, found: int, people: int, claimed: int, claims: tuple[int, int]
) -> list[RiskRow]:
    """Gives the claims of the control, and what the attack finds beyond them.

    Args:
        maker: The group and method.
        found: People correctly named.
        people: People at risk.
        claimed: People at risk whose rows the control claims.
        claims: Claims of the control, and rows released; there is at most one claim a row.
    """
    made, released = claims
    alarms = wilson(made, released)
    residual = residual_risk((found, people), (claimed, people))
    return [
        maker.number(
            "control_claims",
            made,
            released,
            Interval(alarms.low * released, alarms.high * released),
            "knowledge of other nights of the same town: every claim is a wrong name",
        ),
        maker.value(
            "residual_risk",
            residual.value,
            "share",
            Interval(residual.low, residual.high),
            "(found - control) / (1 - control), control being people at risk whose rows it claims",
        ),
    ]


def name_rows(maker: RowMaker, claims: pl.DataFrame, released: int) -> list[RiskRow]:
    """Gives how many people are wrongly named per 1,000 people whose rows are released."""
    named = claims.filter(~pl.col("correct"))["meant"].n_unique()
    per = 1_000 / max(released, 1)
    interval = wilson(min(named, released), released)
    value = named * per if released else float("nan")
    return [
        maker.value(
            "wrong_per_1000",
            value,
            "per 1,000",
            Interval(interval.low * 1_000, max(interval.high * 1_000, value)),
            f"{named:,} people wrongly named, {released:,} people with a row released",
        )
    ]


def _precision(claims: pl.DataFrame) -> Interval[float]:
    cluster = claims["meant"].fill_null(0).rank("dense").cast(pl.Int64).to_numpy()
    return clustered_proportion(claims["correct"].to_numpy(), cluster)
