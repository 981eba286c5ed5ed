"""Alerting: sends alerts to practices through the decode desk, and says who was told of whom.

Each alert is asked of the desk by the person's own practice, at the minute when it is raised. It
reaches the practice if the desk decodes it. Reads the Truth, to say which alerts were right.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from linkage.intervals import wilson
from reidentify.audit import AuditChain, broken_at
from reidentify.service import DECODED, ask
from scenarios.answering import make_right, seen_by, window_of
from scenarios.attacking.desks import NUMBER, desk_at_work
from scenarios.questions import alert
from scenarios.questions.estimate import Estimate

if TYPE_CHECKING:
    from linkage.linked import LinkedData, Provenance
    from linkage.plan import Treatment
    from reidentify.desk_specs import DeskSpec
    from reidentify.release import Release
    from scenarios.accounts import Accountant
    from scenarios.handover import Run, Written
    from scenarios.questions.estimate import Seen, Window
    from scenarios.questions.specs import AlertSpec
    from scenarios.result import Figure
    from scenarios.stages import Made
    from simulator.state import World
    from simulator.truth import Truth

_NEVER = alert.NEVER


def alert_figures(
    run: Run, truth: Made[Truth], name: str, question: AlertSpec, write: Accountant
) -> list[Figure]:
    """Says how many alerts reach the practice, of those raised and of those that should be."""
    if not question.desk:
        return []
    desk = run.proposal.desk[question.desk]
    found = run.stages.make(
        _delivered,
        question,
        desk,
        seen_by(run, question),
        run.releases[desk.recipient],
        make_right(run, truth),
        run.written[run.proposal.hub],
        run.proposal.identity.get("nhs_number"),
        run.world,
        run.seed,
    )
    return [write.estimate(name, estimate) for estimate in found.value]


def _delivered(
    question: AlertSpec,
    rules: DeskSpec,
    seen: Seen,
    released: tuple[Release, Provenance],
    right: tuple[LinkedData, Provenance],
    hub: Written,
    treatment: Treatment | None,
    world: World,
    seed: int,
) -> list[Estimate]:
    release, origins = released
    window = window_of(world)
    if NUMBER not in release.people.columns or "practice" not in release.people.columns:
        why = "no answer: the desk needs coded numbers and practices in the rows"
        return [Estimate("delivered", float("nan"), "share", method=why)]
    raised = _raised(seen, question, window)
    lists = release.people.select(_account(), "row_id")
    desk = desk_at_work(release, hub, rules, treatment, lists, seed)
    requests = raised.join(release.people, on="row_id", how="inner").select(
        "minute",
        _account(),
        "row_id",
        role=pl.lit(rules.roles[0]),
        reason=pl.lit(rules.reasons[0]),
        code=NUMBER,
        second=pl.lit(value=False),
    )
    answers = ask(desk, requests.sort("minute", "row_id"), AuditChain.empty())
    told = answers.frame.filter(pl.col("outcome") == DECODED)
    records = told.join(origins.people, on="row_id", how="inner")["record_id"]
    should = _records_that_should(question, right, window)
    both = int(records.is_in(should.implode()).sum())
    whole = broken_at(answers.audit, answers.audit.anchor) is None
    return [
        _share("delivered", told.height, raised.height, "alerts decoded for the own practice"),
        _share(
            "delivered_recall", both, len(should),
            "people of whom their practice hears, of those whom perfect links would raise",
        ),
        Estimate(
            "audit_whole", float(whole), "flag", out_of=answers.audit.frame.height,
            method="1 if every request is in the chain, unbroken",
        ),
    ]  # fmt: skip


def _account() -> pl.Expr:
    return pl.format("practice {}", pl.col("practice")).alias("account")


def _raised(seen: Seen, question: AlertSpec, window: Window) -> pl.DataFrame:
    """Gives whom an alert is raised about, and when: `row_id`, `minute`."""
    minutes = alert.alert_minutes(seen, question, question.services, window)
    everybody = pl.DataFrame({"row_id": seen.people["row_id"], "minute": minutes})
    return everybody.filter(pl.col("minute") < _NEVER)


def _records_that_should(
    question: AlertSpec, right: tuple[LinkedData, Provenance], window: Window
) -> pl.Series:
    rows = alert.raised(right[0], question, window)
    kept = right[1].people.filter(pl.col("row_id").is_in(rows.implode()))
    return kept["record_id"]


def _share(measure: str, count: int, out_of: int, method: str) -> Estimate:
    low, high = wilson(count, out_of)
    value = count / out_of if out_of else float("nan")
    return Estimate(measure, value, "share", low, high, count=count, out_of=out_of, method=method)
