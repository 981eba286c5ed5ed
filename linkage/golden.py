"""Golden records: one record a cluster, each column's value chosen by a stated rule (survivorship).

Every record of a cluster that has a value is a candidate. Candidates are ranked by the rule of the
column, then by its ties in order, then by the value itself and the source, so that the order of
rows changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Final, Literal, Self

import polars as pl
from pydantic import AfterValidator, Field, model_validator

from simulator.settings import Names, Spec, no_repeats

if TYPE_CHECKING:
    from collections.abc import Sequence

Choice = Literal["most_frequent", "most_recent", "most_complete", "from_source", "longest"]
"""The value that most records have; that of the latest record; of the record with the most values;
of the most trusted source; the one of the most characters."""

_OWN: Final = ("cluster", "record", "source")


class Survivor(Spec):
    """How the value of one column is chosen."""

    column: str = Field(min_length=1, description="Column of the records.")
    rule: Choice = Field(description="Which value survives.")
    ties: Annotated[tuple[Choice, ...], AfterValidator(no_repeats)] = Field(
        default=(), description="Rules that settle what the rule leaves open, in order."
    )
    date: str = Field(default="", description="Column of dates, for most_recent.")
    trust: Names = Field(
        default=(), description="Sources, the most trusted first, for from_source."
    )

    @model_validator(mode="after")
    def _rules_have_what_they_need(self) -> Self:
        rules = (self.rule, *self.ties)
        if "most_recent" in rules and not self.date:
            raise ValueError("most_recent needs date, the column that says when")
        if "from_source" in rules and not self.trust:
            raise ValueError("from_source needs trust, the sources in order")
        if self.rule in self.ties:
            raise ValueError(f"{self.rule} is the rule, and settles no tie of its own")
        return self


@dataclass(frozen=True)
class Golden:
    """One record a cluster, and how each value was chosen.

    Attributes:
        records: `cluster` (UInt32) and the columns with a rule, ordered by `cluster`; null where no
            record of the cluster has a value.
        chosen: A row a value: `cluster`, `column`, `rule`, `record` (UInt32, position of a record
            that has it), `source` (String, null without sources), `support` (UInt32, records of
            the cluster that have this value) and `out_of` (UInt32, records that have any); ordered
            by `cluster`, then as the rules are. Holds no values.
    """

    records: pl.DataFrame = field(repr=False)
    chosen: pl.DataFrame = field(repr=False)


def golden_records(
    records: pl.DataFrame, clusters: pl.DataFrame, survivors: Sequence[Survivor]
) -> Golden:
    """Makes one record of each cluster.

    Args:
        records: The records; empty text and null are no values. Columns of dates are of type Date
            or Datetime, or ISO text, which sorts as dates do.
        clusters: `record`, `cluster`, and `source` where a rule needs it: `Clusters.records`.
        survivors: The rule of each column.

    Returns:
        The records, and how each value was chosen.

    Raises:
        ValueError: If a column is lacking, is named twice, or sources are needed and not there.
    """
    _check(records, clusters, survivors)
    of_record = clusters.sort("record").select(
        "cluster",
        "record",
        pl.col("source")
        if "source" in clusters.columns
        else pl.lit(None, pl.String).alias("source"),
    )
    filled = pl.sum_horizontal(_has_value(records, name) for name in records.columns)
    completeness = records.select(filled.alias("_filled"))["_filled"]
    result = of_record.select("cluster").unique().sort("cluster")
    chosen = []
    for place, survivor in enumerate(survivors):
        best = _best(records, of_record.with_columns(completeness), survivor)
        result = result.join(
            best.select("cluster", pl.col("_value").alias(survivor.column)),
            on="cluster",
            how="left",
            maintain_order="left",
        )
        chosen.append(
            best.select(
                "cluster",
                pl.lit(survivor.column).alias("column"),
                pl.lit(survivor.rule).alias("rule"),
                "record",
                "source",
                pl.col("_support").alias("support"),
                pl.col("_out_of").alias("out_of"),
                pl.lit(place).alias("_place"),
            )
        )
    return Golden(result, pl.concat(chosen).sort("cluster", "_place").drop("_place"))


def _best(records: pl.DataFrame, of_record: pl.DataFrame, survivor: Survivor) -> pl.DataFrame:
    """Gives the best candidate of each cluster that has any."""
    date = records[survivor.date] if survivor.date else pl.Series([None] * records.height)
    candidates = (
        of_record.with_columns(
            records[survivor.column].alias("_value"),
            date.alias("_date"),
            records.select(_has_value(records, survivor.column).alias("_has"))["_has"],
        )
        .filter("_has")
        .with_columns(
            pl.len().over("cluster", "_value").alias("_support"),
            pl.len().over("cluster").alias("_out_of"),
        )
    )
    keys = [_key(rule, survivor) for rule in (survivor.rule, *survivor.ties)]
    by = [*keys, pl.col("_value"), pl.col("source"), pl.col("record")]
    down = [True] * len(keys) + [False] * 3
    ordered = candidates.sort("cluster", *by, descending=[False, *down], nulls_last=True)
    return ordered.unique("cluster", keep="first", maintain_order=True)


def _key(rule: Choice, survivor: Survivor) -> pl.Expr:
    """Gives what is the more the better by a rule."""
    if rule == "most_frequent":
        return pl.col("_support")
    if rule == "most_recent":
        return pl.col("_date")
    if rule == "most_complete":
        return pl.col("_filled")
    if rule == "longest":
        return pl.col("_value").cast(pl.String).str.len_chars()
    trust = {name: len(survivor.trust) - place for place, name in enumerate(survivor.trust)}
    return pl.col("source").replace_strict(trust, default=0, return_dtype=pl.Int32)


def _has_value(records: pl.DataFrame, name: str) -> pl.Expr:
    there = pl.col(name).is_not_null()
    return there & (pl.col(name) != "") if records.schema[name] == pl.String else there


def _check(records: pl.DataFrame, clusters: pl.DataFrame, survivors: Sequence[Survivor]) -> None:
    named = [each.column for each in survivors]
    asked = [*named, *(each.date for each in survivors if each.date)]
    wrong = [
        f"column {name} is not there; columns here: {', '.join(records.columns)}"
        for name in dict.fromkeys(asked)
        if name not in records.columns
    ]
    wrong += [f"column {n} has two rules; one is all" for n in set(named) if named.count(n) > 1]
    wrong += [f"column {name} would be taken for one made here" for name in named if name in _OWN]
    rules = {rule for each in survivors for rule in (each.rule, *each.ties)}
    if "from_source" in rules and "source" not in clusters.columns:
        wrong.append("from_source needs clusters with a source; name its column in their rules")
    if clusters.height != records.height:
        wrong.append(f"{clusters.height:,} records are in clusters, {records.height:,} were given")
    if wrong or not survivors:
        raise ValueError("; ".join(wrong) or "give the rule of at least one column")
