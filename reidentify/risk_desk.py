"""Risk of codes and of their desk: who is opened, by whom, after which failure. Reads the Truth.

A number read off a code names a person: whoever opens it knows whose row it is. It is correct if
the number is that person's own, and a wrong name if the record carried somebody else's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from linkage.intervals import Interval, brier, residual_risk, wilson
from linkage.normalise import comparable
from reidentify.audit import broken_at
from reidentify.risk import claim_rows, mark_claims
from reidentify.risk_groups import rows_of_groups
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
    people: pl.DataFrame,
    method: str,
) -> list[RiskRow]:
    """Scores codes matched without a key, and people named from them.

    Args:
        release: The coded rows.
        guesses: What the attacker takes codes to stand for.
        values: By field, from which value each row's code was made, from `values_of_rows`.
        targets: Who is on the register.
        owners: Whom each row is about.
        people: Truth.people, for figures by group.
        method: The attacker and what it holds.

    Returns:
        Claims and `found` for everybody, out of all rows; `recovered` and `baseline` in groups
        `field=...`, out of distinct codes; then `found` by group of people.
    """
    marked = mark_claims(guesses.claims, targets, owners)
    rows = _named_rows(RowMaker("all", method), marked, release, targets, owners)
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
        codes = release.people["code_nhs_number"].drop_nulls().n_unique()
        maker = RowMaker("field=nhs_number", method)
        note = "each number has one code, and how often it occurs tells no number: a random guess"
        rows += [
            maker.share("recovered", 0, codes, wilson(0, codes), note),
            maker.value("baseline", 1 / max(codes, 1), "share", note="one random number"),
        ]
    return rows + rows_of_groups(marked.select("row_id", "correct"), owners, people, method)


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
    known = both.filter(pl.col("guess") == pl.col("value")).select("code")
    rows = codes.drop_nulls().join(known, on="code", how="semi").height
    note = f"of distinct codes; {rows:,} of {codes.height:,} rows carry one that is turned back"
    return [
        maker.share("recovered", count, right.height, found, note),
        maker.value("baseline", mean, "share", note="a random value of those that may fit"),
        maker.skill(found, mean),
    ]


def _named_rows(
    maker: RowMaker,
    marked: pl.DataFrame,
    release: Release,
    targets: TargetTruth,
    owners: pl.DataFrame,
) -> list[RiskRow]:
    rows = release.people.height
    correct = marked.filter("correct")["row_id"].n_unique()
    found = wilson(correct, rows)
    sure = marked.filter(pl.col("confidence") >= _SURE)
    baseline = 1 / max(targets.frame.height, 1)
    absent = targets.frame.join(owners, on="person_id", how="anti")
    control = marked.join(absent, on="target_id", how="semi").height
    present = targets.frame.height - absent.height
    residual = residual_risk((min(correct, present), present), (control, absent.height))
    return [
        maker.number("rows", rows),
        maker.number("targets", targets.frame.height, note="people on the register"),
        *claim_rows(maker, marked),
        maker.share("found", correct, rows, found, "rows named correctly, out of all rows"),
        maker.number("sure_claims", sure.height, marked.height),
        maker.number("sure_correct", int(sure["correct"].sum()), sure.height),
        _wrong_names(maker, marked.filter(~pl.col("correct"))["target_id"].n_unique(), rows),
        maker.value("baseline", baseline, "share", note="a random name of the register"),
        maker.number(
            "control_claims", control, absent.height, note="names of people who have no row"
        ),
        maker.value(
            "residual_risk",
            residual.value,
            "share",
            Interval(residual.low, residual.high),
            "of listed people with a row, over the control of those without",
        ),
        maker.value(
            "confidence_error",
            brier(marked["confidence"].to_numpy(), marked["correct"].to_numpy()),
            "score",
            note="Brier score of the stated confidence of claims; 0 is perfect",
        ),
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
    one_by_one: Answers,
    bulk: Answers,
    right: pl.DataFrame,
    owners: pl.DataFrame,
    people: pl.DataFrame,
    method: str,
) -> list[RiskRow]:
    """Scores a valid decoder: chosen people decoded unstopped, and people decoded in bulk.

    Args:
        one_by_one: Answers about chosen people.
        bulk: Answers to a script.
        right: `row_id`, `correct` (Boolean): whether a row's number is the person's own.
        owners: Whom each row is about.
        people: Truth.people, for figures by group.
        method: The attacker and what it holds.
    """
    maker, rows = RowMaker("all", method), owners.height
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
        *rows_of_groups(
            opened.select("row_id", pl.col("correct").fill_null(value=False)),
            owners.join(chosen, on="row_id", how="semi"),
            people,
            method,
        ),
    ]


def score_failures(
    opened: Mapping[str, pl.DataFrame],
    right: pl.DataFrame,
    owners: pl.DataFrame,
    people: pl.DataFrame,
    method: str,
) -> list[RiskRow]:
    """Scores single failures: whom each party opens alone.

    Args:
        opened: By party: `row_id` of the rows that it opens with what it holds.
        right: `row_id`, `correct`: whether a row's number is the person's own.
        owners: Whom each row is about.
        people: Truth.people, for figures by group.
        method: The attacker.

    Returns:
        Figures of `failure=PARTY`, and of `all`: the single failure that opens most.
    """
    rows = owners.height
    listed = [
        (party, int(found.join(right, on="row_id", how="inner")["correct"].sum()), found.height)
        for party, found in opened.items()
    ]
    worst = max(listed, key=lambda one: one[1], default=("nobody", 0, 0))
    read = opened.get(worst[0], right.head(0)).select("row_id")
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
        *rows_of_groups(right.join(read, on="row_id", how="semi"), owners, people, method),
    ]


class _Told(NamedTuple):
    """A coalition, and the rows that it opens: `row_id`, `correct`."""

    parties: tuple[str, ...]
    opened: pl.DataFrame

    @property
    def right(self) -> int:
        return int(self.opened["correct"].sum())


def score_coalitions(
    tried: Iterable[Opened],
    right: pl.DataFrame,
    owners: pl.DataFrame,
    recorded: pl.DataFrame,
    people: pl.DataFrame,
    threshold: float,
    method: str,
) -> list[RiskRow]:
    """Scores coalitions: the smallest that opens enough, and every minimal one.

    Args:
        tried: Coalitions, smaller ones first.
        right: `row_id`, `correct`: whether a row's number is the person's own.
        owners: Whom each row is about: `row_id`, `person_id`.
        recorded: Whom each record of a party is about: `record_id`, `person_id`.
        people: Truth.people, for figures by group.
        threshold: Share of people that must be opened.
        method: The attacker.

    Returns:
        `coalition_size` and `found` for the smallest (of several, that which opens most), and in
        groups `coalition=a + b`; a coalition that holds a smaller one that opens enough is left
        out. Where none opens enough, `found` is that of the one which opens most.
    """
    rows = owners.height
    minimal: list[_Told] = []
    best = _Told(("nobody",), right.head(0))
    for opened in tried:
        if any(set(one.parties) <= set(opened.parties) for one in minimal):
            continue
        one = _Told(opened.parties, _people_opened(opened, right, owners, recorded))
        best = max(best, one, key=lambda each: each.right)
        if rows and one.right >= threshold * rows:
            minimal.append(one)
    smallest = [one for one in minimal if len(one.parties) == len(minimal[0].parties)]
    first = max(smallest, key=lambda each: each.right, default=best)
    said = "the smallest that opens enough" if minimal else "none opens enough; the one most"
    made: list[RiskRow] = []
    for group, one in [
        ("all", first),
        *((f"coalition={' + '.join(one.parties)}", one) for one in minimal),
    ]:
        maker = RowMaker(group, f"{method}; {' + '.join(one.parties)} ({said})")
        made += [
            maker.value(
                "coalition_size", float(len(one.parties)) if minimal else float("nan"), "count"
            ),
            maker.share("found", one.right, rows, wilson(one.right, rows), "people opened"),
            _wrong_names(maker, one.opened.height - one.right, rows),
        ]
    maker = RowMaker("all", method)
    return [
        *made,
        maker.value("baseline", 0.0, "share", note="nobody alone but whom the rows show"),
        maker.skill(wilson(first.right, rows), 0.0),
        *rows_of_groups(first.opened, owners, people, method),
    ]


def _people_opened(
    opened: Opened, right: pl.DataFrame, owners: pl.DataFrame, recorded: pl.DataFrame
) -> pl.DataFrame:
    """Gives the rows opened, rightly or wrongly: `row_id`, `correct`, ordered by `row_id`."""
    numbers = opened.numbers.join(right, on="row_id", how="inner")
    beside = (
        opened.names.join(owners, on="row_id", how="inner")
        .join(recorded.rename({"person_id": "meant"}), on="record_id", how="inner")
        .with_columns(correct=pl.col("person_id") == pl.col("meant"))
    )
    both = pl.concat([numbers.select("row_id", "correct"), beside.select("row_id", "correct")])
    return both.group_by("row_id").agg(pl.col("correct").any()).sort("row_id")
