"""Questions, answered from small views by hand."""

from __future__ import annotations

from datetime import date, datetime

import polars as pl
import pytest

from reidentify.specs import ReleaseSpec
from scenarios.questions import alert, count, ranking, rate_ratio
from scenarios.questions.estimate import CannotAnswer, Estimate, Seen, Window, periods, see
from scenarios.questions.specs import AlertSpec, CountSpec, RankingSpec, RateRatioSpec

WINDOW = Window(date(2016, 4, 1), 730)
VISIT_QUESTION = RateRatioSpec(
    kind="rate_ratio", title="?", exposure="visits", outcome="care", follow_up_days=365
)


def people(*homes: int) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "row_id": pl.Series(range(1, len(homes) + 1), dtype=pl.UInt64),
            "date_of_birth": [date(1950, 1, 1)] * len(homes),
            "sex": ["F"] * len(homes),
            "practice": pl.Series([1 + i % 2 for i in range(len(homes))], dtype=pl.UInt32),
            "home": pl.Series(homes, dtype=pl.UInt64),
        }
    )


def events(*rows: tuple[int, datetime], pence: int = 100) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "row_id": pl.Series(range(100, 100 + len(rows)), dtype=pl.UInt64),
            "person": pl.Series([row[0] for row in rows], dtype=pl.UInt64),
            "event_time": pl.Series([row[1] for row in rows], dtype=pl.Datetime("us")),
            "at_home": [True] * len(rows),
            "cost_pence": pl.Series([pence] * len(rows), dtype=pl.Int64),
        }
    )


def on(day: int, month: int = 6, year: int = 2016) -> datetime:
    return datetime(year, month, day, 12, 30)


def by_measure(estimates: list[Estimate]) -> dict[str, float]:
    return {e.measure: e.value for e in estimates if e.group == "all"}


def small_view(spec: ReleaseSpec | None = None) -> Seen:
    # Persons 1 and 2 are visited on 10 June 2016; 3 and 4 never.
    visits = events((1, on(10)), (2, on(10)))
    care = events(
        (1, on(9)),  # before
        (1, on(11)),  # after
        (2, on(20)),  # after
        (2, on(20, year=2017)),  # beyond follow-up
        (3, on(1, 8)),
        (4, on(1, 9)),
        (4, on(2, 9)),
    )
    return Seen(spec, people(1, 2, 3, 4), {"visits": visits, "care": care})


def test_time_is_split_at_the_exposure_and_ends_with_follow_up() -> None:
    found = by_measure(rate_ratio.answer(small_view(), VISIT_QUESTION, WINDOW))
    assert found["exposed_events"] == 2
    assert found["unexposed_events"] == 4
    assert found["exposed_people"] == 2
    assert found["unexposed_people"] == 4
    exposed_years = 2 * 365 / 365.25
    before = (datetime(2016, 6, 10, 12, 30) - datetime(2016, 4, 1)).total_seconds() / 86_400
    unexposed_years = 2 * before / 365.25 + 2 * 730 / 365.25
    crude = (2 / exposed_years) / (4 / unexposed_years)
    assert found["estimate"] == pytest.approx(crude, rel=1e-4)


def test_nobody_counts_before_registration_not_even_as_exposed() -> None:
    seen = small_view()
    late = [None, date(2016, 7, 1), None, date(2016, 8, 15)]
    view = Seen(None, seen.people.with_columns(registered_on=pl.Series(late)), seen.events)
    found = by_measure(rate_ratio.answer(view, VISIT_QUESTION, WINDOW))
    # The second person was visited, and had care, before being registered.
    assert found["exposed_events"] == 1
    assert found["unexposed_events"] == 4
    day = datetime(2016, 6, 10, 12, 30) - datetime(2016, 4, 1)
    until = datetime(2017, 6, 10, 12, 30) - datetime(2016, 7, 1)
    registered = (date(2016, 8, 15) - date(2016, 4, 1)).days
    exposed = 365 + until.total_seconds() / 86_400
    unexposed = day.total_seconds() / 86_400 + 730 + 730 - registered
    assert found["estimate"] == pytest.approx((1 / exposed) / (4 / unexposed), rel=1e-4)


def test_people_count_since_they_live_there_and_what_was_done_before_is_not_theirs() -> None:
    seen = small_view()
    came = [None, date(2016, 7, 1), None, date(2016, 8, 15)]
    view = Seen(None, seen.people.with_columns(lived_since=pl.Series(came)), seen.events)
    found = by_measure(rate_ratio.answer(view, VISIT_QUESTION, WINDOW))
    # The second person came after the visit to the home: unexposed, and care before does not count.
    assert (found["exposed_people"], found["exposed_events"]) == (1, 1)
    assert (found["unexposed_people"], found["unexposed_events"]) == (4, 5)
    before = (datetime(2016, 6, 10, 12, 30) - datetime(2016, 4, 1)).total_seconds() / 86_400
    second, fourth = (730 - (day - date(2016, 4, 1)).days for day in came if day)
    unexposed = before + second + 730 + fourth
    assert found["estimate"] == pytest.approx((1 / 365) / (5 / unexposed), rel=1e-4)


def test_only_exposures_of_the_kinds_that_are_asked_for_count() -> None:
    seen = small_view()
    kinds = seen.events["visits"].with_columns(work_kind=pl.Series(["electrics", "heating"]))
    view = Seen(None, seen.people, {**seen.events, "visits": kinds})
    asked = {"exposure_where": {"work_kind": ("electrics",)}}
    found = by_measure(rate_ratio.answer(view, VISIT_QUESTION.model_copy(update=asked), WINDOW))
    assert (found["exposed_people"], found["exposed_events"]) == (1, 1)
    assert found["unexposed_events"] == 6 - 1 + 1  # and the second person's care, all of it


def test_only_people_of_an_age_and_linked_to_an_agency_are_compared() -> None:
    seen = small_view()
    born = pl.Series([date(1950, 1, 1), date(1956, 4, 1), date(1956, 4, 2), date(1950, 1, 1)])
    tenants = events((1, on(1)), (2, on(1)), (3, on(1))).drop("event_time")
    view = Seen(
        None,
        seen.people.with_columns(date_of_birth=born),
        {**seen.events, "tenancies": tenants},
    )
    old = VISIT_QUESTION.model_copy(update={"age_from": 60})
    found = by_measure(rate_ratio.answer(view, old, WINDOW))
    # The third turns sixty on the second day of the window.
    assert (found["exposed_people"], found["unexposed_people"]) == (2, 3)
    both = old.model_copy(update={"among": "tenancies"})
    found = by_measure(rate_ratio.answer(view, both, WINDOW))
    assert (found["exposed_people"], found["unexposed_people"]) == (2, 2)
    assert found["unexposed_events"] == 1
    how = rate_ratio.method(view, both)
    assert "people of 60 and over at the start" in how
    assert "only people linked to tenancies" in how
    with pytest.raises(CannotAnswer, match="events of tenancies"):
        rate_ratio.answer(seen, both, WINDOW)


def test_where_dates_are_months_the_month_of_the_exposure_is_left_out() -> None:
    exact = small_view()
    coarse = {
        name: frame.with_columns(pl.col("event_time").dt.truncate("1mo"))
        for name, frame in exact.events.items()
    }
    spec = ReleaseSpec(title="r", events=("visits", "care"), dates="month")
    found = by_measure(rate_ratio.answer(Seen(spec, exact.people, coarse), VISIT_QUESTION, WINDOW))
    # The contacts of June 2016, before and after the visit alike, are in the month left out; the
    # one of June 2017 is in follow-up, which ends with the last whole month: 1 July to 1 July.
    assert found["exposed_events"] == 1
    assert found["unexposed_events"] == 3


@pytest.mark.parametrize(
    ("precision", "begins", "ends"),
    [
        ("minute", datetime(2016, 6, 10, 12, 30), datetime(2016, 6, 10, 12, 31)),
        ("day", datetime(2016, 6, 10), datetime(2016, 6, 11)),
        ("week", datetime(2016, 6, 6), datetime(2016, 6, 13)),
        ("month", datetime(2016, 6, 1), datetime(2016, 7, 1)),
    ],
)
def test_a_moment_lies_in_one_period_of_each_length(
    precision: str, begins: datetime, ends: datetime
) -> None:
    start = datetime(2016, 4, 1)
    minute = int((on(10) - start).total_seconds() // 60)
    found = periods(pl.Series([minute]).to_numpy(), precision, start.date())  # type: ignore[arg-type]
    expected = [int((moment - start).total_seconds() // 60) for moment in (begins, ends)]
    assert [found[0][0], found[1][0]] == expected


def test_cost_per_head_adds_services_up_and_divides_by_years() -> None:
    view = Seen(None, people(1, 2, 3, 4), {"care": events((1, on(1)), (1, on(2)), (2, on(3)))})
    spec = RankingSpec(kind="ranking", title="?", services=("care",))
    found = ranking.answer(view, spec, WINDOW)
    values = {e.group: e.value for e in found if e.measure == "estimate"}
    assert values["practice=1"] == pytest.approx(2.00 / 2 / WINDOW.years)
    assert values["practice=2"] == pytest.approx(1.00 / 2 / WINDOW.years)
    assert values["all"] == pytest.approx(3.00 / 4 / WINDOW.years)


def test_a_count_is_of_people_known_to_every_service() -> None:
    view = Seen(
        None, people(1, 2, 3), {"a": events((1, on(1)), (2, on(1))), "b": events((2, on(2)))}
    )
    (found,) = count.answer(view, CountSpec(kind="count", title="?", services=("a", "b")), WINDOW)
    assert (found.value, found.count, found.out_of) == (1, 1, 3)


def test_an_alert_is_raised_by_contacts_of_all_services_together() -> None:
    view = Seen(
        None,
        people(1, 2, 3),
        {
            "a": events((1, on(1)), (1, on(20)), (2, on(1)), (3, on(1)), (3, on(2)), (3, on(9))),
            "b": events((1, on(5)), (2, on(1, 10)), (3, on(3))),
        },
    )
    spec = AlertSpec(kind="alert", title="?", services=("a", "b"), contacts=3, within_days=30)
    found = by_measure(alert.answer(view, spec, WINDOW))
    assert found["estimate"] == 2  # persons 1 and 3; person 2's contacts lie months apart
    assert found["best_single_service"] == 1  # person 3, with `a` alone
    assert found["lead_time"] == 6  # person 3: 3 June rather than 9 June
    assert alert.raised(view, spec, WINDOW).to_list() == [1, 3]


def test_a_question_says_what_it_was_not_given() -> None:
    view = Seen(None, people(1).drop("practice"), {"care": events((1, on(1))).drop("cost_pence")})
    spec = RankingSpec(kind="ranking", title="?", services=("care", "other"))
    with pytest.raises(CannotAnswer) as refused:
        ranking.answer(view, spec, WINDOW)
    assert str(refused.value) == (
        "not handed over: practice of people, cost_pence of care, events of other"
    )


def test_a_question_sees_only_what_it_names() -> None:
    view = Seen(None, people(1).with_columns(token=pl.lit(7, pl.UInt64)), small_view().events)
    spec = CountSpec(kind="count", title="?", services=("care",))
    seen = see(view, spec)
    assert list(seen.events) == ["care"]
    assert "token" not in seen.people.columns
