"""The valid decoder: somebody who may ask a decode desk asks for people outside their own list.

One by one they look for chosen people, each with a request of its own; in bulk, a script asks for
row after row until the account is closed. Both go through the desk itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from reidentify.audit import AuditChain
from reidentify.service import MINUTES_PER_DAY, ask
from simulator.randomness import happens, sample

if TYPE_CHECKING:
    from reidentify.desk_specs import ValidDecoderSpec
    from reidentify.release import Release
    from reidentify.service import Answers, Desk

ACCOUNT = "decoder"
MOST_DAYS = 60
"""A script that nobody has stopped by then is stopped here."""


def look_for_targets(
    desk: Desk, release: Release, code: str, spec: ValidDecoderSpec, seed: int
) -> Answers:
    """Asks for chosen people, each from an account with no history; see `ask`.

    A target is anybody of the release who is on no list of this account, also a row without a
    code. The reason given is one that the desk accepts; whether a second person agrees is a draw.
    """
    outside = _outside(desk, release, code)
    ids = outside["row_id"].to_numpy()
    chosen = outside[np.sort(sample(seed, "targets of a valid decoder", ids, spec.targets))]
    requests = _requests(desk, chosen, code, spec, seed).with_columns(
        account=pl.format("{} {}", pl.lit(ACCOUNT), pl.int_range(pl.len())),
        minute=pl.lit(0, pl.Int64),
    )
    return ask(desk, requests, AuditChain.empty())


def ask_in_bulk(
    desk: Desk, release: Release, code: str, spec: ValidDecoderSpec, seed: int
) -> Answers:
    """Asks for row after row at the script's rate, until the account is closed or 60 days pass."""
    outside = _outside(desk, release, code)
    most = max(1, int(spec.requests_a_day.value * MOST_DAYS))
    asked = outside.head(most)
    minute = np.arange(asked.height) * MINUTES_PER_DAY / max(spec.requests_a_day.value, 1e-9)
    requests = _requests(desk, asked, code, spec, seed).with_columns(
        account=pl.lit(ACCOUNT), minute=pl.Series(minute.astype(np.int64))
    )
    response = round(spec.response_days.value * MINUTES_PER_DAY)
    return ask(desk, requests, AuditChain.empty(), response)


def describe(spec: ValidDecoderSpec) -> str:
    """Says what the attacker holds and does, for the method of a figure."""
    return (
        f"valid decoder: holds an account in the role {spec.role} and the lists of "
        f"{spec.practice_lists} practice(s); asks for people outside them; a second person agrees "
        f"without good reason in {spec.accomplice.value:.0%}; in bulk asks for "
        f"{spec.requests_a_day.value:g} a day until the account is closed "
        f"{spec.response_days.value:g} days after its first alarm"
    )


def _outside(desk: Desk, release: Release, code: str) -> pl.DataFrame:
    own = desk.lists.filter(pl.col("account") == ACCOUNT).select("row_id")
    coded = pl.col(code) if code in release.people.columns else pl.lit(None, dtype=pl.Binary)
    rows = release.people.select("row_id", coded.alias(code))
    return rows.join(own, on="row_id", how="anti", maintain_order="left")


def _requests(
    desk: Desk, rows: pl.DataFrame, code: str, spec: ValidDecoderSpec, seed: int
) -> pl.DataFrame:
    agrees = happens(
        seed, "a second person agrees", rows["row_id"].to_numpy(), spec.accomplice.value
    )
    return rows.select(
        "row_id",
        pl.col(code).alias("code"),
        role=pl.lit(spec.role),
        reason=pl.lit(desk.rules.reasons[0]),
        second=pl.Series(agrees),
    )
