"""Risk of a feed: whom attackers found in its rows, and whom they wrongly named. Reads the Truth.

A claim is correct if the row is about the person who is meant. People at risk are the distinct
people with a record in the agency's file, whether or not a safeguard left their rows out, so that
options are compared over the same people. Baseline: naming a random candidate. Control: the same
attack with what would be known of other nights of the same town, so that its claims are wrong
names. Claims about one person are one cluster.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from linkage.intervals import Interval, residual_risk, wilson
from reidentify.marked_claims import MarkedClaims, claims_about, distinct
from reidentify.risk_rows import RowMaker

if TYPE_CHECKING:
    from collections.abc import Iterator
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
    people = {"row_id": owners, "target_id": targets.frame}
    keys = ("row_id", "target_id") if comparison.by_rows else ("target_id", "row_id")
    asked, found = (
        pl.DataFrame({key: ids})
        .join(people[key].select(key, "person_id"), on=key, how="left", maintain_order="left")
        .get_column("person_id")
        for ids, key in zip((comparison.query_ids, comparison.file_ids), keys, strict=True)
    )
    query, candidate = comparison.query_of_pairs(), comparison.candidate
    same = asked.fill_null(0).to_numpy()[query] == found.fill_null(0).to_numpy()[candidate]
    known = asked.is_not_null().to_numpy()[query] & found.is_not_null().to_numpy()[candidate]
    return np.asarray(same & known, np.bool_)


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
    table, month = _table(scene, attempt), scene.records["month"].to_numpy()
    rows = _score(table, "all", np.ones(len(month), np.bool_))
    for column in (c for c in GROUPS if c in scene.records.columns):
        for value, where in _values(scene.records, column):
            rows += _score(table, f"{column}={value}", where)
    months = int(month.max(initial=-1)) + 1
    for count in (count for count in MONTHS if count <= months):
        rows += _score(table, f"month={count}", month < count)
        for quiet, where in _values(scene.records, "quiet"):
            rows += _score(table, f"month={count},quiet={quiet}", (month < count) & where)
    return rows


def score_as(scene: FeedScene, attempt: Attempt, label: str) -> list[RiskRow]:
    """Scores an attack under one label, such as `grade=naive`, with quiet and busy beside it.

    Returns:
        Figures of group `label`, then of `label,quiet=yes` and `label,quiet=no`.
    """
    table = _table(scene, attempt)
    rows = _score(table, label, np.ones(len(table.person), np.bool_))
    for quiet, where in _values(scene.records, "quiet"):
        rows += _score(table, f"{label},quiet={quiet}", where)
    return rows


def found_of(scene: FeedScene, attempt: Attempt) -> tuple[int, int]:
    """Counts the people correctly named, and the people at risk."""
    marked = mark(attempt.claims, attempt.targets, scene.owners)
    correct = marked.filter("correct")["person_id"].n_unique()
    return correct, scene.records["person_id"].n_unique()


def _values(records: pl.DataFrame, column: str) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    """Gives each value of a column, and which records have it."""
    if column not in records.columns:
        return
    for value in records[column].drop_nulls().unique().sort(descending=column in _YES_OR_NO):
        yield value, (records[column] == value).fill_null(value=False).to_numpy()


def _marked(claims: pl.DataFrame, targets: TargetTruth, owners: pl.DataFrame) -> pl.DataFrame:
    meant = targets.frame.rename({"person_id": "meant"})
    return (
        claims.join(owners, on="row_id", how="left", maintain_order="left")
        .join(meant, on="target_id", how="left", maintain_order="left")
        .with_columns(
            (pl.col("person_id") == pl.col("meant")).fill_null(value=False).alias("correct")
        )
    )


class _Table(NamedTuple):
    """An attack beside the records of an agency, arrays of shape (records,) where not said.

    Attributes:
        method: The attacker and what it holds.
        person: int64, number of the person whom each record is about.
        released: bool, whether it has a row.
        chance: float64, how likely a random candidate of its row is right; 0 if there is none.
        claims: What is claimed; each is about the record at its position.
        control: int64 (claims of the control,), position of the record each is about.
    """

    method: str
    person: NDArray[np.int64]
    released: NDArray[np.bool_]
    chance: NDArray[np.float64]
    claims: MarkedClaims
    control: NDArray[np.int64]


def _table(scene: FeedScene, attempt: Attempt) -> _Table:
    """Lays an attack beside the records."""
    records = scene.records
    marked = mark(attempt.claims, attempt.targets, scene.owners)
    absent = mark(attempt.control, attempt.targets, scene.owners)
    chance = records.join(attempt.chances, on="row_id", how="left", maintain_order="left")
    _, person = np.unique(records["person_id"].to_numpy(), return_inverse=True)
    return _Table(
        attempt.method,
        person.astype(np.int64),
        records["row_id"].is_not_null().to_numpy(),
        chance["chance"].fill_null(0.0).to_numpy(),
        claims_about(marked, records, "row_id"),
        claims_about(absent, records, "row_id").at,
    )


def _score(table: _Table, group: str, where: NDArray[np.bool_]) -> list[RiskRow]:
    """Scores the records of one group."""
    released = where & table.released
    claims = table.claims.within(where)
    control = table.control[where[table.control]]
    maker = RowMaker(group, table.method)
    people = distinct(table.person[where])
    correct = distinct(table.person[claims.at[claims.correct]])
    found = wilson(correct, people)
    rows, claimed = int(np.count_nonzero(released)), distinct(table.person[control])
    # Summed in order of size, so that the order of records plays no part.
    baseline = float(np.sum(np.sort(table.chance[released]))) / max(people, 1)
    return [
        maker.number("rows", rows, int(np.count_nonzero(where))),
        maker.number("targets", people),
        *claim_rows(maker, claims),
        maker.share(
            "found", correct, people, found, "of people with a record in the agency's file"
        ),
        maker.value("baseline", baseline, "share", note="naming a random candidate of each row"),
        *control_rows(maker, correct, people, claimed, (len(control), rows)),
        maker.skill(found, baseline),
        *name_rows(maker, claims, distinct(table.person[released])),
    ]


def claim_rows(maker: RowMaker, claims: MarkedClaims) -> list[RiskRow]:
    """Counts claims, correct claims, wrong names, sure claims, and the error of confidence."""
    made, correct = len(claims), int(np.count_nonzero(claims.correct))
    precision = claims.precision()
    wrong = Interval((1 - precision.high) * made, (1 - precision.low) * made)
    sure = claims.which(claims.confidence >= SURE)
    sure_correct = int(np.count_nonzero(sure.correct))
    return [
        maker.number("claims", made),
        maker.number("correct_claims", correct, made),
        maker.number("wrong_names", made - correct, made, wrong),
        maker.share("precision", correct, made, precision),
        maker.number("sure_claims", len(sure), made),
        maker.share("sure_correct", sure_correct, len(sure), sure.precision()),
        maker.value(
            "confidence_error",
            claims.confidence_error(),
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


def name_rows(maker: RowMaker, claims: MarkedClaims, released: int) -> list[RiskRow]:
    """Gives how many people are wrongly named per 1,000 people whose rows are released."""
    named = distinct(claims.meant[~claims.correct])
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
