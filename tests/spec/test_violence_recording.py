"""Recording: what receptions and police write, and that every wrong cell is logged."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest
from scipy import stats

from simulator.schema import LOCATION_TYPES
from simulator.violence.typing_places import typed
from tests.small_town import CONTACTS, file, flagged, town, violence, written
from tests.statistical import assert_count, assert_mean, assert_share

if TYPE_CHECKING:
    from simulator.violence.recording import Written

OF_TIME = ("assault_time_unknown", "assault_time_off")
OF_PLACE = ("location_missing", "location_vague", "location_of_another")
VAGUE = {"town centre", "street", "outside pub", "pub", "high street", "in the street", "unknown"}
SHORT = {"Street": "St", "Road": "Rd", "Avenue": "Ave", "Lane": "Ln", "Gardens": "Gdns",
         "Square": "Sq", "Place": "Pl", "Close": "Cl", "Terrace": "Ter", "Crescent": "Cres",
         "Grove": "Gr"}  # fmt: skip


def reception(**changes: float) -> Written:
    return written("assaults", **changes)


def minutes(later: pl.Series, earlier: pl.Series) -> np.ndarray:  # type: ignore[type-arg]
    return (later - earlier).dt.total_minutes().to_numpy()


def away(found: Written) -> np.ndarray:  # type: ignore[type-arg]
    """Which records are of assaults away from home."""
    return (found.about["home"] < 0).to_numpy()


def test_half_of_the_hurt_arrive_within_the_median_time_and_most_within_a_day() -> None:
    found = reception()
    lag = minutes(found.content["arrival_time"], found.about["time"])
    assert lag.min() >= 1
    assert lag.max() <= 14 * 1_440
    for reach in (20, 75, 300):
        chance = stats.norm.cdf(math.log((reach + 0.5) / 75) / 1.1)  # rounded to the minute
        assert_share(int((lag <= reach).sum()), len(lag), chance)


def test_the_spread_of_the_time_to_arrival_is_the_one_asked_for() -> None:
    found = reception(lag_minutes=500.0, lag_spread=0.5)
    lag = np.log(minutes(found.content["arrival_time"], found.about["time"]))
    assert_mean(lag, math.log(500), fault=0.1)
    assert_mean((lag - math.log(500)) ** 2, 0.25)


@pytest.mark.parametrize("survival", [0.12, 0.35, 0.80])
def test_the_share_asked_for_is_written_well_and_the_rest_is_wrong_somewhere(
    survival: float,
) -> None:
    found = reception(survival=survival)
    well = ~flagged(found, *OF_TIME, *OF_PLACE)
    at = away(found)
    assert_share(int(well[at].sum()), int(at.sum()), survival, fault=0.9)


def test_records_written_badly_go_wrong_in_the_shares_asked_for() -> None:
    found = reception(survival=0.0)
    at = away(found)
    for error, share in (
        ("assault_time_unknown", 0.35),
        ("assault_time_off", 0.35),
        ("location_missing", 0.30),
        ("location_of_another", 0.15),
    ):
        assert_share(int(flagged(found, error)[at].sum()), int(at.sum()), share, fault=0.9)
    # Those with nothing else wrong have a vague place: .35 and .20 of the place, .30 of the time.
    vague = int(flagged(found, "location_vague")[at].sum())
    assert_share(vague, int(at.sum()), 0.35 + 0.20 * 0.30)
    assert not (flagged(found, OF_TIME[0]) & flagged(found, OF_TIME[1])).any()


def test_an_unknown_time_is_midnight_of_the_day() -> None:
    found = reception(survival=0.0, time_unknown=1.0)
    told, time = found.content["assault_time"], found.about["time"]
    assert flagged(found, "assault_time_unknown").all()
    assert (told == time.dt.truncate("1d")).all()


def test_a_time_written_well_is_told_to_the_half_hour_at_worst() -> None:
    found = reception(survival=1.0)
    told, time = found.content["assault_time"], found.about["time"]
    assert not flagged(found, *OF_TIME, *OF_PLACE).any()
    error = minutes(told, time)
    assert np.abs(error).max() <= 30
    assert np.abs(error)[error > 0].max() <= 15
    # In steps of 30, 15, 5 and 1 minutes: .45, .20, .20 and .15 of records.
    minute = told.dt.minute().to_numpy()
    for step, chance in (
        (30, 0.45 + 0.20 / 2 + 0.20 / 6 + 0.15 / 30),
        (15, 0.45 + 0.20 + 0.20 / 3 + 0.15 / 15),
        (5, 0.45 + 0.20 + 0.20 + 0.15 / 5),
    ):
        assert_share(int((minute % step == 0).sum()), len(minute), chance, fault=0.9)


def test_no_told_time_is_after_arrival() -> None:
    for survival in (0.0, 1.0):
        content = reception(survival=survival).content
        assert (content["assault_time"] <= content["arrival_time"]).all()


def test_a_time_that_is_off_is_off_by_about_four_hours_either_way() -> None:
    found = reception(survival=0.0)
    off = flagged(found, "assault_time_off")
    error = minutes(found.content["assault_time"], found.about["time"])[off]
    early = error[error < 0]
    # Those who tell a time after arrival are held to it, so only the early side is whole.
    assert_share(int((error < -30).sum()), len(error), stats.norm.cdf(-30 / 240), fault=0.6)
    assert 120 < np.median(-early) < 200  # of half a normal of 240 minutes: 162


def place_of(found: Written) -> pl.DataFrame:
    """Name of the right place and street of each record, with short forms and the text."""
    town_ = violence(town()).town
    spot = found.about["spot"].cast(pl.Int64).fill_null(0)
    street = town_.streets["name"].gather(found.about["street"].cast(pl.Int64))
    ending = street.str.extract(r"(\w+)$", 1).replace(SHORT)
    return pl.DataFrame(
        {
            "text": found.content["location_text"],
            "name": town_.spots["name"].gather(spot),
            "kind": town_.spots["kind"].gather(spot),
            "street": street,
            "short": street.str.replace(r"\w+$", "") + ending,
        }
    )


def test_a_place_written_well_is_named_as_people_name_it() -> None:
    found = reception(survival=1.0, misspelt=0.0)
    places = place_of(found).filter(pl.Series(away(found)))
    assert places["text"].null_count() == 0
    bare = pl.col("name").str.strip_prefix("The ")
    named = places.filter(pl.col("name").is_not_null())
    assert named.select(pl.col("text").str.contains(bare, literal=True).all()).item()
    plain = places.filter(pl.col("name").is_null())
    says = pl.col("text").str.contains(pl.col("street"), literal=True)
    says |= pl.col("text").str.contains(pl.col("short"), literal=True)
    assert plain.select(says.all()).item()
    pubs = named.filter(pl.col("text").str.ends_with(" pub"))
    assert pubs.height
    assert set(pubs["kind"]) == {"licensed"}


def test_a_place_written_badly_is_vague_missing_or_of_another_place() -> None:
    found = reception(survival=0.0, misspelt=0.0)
    places = place_of(found)
    at = away(found)
    missing = flagged(found, "location_missing")
    assert places["text"].filter(missing).null_count() == missing.sum()
    assert places["text"].filter(at & ~missing).null_count() == 0
    vague = flagged(found, "location_vague")
    assert set(places["text"].filter(vague)) == VAGUE
    another = places.filter(flagged(found, "location_of_another"))
    says = pl.col("text").str.contains(pl.col("street"), literal=True)
    says |= pl.col("text").str.contains(pl.col("short"), literal=True)
    right = another.select((says & pl.col("name").is_null()).sum()).item()
    assert another.height > 100
    assert right < 0.05 * another.height  # a landmark may stand in the street
    others = places.filter(at & ~missing & ~vague & ~flagged(found, "location_of_another"))
    assert others.select((says | pl.col("name").is_not_null()).all()).item()


def test_every_text_away_from_home_that_differs_is_in_the_log_and_no_other_is() -> None:
    found, right = reception(), reception(survival=1.0, misspelt=0.0)
    typed, meant = found.content["location_text"], right.content["location_text"]
    logged = flagged(found, *OF_PLACE, "location_misspelt")
    assert (logged == typed.ne_missing(meant).to_numpy())[away(found)].all()


def test_every_time_that_differs_is_in_the_log() -> None:
    found, right = reception(), reception(survival=1.0)
    differs = (found.content["assault_time"] != right.content["assault_time"]).to_numpy()
    logged = flagged(found, *OF_TIME)
    assert (differs <= logged).all()
    # A time that is off may round, or be held back by arrival, to the same time.
    assert (logged & ~differs).sum() <= 0.15 * logged.sum()


def test_the_name_of_another_place_is_logged_where_the_text_is_not_the_right_one() -> None:
    right, wrong = reception(survival=1.0, misspelt=0.0), reception(survival=0.0, misspelt=0.0)
    typed, meant = wrong.content["location_text"], right.content["location_text"]
    others = away(wrong) & ~flagged(wrong, "location_missing", "location_vague")
    differs = typed.ne_missing(meant).to_numpy()
    assert (flagged(wrong, "location_of_another") == (others & differs)).all()


def test_nobody_takes_a_place_for_itself() -> None:
    about = reception().about.filter(pl.col("home") < 0)
    every = np.ones(about.height, dtype=np.bool_)
    same = typed(town(), about, every) == typed(town(), about, ~every)
    # Two landmarks may share a name, and nothing else does.
    assert same.sum() < 0.02 * about.height


def test_one_text_in_eight_has_a_slip_and_it_is_one_slip() -> None:
    right, wrong = reception(survival=1.0, misspelt=0.0), reception(survival=1.0, misspelt=0.12)
    texts = pl.DataFrame(
        {
            "right": right.content["location_text"],
            "wrong": wrong.content["location_text"],
            "slip": flagged(wrong, "location_misspelt"),
        }
    ).drop_nulls()
    assert (texts["slip"] == (texts["right"] != texts["wrong"])).all()
    able = texts.filter(pl.col("right").str.len_bytes() <= 32)
    assert able.height > 0.9 * texts.height
    assert not texts.filter(pl.col("right").str.len_bytes() > 32)["slip"].any()
    # A slip of two like letters, or into a text of 32 characters, changes nothing.
    assert_share(int(able["slip"].sum()), able.height, 0.12, fault=0.6)
    slipped = texts.filter("slip")
    length = slipped["right"].str.len_bytes().cast(pl.Int64)
    longer = slipped["wrong"].str.len_bytes().cast(pl.Int64) - length
    assert set(longer) == {-1, 0, 1}
    assert (slipped["right"].str.head(1) == slipped["wrong"].str.head(1)).all()


def test_a_home_has_no_text_by_the_rule_and_its_address_against_it() -> None:
    kept, broken = (
        reception(home_address_typed=0.0),
        reception(home_address_typed=1.0, misspelt=0.0),
    )
    at = ~away(kept)
    assert kept.content["location_text"].filter(at).null_count() == at.sum()
    assert not flagged(kept, "home_address_typed").any()
    assert (flagged(broken, "home_address_typed") == at).all()
    held = violence(town()).town
    homes = held.homes[broken.about["home"].filter(at)]
    streets = held.streets["name"].gather(homes["street"].cast(pl.Int64))
    by_hand = [f"{n} {s}" for n, s in zip(homes["number"], streets, strict=True)]
    assert broken.content["location_text"].filter(at).to_list() == by_hand


def test_addresses_of_homes_are_typed_in_the_share_asked_for() -> None:
    found = reception(home_address_typed=0.10)
    at = ~away(found)
    typed = flagged(found, "home_address_typed")
    assert_share(int(typed[at].sum()), int(at.sum()), 0.10, fault=0.99)
    assert not typed[~at].any()


def test_the_kind_of_place_is_wrong_in_one_record_of_forty_and_logged() -> None:
    found = reception()
    written_type, right = found.content["location_type"], found.about["location_type"]
    wrong = flagged(found, "location_type_wrong")
    assert (wrong == (written_type != right).to_numpy()).all()
    assert_share(int(wrong.sum()), len(wrong), 0.03 * 4 / 5, fault=0.9)  # one in five is right
    assert set(written_type) == set(LOCATION_TYPES)


def test_domestic_violence_is_flagged_in_its_share_and_nothing_else_is() -> None:
    found = reception()
    domestic = found.about["domestic"].to_numpy()
    recorded = found.content["domestic"].to_numpy()
    assert not recorded[~domestic].any()
    assert_share(int(recorded[domestic].sum()), int(domestic.sum()), 0.60, fault=0.5)
    assert (flagged(found, "domestic_unrecorded") == (domestic & ~recorded)).all()
    assert (found.about["home"].filter(domestic) >= 0).all()


def test_three_records_in_ten_say_a_word_more_about_the_means() -> None:
    found = reception()
    assert found.content["method"].equals(found.about["method"])
    pairs = set(found.content.select("method", "method_text").drop_nulls().iter_rows())
    assert ("sharp_object", "knife") in pairs
    assert len({method for method, _ in pairs}) == len(pairs)
    said = found.content["method_text"].is_not_null().to_numpy()
    assert_share(int(said.sum()), len(said), 0.30, fault=0.3)


def test_better_recording_leaves_what_was_written_well_as_it_was() -> None:
    few, many = reception(survival=0.35), reception(survival=0.80)
    well = ~flagged(few, *OF_TIME, *OF_PLACE) & away(few)
    assert few.content.filter(well).equals(many.content.filter(well))
    assert (flagged(many, *OF_TIME, *OF_PLACE) <= flagged(few, *OF_TIME, *OF_PLACE)).all()


@pytest.mark.parametrize(
    ("change", "columns"),
    [
        ({"misspelt": 0.5}, {"location_text"}),
        ({"home_address_typed": 0.5}, {"location_text"}),
        ({"domestic_flagged": 0.1}, {"domestic"}),
        ({"lag_minutes": 76.0}, {"arrival_time", "assault_time"}),
        ({"place_missing": 0.1}, {"location_text"}),
    ],
)
def test_a_setting_changes_only_the_columns_that_it_is_about(
    change: dict[str, float], columns: set[str]
) -> None:
    one, other = reception().content, reception(**change).content
    changed = {name for name in one.columns if not one[name].equals(other[name])}
    assert changed
    assert changed <= columns


def police(**changes: float) -> Written:
    return written("crimes", **changes)


def test_a_crime_happened_between_its_times_and_was_reported_afterwards() -> None:
    found = police()
    time, content = found.about["time"], found.content
    assert (content["from_time"] <= time).all()
    assert (time <= content["to_time"]).all()
    assert (content["to_time"] <= content["reported_time"]).all()
    span = minutes(content["to_time"], content["from_time"])
    assert_mean(span, 30.0)
    # Half are known to the minute, and so are the shortest of the others (mean of an hour).
    known = 0.5 + 0.5 * (1 - math.exp(-0.5 / 60))
    assert_share(int((span == 0).sum()), len(span), known, fault=0.1)
    assert_mean(minutes(content["reported_time"], content["to_time"]) / 60, 6.0)


@pytest.mark.parametrize("metres", [10.0, 40.0, 150.0])
def test_police_place_a_crime_within_metres_of_where_it_was(metres: float) -> None:
    found = police(police_place_metres=metres)
    for axis in ("easting", "northing"):
        error = (found.content[axis] - found.about[axis]).to_numpy().astype(float)
        assert_mean(error, 0.0)
        assert_mean(error**2, metres**2)


def test_a_weapon_goes_unrecorded_in_three_crimes_of_twenty_and_is_logged() -> None:
    found = police()
    gone = found.content["weapon"].is_null().to_numpy()
    assert_share(int(gone.sum()), len(gone), 0.15, fault=0.3)
    assert (flagged(found, "weapon_unrecorded") == gone).all()
    kept = found.content.filter(~gone)["weapon"]
    assert kept.equals(found.about["method"].filter(~gone), check_names=False)


def test_a_quarter_of_other_offences_is_with_injury_and_all_that_needed_treatment_are() -> None:
    about = police().about
    others = about.filter(pl.col("kind") == "offence")
    assert_share(int(others["injury"].sum()), others.height, 0.26, fault=0.3)
    assert about.filter(pl.col("kind") == "assault")["injury"].all()
    assert police().content["injury"].equals(about["injury"])


def test_the_log_of_contacts_is_of_cells_that_the_file_has() -> None:
    logged = set(file(CONTACTS)[1].errors["error"])
    assert "weapon_unrecorded" not in logged


def test_means_of_assaults_come_in_the_shares_assumed() -> None:
    means = violence(town()).incidents["method"].value_counts()
    counts = dict(means.iter_rows())
    shares = {"fist": 0.52, "foot": 0.14, "other_body_part": 0.10, "blunt_object": 0.13,
              "sharp_object": 0.105, "firearm": 0.005}  # fmt: skip
    total = sum(counts.values())
    for method, share in shares.items():
        assert_count(counts[method], np.full(total, share), fault=0.8)
