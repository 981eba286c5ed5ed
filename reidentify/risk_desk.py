"""Risk of codes and of their desk: who is opened, by whom, after which failure. Reads the Truth.

A number read off a code names a person: whoever opens it knows whose row it is. It is correct if
the number is that person's own, and a wrong name if the record carried somebody else's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from linkage.intervals import Interval, wilson
from linkage.normalise import comparable
from reidentify.audit import broken_at
from reidentify.risk import claim_rows, mark_claims
from reidentify.risk_rows import RowMaker
from reidentify.service import DECODED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from linkage.linked import Provenance
    from reidentify.adversaries.collusion import Opened
    from reidentify.adversaries.frequency import Guesses
    from reidentify.knowledge import TargetTruth
    from reidentify.release import Release
    from reidentify.risk_rows import RiskRow
    from reidentify.service import Answers
    from simulator.schema import Dataset

_SURE = 0.9
_THOUSAND = 1_000.0


def values_of_rows(provenance: Provenance, hub: Dataset, field: str) -> pl.DataFrame:
    """Says which value each row's code was made from: `row_id`, `value`, ordered by `row_id`."""
    recorded = hub.frame.select("record_id", comparable(hub.frame, field).alias("value"))
    return (
        provenance.people.join(recorded, on="record_id", how="inner")
        .select("row_id", "value")
        .sort("row_id")
    )


def score_frequency(
    release: Release,
    guesses: Guesses,
    values: Mapping[str, pl.DataFrame],
    targets: TargetTruth,
    owners: pl.DataFrame,
    method: str,
) -> list[RiskRow]:
    """Scores codes matched without a key, and people named from them.

    Args:
        release: The coded rows.
        guesses: What the attacker takes codes to stand for.
        values: By field, from which value each row's code was made, from `values_of_rows`.
        targets: Who is on the register.
        owners: Whom each row is about.
        method: The attacker and what it holds.

    Returns:
        `recovered` and `baseline` in groups `field=...`, out of distinct codes; then claims and
        `found` for everybody, out of all rows.
    """
    rows = _named_rows(
        RowMaker("all", method), mark_claims(guesses.claims, targets, owners), release, targets
    )
    for field, table in (("postcode", guesses.postcode), ("surname", guesses.surname)):
        column = f"code_{field}"
        if column in release.people.columns:
            rows += _recovered(
                RowMaker(f"field={field}", method),
                release.people.select("row_id", code=column),
                table,
                values[field],
                guesses.chances[field],
            )
    if "code_nhs_number" in release.people.columns:
        people = release.people["code_nhs_number"].drop_nulls().n_unique()
        maker = RowMaker("field=nhs_number", method)
        note = "each number has one code, and how often it occurs tells no number: a random guess"
        rows += [
            maker.share("recovered", 0, people, wilson(0, people), note),
            maker.value("baseline", 1 / max(people, 1), "share", note="one random number"),
        ]
    return rows


def _recovered(
    maker: RowMaker,
    codes: pl.DataFrame,
    table: pl.DataFrame,
    values: pl.DataFrame,
    chances: pl.DataFrame,
) -> list[RiskRow]:
    """Counts codes turned back rightly, out of distinct codes."""
    truth = codes.drop_nulls().join(values, on="row_id", how="inner")
    right = truth.group_by("code").agg(pl.col("value").mode().min())
    both = right.join(table.rename({"value": "guess"}), on="code", how="left")
    count = int((both["guess"] == both["value"]).fill_null(value=False).sum())
    baseline = right.join(chances, on="code", how="left")["chance"].fill_null(0.0)
    mean = float(np.sum(baseline.sort().to_numpy())) / max(len(baseline), 1)
    found = wilson(count, right.height)
    return [
        maker.share("recovered", count, right.height, found, "of distinct codes"),
        maker.value("baseline", mean, "share", note="a random value of those that may fit"),
        maker.skill(found, mean),
    ]


def _named_rows(
    maker: RowMaker, marked: pl.DataFrame, release: Release, targets: TargetTruth
) -> list[RiskRow]:
    rows = release.people.height
    correct = marked.filter("correct")["row_id"].n_unique()
    found = wilson(correct, rows)
    sure = marked.filter(pl.col("confidence") >= _SURE)
    baseline = 1 / max(targets.frame.height, 1)
    return [
        *claim_rows(maker, marked),
        maker.share("found", correct, rows, found, "rows named correctly, out of all rows"),
        maker.number("sure_claims", sure.height, marked.height),
        maker.number("sure_correct", int(sure["correct"].sum()), sure.height),
        _wrong_names(maker, marked.filter(~pl.col("correct"))["target_id"].n_unique(), rows),
        maker.value("baseline", baseline, "share", note="a random name of the register"),
        maker.skill(found, baseline),
    ]


def _wrong_names(maker: RowMaker, wrong: int, rows: int) -> RiskRow:
    interval = wilson(min(wrong, rows), rows)
    return maker.value(
        "wrong_per_1000",
        wrong * _THOUSAND / rows if rows else float("nan"),
        "per 1,000",
        Interval(interval.low * _THOUSAND, interval.high * _THOUSAND),
        f"{wrong:,} people wrongly named, {rows:,} rows",
    )


def score_decoder(
    one_by_one: Answers, bulk: Answers, right: pl.DataFrame, rows: int, method: str
) -> list[RiskRow]:
    """Scores a valid decoder: chosen people decoded unstopped, and people decoded in bulk.

    Args:
        one_by_one: Answers about chosen people.
        bulk: Answers to a script.
        right: `row_id`, `correct` (Boolean): whether a row's number is the person's own.
        rows: Rows of the release.
        method: The attacker and what it holds.
    """
    maker = RowMaker("all", method)
    chosen = one_by_one.frame.join(right, on="row_id", how="left")
    opened = chosen.filter(pl.col("outcome") == DECODED, ~pl.col("alarm"))
    correct = int(opened["correct"].fill_null(value=False).sum())
    targets = chosen.height
    found = wilson(correct, targets)
    decoded = bulk.frame.with_row_index("at").filter(pl.col("outcome") == DECODED)
    alarm = bulk.frame.with_row_index("at").filter("alarm")["at"]
    before = decoded.height if not len(alarm) else decoded.filter(pl.col("at") < alarm[0]).height
    asked = int(alarm[0]) + 1 if len(alarm) else bulk.frame.height
    logged = bulk.audit.frame.height == bulk.frame.height
    whole = logged and broken_at(bulk.audit, bulk.audit.anchor) is None
    return [
        maker.number("targets", targets),
        maker.number("claims", opened.height, targets),
        maker.number("correct_claims", correct, opened.height),
        maker.number("wrong_names", opened.height - correct, opened.height),
        maker.share("found", correct, targets, found, "decoded, and no alarm"),
        maker.number("decoded_before_alarm", before, rows),
        maker.number("decoded_in_all", decoded.height, rows),
        maker.number("asked_until_alarm", asked, bulk.frame.height),
        maker.value(
            "audit_whole", float(whole), "flag", note="1 if every request is in the chain, unbroken"
        ),
        _wrong_names(maker, opened.height - correct, max(targets, 1)),
        maker.value("baseline", 0.0, "share", note="without an account nothing is decoded"),
        maker.skill(found, 0.0),
    ]


def score_failures(
    opened: Mapping[str, pl.DataFrame], right: pl.DataFrame, rows: int, method: str
) -> list[RiskRow]:
    """Scores single failures: whom each party opens alone.

    Args:
        opened: By party: `row_id` of the rows that it opens with what it holds.
        right: `row_id`, `correct`: whether a row's number is the person's own.
        rows: Rows of the release.
        method: The attacker.

    Returns:
        Figures of `failure=PARTY`, and of `all`: the single failure that opens most.
    """
    listed = [
        (party, int(found.join(right, on="row_id", how="inner")["correct"].sum()), found.height)
        for party, found in opened.items()
    ]
    worst = max(listed, key=lambda one: one[1], default=("nobody", 0, 0))
    able = sum(count > 0 for _, count, _ in listed)
    made = []
    for group, (party, correct, height) in [
        ("all", worst),
        *((f"failure={one[0]}", one) for one in listed),
    ]:
        maker = RowMaker(group, f"{method}; {party} fails, found by decoding with what it holds")
        made += [
            maker.share("found", correct, rows, wilson(correct, rows), "people opened"),
            _wrong_names(maker, height - correct, rows),
        ]
    maker = RowMaker("all", method)
    return [
        *made,
        maker.number("single_failures", able, len(listed), note="parties who alone open somebody"),
        maker.value("baseline", 0.0, "share", note="with no failure nobody is opened"),
        maker.skill(wilson(worst[1], rows), 0.0),
    ]


def score_coalitions(
    tried: Iterable[Opened],
    right: pl.DataFrame,
    owners: pl.DataFrame,
    recorded: pl.DataFrame,
    threshold: float,
    method: str,
) -> list[RiskRow]:
    """Scores coalitions: the smallest that opens enough, and every minimal one.

    Args:
        tried: Coalitions, smaller ones first.
        right: `row_id`, `correct`: whether a row's number is the person's own.
        owners: Whom each row is about: `row_id`, `person_id`.
        recorded: Whom each record of a party is about: `record_id`, `person_id`.
        threshold: Share of people that must be opened.
        method: The attacker.

    Returns:
        `coalition_size` and `found` for the smallest, and in groups `coalition=a + b`; a coalition
        that holds a smaller one that opens enough is left out.
    """
    rows = owners.height
    minimal: list[tuple[tuple[str, ...], int, int]] = []
    best: tuple[tuple[str, ...], int, int] = (("nobody",), 0, 0)
    for opened in tried:
        if any(set(parties) <= set(opened.parties) for parties, _, _ in minimal):
            continue
        correct, wrong = _people_opened(opened, right, owners, recorded)
        one = (opened.parties, correct, wrong)
        best = max(best, one, key=lambda each: each[1])
        if rows and correct >= threshold * rows:
            minimal.append(one)
    first = minimal[0] if minimal else best
    made: list[RiskRow] = []
    for group, (parties, correct, wrong) in [
        ("all", first),
        *((f"coalition={' + '.join(one[0])}", one) for one in minimal),
    ]:
        enough = bool(minimal)
        said = "the smallest that opens enough" if enough else "none opens enough; the one most"
        maker = RowMaker(group, f"{method}; {' + '.join(parties)} ({said})")
        size = float(len(parties)) if enough else float("nan")
        made += [
            maker.value("coalition_size", size, "count"),
            maker.share("found", correct, rows, wilson(correct, rows), "people opened"),
            _wrong_names(maker, wrong, rows),
        ]
    maker = RowMaker("all", method)
    return [
        *made,
        maker.value("baseline", 0.0, "share", note="nobody alone but whom the rows show"),
        maker.skill(wilson(first[1], rows), 0.0),
    ]


def _people_opened(
    opened: Opened, right: pl.DataFrame, owners: pl.DataFrame, recorded: pl.DataFrame
) -> tuple[int, int]:
    """Counts rows opened rightly and wrongly."""
    numbers = opened.numbers.join(right, on="row_id", how="inner")
    beside = (
        opened.names.join(owners, on="row_id", how="inner")
        .join(recorded.rename({"person_id": "meant"}), on="record_id", how="inner")
        .with_columns(correct=pl.col("person_id") == pl.col("meant"))
    )
    both = pl.concat([numbers.select("row_id", "correct"), beside.select("row_id", "correct")])
    best = both.group_by("row_id").agg(pl.col("correct").any())
    correct = int(best["correct"].sum())
    return correct, best.height - correct
