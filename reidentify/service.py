"""The decode desk: a Service that turns codes back for those who may ask.

`ask` is a pure function from a batch of requests, in order of time, to answers, refusals, alarms
and audit rows. What a request may do depends on the role, the reason, whether the person is on the
asker's own list, a second person, and how much the account has asked before.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reidentify.audit import AuditChain
    from reidentify.desk_specs import DeskSpec

MINUTES_PER_DAY = 1_440
ALARM_DAYS = 7
"""Days over which refused and outside requests of an account are counted."""

DECODED = "decoded"
UNOPENED = "unopened"
NEVER = np.iinfo(np.int64).max


class Opener(Protocol):
    """What turns codes back: a code book, or a vault's table."""

    def open(self, codes: pl.Series) -> pl.Series:
        """Turns back what it can; null for the rest."""


@dataclass(frozen=True)
class Desk:
    """A desk at work.

    Attributes:
        rules: Its rules.
        opener: What turns back the codes of NHS numbers; None where nobody can alone.
        lists: Who is on whose own list: `account` (String), `row_id` (UInt64).
    """

    rules: DeskSpec
    opener: Opener | None = field(repr=False)
    lists: pl.DataFrame = field(repr=False)


@dataclass(frozen=True)
class Answers:
    """What a desk answered.

    Attributes:
        frame: In the order of the requests: `row_id` (UInt64), `outcome` (`decoded`, or why not:
            role, reason, relationship, limit, closed, unopened), `value` (String, null unless
            decoded), `alarm` (Boolean: this request raised one).
        audit: The log with these requests written after it; it holds no value.
    """

    frame: pl.DataFrame = field(repr=False)
    audit: AuditChain = field(repr=False)


def ask(
    desk: Desk, requests: pl.DataFrame, audit: AuditChain, response_minutes: int | None = None
) -> Answers:
    """Answers requests.

    What an account asked before is read off the log, so that it makes no difference whether
    requests come in one batch or in several.

    Args:
        desk: The desk.
        requests: In order of time: `minute` (Int64), `account`, `role`, `reason` (String), `row_id`
            (UInt64), `code` (Binary, or String), `second` (Boolean: a second person agreed).
        audit: The log so far.
        response_minutes: Minutes from an account's first alarm to its closing; None if nobody
            closes it.

    Returns:
        Answers and refusals, and the log.

    Raises:
        ValueError: If requests are not in order of time, or begin before the log ends.
    """
    minute = pl.concat([audit.frame["minute"], requests["minute"]])
    if not minute.is_sorted():
        raise ValueError("requests must be in order of time, and none before the log's last row")
    outside = ~_is_own(desk, requests)
    judged = _judge(desk.rules, requests, outside, audit.frame, response_minutes)
    allowed = pl.Series(judged.outcome == DECODED)
    values = _opened(desk, requests["code"], allowed)
    shown = pl.select(
        pl.when(allowed & values.is_null())
        .then(pl.lit(UNOPENED))
        .otherwise(pl.Series(judged.outcome, dtype=pl.String))
        .alias("outcome")
    ).to_series()
    rows = requests.with_columns(shown, outside=pl.Series(outside), alarm=pl.Series(judged.alarm))
    frame = rows.select("row_id", "outcome", value=values, alarm="alarm")
    return Answers(frame, audit.with_rows(rows))


class _Judged(NamedTuple):
    """What becomes of requests by the rules: `outcome` (str), `alarm` (bool), shape (requests,)."""

    outcome: NDArray[np.str_]
    alarm: NDArray[np.bool_]


def _judge(
    rules: DeskSpec,
    requests: pl.DataFrame,
    outside: NDArray[np.bool_],
    past: pl.DataFrame,
    response: int | None,
) -> _Judged:
    """Applies the rules to requests, after what their accounts asked before."""
    before = past.height
    both = pl.concat([past.select("account", "minute"), requests.select("account", "minute")])
    account = both["account"].rank("dense").cast(pl.Int64).to_numpy()
    minute = both["minute"].to_numpy()
    wrong_role = ~requests["role"].is_in(list(rules.roles)).to_numpy()
    wrong_reason = ~requests["reason"].is_in(list(rules.reasons)).to_numpy()
    agreed = requests["second"].to_numpy() & rules.outside_needs_two
    unrelated = outside & rules.relationship & ~agreed
    today = _count_so_far(account, minute // MINUTES_PER_DAY)[before:]
    over = today > rules.daily_limit
    is_odd = wrong_role | wrong_reason | unrelated | over | (outside & rules.relationship)
    was_odd = ~past["outcome"].is_in([DECODED, UNOPENED]).to_numpy()
    was_odd |= past["outside"].to_numpy() & rules.relationship
    lately = _count_lately(account, minute, np.concatenate([was_odd, is_odd]))[before:]
    raises = (lately >= rules.alarm_outside) | (today >= rules.alarm_daily)
    alarm, closed = _alarms(
        account, minute, np.concatenate([past["alarm"].to_numpy(), raises]), response
    )
    outcome = np.select(
        [closed[before:], wrong_role, wrong_reason, over, unrelated],
        ["closed", "role", "reason", "limit", "relationship"],
        DECODED,
    )
    return _Judged(outcome, alarm[before:])


def _is_own(desk: Desk, requests: pl.DataFrame) -> NDArray[np.bool_]:
    """Says of each request whether the person is on the account's own list."""
    marked = requests.select("account", "row_id").join(
        desk.lists.unique(["account", "row_id"]).with_columns(own=pl.lit(value=True)),
        on=["account", "row_id"],
        how="left",
        maintain_order="left",
    )
    return marked["own"].fill_null(value=False).to_numpy()


def _opened(desk: Desk, codes: pl.Series, allowed: pl.Series) -> pl.Series:
    """Turns back the codes that are allowed; null for all others."""
    if desk.opener is None or not allowed.any():
        return pl.Series("value", [None] * len(codes), dtype=pl.String)
    asked = pl.select(pl.when(allowed).then(codes).alias("value")).to_series()
    return desk.opener.open(asked)


def _count_so_far(account: NDArray[np.int64], period: NDArray[np.int64]) -> NDArray[np.int64]:
    """Gives how many requests an account has made in a period, this one included."""
    frame = pl.DataFrame({"account": account, "period": period})
    return frame.select(
        pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over("account", "period")
    ).to_series().to_numpy()  # fmt: skip


def _count_lately(
    account: NDArray[np.int64], minute: NDArray[np.int64], counted: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Gives how many counted requests an account made in the last seven days, this one included."""
    order = np.lexsort((np.arange(len(minute)), minute, account))
    span = np.int64(2**40)
    key = account[order] * span + minute[order]
    total = np.concatenate([[0], np.cumsum(counted[order])])
    start = np.searchsorted(key, key - ALARM_DAYS * MINUTES_PER_DAY, side="right")
    start = np.maximum(start, np.searchsorted(account[order], account[order], side="left"))
    lately = np.empty(len(minute), dtype=np.int64)
    lately[order] = total[1:] - total[start]
    return lately


def _alarms(
    account: NDArray[np.int64],
    minute: NDArray[np.int64],
    raises: NDArray[np.bool_],
    response: int | None,
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Gives the request that raises each account's first alarm, and those made after closing."""
    alarm = np.zeros(len(minute), dtype=np.bool_)
    at = np.flatnonzero(raises)
    accounts, first = np.unique(account[at], return_index=True)
    alarm[at[first]] = True
    if response is None or not len(accounts):
        return alarm, np.zeros(len(minute), dtype=np.bool_)
    shuts = np.full(int(account.max()) + 1, NEVER)
    shuts[accounts] = minute[at[first]] + response
    numbers = np.arange(len(minute))
    raised = np.full(int(account.max()) + 1, len(minute))
    raised[accounts] = at[first]
    return alarm, (minute >= shuts[account]) & (numbers > raised[account])
