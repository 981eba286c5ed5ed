"""Knowledge of events: police hold records; others recall true assaults by the stated rules."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import numpy as np
import polars as pl
import pytest
from hand_town import hand_town
from statistical import assert_mean, assert_share

from reidentify.feed_specs import AcquaintanceSpec, OnwardTeamSpec
from reidentify.knowledge_addresses import draw_address_list
from reidentify.knowledge_events import draw_acquaintances, draw_caseload, police_knowledge
from simulator.schema import Dataset
from simulator.settings import Amount, Share
from simulator.truth import RecordTruth

PEOPLE = 12_000
NOON = datetime(2015, 1, 10, 12, 30)


def town_world() -> Any:
    """Makes people 0 to 11,999, each hurt once; even ones were treated in A&E, person 1 often."""
    ids = np.concatenate([np.arange(PEOPLE), np.full(50, 1)])
    incidents = pl.DataFrame(
        {
            "incident_id": np.arange(len(ids)).astype(np.uint64),
            "kind": np.where(ids % 2 == 0, "assault", "offence"),
            "location_type": "licensed",
            "method": "fist",
            "injury": True,
        }
    ).with_columns(
        time=pl.lit(NOON),
        street=pl.lit(0, pl.UInt32),
        ward=pl.lit(0, pl.UInt32),
        easting=pl.lit(1_010, pl.Int32),
        northing=pl.lit(1_000, pl.Int32),
    )
    there = pl.DataFrame(
        {"incident_id": incidents["incident_id"], "person": ids, "attended": ids % 2 == 0}
    ).with_columns(role=pl.lit("victim"), ordinal=pl.lit(0, pl.Int64))
    town = hand_town()
    town.homes = pl.DataFrame(
        {"street": [0, 1], "number": [12, 2]}, schema={"street": pl.UInt32, "number": pl.Int64}
    )
    people = pl.DataFrame({"person_id": np.arange(PEOPLE).astype(np.uint64) + 5_000})
    born = pl.when(pl.col("person_id") % 3 == 0).then(date(2010, 1, 1)).otherwise(date(1980, 1, 1))
    return SimpleNamespace(
        seed=1,
        people=people.with_columns(date_of_birth=born),
        violence=SimpleNamespace(trial=0, town=town, incidents=incidents, people=there),
        layout=SimpleNamespace(
            home_last=np.arange(PEOPLE) % 2, leaves=np.zeros(PEOPLE, dtype=np.bool_)
        ),
        spec=SimpleNamespace(end=date(2015, 12, 31)),
    )


WORLD = town_world()


def acquaintance(**settings: Any) -> AcquaintanceSpec:
    given = {
        "targets": 4_000,
        "source": "acquaintance",
        "time_error_hours": Amount(value=2.0),
        "place_known": Share(value=0.8),
        "method_known": Share(value=0.6),
        **settings,
    }
    return AcquaintanceSpec(adversary="acquaintance", feed="p", **given)


def test_an_acquaintance_knows_the_hour_and_the_place_with_the_stated_errors() -> None:
    """Four assertions; each raises a false alarm once in a million draws."""
    known, _ = draw_acquaintances(WORLD, acquaintance(), "friend")
    events = known.events
    assert events.height == 4_000
    assert_share(int(events["easting"].is_not_null().sum()), 4_000, 0.8)
    assert_share(int(events["method"].is_not_null().sum()), 4_000, 0.6)
    hours = (events["from_time"] - NOON.replace(minute=0)).dt.total_hours().to_numpy()
    assert_mean(hours, 0.0)
    assert_mean(hours**2, 4.0 + 1 / 12, fault=0.5)  # the hour itself is rounded
    assert set(events["to_time"] - events["from_time"]) == {timedelta(minutes=59)}
    assert set(events["easting"].drop_nulls()) == {1_010}


def test_a_news_reader_knows_the_day_and_the_middle_of_the_street() -> None:
    known, _ = draw_acquaintances(
        WORLD, acquaintance(source="news", time_error_hours=Amount(value=0.0)), "news"
    )
    assert set(known.events["from_time"]) == {datetime(2015, 1, 10)}
    assert set(known.events["to_time"]) == {datetime(2015, 1, 10, 23, 59)}
    assert set(known.events["easting"].drop_nulls()) == {1_000}


def test_the_stated_share_of_targets_was_treated() -> None:
    _, truth = draw_acquaintances(WORLD, acquaintance(attended=Share(value=0.3)), "friend")
    people = truth.frame["person_id"].to_numpy().astype(np.int64) - 5_000
    assert int((people % 2 == 0).sum()) == 1_200
    assert truth.qualifying == PEOPLE + 50


def test_attacks_draw_apart_and_targets_are_opaque() -> None:
    one, other = (draw_acquaintances(WORLD, acquaintance(), name)[0] for name in ("a", "b"))
    assert not set(one.events["target_id"]) & set(other.events["target_id"])
    assert not set(one.events["target_id"]) & set(WORLD.people["person_id"])


def test_a_caseload_draws_people_by_how_often_they_were_hurt_and_what_they_tell() -> None:
    """One assertion, which raises a false alarm once in a million draws."""
    spec = OnwardTeamSpec(
        adversary="onward_team",
        feed="p",
        caseload=3_000,
        told=Share(value=0.5),
        time_error_hours=Amount(value=1.0),
        place_known=Share(value=0.5),
    )
    known, truth = draw_caseload(WORLD, spec, "team")
    people, times = np.unique(truth.frame["person_id"].to_numpy(), return_counts=True)
    assert 5_001 in people  # hurt 51 times
    assert times[people == 5_001][0] > 10
    assert_share(int((people != 5_001).sum()), 2_999, 0.5)
    assert known.events["method"].is_null().all()
    assert truth.qualifying == PEOPLE


def test_police_know_every_record_by_a_target_of_its_own() -> None:
    frame = pl.DataFrame(
        {
            "record_id": [1, 2, 3],
            "from_time": [NOON, NOON, None],
            "to_time": [NOON, NOON + timedelta(hours=1), None],
            "weapon": ["fist", None, None],
            "injury": [True, False, None],
            "contact_kind": ["crime"] * 3,
        },
        schema_overrides={"record_id": pl.UInt64, "from_time": pl.Datetime("us")},
    ).with_columns(pl.col("to_time").cast(pl.Datetime("us")))
    owners = pl.DataFrame(
        {"record_id": [1, 2, 3], "person_id": [7, 7, 8]},
        schema={"record_id": pl.UInt64, "person_id": pl.UInt64},
    )
    truth = RecordTruth(owners, pl.DataFrame())
    known, targets = police_knowledge({"police": (Dataset("police", frame), truth)}, "a", 1, 100)
    assert known.events.height == 2  # the third has no time
    assert targets.frame["person_id"].to_list() == [7, 7]
    assert known.events["target_id"].is_sorted()
    assert set(known.events["method"]) == {"fist", None}


def test_a_list_of_addresses_holds_adults_by_the_stated_share() -> None:
    """One assertion, which raises a false alarm once in a million draws."""
    listed, truth = draw_address_list(WORLD, 0.9, "reader")
    adults = int((WORLD.people["person_id"] % 3 != 0).sum())
    assert truth.qualifying == adults
    assert_share(listed.frame.height, adults, 0.9)
    assert set(listed.frame.select("street", "number").rows()) == {(0, 12), (1, 2)}
    with pytest.raises(ValueError, match="violence"):
        draw_address_list(SimpleNamespace(violence=None), 0.9, "reader")
