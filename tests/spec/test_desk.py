"""The decode desk: who may ask for whom, how much, and what is written down of it."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.keys import KeyRing, Purpose
from linkage.pseudonyms.codes import CodeBook, Domain
from reidentify.adversaries import decoder
from reidentify.audit import AuditChain, broken_at
from reidentify.desk_specs import DeskSpec, ValidDecoderSpec
from reidentify.release import Release
from reidentify.service import ALARM_DAYS, MINUTES_PER_DAY, Answers, Desk, ask
from reidentify.specs import ReleaseSpec

KEY = KeyRing.from_bytes(b"a master only for this test").derive_coding(
    Purpose("nhs_number", "all", "")
)
BOOK = CodeBook(KEY, Domain("nhs_number"))
NUMBERS = pl.Series("code", [f"{9_000_000_000 + row}" for row in range(400)])
CODES = BOOK.encode(NUMBERS)
DAY = MINUTES_PER_DAY


def rules(**changes: Any) -> DeskSpec:
    given_rules = {"title": "x", "recipient": "planners", "roles": ["gp"], "reasons": ["care"]}
    return DeskSpec.model_validate(given_rules | changes)


def desk(**changes: Any) -> Desk:
    """A desk at which Dr Ann has rows 0 to 99 on her list, and Dr Ben rows 100 to 199."""
    rows = pl.Series("row_id", range(200), dtype=pl.UInt64)
    account = ["ann"] * 100 + ["ben"] * 100
    lists = pl.DataFrame({"account": account, "row_id": rows})
    return Desk(rules(**changes), BOOK, lists)


def requests(*asked: tuple[int, str, int], **changes: Any) -> pl.DataFrame:
    """Requests (minute, account, row), by a GP for care and alone, but for some changes."""
    rows = [one[2] for one in asked]
    frame = pl.DataFrame(
        {
            "minute": pl.Series([one[0] for one in asked], dtype=pl.Int64),
            "account": pl.Series([one[1] for one in asked], dtype=pl.String),
            "row_id": pl.Series(rows, dtype=pl.UInt64),
            "code": CODES.gather(rows),
        }
    )
    usual = {"role": "gp", "reason": "care", "second": False}
    return frame.with_columns(**{n: pl.lit(v) for n, v in (usual | changes).items()})


def answer(
    asked: pl.DataFrame, response: int | None = None, **changes: Any
) -> tuple[list[str], list[bool], Answers]:
    answers = ask(desk(**changes), asked, AuditChain.empty(), response)
    return answers.frame["outcome"].to_list(), answers.frame["alarm"].to_list(), answers


def test_somebody_on_the_own_list_is_decoded() -> None:
    outcome, alarm, answers = answer(requests((0, "ann", 5)))
    assert (outcome, alarm) == (["decoded"], [False])
    assert answers.frame["value"].to_list() == [NUMBERS[5]]


@pytest.mark.parametrize(
    ("changes", "why"), [({"role": "planner"}, "role"), ({"reason": "curiosity"}, "reason")]
)
def test_another_role_or_reason_is_refused(changes: dict[str, Any], why: str) -> None:
    outcome, _, answers = answer(requests((0, "ann", 5), **changes))
    assert outcome == [why]
    assert answers.frame["value"].to_list() == [None]


def test_somebody_on_another_list_needs_a_second_person() -> None:
    asked = (0, "ann", 150)
    assert answer(requests(asked))[0] == ["relationship"]
    assert answer(requests(asked, second=True))[0] == ["decoded"]
    assert answer(requests(asked, second=True), outside_needs_two=False)[0] == ["relationship"]
    assert answer(requests(asked), relationship=False)[0] == ["decoded"]


def test_the_daily_limit_counts_each_account_and_each_day_apart() -> None:
    asked = requests(
        *[(minute, "ann", minute) for minute in range(4)],
        (5, "ben", 100),
        (DAY - 1, "ann", 7),
        (DAY, "ann", 8),
    )
    outcome, _, _ = answer(asked, daily_limit=3, alarm_daily=99)
    assert outcome == ["decoded"] * 3 + ["limit", "decoded", "limit", "decoded"]


def test_outside_requests_of_seven_days_raise_an_alarm_once() -> None:
    times = [0, DAY, 2 * DAY, 3 * DAY]
    _, alarm, _ = answer(requests(*[(t, "ann", 150) for t in times]), alarm_outside=3)
    assert alarm == [False, False, True, False]
    # The first is no longer counted when the third comes seven days later.
    late = [0, DAY, ALARM_DAYS * DAY]
    assert not any(answer(requests(*[(t, "ann", 150) for t in late]), alarm_outside=3)[1])


def test_many_requests_in_a_day_raise_an_alarm_even_of_own_people() -> None:
    asked = requests(*[(minute, "ann", minute) for minute in range(6)])
    assert answer(asked, alarm_daily=4)[1] == [False, False, False, True, False, False]


def test_an_account_is_closed_some_time_after_its_alarm_and_no_other_is() -> None:
    asked = requests(
        *[(minute, "ann", minute) for minute in range(6)], (6, "ben", 100), (9, "ann", 1)
    )
    outcome, _, _ = answer(asked, response=3, alarm_daily=2)
    # The alarm comes with the request of minute 1, so that the account is closed in minute 4.
    assert outcome == ["decoded"] * 4 + ["closed"] * 2 + ["decoded", "closed"]


def test_a_code_that_does_not_open_is_said_to_be_so() -> None:
    asked = requests((0, "ann", 5)).with_columns(code=pl.lit(b"no code at all"))
    assert answer(asked)[0] == ["unopened"]
    nobody = Desk(rules(), None, desk().lists)
    assert (
        ask(nobody, requests((0, "ann", 5)), AuditChain.empty()).frame["outcome"][0] == "unopened"
    )


def test_every_request_is_written_down_and_no_value_or_code_is() -> None:
    asked = requests((0, "ann", 5), (1, "ben", 5), (2, "eve", 5), role="gp")
    _, _, answers = answer(asked)
    assert answers.audit.frame["outcome"].to_list() == ["decoded", "relationship", "relationship"]
    assert broken_at(answers.audit, answers.audit.anchor) is None
    assert NUMBERS[5] not in str(answers.audit.frame.rows())
    assert "code" not in answers.audit.frame.columns


def test_requests_out_of_order_are_an_error() -> None:
    with pytest.raises(ValueError, match="order of time"):
        answer(requests((5, "ann", 1), (4, "ann", 2)))
    later = answer(requests((5, "ann", 1)))[2].audit
    with pytest.raises(ValueError, match="order of time"):
        ask(desk(), requests((4, "ann", 1)), later)


asking = st.lists(
    st.tuples(st.integers(0, 9 * DAY), st.sampled_from(["ann", "ben", "eve"]), st.integers(0, 399)),
    max_size=25,
).map(sorted)


@given(asking, st.integers(0, 25), st.booleans(), st.sampled_from([None, 0, 2 * DAY]))
def test_one_batch_or_two_makes_no_difference(
    asked: list[tuple[int, str, int]], cut: int, relationship: bool, response: int | None
) -> None:
    at = desk(relationship=relationship, daily_limit=3, alarm_daily=4, alarm_outside=3)
    whole = ask(at, requests(*asked), AuditChain.empty(), response)
    first = ask(at, requests(*asked[:cut]), AuditChain.empty(), response)
    second = ask(at, requests(*asked[cut:]), first.audit, response)
    assert pl.concat([first.frame, second.frame]).equals(whole.frame)
    assert second.audit.frame.equals(whole.audit.frame)


@given(asking, st.booleans())
def test_the_desk_decides_as_a_clerk_would_one_request_at_a_time(
    asked: list[tuple[int, str, int]], relationship: bool
) -> None:
    limits = {"daily_limit": 3, "alarm_daily": 4, "alarm_outside": 3}
    outcome, alarm, _ = answer(requests(*asked), relationship=relationship, **limits)
    decided: list[tuple[int, str, str, bool]] = []
    alarmed: set[str] = set()
    own = {"ann": range(100), "ben": range(100, 200)}
    for number, (minute, account, row) in enumerate(asked):
        mine = [one for one in decided if one[1] == account]
        today = 1 + sum(one[0] // DAY == minute // DAY for one in mine)
        outside = row not in own.get(account, range(0))
        why = "limit" if today > 3 else "decoded"
        if why == "decoded" and outside and relationship:
            why = "relationship"
        odd = why != "decoded" or (outside and relationship)
        lately = odd + sum(one[3] and minute - one[0] < ALARM_DAYS * DAY for one in mine)
        raised = (lately >= 3 or today >= 4) and account not in alarmed
        alarmed |= {account} if raised else set()
        decided.append((minute, account, why, odd))
        assert (outcome[number], alarm[number]) == (why, raised)


# The valid decoder, through the same desk.


def release() -> Release:
    rows = pl.Series("row_id", range(400), dtype=pl.UInt64)
    people = pl.DataFrame([rows, CODES.alias("code_nhs_number")])
    return Release("planners", ReleaseSpec(title="x", events=()), people, {})


def decoder_spec(**changes: Any) -> ValidDecoderSpec:
    given_spec = {"adversary": "valid_decoder", "desk": "decode", "role": "gp", "targets": 400}
    return ValidDecoderSpec.model_validate(given_spec | changes)


def test_bulk_decoding_is_noticed_within_the_number_that_the_rules_imply() -> None:
    strict = desk(alarm_outside=5, alarm_daily=40)
    answers = decoder.ask_in_bulk(strict, release(), "code_nhs_number", decoder_spec(), 1)
    assert answers.frame["alarm"].arg_true().to_list() == [4]
    loose = desk(relationship=False, alarm_daily=40, daily_limit=50)
    answers = decoder.ask_in_bulk(loose, release(), "code_nhs_number", decoder_spec(), 1)
    assert answers.frame["alarm"].arg_true().to_list() == [39]
    decoded = answers.frame.filter(outcome="decoded").height
    # The 40th of 200 a day comes at 04:40: 50 on that day, and 39 before 04:40 of the next.
    assert decoded == 50 + 39
    assert answers.audit.frame.height == answers.frame.height


def test_a_chosen_person_outside_is_decoded_as_often_as_a_second_person_agrees() -> None:
    for share in (0.0, 1.0):
        spec = decoder_spec(accomplice=share)
        answers = decoder.look_for_targets(desk(), release(), "code_nhs_number", spec, 1)
        assert (answers.frame["outcome"] == "decoded").mean() == share
        assert not answers.frame["alarm"].any()


def test_people_without_codes_are_looked_for_in_vain() -> None:
    bare = Release("planners", release().spec, release().people.drop("code_nhs_number"), {})
    spec = decoder_spec(accomplice=1.0)
    answers = decoder.look_for_targets(desk(), bare, "code_nhs_number", spec, 1)
    assert answers.frame["outcome"].unique().to_list() == ["unopened"]
    assert answers.frame.height == 400
