"""Leaving parts out: the quick way gives exactly what answering anew gives."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios import compare_truth
from scenarios.questions import ranking, rate_ratio
from scenarios.questions.estimate import Seen, Window
from scenarios.questions.specs import RankingSpec, RateRatioSpec

WINDOW = Window(date(2016, 4, 1), 730)
PARTS = 4
VISITS = RateRatioSpec(
    kind="rate_ratio", title="?", exposure="visits", outcome="care", follow_up_days=365
)
COSTS = RankingSpec(kind="ranking", title="?", group="practice", services=("care", "visits"))

PEOPLE = st.lists(
    st.tuples(
        st.sampled_from(["F", "M", None]),
        st.sampled_from([None, 1, 2, 3]),
        st.integers(1930, 2010),
        st.integers(0, PARTS - 1),
    ),
    max_size=25,
)
EVENTS = st.lists(
    st.tuples(st.integers(0, 24), st.integers(0, 729 * 24 * 60), st.integers(0, 90_000)),
    max_size=60,
)


def view_of(
    people: list[tuple[str | None, int | None, int, int]],
    events: dict[str, list[tuple[int, int, int]]],
) -> Seen:
    start = datetime(2016, 4, 1)
    frame = pl.DataFrame(
        {
            "row_id": pl.Series(range(len(people)), dtype=pl.UInt64),
            "date_of_birth": pl.Series([date(one[2], 6, 1) for one in people], dtype=pl.Date),
            "sex": pl.Series([one[0] for one in people], dtype=pl.String),
            "practice": pl.Series([one[1] for one in people], dtype=pl.UInt32),
            "home": pl.Series([i // 2 for i in range(len(people))], dtype=pl.UInt64),
        }
    )
    kept = {name: [row for row in rows if row[0] < len(people)] for name, rows in events.items()}
    return Seen(
        None,
        frame,
        {
            name: pl.DataFrame(
                {
                    "row_id": pl.Series(range(len(rows)), dtype=pl.UInt64),
                    "person": pl.Series([row[0] for row in rows], dtype=pl.UInt64),
                    "event_time": pl.Series(
                        [start + timedelta(minutes=row[1]) for row in rows], dtype=pl.Datetime("us")
                    ),
                    "at_home": pl.Series([row[1] % 2 == 0 for row in rows], dtype=pl.Boolean),
                    "cost_pence": pl.Series([row[2] for row in rows], dtype=pl.Int64),
                }
            )
            for name, rows in kept.items()
        },
    )


def answered_anew(
    view: Seen, question: RateRatioSpec | RankingSpec, part: list[int]
) -> list[float]:
    """Answers from the people outside each part, slowly."""
    answers = []
    for left_out in range(PARTS):
        stays = [one != left_out for one in part]
        ids = view.people.filter(pl.Series(stays, dtype=pl.Boolean))["row_id"]
        rest = Seen(
            view.spec,
            view.people.filter(pl.col("row_id").is_in(ids.implode())),
            {
                name: frame.filter(pl.col("person").is_in(ids.implode()))
                for name, frame in view.events.items()
            },
        )
        found = compare_truth.answer(rest, question, WINDOW)
        answers += [e.value for e in found if (e.measure, e.group) == ("estimate", "all")]
    return answers


@settings(max_examples=60, deadline=None)
@given(people=PEOPLE, visits=EVENTS, care=EVENTS)
def test_a_rate_ratio_without_each_part_equals_answering_anew(
    people: list[tuple[str | None, int | None, int, int]],
    visits: list[tuple[int, int, int]],
    care: list[tuple[int, int, int]],
) -> None:
    view, part = view_of(people, {"visits": visits, "care": care}), [one[3] for one in people]
    codes = np.array(part, dtype=np.int64)
    quick = rate_ratio.without_each_part(view, VISITS, WINDOW, codes, PARTS)
    np.testing.assert_array_equal(quick, answered_anew(view, VISITS, part))


@settings(max_examples=60, deadline=None)
@given(people=PEOPLE, visits=EVENTS, care=EVENTS)
def test_a_cost_per_head_without_each_part_equals_answering_anew(
    people: list[tuple[str | None, int | None, int, int]],
    visits: list[tuple[int, int, int]],
    care: list[tuple[int, int, int]],
) -> None:
    view, part = view_of(people, {"visits": visits, "care": care}), [one[3] for one in people]
    codes = np.array(part, dtype=np.int64)
    quick = ranking.without_each_part(view, COSTS, WINDOW, codes, PARTS)
    np.testing.assert_array_equal(quick, answered_anew(view, COSTS, part))
