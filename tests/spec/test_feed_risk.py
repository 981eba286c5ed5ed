"""Scoring of attacks on feeds: people, rows and wrong names counted by hand."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

import polars as pl
import pytest
from hand_feed import NOON, feed_of, hand_gazetteer, knowledge_of, lay

from reidentify.adversaries import location_reader
from reidentify.adversaries.event_windows import Window, attack_windows
from reidentify.claims import Claims
from reidentify.feed import FeedOrigins
from reidentify.feed_specs import LocationReaderSpec
from reidentify.knowledge import TargetTruth
from reidentify.knowledge_addresses import AddressList
from reidentify.risk_feed import (
    Attempt,
    FeedScene,
    make_scene,
    random_chances,
    right_pairs,
    score,
    score_as,
)
from reidentify.risk_feed_grid import best_of_grid, inversions, score_windows
from reidentify.risk_feed_targets import score_targets
from simulator.settings import Share

if TYPE_CHECKING:
    from reidentify.risk_rows import RiskRow

IDS = {"row_id": pl.UInt64, "record_id": pl.UInt64, "target_id": pl.UInt64, "person_id": pl.UInt64}


def claims_of(*made: tuple[int, int, float]) -> Claims:
    rows = {"row_id": [m[0] for m in made], "target_id": [m[1] for m in made]}
    frame = pl.DataFrame({**rows, "confidence": [m[2] for m in made]})
    return Claims.of(frame.cast({"row_id": pl.UInt64, "target_id": pl.UInt64}))


def targets_of(people: dict[int, int]) -> TargetTruth:
    frame = pl.DataFrame({"target_id": list(people), "person_id": list(people.values())})
    return TargetTruth(frame.cast({"target_id": pl.UInt64, "person_id": pl.UInt64}), 9, 100)


def scene() -> FeedScene:
    """Persons 1 to 4; person 1 has two records, and person 4's record was left out of the feed."""
    frame = pl.DataFrame(
        {
            "record_id": [1, 2, 3, 4, 5],
            "row_id": [10, 20, 30, 40, None],
            "person_id": [1, 1, 2, 3, 4],
            "month": [0, 1, 0, 12, 0],
            "quiet": ["yes", "no", "yes", "no", "no"],
            "sex": ["F", "F", "M", "M", "M"],
        },
        schema_overrides={**IDS, "month": pl.Int32},
    )
    return FeedScene(frame)


TARGETS = targets_of({100: 1, 101: 2, 102: 3, 103: 9})
NO_CHANCE = pl.DataFrame({"row_id": [10], "chance": [0.5]}, schema_overrides=IDS)


def attempt() -> Attempt:
    """Person 1 twice named rightly, person 3's row named 9, person 2's row named 3."""
    made = claims_of((10, 100, 0.95), (20, 100, 0.6), (30, 102, 0.9), (40, 103, 0.5))
    return Attempt(made, claims_of((30, 100, 0.9)), TARGETS, NO_CHANCE, "hand")


def figures(rows: list[RiskRow], group: str) -> dict[str, RiskRow]:
    return {row.measure: row for row in rows if row.group == group}


def test_people_are_counted_once_and_claims_each() -> None:
    found = figures(score(scene(), attempt()), "all")
    assert (found["rows"].count, found["rows"].out_of) == (4, 5)
    assert found["targets"].count == 4
    assert found["claims"].count == 4
    assert (found["correct_claims"].count, found["wrong_names"].count) == (2, 2)
    assert (found["found"].count, found["found"].out_of) == (1, 4)
    assert found["precision"].value == 0.5
    assert found["baseline"].value == 0.5 / 4
    assert (found["control_claims"].count, found["control_claims"].out_of) == (1, 4)
    assert found["residual_risk"].value == pytest.approx((0.25 - 0.25) / 0.75)
    assert (found["sure_claims"].count, found["sure_correct"].count) == (2, 1)
    # Two people wrongly named, three people with a row.
    assert found["wrong_per_1000"].value == pytest.approx(2_000 / 3)
    error = (0.05**2 + 0.4**2 + 0.9**2 + 0.5**2) / 4
    assert found["confidence_error"].value == pytest.approx(error)


def test_quiet_and_busy_stand_beside_the_pooled_figure() -> None:
    groups = [row.group for row in score(scene(), attempt())]
    assert list(dict.fromkeys(groups)) == [
        "all",
        "quiet=yes",
        "quiet=no",
        "sex=F",
        "sex=M",
        "month=1",
        "month=1,quiet=yes",
        "month=1,quiet=no",
        "month=12",
        "month=12,quiet=yes",
        "month=12,quiet=no",
    ]
    graded = [row.group for row in score_as(scene(), attempt(), "grade=naive")]
    assert list(dict.fromkeys(graded)) == [
        "grade=naive",
        "grade=naive,quiet=yes",
        "grade=naive,quiet=no",
    ]


def test_groups_have_denominators_of_their_own() -> None:
    rows = score(scene(), attempt())
    women, busy = figures(rows, "sex=F"), figures(rows, "quiet=no")
    assert (women["found"].count, women["found"].out_of) == (1, 1)
    assert (busy["found"].count, busy["found"].out_of) == (1, 3)
    assert busy["claims"].count == 2


def test_months_are_cumulative() -> None:
    rows = score(scene(), attempt())
    assert figures(rows, "month=1")["found"].out_of == 3
    assert figures(rows, "month=12")["claims"].count == 3


def test_without_claims_nothing_fails() -> None:
    nothing = Attempt(claims_of(), claims_of(), TARGETS, NO_CHANCE, "hand")
    found = figures(score(scene(), nothing), "all")
    assert found["precision"].value is None
    assert found["found"].value == 0.0
    assert found["confidence_error"].value is None


def test_a_scene_marks_who_reported_and_keeps_records_left_out() -> None:
    about = pl.DataFrame(
        {
            "record_id": [1, 2],
            "incident_id": [7, 8],
            "person_id": [1, 2],
            "time": [datetime(2015, 2, 3), datetime(2015, 1, 3)],
            "sex": ["F", "M"],
            "quiet": [True, False],
        },
        schema_overrides={**IDS, "incident_id": pl.UInt64},
    )
    people = pl.DataFrame(
        {"person_id": [1, 2], "age_band": ["20-24", "30-34"], "ethnic_group": ["White", "Black"]},
        schema_overrides=IDS,
    )
    origins = FeedOrigins(
        pl.DataFrame({"row_id": [10], "record_id": [1]}, schema_overrides=IDS),
        pl.Series([1, 2], dtype=pl.UInt64),
    )
    made = make_scene(origins, about, people, date(2015, 1, 1), about.filter(pl.col("sex") == "M"))
    assert made.records["reported"].to_list() == ["no", "yes"]
    assert made.records["row_id"].to_list() == [10, None]
    assert made.records["month"].to_list() == [1, 0]
    assert made.records["quiet"].to_list() == ["yes", "no"]
    assert made.owners.rows() == [(10, 1)]


def test_a_random_candidate_is_right_as_often_as_candidates_are() -> None:
    compared = lay(feed_of([{}]), hand_gazetteer(), knowledge_of([{}, {}, {}, {}]))
    owners = pl.DataFrame({"row_id": [0], "person_id": [5]}, schema_overrides=IDS)
    right = right_pairs(compared, targets_of({1_000: 5, 1_001: 6, 1_002: 7}), owners)
    assert right.sum() == 1
    assert random_chances(compared, right)["chance"].to_list() == [0.25]


def test_targets_without_a_row_are_the_control() -> None:
    chances = pl.DataFrame({"target_id": [100], "chance": [0.5]}, schema_overrides=IDS)
    made = claims_of((10, 100, 0.9), (20, 101, 0.9), (40, 103, 0.9))
    tried = Attempt(made, claims_of(), TARGETS, chances, "hand")
    found = figures(score_targets(scene(), tried), "all")
    assert (found["found"].count, found["found"].out_of) == (1, 3)
    assert (found["control_claims"].count, found["control_claims"].out_of) == (1, 1)
    assert found["wrong_names"].count == 2
    assert found["baseline"].value == pytest.approx(0.5 / 3)
    assert found["attribute_gain"].value is None  # every target without a row was claimed


def test_the_best_attacker_is_chosen_on_the_trial_and_judged_here() -> None:
    good, bad = attempt(), Attempt(claims_of(), claims_of(), TARGETS, NO_CHANCE, "hand")
    rows = best_of_grid((scene(), {"a": bad, "b": good}), (scene(), {"a": good, "b": bad}))
    assert figures(rows, "all")["best_found"].count == 0
    assert {row.group for row in rows} == {"all", "quiet=yes", "quiet=no"}
    assert best_of_grid((scene(), {}), (scene(), {})) == []


def test_only_rises_beyond_three_standard_errors_are_inversions() -> None:
    finer = {"narrow": (100, 1_000), "wide": (100, 1_000), "gone": (1, 10)}
    listed = inversions(finer, {"narrow": (140, 1_000), "wide": (160, 1_000)})
    assert [one.label for one in listed] == ["wide"]
    spread = (0.1 * 0.9 / 1_000 + 0.16 * 0.84 / 1_000) ** 0.5
    assert listed[0].deviations == pytest.approx(0.06 / spread)


def test_windows_stand_beside_their_closed_form() -> None:
    compared = lay(feed_of([{}]), hand_gazetteer(), knowledge_of([{}]))
    records = pl.DataFrame(
        {"record_id": [1], "row_id": [0], "person_id": [5], "month": [0], "quiet": ["yes"]},
        schema_overrides={**IDS, "month": pl.Int32},
    )
    targets = targets_of({1_000: 5})
    right = right_pairs(compared, targets, FeedScene(records).owners)
    tried = {
        window: Attempt(made, claims_of(), targets, NO_CHANCE, "hand")
        for window, made in attack_windows(compared).items()
    }
    rows = score_windows(FeedScene(records), compared, right, tried)
    found = figures(rows, f"window={Window('3 h', '200 m', 'any')}")
    assert found["correct_claims"].count == 1
    # One row whose right event is known: e^-l right claims, and no wrong ones.
    assert found["expected_precision"].value == 1.0
    assert found["expected_claims"].value is not None
    assert 0.8 < found["expected_claims"].value <= 1.0


READER = LocationReaderSpec(
    adversary="location_reader", feed="p", register_share=Share(value=1.0), fewer_than=8
)


def listed() -> AddressList:
    """Three adults at 12 Mare Street, one next door, one in Quiet Lane, which has 3 addresses."""
    return AddressList(
        pl.DataFrame(
            {
                "target_id": [1, 2, 3, 4, 5],
                "street": [0, 0, 0, 0, 1],
                "number": [12, 12, 12, 14, 2],
            },
            schema_overrides={"target_id": pl.UInt64, "street": pl.UInt32},
        )
    )


def test_a_typed_house_number_leads_to_one_of_those_who_live_there() -> None:
    made = location_reader.attack(
        feed_of([{"location_text": "12 Mare Street"}]), hand_gazetteer(), listed(), READER
    )
    assert made.frame["target_id"][0] in {1, 2, 3}
    assert made.frame["confidence"].to_list() == [pytest.approx(1 / 3)]


@pytest.mark.parametrize("text", ["Mare Street", "The Red Lion", "pub", "99 Mare Street", None])
def test_long_streets_venues_and_empty_houses_lead_to_nobody(text: str | None) -> None:
    feed = feed_of([{"location_text": text}])
    assert len(location_reader.attack(feed, hand_gazetteer(), listed(), READER)) == 0


def test_a_short_street_is_read_also_where_only_streets_are_given() -> None:
    text = feed_of([{"location_text": "Quiet Lane"}])
    street = feed_of([{"street": 1}], places="street")
    for feed in (text, street):
        made = location_reader.attack(feed, hand_gazetteer(), listed(), READER)
        assert made.frame.rows() == [(0, 5, 1.0)]


def test_map_points_are_never_read() -> None:
    feed = feed_of([{"point": 0, "assault_time": NOON}], places="map_point")
    assert location_reader.few_addresses(feed, hand_gazetteer(), 8) == 0
