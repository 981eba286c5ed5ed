"""Event matching: weighs candidates as the documented formula says, and claims by its two rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from math import log
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest
from hand_feed import NOON, feed_of, hand_gazetteer, knowledge_of, lay
from hypothesis import given, settings
from hypothesis import strategies as st

from reidentify.adversaries.event_beliefs import GROUPS, NAIVE, learn, teach_itself
from reidentify.adversaries.event_match import attack
from reidentify.adversaries.event_patterns import SIZES, levels
from reidentify.adversaries.event_posterior import best_candidates, pair_posteriors

if TYPE_CHECKING:
    from reidentify.adversaries.event_pairs import Comparison

WEEK = timedelta(days=7)


def pairs_of(rows: list[dict[str, object]], events: list[dict[str, object]]) -> Comparison:
    return lay(feed_of(rows), hand_gazetteer(), knowledge_of(events))


def ratios(comparison: Comparison) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Gives p m / L of each pair, one comparison after the other."""
    value = NAIVE.present / comparison.expected.astype(np.float64)
    for name in SIZES:
        value = value * NAIVE.agree[name][levels(comparison.patterns, name)]
    return value


def test_posteriors_are_those_of_the_documented_formula() -> None:
    events = [{}, {"from_time": NOON + timedelta(hours=2)}, {"northing": 1_400}]
    found = pairs_of([{}], events)
    weight = ratios(found)
    assert len(weight) == 3
    expected = weight / (1 - NAIVE.present + weight.sum())
    assert pair_posteriors(found, NAIVE) == pytest.approx(expected)
    best = best_candidates(found, NAIVE)
    assert best.chance[0] == pytest.approx(expected.max())
    assert best.lead[0] == pytest.approx(log(expected.max() / np.sort(expected)[-2]))


def test_patterns_have_the_levels_that_their_tables_say() -> None:
    row = {"arrival_time": NOON + timedelta(minutes=75), "method": "foot"}
    event = {"from_time": NOON + timedelta(minutes=40), "northing": 1_150, "injury": False}
    found = pairs_of([row], [event])
    assert {name: int(levels(found.patterns, name)[0]) for name in SIZES} == {
        "time": 2,  # 40 minutes: within the hour
        "arrival": 3,  # 35 minutes after the event
        "place": 3,  # 150 metres from the spot that the row names
        "means": 2,  # another means of the same group
        "kind": 1,
        "contact": 1,  # a crime without injury
    }


def test_midnight_may_mean_any_time_of_that_day() -> None:
    midnight = {"assault_time": datetime(2015, 1, 10)}
    events = [
        {"from_time": datetime(2015, 1, 10, 22)},
        {"from_time": datetime(2015, 1, 9, 22)},
        {"from_time": datetime(2015, 1, 10, 0, 10)},
    ]
    found = pairs_of([midnight], events)
    by_event = dict(
        zip(
            found.row_and_target(found.query_of_pairs(), found.candidate)[1].tolist(),
            levels(found.patterns, "time"),
            strict=True,
        )
    )
    assert by_event == {1_000: 11, 1_001: 15, 1_002: 7}


def test_a_busy_hour_and_place_makes_the_same_agreement_worth_less() -> None:
    weeks = [{"from_time": NOON + WEEK * week} for week in range(1, 40)]
    elsewhere = [{**one, "easting": 3_010} for one in weeks]
    quiet, busy = pairs_of([{}], [{}, *elsewhere]), pairs_of([{}], [{}, *weeks])
    assert quiet.expected[0] * 5 < busy.expected[0]
    chance = [best_candidates(found, NAIVE).chance[0] for found in (quiet, busy)]
    assert chance[0] > chance[1]


def test_the_candidate_itself_is_not_counted_as_a_coincidence() -> None:
    others = [{"from_time": NOON + WEEK * week, "easting": 3_010} for week in range(1, 40)]
    alone = pairs_of([{}], [{}, *others])
    without = pairs_of([{}], [{"northing": 5_000}, *others])
    assert alone.expected[0] == pytest.approx(without.expected[0], rel=0.6)
    assert alone.expected[0] < 0.01


def test_a_claim_needs_confidence_and_a_lead() -> None:
    alone, twins = pairs_of([{}], [{}]), pairs_of([{}], [{}, {}])
    chance = best_candidates(alone, NAIVE).chance[0]
    assert len(attack(alone, NAIVE, chance, 1.1)) == 1
    assert len(attack(alone, NAIVE, min(chance * 1.001, 1.0), 1.1)) == 0
    assert len(attack(twins, NAIVE, 0.1, 0.01)) == 0
    assert len(attack(twins, NAIVE, 0.1, 0.0)) == 1


def test_nothing_is_claimed_from_nothing() -> None:
    assert len(attack(pairs_of([{}], [{"from_time": NOON + WEEK}]), NAIVE, 0.0, 0.0)) == 0


def test_known_events_may_ask_and_rows_be_the_file() -> None:
    rows = [{}, {"assault_time": NOON + timedelta(hours=5), "location_text": "Quiet Lane"}]
    found = lay(feed_of(rows), hand_gazetteer(), knowledge_of([{}]), by_rows=False)
    claims = attack(found, NAIVE, 0.0, 0.0).frame
    assert claims.select("row_id", "target_id").rows() == [(0, 1_000)]


moments = st.integers(0, 60 * 24 * 20).map(lambda minutes: NOON + timedelta(minutes=minutes))
texts = st.sampled_from(["The Red Lion", "Mare St", "Quiet Lane", "pub", None])
some_rows = st.lists(
    st.fixed_dictionaries(
        {"assault_time": moments, "location_text": texts, "arrival_time": moments}
    ),
    min_size=1,
    max_size=12,
)
some_events = st.lists(
    st.fixed_dictionaries(
        {
            "from_time": moments,
            "easting": st.sampled_from([1_010, 1_400, 3_010, None]),
            "method": st.sampled_from(["fist", "firearm", None]),
            "contact_kind": st.sampled_from(["crime", "call"]),
        }
    ),
    min_size=1,
    max_size=12,
)


@settings(deadline=None, max_examples=15)
@given(some_rows, some_events, st.randoms(use_true_random=False), st.booleans())
def test_claims_do_not_depend_on_the_order_of_rows_or_events(
    rows: list[dict[str, object]],
    events: list[dict[str, object]],
    random: object,
    by_rows: bool,
) -> None:
    feed, knowledge = feed_of(rows), knowledge_of(events)
    gazetteer = hand_gazetteer()
    order = list(range(len(rows)))
    random.shuffle(order)  # type: ignore[attr-defined]
    shuffled = replace(feed, rows=feed.rows[order])
    turned = replace(knowledge, events=knowledge.events.reverse())
    one = lay(feed, gazetteer, knowledge, by_rows=by_rows)
    other = lay(shuffled, gazetteer, turned, by_rows=by_rows)
    assert attack(one, NAIVE, 0.0, 0.0).frame.equals(attack(other, NAIVE, 0.0, 0.0).frame)


@settings(deadline=None, max_examples=15)
@given(some_rows, some_events)
def test_both_ways_of_asking_list_the_same_pairs(
    rows: list[dict[str, object]], events: list[dict[str, object]]
) -> None:
    feed, knowledge, gazetteer = feed_of(rows), knowledge_of(events), hand_gazetteer()

    def listed(by_rows: bool) -> pl.DataFrame:
        found = lay(feed, gazetteer, knowledge, by_rows=by_rows)
        row, target = found.row_and_target(found.query_of_pairs(), found.candidate)
        return pl.DataFrame({"row": row, "target": target, "pattern": found.patterns}).sort(
            pl.all()
        )

    assert listed(by_rows=True).equals(listed(by_rows=False))


@settings(deadline=None, max_examples=15)
@given(some_rows, some_events)
def test_candidates_are_all_events_within_a_day(
    rows: list[dict[str, object]], events: list[dict[str, object]]
) -> None:
    feed, knowledge = feed_of(rows), knowledge_of(events)
    found = lay(feed, hand_gazetteer(), knowledge)
    slow = {
        (row["row_id"], event["target_id"])
        for row in feed.rows.to_dicts()
        for event in knowledge.events.to_dicts()
        if row["assault_time"] - event["to_time"] <= timedelta(days=1)
        and event["from_time"] - row["assault_time"] <= timedelta(days=1)
    }
    row, target = found.row_and_target(found.query_of_pairs(), found.candidate)
    assert set(zip(row.tolist(), target.tolist(), strict=True)) == slow


def test_an_informed_attacker_learns_the_shares_among_right_pairs() -> None:
    apart = [{"assault_time": NOON + WEEK * week} for week in range(400)]
    late = timedelta(minutes=30)
    events = [
        {"from_time": NOON + WEEK * week + (late if week % 4 == 0 else timedelta())}
        for week in range(400)
    ]
    found = pairs_of(apart, events)
    row, target = found.row_and_target(found.query_of_pairs(), found.candidate)
    belief = learn(found, (target - 1_000) == row)
    # 100 of 400 are half an hour late, and the naive table counts as 10 pairs.
    assert belief.agree["time"][2] == pytest.approx((100 + 10 * 0.2) / 410)
    assert belief.agree["time"][0] == pytest.approx((300 + 10 * 0.3) / 410)
    assert belief.present == pytest.approx(400.5 / 401)


@pytest.mark.parametrize("learnt", ["naive", "self-taught"])
def test_shares_of_right_pairs_add_up_within_levels_that_exclude_others(learnt: str) -> None:
    found = pairs_of([{}, {"assault_time": NOON + WEEK}], [{}, {"easting": 3_010}])
    belief = NAIVE if learnt == "naive" else teach_itself(found)
    for name, groups in GROUPS.items():
        for group in groups:
            assert belief.agree[name][list(group)].sum() == pytest.approx(1.0)
        assert sorted(sum(groups, ())) == list(range(SIZES[name]))


def test_the_self_taught_attacker_learns_which_levels_right_pairs_have() -> None:
    weeks = range(200)
    rows = [{"assault_time": NOON + WEEK * week} for week in weeks]
    right = [{"from_time": NOON + WEEK * week + timedelta(minutes=150)} for week in weeks]
    wrong = [
        {"from_time": NOON + WEEK * week + timedelta(hours=7), "easting": 3_010} for week in weeks
    ]
    found = pairs_of(rows, [*right, *wrong])
    learnt = teach_itself(found).agree["time"]
    assert learnt[3] > 0.7 > 3 * NAIVE.agree["time"][3]
