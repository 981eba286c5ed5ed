"""Household: who lives with whom is a fingerprint, even where each one alone is like others.

A row is a candidate for a target if it has all that is known of the target. With co-residents known
too, a candidate counts for as many of them as have another row in its home with all that is known
of them, and those that count for most are kept. A claim is made where one candidate is left.
Without homes in the release there is nothing to look co-residents up by, and the attack is the one
on single people. The attacker is *naive*: it takes what it knows, and the rows, to be right, and
a row that is left alone to be the target's. The attack is ours; that few facts single people out,
Sweeney 2000, "Simple Demographics Often Identify People Uniquely".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from reidentify.adversaries.tables import as_released
from reidentify.claims import CLAIM_COLUMNS, Claims
from reidentify.knowledge_households import MOVED

if TYPE_CHECKING:
    from reidentify.identity_specs import HouseholdSpec
    from reidentify.knowledge_households import HouseholdKnowledge
    from reidentify.release import Release

PLAIN = ("sex", "lsoa", "msoa", "deprivation_fifth")
"""What somebody nearby may know of anybody, besides whom the attack looks for."""

_BEFORE = pl.date(1, 1, 1)
_NO_CLAIMS = pl.DataFrame(schema=dict(CLAIM_COLUMNS))


def attack(
    release: Release, knowledge: HouseholdKnowledge, spec: HouseholdSpec
) -> dict[int, Claims]:
    """Looks for every target, with each number of known co-residents.

    Args:
        release: What was handed over.
        knowledge: Targets, and who lives with them.
        spec: The attack.

    Returns:
        Claims by number of co-residents: at most one a target, where one row alone fits.
        Confidence is 1: a naive attacker has no doubts.
    """
    targets = comparable(as_released(release, knowledge.targets))
    on = [name for name in targets.columns if name != "target_id"]
    if not on:  # nothing that is known is in the rows
        return {number: Claims.of(_NO_CLAIMS) for number in spec.co_residents}
    home = pl.col("home") if "home" in release.people.columns else pl.lit(None, pl.UInt64)
    rows = comparable(release.people.select("row_id", home.alias("home"), *on))
    fits = targets.join(rows, on=on, how="inner").select("target_id", "row_id", "home")
    others = comparable(as_released(release, knowledge.co_residents))
    beside = others.join(rows, on=on, how="inner").select(
        "target_id", "ordinal", "home", pl.col("row_id").alias("other")
    )
    return {
        number: _claims(fits, beside.filter(pl.col("ordinal") < number))
        for number in spec.co_residents
    }


def describe(spec: HouseholdSpec) -> str:
    """Says what the attacker holds and believes, for the method of a figure."""
    knows = ", ".join("month of moving in" if one == "moved" else one for one in spec.knows)
    return (
        f"household, naive attacker: knows {knows} of a person and of up to so many who live with "
        f"them; remembers the birth of {spec.misremembered.value:.0%} of people wrongly; claims "
        "the row that fits, if it is the only one, also without any of the others in its home, or "
        "if it alone has most of them there"
    )


def _claims(fits: pl.DataFrame, beside: pl.DataFrame) -> Claims:
    """Claims the candidate with most of the known co-residents in its home, if it is the only one.

    Args:
        fits: `target_id`, `row_id`, `home`: candidates.
        beside: `target_id`, `ordinal`, `home`, `other`: rows that may be a co-resident's.
    """
    seen = (
        fits.join(beside, on=["target_id", "home"], how="inner")
        .filter(pl.col("other") != pl.col("row_id"))
        .group_by("target_id", "row_id")
        .agg(pl.col("ordinal").n_unique().alias("seen"))
    )
    counted = fits.join(seen, on=["target_id", "row_id"], how="left").with_columns(
        pl.col("seen").fill_null(0)
    )
    best = counted.filter(pl.col("seen") == pl.col("seen").max().over("target_id"))
    alone = best.filter(pl.len().over("target_id") == 1)
    return Claims.of(alone.with_columns(confidence=pl.lit(1.0)))


def comparable(people: pl.DataFrame) -> pl.DataFrame:
    """Gives months of moving in, with a day of its own for those who were there all the time.

    So two who never moved agree, as everything else that is missing does not.
    """
    if MOVED not in people.columns:
        return people
    return people.with_columns(pl.col(MOVED).dt.truncate("1mo").fill_null(_BEFORE))
