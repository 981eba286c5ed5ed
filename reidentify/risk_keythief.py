"""Risk of a key thief: which numbers and names it found, against a baseline and a control.

Numbers are compared by opaque handles: the right one is that of the hub's record as it was written,
whoever it belongs to; a name is correct only if it is the person whom the record is about.
"""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

import polars as pl
from scipy.special import pdtrik

from linkage.intervals import Interval, wilson
from linkage.normalise import comparable
from reidentify.adversaries.keythief import number_handles
from reidentify.risk import claim_rows, mark_claims
from reidentify.risk_rows import RowMaker
from simulator.identifiers import VALID_IN_BLOCK

if TYPE_CHECKING:
    from linkage.linked import Provenance
    from reidentify.adversaries.keythief import ThiefFindings
    from reidentify.knowledge import TargetTruth
    from reidentify.release import Release
    from reidentify.risk_rows import RiskRow
    from simulator.schema import Dataset


def row_numbers(provenance: Provenance, hub: Dataset) -> pl.DataFrame:
    """Says from which number each row's token was made, by handle.

    Args:
        provenance: Where the release's rows came from.
        hub: The hub's records in the clear, before ingest.

    Returns:
        `row_id`, `handle` (UInt64) of every row whose record holds a valid number, ordered by
        `row_id`.
    """
    numbers = comparable(hub.frame, "nhs_number").cast(pl.Int64())
    recorded = hub.frame.select("record_id", numbers).drop_nulls()
    handles = pl.Series("handle", number_handles(recorded["nhs_number"].to_numpy()))
    made = provenance.people.join(
        recorded.select("record_id", handles), on="record_id", how="inner"
    )
    return made.select("row_id", "handle").sort("row_id")


def score_thief(
    release: Release,
    findings: ThiefFindings,
    control: ThiefFindings | None,
    listed: TargetTruth,
    owners: pl.DataFrame,
    numbers: pl.DataFrame,
    method: str,
    tried: int = VALID_IN_BLOCK,
    *,
    opened: bool | None = None,
) -> list[RiskRow]:
    """Scores the key thief.

    Args:
        release: What was attacked, with tokens as numbers.
        findings: What the thief found.
        control: What the same thief found with a wrong key; None if that was not tried.
        listed: Who is on the thief's list.
        owners: Whom each row is about, from `row_owners`.
        numbers: From which number each row's token was made, from `row_numbers`.
        method: The attacker and what it holds.
        tried: How many numbers the thief tried.
        opened: Whether the thief opened sealed tokens; None where none are sealed.

    Returns:
        Rows for group `all`. Shares of tokens count each token once for each number that it was
        made from, which is once unless two numbers share a truncated token.
    """
    maker = RowMaker("all", method)
    marked = mark_claims(findings.claims, listed, owners)
    rows = release.people.height
    named = marked.filter("correct")["row_id"].n_unique()
    found = wilson(named, rows)
    on_list = owners.join(listed.frame, on="person_id", how="semi").height
    baseline = on_list / max(rows, 1) / max(listed.frame.height, 1)
    return [
        maker.value("candidates_tried", float(tried), "candidates"),
        *_number_rows(maker, release, findings, numbers, tried),
        *_opened_rows(maker, findings, opened),
        *claim_rows(maker, marked),
        maker.share("people_named", named, rows, found, "rows named correctly, out of all rows"),
        maker.value(
            "baseline", baseline, "share", note="giving each row a random name of the list"
        ),
        *_control_rows(maker, control, listed, owners),
        maker.skill(found, baseline),
    ]


def _number_rows(
    maker: RowMaker,
    release: Release,
    findings: ThiefFindings,
    numbers: pl.DataFrame,
    tried: int,
) -> list[RiskRow]:
    """Scores which numbers were found for the tokens, whoever they name."""
    pairs = findings.candidates.height
    made = _token_numbers(release, numbers)
    right = made.join(findings.candidates, on=["token", "handle"], how="semi")
    single = findings.candidates.group_by("token").len().filter(pl.col("len") == 1)
    only = right.join(single, on="token", how="semi").height
    # A number that made one of the tokens fits that one; every other number fits any by chance.
    others = tried - right.height
    expected = findings.tokens * others / 2.0**findings.bits
    per_token = pairs / findings.tokens if findings.tokens else float("nan")
    return [
        maker.number("tokens", findings.tokens),
        maker.number("valid_number_tokens", made.height, findings.tokens),
        maker.share(
            "right_number_among_candidates",
            right.height,
            made.height,
            wilson(right.height, made.height),
        ),
        maker.share("only_candidate", only, made.height, wilson(only, made.height)),
        maker.number("candidates", pairs),
        maker.number(
            "false_candidates",
            pairs - right.height,
            pairs,
            _poisson_range(expected),
            f"numbers whose token is equal by chance; {expected:.4g} are expected of "
            f"{findings.tokens:,} tokens x {others:,} other numbers / 2^{findings.bits}, and the "
            "range is that of a Poisson count with this mean",
        ),
        maker.value("candidates_per_token", per_token, "candidates"),
    ]


def _opened_rows(maker: RowMaker, findings: ThiefFindings, opened: bool | None) -> list[RiskRow]:  # noqa: FBT001
    """Scores how many sealed tokens were opened: one key is bound to all of them, or to none."""
    if opened is None:
        return []
    return [maker.number("tokens_opened", findings.tokens * opened, findings.tokens)]


def _token_numbers(release: Release, numbers: pl.DataFrame) -> pl.DataFrame:
    """Gives each token with each number that it was made from, by handle."""
    if "token" not in release.people.columns:
        return pl.DataFrame(schema={"token": pl.UInt64(), "handle": pl.UInt64()})
    tokens = release.people.select("row_id", "token").drop_nulls()
    made = tokens.join(numbers, on="row_id", how="inner").select("token", "handle")
    return made.unique().sort("token", "handle")


def _control_rows(
    maker: RowMaker, control: ThiefFindings | None, listed: TargetTruth, owners: pl.DataFrame
) -> list[RiskRow]:
    if control is None:
        return []
    marked = mark_claims(control.claims, listed, owners)
    wrong = marked.height - int(marked["correct"].sum())
    return [
        maker.number(
            "control_wrong_names", wrong, marked.height, note="the same thief with a wrong key"
        )
    ]


def _poisson_range(mean: float) -> Interval[float]:
    """Gives the 2.5 % and 97.5 % quantiles of a Poisson count."""
    if mean <= 0:
        return Interval(0.0, 0.0)
    low, high = (max(ceil(float(pdtrik(level, mean))), 0) for level in (0.025, 0.975))
    return Interval(float(low), float(high))
